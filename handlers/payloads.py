"""Answers as button payloads: short enough for Telegram's 64 bytes, and readable without the question that offered them."""

import re
from datetime import date
from decimal import Decimal

from policy_kb.facts import DateRange, Fact, FactType, Just, Range, Unknown, Value, Why


class StalePayloadError(Exception):
    """The button belongs to an older catalogue."""


_RANGE = re.compile(r"([\[(])(\d+(?:\.\d+)?)?,(\d+(?:\.\d+)?)?([\])])")
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)?~(\d{4}-\d\d-\d\d)?")


def encode(value: Value) -> str:
    """yes, no, a choice, just:choice, a+b, [20,50), 2022-01-01~2022-12-31."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Just(name):
            return f"just:{name}"
        case frozenset():
            return "+".join(sorted(value))
        case Range(low, high, low_in, high_in):
            ends = ["" if end is None else f"{end:f}" for end in (low, high)]
            return f"{'[' if low_in else '('}{ends[0]},{ends[1]}{']' if high_in else ')'}"
        case DateRange(low, high):
            return "~".join("" if day is None else day.isoformat() for day in (low, high))
        case date():
            return f"{value.isoformat()}~{value.isoformat()}"
        case Decimal():
            return f"[{value:f},{value:f}]"
    return str(value)


def decode(fact: Fact, text: str) -> Value:
    """The value a payload stands for. Raises StalePayloadError where the fact has no such value any more."""
    if text in {"unsure", "declined"}:
        return Unknown(Why(text))
    match fact.type:
        case FactType.YES_NO if text in {"yes", "no"}:
            return text == "yes"
        case FactType.CHOICE if text.removeprefix("just:") in fact.values:
            name = text.removeprefix("just:")
            return Just(name) if text.startswith("just:") else name
        case FactType.CHOICES if not text or set(text.split("+")) <= set(fact.values):
            return frozenset(filter(None, text.split("+")))
        case FactType.DATE if found := _DAYS.fullmatch(text):
            low, high = (date.fromisoformat(day) if day else None for day in found.groups())
            return low if low and low == high else DateRange(low, high)
        case FactType.NUMBER | FactType.MONEY if found := _RANGE.fullmatch(text):
            ends = [Decimal(end) if end else None for end in (found[2], found[3])]
            if ends[0] is not None and ends[0] == ends[1]:
                return ends[0]
            return Range(ends[0], ends[1], found[1] == "[", found[4] == "]")
    raise StalePayloadError(f"{fact.id} has no value {text!r} any more")
