"""Quantities in owners' words: sums, people, shares, days and lengths of time, with their ends.

`read` is the whole interface; it is pure and never raises. It expects text as `normalise` leaves it, and copes with raw
text. A bound word belongs to the quantity (不到20人 is one quantity without a lower end). A bare number is kind `number`;
one with 千, 万, 亿, w or k and no measure word is money in 元.

Built on cn2an for Chinese digits and jionlp for lunar feasts. jionlp's own money reader (10 µs a string) is not used: of
17 sums as owners write them it gets 3万2 (60004), 1.5个亿 (6亿), 一万四千四 (14004) and 两百来万 (error) wrong.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from nlu import bounds, dates, durations, headcounts, lookalikes, money, numerals, percentages, spans
from nlu.spans import Kind, Quantity

__all__ = ["Kind", "Quantity", "read"]

_ANY = re.compile(r"[\d零一二两三四五六七八九十百千万亿兆几数半年月周星昨今明天旬季对国春秋午清劳除旦过]")
_COHORT = re.compile(
    r"(?<![\d第])((?:20|19)\d\d|\d\d|二零[零一二三四五六七八九]{2})(?=(?:[、,和及与/-](?:20)?\d\d|[、,和及与/-]二零[零一二三四五六七八九]{2})*届)届?"
)
_TO = re.compile(r"(?:\(含\))?\s*(?:到|至(?![多少今])|-{1,2}|—{1,2}|~)\s*(?:百分之)?")
_BETWEEN = re.compile(r"之?间")
_GAP = re.compile(r"\s*[,、;]?\s*(?:但是?|并且?|且|又|而|同时|的同时)?[a-z]?")
_MINUS = re.compile(r"(?<![自减抱欠肩辜])负$")
_NO_NUMBER = re.compile(
    r"[条种类级楼路线版寸环站方点份等款项代届期段栏页行列集号强倍℃瓦克米兆里伏厘世]|[A-Za-z]|年|月|\.\d"
)
_PLAIN_END = re.compile(r"$|[^\w]|[的了吧吗呢啊嘛左上以之就对或]")

_Found = tuple[spans.Numeral, spans.Unit]


def read(text: str, today: date) -> list[Quantity]:
    """Every quantity in `text`, left to right, none touching another.

    Args:
        text: what the owner wrote.
        today: the day that 去年, 上个月 and 25号 are counted from.
    """
    line = numerals.plain(text)
    if not _ANY.search(line):
        return []
    taken = lookalikes.find(line)
    found = list(_cohorts(line, taken))
    found += dates.read(line, today, taken + [(item.start, item.end) for item in found])
    taken += [(item.start, item.end) for item in found]
    for quantity in _numbered(line, taken):
        days = durations.days(line, quantity, today) if quantity.kind is Kind.DURATION else None
        found.append(days or quantity)
    found.sort(key=lambda item: item.start)
    apart = [item for place, item in enumerate(found) if not place or found[place - 1].end <= item.start]
    return [replace(item, text=text[item.start : item.end]) for item in _merged(line, apart)]


def _cohorts(line: str, taken: list[spans.Span]) -> Iterator[Quantity]:
    """2026届, 22届, 2024、2025届: the year of graduation."""
    for found in _COHORT.finditer(line):
        year = numerals.value(found[1])
        if year is not None and spans.free(taken, *found.span()):
            year += 0 if year >= 1000 else 2000 if year < 60 else 1900
            yield Quantity(Kind.COHORT, year, year, found.group(), *found.span(), unit="届")


def _numbered(line: str, taken: list[spans.Span]) -> Iterator[Quantity]:
    """Everything that has a number: shares, sums, lengths of time, people, things."""
    wordy = [pair for pair in durations.halves(line) + percentages.phrases(line) if spans.free(taken, *_place(pair))]
    taken = taken + [_place(pair) for pair in wordy]
    found: list[tuple[spans.Numeral, spans.Unit | None]] = [*wordy]
    found += [(numeral, _unit(line, numeral)) for numeral in numerals.scan(line, taken)]
    found.sort(key=lambda pair: pair[0].start)
    done = 0
    while found:
        numeral, unit = found.pop(0)
        if found and (joined := _joined(line, (numeral, unit), found[0])):
            found.pop(0)
            numeral, unit = joined
        if unit is None or numeral.start < done:
            continue
        ticket = unit.kind is Kind.PERCENT and percentages.is_ticket(line, unit.end)
        quantity = _quantity(line, numeral, unit, done)
        done = quantity.end
        if not ticket:
            yield quantity


def _place(pair: _Found) -> spans.Span:
    numeral, unit = pair
    return (numeral.start if unit.start is None else unit.start, unit.end)


def _unit(line: str, numeral: spans.Numeral) -> spans.Unit | None:
    for reader in (percentages.unit, durations.unit, money.unit, headcounts.people):
        if unit := reader(line, numeral):
            return unit
    if unit := headcounts.area(line, numeral) or headcounts.things(line, numeral):
        alone = line.strip() == line[numeral.start : unit.end]
        return unit if alone or numeral.body != "一" else None  # 一家企业: no more than an article
    if headcounts.is_measured(line, numeral.end) or _NO_NUMBER.match(line, numeral.end):
        return None
    return money.bare(numeral) or _bare(line, numeral)


def _bare(line: str, numeral: spans.Numeral) -> spans.Unit | None:
    """A number without a unit. Chinese digits count as one only where no noun follows, single ones only alone."""
    unit = spans.Unit(Kind.NUMBER, "", numeral.end)
    if not numeral.spoken or line.strip() == line[numeral.start : numeral.end]:
        return unit
    bounded = bounds.around(line, numeral.start, numeral.end)
    closed = _PLAIN_END.match(line, numeral.end) or numeral.ends.approximate or bounded.before
    return unit if closed and len(numeral.body) > 1 and re.search("[十百]", numeral.body) else None


def _joined(
    line: str, left: tuple[spans.Numeral, spans.Unit | None], right: tuple[spans.Numeral, spans.Unit | None]
) -> _Found | None:
    """从8500到3万, 1万元-5万元, 十八至三十万, 10与20之间: two numbers that are the ends of one quantity."""
    (one, first), (two, unit) = left, right
    if first and first.kind is Kind.PERCENT and first.start is not None and (not unit or unit.kind is Kind.NUMBER):
        unit = replace(first, end=two.end)  # 百分之三十到四十
    if unit is None or one.ends.low is None or two.ends.high is None:
        return None
    loose = first is None or first.kind is Kind.NUMBER
    end = one.end if first is None else first.end
    gap = line[end : two.start]
    between = gap in ("与", "和", "跟") and (_BETWEEN.match(line, unit.end) or _BETWEEN.match(line, two.end))
    if between and between.start() == two.end:
        unit = money.bare(two) or spans.Unit(Kind.NUMBER, "", two.end)
    same = first is not None and (first.kind, first.name) == (unit.kind, unit.name)
    if not (between or _TO.fullmatch(gap)) or not (loose or same):
        return None
    low = one.ends.low * (first.factor / unit.factor if first and same else 1)
    low = _scaled(low, one, two) if loose or end == one.end else low
    if low > two.ends.high:
        return None
    start = one.start if first is None or first.start is None else first.start
    numeral = replace(two, start=one.start, ends=replace(two.ends, low=low, approximate=False))
    return numeral, replace(unit, start=start, end=between.end() if between else unit.end)


def _scaled(low: Decimal, one: spans.Numeral, two: spans.Numeral) -> Decimal:
    """The first number shares the 万 of the second (两到三万) where that does not make it the greater one."""
    big = two.scale >= 10000 or two.body.endswith("k") or low < 10
    wider = low * two.scale
    return wider if one.scale < two.scale and big and two.ends.high is not None and wider <= two.ends.high else low


def _quantity(line: str, numeral: spans.Numeral, unit: spans.Unit, done: int) -> Quantity:
    """The number with its unit and bounds; its words begin no sooner than `done`, where the last quantity ended."""
    start = numeral.start if unit.start is None or unit.start < done else unit.start
    negative = start > done and _MINUS.search(line, max(0, start - 2), start) is not None
    around = bounds.around(line, start - negative, unit.end)
    ends = numeral.ends
    if unit.more and ends.low is not None and ends.low == ends.high:
        ends = numerals.onward(ends.low)
    ends = _outward(bounds.apply(_counted(ends, unit), around), unit)
    low, high = (None if end is None else _tidy((end + unit.plus) * unit.factor) for end in (ends.low, ends.high))
    closed = (ends.low_inclusive, ends.high_inclusive)
    if negative:
        low, high = (None if end is None else -end for end in (high, low))
        closed = closed[::-1]
    start = max(around.start, done)
    return Quantity(
        unit.kind, low, high, line[start : around.end], start, around.end, ends.approximate, unit.name, *closed
    )  # fmt: skip


def _tidy(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 6.0 is 6, 1E+2 is 100."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _counted(ends: spans.Ends, unit: spans.Unit) -> spans.Ends:
    """People come whole: 二十几个 is 21 to 29, both included."""
    if not unit.whole or not ends.approximate or ends.low is None or ends.high is None:
        return ends
    low = ends.low if ends.low_inclusive else ends.low + 1
    high = ends.high if ends.high_inclusive else ends.high - 1
    if low > high:  # 3多个
        low, high = ends.low, ends.high
    return replace(ends, low=low, high=high, low_inclusive=True, high_inclusive=True)


def _outward(ends: spans.Ends, unit: spans.Unit) -> spans.Ends:
    """大约5个人 is 4 to 6 people."""
    if not unit.whole or not ends.approximate or ends.low is None or ends.high is None:
        return ends
    return replace(ends, low=Decimal(math.floor(ends.low)), high=Decimal(math.ceil(ends.high)))


def _merged(line: str, found: list[Quantity]) -> Iterator[Quantity]:
    """50人以上300人以下, 大于10小于20: an end and the other end are one quantity."""
    while found:
        one = found.pop(0)
        two = found[0] if found else None
        if two and _alike(one, two) and _GAP.fullmatch(line[one.end : two.start]):
            low, high = (one, two) if one.high is None else (two, one)
            if _fit(low, high):
                found.pop(0)
                named = two if one.kind is Kind.NUMBER else one
                one = replace(
                    named, low=low.low, high=high.high, start=one.start, end=two.end,
                    low_inclusive=low.low_inclusive, high_inclusive=high.high_inclusive,
                )  # fmt: skip
        yield one


def _alike(one: Quantity, two: Quantity) -> bool:
    return (one.kind, one.unit) == (two.kind, two.unit) or (one.kind is Kind.NUMBER and two.kind is not Kind.DATE)


def _fit(low: Quantity, high: Quantity) -> bool:
    if low.high is not None or high.low is not None or isinstance(low.low, date) or isinstance(high.high, date):
        return False
    return low.low is not None and high.high is not None and low.low <= high.high
