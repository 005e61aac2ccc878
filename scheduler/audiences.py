"""Who a campaign goes to, as a query: districts, trades, sizes, conditions on any fact, a verdict; and who is left out.

Pure. A condition must be known to hold: who never told how many people work there is in no campaign for firms of 20
and more. ``possible`` takes those in for whom a measure is not ruled out.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationError

from policy_kb import conditions, districts, population, values
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import All, Condition, Leaf
from policy_kb.eligibility import Verdict
from policy_kb.entries import Measure
from policy_kb.facts import Facts, FactType
from policy_kb.model import Model
from policy_kb.population import VERDICTS, Population


class Reach(StrEnum):
    """How sure the verdict on a measure must be."""

    ELIGIBLE = "eligible"
    POSSIBLE = "possible"


class Group(Model):
    """Enterprises that have all of this. Nothing named: all there are."""

    districts: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    where: Condition | None = None

    @property
    def names_something(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.districts or self.industries or self.sizes or self.where)


class Audience(Group):
    """The whole query. ``categories``: who subscribed to one; ``not_after``: campaigns whose people are left out."""

    categories: tuple[str, ...] = ()
    measure: str | None = None
    verdict: Reach | None = None
    without: Group = Field(default_factory=Group)
    not_after: tuple[int, ...] = ()

    @property
    def needs_facts(self) -> bool:
        """Whether facts decide who is in it."""
        ours = (self.industries, self.sizes, self.where, self.verdict)
        return any((*ours, self.without.industries, self.without.sizes, self.without.where))


class AudienceError(ValueError):
    """An audience that cannot be; the message names every mistake."""


def read(raw: Any, catalogue: Catalogue) -> Audience:
    """An audience from plain JSON, checked against the catalogue. Raises ``AudienceError``."""
    try:
        audience = Audience.model_validate(_told(raw))
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])}：{fault['msg']}" for fault in error.errors()]
        raise AudienceError("人群条件有错\n" + "\n".join(faults)) from error
    faults = list(_faults(audience, catalogue))
    if faults:
        raise AudienceError("人群条件有错\n" + "\n".join(faults))
    return audience


def _told(raw: Any) -> Any:
    """Conditions of a query need no words for the owner."""
    if isinstance(raw, dict):
        told = {name: _told(value) for name, value in raw.items()}
        return {"says": "", **told} if "fact" in told or "measure_verdict" in told else told
    return [_told(one) for one in raw] if isinstance(raw, list | tuple) else raw


def _faults(audience: Audience, catalogue: Catalogue) -> Iterator[str]:
    for group in (audience, audience.without):
        for district in group.districts:
            if district not in districts.DISTRICTS:
                yield f"没有“{district}”这个县（市）区，可写：{'、'.join(districts.DISTRICTS)}"
        for fact, chosen in (("industry", group.industries), ("enterprise_size", group.sizes)):
            yield from _wrong_values(fact, chosen, catalogue)
        for leaf in conditions.leaves(group.where):
            yield from _leaf_faults(leaf, catalogue)
    if audience.measure is not None and audience.measure not in catalogue.measures:
        yield f"没有 {audience.measure} 这项政策"
    if audience.verdict and audience.measure is None:
        yield "按结论选人要写明是哪项政策（measure）"
    known = {measure.category for measure in catalogue.measures.values()}
    yield from (
        f"没有 {name} 这个类别，可写：{'、'.join(sorted(known))}" for name in audience.categories if name not in known
    )


_COMPARE = {"at_least", "more_than", "at_most", "less_than", "between"}


def _leaf_faults(leaf: Leaf, catalogue: Catalogue) -> Iterator[str]:
    if leaf.measure is not None:
        if leaf.measure not in catalogue.measures:
            yield f"没有 {leaf.measure} 这项政策"
        return
    fact = catalogue.facts.get(leaf.fact or "")
    if fact is None:
        yield f"没有 {leaf.fact} 这个事实"
        return
    if leaf.operator in {"is_", "one_of", "none_of"}:
        yield from _wrong_values(
            fact.id, [leaf.is_] if leaf.is_ else [*(leaf.one_of or ()), *(leaf.none_of or ())], catalogue
        )
    elif leaf.operator in {"before", "on_or_after"} and fact.type is not FactType.DATE:
        yield f"{fact.label}（{fact.id}）不是日期"
    elif leaf.operator in _COMPARE and fact.type not in {FactType.NUMBER, FactType.MONEY}:
        yield f"{fact.label}（{fact.id}）不是数，不能比大小"


def _wrong_values(name: str, chosen: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    fact = catalogue.facts.get(name)
    if fact is None:
        if tuple(chosen):
            yield f"没有 {name} 这个事实"
        return
    allowed = {"yes": None, "no": None} if fact.type is FactType.YES_NO else fact.values
    for value in chosen:
        if value not in allowed:
            yield f"{fact.label}没有 {value} 这个值，可写：{'、'.join(allowed)}"


def select(
    audience: Audience, told: Sequence[Facts], places: Sequence[str | None], catalogue: Catalogue, as_of: date
) -> npt.NDArray[np.bool_]:
    """Which of these enterprises are in the audience: facts and district of each, in the same order."""
    people = Population(told, catalogue, as_of)
    where = np.array([place or "" for place in places], dtype=object)
    chosen = _has(audience, people, where)
    if audience.without.names_something:
        chosen &= ~_has(audience.without, people, where)
    if audience.measure is not None and audience.verdict is not None:
        least = Verdict.NEEDS_INFO if audience.verdict is Reach.POSSIBLE else Verdict.PARTIALLY_ELIGIBLE
        [codes] = population.assess([catalogue.measures[audience.measure]], people)
        chosen &= codes >= VERDICTS.index(least)
    return chosen


def _has(group: Group, people: Population, where: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    chosen = np.ones(len(people), dtype=np.bool_)
    if group.districts:
        chosen &= np.isin(where, group.districts)
    condition = _condition(group)
    if condition is not None:
        chosen &= population.truths(condition, people) == 1
    return chosen


def _condition(group: Group) -> Condition | None:
    parts: list[Condition] = []
    for fact, chosen in (("industry", group.industries), ("enterprise_size", group.sizes)):
        if chosen:
            parts.append(Leaf(fact=fact, one_of=list(chosen), says=""))
    if group.where is not None:
        parts.append(group.where)
    return All(all=parts) if parts else None


def facts_of(text: str | None) -> Facts:
    """Kept facts (JSON) as values; what the catalogue of today cannot read is left out."""
    return {name: value for name, told in json.loads(text or "{}").items() if (value := _value(told)) is not None}


def _value(told: Any) -> Any:
    try:
        return _decoded(json.dumps(told["value"], sort_keys=True))
    except (KeyError, TypeError, ValueError, ArithmeticError):  # a number that is none is an ArithmeticError
        return None


@lru_cache(maxsize=50_000)
def _decoded(text: str) -> Any:
    return values.from_json(json.loads(text))


def about(measure: Measure | None, audience: Audience, catalogue: Catalogue) -> str:
    """The query in words, for who prepares and who approves."""
    parts = [_said(audience, catalogue)]
    if audience.categories:
        parts.append(f"订阅了{'、'.join(audience.categories)}")
    if measure is not None and audience.verdict is not None:
        parts.append(f"“{measure.title}”{'符合' if audience.verdict is Reach.ELIGIBLE else '符合或可能符合'}")
    if audience.without.names_something:
        parts.append(f"除去：{_said(audience.without, catalogue)}")
    if audience.not_after:
        parts.append(f"除去收过群发 {'、'.join(map(str, audience.not_after))} 的")
    return "；".join(part for part in parts if part) or "所有同意接收的人"


def _said(group: Group, catalogue: Catalogue) -> str:
    parts = ["、".join(group.districts)]
    for fact, chosen in (("industry", group.industries), ("enterprise_size", group.sizes)):
        known = catalogue.facts[fact].values if chosen else {}
        parts.append("、".join(known[name].label for name in chosen))
    if group.where is not None:
        parts.append(
            json.dumps(group.where.model_dump(mode="json", by_alias=True, exclude_defaults=True), ensure_ascii=False)
        )
    return "，".join(part for part in parts if part)
