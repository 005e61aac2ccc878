"""The next question: only a fact that can still change a verdict, the one that decides most, the easiest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy_kb import brackets, derivations, evaluation, kleene, sizes, windows
from policy_kb.brackets import Option
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import All, Any_, AtLeast, Leaf
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Kind, Measure
from policy_kb.evaluation import Outcome
from policy_kb.facts import Fact, Facts, Unknown, Why
from policy_kb.kleene import Truth

COSTS = {1: 1.0, 2: 1.5, 3: 2.5}
"""What an answer costs the owner, by the effort of the fact."""

TRIED = 12
"""How many facts are tried out answer by answer; the others are far behind by a quick count."""


@dataclass(frozen=True)
class Question:
    """A fact to ask for, with answers to tap (none: it is typed) and the measures that need it."""

    fact: Fact
    options: tuple[Option, ...]
    measures: tuple[str, ...]

    @property
    def text(self) -> str:
        """The question as the owner reads it."""
        return self.fact.question


@dataclass(frozen=True)
class Reason:
    """Why a fact is asked for: a condition of a measure, in its words, with the key of its citation."""

    measure: str
    says: str
    cite: str | None


@dataclass(frozen=True)
class _Open:
    """A measure not settled yet: what is left of the conditions of its live tracks."""

    measure: Measure
    tracks: tuple[Outcome, ...]
    leaves: tuple[Outcome, ...]


def next_question(
    measures: Iterable[Measure],
    facts: Facts,
    catalogue: Catalogue,
    as_of: date,
    parked: frozenset[str] = frozenset(),
) -> Question | None:
    """The question to ask next, None when no answer of the owner can change any of the verdicts.

    Facts answered 不清楚 or declined are not asked again; where they can be worked out, what they are worked out from
    may be asked instead. `parked` are further facts not to ask for, though something is known of them (制造业, but not
    which). Measures not in force on `as_of` ask nothing.
    """
    enterprise = Enterprise(facts, catalogue, as_of)
    needed = _needed(_open(measures, enterprise, as_of), enterprise, parked | _parked(facts))
    if not needed:
        return None
    quick = {name: sum(1 / len(one.leaves) for one in ones) for name, ones in needed.items()}
    cost = {name: COSTS[catalogue.facts[name].effort] for name in needed}
    likely = sorted(needed, key=lambda name: (-quick[name] / cost[name], name))[:TRIED]
    offered = {name: _options(name, needed[name], enterprise) for name in likely}

    def worth(name: str) -> tuple[float, str]:
        decided = _decided(name, offered[name], needed[name], enterprise)
        return -(decided + quick[name] / 10) / cost[name], name

    best = min(likely, key=worth)
    return Question(catalogue.facts[best], offered[best], tuple(one.measure.id for one in needed[best]))


def why(fact: str, measures: Iterable[Measure], facts: Facts, catalogue: Catalogue, as_of: date) -> tuple[Reason, ...]:
    """The conditions that still need a fact, directly or because another fact is worked out from it."""
    enterprise = Enterprise(facts, catalogue, as_of)
    found = [
        Reason(one.measure.id, leaf.says, leaf.cite)
        for one in _open(measures, enterprise, as_of)
        for leaf in one.leaves
        if fact in _ways(leaf.fact or "", enterprise, _parked(facts))
    ]
    return tuple(dict.fromkeys(found))


def _open(measures: Iterable[Measure], enterprise: Enterprise, as_of: date) -> list[_Open]:
    found = []
    for measure in measures:
        if measure.kind is Kind.DIRECTION:
            continue
        live = [
            evaluation.outcome(track.conditions, enterprise)
            for track in measure.tracks
            if windows.status(track, measure, enterprise.catalogue, as_of).in_force
        ]
        settled = measure.tracks_are == "alternatives" and any(one.truth for one in live)
        left = () if settled else tuple(one for one in live if one.truth is None)
        leaves = tuple(leaf for one in left for leaf in evaluation.undecided(one) if _owners(leaf))
        if leaves:
            found.append(_Open(measure, left, leaves))
    return found


def _owners(found: Outcome) -> bool:
    """Whether it is for the owner to settle this leaf."""
    leaf = found.leaf
    return leaf is not None and leaf.fact is not None and evaluation.is_owners(leaf)


def _needed(open_: list[_Open], enterprise: Enterprise, parked: frozenset[str]) -> dict[str, list[_Open]]:
    """Fact to ask → the open measures that need it."""
    found: dict[str, list[_Open]] = {}
    ways: dict[str, tuple[str, ...]] = {}
    for one in open_:
        names = dict.fromkeys(leaf.fact or "" for leaf in one.leaves)
        ways.update({name: _ways(name, enterprise, parked) for name in names if name not in ways})
        for way in dict.fromkeys(way for name in names for way in ways[name]):
            found.setdefault(way, []).append(one)
    return found


def _ways(name: str, enterprise: Enterprise, parked: frozenset[str]) -> tuple[str, ...]:
    """The facts to ask when `name` is wanted: whether it applies, itself, or what it can be worked out from."""
    fact = enterprise.catalogue.facts[name]
    gate = fact.applies_when.fact if fact.applies_when else None
    if gate and gate not in parked and _gate_is_open(fact, enterprise):
        return _ways(gate, enterprise, parked)
    if name not in parked:
        return (name,)
    inputs = derivations.inputs(fact, enterprise.value, enterprise.catalogue, enterprise.as_of)
    return tuple(each for each in inputs if each not in parked)


def _gate_is_open(fact: Fact, enterprise: Enterprise) -> bool:
    when = fact.applies_when
    if when is None or when.fact not in enterprise.catalogue.facts:
        return False
    gate = enterprise.catalogue.facts[when.fact]
    return kleene.among(frozenset(when.one_of), gate, enterprise.value(when.fact)) is None


def _parked(facts: Facts) -> frozenset[str]:
    """Facts the owner could or would not tell."""
    return frozenset(
        name for name, value in facts.items() if isinstance(value, Unknown) and value.why is not Why.NOT_ASKED
    )


def _options(name: str, needing: list[_Open], enterprise: Enterprise) -> tuple[Option, ...]:
    leaves = [leaf.leaf for one in needing for leaf in one.leaves if leaf.leaf and leaf.fact == name]
    edges = list(_size_edges(name, needing, enterprise))
    return brackets.options(enterprise.catalogue.facts[name], leaves, enterprise.value(name), edges)


def _size_edges(name: str, needing: list[_Open], enterprise: Enterprise) -> Iterator[Decimal]:
    """Where the size of the enterprise may change with this number."""
    for wanted in {leaf.fact or "" for one in needing for leaf in one.leaves}:
        if enterprise.catalogue.facts[wanted].derive == "size_standard" and wanted != name:
            fact = enterprise.catalogue.facts[wanted]
            for row in sizes.standard(fact, enterprise.value, enterprise.catalogue, enterprise.as_of).rows:
                yield from row.edges.get(name, ())


def _decided(name: str, options: tuple[Option, ...], needing: list[_Open], enterprise: Enterprise) -> float:
    """How many measures an answer decides on average, all answers being as likely."""
    if not options:
        return 0.0
    moved = _moved_by(name, enterprise.catalogue)
    total = 0
    for option in options:
        answered = Enterprise({**enterprise.told, name: option.value}, enterprise.catalogue, enterprise.as_of)
        total += sum(_settled(one, answered, moved) for one in needing)
    return total / len(options)


def _moved_by(name: str, catalogue: Catalogue) -> frozenset[str]:
    """The facts whose value may change with an answer: it, those worked out from it, those it lets apply."""
    moved = {name}
    for fact in catalogue.facts.values():
        gate = fact.applies_when.fact if fact.applies_when else None
        if gate in moved or moved.intersection(derivations.reads(fact)):
            moved.add(fact.id)
    return frozenset(moved)


def _settled(one: _Open, answered: Enterprise, moved: frozenset[str]) -> bool:
    truths = [_again(track, answered, moved) for track in one.tracks]
    alternatives = one.measure.tracks_are == "alternatives"
    return (alternatives and True in truths) or None not in truths


def _again(found: Outcome, answered: Enterprise, moved: frozenset[str]) -> Truth:
    """The truth of a node after one more answer. What was decided stays decided, so only the rest is looked at."""
    if found.truth is not None:
        return found.truth
    node = found.node
    if isinstance(node, Leaf):
        return evaluation.settle(node, answered, None)[0] if node.fact in moved else None
    truths = [_again(part, answered, moved) for part in found.parts if not (part.neutral and isinstance(node, All))]
    match node:
        case All():
            return kleene.conjunction(truths)
        case Any_():
            return kleene.disjunction(truths)
        case AtLeast(at_least_n=n):
            return kleene.at_least(n, truths)
    return kleene.negation(truths[0])
