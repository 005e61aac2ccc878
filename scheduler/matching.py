"""Which measures fit an enterprise: eligible, or one or two questions away. One enterprise, or very many at once.

What counts as fitting is decided in one place, on an evaluated track. For many enterprises the leaves of a track are
held against all of them (`policy_kb/population`), and each different combination of truths is decided once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from policy_kb import conditions, evaluation, population, windows
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import All, AtLeast, Leaf, Not
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Kind, Measure, Track
from policy_kb.evaluation import Outcome
from policy_kb.facts import Facts, Unknown, Why
from policy_kb.population import Population

MOST_QUESTIONS = 2
"""A measure this many answers away is still told of, with the question."""


@dataclass(frozen=True, order=True)
class Fit:
    """How a measure fits: by which track, and which facts are still to be asked (none: eligible)."""

    questions: tuple[str, ...]
    track: str

    @property
    def eligible(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.questions


Positions = npt.NDArray[np.int64]


def claims(catalogue: Catalogue, as_of: date) -> tuple[Measure, ...]:
    """The measures that can be matched: claims with a track in force on `as_of`."""
    return tuple(
        one
        for one in catalogue.measures.values()
        if one.kind is Kind.CLAIM and windows.measure_status(one, catalogue, as_of).in_force
    )


def of_one(measures: Iterable[Measure], facts: Facts, catalogue: Catalogue, as_of: date) -> dict[str, Fit]:
    """Measure id → how it fits an enterprise that told these facts. Those that do not fit are not there."""
    enterprise = Enterprise(facts, catalogue, as_of)
    found: dict[str, Fit] = {}
    for measure in measures:
        best = fit(measure, enterprise, as_of)
        if best is not None:
            found[measure.id] = best
    return found


def fit(measure: Measure, enterprise: Enterprise, as_of: date, tracks: Sequence[str] = ()) -> Fit | None:
    """The best fit of the tracks in force (of those named, if any are)."""
    found = [
        one
        for track in _live(measure, enterprise.catalogue, as_of)
        if not tracks or track.id in tracks
        if (one := fit_of(track, enterprise)) is not None
    ]
    return min(found, key=_order, default=None)


def _order(one: Fit) -> int:
    return len(one.questions)


def _live(measure: Measure, catalogue: Catalogue, as_of: date) -> list[Track]:
    return [track for track in measure.tracks if windows.status(track, measure, catalogue, as_of).in_force]


def fit_of(track: Track, enterprise: Enterprise) -> Fit | None:
    """How one track fits, whether it is in force or not."""
    return _fit(track, evaluation.outcome(track.conditions, enterprise))


def _fit(track: Track, found: Outcome) -> Fit | None:
    """Eligible, or a few answers away, and something told speaks for it.

    What only the authority can judge, and what is selected, cannot be told to fit.
    """
    if found.truth is False or not any(leaf.truth and leaf.fact for leaf in found.leaves()):
        return None
    missing = _missing(found)
    if missing is None or len(missing) > MOST_QUESTIONS:
        return None
    return Fit(tuple(sorted(missing)), track.id)


def _missing(found: Outcome) -> frozenset[str] | None:
    """The fewest facts of the owner's whose answers can make it true; None where no answers of his can."""
    if found.truth is True or found.neutral:
        return frozenset()
    if found.truth is False:
        return None
    if isinstance(found.node, Leaf):
        return frozenset({found.fact}) if evaluation.askable(found) and found.fact else None
    parts = [_missing(part) for part in found.parts if not (part.neutral and isinstance(found.node, All))]
    match found.node:
        case All():
            return None if None in parts else frozenset().union(*(part for part in parts if part is not None))
        case Not():
            return _askable_below(found)
        case AtLeast(at_least_n=n):
            cheapest = sorted((part for part in parts if part is not None), key=len)[:n]
            return frozenset().union(*cheapest) if len(cheapest) == n else None
    return min((part for part in parts if part is not None), key=len, default=None)


def _askable_below(found: Outcome) -> frozenset[str] | None:
    open_ = evaluation.undecided(found)
    if not all(evaluation.askable(leaf) for leaf in open_):
        return None
    return frozenset(leaf.fact for leaf in open_ if leaf.fact)


@dataclass(frozen=True)
class Matches:
    """The enterprises one measure fits: `which` are their positions in the population, `fits[how]` how it does."""

    measure: Measure
    which: Positions
    how: Positions
    fits: tuple[Fit, ...]

    def __iter__(self) -> Iterator[tuple[int, Fit]]:
        for position, how in zip(self.which.tolist(), self.how.tolist(), strict=True):
            yield position, self.fits[how]


def of_many(measures: Iterable[Measure], crowd: Population) -> Iterator[Matches]:
    """How each measure fits each enterprise of a population; the same as `of_one`, enterprise by enterprise."""
    odd = _parked(crowd)
    for measure in measures:
        rows = [_track(track, crowd, odd) for track in _live(measure, crowd.catalogue, crowd.as_of)]
        if rows:
            yield _best(measure, rows, len(crowd))


@dataclass(frozen=True)
class _Row:
    """One track: the fit of each enterprise as an index into `fits`, -1 where it does not fit."""

    how: Positions
    fits: tuple[Fit, ...]


def _best(measure: Measure, rows: Sequence[_Row], number: int) -> Matches:
    """The fit with the fewest questions; of equal ones that of the first track."""
    fits: list[Fit] = []
    best = np.full(number, -1, dtype=np.int64)
    cost = np.full(number, MOST_QUESTIONS + 1, dtype=np.int64)
    for row in rows:
        here = np.append(np.array([len(one.questions) for one in row.fits], dtype=np.int64), MOST_QUESTIONS + 1)
        price = here[row.how]  # -1 takes the last
        better = price < cost
        best[better] = row.how[better] + len(fits)
        cost[better] = price[better]
        fits += row.fits
    which = np.flatnonzero(best >= 0)
    return Matches(measure, which, best[which], tuple(fits))


def _track(track: Track, crowd: Population, odd: Positions) -> _Row:
    """Decide each different combination of truths of the leaves once, on the first enterprise that has it."""
    leaves = list(conditions.leaves(track.conditions))
    codes = np.zeros(len(crowd), dtype=np.int64)
    for leaf in leaves:
        codes, _ = _renumbered(codes * 3 + population.truths(leaf, crowd) + 1)
    codes[odd] = codes.max(initial=0) + 1 + np.arange(len(odd))  # who would not say something is looked at alone
    numbers, first = _renumbered(codes)
    decided = [_decide(track, crowd, int(position)) for position in first]
    fits = tuple(dict.fromkeys(one for one in decided if one is not None))
    table = np.array([-1 if one is None else fits.index(one) for one in decided], dtype=np.int64)
    return _Row(table[numbers] if len(table) else numbers, fits)


def _renumbered(codes: Positions) -> tuple[Positions, Positions]:
    """The same classes numbered from 0, and where each occurs first."""
    _, first, numbers = np.unique(codes, return_index=True, return_inverse=True)
    return numbers.astype(np.int64), first.astype(np.int64)


def _decide(track: Track, crowd: Population, position: int) -> Fit | None:
    enterprise = Enterprise(crowd.told[position], crowd.catalogue, crowd.as_of)
    return fit_of(track, enterprise)


def _parked(crowd: Population) -> Positions:
    """Enterprises with an answer like 不清楚: the same truths, but not to be asked again."""
    return np.array(
        [
            position
            for position, facts in enumerate(crowd.told)
            if any(isinstance(value, Unknown) and value.why is not Why.NOT_ASKED for value in facts.values())
        ],
        dtype=np.int64,
    )
