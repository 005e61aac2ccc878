"""Answers to offer for a question: brackets between the numbers that matter, narrower values, yes and no.

A number matters where a live condition changes at it. Brackets are ranges, never their middle, so that a tapped answer
says no more than it means.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from policy_kb import money
from policy_kb.conditions import Leaf
from policy_kb.facts import DateRange, Fact, FactType, Just, Range, Value

MOST = 6
"""Brackets offered at once; what they leave open is asked again within the bracket chosen."""

_COUNTED = {"人", "户", "家", "个", "名", "台", "项", "件", "个月", "月", "次"}
"""Units that only come in whole numbers, so that 不到300人 and 299人及以下 are the same."""


@dataclass(frozen=True, order=True)
class Cut:
    """An edge: below `number` and from it on, or (`after`) up to it and above it."""

    number: Decimal
    after: bool = False


@dataclass(frozen=True)
class Option:
    """An answer to tap: what the button says and what it means."""

    label: str
    value: Value


def options(fact: Fact, leaves: Iterable[Leaf], value: Value, edges: Iterable[Decimal] = ()) -> tuple[Option, ...]:
    """Answers to offer for `fact`, `value` being what is known so far.

    `leaves` are the live conditions over it, `edges` further numbers that matter (inclusive lower ends).
    """
    wanted = list(leaves)
    match fact.type:
        case FactType.YES_NO:
            return Option("是", value=True), Option("否", value=False)
        case FactType.CHOICE:
            return _choices(fact, wanted, value)
        case FactType.CHOICES:
            each = tuple(Option(one.label, frozenset({name})) for name, one in fact.values.items() if one.asked)
            return (*each, Option("都没有", frozenset()))
        case FactType.DATE:
            return _dates(wanted, value)
    return _numbers(fact, Counter([*(cut for leaf in wanted for cut in cuts(leaf)), *map(Cut, edges)]), value)


def _choices(fact: Fact, leaves: list[Leaf], value: Value) -> tuple[Option, ...]:
    """The values to choose from; where a broader one is known, those under it that matter, and 都不是."""
    if not isinstance(value, str) or value not in fact.values:
        return tuple(Option(one.label, name) for name, one in fact.values.items() if one.asked)
    if fact.values[value].whole:
        return tuple(Option(fact.values[name].label, name) for name in fact.values if name in fact.kinds[value])
    found = tuple(Option(fact.values[name].label, name) for name in _under(fact, leaves, value))
    return (*found, Option("都不是", Just(value)))


def _under(fact: Fact, leaves: list[Leaf], value: str) -> list[str]:
    """The values under a broader one that the conditions tell apart, without those under them."""
    named = {name for leaf in leaves for name in (*(leaf.one_of or ()), *(leaf.none_of or ()), leaf.is_ or "")}
    under = fact.narrower[value] - {value}
    matter = [name for name in fact.values if name in under and fact.broader[name] & named & under]
    return [name for name in matter if not (fact.broader[name] - {name}) & set(matter)]


def cuts(leaf: Leaf) -> tuple[Cut, ...]:
    """The edges at which a condition over a number changes."""
    if leaf.between:
        return Cut(leaf.between.low), Cut(leaf.between.high, after=True)
    for number, after in (
        (leaf.at_least, False),
        (leaf.less_than, False),
        (leaf.more_than, True),
        (leaf.at_most, True),
    ):
        if number is not None:
            return (Cut(number, after),)
    return ()


def _numbers(fact: Fact, weights: Counter[Cut], value: Value) -> tuple[Option, ...]:
    whole = _is_counted(fact)
    if whole:
        weights = _whole(weights)
    known = value if isinstance(value, Range) else Range(Decimal(0), None)
    inside = {cut: weight for cut, weight in weights.items() if _divides(cut, known)}
    chosen = sorted(sorted(inside, key=lambda cut: (-inside[cut], cut))[: MOST - 1])
    if not chosen:
        return ()
    parts = [_part(known, low, high, whole=whole) for low, high in zip([None, *chosen], [*chosen, None], strict=True)]
    return tuple(Option(label(fact, part), part) for part in parts)


def _is_counted(fact: Fact) -> bool:
    return fact.type is FactType.NUMBER and fact.unit in _COUNTED


def _whole(weights: Counter[Cut]) -> Counter[Cut]:
    """Edges of whole numbers: up to 49 and above is the same as below 50 and from it on."""
    found: Counter[Cut] = Counter()
    for cut, weight in weights.items():
        found[Cut(cut.number + 1) if cut.after else cut] += weight
    return found


def _divides(cut: Cut, known: Range) -> bool:
    """Whether numbers of the range lie on both sides of the edge."""
    above_low = known.low is None or cut.number > known.low or (cut.after and cut.number == known.low)
    if known.high is None:
        return above_low
    at_top = cut.number == known.high and known.high_inclusive and not cut.after
    return above_low and (cut.number < known.high or at_top)


def _part(known: Range, low: Cut | None, high: Cut | None, *, whole: bool) -> Range:
    """What of `known` lies between two edges. Whole numbers end at the last one that belongs to it."""
    top, top_inclusive = (known.high, known.high_inclusive) if high is None else (high.number, high.after)
    if high is not None and whole:
        top, top_inclusive = high.number - 1, True
    bottom, bottom_inclusive = (known.low, known.low_inclusive) if low is None else (low.number, not low.after)
    return Range(bottom, top, bottom_inclusive, top_inclusive)


def label(fact: Fact, part: Range) -> str:
    """A bracket in words: 不到20人, 20—49人, 300万元到不足2000万元, 300人及以上."""

    def say(number: Decimal) -> str:
        if fact.type is FactType.MONEY:
            return money.yuan(number)
        return money.share(number) if fact.unit == "%" else f"{money.plain(number)}{fact.unit or ''}"

    low, high = part.low, part.high
    if high is None:
        return f"{say(low or Decimal(0))}及以上" if part.low_inclusive else f"超过{say(low or Decimal(0))}"
    if low is None or low == 0:
        if high == 0 or not part.high_inclusive:
            return f"不到{say(high)}" if high else say(high)
        return f"不到{say(high + 1)}" if _is_counted(fact) else f"不超过{say(high)}"
    if low == high:
        return say(low)
    begin = "" if part.low_inclusive else "超过"
    if part.high_inclusive and not begin:
        plain = fact.type is FactType.NUMBER and fact.unit != "%"
        return f"{money.plain(low) if plain else say(low)}—{say(high)}"
    return f"{begin}{say(low)}到{'' if part.high_inclusive else '不足'}{say(high)}"


def _dates(leaves: list[Leaf], value: Value) -> tuple[Option, ...]:
    known = value if isinstance(value, DateRange) else DateRange(None, None)
    edges = sorted({edge for leaf in leaves if (edge := leaf.before or leaf.on_or_after) and _splits(edge, known)})
    if not edges or len(edges) >= MOST:
        return ()
    found = []
    for low, high in zip([None, *edges], [*edges, None], strict=True):
        last = known.high if high is None else high - timedelta(days=1)
        found.append(Option(_days(low, last), DateRange(low or known.low, last)))
    return tuple(found)


def _splits(edge: date, known: DateRange) -> bool:
    return (known.low is None or edge > known.low) and (known.high is None or edge <= known.high)


def _days(low: date | None, last: date | None) -> str:
    if low and last:
        return f"{money.day(low)}至{money.day(last)}"
    return f"{money.day(low)}及以后" if low else f"{money.day(last or date.max)}及以前"
