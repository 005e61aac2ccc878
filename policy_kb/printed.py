"""Figures and days as a text prints them, brought to one form so that two texts can be compared.

30万元, 300000元 and 30万 are one figure; 3个月 and 3户 are two. 2022年底, 2022年12月 and 2022年12月31日 end on one day.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from policy_kb import sources


class Unit(StrEnum):
    """What is counted, as coarse as it takes to tell two figures apart."""

    MONEY = "money"
    SHARE = "share"
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    COUNT = "count"


@dataclass(frozen=True)
class Figure:
    """A number with its unit (None: not printed). Shares are fractions of 1, sums 元. `at`: place in the plain text."""

    value: Decimal
    unit: Unit | None
    shown: str
    at: int = 0
    denied: bool = False  # 不是9个月

    def same(self, other: "Figure") -> bool:
        """Whether both say the same number of the same thing; a unit that is not printed may be any."""
        if {self.unit, other.unit} == {Unit.YEARS, Unit.MONTHS}:
            return self.months == other.months
        return self.value == other.value and (self.unit == other.unit or None in {self.unit, other.unit})

    @property
    def months(self) -> Decimal:
        """The value in months: 1年 is 12个月."""
        return self.value * 12 if self.unit is Unit.YEARS else self.value


@dataclass(frozen=True)
class Days:
    """A day or a stretch of days; `year` None where the text leaves it out. Ends are (month, day), inclusive."""

    year: int | None
    first: tuple[int, int]
    last: tuple[int, int]
    shown: str
    at: int = 0

    def backs(self, said: "Days") -> bool:
        """Whether this evidence bears out what is `said`: it lies within it, or shares its beginning or end."""
        if self.year is not None and said.year is not None and self.year != said.year:
            return False
        if self.first >= said.first and self.last <= said.last:
            return True
        inside = said.first >= self.first and said.last <= self.last
        return inside and (said.first == self.first or said.last == self.last)


_UNITS = {
    Unit.MONEY: "元 块钱",
    Unit.SHARE: "个百分点 百分点 % ‰",
    Unit.MONTHS: "个月",
    Unit.DAYS: "个工作日 工作日 天 日",
    Unit.YEARS: "周年 年",
    Unit.COUNT: "户 家 人 名 个 项 条 件 支 枚 次 批 强 倍 岁 期 档 类 种 辆 台 座 套 笔"
    " 平方米 吨 亩 公里 张 门 层 所 处 场 号"
    " 届 位 折 级 小时 分钟",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_UNIT_WORDS = "|".join(sorted(map(re.escape, _UNIT_OF), key=len, reverse=True))
_SCALES = {"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 1000, "百": 100}
_SCALE_WORDS = "|".join(_SCALES)
_NUMBER = re.compile(rf"(?<![A-Za-z0-9.])(\d++(?:\.\d++)?+)({_SCALE_WORDS})?[余多来]?(亿)?({_UNIT_WORDS})?(?![A-Za-z])")
_CHINESE = re.compile(rf"(?<![第一二三四五六七八九十])([一二两三四五六七八九十百]+)(万|亿)?({_UNIT_WORDS})")
_LINK = re.compile(r"[-—–−~～至到、/,和或]{1,2}")
_DENIED = re.compile(r"(?:不是|并非|不等于|不会是)$")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_EXPRESSION = re.compile(r"([\d.]+(?:万|亿)?元?[%‰]?)((?:[×xX*+\-][\d.]+(?:万|亿)?元?[%‰]?)+)=")

_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_DAY_PATTERNS = (
    re.compile(r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?=[-—–~～至到、和](?:19|20)\d\d年)"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月[底末初份]?"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>\d{1,2})(?!\d)"),
    re.compile(r"(?P<y>\d{4})年度?第?(?P<q>[一二三四1234])季度"),
    re.compile(r"(?P<y>(?:19|20)\d\d)年?(?P<half>[上下])半年"),
    re.compile(r"(?P<y>(?:19|20)\d\d)年?(?P<end>年?[底末])"),
    re.compile(r"(?P<y>(?:19|20)\d\d)年[初内度前后]?"),
    re.compile(r"(?<![\d.])(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
    re.compile(r"(?<![\d.])(?P<m>\d{1,2})月[底末初份]?(?!\d)"),
    re.compile(r"第(?P<q>[一二三四1234])季度"),
    re.compile(r"(?P<half>[上下])半年"),
    re.compile(r"(?P<end>年[底末])"),
)


def _month_end(year: int | None, month: int) -> int:
    return calendar.monthrange(year or 2023, month)[1]


def _stretch(found: re.Match[str], year: int | None) -> tuple[tuple[int, int], tuple[int, int]] | None:
    part = {key: value for key, value in found.groupdict().items() if value}
    if "m" in part:
        month = int(part["m"])
        if not 1 <= month <= 12:
            return None
        last = int(part.get("d", _month_end(year, month)))
        return ((month, int(part.get("d", 1))), (month, last)) if 1 <= last <= 31 else None
    if "q" in part:
        last_month = 3 * _QUARTERS[part["q"]]
        return (last_month - 2, 1), (last_month, _month_end(year, last_month))
    if "half" in part:
        return ((1, 1), (6, 30)) if part["half"] == "上" else ((7, 1), (12, 31))
    return ((12, 1), (12, 31)) if "end" in part else ((1, 1), (12, 31))


def _days(text: str) -> tuple[list[Days], str]:
    """Days of a plain text, and the text with them blanked out."""
    found: list[Days] = []
    for pattern in _DAY_PATTERNS:
        for match in list(pattern.finditer(text)):
            year = int(match["y"]) if "y" in pattern.groupindex else None
            if ends := _stretch(match, year):
                found.append(Days(year, *ends, match[0], match.start()))
                text = text[: match.start()] + "\0" * len(match[0]) + text[match.end() :]
    return sorted(found, key=lambda days: days.at), text


def _with_years(found: list[Days], text: str) -> Iterator[Days]:
    """Give 12月 in 2022年5月至12月 its year."""
    before: Days | None = None
    for one in found:
        linked = before is not None and _LINK.fullmatch(text[before.at + len(before.shown) : one.at])
        before = replace(one, year=before.year) if before and linked and one.year is None else one
        yield before


def prepared(text: str) -> str:
    """The plain text in which figures are looked for; places (`at`) count in it."""
    return _THOUSANDS.sub("", sources.plain(text))


def days(text: str) -> list[Days]:
    """All days and stretches of days a text names, in its order."""
    plain = prepared(text)
    return list(_with_years(_days(plain)[0], plain))


def _share(value: Decimal, word: str) -> Decimal:
    return value / 1000 if word == "‰" else value / 100


def figures(text: str) -> list[Figure]:
    """All figures a text prints in digits, days apart, in its order. 6-10万元 is two: 60000元 and 100000元."""
    blanked = _days(prepared(text))[1]
    found: list[Figure] = []
    scale, word, begins = 0, "", -1  # of the number after the one looked at
    for match in reversed(list(_NUMBER.finditer(blanked))):
        here = _SCALES.get(match[2] or "", 1) * (10**8 if match[3] else 1)
        unit = match[4] or ""
        if not unit and begins >= 0 and _LINK.fullmatch(blanked[match.end() : begins]):
            unit = word
            here = scale if here == 1 else here
        value = Decimal(match[1]) * here
        kind = _UNIT_OF.get(unit)
        value = _share(value, unit) if kind is Unit.SHARE else value
        denied = bool(_DENIED.search(blanked, 0, match.start()))
        found.append(Figure(value, kind, match[0], match.start(), denied))
        scale, word, begins = here, unit, match.start()
    return found[::-1]


def small_counts(text: str) -> list[Figure]:
    """Figures in Chinese numerals with a unit: 三个月, 十七个行业, 半年."""
    plain = prepared(text)
    found = [
        Figure(Decimal(sources.value_of(match[1].replace("两", "二"))) * _SCALES.get(match[2] or "", 1), unit, match[0])
        for match in _CHINESE.finditer(plain)
        if (unit := _UNIT_OF[match[3]]) is not Unit.SHARE and re.fullmatch("([^百]百)?([^百十]?十)?[^百十]?", match[1])
    ]
    return found + [Figure(Decimal(6), Unit.MONTHS, "半年") for _ in re.finditer("(?<![上下])半年", plain)]


def worked_out(text: str) -> list[Decimal]:
    """Results of sums shown in the text (25%×20%=5%): what is worked out in the open needs no evidence of its own."""
    results: list[Decimal] = []
    for match in _EXPRESSION.finditer(prepared(text)):
        first, *rest = figures(match[1] + match[2])
        signs = re.findall(r"[×xX*+\-](?=[\d.])", match[2])
        value = first.value
        for sign, figure in zip(signs, rest, strict=False):
            value = (
                value + figure.value if sign == "+" else value - figure.value if sign == "-" else value * figure.value
            )
        results.append(value)
    return results


@dataclass(frozen=True)
class Evidence:
    """Figures and days of the strings that bear something out."""

    figures: tuple[Figure, ...]
    days: tuple[Days, ...]
    whole: bool  # 全额, 全部: stands for 100 %

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Evidence":
        """Everything these strings print."""
        held = list(texts)
        return cls(
            tuple(figure for text in held for figure in (*figures(text), *small_counts(text))),
            tuple(day for text in held for day in days(text)),
            any(word in text for text in held for word in ("全额", "全部", "免征", "减免", "免收", "免除", "实际缴纳")),
        )

    def has_figure(self, said: Figure) -> bool:
        """Whether the figure is printed there; a year without 年 may be printed as a day."""
        if any(figure.same(said) for figure in self.figures) or (said.value == 1 and self.whole):
            return True
        if said.value == 1 and said.unit is Unit.COUNT:
            return True  # 每招1人, 1家店: a way of speaking
        return said.unit is None and any(day.year == said.value for day in self.days)

    def has_number(self, value: Decimal) -> bool:
        """Whether the number is printed there, whatever its unit: a number of the catalogue has none."""
        if any(value in {figure.value, figure.months} for figure in self.figures):
            return True
        return self.has_figure(Figure(value, None, ""))

    def has_days(self, said: Days) -> bool:
        """Whether the day is printed there."""
        return any(day.backs(said) for day in self.days)

    def has_day(self, day: date) -> bool:
        """Whether a stretch there begins or ends on the day."""
        at = (day.month, day.day)
        return any(one.year in {None, day.year} and at in {one.first, one.last} for one in self.days)
