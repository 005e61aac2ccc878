"""All 16 industries of 中小企业划型标准 at both sides of every edge, and what stays open when little is known."""

import dataclasses
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_kb import catalogues, derivations, eligibility, enterprises, entries, loader, sizes
from policy_kb.facts import UNKNOWN, Facts, Just, Range, Unknown, Value, Why
from policy_kb.parameters import SizeRow
from tests.fakes.catalogue import measure

# Written from the table itself: row, a value of the fact `industry`, below which of E (staff), R (revenue), A (assets)
# it is no large enterprise, and what medium and small need. Sums in 万元.
TABLE = """
agriculture      agriculture      R20000          R500          R50
industry         manufacturing    E1000 R40000    E300 R2000    E20 R300
construction     construction     R80000 A80000   R6000 A5000   R300 A300
wholesale        wholesale        E200 R40000     E20 R5000     E5 R1000
retail           retail           E300 R20000     E50 R500      E10 R100
transport        transport        E1000 R30000    E300 R3000    E20 R200
storage          storage          E200 R30000     E100 R1000    E20 R100
post             post             E1000 R30000    E300 R2000    E20 R100
lodging          lodging          E300 R10000     E100 R2000    E10 R100
catering         catering         E300 R10000     E100 R2000    E10 R100
information      information      E2000 R100000   E100 R1000    E10 R100
software         software         E300 R10000     E100 R1000    E10 R50
real_estate      real_estate      R200000 A10000  R1000 A5000   R100 A2000
property         property         E1000 R5000     E300 R1000    E100 R500
leasing_business leasing_business E300 A120000    E100 A8000    E10 A100
other            other            E300            E100          E10
"""
NAMES = {"E": "employees", "R": "revenue", "A": "total_assets"}
HUGE = Decimal(10) ** 13


def numbers(column: str) -> dict[str, Decimal]:
    return {NAMES[part[0]]: Decimal(part[1:]) * (1 if part[0] == "E" else 10_000) for part in column.split()}


def rows() -> list[tuple[str, str, dict[str, Decimal], dict[str, Decimal], dict[str, Decimal]]]:
    built = []
    for line in TABLE.strip().splitlines():
        row, industry, *parts = line.split()
        width = len(parts) // 3
        sme, medium, small = (numbers(" ".join(parts[i * width : (i + 1) * width])) for i in range(3))
        built.append((row, industry, sme, medium, small))
    return built


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> catalogues.Catalogue:
    """The kept facts, documents and parameters, without the measures."""
    root = tmp_path_factory.mktemp("kb") / "catalogue"
    root.mkdir()
    for name in ("documents.yml", "facts", "parameters"):
        (root / name).symlink_to(Path(loader.CATALOGUE_DIR) / name)
    return loader.load(root)


def size(kb: catalogues.Catalogue, told: Facts) -> Value:
    return enterprises.Enterprise(told, kb).value("enterprise_size")


def test_the_standard_has_its_sixteen_rows(kb: catalogues.Catalogue) -> None:
    dated = kb.parameters["size-standard"].on(None, kb.documents)
    assert dated is not None
    assert [row.id for row in dated.rows] == [row for row, *_ in rows()]


CASES = [
    pytest.param(industry, edges, name, above, below, id=f"{row}-{name}-{above}")
    for row, industry, sme, medium, small in rows()
    for edges, above, below in ((sme, "large", "medium"), (medium, "medium", "small"), (small, "small", "micro"))
    for name in edges
]


@pytest.mark.parametrize(("industry", "edges", "name", "reached", "missed"), CASES)
def test_each_edge_belongs_to_the_larger_size(
    kb: catalogues.Catalogue,
    industry: str,
    edges: dict[str, Decimal],
    name: str,
    reached: str,
    missed: str,
) -> None:
    at: Facts = {"industry": industry, **edges}
    unit = Decimal(1) if name == "employees" else Decimal("0.01")
    assert size(kb, at) == reached
    assert size(kb, {**at, name: edges[name] - unit}) == missed


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"industry": "manufacturing", "employees": Decimal(300), "revenue": Decimal(20_000_000)}, "medium"),
        ({"industry": "manufacturing", "employees": Decimal(999)}, "sme"),
        ({"industry": "manufacturing", "employees": Decimal(1000)}, UNKNOWN),
        ({"industry": "manufacturing", "employees": Decimal(19)}, "micro"),
        ({"industry": "catering", "employees": Range(Decimal(20), Decimal(29))}, "small_micro"),
        ({"industry": "catering", "employees": Range(Decimal(90), Decimal(110)), "revenue": HUGE}, "sme"),
        ({"industry": "aviation", "employees": Decimal(10)}, "micro"),  # sized as transport
        ({"industry": "education", "employees": Decimal(100)}, "medium"),  # not listed: row 16
        ({"industry": "wholesale_retail", "employees": Decimal(4)}, "micro"),
        ({"industry": "wholesale_retail", "employees": Decimal(7), "revenue": HUGE}, "small_micro"),
        ({"industry": "tourism", "employees": Decimal(9)}, "micro"),
        ({"industry": "tourism", "employees": Decimal(50)}, "small_micro"),
        ({"industry": Just("manufacturing"), "employees": Decimal(19)}, "micro"),
        ({"industry": "catering"}, UNKNOWN),
        ({"employees": Decimal(30)}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_what_is_not_known_gives_the_broader_size_or_none(
    kb: catalogues.Catalogue, told: dict[str, Any], expected: Value
) -> None:
    assert size(kb, told) == expected


def test_a_size_that_was_told_wins_and_a_broader_one_is_narrowed(kb: catalogues.Catalogue) -> None:
    numbers: Facts = {"industry": "catering", "employees": Decimal(5)}
    assert size(kb, {**numbers, "enterprise_size": "medium"}) == "medium"
    assert size(kb, {**numbers, "enterprise_size": "sme"}) == "micro"
    assert size(kb, {**numbers, "enterprise_size": Unknown(Why.UNSURE)}) == "micro"
    assert size(kb, {"enterprise_size": Unknown(Why.UNSURE)}) == Unknown(Why.UNSURE)


def reading(kb: catalogues.Catalogue, told: Facts) -> sizes.Reading:
    return derivations.size_standard(enterprises.Enterprise(told, kb).value, kb, None)


def test_the_reading_names_its_row_its_caveat_and_what_is_missing(kb: catalogues.Catalogue) -> None:
    found = reading(kb, {"industry": "research", "employees": Decimal(50)})
    assert ([row.id for row in found.rows], found.caveat, found.missing) == (["other"], "以官方为准", ())
    found = reading(kb, {"industry": "catering", "employees": Decimal(50)})
    assert (found.caveat, found.missing) == (None, ("revenue",))


def test_a_verdict_that_leans_on_row_16_says_so(kb: catalogues.Catalogue) -> None:
    condition = {"fact": "enterprise_size", "one_of": ["sme"], "says": "是中小微企业"}
    one = entries.Measure.model_validate(measure(conditions=condition, document="km-2022-ten-actions"))

    def official(facts: Facts) -> list[str]:
        found = eligibility.assess(one, facts, dataclasses.replace(kb, measures={one.id: one}), date(2022, 9, 20))
        return [caveat.says for caveat in found.caveats if caveat.about == "official"]

    facts: Facts = {"industry": "research", "employees": Decimal(50)}
    assert official(facts) == ["规模按划型标准其他未列明行业推算，以官方为准"]
    assert official({**facts, "enterprise_size": "small"}) == []
    assert official({"industry": "research"}) == []
    assert official({"industry": "catering", "employees": Decimal(5)}) == []


def test_the_inputs_of_a_size_come_easiest_first(kb: catalogues.Catalogue) -> None:
    look = enterprises.Enterprise({"industry": "real_estate"}, kb).value
    assert derivations.inputs(kb.facts["enterprise_size"], look, kb, None) == ("revenue", "total_assets")


def test_all_sizes_within_ranges_are_found() -> None:
    row = SizeRow.model_validate(
        {
            "id": "r",
            "label": "r",
            "industries": ["i"],
            "sme": {"employees": "1000", "revenue": "40000万元"},
            "medium": {"employees": "300", "revenue": "2000万元"},
            "small": {"employees": "20", "revenue": "300万元"},
        }
    )
    told = {"employees": Range(Decimal(300), None), "revenue": Range(Decimal(20_000_000), None)}
    assert sizes.sizes_of(row, told) == {"medium", "large"}
    told["employees"] = Range(None, Decimal(20), high_inclusive=False)
    assert sizes.sizes_of(row, told) == {"micro"}
    told["employees"] = Range(None, Decimal(20))
    assert sizes.sizes_of(row, told) == {"micro", "small"}


@settings(max_examples=2_000, deadline=None, derandomize=True)
@given(st.integers(0, 2**48))
def test_a_size_read_from_ranges_is_never_wrong(kb: catalogues.Catalogue, seed: int) -> None:
    rng = random.Random(seed)
    dated = kb.parameters["size-standard"].on(None, kb.documents)
    assert dated is not None
    industry = kb.facts["industry"]
    row = rng.choice(dated.rows)
    kind = rng.choice(sorted(industry.kinds[rng.choice(row.industries)]))
    rows = sizes.rows_of(industry, Just(kind), dated.rows)
    edges = sorted({edge for one in dated.rows for each in one.edges.values() for edge in each})
    exact = {name: rng.choice(edges) + rng.choice([-1, 0, 1]) for name in NAMES.values()}
    told: Facts = {"industry": rng.choice(sorted(industry.broader[kind]))}
    for name, number in exact.items():
        low, high = rng.choice([None, *edges]), rng.choice([None, *edges])
        value: list[Value] = [number, UNKNOWN]
        if (low is None or low <= number) and (high is None or number < high):
            value.append(Range(low, high, high_inclusive=False))
        told[name] = rng.choice(value)
    found = size(kb, told)
    if isinstance(found, str):
        possible = {sizes.size(one, exact) for one in rows}
        assert all(found in kb.facts["enterprise_size"].broader[one] for one in possible)


LOW_PROFIT: Facts = {
    "taxable_income": Decimal(3_000_000),
    "employees": Decimal(300),
    "total_assets": Decimal(50_000_000),
    "restricted_industry": False,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"taxable_income": Decimal(3_000_001)}, False),
        ({"employees": Decimal(301)}, False),
        ({"total_assets": Decimal(50_000_001)}, False),
        ({"restricted_industry": True}, False),
        ({"restricted_industry": UNKNOWN}, UNKNOWN),
        ({"restricted_industry": UNKNOWN, "employees": Decimal(301)}, False),
    ],
)
def test_small_and_low_profit_needs_all_four(kb: catalogues.Catalogue, change: dict[str, Any], expected: Value) -> None:
    assert enterprises.Enterprise({**LOW_PROFIT, **change}, kb).value("small_low_profit") == expected
