"""The table `tests/data/expressions.yml`: its notation, read."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from nlu.quantities import Kind, Quantity

TODAY = date(2026, 11, 21)
USUAL = {Kind.MONEY: "元", Kind.HEADCOUNT: "人", Kind.AREA: "平方米", Kind.COHORT: "届"}
Expected = tuple[Kind, Any, Any, bool, bool, bool, str | None]


def table() -> dict[str, dict[str, Any]]:
    path = Path(__file__).parents[1] / "data" / "expressions.yml"
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def quantities() -> Iterator[tuple[str, list[Expected]]]:
    for section, rows in table().items():
        if section != "normaliser":
            for words, readings in rows.items():
                yield words, [expected(reading) for reading in readings]


def expected(notation: str) -> Expected:
    """What a reading of the table says: kind, low, high, whether each belongs to it, approximate, unit."""
    parts = notation.removesuffix("~").split()
    kind, ends = Kind(parts[0]), parts[1]
    low, _, high = ends.strip("()").partition("..") if ".." in ends else (ends, "", ends)
    unit = parts[2] if len(parts) > 2 else USUAL.get(kind, "" if kind is not Kind.DATE else None)
    value = date.fromisoformat if kind is Kind.DATE else Decimal
    low_end, high_end = (value(end) if end else None for end in (low, high))
    return (kind, low_end, high_end, ends[0] != "(", ends[-1] != ")", notation.endswith("~"), unit)


def told(quantity: Quantity, like: Expected | None) -> Expected:
    """A quantity in the same form; the grain of a date is left out where the table leaves it out."""
    unit = None if like and like[6] is None else quantity.unit
    return (
        quantity.kind,
        quantity.low,
        quantity.high,
        quantity.low_inclusive,
        quantity.high_inclusive,
        quantity.approximate,
        unit,
    )
