"""Lines of a batch: read as cases or refused with the reason; a refused line stops no other."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import batch, clock
from bot.batch import BadCase, Case


def test_a_case_is_read() -> None:
    line = '{"id": "a", "as_of": "2022-09-20", "turns": ["稳岗返还", "那中型企业呢"], "kind": "answer"}'
    assert batch.read_case(line) == Case("a", date(2022, 9, 20), ("稳岗返还", "那中型企业呢"))


@pytest.mark.parametrize(
    "line", ['{"turns": ["x"]}', '{"turns": ["x"], "as_of": null}', '{"turns": ["x"], "as_of": ""}']
)
def test_without_a_day_it_is_today(line: str) -> None:
    case = batch.read_case(line)
    assert case.as_of == clock.today()
    assert case.id == ""


def test_an_empty_turn_is_a_turn() -> None:
    assert batch.read_case('{"id": 7, "as_of": "2022-09-20", "turns": [""]}') == Case("7", date(2022, 9, 20), ("",))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "JSON"),
        ('{"id": "a" "turns": []}', "第 12 列"),
        ("[1, 2]", "turns"),
        ("7", "turns"),
        ("null", "turns"),
        ('{"id": "a"}', "turns"),
        ('{"turns": []}', "turns"),
        ('{"turns": "hello"}', "turns"),
        ('{"turns": [1]}', "turns"),
        ('{"turns": ["x", null]}', "turns"),
        ('{"turns": ["x"], "as_of": "2022年9月20日"}', "2022-09-20"),
        ('{"turns": ["x"], "as_of": "2022-13-01"}', "2022-09-20"),
        ('{"turns": ["x"], "as_of": 20220920}', "2022-09-20"),
    ],
)
def test_a_line_that_is_no_case_is_refused_with_the_reason(line: str, word: str) -> None:
    with pytest.raises(BadCase, match=word):
        batch.read_case(line)


@given(st.text())
def test_no_line_breaks_the_reader(line: str) -> None:
    try:
        case = batch.read_case(line)
    except BadCase:
        return
    assert case.turns


def test_lines_keep_their_numbers_and_blank_ones_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'{"turns": ["a"]}\n\n  \n{broken\n\xff\xfe\n{"turns": ["b"]}')
    found = list(batch.cases(path))
    assert [number for number, _ in found] == [1, 4, 5, 6]
    assert [isinstance(case, BadCase) for _, case in found] == [False, True, True, False]
