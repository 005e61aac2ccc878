"""One condition against one value, and trees of conditions, in three-valued logic."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from policy_kb import evaluation, kleene
from policy_kb.conditions import Condition
from policy_kb.facts import NOT_APPLICABLE, UNKNOWN, DateRange, Just, Range, Unknown, Value, Why
from tests.fakes.catalogue import catalogue

KB = catalogue()
ADAPTER: TypeAdapter[Condition] = TypeAdapter(Condition)


def condition(raw: Any) -> Condition:
    def said(node: Any) -> Any:
        if isinstance(node, list):
            return [said(item) for item in node]
        if isinstance(node, dict) and not {"all", "any", "not", "of"} & node.keys():
            return {"says": "条件", **node}
        return {key: said(value) for key, value in node.items()} if isinstance(node, dict) else node

    return ADAPTER.validate_python(said(raw))


def truth(raw: Any, **facts: Value) -> kleene.Truth:
    return evaluation.evaluate(condition(raw), facts, KB).truth


def between(low: int | None, high: int | None, **how: bool) -> Range:
    return Range(None if low is None else Decimal(low), None if high is None else Decimal(high), **how)


@pytest.mark.parametrize(
    ("operator", "number", "expected"),
    [
        ("at_least", 299, False),
        ("at_least", 300, True),
        ("more_than", 300, False),
        ("more_than", 301, True),
        ("at_most", 300, True),
        ("at_most", 301, False),
        ("less_than", 300, False),
        ("less_than", 299, True),
    ],
)
def test_each_operator_says_whether_its_edge_is_included(operator: str, number: int, expected: bool) -> None:
    assert truth({"fact": "staff", operator: "300"}, staff=Decimal(number)) is expected


@pytest.mark.parametrize(("number", "expected"), [(19, False), (20, True), (49, True), (50, False)])
def test_between_includes_both_ends(number: int, expected: bool) -> None:
    assert truth({"fact": "staff", "between": {"low": "20", "high": "49"}}, staff=Decimal(number)) is expected


@pytest.mark.parametrize(
    ("operator", "bracket", "expected"),
    [
        ("at_least", between(300, 500), True),
        ("at_least", between(299, 500), None),
        ("at_least", between(20, 300), None),
        ("at_least", between(20, 300, high_inclusive=False), False),
        ("more_than", between(300, 500), None),
        ("more_than", between(300, 500, low_inclusive=False), True),
        ("more_than", between(20, 300), False),
        ("at_most", between(20, 300), True),
        ("at_most", between(300, None, low_inclusive=False), False),
        ("less_than", between(None, 300, high_inclusive=False), True),
        ("less_than", between(300, 300), False),
    ],
)
def test_a_bracket_decides_only_when_all_of_it_agrees(operator: str, bracket: Range, expected: bool | None) -> None:
    assert truth({"fact": "staff", operator: "300"}, staff=bracket) is expected


@pytest.mark.parametrize(
    ("raw", "told", "expected"),
    [
        ({"one_of": ["sme"]}, "small", True),
        ({"one_of": ["sme"]}, "small_micro", True),
        ({"one_of": ["sme"]}, "large", False),
        ({"one_of": ["small_micro"]}, "sme", None),
        ({"one_of": ["small", "micro"]}, "small_micro", True),  # nothing else belongs to it
        ({"is": "large"}, "sme", False),
        ({"none_of": ["sme"]}, "micro", False),
        ({"none_of": ["micro"]}, "sme", None),
    ],
)
def test_a_narrower_value_meets_a_broader_one_and_not_the_other_way(
    raw: dict[str, Any], told: str, expected: bool | None
) -> None:
    assert truth({"fact": "size", **raw}, size=told) is expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [("making", None), (Just("making"), False), ("textile", True), ("pharma", False), ("catering", False)],
)
def test_a_broader_trade_leaves_a_narrower_condition_open_until_none_of_them_is_said(
    told: Value, expected: bool | None
) -> None:
    assert truth({"fact": "trade", "is": "textile"}, trade=told) is expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (frozenset({"giant"}), True),
        (frozenset({"high_tech"}), False),
        (frozenset(), False),
        (frozenset({"special", "high_tech"}), True),
    ],
)
def test_several_choices_meet_a_condition_when_one_does(told: frozenset[str], expected: bool) -> None:
    assert truth({"fact": "labels", "one_of": ["special"]}, labels=told) is expected


def test_several_choices_are_told_complete() -> None:
    assert truth({"fact": "labels", "is": "giant"}, labels=frozenset({"special"})) is False


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (date(2021, 12, 31), False),
        (date(2022, 1, 1), True),
        (DateRange(date(2022, 1, 1), None), True),
        (DateRange(date(2021, 1, 1), date(2022, 12, 31)), None),
        (DateRange(None, date(2021, 12, 31)), False),
    ],
)
def test_on_or_after_includes_its_day_and_before_does_not(told: Value, expected: bool | None) -> None:
    assert truth({"fact": "founded", "on_or_after": "2022-01-01"}, founded=told) is expected
    assert truth({"fact": "founded", "before": "2022-01-01"}, founded=told) is kleene.negation(expected)


@pytest.mark.parametrize("why", list(Why))
def test_unknown_stays_unknown_for_whatever_reason(why: Why) -> None:
    assert truth({"fact": "honest", "is": "yes"}, honest=Unknown(why)) is None


def test_not_applicable_fails_what_is_demanded_and_meets_what_is_forbidden() -> None:
    assert truth({"fact": "honest", "is": "yes"}, honest=NOT_APPLICABLE) is False
    assert truth({"fact": "honest", "is": "no"}, honest=NOT_APPLICABLE) is False
    assert truth({"fact": "staff", "at_most": "300"}, staff=NOT_APPLICABLE) is False
    assert truth({"not": {"fact": "staff", "at_most": "300"}}, staff=NOT_APPLICABLE) is True
    assert truth({"fact": "size", "none_of": ["large"]}, size=NOT_APPLICABLE) is True


def test_a_fact_that_does_not_apply_follows_from_another() -> None:
    raw = {"fact": "export_since", "at_least": "3"}
    assert truth(raw) is None
    assert truth(raw, exporter=True) is None
    assert truth(raw, exporter=False) is False
    assert truth(raw, exporter=False, export_since=Decimal(5)) is True  # what was told is believed


def test_a_value_the_catalogue_no_longer_knows_is_unknown() -> None:
    assert truth({"fact": "size", "is": "large"}, size="gigantic") is None
    assert truth({"fact": "staff", "at_least": "3"}, staff="many") is None


HONEST = {"fact": "honest", "is": "yes"}
BIG = {"fact": "staff", "at_least": "300"}
FORMAL = {"formal": "true", "checked_by": "department"}


def test_one_no_decides_all_and_one_yes_decides_any() -> None:
    assert truth({"all": [HONEST, BIG]}, honest=False) is False
    assert truth({"all": [HONEST, BIG]}, honest=True) is None
    assert truth({"any": [HONEST, BIG]}, honest=True) is True
    assert truth({"any": [HONEST, BIG]}, honest=False) is None


def test_at_least_n_decides_as_soon_as_it_can() -> None:
    raw = {"at_least_n": 2, "of": [HONEST, BIG, {"fact": "exporter", "is": "yes"}]}
    assert truth(raw, honest=True, exporter=True) is True
    assert truth(raw, honest=True, exporter=False) is None
    assert truth(raw, honest=False, exporter=False) is False


def test_a_formal_check_does_not_count_unless_the_owner_contradicts_it() -> None:
    assert truth({"all": [HONEST, FORMAL]}, honest=True) is True
    assert truth(FORMAL) is True
    checked = {"all": [BIG, {**HONEST, "formal": "true"}]}
    assert truth(checked, staff=Decimal(300)) is True
    assert truth(checked, staff=Decimal(300), honest=False) is False
    assert truth({"not": {**HONEST, "formal": "true"}}) is True


def test_a_formal_check_as_an_alternative_leaves_it_open() -> None:
    assert truth({"any": [HONEST, FORMAL]}, honest=False) is None


def test_a_selection_leaves_it_open() -> None:
    assert truth({"all": [HONEST, {"selective": "true"}]}, honest=True) is None
    assert truth({"all": [HONEST, {"selective": "true"}]}, honest=False) is False


def test_no_condition_holds_for_everybody() -> None:
    assert evaluation.evaluate(None, {}, KB).truth is True


def test_the_trace_mirrors_the_condition_and_names_the_values_used() -> None:
    found = evaluation.evaluate(condition({"all": [HONEST, {"any": [BIG]}]}), {"honest": True}, KB)
    honest, either = found.parts
    assert (honest.fact, honest.value, honest.truth, honest.says) == ("honest", True, True, "条件")
    assert (either.parts[0].value, either.parts[0].truth) == (UNKNOWN, None)
    assert [leaf.fact for leaf in found.leaves()] == ["honest", "staff"]


def failing(raw: Any, **facts: Value) -> list[str | None]:
    return [leaf.fact for leaf in evaluation.failing(evaluation.evaluate(condition(raw), facts, KB))]


def test_failing_names_the_leaves_that_decide_a_no() -> None:
    assert failing({"all": [HONEST, BIG]}, honest=False) == ["honest"]
    assert failing({"all": [HONEST, BIG]}, honest=False, staff=Decimal(1)) == ["honest", "staff"]
    nearest = {"any": [{"all": [HONEST, BIG]}, {"fact": "exporter", "is": "yes"}]}
    assert failing(nearest, honest=False, staff=Decimal(1), exporter=False) == ["exporter"]
    assert failing({"not": {"any": [HONEST, BIG]}}, honest=True, staff=Decimal(300)) == ["honest", "staff"]
    assert failing({"at_least_n": 2, "of": [HONEST, BIG]}, honest=False) == ["honest"]
    assert failing({"all": [HONEST, BIG]}, honest=True) == []


def test_undecided_names_only_what_can_still_decide() -> None:
    raw = {"all": [{"any": [HONEST, BIG]}, {"fact": "exporter", "is": "yes"}]}
    found = evaluation.evaluate(condition(raw), {"honest": True}, KB)
    assert [leaf.fact for leaf in evaluation.undecided(found)] == ["exporter"]


def test_only_an_open_fact_of_the_owner_can_be_asked() -> None:
    def asked(raw: Any, **facts: Value) -> list[bool]:
        found = evaluation.evaluate(condition(raw), facts, KB)
        return [evaluation.askable(leaf) for leaf in evaluation.undecided(found)]

    assert asked(HONEST) == [True]
    assert asked(HONEST, honest=Unknown(Why.UNSURE)) == [False]
    assert asked(BIG, staff=between(1, None)) == [True]
    assert asked({**HONEST, "checked_by": "department"}) == [False]
    assert asked({"selective": "true"}) == [False]
