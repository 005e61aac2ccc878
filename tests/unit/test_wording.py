"""Wording: every benefit, value and validity can be said, nothing raises, nothing reads like a programme."""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from policy_kb import amounts, benefits, loader, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure
from policy_kb.facts import Just, Range, Unknown, Value
from tests.fakes import catalogue
from tests.unit.test_values import VALUES

BENEFIT: TypeAdapter[benefits.Benefit] = TypeAdapter(benefits.Benefit)
SMALL = catalogue.catalogue(catalogue.measure())
MACHINE = re.compile(r"None|Decimal|\bnan\b|\{|\}|<|>|[a-z]{3,}|\d[eE][+-]?\d|\.0+(?:\D|$)")
"""What only a programme would say: names of facts and values, exponents, trailing zeros."""

SUMS = st.integers(1, 10**10).map(str)
SHARES = st.sampled_from(["1%", "25%", "90%", "2‰", "100%", "12.5%"])
CAPS = st.none() | st.fixed_dictionaries(
    {
        "amount": SUMS,
        "per": st.sampled_from(["year", "once", "shop", "person", "household", "enterprise", "park", "month"]),
    }
)
MONEY_FACTS = st.sampled_from(["sales", "cost"])


def one(kind: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[benefits.Benefit]:
    raw = {"id": st.just("b"), "label": st.just("一次性奖补"), "kind": st.just(kind), **parts}
    return st.fixed_dictionaries(raw).map(BENEFIT.validate_python)


STEPS = st.lists(
    st.fixed_dictionaries({"at_least": SUMS, "amount": SUMS})
    | st.fixed_dictionaries({"at_least": SUMS, "rate": SHARES}),
    min_size=1,
    max_size=4,
)
ANY = st.one_of(
    one("flat", amount=SUMS, up_to=st.booleans()),
    one(
        "per_head",
        amount=SUMS,
        heads=st.just("staff"),
        per=st.sampled_from(["once", "month", "year"]),
        periods=st.none() | st.just("months"),
        up_to=st.booleans(),
        cap=CAPS,
    ),
    one("rate_of", rate=SHARES, of=MONEY_FACTS, up_to=st.booleans(), cap=CAPS, floor=st.none() | SUMS),
    one("rate_range", low=st.just("10%"), high=st.just("20%"), of=st.none() | MONEY_FACTS),
    one("tiers", by=st.just("sales"), steps=STEPS, combine=st.sampled_from(["replace", "add"])),
    one(
        "deferral",
        of=st.just("养老保险费单位缴费部分"),
        base=st.none() | MONEY_FACTS,
        share=SHARES,
        period_from=st.none() | st.dates(),
        period_to=st.none() | st.dates(),
        months=st.none() | st.integers(1, 12),
        late_fee_waived=st.booleans(),
        pay_by=st.none() | st.dates(),
    ),
    one(
        "rate_cut",
        what=st.just("企业所得税"),
        rate=SHARES,
        of=st.none() | MONEY_FACTS,
        factors=st.lists(SHARES, max_size=2),
    ),
    one("deduction", rate=SHARES, of=st.none() | MONEY_FACTS),
    one("exemption", what=st.sampled_from(["增值税", "免征增值税"]), of=st.none() | MONEY_FACTS),
    one("months_free", months=st.integers(1, 12), of=st.none() | MONEY_FACTS),
    one("discretionary", up_to=st.none() | SUMS),
    one("in_kind"),
)
NUMBERS = st.integers(0, 10**9).map(Decimal)
AMOUNTS: st.SearchStrategy[Value] = (
    NUMBERS | st.builds(Range, st.none() | NUMBERS, st.none() | NUMBERS) | st.just(Unknown())
)


@cache
def real() -> Catalogue:
    return loader.load(loader.CATALOGUE_DIR)


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_any_benefit_can_be_said(benefit: benefits.Benefit) -> None:
    said = wording.benefit(benefit, SMALL)
    assert said
    assert not MACHINE.search(said), said


@settings(max_examples=200, deadline=None)
@given(ANY, st.dictionaries(st.sampled_from(["sales", "cost", "staff", "months"]), AMOUNTS))
def test_any_sum_has_workings_that_can_be_read(benefit: benefits.Benefit, facts: dict[str, Value]) -> None:
    for line in amounts.compute(benefit, facts).workings:
        assert not MACHINE.search(line), line


def test_every_benefit_of_the_catalogue_can_be_said() -> None:
    for measure in real().measures.values():
        for track in measure.tracks:
            for benefit in track.benefits:
                said = wording.benefit(benefit, real())
                assert said, measure.id
                assert "None" not in said, measure.id
                assert not any(name in said for name in real().facts if "_" in name), measure.id
        assert wording.all_gains(measure, measure.tracks, real()) is not None


def test_a_rate_with_a_cap_is_said_with_both() -> None:
    voucher = BENEFIT.validate_python(
        {
            "id": "v",
            "kind": "rate_of",
            "label": "创新券",
            "rate": "50%",
            "of": "cost",
            "cap": {"amount": "30万元", "per": "year"},
        }
    )
    said = wording.benefit(voucher, SMALL)
    assert "50%" in said
    assert "30万元" in said
    assert "每年" in said


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SMALL.facts)), VALUES)
def test_any_value_of_a_fact_can_be_said(name: str, value: Value) -> None:
    assert isinstance(wording.fact_value(SMALL.facts[name], value), str)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("size", "medium", "中型"),
        ("trade", Just("making"), "制造业"),
        ("staff", Decimal(35), "35人"),
        ("sales", Decimal(800_000), "80万元"),
        ("honest", True, "是"),
        ("honest", False, "否"),
        ("founded", date(2021, 3, 5), "2021年3月5日"),
        ("staff", Unknown(), "不清楚"),
    ],
)
def test_a_value_is_said_as_the_owner_would(name: str, value: Value, wanted: str) -> None:
    assert wording.fact_value(SMALL.facts[name], value) == wanted


def test_a_bracket_is_said_with_both_ends() -> None:
    said = wording.fact_value(SMALL.facts["staff"], Range(Decimal(20), Decimal(49)))
    assert "20" in said
    assert "49" in said


def validity(measure: Measure, known: Catalogue, day: date) -> str:
    return wording.validity(windows.measure_status(measure, known, day), measure, known)


def test_validity_names_the_day_that_decides() -> None:
    known = catalogue.catalogue(catalogue.measure(in_force={"from": "2022-09-01", "to": "2022-12-31"}))
    measure = known.measures["aid"]
    assert "2022年8月18日" in validity(measure, known, date(2022, 8, 1))  # issued only then
    assert "2022年9月1日" in validity(measure, known, date(2022, 8, 20))
    assert "2022年12月31日" in validity(measure, known, date(2022, 9, 20))
    assert "2022年12月31日" in validity(measure, known, date(2023, 1, 1))
    assert "到期" in validity(measure, known, date(2023, 1, 1))


def test_a_rule_without_an_end_says_so_and_later_that_nobody_could_confirm_it() -> None:
    known = catalogue.catalogue(catalogue.measure())
    measure = known.measures["aid"]
    assert "未写截止日期" in validity(measure, known, date(2022, 9, 20))
    assert "未能核实" in validity(measure, known, date(2026, 11, 21))


def test_every_measure_can_be_dated_on_any_day() -> None:
    for measure in real().measures.values():
        for day in (date(2015, 1, 1), date(2022, 9, 20), date(2022, 12, 31), date(2026, 11, 21), date(2040, 1, 1)):
            said = validity(measure, real(), day)
            assert said.endswith(("。", "）")), (measure.id, day, said)


def test_every_entry_has_somebody_to_ask_and_a_source() -> None:
    for entry in real().entries.values():
        assert wording.contact(entry, real())
        assert re.fullmatch(r"[\d-]{5,12}", wording.hotline(entry, real())), entry.id
        if entry.cites:
            assert wording.source(list(entry.cites.values()), real()).startswith("来源：")


def test_a_span_is_said_with_the_ends_it_has() -> None:
    first, last = date(2022, 5, 1), date(2022, 12, 31)
    assert wording.span(first, last) == "2022年5月1日至2022年12月31日"
    assert wording.span(None, last) == "至2022年12月31日"
    assert wording.span(first, None) == "2022年5月1日起"
    assert wording.span(None, None) == ""
    assert first + timedelta(days=244) == last
