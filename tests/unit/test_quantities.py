"""Quantities in owners' words, against the table of expressions and for every text there can be."""

from datetime import date
from decimal import Decimal
from itertools import pairwise, zip_longest

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlu import normalise, quantities
from nlu.quantities import Kind
from tests.unit import expressions

CASES = list(expressions.quantities())
ALPHABET = (
    "0123456789.,零一二两三四五六七八九十百千万亿几数多来余半个人年月日天号底前后上下去今起至到不超过约近%‰折成元块角kw"
    "家户 -—（第每同"
)
TEXTS = st.one_of(
    st.text(), st.text(alphabet=ALPHABET), st.lists(st.sampled_from([words for words, _ in CASES])).map("".join)
)

UNHURRIED = settings(deadline=None)  # the first lunar feast loads jionlp


@pytest.mark.parametrize(("words", "wanted"), CASES, ids=[words for words, _ in CASES])
def test_an_expression_is_read_as_the_owner_means_it(words: str, wanted: list[expressions.Expected]) -> None:
    found = quantities.read(words, expressions.TODAY)
    assert [expressions.told(item, like) for item, like in zip_longest(found, wanted) if item] == wanted


@pytest.mark.parametrize(("words", "wanted"), CASES, ids=[words for words, _ in CASES])
def test_an_expression_is_read_alike_after_the_normaliser(words: str, wanted: list[expressions.Expected]) -> None:
    found = quantities.read(normalise.normalise(words).text, expressions.TODAY)
    assert [expressions.told(item, like) for item, like in zip_longest(found, wanted) if item] == wanted


def test_the_table_holds_enough_expressions() -> None:
    assert len(CASES) >= 220


@UNHURRIED
@given(TEXTS, st.dates())
@example("2022.6.30", date(1, 1, 1))
@example("近999999999年", date(9999, 12, 31))
@example("上上个月去年底前年春节前三千年后", date(1, 1, 1))
@example("后年3月31号到明年2月", date(9999, 12, 31))
def test_any_text_on_any_day_is_read_without_an_error(text: str, today: date) -> None:
    quantities.read(text, today)


@UNHURRIED
@given(TEXTS)
def test_the_words_of_a_quantity_lie_in_the_text_and_touch_no_others(text: str) -> None:
    found = quantities.read(text, expressions.TODAY)
    assert all(0 <= item.start < item.end <= len(text) for item in found)
    assert all(item.text == text[item.start : item.end] for item in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@UNHURRIED
@given(TEXTS)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert quantities.read(text, expressions.TODAY) == quantities.read(text, expressions.TODAY)


@UNHURRIED
@given(TEXTS)
def test_the_lower_end_is_never_above_the_upper(text: str) -> None:
    for item in quantities.read(text, expressions.TODAY):
        ends = [end for end in (item.low, item.high) if end is not None]
        assert ends
        assert sorted(ends) == ends


@UNHURRIED
@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_plain_sum_is_read_to_the_cent(number: Decimal) -> None:
    (found,) = quantities.read(f"交了{number}元", expressions.TODAY)
    assert (found.kind, found.exact) == (Kind.MONEY, number)


@UNHURRIED
@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)))
def test_a_full_date_is_read_as_that_day(day: date) -> None:
    (found,) = quantities.read(f"{day.year}年{day.month}月{day.day}日", expressions.TODAY)
    assert found.exact == day


def test_a_number_says_which_words_it_was_read_from() -> None:
    head, year, money = quantities.read("我们厂不到280人，去年社保交了3万2", expressions.TODAY)
    assert [head.text, year.text, money.text] == ["不到280人", "去年", "3万2"]
    assert (head.start, head.end) == (3, 9)
