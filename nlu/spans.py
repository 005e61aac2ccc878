"""The shapes that the readers of quantities share: a quantity, a number in the text, a unit behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a quantity measures. The values are part of stored sessions and of the evaluation files."""

    MONEY = "money"
    HEADCOUNT = "headcount"
    PERCENT = "percent"
    DISCOUNT = "discount"
    DATE = "date"
    COHORT = "cohort"
    DURATION = "duration"
    COUNT = "count"
    AREA = "area"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity read from a text, with its ends.

    Attributes:
        kind: what is measured.
        low: the lower end, None when open (不到20人). Units: money 元 (or the foreign currency named in `unit`);
            headcount people; percent a fraction (50% is 0.5); discount the share still paid (八折 is 0.8); date a
            `datetime.date`, the first day; cohort the year of graduation; duration months, days or years as `unit`
            says; count in `unit`; area 平方米.
        high: the upper end, None when open (20人以上); of a date the last day.
        text: the words as they stand in the text, bounds included (不到20人).
        start: where the words begin, counted in characters of the text.
        end: where they end, exclusive.
        approximate: the owner gave no exact figure (七八万, 二十几个, 左右, 近); an explicit range or bound is exact.
        unit: 元, 人, 月, 天, 年, 平方米, a measure word, a currency; of a date its grain (年 半年 季 月 日); else "".
        low_inclusive: whether `low` itself belongs to it (以上 至少: yes; 超过 多于: no).
        high_inclusive: whether `high` itself belongs to it (以下 不超过 以内: yes; 不到 不足 少于: no).
    """

    kind: Kind
    low: Decimal | date | None
    high: Decimal | date | None
    text: str
    start: int
    end: int
    approximate: bool = False
    unit: str = ""
    low_inclusive: bool = True
    high_inclusive: bool = True

    @property
    def exact(self) -> Decimal | date | None:
        """The one value, when both ends are the same and belong to it; otherwise None."""
        settled = self.low == self.high and self.low_inclusive and self.high_inclusive
        return self.low if settled else None


@dataclass(frozen=True, slots=True)
class Ends:
    """A stretch of numbers without a unit; None is an open end."""

    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool = True
    high_inclusive: bool = True
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number found in the text: where it stands, what it says, and how it was written.

    `scale` is its last 百, 千, 万 or 亿 as a number (1 where there is none); `spoken` is True for Chinese digits.
    """

    start: int
    end: int
    ends: Ends
    body: str
    scale: Decimal
    spoken: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit found behind a number: value = (number + plus) x factor.

    `more` says that 多 stands behind the unit (一年多); `whole` that only whole numbers make sense (people);
    `start` is set where words before the number belong to it (百分之, ￥).
    """

    kind: Kind
    name: str
    end: int
    factor: Decimal = Decimal(1)
    plus: Decimal = Decimal(0)
    more: bool = False
    whole: bool = False
    start: int | None = None


Span = tuple[int, int]


def free(spans: list[Span], start: int, end: int) -> bool:
    """Whether nothing in `spans` touches the characters from `start` to `end` (exclusive)."""
    return all(end <= left or right <= start for left, right in spans)
