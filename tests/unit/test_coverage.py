"""A checklist held against the catalogue."""

import shutil
from pathlib import Path

import pytest

from policy_kb import coverage, loader
from policy_kb.coverage import Statement

RIGHT = Path(__file__).parents[1] / "data" / "right" / "catalogue"


def statement(name: str = "hiring", clause: str = "二（一）", kind: str = "claim", priority: int = 1) -> Statement:
    return Statement(
        id=name,
        title="招工补助（每人1500元）",
        doc="city-2022.txt",
        section="稳岗方案（一）",
        clause=clause,
        category="employment",
        kind=kind,
        priority=priority,
    )


def assess(tmp_path: Path, mapping: str, *statements: Statement) -> coverage.Coverage:
    root = tmp_path / "catalogue"
    shutil.copytree(RIGHT, root)
    (root / "coverage").mkdir()
    (root / "coverage" / "list.yml").write_text(mapping, encoding="utf-8")
    return coverage.assess(statements or (statement(),), root, loader.load(root))


def test_a_mapped_statement_is_covered(tmp_path: Path) -> None:
    found = assess(tmp_path, "hiring: {to: hiring-2022, track: all}\n")
    assert [one.id for one in found.covered] == ["hiring"]
    assert not found.faults
    assert not found.doubts
    assert found.share((1, 2), coverage.BINDING) == 1


def test_a_reason_is_counted_apart_and_not_as_covered(tmp_path: Path) -> None:
    found = assess(tmp_path, "hiring: {why_not: 只是政府内部分工}\n")
    assert found.excepted == [(statement(), "只是政府内部分工")]
    assert found.share((1,)) == 0


def test_shares_are_taken_by_priority_and_kind(tmp_path: Path) -> None:
    rows = (statement(), statement("other"), statement("aim", kind="direction"), statement("late", priority=3))
    found = assess(tmp_path, "hiring: {to: hiring-2022}\n", *rows)
    assert found.share((1,), coverage.BINDING) == 0.5
    assert found.share((3,)) == 0
    assert [one.id for one in found.missing] == ["other", "aim", "late"]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("hiring: {to: hiring-2021}", "catalogue/coverage/list.yml:1: `hiring-2021` is no entry → correct the id"),
        ("hiring: {to: hiring-2022, track: al}", "`hiring-2022` has no track `al` → choose one of all"),
        ("hiring: {to: hiring-2022, point: x}", "`hiring-2022` has no point `x` → choose one of term"),
        ("hiring: {}", "entry: give either `to` or `why_not`"),
        ("hiring: {to: hiring-2022, wy: x}", "unknown key `wy` → remove it, or correct its spelling"),
        ("other: {why_not: x}", "`other` is not in the checklist → correct the id"),
        ("- a", "is no mapping → write `checklist-id: {to: entry-id}`"),
    ],
)
def test_a_wrong_row_is_reported_with_its_line(tmp_path: Path, mapping: str, said: str) -> None:
    found = assess(tmp_path, mapping + "\n")
    assert said in str(found.faults[0])
    assert [one.id for one in found.missing] == ["hiring"]


def test_a_row_mapped_to_an_entry_that_cites_another_clause_is_doubted(tmp_path: Path) -> None:
    found = assess(tmp_path, "hiring: {to: jobs-target-2022}\n")
    assert "stands in 二（一）, which `jobs-target-2022` does not cite" in str(found.doubts[0])


def test_a_suggestion_cites_the_clause_and_says_it_in_like_words() -> None:
    known = loader.load(RIGHT)
    guess = coverage.suggest(statement(), known)
    assert guess is not None
    assert guess.row == {"to": "hiring-2022"}
    assert coverage.suggest(statement(clause="二（二）"), known) is None


def test_names_are_looked_for_in_what_entries_say() -> None:
    known = loader.load(RIGHT)
    assert coverage.absent(["招工补助", "招工补助（市级）", "一部手机办事通"], known) == ["一部手机办事通"]
