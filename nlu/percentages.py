"""Shares: 50%, 百分之五十, 2‰, 六成, 13个点, 三分之一, 一半; and discounts: 八折, 打九五折, 对折."""

import re
from decimal import Decimal

from nlu import numerals, spans

_BEFORE = re.compile(r"(百|千|万)分之$")
_WEIGHT = {"百": Decimal("0.01"), "千": Decimal("0.001"), "万": Decimal("0.0001")}
_SIGN = re.compile(r"个?(?:%|‰|百分点|税点|点(?![\d一二三四五六七八九十钟半子位击评餐儿])|趴)")
_POINT = re.compile(r"点(?![\d一二三四五六七八九十钟半子位击评餐儿])")
_TENTHS = re.compile(
    r"成(?P<half>半)?(?P<more>[一二三四五六七八九](?![\d一二三四五六七八九十百千万个家]))?"
    r"(?![立为员本效果长功交熟都绩型品新就分不人])"
)
_DISCOUNT = re.compile(r"折(?![算旧扣合腾断叠返磨现])")
_TICKET = re.compile(r"的?(?:增值税)?(?:专用|普通|电子)?(?:发?票|专票|普票)")
_PHRASES = re.compile(
    r"(?P<under>[\d一二三四五六七八九十]{1,3})分之(?P<over>[\d一二三四五六七八九十]{1,3})"
    r"|(?<![\d/])(?P<top>\d{1,2})/(?P<bottom>\d{1,2})(?![\d/])"
    r"|(?<![\d一二两三四五六七八九十大多过])一半(?![天会儿])"
    r"|(?<![相绝面])对折|半价"
)


def unit(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    """The share that stands before or behind a number; the factor turns the number into a fraction of one."""
    before = _BEFORE.search(text, max(0, numeral.start - 3), numeral.start)
    if before:
        return spans.Unit(spans.Kind.PERCENT, "", numeral.end, _WEIGHT[before[1]], start=before.start())
    sign = _SIGN.match(text, numeral.end)
    if sign and (sign.group() != "点" or _spare_point(text, numeral)):
        return spans.Unit(spans.Kind.PERCENT, "", sign.end(), Decimal("0.001" if sign.group() == "‰" else "0.01"))
    return _tenths(text, numeral) or _discount(text, numeral)


def is_ticket(text: str, end: int) -> bool:
    """Whether a kind of invoice stands behind (3%的票): then the share names the invoice and states nothing."""
    return _TICKET.match(text, end) is not None


def phrases(text: str) -> list[tuple[spans.Numeral, spans.Unit]]:
    """Shares written without a sign: 三分之一, 1/2, 一半, 对折."""
    return [pair for found in _PHRASES.finditer(text) if (pair := _phrase(found))]


def _phrase(found: re.Match[str]) -> tuple[spans.Numeral, spans.Unit] | None:
    share, kind = Decimal("0.5"), spans.Kind.PERCENT
    if found.group() in ("对折", "半价"):
        kind = spans.Kind.DISCOUNT
    elif found.group() != "一半":
        over, under = numerals.value(found["over"] or found["top"]), numerals.value(found["under"] or found["bottom"])
        if not over or not under or over > under:
            return None
        share = over / under
    numeral = spans.Numeral(found.start(), found.end(), spans.Ends(share, share), "半", Decimal(1), spoken=True)
    return numeral, spans.Unit(kind, "", found.end())


def _spare_point(text: str, numeral: spans.Numeral) -> bool:
    """A bare 点 is a share after a decimal (1.5点), otherwise an hour (9点)."""
    return "." in numeral.body and _POINT.match(text, numeral.end) is not None


def _tenths(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    found = _TENTHS.match(text, numeral.end)
    high = numeral.ends.high
    if not found or high is None or not 0 < high <= 10:
        return None
    plus = Decimal("0.5") if found["half"] else Decimal(0)
    if found["more"]:
        plus = (numerals.value(found["more"]) or Decimal(0)) / 10
    return spans.Unit(spans.Kind.PERCENT, "", found.end(), Decimal("0.1"), plus)


def _discount(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    """八折 is 0.8, 85折 and 八五折 are 0.85, 9.5折 is 0.95."""
    found = _DISCOUNT.match(text, numeral.end)
    high = numeral.ends.high
    if not found or high is None or high >= 100:
        return None
    factor = Decimal("0.1") if high < 10 else Decimal("0.01")
    return spans.Unit(spans.Kind.DISCOUNT, "", found.end(), factor)
