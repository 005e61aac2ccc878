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
