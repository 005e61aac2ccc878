"""Every kind of benefit: exact, capped, partly used, within a range, and not known at all."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from policy_kb import amounts
from policy_kb.amounts import Meaning, Sum
from policy_kb.benefits import Benefit
from policy_kb.facts import Range, Value

ADAPTER: TypeAdapter[Benefit] = TypeAdapter(Benefit)


def brings(kind: str, told: dict[str, Value] | None = None, **raw: Any) -> Sum:
    return amounts.compute(ADAPTER.validate_python({"id": "b", "label": "补助", "kind": kind, **raw}), told or {})


def ends(found: Sum) -> tuple[int | None, int | None, bool]:
    low, high = (None if end is None else int(end) for end in (found.low, found.high))
    return low, high, found.exact


def wan(number: str) -> Decimal:
    return Decimal(number) * 10_000


VOUCHER = {"rate": "50%", "of": "cost", "cap": {"amount": "30万元", "per": "year", "used": "drawn"}}


def test_a_rate_above_the_cap_pays_the_cap_and_says_so() -> None:
    found = brings("rate_of", {"cost": wan("80"), "drawn": Decimal(0)}, **VOUCHER)
    assert ends(found) == (300_000, 300_000, True)
    assert "，".join(found.workings) == "80万元 × 50% = 40万元，超过年度上限，按30万元"


@pytest.mark.parametrize(
    ("cost", "drawn", "expected"),
    [("80", "22", 80_000), ("10", "22", 50_000), ("16", "22", 80_000), ("20", "30", 0), ("20", "45", 0)],
)
def test_what_was_already_drawn_lowers_the_cap(cost: str, drawn: str, expected: int) -> None:
    found = brings("rate_of", {"cost": wan(cost), "drawn": wan(drawn)}, **VOUCHER)
    assert ends(found) == (expected, expected, True)


def test_the_workings_tell_what_is_left_of_the_cap() -> None:
    found = brings("rate_of", {"cost": wan("80"), "drawn": wan("22")}, **VOUCHER)
    assert found.workings[-2:] == ("年度上限30万元，已用22万元，还剩8万元", "超过剩余额度，按8万元")


def test_not_knowing_what_was_drawn_gives_a_range_up_to_the_cap() -> None:
    found = brings("rate_of", {"cost": wan("80")}, **VOUCHER)
    assert ends(found) == (0, 300_000, False)
    assert found.missing == ("drawn",)


def test_an_unknown_base_gives_the_cap_as_ceiling_never_nothing() -> None:
    found = brings("rate_of", rate="30%", of="cost", cap={"amount": "30万元", "per": "shop"})
    assert ends(found) == (0, 300_000, False)
    assert found.missing == ("cost",)


def test_an_unknown_base_without_cap_still_names_the_rate() -> None:
    found = brings("rate_of", rate="90%", of="cost")
    assert (found.high, found.workings, found.missing) == (None, ("按90%计算",), ("cost",))


def test_a_bracket_gives_a_bracket() -> None:
    found = brings("rate_of", {"cost": Range(wan("20"), wan("100"))}, rate="50%", of="cost", cap={"amount": "30万元"})
    assert ends(found) == (100_000, 300_000, False)


def test_up_to_promises_only_the_ceiling() -> None:
    found = brings("rate_of", {"cost": wan("80")}, rate="30%", of="cost", up_to="true", cap={"amount": "30万元"})
    assert ends(found) == (0, 240_000, False)
    assert found.up_to


@pytest.mark.parametrize(("cost", "expected"), [("0.1", 2000), ("0.4", 2000), ("0.5", 2500)])
def test_a_floor_lifts_what_is_below_it(cost: str, expected: int) -> None:
    found = brings("rate_of", {"cost": wan(cost)}, rate="50%", of="cost", floor="2000元")
    assert ends(found) == (expected, expected, True)


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", "33.34"), ("down", "33.33")])
def test_rounding_is_as_stated(rounding: str, expected: str) -> None:
    assert brings("rate_of", {"cost": Decimal("66.67")}, rate="50%", of="cost", rounding=rounding).low == Decimal(
        expected
    )


def test_a_flat_sum_and_a_flat_ceiling() -> None:
    assert ends(brings("flat", amount="30万元")) == (300_000, 300_000, True)
    assert ends(brings("flat", amount="5万元", up_to="true")) == (0, 50_000, False)


INTERNS = {"amount": "1500元", "heads": "staff", "per": "month", "periods": "months"}


def test_per_head_and_month_multiplies_both() -> None:
    found = brings("per_head", {"staff": Decimal(8), "months": Decimal(6)}, **INTERNS)
    assert ends(found) == (72_000, 72_000, True)
    assert found.workings == ("8人 × 1500元 × 6个月 = 7.2万元",)
    assert found.per == "once"


def test_per_head_without_the_months_gives_the_sum_a_month() -> None:
    found = brings("per_head", {"staff": Decimal(8)}, **INTERNS)
    assert (ends(found), found.per, found.missing) == ((12_000, 12_000, False), "month", ("months",))


def test_per_head_without_the_heads_gives_the_sum_for_one() -> None:
    found = brings("per_head", amount="1500元", heads="staff")
    assert (found.each, found.low, found.missing) == (Decimal(1500), None, ("staff",))
    assert found.workings == ("每人1500元，按人数计算",)


def test_per_head_a_year_stays_a_sum_a_year() -> None:
    found = brings("per_head", {"staff": Decimal(3)}, amount="7800元", heads="staff", per="year")
    assert (ends(found), found.per) == ((23_400, 23_400, True), "year")


def test_a_cap_for_the_whole_park_and_one_for_each_person() -> None:
    park = {"amount": "1万元", "heads": "staff", "unit": "户", "cap": {"amount": "20万元", "per": "park"}}
    assert ends(brings("per_head", {"staff": Decimal(26)}, **park)) == (200_000, 200_000, True)
    person = {**INTERNS, "cap": {"amount": "8000元", "per": "person"}}
    assert ends(brings("per_head", {"staff": Decimal(2), "months": Decimal(6)}, **person)) == (16_000, 16_000, True)


WAIVED = {
    "amount": "1万元",
    "heads": "staff",
    "unit": "户",
    "actual": "cost",
    "cap": {"amount": "20万元", "per": "park"},
}


@pytest.mark.parametrize(
    ("firms", "each", "expected"),
    [(26, "1.2", 200_000), (18, "1.2", 180_000), (18, "1", 180_000), (18, "0.9999", 179_982), (10, "0.6", 60_000)],
)
def test_where_the_actual_sum_counts_the_smaller_of_it_and_the_standard_is_taken_for_each(
    firms: int, each: str, expected: int
) -> None:
    found = brings("per_head", {"staff": Decimal(firms), "cost": wan(each)}, **WAIVED)
    assert ends(found) == (expected, expected, True)


def test_an_unknown_actual_sum_leaves_the_standard_as_the_most_and_is_named() -> None:
    found = brings("per_head", {"staff": Decimal(5)}, **WAIVED)
    assert (ends(found), found.missing) == ((0, 50_000, False), ("cost",))


def test_the_workings_tell_that_the_standard_counts_and_then_the_cap() -> None:
    found = brings("per_head", {"staff": Decimal(26), "cost": wan("1.2")}, **WAIVED)
    assert found.workings == (
        "每户实际1.2万元，超过1万元，按1万元",
        "26户 × 1万元 = 26万元",
        "超过每个园区上限，按20万元",
    )


LADDER = [
    {"at_least": "0", "amount": "20万元"},
    {"at_least": "1亿元", "amount": "50万元"},
    {"at_least": "5亿元", "amount": "250万元"},
]


@pytest.mark.parametrize(
    ("output", "replace", "add"), [("9999", 20, 20), ("10000", 50, 70), ("49999.99", 50, 70), ("50000", 250, 320)]
)
def test_tiers_begin_at_their_edges_and_replace_or_add(output: str, replace: int, add: int) -> None:
    told: dict[str, Value] = {"sales": wan(output)}
    assert brings("tiers", told, by="sales", steps=LADDER).low == wan(str(replace))
    assert brings("tiers", told, by="sales", steps=LADDER, combine="add").low == wan(str(add))


def test_tiers_below_the_first_edge_bring_nothing() -> None:
    found = brings("tiers", {"sales": wan("1")}, by="sales", steps=LADDER[1:])
    assert (ends(found), found.workings) == ((0, 0, True), ("1万元未达到1亿元",))


def test_tiers_over_an_unknown_value_span_all_steps() -> None:
    found = brings("tiers", by="sales", steps=LADDER)
    assert (ends(found), found.missing) == ((200_000, 2_500_000, False), ("sales",))
    assert found.workings == ("不到1亿元：20万元", "1亿元及以上、不到5亿元：50万元", "5亿元及以上：250万元")


def test_tiers_over_a_bracket_span_the_steps_in_it() -> None:
    found = brings("tiers", {"sales": Range(wan("5000"), wan("10000"))}, by="sales", steps=LADDER)
    assert ends(found) == (200_000, 500_000, False)


REFUND = [{"at_least": "0", "rate": "60%"}, {"at_least": "1亿元", "rate": "30%"}]


@pytest.mark.parametrize(("output", "expected"), [("10000", 6000), ("10001", 6000.3), ("20000", 9000)])
def test_marginal_rates_take_each_part_by_its_own_rate(output: str, expected: float) -> None:
    found = brings("tiers", {"sales": wan(output)}, by="sales", steps=REFUND, combine="add")
    assert found.low == wan(str(expected))


def test_a_falling_rate_is_looked_at_just_below_its_edge() -> None:
    told: dict[str, Value] = {"sales": Range(wan("9000"), wan("10000"))}
    found = brings("tiers", told, by="sales", steps=REFUND)
    assert ends(found) == (30_000_000, 60_000_000, False)


def test_a_halved_tax_is_what_is_still_paid_and_what_is_saved() -> None:
    found = brings("rate_cut", {"sales": Decimal(58_000)}, what="六税两费", rate="50%", of="sales", of_tax="true")
    assert (ends(found), found.meaning, found.saved) == (
        (29_000, 29_000, True),
        Meaning.PAY,
        (Decimal(29_000), Decimal(29_000)),
    )


def test_a_rate_on_income_or_sales_does_not_tell_what_is_saved() -> None:
    found = brings("rate_cut", {"sales": Decimal(280_000)}, what="增值税", rate="0%", of="sales")
    assert (ends(found), found.saved) == ((0, 0, True), None)


SLICE = {
    "what": "所得税",
    "rate": "25%",
    "factors": ["20%"],
    "of": "sales",
    "base_over": "100万元",
    "base_up_to": "300万元",
}


@pytest.mark.parametrize(
    ("income", "expected"), [("99", 0), ("100", 0), ("260", 80_000), ("300", 100_000), ("350", 100_000)]
)
def test_only_the_slice_between_two_edges_is_taxed_at_the_low_rate(income: str, expected: int) -> None:
    assert ends(brings("rate_cut", {"sales": wan(income)}, **SLICE)) == (expected, expected, True)


def test_the_slice_is_shown_in_the_workings() -> None:
    assert brings("rate_cut", {"sales": wan("260")}, **SLICE).workings == (
        "超过100万元、不超过300万元的部分为160万元",
        "160万元 × 25% × 20% = 8万元",
    )


def test_a_rate_cut_without_a_base_names_the_rate() -> None:
    assert brings("rate_cut", what="印花税", rate="50%").workings == ("印花税减按50%征收",)


def test_exemption_months_free_and_deduction() -> None:
    assert ends(brings("exemption", {"sales": wan("3")}, what="增值税", of="sales")) == (30_000, 30_000, True)
    assert brings("exemption", what="增值税").workings == ("增值税免征",)
    assert ends(brings("months_free", {"cost": wan("1")}, months=6, of="cost")) == (60_000, 60_000, True)
    assert brings("months_free", months=6).workings == ("减免6个月",)
    found = brings("deduction", {"cost": wan("100")}, rate="100%", of="cost")
    assert (ends(found), found.meaning) == ((1_000_000, 1_000_000, True), Meaning.DEDUCT)


DEFERRAL: dict[str, Any] = {"of": "养老保险费单位缴费部分", "period_from": "2022-05-01", "period_to": "2022-12-31"}


def test_a_deferral_says_what_until_when_and_that_it_must_be_paid_later() -> None:
    found = brings("deferral", **{**DEFERRAL, "pay_by": "2023-12-31"})
    assert not found.known
    assert found.workings == (
        "养老保险费单位缴费部分可缓缴，缓缴期2022年5月至2022年12月，免收滞纳金",
        "2023年12月31日前补缴",
        "缓缴不是减免，以后要补缴",
    )


def test_a_deferral_of_a_known_payment_gives_the_sum_put_off() -> None:
    found = brings("deferral", {"cost": wan("10")}, **DEFERRAL, share="50%", base="cost")
    assert (ends(found), found.meaning) == ((50_000, 50_000, True), Meaning.DEFER)


def test_a_decision_of_the_authority_gives_a_ceiling_or_says_that_none_is_written() -> None:
    assert ends(brings("discretionary", up_to="50万元")) == (0, 500_000, False)
    assert brings("discretionary").workings == ("金额由主管部门确定，文件未写",)


def test_a_price_deduction_between_two_shares() -> None:
    found = brings("rate_range", {"cost": wan("100")}, low="10%", high="20%", of="cost")
    assert ends(found) == (100_000, 200_000, False)
    assert brings("rate_range", low="10%", high="20%").workings == ("按10%—20%",)


def test_a_service_has_no_sum() -> None:
    assert not brings("in_kind").known


def test_alternatives_give_one_range_and_a_bundle_is_not_added_up() -> None:
    half = brings("rate_of", {"cost": wan("12")}, rate="50%", of="cost")
    most = brings("rate_of", {"cost": wan("12")}, rate="90%", of="cost")
    either = amounts.together([[half], [most]])
    assert (either.low, either.high, either.exact) == (wan("6"), wan("10.8"), False)
    assert amounts.together([[half]]).exact
    both = amounts.together([[half, most]])
    assert (both.low, both.high, len(both.sums)) == (None, None, 2)
