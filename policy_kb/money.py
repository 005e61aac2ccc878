"""Sums, shares, counts and days in Chinese, always exact and without trailing zeros."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

_WAN = Decimal(10_000)
_YI = Decimal(100_000_000)
_FEN = Decimal("0.01")


def plain(number: Decimal) -> str:
    """A number in digits without exponent and trailing zeros: 1500, 0.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(amount: Decimal) -> str:
    """A sum of `amount` 元 in the unit that reads best: 30万元, 1.5亿元, 6000元, 12345.67元. Nothing is rounded."""
    if amount % _WAN == 0 and abs(amount) >= _YI:
        return f"{plain(amount / _YI)}亿元"
    if amount % 100 == 0 and abs(amount) >= _WAN:
        return f"{plain(amount / _WAN)}万元"
    return f"{plain(amount)}元"


def both(amount: Decimal) -> str:
    """A sum worked out, as it reads best and, where that is in 万元 with decimals, in 元 too: 2.34万元（23400元）."""
    short = yuan(amount)
    return f"{short}（{plain(amount)}元）" if "." in short and "万" in short else short


def share(fraction: Decimal) -> str:
    """A share of 1 as 90% or, below one per cent, as 2‰."""
    if 0 < abs(fraction) < Decimal("0.01"):
        return f"{plain(fraction * 1000)}‰"
    return f"{plain(fraction * 100)}%"


def day(when: date) -> str:
    """2022年12月31日."""
    return f"{when.year}年{when.month}月{when.day}日"


def month(when: date) -> str:
    """2022年12月."""
    return f"{when.year}年{when.month}月"


def to_fen(amount: Decimal, *, down: bool = False) -> Decimal:
    """Rounded to 分: half up, or down."""
    return amount.quantize(_FEN, rounding=ROUND_DOWN if down else ROUND_HALF_UP)
