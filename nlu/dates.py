"""Days and spans of days: 去年底, 上个月起, 今年6月, 6月25日, 2022年第二季度, 下半年, 年底前, 5月到12月, 国庆前.

A month or a half-year without a year is that of `today`'s year; a day without a month that of `today`'s month. 年底 is
December, 年初 January, 年中 June; 月初, 月中 and 月底 are the thirds of a month. 前, 之前 and 以前 include the day, month or
year they follow; behind a bare month or year that is marked `approximate`, since 2022年12月前 is also said of 1 December.
后 leaves a day out and includes a month or year, marked in the same way. 起, 以来 and 开始 leave the end open.

Measured: jionlp 1.5.31 reads no 上个月, 下个月, 月底, 年内 and 5月到12月 and takes 去年底 for two months, so it is asked only
for the lunar calendar (`nlu/lunar.py`).
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from nlu import lunar, numerals, spans

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_D = "零一二三四五六七八九"
_TO = r"(?:到|至|-{1,2}|—{1,2}|~)"
_ENTRY = re.compile(r"[\d零一二三四五六七八九十今本去前上明后大这下年月昨周星礼元春过除清劳端中国双Q第]")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)(?P<sep>[-/.]?)(\d{1,2})(?P=sep)(\d{1,2})(?!\d|[.,]\d|[万亿千元块%])")
_ISO_MONTH = re.compile(  # 2022-06, but 2022.6 only as one end of a span
    rf"(?<!\d)((?:19|20)\d\d)(?:[-/]|\.(?=\d{{1,2}}{_TO}(?:19|20))|(?<=(?:到|至|-|—|~)\d\d\d\d)\.)(0?[1-9]|1[0-2])(?![\d.万亿千元块%个年月])"
)
_YEAR = re.compile(
    rf"(?P<long>(?<!\d)(?:19|20)\d\d|[一二][零九][{_D}][{_D}])(?:年?{_TO}(?P<later>(?:19|20)\d\d))?年(?!级)度?"
    rf"|(?P<short>(?<![\d.])\d\d|(?<![{_D}十百千万])(?:[零八九][{_D}]|一[零四五六七八九]|二[零{_D[1:]}]))年度?"
    r"|(?P<named>今年|本年(?=度)|(?<!过)去年|大前年|(?<!以)前年|(?<![以马线网加晚早])上一?年(?![级以])|明年|大后年|(?<![以之])后年)度?"
)
_NAMED = {
    "今年": 0,
    "本年": 0,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "前年": -2,
    "大前年": -3,
    "明年": 1,
    "后年": 2,
    "大后年": 3,
}
_HALF = re.compile(r"(?<![过大小一马])([上下])半年(?!报)")
_QUARTER = re.compile(
    rf"第?(?:(?P<from>[一二三四1-4]){_TO}第?)?(?P<to>[一二三四1-4])季度?(?!节)|Q(?P<q>[1-4])|前(?P<first>[一二三1-3])个?季度"
)
_MONTHS = re.compile(rf"(?P<from>{_N})(?:月份?)?{_TO}(?P<to>{_N})月(?:份(?!额))?|前(?P<first>{_N})个?月(?!前)")
_MONTH = re.compile(rf"({_N})月(?:份(?!额))?")
_EDGE = re.compile(r"年?(底|末(?!端)|初(?![步级创审次衷中期]))|年(中)(?![小央国等型心级介标信东午])")
_DAY = re.compile(rf"(?:(?P<from>{_N})[日号]?{_TO})?(?P<to>{_N})(?:[日号]|(?=前|之前|以前|起|$))")
_THIRD = re.compile(r"上旬|中旬|下旬|底|末|初|中(?=$|[^\w])")
_MONTH_NAMED = re.compile(r"(?P<word>上上个?|(?<![以马晚早])上个?|本|这个?|下下个?|(?<![以剩余])下个?)月(?!来)份?")
_QUARTER_NAMED = re.compile(r"(?P<word>上上个?|上一?个?|本|这个?|下一?个?)季度")
_WEEK = re.compile(
    r"(?P<word>上上个?|上一?个?|这个?|本|下下个?|下一?个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天](?![围次期周年]))?"
)
_STEP = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_DAYS = re.compile(r"大前天|(?<![以之提])前天|昨[天日]|今[天日]|明[天日](?!方)|大后天|(?<![以之今然最往])后天")
_DAY_STEP = {"大前天": -3, "前天": -2, "昨": -1, "今": 0, "明": 1, "后天": 2, "大后天": 3}
_LONE_DAY = re.compile(
    rf"(?<![-\d.第月{_D}十路街巷道弄附幢栋楼座])({_N})(?:日(?!内|以内|之内|均|常|元|币|本)|号(?![文线楼院店仓库令人公馆房铺车门码机台]))"
)
_COUNTING = re.compile(r"[\d一二两三四五六七八九十几半全每多整近数个]$")
_AFTER = re.compile(
    r"(?P<until>(?:之|以)?前(?![\d一二三四五六七八九十两几后台期面往提来沿景]))|(?P<within>(?:以|之|年)?内(?![部容地蒙外勤销存资设]))"
    r"|(?P<today>至今|到现在|到今天|到目前|以来)|(?P<since>起(?![来步码草诉重])|开始)"
    r"|(?P<past>(?:之|以)?后(?![来面续期台勤天年半者备果悔的]))|(?P<rough>左右|前后)"
)
_FROM = re.compile(r"(?:自|从|打从?)$")
_JOINT = re.compile(r"(?:起|开始)?" + _TO + r"(?:次年|第二年|当年)?")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days `first` to `last`, named in the text from `start` to `end`; `sharp` when its own words say the end (底).

    `joined` when both ends were named (5月到12月).
    """

    first: date
    last: date
    grain: str
    start: int
    end: int
    year_said: bool = False
    sharp: bool = False
    joined: bool = False


def read(text: str, today: date, taken: list[spans.Span]) -> list[spans.Quantity]:
    """Every day or span of days in a `plain` text that touches nothing in `taken`."""
    found: list[_Stretch] = []
    place = 0
    while entry := _ENTRY.search(text, place):
        stretch = _at(text, entry.start(), today)
        if stretch and spans.free(taken, stretch.start, stretch.end):
            if found and _JOINT.fullmatch(text[found[-1].end : stretch.start]):
                stretch = _joined(found.pop(), stretch)
            found.append(stretch)
        place = stretch.end if stretch else entry.end()
    return [_bounded(text, stretch, today) for stretch in found]


def _at(text: str, place: int, today: date) -> _Stretch | None:
    readers: tuple[Callable[[str, int, date], _Stretch | None], ...] = (
        _iso, _yearly, _named_month, _named_quarter, _yearless, _feast, _week, _day,
    )  # fmt: skip
    for reader in readers:
        try:
            if stretch := reader(text, place, today):
                return stretch
        except (ValueError, OverflowError):  # 2月30日, month 13, a year out of the calendar
            continue
    return None


def _iso(text: str, place: int, today: date) -> _Stretch | None:
    found = _ISO.match(text, place)
    if not found and (short := _ISO_MONTH.match(text, place)):
        return replace(_months(int(short[1]), int(short[2]), int(short[2]), "月", place, short.end()), year_said=True)
    if not found or (not found["sep"] and len(found.group()) != len("20220630")):
        return None
    day = date(int(found[1]), int(found[3]), int(found[4]))
    return _Stretch(day, day, "日", place, found.end(), year_said=True)


def _yearly(text: str, place: int, today: date) -> _Stretch | None:
    """A year, alone or with a part of it behind: 2022年, 去年底, 26年6月, 今年春节."""
    found = _YEAR.match(text, place)
    if not found:
        return None
    year = _year(found, today)
    behind = found.end() + (text[found.end() : found.end() + 1] == "的")
    part = _part(text, behind, year, found.group().endswith("年")) or _feast(text, behind, date(year, 1, 1))
    if part:
        return replace(part, start=place, year_said=True)
    if found["short"] and not _is_year(text, found):
        return None
    last = int(found["later"]) if found["later"] else year
    return _Stretch(date(year, 1, 1), date(last, 12, 31), "年", place, found.end(), year_said=True)


def _year(found: re.Match[str], today: date) -> int:
    if found["named"]:
        return today.year + _NAMED[found["named"]]
    digits = "".join(str(_D.index(char)) if char in _D else char for char in found["long"] or found["short"])
    return int(digits) + (0 if len(digits) == 4 else 1900 if int(digits) >= 60 else 2000)


def _is_year(text: str, found: re.Match[str]) -> bool:
    """Whether 26年 is 2026 rather than 26 years: by what stands around it."""
    before, behind = text[max(0, found.start() - 3) : found.start()], text[found.end() : found.end() + 8]
    if re.match(r"以上|以下|以?内|多|来|左右|了|前|后|工龄|经验|期|没|不|的(?:工龄|经验|老)", behind):
        return False
    if re.match(r"的?(?:时候)?(?:开的|成立|注册|创办|建|出生|生的|毕业|退伍|退役|起|开始|新出|出台|那)", behind):
        return True
    recent = found["short"].isdigit() is False or 18 <= int(found["short"]) <= 39 or found["short"][0] in "09"
    return recent and bool(re.search(r"(?:^|[^\w]|从|自|在|到|至|比|是|按|跟|和|与|及|我们?|昆明|云南)$", before))


def _part(text: str, place: int, year: int, after_year: bool) -> _Stretch | None:
    """A part of a year that begins at `place`: half, quarter, month, 底 or 初."""
    if found := _HALF.match(text, place):
        first, last = ((1, 6), (7, 12))[found[1] == "下"]
        return _months(year, first, last, "半年", place, found.end())
    if found := _QUARTER.match(text, place):
        to = _number(found["to"] or found["q"] or found["first"])
        first = 1 if found["first"] else _number(found["from"]) or to
        return _months(year, first * 3 - 2, to * 3, "季", place, found.end())
    if month := _month(text, place, year):
        return month
    found = _EDGE.match(text, place)
    if found and (after_year or found.group().startswith("年")):
        number = {"底": 12, "末": 12, "初": 1, "中": 6}[found.group()[-1]]
        return replace(_months(year, number, number, "月", place, found.end()), sharp=found.group()[-1] in "底末")
    return None


def _month(text: str, place: int, year: int) -> _Stretch | None:
    """6月, 6月25日, 8月底, 5月到12月, 前10个月."""
    if found := _MONTHS.match(text, place):
        first, last = _number(found["from"]) or 1, _number(found["to"] or found["first"])
        if first <= last:
            span = _months(year, first, last, "月", place, found.end())
            within = _within_month(text, replace(span, first=span.last.replace(day=1))) if found["to"] else None
            return replace(within or span, first=span.first, joined=True)
    if found := _MONTH.match(text, place):
        month = _months(year, _number(found[1]), _number(found[1]), "月", place, found.end())
        return _within_month(text, month) or month
    return None


def _months(year: int, first: int, last: int, grain: str, start: int, end: int) -> _Stretch:
    return _Stretch(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), grain, start, end)


def _within_month(text: str, month: _Stretch) -> _Stretch | None:
    """The day or third of a month that stands behind it."""
    place, year, number = month.end, month.first.year, month.first.month
    if found := _DAY.match(text, place):
        to = _number(found["to"])
        first, last = date(year, number, _number(found["from"]) or to), date(year, number, to)
        return replace(month, first=first, last=last, grain="日", end=found.end())
    if found := _THIRD.match(text, place):
        third = {"上旬": 0, "初": 0, "中旬": 1, "中": 1}.get(found.group(), 2)
        first = date(year, number, 1 + 10 * third)
        last = month.last if third == 2 else date(year, number, 10 + 10 * third)
        return replace(month, first=first, last=last, grain="日", end=found.end(), sharp=third == 2)
    return None


def _named_month(text: str, place: int, today: date) -> _Stretch | None:
    found = _MONTH_NAMED.match(text, place)
    if not found:
        return None
    months = today.year * 12 + today.month - 1 + _STEP[found["word"].removesuffix("个")]
    month = _months(months // 12, months % 12 + 1, months % 12 + 1, "月", place, found.end())
    return replace(_within_month(text, month) or month, year_said=True)


def _named_quarter(text: str, place: int, today: date) -> _Stretch | None:
    found = _QUARTER_NAMED.match(text, place)
    if not found:
        return None
    quarter = today.year * 4 + (today.month - 1) // 3 + _STEP[found["word"].rstrip("个一")]
    first = quarter % 4 * 3 + 1
    return replace(_months(quarter // 4, first, first + 2, "季", place, found.end()), year_said=True)


def _yearless(text: str, place: int, today: date) -> _Stretch | None:
    """A part of this year, or of this month: 下半年, 三季度, 10月份, 年底, 月底."""
    before = text[max(0, place - 2) : place]
    if text[place] in "年月" and _COUNTING.search(before):
        return None
    if text[place] in "零一二三四五六七八九十0123456789" and re.search(rf"[\d.{_D}十百千万亿第每]$", before):
        return None
    if text[place : place + 2] == "年内":
        return _Stretch(date(today.year, 1, 1), date(today.year, 12, 31), "年", place, place + 1)
    if text[place] == "月" and not before.endswith("每"):
        month = _months(today.year, today.month, today.month, "月", place, place + 1)
        return _within_month(text, month) if _THIRD.match(text, place + 1) else None
    if text[place] == "前" and "月" in text[place : place + 5]:
        return None  # 前三个月 without a year: the first three or the last three
    return _part(text, place, today.year, after_year=False)


def _feast(text: str, place: int, today: date) -> _Stretch | None:
    found = lunar.FEAST.match(text, place)
    if not found:
        return None
    day = lunar.feast(found.group(), today.year)
    if day and day < today and _AFTER.match(text, found.end()) and "前" in text[found.end() : found.end() + 2]:
        day = lunar.feast(found.group(), today.year + 1)  # 春节前 looks forward
    return _Stretch(day, day, "日", place, found.end()) if day else None


def _week(text: str, place: int, today: date) -> _Stretch | None:
    found = _WEEK.match(text, place)
    if (
        not found
        or not (found["word"] or found["day"])
        or re.search(r"[一二两三四五六七八九十几每半\d逐]$", text[:place])
    ):
        return None
    step = _STEP[(found["word"] or "本").rstrip("个一")]
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
    if not found["day"]:
        return _Stretch(monday, monday + timedelta(days=6), "日", place, found.end())
    day = monday + timedelta(days="一二三四五六日".index(found["day"].replace("天", "日")))
    return _Stretch(day, day, "日", place, found.end())


def _day(text: str, place: int, today: date) -> _Stretch | None:
    """今天, 后天, and a day without its month: 25号."""
    if found := _DAYS.match(text, place):
        word = found.group() if found.group() in _DAY_STEP else found.group()[0]
        day = today + timedelta(days=_DAY_STEP[word])
        return _Stretch(day, day, "日", place, found.end())
    if found := _LONE_DAY.match(text, place):
        day = today.replace(day=_number(found[1]))
        return _Stretch(day, day, "日", place, found.end())
    return None


def _number(words: str | None) -> int:
    return int(numerals.value(words) or 0) if words else 0


def _joined(left: _Stretch, right: _Stretch) -> _Stretch:
    """From the first day of one to the last of the other, which takes the year of the first unless it has its own."""
    last = right.last
    if not right.year_said:
        year = left.first.year if left.year_said else last.year
        last = _moved(last, year if _moved(last, year) >= left.first else year + 1)
    first, last = min(left.first, last), max(left.first, last)
    return replace(left, first=first, last=last, end=right.end, year_said=True, sharp=right.sharp, joined=True)


def _moved(day: date, year: int) -> date:
    """The same day, or last day of the month, in another year."""
    ends_month = day.day == calendar.monthrange(day.year, day.month)[1]
    final = calendar.monthrange(year, day.month)[1]
    return date(year, day.month, final if ends_month else min(day.day, final))


def _bounded(text: str, stretch: _Stretch, today: date) -> spans.Quantity:
    """The stretch with 前, 起, 以来, 后 or 左右 behind it."""
    found = _AFTER.match(text, stretch.end)
    sort, end = (found.lastgroup, found.end()) if found else (None, stretch.end)
    low: date | None = stretch.first
    high: date | None = stretch.last
    coarse = stretch.grain != "日" and not stretch.sharp
    low_inclusive = True
    if sort == "until" and not stretch.joined:
        low = None
    elif sort == "since":
        high = None
    elif sort == "today":
        high = max(stretch.first, today)
    elif sort == "past":
        low, high = (stretch.first if coarse else stretch.last), None
        low_inclusive = coarse
    before = _FROM.search(text[max(0, stretch.start - 2) : stretch.start])
    if before and sort is None and re.match(r"就|一直", text[end:]):
        high = None
    start = stretch.start - len(before.group()) if before and high is None else stretch.start
    vague = sort == "rough" or (coarse and sort in ("until", "past"))
    return spans.Quantity(
        spans.Kind.DATE, low, high, text[start:end], start, end, vague, stretch.grain, low_inclusive=low_inclusive
    )
