"""The keepers' commands, from the words typed to what is printed."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot import cli, kb_pages, kb_pictures
from policy_kb import loader

DATA = Path(__file__).parents[1] / "data"
ROOT = Path(__file__).parents[2]
RIGHT = str(DATA / "right" / "catalogue")
TEXTS = str(DATA / "right" / "texts")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(["kb", *words])
    out = capsys.readouterr()
    return status, out.out, out.err


def test_check_of_a_right_catalogue_counts_and_leaves_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", "--catalogue", RIGHT, "--sources", TEXTS, "--as-of", "2022-09-20", "--strict")
    assert status == 0
    assert out.splitlines() == [
        "2 measures (2 tracks, 6 examples), 1 figures, 3 channels, 1 gaps, 2 points, 2 facts, 2 documents",
        "2 of 2 citations found in the text (6 evidence strings); without text: V1 1, V2 0",
        "13 figures and dates checked, 7 without text",
        "0 faults, 0 warnings",
    ]


def test_check_of_a_wrong_catalogue_leaves_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    status, out, _ = run(capsys, "check", "--catalogue", str(tmp_path / "catalogue"))
    assert status == 1
    assert out.startswith("catalogue/documents.yml:1: does not exist")


def test_check_of_what_is_no_folder_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, "check", "--catalogue", str(tmp_path / "nowhere"))
    assert status == 1
    assert "is no folder" in err


def test_list_shows_the_state_on_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "list", "--catalogue", RIGHT, "--as-of", "2022-09-20")
    assert [line.split()[:4] for line in out.splitlines()[1:]] == [
        ["hiring-2022", "employment", "执行中", "2022-12-31"],
        ["hiring-2023", "employment", "未发布", "2023-12-31"],
    ]


def test_list_names_the_categories_when_one_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "list", "--catalogue", RIGHT, "--category", "taxes")
    assert status == 2
    assert "employment" in err


def test_show_gives_the_phone_and_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "show", "hiring-2022", "--catalogue", RIGHT, "--as-of", "2022-09-20")
    assert status == 0
    assert "手机上" in out
    assert "«单个企业最高30万元»" in out
    assert "招用毕业生人数" in out


def test_show_proposes_the_nearest_id(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "show", "hirng-2022", "--catalogue", RIGHT)
    assert status == 2
    assert "hiring-2022" in err


def test_due_lists_reviews_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "due", "--catalogue", RIGHT, "--as-of", "2022-12-10")
    assert "2022-12-31 hiring-2022" in out.replace("  ", " ")
    _, out, _ = run(capsys, "due", "--catalogue", RIGHT, "--as-of", "2022-03-01")
    assert "没有要看的" in out


def test_diff_of_two_folders(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "diff", RIGHT, RIGHT)
    assert status == 0
    assert out.startswith("0 处不同")


def checklist(tmp_path: Path, *rows: dict[str, object]) -> str:
    path = tmp_path / "checklist.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


ROW = {
    "id": "hiring",
    "title": "招工补助（每人1500元）",
    "doc": "city-2022.txt",
    "section": "稳岗方案（一）",
    "clause": "二（一）",
    "category": "employment",
    "kind": "claim",
    "priority": 1,
}


def test_coverage_names_what_is_missing_and_suggests_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = checklist(tmp_path, ROW)
    status, out, _ = run(capsys, "coverage", "--checklist", file, "--catalogue", RIGHT)
    assert status == 1
    assert "missing: hiring (priority 1, claim, 二（一）)" in out
    _, out, _ = run(capsys, "coverage", "--checklist", file, "--catalogue", RIGHT, "--suggest")
    assert out.startswith("hiring: {to: hiring-2022}")


def test_a_checklist_that_is_none_is_refused_by_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = checklist(tmp_path, ROW, {"id": "x"})
    status, _, err = run(capsys, "coverage", "--checklist", file, "--catalogue", RIGHT)
    assert status == 1
    assert "checklist.jsonl:2:" in err


def test_the_page_shows_every_entry_and_document() -> None:
    known = loader.load(Path(RIGHT))
    page = kb_pages.page(known)
    assert all(f"`{name}`" in page for name in [*known.entries, *known.documents])
    assert "| 到 2022-12-31 |" in page


def test_the_timeline_is_drawn_and_no_character_is_missing(tmp_path: Path) -> None:
    import matplotlib.image

    known, day = loader.load(Path(RIGHT)), date(2026, 11, 21)
    assert kb_pictures.timeline(known, day, tmp_path / "t.png") == 2
    assert matplotlib.image.imread(tmp_path / "t.png").std() > 0
    whole, _ = loader.gather(loader.CATALOGUE_DIR)
    assert kb_pictures.missing_glyphs(kb_pictures.words(whole, day)) == set()
    assert kb_pictures.missing_glyphs("企\U0001f600") == {"\U0001f600"}


def test_check_starts_without_the_language_model() -> None:
    code = "import sys; from bot import kb_cli; print([m for m in ('rasa', 'tensorflow', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
