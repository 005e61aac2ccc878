"""Fact values as the catalogue's examples write them.

yes, no · 12万元, 30, 20-49, 20-, -49 (ends included) · 2022-05-01, 2022-01-01..2022-12-31 · value names, several in a
list · `just making` (a broader value and none under it) · unsure, declined, not_applicable.
"""

from datetime import date

from policy_kb import amount_texts
from policy_kb.facts import NOT_APPLICABLE, DateRange, Fact, FactType, Just, Range, Unknown, Value, Why

_WORDS: dict[str, Value] = {
    "unsure": Unknown(Why.UNSURE),
    "declined": Unknown(Why.DECLINED),
    "not_applicable": NOT_APPLICABLE,
}


def parse(fact: Fact, text: str | list[str]) -> Value:
    """The value of `fact` written as `text`. Raises ValueError naming what is wrong and what may be written."""
    if isinstance(text, list):
        if fact.type is not FactType.CHOICES:
            raise ValueError(f"{fact.id} takes one value, not a list")
        return frozenset(_choice(fact, name) for name in text)
    if text in _WORDS:
        return _WORDS[text]
    match fact.type:
        case FactType.YES_NO:
            if text not in {"yes", "no"}:
                raise ValueError(f"{fact.id} is yes or no, not {text!r}")
            return text == "yes"
        case FactType.CHOICE:
            if text.startswith("just "):
                return Just(_choice(fact, text.removeprefix("just ")))
            return _choice(fact, text)
        case FactType.CHOICES:
            return frozenset({_choice(fact, text)})
        case FactType.DATE:
            return _date(text)
    return _number(text)


def _choice(fact: Fact, name: str) -> str:
    if name not in fact.values:
        raise ValueError(f"{fact.id} has no value {name!r}; choose one of {', '.join(fact.values)}")
    return name


def _date(text: str) -> Value:
    if ".." not in text:
        return date.fromisoformat(text)
    low, high = text.split("..", 1)
    return DateRange(date.fromisoformat(low) if low else None, date.fromisoformat(high) if high else None)


def _number(text: str) -> Value:
    if "-" not in text:
        return amount_texts.parse_number(text)
    low, high = (part.strip() for part in text.split("-", 1))
    return Range(
        amount_texts.parse_number(low) if low else None,
        amount_texts.parse_number(high) if high else None,
    )
