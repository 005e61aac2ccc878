"""Lengths of time: 半年, 一年半, 一个半月, 俩月, 两周, 15个工作日; and the days they lead to: 三年前, 近两年, 3个月后."""

import calendar
import re
from datetime import date
from decimal import Decimal

from nlu import numerals, spans

_UNIT = re.compile(
    r"年(?P<half_year>半)(?!年)|年零?(?P<months>\d{1,2}|[一二两三四五六七八九十]{1,2})个月|个(?P<half_month>半)月"
    r"|(?P<year>年)(?![级底末初度龄轻代报检货审费薪终会月])(?P<more_years>多(?!少))?"
    r"|(?:个(?P<more_months>多|来)?)(?P<month>月)(?P<later_months>多(?!少))?|(?P<short_month>月)"
    r"|个?(?P<quarter>季度)|个?(?P<workday>工作日)|个?(?P<week>周(?![岁年一二三四五六日边期转末])|星期(?![一二三四五六日天])|礼拜(?![一二三四五六日天]))"
    r"|(?P<day>天(?![然气津河生下空猫府])|日(?=内|以内|之内))(?P<more_days>多(?!少))?"
)
_HALVES = re.compile(
    r"(?<![上下])(?P<size>[大小])?半(?P<year>年)(?![报度付级])(?P<more>多(?!少))?"
    r"|半个(?P<more_half>多)?(?P<month>月)|(?<!个)半(?P<plain_month>月)(?![板谈形])"
    r"|(?<![\d一二两三四五六七八九十几半])个把(?P<some_months>月)|(?P<some_years>年)把(?![关])"
)
_BACK = re.compile(r"(?:之|以)?前(?![\d一二三四五六七八九十两几后台期面往提来])")
_AHEAD = re.compile(r"(?:之|以)?后(?![来面续期台勤天年半者备果悔的])")
_RECENT = re.compile(r"(?:最近|(?<![最附了拖将接有过])近|过去(?:的)?|这)$")
_COMING = re.compile(r"(?:未来|今后|接下来|往后)(?:的)?$")
_EVENT = re.compile(
    r"(?:毕业|离校|成立|注册|入职|到期|截止|届满|开工|验收|申请|交付|认定|签约|退役|退伍|登记|期满|上市|投产|开业|满)了?$"
)
_OPENING = re.compile(r"(?:^|[^\u4e00-\u9fff]|再|过|等|要|大概|大约|约|说|还有)$")


def unit(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    """The unit of time behind a number. Years and a half become months, weeks become days."""
    found = _UNIT.match(text, numeral.end)
    if not found or (found["short_month"] and numeral.body != "两"):
        return None
    if found["half_year"]:
        return _unit("月", found.end(), Decimal(12), Decimal("0.5"))
    if found["months"]:
        return _unit("月", found.end(), Decimal(12), (numerals.value(found["months"]) or Decimal(0)) / 12)
    if found["half_month"]:
        return _unit("月", found.end(), plus=Decimal("0.5"))
    more = any(found[part] for part in ("more_years", "more_months", "later_months", "more_days"))
    if found["quarter"]:
        return _unit("月", found.end(), Decimal(3))
    if found["week"]:
        return _unit("天", found.end(), Decimal(7))
    if found["year"] and numeral.ends.low is not None and numeral.ends.low % 1:
        return _unit("月", found.end(), Decimal(12))
    name = "年" if found["year"] else "工作日" if found["workday"] else "天" if found["day"] else "月"
    return spans.Unit(spans.Kind.DURATION, name, found.end(), more=more)


def halves(text: str) -> list[tuple[spans.Numeral, spans.Unit]]:
    """半年 (6 months), 大半年, 半个月 (0.5 months), 个把月, 年把: lengths without a number."""
    return [_half(found) for found in _HALVES.finditer(text)]


def _half(found: re.Match[str]) -> tuple[spans.Numeral, spans.Unit]:
    half = Decimal("0.5")
    exact = spans.Ends(half, half)
    beyond = spans.Ends(half, Decimal(1), low_inclusive=False, high_inclusive=False, approximate=True)
    if found["some_months"] or found["some_years"]:
        ends = spans.Ends(Decimal(1), Decimal(2), approximate=True)
    elif found["size"] == "小":
        ends = spans.Ends(Decimal(4) / 12, half, high_inclusive=False, approximate=True)
    else:
        ends = beyond if found["size"] or found["more"] or found["more_half"] else exact
    name, factor = ("月", Decimal(12)) if found["year"] else ("年" if found["some_years"] else "月", Decimal(1))
    numeral = spans.Numeral(found.start(), found.start(), ends, "半", Decimal(1), spoken=True)
    return numeral, _unit(name, found.end(), factor)


def _unit(name: str, end: int, factor: Decimal = Decimal(1), plus: Decimal = Decimal(0)) -> spans.Unit:
    return spans.Unit(spans.Kind.DURATION, name, end, factor, plus)


def days(text: str, quantity: spans.Quantity, today: date) -> spans.Quantity | None:
    """The days meant by 三年前, 近两年, 3个月后, counted from `today`; None where a length is meant (毕业3年后)."""
    low, high = quantity.low, quantity.high
    if quantity.unit not in ("年", "月", "天") or not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    before = text[max(0, quantity.start - 5) : quantity.start]
    if text[quantity.start] == "近" and not re.search(r"[了拖有过将接最附]$", before):
        return _dates(text, quantity, _shift(today, -high, quantity.unit), today, quantity.start, quantity.end)
    for pattern, sign in ((_RECENT, -1), (_COMING, 1)):
        if prefix := pattern.search(before):
            far = _shift(today, sign * high, quantity.unit)
            start = quantity.start - (len(before) - prefix.start())
            return _dates(text, quantity, min(far, today), max(far, today), start, quantity.end)
    for pattern, sign in ((_BACK, -1), (_AHEAD, 1)):
        if suffix := pattern.match(text, quantity.end):
            if _EVENT.search(before) or (sign == 1 and not _OPENING.search(before)):
                return None
            ends = sorted(_shift(today, sign * number, quantity.unit) for number in (low, high))
            first, last = _grain(ends[0], quantity.unit)[0], _grain(ends[1], quantity.unit)[1]
            return _dates(text, quantity, first, last, quantity.start, suffix.end())
    return None


def _dates(text: str, old: spans.Quantity, first: date, last: date, start: int, end: int) -> spans.Quantity:
    unit = "日" if old.unit == "天" else old.unit
    return spans.Quantity(
        spans.Kind.DATE, first, last, text[start:end], start, end, old.unit != "天" or old.approximate, unit
    )


def _shift(day: date, number: Decimal, name: str) -> date:
    """`day` moved by a number of years, months or days; held inside the calendar."""
    if name == "天":
        return date.fromordinal(min(max(day.toordinal() + int(number), 1), date.max.toordinal()))
    months = day.year * 12 + day.month - 1 + int(number * (12 if name == "年" else 1))
    months = min(max(months, 12), date.max.year * 12 + 11)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _grain(day: date, name: str) -> tuple[date, date]:
    if name == "年":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if name == "月":
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day, day
