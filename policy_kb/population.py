"""Many enterprises at once: the semantics of `eligibility`, a column a fact, one numpy operation a condition.

Truths are int8: 1 true, 0 unknown, -1 false, so that `all` is the least, `any` the greatest and `not` the negative.
What needs thought (derivations, what does not apply, choices and their trees) is asked of the single form, value by
value; only numbers, days and the trees of conditions are worked out here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from policy_kb import kleene, windows
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import All, Any_, AtLeast, Condition, Leaf, Not
from policy_kb.eligibility import Verdict
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Kind, Measure, Track
from policy_kb.facts import UNKNOWN, DateRange, Fact, Facts, FactType, NotApplicable, Range, Value
from policy_kb.windows import State

Truths: TypeAlias = npt.NDArray[np.int8]
Positions: TypeAlias = npt.NDArray[np.int64]

VERDICTS = (Verdict.NOT_ELIGIBLE, Verdict.NEEDS_INFO, Verdict.PARTIALLY_ELIGIBLE, Verdict.ELIGIBLE)
"""Verdict codes of `assess`: an index into this."""

_SCALE = 10_000
_NONE, _ENDLESS = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_LARGEST = Decimal(10) ** 14


@dataclass
class _Coded:
    """A column of few different values: each enterprise has the number of one of them."""

    values: list[Value]
    codes: npt.NDArray[np.int32]

    def test(self, leaf: Leaf, fact: Fact) -> Truths:
        """Each different value is tested once, by the single form."""
        table = np.array([_TRUTHS[kleene.holds(leaf, fact, value)] for value in self.values], dtype=np.int8)
        return np.take(table, self.codes)


@dataclass
class _Measured:
    """A column of numbers or days as positions: twice the number, one more just above it, one less just below.

    `low` and `high` of an exact number are the same; of an unknown one they are endless. `absent`: not applicable.
    """

    low: Positions
    high: Positions
    absent: npt.NDArray[np.bool_]

    def test(self, leaf: Leaf, _fact: Fact) -> Truths:
        """A comparison with both ends."""
        if leaf.between:
            found = np.minimum(self._reaches(leaf.between.low), -self._exceeds(leaf.between.high))
        else:
            edge: Decimal | date = getattr(leaf, leaf.operator)
            found = self._exceeds(edge) if leaf.operator in {"more_than", "at_most"} else self._reaches(edge)
            if leaf.operator in {"less_than", "before", "at_most"}:
                found = -found
        return np.where(self.absent, np.int8(-1), found)

    def _reaches(self, edge: Decimal | date) -> Truths:
        at = _position(edge)
        return (self.low >= at).astype(np.int8) - (self.high < at).astype(np.int8)

    def _exceeds(self, edge: Decimal | date) -> Truths:
        at = _position(edge)
        return (self.low > at).astype(np.int8) - (self.high <= at).astype(np.int8)


_TRUTHS = {True: 1, None: 0, False: -1}


def _position(number: Decimal | date) -> int:
    if isinstance(number, date):
        return 2 * number.toordinal()
    return int(number * 2 * _SCALE)


def _exactly(number: Decimal | date | None) -> bool:
    """Whether a number has an exact position."""
    if number is None or isinstance(number, date):
        return True
    return abs(number) < _LARGEST and number * _SCALE % 1 == 0


@dataclass
class Population:
    """Many enterprises: what each has told. Columns are built when a condition first asks for them."""

    told: Sequence[Facts]
    catalogue: Catalogue
    as_of: date
    _columns: dict[str, _Coded | _Measured] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.told)

    def test(self, leaf: Leaf, fact: Fact) -> Truths:
        """Truths of a leaf over all enterprises."""
        column = self._columns.get(fact.id)
        if column is None:
            column = self._columns[fact.id] = _column(fact, self._values(fact))
        edges = [leaf.at_least, leaf.more_than, leaf.at_most, leaf.less_than]
        edges += [leaf.between.low, leaf.between.high] if leaf.between else []
        if isinstance(column, _Measured) and not (_is_comparison(leaf) and all(map(_exactly, edges))):
            column = _coded(self._values(fact))
        return column.test(leaf, fact)

    def _values(self, fact: Fact) -> list[Value]:
        """The values of a fact; what is derived or may not apply is asked of the single form."""
        name = fact.id
        if fact.derive is None and fact.applies_when is None:
            return [facts.get(name, UNKNOWN) for facts in self.told]
        return [Enterprise(facts, self.catalogue, self.as_of).value(name) for facts in self.told]


def _is_comparison(leaf: Leaf) -> bool:
    return leaf.operator not in {"is_", "one_of", "none_of"}


def _column(fact: Fact, values: list[Value]) -> _Coded | _Measured:
    if fact.type in {FactType.NUMBER, FactType.MONEY, FactType.DATE}:
        found = _measured(values, date if fact.type is FactType.DATE else Decimal)
        if found is not None:
            return found
    return _coded(values)


def _coded(values: list[Value]) -> _Coded:
    numbers: dict[tuple[type, Value], int] = {}
    codes = np.fromiter(
        (numbers.setdefault((type(value), value), len(numbers)) for value in values), dtype=np.int32, count=len(values)
    )
    return _Coded([value for _, value in numbers], codes)


def _measured(values: list[Value], kind: type) -> _Measured | None:
    """Positions of all values, None when one has no exact position. A value of another type is unknown."""
    low = np.full(len(values), _NONE, dtype=np.int64)
    high = np.full(len(values), _ENDLESS, dtype=np.int64)
    absent = np.zeros(len(values), dtype=np.bool_)
    for i, value in enumerate(values):
        match value:
            case Decimal() | date() if isinstance(value, kind) and _exactly(value):
                low[i] = high[i] = _position(value)
            case Range() if kind is Decimal and _exactly(value.low) and _exactly(value.high):
                if value.low is not None:
                    low[i] = _position(value.low) + (not value.low_inclusive)
                if value.high is not None:
                    high[i] = _position(value.high) - (not value.high_inclusive)
            case DateRange() if kind is date:
                low[i] = _NONE if value.low is None else _position(value.low)
                high[i] = _ENDLESS if value.high is None else _position(value.high)
            case NotApplicable():
                absent[i] = True
            case Decimal() | Range() if kind is Decimal:
                return None
    return _Measured(low, high, absent)


@dataclass(frozen=True)
class _Outcome:
    """Truths of a node; `neutral` where it is a formal check nobody contradicted (False: nowhere)."""

    truths: Truths
    neutral: npt.NDArray[np.bool_] | bool = False


_OPEN = np.zeros((), dtype=np.int8)
_HOLDS = np.ones((), dtype=np.int8)
_CODES = np.array([0, 1, 3], dtype=np.int8)  # truth + 1 → verdict
_OUTWARD = np.array([-1, 0, 1, 1], dtype=np.int8)  # verdict → whether eligible to the outside


def truths(condition: Condition | None, population: Population) -> Truths:
    """Truths of a condition over all enterprises: 1 true, 0 unknown, -1 false."""
    return np.broadcast_to(_root(condition, population, frozenset()), (len(population),))


def assess(measures: Iterable[Measure], population: Population) -> npt.NDArray[np.int8]:
    """Verdict codes (see VERDICTS), a row a measure and a column an enterprise, on the day of the population."""
    rows = [np.broadcast_to(_verdicts(measure, population, frozenset()), (len(population),)) for measure in measures]
    return np.stack(rows) if rows else np.zeros((0, len(population)), dtype=np.int8)


def _verdicts(measure: Measure, population: Population, within: frozenset[str]) -> Truths:
    within |= {measure.id}
    live = [found for track in measure.tracks if (found := _track(track, measure, population, within)) is not None]
    if not live:
        return np.zeros((), dtype=np.int8)
    best = np.maximum.reduce(np.broadcast_arrays(*live)) if len(live) > 1 else live[0]
    codes = np.take(_CODES, best + 1)
    if measure.tracks_are == "parts":
        holding = sum((one == 1).astype(np.int16) for one in live)
        codes = np.where((codes == 3) & (holding < len(measure.tracks)), np.int8(2), codes)
    return codes


def _track(track: Track, measure: Measure, population: Population, within: frozenset[str]) -> Truths | None:
    """Truths of a live track, never true where the rule is unconfirmed or only a direction. None: not live."""
    state = windows.status(track, measure, population.catalogue, population.as_of).state
    if state not in {State.IN_FORCE, State.UNCONFIRMED}:
        return None
    found = _root(track.conditions, population, within)
    doubtful = state is State.UNCONFIRMED or measure.kind is Kind.DIRECTION
    return np.minimum(found, _OPEN) if doubtful else found


def _root(condition: Condition | None, population: Population, within: frozenset[str]) -> Truths:
    if condition is None:
        return _HOLDS
    found = _node(condition, population, within)
    return np.where(found.neutral, _HOLDS, found.truths)


def _node(condition: Condition, population: Population, within: frozenset[str]) -> _Outcome:
    match condition:
        case Leaf():
            return _leaf(condition, population, within)
        case Not(not_=inner):
            part = _node(inner, population, within)
            return _Outcome(-part.truths, part.neutral)
        case All(all=inners):
            return _all([_node(inner, population, within) for inner in inners])
        case Any_(any=inners):
            parts = [_node(inner, population, within).truths for inner in inners]
            return _Outcome(np.maximum.reduce(np.broadcast_arrays(*parts)))
        case AtLeast(at_least_n=n, of=inners):
            parts = [_node(inner, population, within).truths for inner in inners]
            sure = sum((part == 1).astype(np.int16) for part in parts)
            may_be = sum((part >= 0).astype(np.int16) for part in parts)
            return _Outcome(np.where(sure >= n, 1, np.where(may_be >= n, 0, -1)).astype(np.int8))


def _all(parts: list[_Outcome]) -> _Outcome:
    """The least of the parts that count; neutral where none counts."""
    neutral = np.logical_and.reduce(np.broadcast_arrays(*[part.neutral for part in parts]))
    counted = [
        np.where(part.neutral, _HOLDS, part.truths) if part.neutral is not False else part.truths for part in parts
    ]
    return _Outcome(np.where(neutral, _OPEN, np.minimum.reduce(np.broadcast_arrays(*counted))), neutral)


def _leaf(leaf: Leaf, population: Population, within: frozenset[str]) -> _Outcome:
    fact = population.catalogue.facts.get(leaf.fact or "")
    if leaf.measure is not None and leaf.measure_verdict is not None:
        found = _other(leaf.measure, leaf.measure_verdict, population, within)
    elif fact is None or not leaf.operator:
        found = _OPEN
    else:
        found = population.test(leaf, fact)
    return _Outcome(found, found == 0 if leaf.formal else False)


def _other(name: str, wanted: str, population: Population, within: frozenset[str]) -> Truths:
    """Whether the verdict on another measure is the one wanted; open in a circle."""
    measure = population.catalogue.measures.get(name)
    if measure is None or name in within:
        return _OPEN
    eligible = np.take(_OUTWARD, _verdicts(measure, population, within))
    if wanted == "eligible":
        return eligible
    return -eligible if wanted == "not_eligible" else np.minimum(-np.abs(eligible), _OPEN)
