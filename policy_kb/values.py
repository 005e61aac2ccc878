"""Fact values as JSON and back, exactly: Decimals as strings, ranges with their ends."""

from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from policy_kb import kleene
from policy_kb.facts import DateRange, Fact, FactType, Just, NotApplicable, Range, Unknown, Value, Why

Json: TypeAlias = Any


def to_json(value: Value) -> Json:
    """A value as plain JSON, with its type named."""
    match value:
        case bool():
            return {"yes_no": value}
        case Decimal():
            return {"number": str(value)}
        case date():
            return {"date": value.isoformat()}
        case str():
            return {"choice": value}
        case Just(name):
            return {"just": name}
        case frozenset():
            return {"choices": sorted(value)}
        case Range(low, high, low_in, high_in):
            ends = [None if end is None else str(end) for end in (low, high)]
            return {"range": ends, "inclusive": [low_in, high_in]}
        case DateRange(low, high):
            return {"dates": [None if day is None else day.isoformat() for day in (low, high)]}
        case NotApplicable():
            return {"not_applicable": True}
        case Unknown(why):
            return {"unknown": why.value}


def from_json(raw: Json) -> Value:
    """The value `to_json` wrote. Raises ValueError for anything else."""
    match raw:
        case {"yes_no": bool(value)}:
            return value
        case {"number": str(text)}:
            return Decimal(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case {"choice": str(text)}:
            return text
        case {"just": str(name)}:
            return Just(name)
        case {"choices": list(items)}:
            return frozenset(items)
        case {"range": [low, high], "inclusive": [bool(low_in), bool(high_in)]}:
            return Range(_decimal(low), _decimal(high), low_in, high_in)
        case {"dates": [low, high]}:
            return DateRange(_day(low), _day(high))
        case {"not_applicable": True}:
            return NotApplicable()
        case {"unknown": str(why)}:
            return Unknown(Why(why))
    raise ValueError(f"no fact value: {raw!r}")


def belongs(value: Value, fact: Fact) -> bool:
    """Whether a value, perhaps kept from an older catalogue, is still one of the fact."""
    match value:
        case Unknown() | NotApplicable():
            return True
        case bool():
            return fact.type is FactType.YES_NO
        case str() | Just():
            return fact.type is FactType.CHOICE and (value if isinstance(value, str) else value.value) in fact.values
        case frozenset():
            return fact.type is FactType.CHOICES and value <= set(fact.values)
        case date() | DateRange():
            return fact.type is FactType.DATE
    return fact.type in {FactType.NUMBER, FactType.MONEY}


def within(closer: Value, wider: Value, fact: Fact) -> bool:
    """Whether `closer` says the same as `wider` or more: 35 within 20—49, 小型 within 小微. Unknown is within nothing."""
    match closer, wider:
        case (Unknown(), _) | (_, Unknown()):
            return False
        case (Decimal() | Range(), Range()):
            return _inside(closer, wider)
        case (date(), DateRange()):
            return (wider.low is None or closer >= wider.low) and (wider.high is None or closer <= wider.high)
        case (str() | Just(), str()) if belongs(closer, fact) and belongs(wider, fact):
            name = closer if isinstance(closer, str) else closer.value
            return wider in fact.broader[name]
    return closer == wider


def _inside(closer: Decimal | Range, wider: Range) -> bool:
    if isinstance(closer, Decimal):
        closer = Range(closer, closer)
    low, high = wider.low, wider.high
    reached = kleene.reaches if wider.low_inclusive else kleene.exceeds
    passed = kleene.exceeds if wider.high_inclusive else kleene.reaches
    return (low is None or reached(closer, low) is True) and (high is None or passed(closer, high) is False)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
