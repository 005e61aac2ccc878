"""Which measures the facts told speak for: who tells of his landlord asks about rent, though he never says the word.

A fact that few measures need says much about which one is meant; one that all need (size, industry) says nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log
from typing import TypeAlias

from nlu.fact_reading import Reading
from policy_kb import catalogues, conditions
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure

WORTH = 0.10
"""What one fact that a single measure needs adds to that measure's likeness."""
MOST = 0.18
COMMON = 0.55
"""A fact weighs nothing where its share of rarity (1: one measure needs it, 0: all do) is below this."""


def lift(measure: Measure, told: Mapping[str, Reading], catalogue: Catalogue) -> float:
    """How much the facts told raise the likeness of a measure, at most MOST."""
    rare, needs = _rarity(catalogue)
    wanted = needs[measure.id] & told.keys()
    # Several facts read from the same words (开奶茶店: trade, kind of loan) are one piece of evidence, its least rare one.
    by_words: dict[tuple[int, str], float] = {}
    for name, reading in told.items():
        place = (reading.at, reading.words)
        by_words[place] = min(by_words.get(place, 1.0), rare.get(name, 0.0))
    places = {(told[name].at, told[name].words) for name in wanted}
    weights = (by_words[place] for place in places)
    return min(MOST, sum(WORTH * weight for weight in weights if weight >= COMMON))


def of_names(measure: Measure, names: Iterable[str], catalogue: Catalogue) -> float:
    """The same for facts told before, of which only the names matter."""
    rare, needs = _rarity(catalogue)
    weights = (rare.get(name, 0.0) for name in needs[measure.id] & set(names))
    return min(MOST, sum(WORTH * weight for weight in weights if weight >= COMMON))


_Table: TypeAlias = tuple[dict[str, float], dict[str, frozenset[str]]]
_tables: dict[str, _Table] = {}  # by the catalogue's version: worked out once, after each publication anew


def _rarity(catalogue: Catalogue) -> _Table:
    """Rarity of each fact (0..1) and the facts each measure needs; editions of one measure count once."""
    if catalogue.version not in _tables:
        _tables.clear()
        _tables[catalogue.version] = _worked_out(catalogue)
    return _tables[catalogue.version]


def _worked_out(catalogue: Catalogue) -> _Table:
    needs = {measure.id: frozenset(_needed(measure)) for measure in catalogue.measures.values()}
    lines: dict[str, set[str]] = {}
    for measure in catalogue.measures.values():
        lines.setdefault(measure.lineage or measure.id, set()).update(needs[measure.id])
    count = Counter(name for names in lines.values() for name in names)
    return {name: 1 - log(number) / log(len(lines)) for name, number in count.items()}, needs


def _needed(measure: Measure) -> set[str]:
    leaves = (leaf.fact for track in measure.tracks for leaf in conditions.leaves(track.conditions))
    sums = (name for track in measure.tracks for one in track.benefits for name in catalogues.benefit_facts(one))
    return {name for name in (*leaves, *sums) if name}
