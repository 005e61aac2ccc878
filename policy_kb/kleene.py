"""Three-valued logic, and what one condition says about one value.

A truth is True, False or None: not known. What is decided stays decided whatever is learnt later, as long as it does
not contradict what was said before.

Not applicable is not unknown. A condition that demands something of the fact (is, one_of, at_least, at_most …, also
`is: no`) fails where the fact has no meaning; `none_of` holds there.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from policy_kb.conditions import Leaf
from policy_kb.facts import DateRange, Fact, Just, NotApplicable, Range, Unknown, Value

Truth: TypeAlias = bool | None


def conjunction(parts: Iterable[Truth]) -> Truth:
    """All hold: one False decides; of none it is True."""
    found: Truth = True
    for part in parts:
        if part is False:
            return False
        found = None if part is None else found
    return found


def disjunction(parts: Iterable[Truth]) -> Truth:
    """One holds: one True decides; of none it is False."""
    found: Truth = False
    for part in parts:
        if part is True:
            return True
        found = None if part is None else found
    return found


def negation(part: Truth) -> Truth:
    """Not."""
    return None if part is None else not part


def at_least(n: int, parts: Iterable[Truth]) -> Truth:
    """At least `n` of them hold."""
    counted = list(parts)
    sure, open_ = counted.count(True), counted.count(None)
    if sure >= n:
        return True
    return None if sure + open_ >= n else False


def holds(leaf: Leaf, fact: Fact, value: Value) -> Truth:
    """Whether `value` of `fact` meets a condition with an operator. A value of another type is as good as unknown."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, NotApplicable):
        return leaf.operator == "none_of"
    if leaf.operator == "none_of":
        return negation(among(frozenset(leaf.none_of or ()), fact, value))
    if leaf.operator == "one_of":
        return among(frozenset(leaf.one_of or ()), fact, value)
    if leaf.operator == "is_":
        return among(frozenset({leaf.is_ or ""}), fact, value)
    if leaf.operator in {"before", "on_or_after"}:
        return _dated(leaf, value)
    return _measured(leaf, value)


def among(wanted: frozenset[str], fact: Fact, value: Value) -> Truth:
    """Whether a yes/no or chosen value is one of those wanted. What is not applicable is none of them."""
    match value:
        case NotApplicable():
            return False
        case bool():
            return ("yes" if value else "no") in wanted
        case frozenset():
            return disjunction(among(wanted, fact, _as_said(fact, each)) for each in value)
        case str():
            return _one(wanted, fact, value)
        case Just(value=name):
            return bool(fact.broader[name] & wanted) if name in fact.values else None
    return None


def _as_said(fact: Fact, name: str) -> str | Just:
    """Several choices are told together and complete: who names 专精特新 alone is no 小巨人."""
    return Just(name) if name in fact.values and not fact.values[name].whole else name


def _one(wanted: frozenset[str], fact: Fact, name: str) -> Truth:
    """A narrower value belongs to all its broader ones; a broader value may turn out to be any of its narrower."""
    if name not in fact.values:
        return None
    may_be = {bool(fact.broader[kind] & wanted) for kind in fact.kinds[name]}
    return may_be.pop() if len(may_be) == 1 else None


def _dated(leaf: Leaf, value: Value) -> Truth:
    if isinstance(value, date):
        value = DateRange(value, value)
    if not isinstance(value, DateRange):
        return None
    edge = leaf.on_or_after or leaf.before or date.min
    if value.low is not None and value.low >= edge:
        reached: Truth = True
    elif value.high is not None and value.high < edge:
        reached = False
    else:
        reached = None
    return reached if leaf.on_or_after else negation(reached)


def reaches(value: Range, edge: Decimal) -> Truth:
    """Whether it is `edge` or more."""
    if value.low is not None and value.low >= edge:
        return True
    if value.high is not None and (value.high < edge or (value.high == edge and not value.high_inclusive)):
        return False
    return None


def exceeds(value: Range, edge: Decimal) -> Truth:
    """Whether it is more than `edge`."""
    if value.low is not None and (value.low > edge or (value.low == edge and not value.low_inclusive)):
        return True
    if value.high is not None and value.high <= edge:
        return False
    return None


_MEASURES: dict[str, Callable[[Range, Decimal], Truth]] = {
    "at_least": reaches,
    "more_than": exceeds,
    "at_most": lambda value, edge: negation(exceeds(value, edge)),
    "less_than": lambda value, edge: negation(reaches(value, edge)),
}


def _measured(leaf: Leaf, value: Value) -> Truth:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        value = Range(Decimal(value), Decimal(value))
    if not isinstance(value, Range):
        return None
    if leaf.between:
        return conjunction((reaches(value, leaf.between.low), negation(exceeds(value, leaf.between.high))))
    return _MEASURES[leaf.operator](value, getattr(leaf, leaf.operator))
