"""Sums, shares and days as the phone shows them."""

from datetime import date
from decimal import Decimal

import pytest

from policy_kb import money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("300000", "30万元"),
        ("150000000", "1.5亿元"),
        ("6000", "6000元"),
        ("10000", "1万元"),
        ("28800.00", "2.88万元"),
        ("12345", "12345元"),
        ("12345.60", "12345.6元"),
        ("99990000", "9999万元"),
        ("100000000", "1亿元"),
        ("100000100", "10000.01万元"),
        ("0", "0元"),
        ("1E+6", "100万元"),
    ],
)
def test_a_sum_reads_in_the_best_unit_without_trailing_zeros(amount: str, text: str) -> None:
    assert money.yuan(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("fraction", "text"), [("0.9", "90%"), ("0.002", "2‰"), ("1", "100%"), ("0.035", "3.5%"), ("0", "0%")]
)
def test_a_share_reads_as_per_cent_or_per_mille(fraction: str, text: str) -> None:
    assert money.share(Decimal(fraction)) == text


def test_days_and_months() -> None:
    assert money.day(date(2022, 12, 31)) == "2022年12月31日"
    assert money.month(date(2023, 4, 30)) == "2023年4月"


def test_rounding_to_fen() -> None:
    assert money.to_fen(Decimal("0.125")) == Decimal("0.13")
    assert money.to_fen(Decimal("0.129"), down=True) == Decimal("0.12")
