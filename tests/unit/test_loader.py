"""What is loaded, and what is not. The mistakes themselves are in test_checks."""

import shutil
from pathlib import Path

import pytest

from policy_kb import loader

RIGHT = Path(__file__).parents[1] / "data" / "right" / "catalogue"
MEASURE = "measures/employment/hiring-2023.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogue"
    shutil.copytree(RIGHT, folder)
    return folder


def change(root: Path, before: str, after: str, file: str = MEASURE) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert before in text
    (root / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def test_a_draft_is_not_told_to_owners(root: Path) -> None:
    change(root, "kind: claim", "kind: claim\nstatus: draft")
    assert set(loader.load(root).measures) == {"hiring-2022"}
    assert set(loader.load(root, drafts=True).measures) == {"hiring-2022", "hiring-2023"}


def test_nothing_may_lean_on_a_draft(root: Path) -> None:
    change(root, "kind: claim", "kind: claim\nstatus: draft")
    change(root, "kind: claim", "kind: claim\nrelated: [hiring-2023]", "measures/employment/hiring-2022.yml")
    loader.load(root, drafts=True)
    with pytest.raises(loader.CatalogueError, match="related `hiring-2023` does not exist"):
        loader.load(root)


def test_nothing_is_half_loaded(root: Path) -> None:
    change(root, "kind: claim", "kind: money")
    with pytest.raises(loader.CatalogueError, match=r"hiring-2023\.yml:5: kind: Input should be"):
        loader.load(root)


def test_every_mistake_is_named_at_once(root: Path) -> None:
    change(root, "kind: claim", "kind: money")
    change(root, "kind: target", "kind: aim", "figures/jobs.yml")
    with pytest.raises(loader.CatalogueError) as caught:
        loader.load(root)
    assert len(caught.value.faults) == 2


def test_the_version_changes_with_any_byte_of_knowledge(root: Path) -> None:
    before = loader.load(root).version
    assert before == loader.load(RIGHT).version
    change(root, "招毕业生有没有补助", "招毕业生给有补助")
    assert loader.load(root).version != before


def test_the_version_does_not_change_with_the_coverage_of_a_checklist(root: Path) -> None:
    before = loader.load(root).version
    (root / "coverage").mkdir()
    (root / "coverage" / "list.yml").write_text("hiring: {to: hiring-2022}\n", encoding="utf-8")
    assert loader.load(root).version == before
