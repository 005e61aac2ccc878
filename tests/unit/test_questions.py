"""The next question asks what can still decide, offers answers cut where the rules cut, and says why."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy_kb import brackets, loader, questions
from policy_kb.catalogues import Catalogue
from policy_kb.facts import UNKNOWN, DateRange, Facts, Just, Range, Unknown, Value, Why
from policy_kb.questions import Question
from tests.fakes.catalogue import catalogue, measure

DAY = date(2022, 9, 20)
UNSURE = Unknown(Why.UNSURE)


def leaf(fact: str, **how: Any) -> dict[str, Any]:
    return {"fact": fact, "says": f"{fact}的条件", **how}


HONEST = leaf("honest", **{"is": "yes"})
EXPORTS = leaf("exporter", **{"is": "yes"})
BIG = leaf("staff", at_least="300")


def asked(kb: Catalogue, as_of: date = DAY, told: Facts | None = None) -> Question | None:
    return questions.next_question(kb.measures.values(), told or {}, kb, as_of)


def asked_for(conditions: tuple[Any, ...], facts: Facts) -> Question | None:
    return asked(catalogue(*(measure(f"m{i}", one) for i, one in enumerate(conditions))), told=facts)


def fact_asked(*conditions: Any, **facts: Value) -> str | None:
    found = asked_for(conditions, facts)
    return found.fact.id if found else None


def labels(*conditions: Any, **facts: Value) -> list[str]:
    found = asked_for(conditions, facts)
    assert found is not None
    return [option.label for option in found.options]


def test_nothing_is_asked_when_all_is_decided() -> None:
    both = {"all": [HONEST, BIG]}
    assert fact_asked(both, honest=False) is None
    assert fact_asked(both, honest=True, staff=Decimal(300)) is None


def test_the_fact_that_decides_most_measures_comes_first() -> None:
    assert fact_asked({"all": [EXPORTS, BIG]}, {"all": [EXPORTS, HONEST]}, EXPORTS) == "exporter"


def test_of_equal_facts_the_easier_one_is_asked() -> None:
    cheap, dear = leaf("staff", at_least="300"), leaf("cost", at_least="300")
    assert fact_asked({"all": [dear, cheap]}) == "staff"


def test_a_fact_that_cannot_change_a_verdict_is_not_asked() -> None:
    either = {"any": [{"all": [HONEST, BIG]}, EXPORTS]}
    assert fact_asked(either, honest=False) == "exporter"


def test_what_the_owner_does_not_know_is_parked_and_the_rest_goes_on() -> None:
    assert fact_asked({"all": [HONEST, BIG]}, honest=UNSURE) == "staff"
    assert fact_asked({"all": [HONEST, BIG]}, honest=UNSURE, staff=Decimal(300)) is None


def test_a_fact_partly_known_can_be_parked_too() -> None:
    kb = catalogue(measure(conditions=leaf("trade", **{"is": "textile"})))
    found = questions.next_question(kb.measures.values(), {"trade": "making"}, kb, DAY, frozenset({"trade"}))
    assert found is None


def test_what_only_the_authority_judges_is_not_asked() -> None:
    assert fact_asked({**HONEST, "checked_by": "department"}) is None
    assert fact_asked({"says": "择优", "selective": "true"}) is None


def test_measures_not_in_force_and_directions_ask_nothing() -> None:
    ended = catalogue(measure(conditions=HONEST, in_force={"to": "2022-09-19"}))
    assert asked(ended) is None
    assert asked(catalogue(measure(conditions=HONEST)), date(2026, 11, 21)) is None  # unconfirmed
    assert asked(catalogue(measure(conditions=HONEST, kind="direction"))) is None


def test_whether_a_fact_applies_is_asked_before_it() -> None:
    since = leaf("export_since", at_least="3")
    assert fact_asked(since) == "exporter"
    assert fact_asked(since, exporter=True) == "export_since"
    assert fact_asked(since, exporter=False) is None
    assert fact_asked(since, exporter=UNSURE) == "export_since"


def test_brackets_are_cut_where_the_live_measures_cut() -> None:
    assert labels(BIG, leaf("staff", less_than="20")) == ["不到20人", "20—299人", "300人及以上"]
    assert labels(leaf("staff", at_most="49"), leaf("staff", at_least="50")) == ["不到50人", "50人及以上"]
    assert labels(leaf("sales", at_least="300万元"), leaf("sales", less_than="2000万元")) == [
        "不到300万元",
        "300万元到不足2000万元",
        "2000万元及以上",
    ]
    assert labels(leaf("sales", more_than="200万元")) == ["不超过200万元", "超过200万元"]
    assert labels(leaf("sales", between={"low": "1万元", "high": "2万元"})) == ["不到1万元", "1万元—2万元", "超过2万元"]


def test_a_bracket_is_cut_finer_inside_when_it_still_leaves_something_open() -> None:
    inside = Range(Decimal(20), Decimal(499))
    assert labels(BIG, leaf("staff", less_than="20"), staff=inside) == ["20—299人", "300—499人"]


def test_at_most_six_brackets_are_offered() -> None:
    many = [leaf("staff", at_least=str(number)) for number in range(10, 200, 10)]
    assert len(labels(*many)) == brackets.MOST


def test_choices_offer_their_values_and_then_those_under_the_one_chosen() -> None:
    textile = leaf("trade", **{"is": "textile"})
    assert labels(textile) == ["制造业", "纺织", "医药", "餐饮"]
    found = asked_for((textile,), {"trade": "making"})
    assert found is not None
    assert [(option.label, option.value) for option in found.options] == [
        ("纺织", "textile"),
        ("都不是", Just("making")),
    ]
    assert fact_asked(textile, trade=Just("making")) is None
    assert labels(leaf("size", **{"is": "micro"}), size="sme") == ["中型", "小型", "微型"]


def test_several_choices_can_be_none() -> None:
    assert labels(leaf("labels", one_of=["high_tech"])) == ["高新", "小巨人", "专精特新", "都没有"]


def test_dates_are_cut_at_their_days() -> None:
    found = asked(catalogue(measure(conditions=leaf("founded", on_or_after="2022-01-01"))))
    assert found is not None
    assert [(one.label, one.value) for one in found.options] == [
        ("2021年12月31日及以前", DateRange(None, date(2021, 12, 31))),
        ("2022年1月1日及以后", DateRange(date(2022, 1, 1), None)),
    ]


def test_why_names_the_conditions_that_need_it() -> None:
    kb = catalogue(measure("a", {"all": [HONEST, BIG]}), measure("b", BIG), measure("c", {"all": [BIG, EXPORTS]}))
    reasons = questions.why("staff", kb.measures.values(), {"exporter": False}, kb, DAY)
    assert [(one.measure, one.says) for one in reasons] == [("a", "staff的条件"), ("b", "staff的条件")]


@pytest.fixture(scope="module")
def kept() -> Catalogue:
    return loader.load()


def test_an_unknown_size_is_worked_out_from_what_the_owner_does_know(kept: Catalogue) -> None:
    only = [kept.measures["job-retention-refund-2022"]]
    facts: Facts = {"organisation": "enterprise", "enterprise_size": UNSURE, "layoffs_low": True}
    found = questions.next_question(only, facts, kept, DAY)
    assert found is not None
    assert found.fact.id in {"industry", "employees"}
    facts |= {"industry": "catering"}
    found = questions.next_question(only, facts, kept, DAY)
    assert found is not None
    assert found.fact.id == "employees"
    assert "300人及以上" in [option.label for option in found.options]


def test_a_talk_ends_and_every_answer_offered_says_something(kept: Catalogue) -> None:
    facts: Facts = {}
    for _ in range(len(kept.facts) * 2):
        found = questions.next_question(kept.measures.values(), facts, kept, DAY)
        if found is None:
            break
        assert facts.get(found.fact.id, UNKNOWN) != UNSURE
        assert len(found.options) != 1 or found.fact.type == "choice"
        facts[found.fact.id] = found.options[0].value if found.options else UNSURE
    else:
        pytest.fail("the questions never end")
