"""Sums and shares as the catalogue writes them: 30万元, 1.5亿元, 1500元, 90%, 2‰."""

import re
from decimal import Decimal

_SCALE = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_SUM = re.compile(r"(\d+(?:\.\d+)?)(万|亿)?元?")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)([%‰])")


def parse_number(text: str) -> Decimal:
    """An exact number: a sum in 元 (30万元 → 300000), a share (90% → 0.9, 2‰ → 0.002) or a plain number.

    Raises ValueError for anything else, also for negative numbers: no policy gives a negative sum.
    """
    cleaned = text.strip().replace(",", "")
    if share := _SHARE.fullmatch(cleaned):
        return Decimal(share[1]) / (100 if share[2] == "%" else 1000)
    if amount := _SUM.fullmatch(cleaned):
        return Decimal(amount[1]) * _SCALE[amount[2] or ""]
    raise ValueError(f"{text!r} is no number; write 30万元, 1500元, 90%, 2‰ or 300")
