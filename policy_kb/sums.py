"""The sum a benefit brings: its ends, its meaning, its workings, and how ends are rounded and capped."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from policy_kb import money
from policy_kb.benefits import Benefit, Cap
from policy_kb.facts import Facts
from policy_kb.spans import Span, told


class Meaning(StrEnum):
    """What a sum is to the enterprise."""

    RECEIVE = "receive"  # 拿到
    SAVE = "save"  # 少缴、免缴
    PAY = "pay"  # 实际要缴
    DEDUCT = "deduct"  # 从应税所得或税款里扣
    DEFER = "defer"  # 晚缴，不是不缴


@dataclass(frozen=True)
class Sum:
    """What one benefit brings, in 元 and `per` once, month or year. None: that end is not known.

    `exact` when both ends are one and the documents promise it (not only 最高). `each` is the sum for one unit
    (`unit`: 人, 户) where the number of units counts. `saved` is what a rate cut saves, where the documents tell.
    `missing` are facts that would make it (more) exact.
    """

    benefit: str
    label: str
    meaning: Meaning
    low: Decimal | None = None
    high: Decimal | None = None
    exact: bool = False
    workings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    per: str = "once"
    unit: str = "元"
    each: Decimal | None = None
    saved: tuple[Decimal, Decimal | None] | None = None
    up_to: bool = False

    @property
    def known(self) -> bool:
        """Whether at least one end is known."""
        return self.low is not None or self.high is not None


@dataclass(frozen=True)
class BenefitAmount:
    """The sums of a verdict together. `low` and `high` are given where one sum, or one at a time, is brought.

    Sums are never added up: whether benefits may be combined is for the documents to say.
    """

    sums: tuple[Sum, ...]
    low: Decimal | None = None
    high: Decimal | None = None
    exact: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that would make it (more) exact, each once."""
        return tuple(dict.fromkeys(name for one in self.sums for name in one.missing))


def finish(
    benefit: Benefit,
    meaning: Meaning,
    span: Span,
    workings: list[str],
    missing: list[str] | None = None,
    *,
    up_to: bool = False,
    down: bool = False,
) -> Sum:
    """A Sum from a span: rounded to 分, and only 最高 where the text promises no more."""
    span = span.map(lambda end: money.to_fen(end, down=down))
    span = Span(Decimal(0), span.high) if up_to else span
    if up_to and span.high is not None:
        workings = [*workings, f"最高{money.yuan(span.high)}"]
    return Sum(
        benefit.id,
        benefit.label,
        meaning,
        span.low,
        span.high,
        exact=span.exact and not up_to,
        workings=tuple(workings),
        missing=tuple(missing or ()),
        up_to=up_to,
    )


_CAPS = {
    "year": "年度上限",
    "once": "上限",
    "shop": "单店上限",
    "person": "每人上限",
    "household": "每户上限",
    "enterprise": "每户企业上限",
    "park": "每个园区上限",
    "month": "每月上限",
}


def capped(span: Span, cap: Cap | None, facts: Facts, workings: list[str], missing: list[str]) -> Span:
    """Under the cap, less what was already drawn. Adds to the workings what the cap does."""
    if cap is None:
        return span
    name, limit = _CAPS[cap.per], Span.of(cap.amount)
    if cap.used:
        used = told(cap.used, facts)
        if used is None:
            missing.append(cap.used)
            limit = Span(Decimal(0), cap.amount)
        else:
            rest = [
                max(cap.amount - end, Decimal(0)) for end in (cap.amount if used.high is None else used.high, used.low)
            ]
            limit = Span(min(rest), max(rest))
            if used.high != 0:
                workings.append(f"{name}{money.yuan(cap.amount)}，已用{used.says()}，还剩{limit.says()}")
    found = span.at_most(limit)
    if limit.exact and limit.low != cap.amount and found != span:
        workings.append(f"超过剩余额度，按{money.yuan(limit.low)}")
    elif span.low > cap.amount:
        workings.append(f"超过{name}，按{money.yuan(cap.amount)}")
    elif found != span:
        workings.append(f"{name}{money.yuan(cap.amount)}")
    return found
