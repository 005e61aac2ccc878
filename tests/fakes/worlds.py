"""Random conditions and enterprises over the small catalogue, and a two-valued oracle that shares no code with ours.

A world is an enterprise of which everything is known exactly. What is told of it is always true of it: exact, within a
range, a broader value, or nothing.
"""

import itertools
import operator
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from policy_kb.facts import NOT_APPLICABLE, DateRange, Facts, Just, Range, Unknown, Value, Why

World = dict[str, Value]

NUMBERS = [Decimal(number) for number in (1, 10, 20, 49, 300)]
GRID = sorted({number + step for number in NUMBERS for step in (Decimal("-0.5"), Decimal(0), Decimal("0.5"))})
DAYS = [date(2021, 12, 31), date(2022, 1, 1), date(2022, 6, 30)]
DAY_GRID = sorted({day + timedelta(days=step) for day in DAYS for step in (-1, 0, 1)})
SIZES = {
    "large": {"large"},
    "medium": {"medium", "sme"},
    "small": {"small", "small_micro", "sme"},
    "micro": {"micro", "small_micro", "sme"},
}
TRADES = {
    "making": {"making"},
    "textile": {"textile", "making"},
    "pharma": {"pharma", "making"},
    "catering": {"catering"},
}
LABELS = {"high_tech": {"high_tech"}, "giant": {"giant", "special"}, "special": {"special"}}
TREES = {"size": SIZES, "trade": TRADES, "labels": LABELS}
COUNTED = ("staff", "sales", "export_since")
YES_NO = ("honest", "exporter")
NAMES = (*COUNTED, *YES_NO, *TREES, "founded")


def values(name: str) -> list[Value]:
    """Every value a world may have, as far as conditions can tell them apart."""
    if name in COUNTED:
        return list(GRID)
    if name in YES_NO:
        return [True, False]
    if name == "founded":
        return list(DAY_GRID)
    if name == "labels":
        return [frozenset(some) for n in range(4) for some in itertools.combinations(LABELS, n)]
    return list(TREES[name])


def world(rng: random.Random) -> World:
    """An enterprise of which everything is known."""
    found = {name: rng.choice(values(name)) for name in NAMES}
    if found["exporter"] is False:
        found["export_since"] = NOT_APPLICABLE
    return found


def everything(of: World) -> Facts:
    """A world told exactly."""
    return {name: _exact(name, value) for name, value in of.items() if value is not NOT_APPLICABLE}


def told(rng: random.Random, of: World, *, knows: float = 0.5) -> Facts:
    """Part of a world, each statement true of it."""
    found: Facts = {}
    for name, value in of.items():
        if value is NOT_APPLICABLE:
            continue
        if rng.random() < knows:
            found[name] = _exact(name, value)
        elif rng.random() < 0.6:
            vague = _vague(rng, name, value)
            if vague is not None:
                found[name] = vague
        elif rng.random() < 0.3:
            found[name] = Unknown(rng.choice(list(Why)))
    return found


def _exact(name: str, value: Value) -> Value:
    return Just("making") if name == "trade" and value == "making" else value


def _vague(rng: random.Random, name: str, value: Value) -> Value | None:
    if isinstance(value, Decimal):
        low, high = rng.choice([None, *NUMBERS]), rng.choice([None, *NUMBERS])
        low_in, high_in = rng.random() < 0.7, rng.random() < 0.7
        within = (low is None or low < value or (low == value and low_in)) and (
            high is None or value < high or (value == high and high_in)
        )
        return Range(low, high, low_in, high_in) if within else Range(Decimal(0), None)
    if isinstance(value, date):
        return rng.choice([DateRange(value, None), DateRange(None, value), DateRange(value, value)])
    if isinstance(value, str):
        return rng.choice(sorted(TREES[name][value]))
    return None


def closer(rng: random.Random, facts: Facts, of: World) -> Facts:
    """The same with some more answers, each true of the world and none saying less than before."""
    found = dict(facts)
    for name, value in of.items():
        if value is not NOT_APPLICABLE and rng.random() < 0.4:
            found[name] = _exact(name, value)
    return found


def condition(rng: random.Random, leaves: int = 4, *, once: bool = False) -> dict[str, Any]:
    """A random condition of at most `leaves` leaves; `once`: no fact in two of them."""
    names = list(NAMES)
    rng.shuffle(names)
    return _tree(rng, rng.randint(1, leaves), names, once=once)


def _tree(rng: random.Random, leaves: int, names: list[str], *, once: bool) -> dict[str, Any]:
    if leaves == 1:
        name = names.pop() if once else rng.choice(NAMES)
        leaf = {"fact": name, "says": name, **_operator(rng, name)}
        return {"not": leaf} if rng.random() < 0.15 else leaf
    split = rng.randint(1, leaves - 1)
    parts = [_tree(rng, split, names, once=once), _tree(rng, leaves - split, names, once=once)]
    if leaves > 2 and rng.random() < 0.3:
        third = [_tree(rng, 1, names, once=once)] if not once or names else []
        return {"at_least_n": rng.randint(1, 2), "of": [*parts, *third]}
    key = rng.choice(["all", "any"])
    return {"not": {key: parts}} if rng.random() < 0.15 else {key: parts}


def _operator(rng: random.Random, name: str) -> dict[str, Any]:
    if name in COUNTED:
        low, high = sorted(rng.sample(NUMBERS, 2))
        key = rng.choice(["at_least", "more_than", "at_most", "less_than", "between"])
        return {key: {"low": low, "high": high} if key == "between" else rng.choice(NUMBERS)}
    if name in YES_NO:
        return {"is": rng.choice(["yes", "no"])}
    if name == "founded":
        return {rng.choice(["before", "on_or_after"]): rng.choice(DAYS)}
    every = sorted(set().union(*TREES[name].values()))
    some = rng.sample(every, rng.randint(1, len(every) - 1))
    while name != "labels" and all(TREES[name][one] & set(some) for one in TREES[name]):
        some.pop()  # a condition that holds for every value there is would be a mistake in the catalogue
    key = rng.choice(["one_of", "none_of", "is"])
    return {key: some[0] if key == "is" else some}


def holds(raw: dict[str, Any], of: World) -> bool:
    """Whether a condition holds in a world: plain two-valued logic."""
    if "all" in raw:
        return all(holds(part, of) for part in raw["all"])
    if "any" in raw:
        return any(holds(part, of) for part in raw["any"])
    if "not" in raw:
        return not holds(raw["not"], of)
    if "of" in raw:
        return sum(holds(part, of) for part in raw["of"]) >= int(raw["at_least_n"])
    return _leaf_holds(raw, of[raw["fact"]])


def _leaf_holds(raw: dict[str, Any], value: Any) -> bool:
    if value is NOT_APPLICABLE:
        return "none_of" in raw
    if "between" in raw:
        return bool(raw["between"]["low"] <= value <= raw["between"]["high"])
    for key, compare in (
        ("at_least", operator.ge),
        ("more_than", operator.gt),
        ("at_most", operator.le),
        ("less_than", operator.lt),
        ("before", operator.lt),
        ("on_or_after", operator.ge),
    ):
        if key in raw:
            return bool(compare(value, raw[key]))
    if isinstance(value, bool):
        return bool((raw["is"] == "yes") == value)
    names = value if isinstance(value, frozenset) else {value}
    has = set().union(*(TREES[raw["fact"]][name] for name in names)) if names else set()
    wanted = set(raw.get("one_of") or raw.get("none_of") or [raw["is"]])
    return bool(has & wanted) != ("none_of" in raw)


def facts_of(raw: dict[str, Any]) -> set[str]:
    """The facts a condition names, and the one that lets another apply."""
    if "fact" in raw:
        return {raw["fact"], "exporter"} if raw["fact"] == "export_since" else {raw["fact"]}
    parts = raw.get("all") or raw.get("any") or raw.get("of") or [raw["not"]]
    return set().union(*(facts_of(part) for part in parts))


def completions(facts: Facts, names: set[str]) -> Iterator[World]:
    """Every world that what was told may be about, over the facts named."""
    ordered = sorted(names)
    choices = [[value for value in values(name) if _may_be(name, value, facts.get(name))] for name in ordered]
    for combination in itertools.product(*choices):
        found: World = dict(zip(ordered, combination, strict=True))
        if found.get("exporter") is False and "export_since" in found:
            if not isinstance(facts.get("export_since", Unknown()), Unknown):
                continue
            found["export_since"] = NOT_APPLICABLE
        yield found


def _may_be(name: str, value: Any, said: Value | None) -> bool:
    match said:
        case None | Unknown():
            return True
        case Range(low, high, low_in, high_in):
            above = low is None or (value >= low if low_in else value > low)
            return bool(above and (high is None or (value <= high if high_in else value < high)))
        case DateRange(low, high):
            return bool((low is None or value >= low) and (high is None or value <= high))
        case Just(value=only):
            return bool(value == only)
        case frozenset():
            return bool(value == said)
        case str():
            return bool(said in TREES[name][value])
    return bool(value == said)
