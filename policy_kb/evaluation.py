"""A condition held against an enterprise. The explanation is the evaluated tree, the same shape as the condition.

A formal check (`formal`) of which nothing is known does not count: it is listed, and presumed passed unless the owner
says otherwise. As one of several alternatives (`any`) it leaves them open.
A selection (`selective`) without an operator is never settled by facts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from policy_kb import kleene
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import All, Any_, AtLeast, CheckedBy, Condition, Leaf, Not
from policy_kb.enterprises import Enterprise
from policy_kb.facts import UNKNOWN, Facts, Unknown, Value, Why
from policy_kb.kleene import Truth

VerdictOf: TypeAlias = Callable[[str], str | None]
"""Measure id → its verdict for the same enterprise and day, None while it is open."""


@dataclass(frozen=True)
class Outcome:
    """One node of a condition with its truth. For a leaf, `value` is what it was held against."""

    truth: Truth
    node: Condition | None
    parts: tuple["Outcome", ...] = ()
    value: Value | None = None
    neutral: bool = False  # a formal check nobody has contradicted

    @property
    def leaf(self) -> Leaf | None:
        """The condition itself when this node is a leaf."""
        return self.node if isinstance(self.node, Leaf) else None

    @property
    def fact(self) -> str | None:
        """The fact a leaf looks at."""
        return self.node.fact if isinstance(self.node, Leaf) else None

    @property
    def says(self) -> str:
        """A leaf in the owner's words, empty for other nodes."""
        return self.node.says if isinstance(self.node, Leaf) else ""

    @property
    def cite(self) -> str | None:
        """Key of the measure's citation a leaf rests on."""
        return self.node.cite if isinstance(self.node, Leaf) else None

    def leaves(self) -> Iterator["Outcome"]:
        """All leaves below, in the order written."""
        if isinstance(self.node, Leaf):
            yield self
        for part in self.parts:
            yield from part.leaves()


def evaluate(
    condition: Condition | None,
    facts: Facts,
    catalogue: Catalogue,
    *,
    as_of: date | None = None,
    verdict_of: VerdictOf | None = None,
) -> Outcome:
    """Evaluate a condition over facts. No condition at all holds. `as_of` chooses parameters of derived facts."""
    return outcome(condition, Enterprise(facts, catalogue, as_of), verdict_of)


def outcome(condition: Condition | None, enterprise: Enterprise, verdict_of: VerdictOf | None = None) -> Outcome:
    """As `evaluate`, over an enterprise whose derived facts are shared by many conditions."""
    if condition is None:
        return Outcome(truth=True, node=None)
    found = _node(condition, enterprise, verdict_of)
    return replace(found, truth=True) if found.neutral else found


def _node(condition: Condition, enterprise: Enterprise, verdict_of: VerdictOf | None) -> Outcome:
    match condition:
        case Leaf():
            return _leaf(condition, enterprise, verdict_of)
        case Not(not_=inner):
            part = _node(inner, enterprise, verdict_of)
            return Outcome(kleene.negation(part.truth), condition, (part,), neutral=part.neutral)
        case All(all=inners):
            parts = tuple(_node(inner, enterprise, verdict_of) for inner in inners)
            counted = [part.truth for part in parts if not part.neutral]
            return Outcome(kleene.conjunction(counted) if counted else None, condition, parts, neutral=not counted)
        case Any_(any=inners):
            parts = tuple(_node(inner, enterprise, verdict_of) for inner in inners)
            return Outcome(kleene.disjunction(part.truth for part in parts), condition, parts)
        case AtLeast(at_least_n=n, of=inners):
            parts = tuple(_node(inner, enterprise, verdict_of) for inner in inners)
            return Outcome(kleene.at_least(n, [part.truth for part in parts]), condition, parts)


def _leaf(leaf: Leaf, enterprise: Enterprise, verdict_of: VerdictOf | None) -> Outcome:
    truth, value = settle(leaf, enterprise, verdict_of)
    return Outcome(truth, leaf, value=value, neutral=leaf.formal and truth is None)


def settle(leaf: Leaf, enterprise: Enterprise, verdict_of: VerdictOf | None) -> tuple[Truth, Value]:
    """Truth of a leaf and the value it was held against."""
    if leaf.measure is not None and leaf.measure_verdict is not None:
        verdict = verdict_of(leaf.measure) if verdict_of else None
        return (None if verdict is None else verdict == leaf.measure_verdict), UNKNOWN
    fact = enterprise.catalogue.facts.get(leaf.fact or "")
    if fact is None or not leaf.operator:
        return None, UNKNOWN
    value = enterprise.value(fact.id)
    return kleene.holds(leaf, fact, value), value


def failing(found: Outcome) -> tuple[Outcome, ...]:
    """The leaves that make it false: of alternatives, those of the nearest one. Empty when it is not false.

    Under `not`, the leaves that hold and should not.
    """
    return _against(found, wanted=True)


def _against(found: Outcome, *, wanted: bool) -> tuple[Outcome, ...]:
    """The fewest leaves that keep `found` from being `wanted`."""
    if found.truth is None or found.truth is wanted:
        return ()
    match found.node:
        case Leaf():
            return (found,)
        case Not():
            return _against(found.parts[0], wanted=not wanted)
    against = [bad for part in found.parts if (bad := _against(part, wanted=wanted))]
    match found.node, wanted:
        case (All(), True) | (Any_(), False):
            return tuple(leaf for bad in against for leaf in bad)
        case (AtLeast(at_least_n=n), True):
            short = n - sum(part.truth is not False for part in found.parts)
            return tuple(leaf for bad in sorted(against, key=len)[:short] for leaf in bad)
        case (AtLeast(at_least_n=n), False):
            over = sum(part.truth is True for part in found.parts) - n + 1
            return tuple(leaf for bad in sorted(against, key=len)[:over] for leaf in bad)
    return min(against, key=len, default=())


def holding(found: Outcome) -> tuple[Outcome, ...]:
    """The leaves that make it true, of alternatives the fewest. Empty when it is not true; checks not counted left out.

    Under `not`, the leaves that fail and should.
    """
    return _for(found) if found.truth and not found.neutral else ()


def _for(found: Outcome) -> tuple[Outcome, ...]:
    """The fewest leaves that decide `found`, whichever way."""
    parts = [part for part in found.parts if part.truth is not None and not part.neutral]
    match found.node:
        case Leaf():
            return (found,)
        case Not():
            return tuple(leaf for part in parts for leaf in _for(part))
        case All() if found.truth:
            return tuple(leaf for part in parts for leaf in _for(part))
        case Any_() if found.truth is False:
            return tuple(leaf for part in parts for leaf in _for(part))
        case AtLeast(at_least_n=n):
            needed = n if found.truth else len(found.parts) - n + 1
            same = sorted((_for(part) for part in parts if part.truth is found.truth), key=len)
            return tuple(leaf for leaves in same[:needed] for leaf in leaves)
    return min((_for(part) for part in parts if part.truth is found.truth), key=len, default=())


def undecided(found: Outcome) -> tuple[Outcome, ...]:
    """The leaves that may still decide it, in the order written. Empty when it is decided."""
    if found.truth is not None or found.neutral:
        return ()
    if isinstance(found.node, Leaf):
        return (found,)
    return tuple(leaf for part in found.parts for leaf in undecided(part))


def is_owners(leaf: Leaf) -> bool:
    """Whether a condition is about a fact of the owner's own: no formal check, no selection, not the authority's."""
    theirs = leaf.formal or leaf.selective or leaf.checked_by is CheckedBy.DEPARTMENT
    return leaf.fact is not None and not theirs


def askable(found: Outcome) -> bool:
    """Whether the owner can settle this leaf: a fact of his own, not already answered 不清楚 or declined."""
    parked = isinstance(found.value, Unknown) and found.value.why is not Why.NOT_ASKED
    return found.leaf is not None and is_owners(found.leaf) and not parked
