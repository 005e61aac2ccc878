"""Figures and days as texts print them."""

from datetime import date
from decimal import Decimal

import pytest

from policy_kb import printed
from policy_kb.printed import Evidence, Unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每月1500 元", [("1500", Unit.MONEY)]),
        ("20、50、250、500万元", [("200000", Unit.MONEY), ("500000", Unit.MONEY), ("2500000", Unit.MONEY)]),
        ("由6%—10%提高", [("0.06", Unit.SHARE), ("0.1", Unit.SHARE)]),
        ("3-6万元的无偿", [("30000", Unit.MONEY), ("60000", Unit.MONEY)]),
        ("1,000元", [("1000", Unit.MONEY)]),
        ("2‰", [("0.002", Unit.SHARE)]),
        ("每季度30万", [("300000", None)]),
        ("3500余家", [("3500", Unit.COUNT)]),
        ("贷款1年期以内", [("1", Unit.YEARS)]),
        ("5G应用和15G", []),
        ("2022年12月31日", []),
        ("16-24岁", [("16", Unit.COUNT), ("24", Unit.COUNT)]),
        ("0.5个百分点", [("0.005", Unit.SHARE)]),
    ],
)
def test_figures_are_read_with_their_units(text: str, expected: list[tuple[str, Unit | None]]) -> None:
    found = [(figure.value, figure.unit) for figure in printed.figures(text)]
    assert found[: len(expected)] == [(Decimal(value), unit) for value, unit in expected]
    assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022年5月至12月", [(2022, (5, 1), (5, 31)), (2022, (12, 1), (12, 31))]),
        ("2021—2022年首次", [(2021, (1, 1), (12, 31)), (2022, (1, 1), (12, 31))]),
        ("到2022年底", [(2022, (12, 1), (12, 31))]),
        ("2022年下半年", [(2022, (7, 1), (12, 31))]),
        ("2022年第一季度", [(2022, (1, 1), (3, 31))]),
        ("6月30日前", [(None, (6, 30), (6, 30))]),
        ("2024年2月", [(2024, (2, 1), (2, 29))]),
        ("养老到2022-12", [(2022, (12, 1), (12, 31))]),
        ("减免3个月", []),
        ("13月45日", []),
    ],
)
def test_days_are_read_as_stretches(
    text: str, expected: list[tuple[int | None, tuple[int, int], tuple[int, int]]]
) -> None:
    assert [(days.year, days.first, days.last) for days in printed.days(text)] == expected


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ("300000元", "最高30万元"),
        ("30万", "最高30万元"),
        ("三个月", "减免3个月租金"),
        ("12个月", "签订1年以上劳动合同"),
        ("3户", "3家"),
        ("5项", "五项措施"),
        ("100%", "全额退还"),
    ],
)
def test_the_same_figure_is_found_in_another_form(said: str, evidence: str) -> None:
    bears = Evidence.of([evidence])
    assert all(bears.has_figure(figure) for figure in printed.figures(said))


@pytest.mark.parametrize(
    ("said", "evidence"), [("3个月", "3户"), ("30%", "30万元"), ("300万元", "30万元"), ("3%", "13%"), ("2年", "2个月")]
)
def test_another_figure_is_not_taken_for_it(said: str, evidence: str) -> None:
    assert not Evidence.of([evidence]).has_figure(printed.figures(said)[0])


@pytest.mark.parametrize(
    ("said", "evidence", "borne"),
    [
        ("2022年12月31日", "到2022年底", True),
        ("2022年底", "2022年12月31日", True),
        ("2022年", "2022年5月至12月", True),
        ("2022年12月31日", "2022年对服务业", True),
        ("2022年5月31日", "2022年对服务业", False),
        ("2023年底", "到2022年底", False),
        ("6月30日", "2022年6月30日前", True),
    ],
)
def test_a_day_is_borne_out_by_a_stretch_with_the_same_end(said: str, evidence: str, borne: bool) -> None:
    assert Evidence.of([evidence]).has_days(printed.days(said)[0]) is borne


def test_numbers_and_days_of_the_catalogue_are_looked_for_without_units() -> None:
    bears = Evidence.of(["签订1年以上劳动合同的,按工资额的15%", "2022年5月至2023年4月"])
    assert bears.has_number(Decimal(1))
    assert bears.has_number(Decimal(12))
    assert bears.has_number(Decimal("0.15"))
    assert not bears.has_number(Decimal(15000))
    assert bears.has_day(date(2022, 5, 1))
    assert bears.has_day(date(2023, 4, 30))
    assert not bears.has_day(date(2022, 12, 31))


def test_what_is_worked_out_in_the_open_needs_no_evidence() -> None:
    assert printed.worked_out("按25%×20%=5%计") == [Decimal("0.05")]
    assert printed.worked_out("6%-2%=4%") == [Decimal("0.04")]
    assert printed.worked_out("共5%") == []


def test_a_denied_figure_is_marked() -> None:
    assert [figure.denied for figure in printed.figures("一共6个月，不是9个月")] == [False, True]
