"""Which dates may be told ahead, at which stage, and why others may not."""

from datetime import date
from typing import Any

import pytest

from policy_kb import catalogues, deadlines, loader
from policy_kb.deadlines import Occasion, Stage, What
from tests.fakes.catalogue import catalogue, measure

KB = loader.load()
TODAY = date(2026, 11, 22)
VERIFIED = {"on": "2026-11-21", "by": "知识编辑", "basis": "text", "review_by": "2027-11-21"}


def small(*measures: dict[str, Any], docs: list[dict[str, Any]] | None = None) -> catalogues.Catalogue:
    return catalogue(*({"verified": VERIFIED, **one} for one in measures), docs=docs)


def due(kb: catalogues.Catalogue, day: str, today: date | None = None) -> list[Occasion]:
    found = date.fromisoformat(day)
    return list(deadlines.occasions(kb, found, today or found))


def stages(kb: catalogues.Catalogue, day: str, today: date | None = None) -> list[str]:
    return [one.stage.value for one in due(kb, day, today) if not one.withheld]


ENDING = small(measure(in_force={"to": "2022-12-31"}))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2022-11-17", []),
        ("2022-11-18", ["30"]),
        ("2022-12-20", ["30"]),
        ("2022-12-21", ["7"]),
        ("2022-12-28", ["7"]),
        ("2022-12-29", ["1"]),
        ("2022-12-31", ["1"]),
        ("2023-01-01", []),  # a holiday: told on the 3rd
        ("2023-01-03", ["ended"]),
        ("2023-01-13", ["ended"]),
        ("2023-01-14", []),
    ],
)
def test_an_end_is_told_at_its_stages_and_afterwards(day: str, told: list[str]) -> None:
    assert stages(ENDING, day) == told


def test_ends_of_one_day_are_one_date_and_name_their_tracks_where_others_go_on() -> None:
    track = {"label": "x", "in_force": {"to": "2022-12-31"}}
    tracks = [
        {"id": "a", **track},
        {"id": "b", **track},
        {"id": "c", "label": "y", "in_force": {"to": "2023-04-30"}},
    ]
    [one] = due(small({**measure(), "tracks": tracks}), "2022-12-21")
    assert one.deadline is not None
    assert one.deadline.tracks == ("a", "b")
    [all_] = due(small({**measure(), "tracks": tracks[:2]}), "2022-12-21")
    assert all_.deadline is not None
    assert all_.deadline.tracks == ()


def test_a_rule_of_the_future_is_not_known_and_not_reminded_of() -> None:
    kb = small(
        measure(in_force={"to": "2022-12-31"}, document="later"),
        docs=[{"id": "later", "issued": "2022-12-25"}],
    )
    assert stages(kb, "2022-12-21") == []
    assert stages(kb, "2022-12-26") == []  # known after its stage came: told as new, not as a reminder
    assert stages(kb, "2022-12-29") == ["1"]


def test_a_window_says_the_same_as_the_end_and_is_told_once() -> None:
    window = {"id": "pay", "label": "补缴", "to": "2022-12-31", "kind": "deadline"}
    [one] = due(small(measure(in_force={"to": "2022-12-31"}, windows=[window])), "2022-12-21")
    assert one.deadline is not None
    assert one.deadline.what is What.PAYMENT


def test_a_deferred_sum_to_be_paid_back_is_reminded_of_without_a_window() -> None:
    deferral = {"id": "d", "kind": "deferral", "label": "缓缴", "of": "养老保险费", "pay_by": "2022-12-31"}
    [one] = due(small(measure(benefits=[deferral])), "2022-12-21")
    assert one.deadline is not None
    assert (one.deadline.what, one.deadline.on) == (What.PAYMENT, date(2022, 12, 31))


def test_a_round_of_application_opens_and_a_day_of_review_does_not() -> None:
    window = {"id": "w", "label": "申报", "from": "2022-09-01", "to": "2022-09-30"}
    assert stages(small(measure(windows=[window])), "2022-09-01") == ["opened"]
    review = {**window, "from": "2022-09-30", "kind": "round"}
    assert "opened" not in stages(small(measure(windows=[review])), "2022-09-30")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"windows": [{"id": "w", "label": "w", "to": "2022-12-31", "conditional": "视情况"}]}, "视情况"),
        ({"windows": [{"id": "w", "label": "w", "to": "2022-12-31", "remind": "false"}]}, "不提醒"),
        ({"in_force": {"to": "2022-12-31", "worked_out": "true"}}, "推算"),
        ({"in_force": {"to": "2022-12-31", "unconfirmed_from": "2022-10-01"}}, "未能核实"),
        ({"in_force": {"to": "2022-12-31"}, "status": "draft"}, "草稿"),
        ({"in_force": {"to": "2022-12-31"}, "verified": None}, "没有核实"),
        ({"in_force": {"to": "2022-12-31"}, "verified": {**VERIFIED, "review_by": "2022-12-20"}}, "复核"),
    ],
)
def test_a_date_nobody_can_vouch_for_is_withheld_with_the_reason(change: dict[str, Any], why: str) -> None:
    kb = small({"verified": VERIFIED, **measure(**change)})
    found = due(kb, "2022-12-21")
    assert [why in one.withheld for one in found] == [True]
    assert deadlines.upcoming(kb.measures["aid"], kb, date(2022, 12, 21), date(2022, 12, 21)) == ()


def test_reviews_are_judged_by_the_real_day_whatever_day_is_looked_at() -> None:
    assert stages(ENDING, "2022-12-21", date(2027, 11, 21)) == ["7"]
    assert stages(ENDING, "2022-12-21", date(2027, 11, 22)) == []


def test_what_replaces_a_rule_is_told_when_both_the_day_and_the_document_are_there() -> None:
    kb = small(
        measure("old", in_force={"to": "2024-12-31"}, superseded={"on": "2023-01-01", "by": "new"}),
        measure("new", document="later"),
        docs=[{"id": "later", "issued": "2023-08-02"}],
    )
    assert stages(kb, "2023-01-03") == []
    [one] = [one for one in due(kb, "2023-08-02") if one.stage is Stage.REPLACED]
    assert (one.measure.id, one.by, one.day) == ("old", "new", date(2023, 1, 1))
    assert "30" not in stages(kb, "2024-12-02"), "a rule replaced has no end any more"


def test_a_day_of_issue_that_is_a_stand_in_announces_nothing_on_a_day_long_past() -> None:
    kb = small(
        measure("old", in_force={"to": "2024-12-31"}, superseded={"on": "2023-01-01", "by": "new"}),
        measure("new", document="later"),
        docs=[{"id": "later", "issued": "2023-01-01", "issued_exact": "false"}],
    )
    assert stages(kb, "2023-01-03", TODAY) == []
    assert stages(kb, "2023-01-03") == ["replaced"], "on the day itself it is simply there"


def test_a_stage_reached_through_a_year_without_calendar_is_marked() -> None:
    kb = small(measure(in_force={"from": "2026-01-01", "to": "2099-12-31"}))
    [one] = due(kb, "2099-12-30")
    assert one.provisional


def test_the_governments_own_days_are_no_deadlines() -> None:
    """Arrears are to be cleared by 2022-10-31: that binds the debtors, and is an end of no claim."""
    assert not [one for one in due(KB, "2022-10-20", TODAY) if one.measure.id == "arrears-progress-2022"]


def test_only_the_unconditional_review_of_high_tech_firms_is_told() -> None:
    found = {
        (one.day, bool(one.withheld))
        for day in ("2022-08-18", "2022-09-21", "2022-10-20")
        for one in due(KB, day, TODAY)
        if one.measure.id == "high-tech-batches-2022"
    }
    assert found == {(date(2022, 9, 30), False), (date(2022, 10, 31), True)}


def test_national_rules_that_only_the_tax_return_needs_await_no_local_notice() -> None:
    awaiting = {one.id for one in KB.measures.values() if deadlines.awaits_local_notice(one)}
    assert {"job-retention-refund-2026", "expansion-subsidy-2026", "skills-subsidy-2026"} <= awaiting
    assert not {"small-scale-vat-2026", "rd-deduction-2023", "job-retention-refund-2025"} & awaiting
