"""Facts in free text: phrases, negations, cues near numbers, short answers to a question."""

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import fact_reading, normalise, quantities
from nlu.fact_reading import Reading
from policy_kb import loader
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Fact, FactType, Range, Unknown, Value, Why

DAY = date(2022, 9, 20)


@cache
def known() -> Catalogue:
    return loader.load(loader.CATALOGUE_DIR)


def told(text: str) -> dict[str, Value]:
    plain = normalise.normalise(text).text
    return {name: r.value for name, r in fact_reading.read(plain, quantities.read(plain, DAY), known()).items()}


def answered(fact: str, text: str) -> Value | None:
    plain = normalise.normalise(text).text
    reading = fact_reading.answer(known().facts[fact], plain, quantities.read(plain, DAY))
    return reading.value if reading else None


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("我是开火锅店的", "industry", "catering"),
        ("办的个体户", "organisation", "individual_business"),
        ("我们是中型企业", "enterprise_size", "medium"),
        ("我们是小微企业", "enterprise_size", "small_micro"),
        ("我们是小规模纳税人", "taxpayer_kind", "small_scale"),
        ("店里有18个员工", "employees", Decimal(18)),
        ("一共三十五个人", "employees", Decimal(35)),
        ("去年营业额500万", "revenue", Decimal(5_000_000)),
        ("没裁过人", "layoffs_low", True),
    ],
)
def test_a_plain_statement_is_read(text: str, fact: str, value: Value) -> None:
    assert told(text).get(fact) == value


def test_several_facts_in_one_message_are_all_read() -> None:
    found = told("开火锅店的个体户，18个员工，营业额300万，没裁过人")
    assert found["industry"] == "catering"
    assert found["organisation"] == "individual_business"
    assert found["employees"] == Decimal(18)
    assert found["revenue"] == Decimal(3_000_000)
    assert found["layoffs_low"] is True


def test_a_vague_number_is_a_range_and_not_its_middle() -> None:
    found = told("不到20个员工")["employees"]
    assert isinstance(found, Range)
    assert found.low in {None, Decimal(0)}
    assert found.high == Decimal(20)
    assert not found.high_inclusive


def test_two_sums_go_each_to_the_fact_named_beside_it() -> None:
    found = told("资产总额800万，营业收入2000万")
    assert found["total_assets"] == Decimal(8_000_000)
    assert found["revenue"] == Decimal(20_000_000)


def test_a_sum_without_a_word_beside_it_is_nobodys() -> None:
    assert "revenue" not in told("给我30万")
    assert "total_assets" not in told("给我30万")


def test_a_number_beyond_all_reason_is_not_taken() -> None:
    fact = Fact(
        id="months",
        label="月数",
        type=FactType.NUMBER,
        unit="月",
        question="几个月？",
        cues=["月"],
        maximum=Decimal(60),
    )
    for text, wanted in (("月租8000", None), ("干了几个月，60", Decimal(60))):
        bound = fact_reading.bind(text, quantities.read(text, DAY), [fact])
        assert (bound["months"].value if bound else None) == wanted


def test_a_denied_trade_is_not_told() -> None:
    assert told("我不是开火锅店的").get("industry") != "catering"


@pytest.mark.parametrize("text", ["", "   ", "？？？", "你好", "今天天气不错"])
def test_nothing_is_read_out_of_nothing(text: str) -> None:
    assert told(text) == {}


@pytest.mark.parametrize("text", ["是的", "对", "嗯嗯", "有的", "没错"])
def test_yes_answers_a_question_of_yes_or_no(text: str) -> None:
    assert answered("layoffs_low", text) is True


@pytest.mark.parametrize("text", ["不是", "没有", "没", "不符合"])
def test_no_answers_a_question_of_yes_or_no(text: str) -> None:
    assert answered("labour_contract", text) is False


@pytest.mark.parametrize("fact", ["layoffs_low", "enterprise_size", "employees", "revenue"])
def test_not_knowing_and_not_saying_are_answers(fact: str) -> None:
    assert answered(fact, "不清楚") == Unknown(Why.UNSURE)
    assert answered(fact, "不方便说") == Unknown(Why.DECLINED)


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("employees", "35", Decimal(35)),
        ("employees", "35个", Decimal(35)),
        ("revenue", "80万", Decimal(800_000)),
        ("enterprise_size", "中型吧", "medium"),
        ("industry", "餐饮业", "catering"),
    ],
)
def test_a_bare_answer_needs_no_word_beside_it(fact: str, text: str, value: Value) -> None:
    assert answered(fact, text) == value


def test_what_is_no_answer_is_not_taken_for_one() -> None:
    assert answered("layoffs_low", "这个政策到哪天截止") is None
    assert answered("revenue", "问这个干嘛") is None
    assert answered("industry", "不好说呀") is None


def test_a_negated_phrase_is_turned_round() -> None:
    fact = Fact.model_validate(
        {
            "id": "honest",
            "label": "守信",
            "type": "yes_no",
            "question": "守信吗？",
            "words": {"yes": ["守信"], "no": ["失信"]},
        }
    )
    said = {text: fact_reading.answer(fact, text, []) for text in ("我们守信", "我们失信", "不是失信", "不算守信")}
    assert {text: reading.value for text, reading in said.items() if reading} == {
        "我们守信": True,
        "我们失信": False,
        "不是失信": True,
        "不算守信": False,
    }


def test_a_phrase_between_slashes_is_a_pattern() -> None:
    fact = Fact.model_validate(
        {
            "id": "honest",
            "label": "守信",
            "type": "yes_no",
            "question": "守信吗？",
            "words": {"no": ["/列为.{0,3}失信/"]},
        }
    )
    reading = fact_reading.answer(fact, "上个月被列为了失信企业", [])
    assert reading == Reading(value=False, words="列为了失信", at=4)


def test_every_phrase_of_the_catalogue_is_understood_when_said_alone() -> None:
    missed = []
    for fact in known().facts.values():
        wanted: list[tuple[str, object]] = [(word, True) for word in fact.words.yes]
        wanted += [(word, False) for word in fact.words.no]
        for word, value in wanted:
            if word.startswith("/"):
                continue
            reading = fact_reading.answer(fact, word, [])
            if reading is None or reading.value is not value:
                missed.append((fact.id, word, value, reading))
    assert not missed


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "开火锅店的",
                "个体户",
                "18个员工",
                "营业额",
                "300万",
                "不是",
                "没有",
                "没裁过人",
                "，",
                "。",
                "？",
                "上年",
            ),
            *("失业保险", "3万2", "90%", "2022年5月", "不到", "以上", "/", "(", ".*", "\u200b", "😀", "\x00"),
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=100, deadline=None)
@given(PIECES | st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = quantities.read(text, DAY)
    for name, reading in fact_reading.read(text, found, known()).items():
        assert name in known().facts
        assert reading.value is not None


@settings(max_examples=60, deadline=None)
@given(PIECES | st.text(max_size=40), st.data())
def test_no_text_breaks_the_reading_of_an_answer(text: str, data: st.DataObject) -> None:
    fact = known().facts[data.draw(st.sampled_from(sorted(known().facts)))]
    fact_reading.answer(fact, text, quantities.read(text, DAY))
