"""In force, ended, superseded, not yet, not known, unconfirmed: each with the days beside its edge."""

from datetime import date
from typing import Any

import pytest

from policy_kb import windows
from policy_kb.catalogues import Catalogue
from policy_kb.windows import Round, State
from tests.fakes.catalogue import catalogue, measure

PRINTED = {"from": "2022-09-01", "to": "2022-12-31"}


def state(as_of: str, docs: list[dict[str, Any]] | None = None, **more: Any) -> windows.Standing:
    kb = catalogue(measure(**more), docs=docs)
    return windows.measure_status(kb.measures["aid"], kb, date.fromisoformat(as_of))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2022-08-17", State.NOT_KNOWN),
        ("2022-08-18", State.NOT_YET),
        ("2022-08-31", State.NOT_YET),
        ("2022-09-01", State.IN_FORCE),
        ("2022-12-31", State.IN_FORCE),
        ("2023-01-01", State.ENDED),
    ],
)
def test_a_printed_window_holds_both_its_days(as_of: str, expected: State) -> None:
    found = state(as_of, in_force=PRINTED)
    assert found.state is expected
    assert (found.from_, found.to, found.printed_end) == (date(2022, 9, 1), date(2022, 12, 31), True)


def test_a_document_issued_later_is_not_known_though_its_window_began() -> None:
    assert state("2022-03-01", in_force={"from": "2022-01-01"}).state is State.NOT_KNOWN


@pytest.mark.parametrize(("as_of", "expected"), [("2024-08-18", State.IN_FORCE), ("2024-08-19", State.UNCONFIRMED)])
def test_without_a_printed_end_it_holds_two_years(as_of: str, expected: State) -> None:
    found = state(as_of)
    assert found.state is expected
    assert not found.printed_end


@pytest.mark.parametrize("basis", ["V1", "V2"])
def test_later_evidence_keeps_it_in_force(basis: str) -> None:
    verified = {"on": "2026-11-21", "by": "编辑", "basis": basis, "review_by": "2027-01-01"}
    assert state("2026-11-21", verified=verified).state is State.IN_FORCE


def test_a_held_text_alone_does_not_keep_it_in_force() -> None:
    verified = {"on": "2026-11-21", "by": "编辑", "basis": "text", "review_by": "2027-01-01"}
    assert state("2026-11-21", verified=verified).state is State.UNCONFIRMED


def test_long_term_in_the_text_keeps_it_in_force() -> None:
    assert state("2026-11-21", in_force={"long_term": "true"}).state is State.IN_FORCE


def test_a_law_stays_in_force() -> None:
    law = [{"id": "law", "kind": "law", "issued": "2000-01-01"}]
    assert state("2026-11-21", law, document="law").state is State.IN_FORCE


def test_a_document_that_ends_ends_its_measures() -> None:
    plan = [{"id": "plan", "in_force_until": "2025-12-31"}]
    assert state("2025-12-31", plan, document="plan").state is State.IN_FORCE
    ended = state("2026-01-01", plan, document="plan")
    assert (ended.state, ended.to) == (State.ENDED, date(2025, 12, 31))


def test_a_superseded_document_supersedes_its_measures_and_names_the_heir() -> None:
    docs = [
        {"id": "old", "in_force_until": "2025-12-31", "superseded": "2025-06-06", "superseded_by": "new"},
        {"id": "new", "issued": "2025-06-06", "in_force_until": "2027-12-31"},
    ]
    kb = catalogue(
        measure("a", document="old", lineage="line"), measure("b", document="new", lineage="line"), docs=docs
    )
    a, b = kb.measures["a"], kb.measures["b"]
    assert windows.measure_status(a, kb, date(2025, 6, 5)).state is State.IN_FORCE
    after = windows.measure_status(a, kb, date(2025, 6, 6))
    assert (after.state, after.by, after.since) == (State.SUPERSEDED, "b", date(2025, 6, 6))
    assert after.to == date(2025, 12, 31)
    assert windows.current("line", kb, date(2025, 6, 5)) == a
    assert windows.current(a, kb, date(2025, 6, 6)) == b
    assert windows.current("a", kb, date(2028, 1, 1)) is None


def superseding() -> Catalogue:
    docs = [{"id": "new", "issued": "2023-08-02"}]
    old = measure("a", in_force={"to": "2024-12-31"}, superseded={"on": "2023-01-01", "by": "b"})
    new = measure("b", document="new", in_force={"from": "2023-01-01", "to": "2027-12-31"})
    return catalogue(old, new, docs=docs)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2023, 8, 1), State.IN_FORCE),  # the successor reaches back to January but is not known yet
        (date(2023, 8, 2), State.SUPERSEDED),
        (date(2025, 1, 1), State.SUPERSEDED),
    ],
)
def test_a_successor_counts_from_the_day_it_is_known(as_of: date, expected: State) -> None:
    kb = superseding()
    assert windows.measure_status(kb.measures["a"], kb, as_of).state is expected


def test_the_printed_end_and_the_replacement_are_both_told() -> None:
    kb = superseding()
    found = windows.measure_status(kb.measures["a"], kb, date(2023, 9, 1))
    assert (found.to, found.by, found.since) == (date(2024, 12, 31), "b", date(2023, 1, 1))
    assert windows.current("a", kb, date(2023, 9, 1)) == kb.measures["b"]


def test_an_end_before_the_replacement_stays_an_end() -> None:
    found = state("2023-06-01", in_force=PRINTED, superseded={"on": "2023-03-01", "by": "elsewhere"})
    assert (found.state, found.by) == (State.ENDED, "elsewhere")


def test_the_best_track_speaks_for_the_measure() -> None:
    tracks = [
        {"id": "pension", "label": "养老", "in_force": {"to": "2022-12-31"}},
        {"id": "injury", "label": "工伤", "in_force": {"to": "2023-04-30"}},
    ]
    assert state("2023-02-01", tracks=tracks).to == date(2023, 4, 30)
    assert state("2023-05-01", tracks=tracks).state is State.ENDED


@pytest.mark.parametrize(
    ("as_of", "expected", "days"),
    [
        ("2022-08-31", Round.UPCOMING, 1),
        ("2022-09-01", Round.OPEN, 60),
        ("2022-09-30", Round.OPEN, 31),
        ("2022-10-01", Round.CLOSING, 30),
        ("2022-10-31", Round.CLOSING, 0),
        ("2022-11-01", Round.CLOSED, None),
    ],
)
def test_a_round_opens_closes_and_warns_thirty_days_before(as_of: str, expected: Round, days: int | None) -> None:
    rounds = [{"id": "r", "label": "第一批", "from": "2022-09-01", "to": "2022-10-31"}]
    kb = catalogue(measure(windows=rounds))
    (found,) = windows.windows_on(kb.measures["aid"], date.fromisoformat(as_of))
    assert (found.state, found.days) == (expected, days)
