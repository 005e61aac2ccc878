"""Conditions and the facts they ask for: used, askable, of the right type, neither never nor always true."""

from collections.abc import Iterator

from policy_kb import catalogues, conditions, derivations
from policy_kb.checks.findings import Desk, Where
from policy_kb.conditions import All, AtLeast, CheckedBy, Condition, Leaf
from policy_kb.entries import Measure, Track
from policy_kb.facts import Fact, FactType

_NUMERIC = ("at_least", "more_than", "at_most", "less_than", "between")
_DATED = ("before", "on_or_after")
_TYPES = {
    **dict.fromkeys(_NUMERIC, (FactType.NUMBER, FactType.MONEY)),
    **dict.fromkeys(_DATED, (FactType.DATE,)),
    "is_": (FactType.YES_NO, FactType.CHOICE, FactType.CHOICES),
    "one_of": (FactType.CHOICE, FactType.CHOICES),
    "none_of": (FactType.CHOICE, FactType.CHOICES),
}
_COMPUTABLE = {FactType.NUMBER, FactType.MONEY}


def check(desk: Desk) -> None:
    """All conditions, the inputs of benefits, and facts nobody uses."""
    used: set[str] = set()
    for measure in desk.catalogue.measures.values():
        for i, track in enumerate(measure.tracks):
            used |= _track(desk, measure, i, track)
    used |= {fact.applies_when.fact for fact in desk.catalogue.facts.values() if fact.applies_when}
    used |= {name for fact in desk.catalogue.facts.values() if fact.id in used for name in derivations.reads(fact)}
    for fact in desk.catalogue.facts.values() if not desk.unread else ():
        if fact.id not in used and not fact.profile and not fact.default_for:
            desk.lack(fact, ("id",), f"fact `{fact.id}` is used by no measure", "use it or remove it")


def _track(desk: Desk, measure: Measure, i: int, track: Track) -> set[str]:
    at: Where = ("tracks", i, "conditions")
    used: set[str] = set()
    judged: set[str] = set()
    for where, leaf in conditions.placed(track.conditions, at):
        _leaf(desk, measure, where, leaf)
        if leaf.fact:
            used.add(leaf.fact)
            if leaf.checked_by is CheckedBy.DEPARTMENT:
                judged.add(leaf.fact)
    for where, what in _impossible(track.conditions, at):
        desk.fault(measure, where, what, "correct the numbers")
    for j, benefit in enumerate(track.benefits):
        for name in catalogues.benefit_facts(benefit):
            used.add(name)
            if fact := desk.catalogue.facts.get(name):
                _input(desk, measure, ("tracks", i, "benefits", j), benefit.id, fact, judged, track)
    return used


def _leaf(desk: Desk, measure: Measure, where: Where, leaf: Leaf) -> None:
    fact = desk.catalogue.facts.get(leaf.fact or "")
    if leaf.between and leaf.between.low > leaf.between.high:
        desk.fault(measure, where, f"condition «{leaf.says}» is never true", "put the lower end first")
    if fact is None:
        return
    if leaf.operator in _TYPES and fact.type not in _TYPES[leaf.operator]:
        what = f"condition «{leaf.says}» compares fact `{fact.id}` ({fact.type.value}) by {leaf.operator.rstrip('_')}"
        desk.fault(measure, where, what, "use an operator of its type, or another fact")
    for names in (leaf.one_of, leaf.none_of):
        if names is not None and fact.values and _covers(fact, names):
            always = "always" if names is leaf.one_of else "never"
            desk.fault(measure, where, f"condition «{leaf.says}» is {always} true", "leave out what does not decide")


def _covers(fact: Fact, names: list[str]) -> bool:
    reached = {low for name in names if name in fact.values for low in fact.narrower[name]}
    return reached >= set(fact.values)


def _impossible(condition: Condition | None, at: Where) -> Iterator[tuple[Where, str]]:
    """Parts that can never hold: more parts wanted than there are, or bounds that leave no number between them."""
    match condition:
        case AtLeast(at_least_n=n, of=parts) if n > len(parts):
            yield (*at, "at_least_n"), f"{n} of {len(parts)} conditions can never hold"
        case All(all=parts):
            leaves = [part for part in parts if isinstance(part, Leaf) and part.fact]
            for name in dict.fromkeys(leaf.fact for leaf in leaves):
                if _empty([leaf for leaf in leaves if leaf.fact == name]):
                    yield (*at, "all"), f"no number of `{name}` meets all its conditions"
        case _:
            pass


def _empty(leaves: list[Leaf]) -> bool:
    """Whether no number lies above all lower bounds and below all upper ones."""
    lows = [(low, excluded) for leaf in leaves for low, excluded in ((leaf.at_least, False), (leaf.more_than, True))]
    highs = [(high, excluded) for leaf in leaves for high, excluded in ((leaf.at_most, False), (leaf.less_than, True))]
    return any(
        low > high or (low == high and (low_excluded or high_excluded))
        for low, low_excluded in lows
        if low is not None
        for high, high_excluded in highs
        if high is not None
    )


def _input(
    desk: Desk,
    measure: Measure,
    where: Where,
    benefit: str,
    fact: Fact,
    judged: set[str],
    track: Track,
) -> None:
    """A fact that a benefit is computed from must be a number that the owner can be asked for."""
    why = ""
    if fact.type not in _COMPUTABLE:
        why = f"it is of type {fact.type.value}"
    elif fact.id in judged:
        why = "a condition leaves it to the department"
    elif fact.applies_when and _excluded(track.conditions, fact):
        why = f"it is asked only when `{fact.applies_when.fact}` is {' or '.join(fact.applies_when.one_of)}"
    if why:
        what = f"benefit `{benefit}` computes from `{fact.id}`, which is never asked here"
        desk.fault(measure, where, what, "compute from a number the owner knows", why)


def _excluded(condition: Condition | None, fact: Fact) -> bool:
    """Whether the conditions demand a value under which the fact is not asked (seen at the top level only)."""
    if fact.applies_when is None:
        return False
    parts = condition.all if isinstance(condition, All) else [condition]
    for part in parts:
        if isinstance(part, Leaf) and part.fact == fact.applies_when.fact:
            wanted = part.one_of or ([part.is_] if part.is_ else [])
            if wanted and not set(wanted) & set(fact.applies_when.one_of):
                return True
    return False
