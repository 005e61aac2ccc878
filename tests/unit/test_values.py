"""Fact values as JSON: what is read back is what was written, through real JSON text."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_kb import values
from policy_kb.facts import NOT_APPLICABLE, DateRange, Just, Range, Unknown, Value, Why
from tests.fakes.catalogue import catalogue

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=2)
NAMES = st.text(min_size=1, max_size=20)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.booleans(),
    NUMBERS,
    st.dates(),
    NAMES,
    st.builds(Just, NAMES),
    st.frozensets(NAMES, max_size=4),
    st.builds(Range, st.none() | NUMBERS, st.none() | NUMBERS, st.booleans(), st.booleans()),
    st.builds(DateRange, st.none() | st.dates(), st.none() | st.dates()),
    st.builds(Unknown, st.sampled_from(list(Why))),
    st.just(NOT_APPLICABLE),
)


@given(VALUES)
def test_a_value_comes_back_from_json_text_as_it_was(value: Value) -> None:
    assert values.from_json(json.loads(json.dumps(values.to_json(value)))) == value


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, bool), (Decimal(1), Decimal), (date(2022, 9, 20), date), ("yes", str), (frozenset(), frozenset)],
)
def test_the_type_is_kept_and_not_guessed(value: Value, kind: type) -> None:
    assert type(values.from_json(values.to_json(value))) is kind


def test_a_sum_keeps_its_last_digit() -> None:
    assert values.from_json(json.loads(json.dumps(values.to_json(Decimal("0.10"))))) == Decimal("0.10")
    assert str(values.from_json(values.to_json(Decimal("123456789012345.67")))) == "123456789012345.67"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        "yes",
        [],
        {},
        {"number": 5},
        {"yes_no": "yes"},
        {"choice": None},
        {"unknown": "forgotten"},
        {"date": "gestern"},
        {"range": [None], "inclusive": [True, True]},
        {"stranger": 1},
    ],
)
def test_anything_else_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        values.from_json(raw)


KB = catalogue()


@pytest.mark.parametrize(
    ("closer", "wider", "fact", "expected"),
    [
        (Decimal(35), Range(Decimal(20), Decimal(49)), "staff", True),
        (Decimal(50), Range(Decimal(20), Decimal(50)), "staff", True),
        (Decimal(50), Range(Decimal(20), Decimal(50), high_inclusive=False), "staff", False),
        (Decimal(20), Range(Decimal(20), None, low_inclusive=False), "staff", False),
        (Decimal(35), Range(None, None), "staff", True),
        (Range(Decimal(25), Decimal(30)), Range(Decimal(20), Decimal(49)), "staff", True),
        (Range(Decimal(25), None), Range(Decimal(20), Decimal(49)), "staff", False),
        (Decimal(35), Decimal(35), "staff", True),
        (Decimal(35), Decimal(36), "staff", False),
        ("small", "small_micro", "size", True),
        ("small", "sme", "size", True),
        ("small_micro", "small", "size", False),
        ("small", "small", "size", True),
        (Just("making"), "making", "trade", True),
        ("small", "gone", "size", False),
        (date(2022, 5, 1), DateRange(date(2022, 1, 1), date(2022, 12, 31)), "founded", True),
        (date(2023, 1, 1), DateRange(date(2022, 1, 1), date(2022, 12, 31)), "founded", False),
        (True, True, "honest", True),
        (True, False, "honest", False),
        (Unknown(), Decimal(3), "staff", False),
        (Decimal(3), Unknown(Why.UNSURE), "staff", False),
    ],
)
def test_a_closer_value_lies_within_the_wider_one(closer: Value, wider: Value, fact: str, expected: bool) -> None:
    assert values.within(closer, wider, KB.facts[fact]) is expected


@pytest.mark.parametrize(
    ("value", "fact", "expected"),
    [
        ("small", "size", True),
        ("gone", "size", False),
        (Just("gone"), "trade", False),
        (frozenset({"giant"}), "labels", True),
        (frozenset({"giant", "gone"}), "labels", False),
        (Decimal(3), "staff", True),
        (Decimal(3), "size", False),
        (True, "staff", False),
        (True, "honest", True),
        (date(2022, 1, 1), "founded", True),
        (Unknown(), "size", True),
        (NOT_APPLICABLE, "export_since", True),
    ],
)
def test_a_value_kept_from_an_older_catalogue_may_not_belong_any_more(value: Value, fact: str, expected: bool) -> None:
    assert values.belongs(value, KB.facts[fact]) is expected
