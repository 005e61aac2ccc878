"""Cutting texts into clauses: forms of headings and numbers, and the five held documents counted."""

import os
from pathlib import Path

import pytest

from policy_kb import documents, loader, sources

ROOT = Path(__file__).parents[2]
HELD = Path(os.environ.get("HUIQI_SOURCES", ROOT.parent / "shared" / "sources"))
needs_sources = pytest.mark.skipif(not HELD.is_dir(), reason="the source texts are not beside this checkout")

TEXT = """办公室
某市纾困
方案(一)
市财政局
为纾困,制定本方案。
一、工作目标
力争300户。
二、工作措施
(一)给予补助。每户最高 30
万元。
    （三）跳过一号。**一是**免费。
1. 先登记。
2.先到先得。
（4)换了括号。
三、保障措施
加强领导。
某市纾困

方案(二)
一、工作目标
共100户。
2022年8月18日
联系人及电话:某某
"""
HEADINGS = {"减税一": "方案（一）", "减税二": "方案（二）"}


def cut(text: str = TEXT) -> dict[tuple[str | None, str], str]:
    return {(clause.section, clause.number): sources.plain(clause.text) for clause in sources.cut(text, HEADINGS)}


def test_sections_chapters_items_and_paragraphs_are_named_as_people_cite_them() -> None:
    assert list(cut()) == [
        (None, "前言"),
        ("减税一", "前言"),
        ("减税一", "一"),
        ("减税一", "二"),
        ("减税一", "二（一）"),
        ("减税一", "二（三）"),
        ("减税一", "二（三）1"),
        ("减税一", "二（三）2"),
        ("减税一", "三"),
        ("减税二", "一"),
        ("减税二", "落款"),
    ]


def test_a_word_broken_over_lines_is_found() -> None:
    assert "最高30万元" in cut()["减税一", "二（一）"]


def test_bold_marks_inside_a_sentence_are_left_out() -> None:
    assert "跳过一号。一是免费" in cut()["减税一", "二（三）"]


def test_an_item_holds_its_numbered_paragraphs_too() -> None:
    clauses = cut()
    assert clauses["减税一", "二（三）2"].startswith("2.先到先得。")
    assert clauses["减税一", "二（三）2"] in clauses["减税一", "二（三）"]


def test_the_title_printed_over_the_next_section_is_no_part_of_the_clause_before() -> None:
    assert cut()["减税一", "三"] == "三、保障措施加强领导。"


def test_signature_and_contact_stand_apart() -> None:
    assert cut()["减税二", "落款"] == "2022年8月18日联系人及电话:某某"


def test_items_numbered_in_digits_count_where_no_chinese_numbers_stand() -> None:
    clauses = cut("一、做法\n(1)先登记\n(2)后付款\n")
    assert list(clauses) == [(None, "一"), (None, "一（一）"), (None, "一（二）")]


def test_a_heading_broken_over_lines_is_recognised() -> None:
    found = sources.cut("一二三专项行动\n实施方案(一)\n一、目标\n", {"甲": "一二三专项行动实施方案（一）"})
    assert [(clause.section, clause.number) for clause in found] == [("甲", "一")]


def test_chapters_and_articles_of_a_regulation_are_cut() -> None:
    clauses = cut("第一章 总则\n第一条 为了规范。\n第二条 适用。\n第二章 申报\n第三条 申报材料。\n")
    assert list(clauses) == [(None, "一"), (None, "一（一）"), (None, "一（二）"), (None, "二"), (None, "二（三）")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("二(三)", "二（三）"), ("二（3）", "二（三）"), ("四（ 十六）", "四（十六）"), ("二（五）２", "二（五）2")],
)
def test_a_clause_is_understood_in_any_brackets(written: str, meant: str) -> None:
    assert sources.canonical(written) == meant


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (25, "二十五")])
def test_chinese_numerals_go_there_and_back(number: int, text: str) -> None:
    assert sources.numeral(number) == text
    assert sources.value_of(text) == number


def _held(document_id: str) -> sources.Source:
    return sources.read(loader.gather(loader.CATALOGUE_DIR)[0].documents[document_id], HELD)


def _count(source: sources.Source, section: str | None = None) -> tuple[int, int, int]:
    """Chapters, items, numbered paragraphs."""
    names = [number for place, number in source.clauses if place == section and number not in ("前言", "落款")]
    items = [name for name in names if name.endswith("）")]
    chapters = [name for name in names if "（" not in name]
    return len(chapters), len(items), len(names) - len(items) - len(chapters)


@needs_sources
@pytest.mark.parametrize(
    ("document_id", "expected"),
    [
        ("km-2022-reply-141123", (3, 10, 11)),
        ("km-2022-reply-141364", (5, 10, 0)),
        ("yn-2023-zjtx-plan", (4, 14, 0)),
        ("yn-2021-237", (7, 25, 0)),
    ],
)
def test_the_clauses_of_a_held_document_are_all_found(document_id: str, expected: tuple[int, int, int]) -> None:
    assert _count(_held(document_id)) == expected


@needs_sources
@pytest.mark.parametrize(
    ("section", "items"),
    [
        ("财政惠企", 12),
        ("减税降费一", 4),
        ("减税降费二", 3),
        ("创新创业", 10),
        ("复工复产", 11),
        ("融资便利", 6),
        ("稳岗就业", 9),
        ("物流保畅", 8),
        ("清欠活企", 9),
        ("企业培优", 9),
        ("融通发展一", 10),
        ("融通发展二", 11),
    ],
)
def test_the_clauses_of_the_ten_actions_are_all_found(section: str, items: int) -> None:
    assert _count(_held("km-2022-ten-actions"), section) == (3, items, 0)


@needs_sources
def test_a_number_the_text_skips_does_not_exist() -> None:
    clauses = _held("km-2022-ten-actions").clauses
    assert ("融通发展一", "三（三）") not in clauses
    assert ("融通发展一", "三（四）") in clauses


@needs_sources
def test_the_items_of_the_provincial_opinion_count_on_over_its_chapters() -> None:
    names = [number for _, number in _held("yn-2021-237").clauses]
    assert "四（十六）" in names
    assert names[-2] == "七（二十五）"


@needs_sources
def test_traditional_text_is_matched_in_either_script() -> None:
    plan = _held("yn-2023-zjtx-plan")
    assert plan.holds(None, "二", "專精特新“小巨人”企業力爭達到120家")
    assert plan.holds(None, "二", "专精特新“小巨人”企业力争达到120家")


@needs_sources
def test_words_cited_from_the_wrong_clause_are_found_where_they_stand() -> None:
    source = _held("km-2022-ten-actions")
    assert not source.holds("稳岗就业", "二（四）", "大型企业按企业及其职工2021年度实际缴纳失业保险费的50%返还")
    assert source.places("大型企业按企业及其职工2021年度实际缴纳失业保险费的50%返还") == [("稳岗就业", "二（三）")]


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    document = documents.Document.model_validate(
        {"id": "a", "title": "a", "short": "a", "issuer": "a", "level": "kunming", "kind": "policy"}
        | {"issued": "2022-01-01", "text": "a.txt"}
    )
    with pytest.raises(sources.MissingSourceError, match=r"a\.txt of document a is not in"):
        sources.read(document, tmp_path)
