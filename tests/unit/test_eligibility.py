"""Verdicts over tracks, days, formal checks and selections."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy_kb import eligibility
from policy_kb.eligibility import About, Assessment, Outward, Timing, Verdict
from policy_kb.facts import Unknown, Value, Why
from tests.fakes.catalogue import catalogue, measure

DAY = date(2022, 9, 20)
WINDOW = {"from": "2022-09-01", "to": "2022-12-31"}


def leaf(fact: str, **how: Any) -> dict[str, Any]:
    return {"fact": fact, "says": f"{fact}的条件", **how}


HONEST = leaf("honest", **{"is": "yes"})
EXPORTS = leaf("exporter", **{"is": "yes"})
BIG = leaf("staff", at_least="300")


def assess(raw: dict[str, Any], as_of: date = DAY, more: tuple[dict[str, Any], ...] = (), **facts: Value) -> Assessment:
    kb = catalogue(raw, *more)
    return eligibility.assess(kb.measures[raw["id"]], facts, kb, as_of)


def test_verdict_follows_the_conditions() -> None:
    both = measure(conditions={"all": [HONEST, BIG]}, in_force=WINDOW)
    assert assess(both, honest=True, staff=Decimal(300)).verdict is Verdict.ELIGIBLE
    asked = assess(both, honest=True)
    assert (asked.verdict, asked.open, asked.failing) == (Verdict.NEEDS_INFO, ("staff",), ())
    refused = assess(both, honest=False)
    assert (refused.verdict, refused.open) == (Verdict.NOT_ELIGIBLE, ())
    assert [one.fact for one in refused.failing] == ["honest"]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.ELIGIBLE, Outward.ELIGIBLE),
        (Verdict.PARTIALLY_ELIGIBLE, Outward.ELIGIBLE),
        (Verdict.NEEDS_INFO, Outward.DEPENDS),
        (Verdict.NOT_ELIGIBLE, Outward.NOT_ELIGIBLE),
    ],
)
def test_to_the_outside_there_are_three_verdicts(verdict: Verdict, expected: Outward) -> None:
    assert eligibility.outward(verdict) is expected


@pytest.mark.parametrize(
    ("as_of", "verdict", "timing"),
    [
        (date(2022, 8, 17), Verdict.NOT_ELIGIBLE, Timing.NOT_KNOWN),
        (date(2022, 8, 31), Verdict.NOT_ELIGIBLE, Timing.UPCOMING),
        (date(2022, 9, 1), Verdict.ELIGIBLE, Timing.STANDING),
        (date(2022, 12, 1), Verdict.ELIGIBLE, Timing.CLOSING),
        (date(2022, 12, 31), Verdict.ELIGIBLE, Timing.CLOSING),
        (date(2023, 1, 1), Verdict.NOT_ELIGIBLE, Timing.ENDED),
    ],
)
def test_nobody_is_eligible_outside_the_window(as_of: date, verdict: Verdict, timing: Timing) -> None:
    found = assess(measure(conditions=HONEST, in_force=WINDOW), as_of, honest=True)
    assert (found.verdict, found.timing) == (verdict, timing)


def test_an_unconfirmed_rule_is_never_more_than_open() -> None:
    found = assess(measure(conditions=HONEST), date(2026, 11, 21), honest=True)
    assert (found.verdict, found.timing) == (Verdict.NEEDS_INFO, Timing.UNCONFIRMED)
    assert found.open_reason == "目前是否仍执行未能核实"
    assert assess(measure(conditions=HONEST), date(2026, 11, 21), honest=False).verdict is Verdict.NOT_ELIGIBLE


def test_a_rule_without_printed_end_says_so() -> None:
    found = assess(measure(conditions=HONEST), honest=True)
    assert found.verdict is Verdict.ELIGIBLE
    assert [one.about for one in found.caveats] == [About.NO_PRINTED_END]


def test_automatic_delivery_and_rounds_give_the_timing() -> None:
    assert assess(measure(delivery="automatic", in_force=WINDOW)).timing is Timing.AUTOMATIC
    rounds = [{"id": "a", "label": "一", "from": "2022-06-01", "to": "2022-06-10"}]
    assert assess(measure(in_force=WINDOW, windows=rounds)).timing is Timing.CLOSED
    rounds.append({"id": "b", "label": "二", "from": "2022-10-01", "to": "2022-10-31"})
    assert assess(measure(in_force=WINDOW, windows=rounds)).timing is Timing.UPCOMING
    assert assess(measure(in_force=WINDOW, windows=rounds), date(2022, 10, 5)).timing is Timing.CLOSING


def tracks(*conditions: Any, **more: Any) -> dict[str, Any]:
    built = [
        {"id": f"t{i}", "label": f"第{i}类", "conditions": one, "in_force": WINDOW, **more}
        for i, one in enumerate(conditions)
    ]
    return measure(tracks=built)


def test_any_track_that_holds_makes_it_eligible() -> None:
    found = assess(tracks(HONEST, EXPORTS), honest=True)
    assert (found.verdict, found.track.track.id, found.open) == (Verdict.ELIGIBLE, "t0", ())


def test_a_no_names_what_fails_on_the_nearest_track() -> None:
    far = {"all": [HONEST, EXPORTS]}
    near = {"all": [leaf("size", one_of=["sme"]), HONEST]}
    found = assess(tracks(far, near), honest=False, exporter=False, size="small")
    assert (found.track.track.id, [one.fact for one in found.failing]) == ("t1", ["honest"])


def test_tracks_that_have_ended_are_dropped() -> None:
    raw = tracks(HONEST, EXPORTS)
    raw["tracks"][0]["in_force"] = {"to": "2022-09-01"}
    found = assess(raw, honest=True)
    assert (found.verdict, found.open) == (Verdict.NEEDS_INFO, ("exporter",))
    assert assess(raw, honest=True, exporter=False).verdict is Verdict.NOT_ELIGIBLE


def test_parts_of_which_only_some_hold_are_partly_eligible() -> None:
    raw = {**tracks(HONEST, EXPORTS), "tracks_are": "parts"}
    assert assess(raw, honest=True, exporter=True).verdict is Verdict.ELIGIBLE
    assert assess(raw, honest=True, exporter=False).verdict is Verdict.PARTIALLY_ELIGIBLE
    half = assess(raw, honest=True)
    assert (half.verdict, half.open) == (Verdict.PARTIALLY_ELIGIBLE, ("exporter",))
    assert assess(raw, honest=False, exporter=False).verdict is Verdict.NOT_ELIGIBLE


def test_a_formal_check_is_listed_and_leaves_the_verdict() -> None:
    formal = {"says": "信用良好", "formal": "true", "checked_by": "department"}
    found = assess(measure(conditions={"all": [HONEST, formal]}, in_force=WINDOW), honest=True)
    assert found.verdict is Verdict.ELIGIBLE
    assert [(one.about, one.says) for one in found.caveats] == [(About.FORMAL, "信用良好")]


def test_a_selection_leaves_the_verdict_open_and_says_why() -> None:
    chosen = {"says": "择优评审", "selective": "true"}
    raw = measure(conditions={"all": [HONEST, chosen]}, in_force=WINDOW)
    found = assess(raw, honest=True)
    assert (found.verdict, found.open, found.open_reason) == (Verdict.NEEDS_INFO, (), "择优评审")
    assert assess(raw, honest=False).verdict is Verdict.NOT_ELIGIBLE


def test_what_only_the_authority_judges_is_open_but_not_asked() -> None:
    judged = {**HONEST, "checked_by": "department"}
    raw = measure(conditions={"all": [judged, EXPORTS]}, in_force=WINDOW)
    found = assess(raw, exporter=True)
    assert (found.verdict, found.open, found.open_reason) == (Verdict.NEEDS_INFO, (), "honest的条件")
    assert assess(raw, exporter=True, honest=True).verdict is Verdict.ELIGIBLE


def test_a_direction_promises_nothing() -> None:
    found = assess(measure(kind="direction", in_force=WINDOW))
    assert found.verdict is Verdict.NEEDS_INFO
    assert found.open_reason == "文件只提出方向，没有写可以申请的条件"


def test_facts_answered_unsure_stay_open_and_are_parked() -> None:
    unsure = Unknown(Why.UNSURE)
    found = assess(measure(conditions={"all": [HONEST, BIG]}, in_force=WINDOW), honest=unsure)
    assert found.open == ("honest", "staff")
    assert eligibility.parked(found, {"honest": unsure}) == ("honest",)


def test_a_condition_may_be_the_verdict_on_another_measure() -> None:
    other = measure("other", conditions=HONEST, in_force=WINDOW)
    wanted = {"measure": "other", "measure_verdict": "eligible", "says": "享受另一项"}
    raw = measure(conditions=wanted, in_force=WINDOW)
    assert assess(raw, more=(other,), honest=True).verdict is Verdict.ELIGIBLE
    assert assess(raw, more=(other,), honest=False).verdict is Verdict.NOT_ELIGIBLE
    asked = assess(raw, more=(other,))
    assert (asked.verdict, asked.open) == (Verdict.NEEDS_INFO, ("honest",))


def test_measures_that_wait_for_each_other_stay_open() -> None:
    def waiting(name: str, other: str) -> dict[str, Any]:
        wanted = {"measure": other, "measure_verdict": "eligible", "says": "享受另一项"}
        return measure(name, conditions=wanted, in_force=WINDOW)

    assert assess(waiting("a", "b"), more=(waiting("b", "a"),)).verdict is Verdict.NEEDS_INFO


def test_the_amount_spans_the_tracks_that_may_still_hold() -> None:
    def refund(rate: str) -> list[dict[str, Any]]:
        return [{"id": "refund", "kind": "rate_of", "label": "返还", "rate": rate, "of": "cost"}]

    raw = tracks(leaf("size", **{"is": "large"}), leaf("size", one_of=["sme"]))
    raw["tracks"][0]["benefits"], raw["tracks"][1]["benefits"] = refund("50%"), refund("90%")
    either = assess(raw, cost=Decimal(120_000)).amount
    assert (either.low, either.high, either.exact) == (Decimal(60_000), Decimal(108_000), False)
    small = assess(raw, cost=Decimal(120_000), size="small").amount
    assert (small.low, small.high, small.exact) == (Decimal(108_000), Decimal(108_000), True)
    assert assess(raw, size="small").amount.missing == ("cost",)
