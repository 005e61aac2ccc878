"""The normaliser: slips, scripts, dialect, and what must stay untouched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import normalise
from tests.unit import expressions

PAIRS = list(expressions.table()["normaliser"].items())


@pytest.mark.parametrize(("words", "wanted"), PAIRS, ids=[words for words, _ in PAIRS])
def test_words_come_out_in_the_one_spelling(words: str, wanted: str) -> None:
    assert normalise.normalise(words).text == wanted


@pytest.mark.parametrize(("words", "wanted"), PAIRS, ids=[words for words, _ in PAIRS])
def test_what_is_normalised_stays_as_it_is(words: str, wanted: str) -> None:
    assert normalise.normalise(wanted).text == wanted


def test_the_table_holds_enough_pairs() -> None:
    assert len(PAIRS) >= 40


def test_the_text_as_it_came_and_the_changes_are_kept() -> None:
    done = normalise.normalise("社宝給能緩較")
    assert done.original == "社宝給能緩較"
    assert done.text == "社保能不能缓缴"
    assert done.changes == ("繁→简", "社宝→社保", "缓较→缓缴", "给能→能不能")


def test_plain_text_is_left_alone() -> None:
    done = normalise.normalise("稳岗返还怎么算")
    assert (done.text, done.changes) == ("稳岗返还怎么算", ())


def test_lines_are_kept_apart() -> None:
    assert normalise.normalise("  第一问 \r\n\t 第二问\u2028第三问 ").text == "第一问\n第二问\n第三问"


def test_nothing_is_cut_off() -> None:
    assert normalise.normalise("社" * 5000).text == "社" * 5000


@settings(deadline=None)
@given(st.text())
def test_any_text_is_normalised_without_an_error(text: str) -> None:
    assert normalise.normalise(text).original == text


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["Lo", "Nd", "Po", "Zs", "Cf", "Cc", "Cs"])))
def test_nothing_invisible_is_left(text: str) -> None:
    done = normalise.normalise(text).text
    assert done.replace("\n", "").isprintable()
