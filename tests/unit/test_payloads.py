"""Answers as button payloads: they come back, fit into 64 bytes, and an outdated one is told as such."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import payloads
from handlers.reply import ACTION_BYTES, Button
from policy_kb import loader, questions
from policy_kb.facts import DateRange, Just, Range, Unknown, Value, Why
from tests.fakes import catalogue

FACTS = catalogue.catalogue().facts
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=2)
DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
DAY = date(2022, 9, 20)


def ranges() -> st.SearchStrategy[Range]:
    def ordered(low: Decimal | None, high: Decimal | None, low_in: bool, high_in: bool) -> Range:
        if low is not None and high is not None and low >= high:
            return Range(low, None, low_in, high_in)
        return Range(low, high, low_in, high_in)

    return st.builds(ordered, st.none() | NUMBERS, st.none() | NUMBERS, st.booleans(), st.booleans())


def there_and_back(name: str, value: Value) -> Value:
    return payloads.decode(FACTS[name], payloads.encode(value))


@given(NUMBERS | ranges())
def test_a_number_or_bracket_comes_back(value: Value) -> None:
    assert there_and_back("staff", value) == value
    assert there_and_back("sales", value) == value


@given(DAYS | st.builds(lambda one, other: DateRange(min(one, other), max(one, other)), DAYS, DAYS))
def test_a_day_or_span_of_days_comes_back(value: Value) -> None:
    found = there_and_back("founded", value)
    if isinstance(value, DateRange) and value.low == value.high:
        assert found == value.low
    else:
        assert found == value


@given(st.booleans())
def test_yes_and_no_come_back(value: bool) -> None:
    assert there_and_back("honest", value) is value


@pytest.mark.parametrize("value", [*FACTS["size"].values, *map(Just, FACTS["size"].values)])
def test_a_choice_comes_back(value: Value) -> None:
    assert there_and_back("size", value) == value


@given(st.frozensets(st.sampled_from(sorted(FACTS["labels"].values))))
def test_several_choices_or_none_of_them_come_back(value: frozenset[str]) -> None:
    assert there_and_back("labels", value) == value


@pytest.mark.parametrize("name", FACTS)
def test_not_sure_and_rather_not_say_are_answers_to_any_question(name: str) -> None:
    assert payloads.decode(FACTS[name], "unsure") == Unknown(Why.UNSURE)
    assert payloads.decode(FACTS[name], "declined") == Unknown(Why.DECLINED)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("honest", "maybe"),
        ("size", "gigantic"),
        ("labels", "high_tech+gone"),
        ("staff", "20"),
        ("staff", "yes"),
        ("sales", "[a,b]"),
        ("founded", "2022"),
        ("size", ""),
    ],
)
def test_a_payload_of_an_older_catalogue_is_told_as_such(name: str, text: str) -> None:
    with pytest.raises(payloads.StalePayloadError, match=name):
        payloads.decode(FACTS[name], text)


@given(st.sampled_from(sorted(FACTS)), st.text(max_size=30))
def test_no_payload_breaks_the_decoder(name: str, text: str) -> None:
    with suppress(payloads.StalePayloadError):
        payloads.decode(FACTS[name], text)


def test_every_first_question_of_the_catalogue_has_buttons_that_fit_and_come_back() -> None:
    known = loader.load(loader.CATALOGUE_DIR)
    asked = 0
    for measure in known.measures.values():
        question = questions.next_question([measure], {}, known, DAY)
        for option in question.options if question else ():
            assert question is not None
            payload = payloads.encode(option.value)
            button = Button(option.label, f"a:{question.fact.id}:{payload}")
            assert len(button.action.encode()) <= ACTION_BYTES
            assert payloads.decode(question.fact, payload) == exact(option.value), (question.fact.id, payload)
            asked += 1
    assert asked > 100


def exact(value: Value) -> Value:
    """A bracket of one number is that number."""
    return value.low if isinstance(value, Range) and value.low is not None and value.low == value.high else value
