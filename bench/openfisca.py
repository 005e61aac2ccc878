"""Our rules written out for OpenFisca-core, as far as it can express them, and its verdicts beside ours."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_kb import population, windows
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import All, Any_, AtLeast, Condition, Leaf, Not, leaves
from policy_kb.entries import Kind, Measure
from policy_kb.facts import Fact, Facts, FactType, Just
from policy_kb.population import VERDICTS


def expressible(measure: Measure, kb: Catalogue, day: date) -> bool:
    """Whether all its live conditions are plain comparisons of facts told."""
    tracks = [track for track in measure.tracks if windows.status(track, measure, kb, day).in_force]
    kinds = {FactType.YES_NO, FactType.NUMBER, FactType.MONEY, FactType.CHOICE}
    each = [leaf for track in tracks for leaf in leaves(track.conditions) if not leaf.formal]
    plain = all(leaf.operator and leaf.fact and kb.facts[leaf.fact].type in kinds for leaf in each)
    gates = any(kb.facts[leaf.fact].applies_when or kb.facts[leaf.fact].derive for leaf in each if leaf.fact)
    return bool(tracks) and bool(each) and plain and not gates and measure.kind is not Kind.DIRECTION


def tree(condition: Condition, kb: Catalogue) -> dict[str, Any] | None:
    """A condition as plain data, formal checks left out."""
    match condition:
        case All(all=parts):
            return {"all": [found for part in parts if (found := tree(part, kb)) is not None]}
        case Any_(any=parts):
            return {"any": [found for part in parts if (found := tree(part, kb)) is not None]}
        case Not(not_=part):
            return {"not": tree(part, kb)}
        case AtLeast(at_least_n=n, of=parts):
            return {"n": n, "of": [found for part in parts if (found := tree(part, kb)) is not None]}
    return None if condition.formal else _leaf(condition, kb.facts[condition.fact or ""])


def _leaf(leaf: Leaf, fact: Fact) -> dict[str, Any]:
    if leaf.operator in {"is_", "one_of", "none_of"}:
        names = leaf.one_of or leaf.none_of or [leaf.is_ or ""]
        if fact.type is FactType.YES_NO:
            edge: list[Any] = [name == "yes" for name in names]
        else:
            order = list(fact.values)
            edge = sorted({order.index(low) + 1 for name in names for low in fact.narrower[name]})
        found = {"fact": fact.id, "operator": "among", "edge": edge}
        return {"not": found} if leaf.none_of else found
    if leaf.between:
        return {"fact": fact.id, "operator": "between", "edge": [float(leaf.between.low), float(leaf.between.high)]}
    return {"fact": fact.id, "operator": leaf.operator, "edge": float(getattr(leaf, leaf.operator))}


def column(fact: Fact, told: list[Facts]) -> npt.NDArray[Any]:
    """A fact of all enterprises; what is not known exactly is the default, for there is nothing else to say."""
    values = [facts.get(fact.id) for facts in told]
    if fact.type is FactType.YES_NO:
        return np.array([value is True for value in values])
    if fact.type is FactType.CHOICE:
        place = {name: i + 1 for i, name in enumerate(fact.values)}
        names = [value.value if isinstance(value, Just) else value for value in values]
        return np.array([place.get(name, 0) if isinstance(name, str) else 0 for name in names])
    return np.array([float(value) if type(value).__name__ == "Decimal" else 0.0 for value in values])  # type: ignore[arg-type]


def beside(kb: Catalogue, day: date, told: list[Facts], python: str) -> Iterator[str]:
    """Run the other side and compare."""
    measures = [one for one in kb.measures.values() if expressible(one, kb, day)]
    rules: dict[str, list[Any]] = {}
    for one in measures:
        live = [track for track in one.tracks if windows.status(track, one, kb, day).in_force]
        rules[one.id] = [tree(track.conditions, kb) for track in live if track.conditions is not None]
    named = {leaf.fact or "" for one in measures for track in one.tracks for leaf in leaves(track.conditions)} - {""}
    facts = {name: kb.facts[name] for name in sorted(named)}
    kinds = {FactType.YES_NO: "bool", FactType.CHOICE: "int"}
    with tempfile.TemporaryDirectory() as folder:
        where, columns = Path(folder) / "rules.json", Path(folder) / "columns.npz"
        data = {"facts": {name: kinds.get(fact.type, "float") for name, fact in facts.items()}, "measures": rules}
        where.write_text(json.dumps(data), encoding="utf-8")
        np.savez(columns, **{name: column(fact, told) for name, fact in facts.items()})
        script = Path(__file__).with_name("openfisca_side.py")
        done = subprocess.run([python, script, where, columns], capture_output=True, text=True, check=True)
        seconds = json.loads(done.stdout.splitlines()[-1])["seconds"]
        theirs = np.load(columns)
        yes = np.stack([theirs[one.id] for one in measures])
    yield from _compared(measures, population.assess(measures, population.Population(told, kb, day)), yes, seconds)


def _compared(
    measures: list[Measure], ours: npt.NDArray[np.int8], yes: npt.NDArray[np.bool_], seconds: float
) -> Iterator[str]:
    open_, eligible = ours == VERDICTS.index("needs_info"), ours > VERDICTS.index("needs_info")
    decided = ~open_
    rate = yes.size / seconds * 60 / 1e6
    yield f"OpenFisca-core on the {len(measures)} measures it can express: {yes.size} assessments, {seconds:.2f} s"
    yield f"  {rate:,.0f} million a minute; agrees on {np.mean((yes == eligible)[decided]):.2%} of what we decide"
    yield f"  of {open_.sum()} verdicts we leave open it says yes to {yes[open_].sum()} and no to {(~yes)[open_].sum()}"
