"""Who is in an audience: known to fit, not guessed; every mistake of a query named."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy_kb import eligibility, loader
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Facts, Range
from scheduler import audiences
from scheduler.audiences import AudienceError

DAY = date(2022, 9, 20)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load()


FIRMS: list[tuple[str | None, Facts]] = [
    ("官渡区", {"industry": "catering", "employees": Decimal(23), "enterprise_size": "small"}),
    ("官渡区", {"industry": "textile", "employees": Decimal(5), "enterprise_size": "micro"}),
    ("五华区", {"industry": "catering", "employees": Range(Decimal(20), Decimal(49))}),
    ("五华区", {"industry": "manufacturing"}),
    (None, {}),
]


def chosen(catalogue: Catalogue, **raw: Any) -> list[int]:
    audience = audiences.read(raw, catalogue)
    found = audiences.select(audience, [facts for _, facts in FIRMS], [place for place, _ in FIRMS], catalogue, DAY)
    return [place for place, is_in in enumerate(found) if is_in]


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"districts": ["官渡区"]}, [0, 1]),
        ({"industries": ["manufacturing"]}, [1, 3]),  # 纺织 belongs to it
        ({"industries": ["textile"]}, [1]),  # 制造业 may be something else
        ({"sizes": ["small_micro"]}, [0, 1, 2]),  # 20-49 in catering is small, or micro by revenue
        ({"where": {"fact": "employees", "at_least": "20"}}, [0, 2]),
        ({"where": {"fact": "employees", "at_least": "21"}}, [0]),  # 20-49 is not known to be 21
        ({"where": {"not": {"fact": "employees", "at_least": "20"}}}, [1]),  # nobody of whom nothing is known
        (
            {"where": {"any": [{"fact": "employees", "less_than": "10"}, {"fact": "industry", "is": "catering"}]}},
            [0, 1, 2],
        ),
        ({"without": {"districts": ["官渡区"]}}, [2, 3, 4]),
        ({"industries": ["catering"], "without": {"where": {"fact": "employees", "at_most": "30"}}}, [2]),
    ],
)
def test_only_who_is_known_to_fit_is_in_it(catalogue: Catalogue, query: dict[str, Any], people: list[int]) -> None:
    assert chosen(catalogue, **query) == people


@pytest.mark.parametrize("measure", ["job-retention-refund-2022", "si-deferral-2022", "expansion-subsidy-2022"])
def test_a_verdict_is_the_one_of_the_single_form(catalogue: Catalogue, measure: str) -> None:
    if measure not in catalogue.measures:
        pytest.skip(f"{measure} is not in the catalogue")
    verdicts = [eligibility.assess(catalogue.measures[measure], facts, catalogue, DAY).verdict for _, facts in FIRMS]
    sure = [n for n, verdict in enumerate(verdicts) if verdict in ("eligible", "partially_eligible")]
    may_be = [n for n, verdict in enumerate(verdicts) if verdict != "not_eligible"]
    assert chosen(catalogue, measure=measure, verdict="eligible") == sure
    assert chosen(catalogue, measure=measure, verdict="possible") == may_be


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"districts": ["玉溪市"]}, "没有“玉溪市”"),
        ({"industries": ["space"]}, "行业没有 space 这个值"),
        ({"sizes": ["huge"]}, "企业规模没有 huge 这个值"),
        ({"where": {"fact": "wealth", "at_least": "1"}}, "没有 wealth 这个事实"),
        ({"where": {"fact": "industry", "at_least": "1"}}, "不是数"),
        ({"where": {"fact": "employees", "before": "2022-01-01"}}, "不是日期"),
        ({"where": {"fact": "private_enterprise", "is": "maybe"}}, "没有 maybe 这个值"),
        ({"where": {"fact": "employees"}}, "exactly one operator"),
        ({"where": {"measure": "nothing", "measure_verdict": "eligible"}}, "没有 nothing 这项政策"),
        ({"measure": "nothing"}, "没有 nothing 这项政策"),
        ({"verdict": "eligible"}, "要写明是哪项政策"),
        ({"categories": ["fun"]}, "没有 fun 这个类别"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_every_mistake_of_a_query_is_named(catalogue: Catalogue, query: dict[str, Any], says: str) -> None:
    with pytest.raises(AudienceError, match=says):
        audiences.read(query, catalogue)


def test_a_query_is_told_in_words(catalogue: Catalogue) -> None:
    query = {"districts": ["官渡区"], "sizes": ["small"], "without": {"industries": ["catering"]}, "not_after": [3]}
    said = audiences.about(None, audiences.read(query, catalogue), catalogue)
    assert said == "官渡区，小型；除去：餐饮业；除去收过群发 3 的"
    assert audiences.about(None, audiences.read({}, catalogue), catalogue) == "所有同意接收的人"


def test_what_today_cannot_be_read_is_left_out_and_the_rest_stays() -> None:
    kept = '{"a": {"value": {"number": "5"}}, "b": {"value": {"colour": "red"}}, "c": {}}'
    assert audiences.facts_of(kept) == {"a": Decimal(5)}
    assert audiences.facts_of(None) == {}
