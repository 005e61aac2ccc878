"""What changed for the owner between two catalogues."""

import shutil
from pathlib import Path

import pytest

from policy_kb import diff, loader

RIGHT = Path(__file__).parents[1] / "data" / "right" / "catalogue"
MEASURE = "measures/employment/hiring-2022.yml"


def changes(tmp_path: Path, *edits: tuple[str, str], file: str = MEASURE) -> list[str]:
    folder = tmp_path / "catalogue"
    shutil.copytree(RIGHT, folder)
    text = (folder / file).read_text(encoding="utf-8")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / file).write_text(text, encoding="utf-8")
    return [str(change) for change in diff.compare(loader.load(RIGHT), loader.load(folder))]


def test_nothing_changed_says_nothing(tmp_path: Path) -> None:
    assert changes(tmp_path) == []


@pytest.mark.parametrize(
    "edit", [("- 招毕业生有没有补助", "- 招毕业生给有补助"), ("asks: [招工补助到什么时候]", "asks: []")]
)
def test_a_reworded_question_is_no_change(tmp_path: Path, edit: tuple[str, str]) -> None:
    assert changes(tmp_path, edit) == []


def test_an_amount_is_told_before_and_after_and_asks_for_a_new_version(tmp_path: Path) -> None:
    assert changes(tmp_path, ("amount: 1500元, heads", "amount: 1800元, heads")) == [
        "hiring-2022：得到 all grant “招工补助：每人1500元，最高30万元”改为“招工补助：每人1800元，最高30万元”",
        "hiring-2022：条件、金额或期限变了，version 还是 1：要加一",
    ]


def test_with_a_new_version_only_the_change_is_told(tmp_path: Path) -> None:
    told = changes(tmp_path, ("to: 2022-12-31", "to: 2023-06-30"), ("kind: claim", "kind: claim\nversion: 2"))
    assert told == ["hiring-2022：期限 all “至2022年12月31日”改为“至2023年6月30日”"]


def test_a_threshold_changed_under_the_same_words_is_told_by_its_value(tmp_path: Path) -> None:
    told = changes(tmp_path, ("at_least: 5", "at_least: 6"))
    assert "fact=hires at_least=5" in told[0]
    assert "fact=hires at_least=6" in told[0]
    assert told[1].endswith("要加一")


def test_reworded_conditions_need_no_new_version(tmp_path: Path) -> None:
    assert changes(tmp_path, ("says: 招了5人以上", "says: 至少招了5人")) == [
        "hiring-2022：条件 all “招了5人以上；签了1年以上合同”改为“至少招了5人；签了1年以上合同”"
    ]


def test_a_version_raised_for_nothing_is_told(tmp_path: Path) -> None:
    assert changes(tmp_path, ("kind: claim", "kind: claim\nversion: 2")) == [
        "hiring-2022：version 从 1 到 2，条件、金额和期限没有变"
    ]


def test_new_and_removed_entries_are_told(tmp_path: Path) -> None:
    assert changes(tmp_path, ("id: gap-housing", "id: gap-fund"), file="gaps/general.yml") == [
        "gap-fund：新增“公积金缓缴”",
        "gap-housing：删去“公积金缓缴”",
    ]


def test_a_point_reworded_is_told(tmp_path: Path) -> None:
    assert changes(tmp_path, ("招工补助做到2022年底。", "招工补助到2022年底为止。")) == [
        "hiring-2022：要点 term “招工补助做到2022年底。”改为“招工补助到2022年底为止。”"
    ]


def test_a_replaced_document_is_told(tmp_path: Path) -> None:
    edit = ("  issued: 2022-01-10", "  issued: 2022-01-10\n  in_force_until: 2022-12-31")
    assert changes(tmp_path, edit, file="documents.yml") == ["city-2022：in_force_until新增“2022-12-31”"]
