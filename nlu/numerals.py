"""Numbers as owners write them: 280, 3万2, 七八万, 二十几, 三个多亿, 两百来万, 500w.

cn2an turns plain Chinese and mixed numbers into values (14 µs each; it reads 一万四千四 as 14400 and 3万2 as 32000, where
jionlp 1.5.31 says 14004 and 60004). What it does not read is read here: the vague 几 多 来 余 把, pairs (七八, 三五), the
个 of 三个亿, 兆, w and k, and 上百.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import cn2an

from nlu import spans

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALIKE = str.maketrans("〇○兩俩倆仨萬億個圓圆塊幾數餘～〜–−―", "零零两两两三万亿个元元块几数余~~--—")
_FORMAL_DIGITS = "壹贰貳叁叄肆伍陆陸柒捌玖"
_FORMAL = str.maketrans(_FORMAL_DIGITS + "拾佰仟", "一二二三三四五六六七八九十百千")
_FORMAL_RUN = re.compile(
    rf"(?<![拾佰仟])(?:[{_FORMAL_DIGITS}一二两三四五六七八九\d][拾佰仟万亿][{_FORMAL_DIGITS}拾佰仟零万亿]*"
    rf"|[{_FORMAL_DIGITS}](?=[元块角分]))"
)

_ARABIC = r"(?<![\d.A-Za-z])(?>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)(?!\.[万亿千])"
_SPOKEN = r"(?:[零一二两三四五六七八九十百千万亿兆几]|数(?=[十百千万亿]))+(?:点[零一二三四五六七八九]+(?!点))?"
_VAGUE = (
    r"多(?![少数样半]|元化)|来(?=[个号人名家户块元百千万亿平天年月台岁位单期口间笔份套辆座趟批次成员职亩吨])"
    r"|余(?=[个号人名家户块元百千万亿平天年月台岁位单期次项件亩吨%]|$|[^\w])|几(?=[个号人名家户块元百千万亿平天年台])"
    r"|(?<=[百千万个])把(?=[人个块家号年月])"
)
_NUMERAL = re.compile(
    rf"(?P<run>{_ARABIC}|{_SPOKEN})"
    rf"(?:个(?=[多来余几]?(?:[千万亿兆]|百(?!分))))?"
    rf"(?P<vague>{_VAGUE})?"
    r"(?:个(?=[千万亿兆]|百(?!分)))?"
    r"(?P<scale>(?:[千万亿兆]|百(?!分)){1,3}|(?<=[\d多来余几个])[wWkK](?![A-Za-z\d]))?"
    rf"(?P<late>{_VAGUE})?"
)
_MIXED = re.compile(
    r"(?<![\d.A-Za-z])\d+(?:\.\d+)?[百千万亿wWkK]+(?P<tail>零?[\d一二两三四五六七八九][\d零一二两三四五六七八九十百千万亿]{0,16})"
)
# A digit right after 万, 千 or 百 with one of these behind it counts something else: 500万30人, 五万三家.
_COUNTED = re.compile(r"[年月日号天人个家户名位届台次期单笔套%％.点\d]|平|员工|职工")
_SHORT_TAIL = re.compile(r"(?<=[百千万亿wWkK])(?:\d{1,4}|[一二两三四五六七八九])$")
_DIGITS = "零一二三四五六七八九"
_PAIR = re.compile(
    r"(?<![零一二两三四五六七八九])([一二两三四五六七八])([二两三四五六七八九])(?![零一二两三四五六七八九])"
)
_LEADERS = re.compile(r"(?:上|近|超过|超|过|破|不到|不足|成|分之)$")
_LOOSE = {"百八十": (80, 100), "千八百": (800, 1000), "万八千": (8000, 10000)}
_SCALES = {"百": 100, "千": 1000, "k": 1000, "万": 10**4, "w": 10**4, "亿": 10**8, "兆": 10**12}
_LONGEST = 40  # characters
_GREATEST = Decimal(10) ** 20


def plain(text: str) -> str:
    """The same text, character for character, with full-width, traditional and formal figures made ordinary.

    The length stays, so that places found in it are places in `text`.
    """
    text = text.translate(_WIDE).translate(_ALIKE)
    return _FORMAL_RUN.sub(lambda found: found.group().translate(_FORMAL), text)


@lru_cache(maxsize=4096)
def value(run: str) -> Decimal | None:
    """What a plain number says (一万四千四, 3万2, 1.5, 四十九兆); None where it says nothing or is past all counting.

    It knows no vague parts: 几 and 多 are the work of `scan`.
    """
    number = _value(run) if len(run) <= _LONGEST else None
    return number if number is not None and number < _GREATEST else None


def _value(run: str) -> Decimal | None:
    bare = run.replace(",", "").replace("w", "万").replace("k", "千")
    if "兆" in bare:
        head, tail = bare.split("兆", 1)
        parts = [value(head), value(tail.lstrip("零") or "零")]
        return None if None in parts else Decimal(parts[0] or 0) * 10**12 + Decimal(parts[1] or 0)
    if re.fullmatch(r"\d+(?:\.\d+)?", bare):
        return Decimal(bare)
    simple = re.fullmatch(r"(\d+(?:\.\d+)?)([百千万亿]+)", bare)
    if simple:
        return Decimal(simple[1]) * math.prod(_SCALES[char] for char in simple[2])
    try:
        return Decimal(str(cn2an.cn2an(bare, "smart")))
    except (ValueError, KeyError, IndexError):  # cn2an falls over some shapes (十百) instead of refusing them
        return None


def about(number: Decimal) -> spans.Ends:
    """The stretch that 左右, 来, 大约 mean: a tenth to either side, from 10 on outward to whole numbers."""
    low, high = number * 9 / 10, number * 11 / 10
    if number >= 10:
        low, high = Decimal(math.floor(low)), Decimal(math.ceil(high))
    return spans.Ends(low, high, approximate=True)


def onward(number: Decimal) -> spans.Ends:
    """The stretch that 多 and 余 mean: beyond the number, short of the next step of its last place (280多: 280 to 290)."""
    return spans.Ends(number, number + _step(number), low_inclusive=False, high_inclusive=False, approximate=True)


def scan(text: str, taken: list[spans.Span]) -> Iterator[spans.Numeral]:
    """Every number in a `plain` text, left to right, that touches nothing in `taken`."""
    place = 0
    while found := _NUMERAL.search(text, place):
        numeral = _mixed(text, found.start()) or _vague(text, found)
        if numeral and spans.free(taken, numeral.start, numeral.end):
            yield numeral
        place = numeral.end if numeral else found.end()


def _mixed(text: str, start: int) -> spans.Numeral | None:
    """3万2, 5万2千, 3w5: a scale with more behind it."""
    found = _MIXED.match(text, start)
    if not found or (_SHORT_TAIL.search(found.group()) and _COUNTED.match(text, found.end())):
        return None
    body = found.group().lower()
    number = value(body)
    if number is None or re.match(_VAGUE, text[found.end() : found.end() + 4]):
        return None
    return spans.Numeral(start, found.end(), spans.Ends(number, number), body, _last_scale(body), spoken=False)


def _vague(text: str, found: re.Match[str]) -> spans.Numeral | None:
    run, end = found["run"], found.end()
    if run[0] not in "0123456789":
        cut = _SHORT_TAIL.search(run)
        if cut and run[cut.start() - 1] in "万亿" and run == found.group() and _COUNTED.match(text, end):
            run, end = run[: cut.start()], end - len(cut.group())
    scale = math.prod(_SCALES[char] for char in (found["scale"] or "").lower())
    ends = _ends(text, found.start(), run, found["vague"] or found["late"], Decimal(scale))
    if ends is None:
        return None
    body = run + (found["scale"] or "").lower()
    start = found.start()
    if ends.low is not None and run[0] in "百千万亿" and text[start - 1 : start] == "上":
        start -= 1
    return spans.Numeral(start, end, ends, body, _last_scale(body), spoken=not run[0].isdigit())


def _ends(text: str, start: int, run: str, vague: str | None, scale: Decimal) -> spans.Ends | None:
    if run[0] in "百千万亿兆":
        return _led(text, start, run, vague, scale)
    if "几" in run or "数" in run:
        return _several(run.replace("数", "几"), scale)
    pair = _PAIR.search(run) if not run[0].isdigit() else None
    if pair and vague is None and _neighbours(*pair.groups()):
        low, high = (value(run[: pair.start(cut)] + run[pair.end(cut) :]) for cut in (2, 1))
        if low is not None and high is not None and low < high:
            return spans.Ends(low * scale, high * scale, approximate=True)
    number = value(run)
    if number is None:
        return None
    return _stretched(number, vague, scale)


def _stretched(number: Decimal, vague: str | None, scale: Decimal) -> spans.Ends:
    if vague is None:
        return spans.Ends(number * scale, number * scale)
    if vague in "来把":
        return about(number * scale)
    ends = onward(number)
    return replace(ends, low=number * scale, high=(ends.high or number) * scale)


def _led(text: str, start: int, run: str, vague: str | None, scale: Decimal) -> spans.Ends | None:
    """百, 千, 万 without a digit before them: 上百, 百来, 百把, 百十, 过千万; alone they are no number (百货, 千万别)."""
    if run in _LOOSE and not vague:
        low, high = _LOOSE[run]
        return spans.Ends(Decimal(low), Decimal(high), approximate=True)
    number = value("一" + run)
    if number is None:
        return None
    if vague in ("来", "把") or run == "百十":
        return about(number * scale)
    before = text[max(0, start - 2) : start]
    if text[start - 1 : start] in (".", *"0123456789") and start:
        return None
    if before.endswith("上") and not before.endswith("以上"):
        return spans.Ends(number * scale, None, approximate=True)
    if _LEADERS.search(before) or re.match(r"元|块|以上|以下|以内|级", text[start + len(run) : start + len(run) + 2]):
        return spans.Ends(number * scale, number * scale)
    return None


def _several(run: str, scale: Decimal) -> spans.Ends | None:
    """几 and 数 stand for a digit: 二十几 is 20 to 30 without the ends, 几十万 is 20万 up to 100万."""
    if run == "几" and scale == 1:
        return None
    ones, twos = value(run.replace("几", "一", 1)), value(run.replace("几", "二", 1))
    if ones is None or twos is None:
        return None
    place = twos - ones
    base = ones - place
    low = base if base else 2 * place
    return spans.Ends(
        low * scale, (base + 10 * place) * scale, low_inclusive=not base, high_inclusive=False, approximate=True
    )


def _step(number: Decimal) -> Decimal:
    """The weight of the last place that is not zero: 280 → 10, 3 → 1, 1.5 → 0.1."""
    exponent = number.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)


def _neighbours(first: str, second: str) -> bool:
    left, right = (_DIGITS.index(char.replace("两", "二")) for char in (first, second))
    return right == left + 1 or (left, right) == (3, 5)


def _last_scale(body: str) -> Decimal:
    for char in reversed(body.lower()):
        if char in _SCALES:
            return Decimal(_SCALES[char])
    return Decimal(1)
