"""What a measure brings: a closed list of kinds with exact decimals. Sums are 元, shares are fractions of 1."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from policy_kb.model import Model, Number


class Rounding(StrEnum):
    """How a computed sum is rounded (to 分). The documents name no rounding, so the default is the common one."""

    HALF_UP = "half_up"
    DOWN = "down"


class Cap(Model):
    """A ceiling, inclusive. `used` names the fact holding what was already drawn in the same period (元)."""

    amount: Number
    per: Literal["year", "once", "shop", "person", "household", "enterprise", "park", "month"] = "once"
    used: str | None = None


class _Benefit(Model):
    id: str
    label: str  # what it is in the owner's words: 稳岗返还, 一次性奖补
    cite: str | None = None
    says: str | None = None  # only where the generated sentence would mislead


class Flat(_Benefit):
    """A fixed sum."""

    kind: Literal["flat"]
    amount: Number
    up_to: bool = False  # 最高 / 不超过


class PerHead(_Benefit):
    """A sum a person (and a month or year), times the number of people: amount × heads [× periods].

    `actual`: what was really spent on each; the smaller of it and `amount` counts (按实际减免，每户不超过1万元).
    """

    kind: Literal["per_head"]
    amount: Number
    heads: str  # fact: number of people (or households)
    unit: str = "人"
    per: Literal["once", "month", "year"] = "once"
    periods: str | None = None  # fact: number of months or years
    actual: str | None = None  # fact: money for one
    up_to: bool = False
    cap: Cap | None = None


class RateOf(_Benefit):
    """A share of a sum of the enterprise, with ceiling and floor (both inclusive, 元)."""

    kind: Literal["rate_of"]
    rate: Number
    of: str  # fact: money
    was: Number | None = None  # the share it replaced, so that 比原来多多少 can be worked out
    up_to: bool = False
    cap: Cap | None = None
    floor: Number | None = None
    rounding: Rounding = Rounding.HALF_UP


class RateRange(_Benefit):
    """A share between two ends that somebody else sets (价格扣除 10%—20%), both inclusive."""

    kind: Literal["rate_range"]
    low: Number
    high: Number
    of: str | None = None


class Step(Model):
    """From this value on (inclusive) the step's amount or rate applies."""

    at_least: Number = Decimal(0)
    amount: Number | None = None
    rate: Number | None = None


class Tiers(_Benefit):
    """Steps over a fact. `replace`: the highest step reached counts alone; `add`: all steps reached add up.

    A step's rate is taken of the whole value (`replace`), or of the part between its edge and the next (`add`).
    """

    kind: Literal["tiers"]
    by: str  # fact: money or number
    unit: str = "元"  # of that fact: 元, 人, 项
    steps: list[Step]
    combine: Literal["replace", "add"] = "replace"


class Deferral(_Benefit):
    """Payment put off, not waived: which payment, which share of it, for which period, until when."""

    kind: Literal["deferral"]
    of: str  # what is deferred, in the owner's words: 养老保险费单位缴费部分
    base: str | None = None  # fact: money that would be due, where a sum can be worked out
    share: Number = Decimal(1)
    period_from: date | None = None
    period_to: date | None = None
    months: int | None = None
    late_fee_waived: bool = True
    pay_by: date | None = None


class RateCut(_Benefit):
    """A tax or fee charged at a lower rate: `rate` is what is still paid of `of` (减按50% → 50%)."""

    kind: Literal["rate_cut"]
    what: str  # which tax or fee
    rate: Number
    of: str | None = None  # fact: money before the cut
    of_tax: bool = False  # `of` is the tax itself and not what it is charged on, so that what is saved is known
    base_over: Number | None = None  # only the part of `of` above this (exclusive)
    base_up_to: Number | None = None  # and up to this (inclusive)
    factors: list[Number] = []  # further factors multiplied in (25% × 20%)


class Deduction(_Benefit):
    """A sum taken off taxable income or off tax: share of a cost (研发费用 加计扣除 100%)."""

    kind: Literal["deduction"]
    rate: Number
    of: str | None = None


class Exemption(_Benefit):
    """Not charged at all."""

    kind: Literal["exemption"]
    what: str
    of: str | None = None  # fact: money that would have been due


class MonthsFree(_Benefit):
    """Rent waived for a number of months; a total, not on top of another figure."""

    kind: Literal["months_free"]
    months: int
    of: str | None = None  # fact: rent a month, 元


class Discretionary(_Benefit):
    """Given by a decision of the authority; `up_to` where the text names a ceiling."""

    kind: Literal["discretionary"]
    up_to: Number | None = None


class InKind(_Benefit):
    """A service or an advantage without a sum: priority, a person to turn to, a platform."""

    kind: Literal["in_kind"]


Benefit = Annotated[
    Flat
    | PerHead
    | RateOf
    | RateRange
    | Tiers
    | Deferral
    | RateCut
    | Deduction
    | Exemption
    | MonthsFree
    | Discretionary
    | InKind,
    Field(discriminator="kind"),
]
