"""Each mistake in a catalogue is named with its line, its reason and the way to mend it.

A folder under tests/data/wrong holds the files by which it differs from tests/data/right, and in expected.txt what the
check must say about it.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from policy_kb import checks, loader
from policy_kb.checks.findings import Findings

DATA = Path(__file__).parents[1] / "data"
TEXTS = DATA / "right" / "texts"
WRONG = sorted(path for path in (DATA / "wrong").iterdir() if path.is_dir())
AS_OF = date(2022, 9, 20)


def lines(findings: Findings) -> list[str]:
    return [*map(str, findings.faults), *(f"warning: {warning}" for warning in findings.warnings)]


def laid_over(folder: Path, tmp_path: Path) -> Path:
    root = tmp_path / "catalogue"
    shutil.copytree(DATA / "right" / "catalogue", root)
    shutil.copytree(folder, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt"))
    return root


def test_the_right_catalogue_has_nothing_to_mend() -> None:
    findings = checks.check(DATA / "right" / "catalogue", TEXTS, AS_OF, strict=True)
    assert lines(findings) == []
    assert findings.counts["citations_found_in_text"] == findings.counts["citations_with_text"] == 2
    assert findings.counts["citations_V1"] == 1


@pytest.mark.parametrize("folder", WRONG, ids=lambda path: path.name)
def test_a_seeded_mistake_is_reported_where_it_stands(folder: Path, tmp_path: Path) -> None:
    findings = checks.check(laid_over(folder, tmp_path), TEXTS, AS_OF)
    assert lines(findings) == (folder / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_a_catalogue_without_documents_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    findings = checks.check(tmp_path / "catalogue", None, AS_OF)
    assert lines(findings) == [
        "catalogue/documents.yml:1: does not exist → write it; every source document stands there"
    ]


def test_a_catalogue_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(loader.CatalogueError, match="is no folder"):
        checks.check(tmp_path / "nowhere", None, AS_OF)


def test_what_is_only_lacking_becomes_a_fault_when_strict(tmp_path: Path) -> None:
    root = laid_over(DATA / "wrong" / "examples-missing", tmp_path)
    assert checks.check(root, TEXTS, AS_OF).faults == []
    assert len(checks.check(root, TEXTS, AS_OF, strict=True).faults) == 2


def test_without_the_texts_evidence_is_not_compared_but_figures_are(tmp_path: Path) -> None:
    elsewhere = laid_over(DATA / "wrong" / "evidence-nowhere", tmp_path)
    assert checks.check(elsewhere, None, AS_OF).faults == []
    figure = laid_over(DATA / "wrong" / "figure-not-in-source", tmp_path / "b")
    assert "figure 1800元" in str(checks.check(figure, None, AS_OF).faults[0])


def test_one_broken_file_does_not_hide_the_mistakes_of_others(tmp_path: Path) -> None:
    root = laid_over(DATA / "wrong" / "bad-yaml", tmp_path)
    shutil.copytree(DATA / "wrong" / "basis-not-sure", root, dirs_exist_ok=True)
    found = "\n".join(lines(checks.check(root, TEXTS, AS_OF)))
    assert "is no valid YAML" in found
    assert "names no basis with V1 or V2" in found
