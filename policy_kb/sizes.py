"""大型, 中型, 小型 or 微型 by 中小企业划型标准: exact at the edges, never a guess between them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from policy_kb import kleene
from policy_kb.catalogues import Catalogue
from policy_kb.facts import UNKNOWN, Fact, Just, Range, Unknown, Value
from policy_kb.parameters import SizeRow

PARAMETER = "size-standard"
INDUSTRY = "industry"
ANY = Range(None, None)


@dataclass(frozen=True)
class Reading:
    """The size read from the standard: `value` one size, a broader one, or unknown.

    `rows` are the lines of the standard that may apply, `possible` the sizes that may come out, `missing` the facts
    that would narrow it, `caveat` 以官方为准 where a row needs it.
    """

    value: Value
    rows: tuple[SizeRow, ...] = ()
    possible: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    caveat: str | None = None


def standard(fact: Fact, look: Callable[[str], Value], catalogue: Catalogue, as_of: date | None) -> Reading:
    """Size of an enterprise whose industry, staff, revenue and assets `look` tells, as far as they are known."""
    parameter = catalogue.parameters.get(PARAMETER)
    dated = parameter.on(as_of, catalogue.documents) if parameter else None
    if dated is None or INDUSTRY not in catalogue.facts:
        return Reading(UNKNOWN)
    industry = look(INDUSTRY)
    rows = rows_of(catalogue.facts[INDUSTRY], industry, dated.rows)
    told = {name: measured(look(name)) for row in rows for name in row.edges}
    possible = frozenset[str]().union(*(sizes_of(row, told) for row in rows))
    missing = [name for name, value in told.items() if value.low is None or value.low != value.high]
    if len(rows) > 1:
        missing.insert(0, INDUSTRY)
    settled = len(possible) == 1
    return Reading(
        narrowest(fact, possible),
        rows,
        possible,
        () if settled else tuple(missing),
        next((row.caveat for row in rows if row.caveat), None),
    )


def measured(value: Value) -> Range:
    """A number as a range; anything else may be any number."""
    if isinstance(value, Range):
        return value
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Range(Decimal(value), Decimal(value))
    return ANY


def rows_of(industry: Fact, value: Value, rows: list[SizeRow]) -> tuple[SizeRow, ...]:
    """The rows an industry may be sized by: all of them while nothing is known."""
    match value:
        case Just(value=name):
            kinds = frozenset({name})
        case str() if value in industry.kinds:
            kinds = industry.kinds[value]
        case _:
            return tuple(rows)
    named = {name for kind in kinds for name in _nearest(industry, kind, rows)}
    return tuple(row for row in rows if named.intersection(row.industries))


def _nearest(industry: Fact, kind: str, rows: list[SizeRow]) -> set[str]:
    """Of a value and those it belongs to, the narrowest that stand in the standard (民航 → 交通运输业)."""
    listed = {name for row in rows for name in row.industries if name in industry.broader[kind]}
    return {name for name in listed if not any(name in industry.broader[other] - {other} for other in listed)}


def sizes_of(row: SizeRow, told: dict[str, Range]) -> frozenset[str]:
    """Every size that numbers within these ranges may have by this row."""
    stretches = tuple(_stretches(edges, told[name]) for name, edges in row.edges.items())
    if stretches not in row.sizes:
        cells = [range(first, last + 1) for first, last in stretches]
        row.sizes[stretches] = frozenset(size(row, _standing_for(row, cell)) for cell in product(*cells))
    return row.sizes[stretches]


def _stretches(edges: list[Decimal], value: Range) -> tuple[int, int]:
    """The first and last stretch between edges that a range touches; 0 is below the first edge."""
    first = sum(kleene.reaches(value, edge) is True for edge in edges)
    last = sum(kleene.reaches(value, edge) is not False for edge in edges)
    return first, last


def _standing_for(row: SizeRow, cell: tuple[int, ...]) -> dict[str, Decimal]:
    """A number of each fact that lies in its stretch."""
    found = zip(row.edges.items(), cell, strict=True)
    return {name: edges[place - 1] if place else edges[0] - 1 for (name, edges), place in found}


def size(row: SizeRow, numbers: dict[str, Decimal]) -> str:
    """The size of an enterprise with these exact numbers (people, 元)."""
    if all(numbers[name] >= edge for name, edge in row.sme.items()):
        return "large"
    if all(numbers[name] >= edge for name, edge in row.medium.items()):
        return "medium"
    return "small" if all(numbers[name] >= edge for name, edge in row.small.items()) else "micro"


def narrowest(fact: Fact, possible: frozenset[str]) -> Value:
    """The one value, else the narrowest broader value that all of them belong to, else unknown."""
    if not possible or not possible <= fact.values.keys():
        return UNKNOWN
    shared = frozenset.intersection(*(fact.broader[name] for name in possible))
    return min(shared, key=lambda name: len(fact.narrower[name])) if shared else Unknown()
