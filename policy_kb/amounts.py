"""How much a benefit brings: exact sums with their workings, a range where something is not known, never nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from policy_kb import benefits, money, steps
from policy_kb.benefits import Benefit
from policy_kb.facts import Facts
from policy_kb.spans import ANYTHING, Span, told
from policy_kb.sums import BenefitAmount, Meaning, Sum, capped, finish

__all__ = ["BenefitAmount", "Meaning", "Sum", "compute", "together"]


def compute(benefit: Benefit, facts: Facts) -> Sum:
    """What `benefit` brings an enterprise with these facts (derived ones included by the caller)."""
    return _RULES[type(benefit)](benefit, facts)


def together(groups: Iterable[Sequence[Sum]]) -> BenefitAmount:
    """The sums of alternatives (one group a track). One range over all of them holds where each brings just one sum.

    Sums of one group are not added up: whether they may be combined is for the documents to say.
    """
    bundles = [tuple(group) for group in groups]
    sums = tuple(one for bundle in bundles for one in bundle)
    known = [[one for one in bundle if one.known] for bundle in bundles]
    single = [one for bundle in known for one in bundle]
    if not single or any(len(bundle) > 1 for bundle in known) or len({(one.meaning, one.per) for one in single}) > 1:
        return BenefitAmount(sums)
    lows, highs = [one.low for one in single], [one.high for one in single]
    low = None if None in lows else min(end for end in lows if end is not None)
    high = None if None in highs else max(end for end in highs if end is not None)
    return BenefitAmount(sums, low, high, exact=low == high is not None and all(one.exact for one in single))


def _flat(benefit: benefits.Flat, _facts: Facts) -> Sum:
    words = [] if benefit.up_to else [f"{benefit.label}{money.yuan(benefit.amount)}"]
    return finish(benefit, Meaning.RECEIVE, Span.of(benefit.amount), words, up_to=benefit.up_to)


def _per_head(benefit: benefits.PerHead, facts: Facts) -> Sum:
    heads, periods = told(benefit.heads, facts), told(benefit.periods, facts) if benefit.periods else None
    missing = [name for name, got in ((benefit.heads, heads), (benefit.periods, periods)) if name and got is None]
    per = {"once": "", "month": "每月", "year": "每年"}[benefit.per]
    single = benefit.cap is not None and benefit.cap.per in {"person", "household"}
    words: list[str] = []
    each, up_to = _each(benefit, facts, words, missing)
    place = len(words)
    factors = [each.says()]
    if periods is not None:
        each = each.times(periods)
        period_unit = "个月" if benefit.per == "month" else "年"
        factors.append(f"{periods.says(money.plain)}{period_unit}")
    if single:
        each = capped(each, benefit.cap, facts, words, missing)
    if heads is None:
        found = capped(ANYTHING, None if single else benefit.cap, facts, words, missing)
        words.insert(place, f"{per}每{benefit.unit}{money.yuan(benefit.amount)}，按{benefit.unit}数计算")
        sum_ = finish(benefit, Meaning.RECEIVE, found, words, missing, up_to=up_to and found.high is not None)
        return replace(sum_, low=None, exact=False, per=benefit.per, unit=benefit.unit, each=benefit.amount)
    total = each.times(heads)
    factors.insert(0, f"{heads.says(money.plain)}{benefit.unit}")
    top = total.high if up_to and total.high is not None else None
    words.insert(place, f"{' × '.join(factors)} = {money.yuan(top) if top is not None else total.says()}")
    if not single:
        total = capped(total, benefit.cap, facts, words, missing)
    sum_ = finish(benefit, Meaning.RECEIVE, total, words, missing, up_to=up_to)
    whole = benefit.per == "once" or periods is not None
    return replace(
        sum_,
        exact=sum_.exact and not missing,
        per="once" if whole else benefit.per,
        unit=benefit.unit,
        each=benefit.amount,
    )


def _each(benefit: benefits.PerHead, facts: Facts, words: list[str], missing: list[str]) -> tuple[Span, bool]:
    """What one brings, and whether that is only the most: where what was really spent counts and is not known."""
    most = Span.of(benefit.amount)
    if benefit.actual is None:
        return most, benefit.up_to
    actual = told(benefit.actual, facts)
    if actual is None:
        missing.append(benefit.actual)
        return most, True
    if actual.low > benefit.amount:
        words.append(
            f"每{benefit.unit}实际{actual.says()}，超过{money.yuan(benefit.amount)}，按{money.yuan(benefit.amount)}"
        )
    return actual.at_most(most), benefit.up_to


def _rate_of(benefit: benefits.RateOf, facts: Facts) -> Sum:
    base, words, missing = told(benefit.of, facts), list[str](), list[str]()
    if base is None:
        missing.append(benefit.of)
        words.append(f"按{money.share(benefit.rate)}计算")
        found = ANYTHING
    else:
        found = base.map(lambda end: end * benefit.rate)
        words.append(f"{base.says()} × {money.share(benefit.rate)} = {found.map(money.to_fen).says()}")
    floor = benefit.floor
    if floor is not None and found.low < floor:
        words.append(f"不足{money.yuan(floor)}的按{money.yuan(floor)}")
        found = found.map(lambda end: max(end, floor))
    found = capped(found, benefit.cap, facts, words, missing)
    down = benefit.rounding is benefits.Rounding.DOWN
    known_top = benefit.up_to and found.high is not None
    sum_ = finish(benefit, Meaning.RECEIVE, found, words, missing, up_to=known_top, down=down)
    return replace(sum_, up_to=True) if benefit.up_to else sum_


def _rate_range(benefit: benefits.RateRange, facts: Facts) -> Sum:
    base = told(benefit.of, facts) if benefit.of else None
    shares = f"{money.share(benefit.low)}—{money.share(benefit.high)}"
    if base is None:
        missing = (benefit.of,) if benefit.of else ()
        return Sum(benefit.id, benefit.label, Meaning.DEDUCT, workings=(f"按{shares}",), missing=missing)
    found = Span(base.low * benefit.low, None if base.high is None else base.high * benefit.high)
    return finish(benefit, Meaning.DEDUCT, found, [f"{base.says()} × {shares} = {found.says()}"])


def _share(benefit: Benefit, meaning: Meaning, rate: Decimal, of: str | None, facts: Facts) -> Sum:
    base = told(of, facts) if of else None
    if base is None:
        missing = (of,) if of else ()
        return Sum(benefit.id, benefit.label, meaning, workings=(f"按{money.share(rate)}计算",), missing=missing)
    found = base.map(lambda end: end * rate)
    return finish(benefit, meaning, found, [f"{base.says()} × {money.share(rate)} = {found.map(money.to_fen).says()}"])


def _deferral(benefit: benefits.Deferral, facts: Facts) -> Sum:
    """What is put off; a sum only where the payment is known."""
    words = [f"{benefit.of}可缓缴" + ("" if benefit.share == 1 else money.share(benefit.share))]
    if benefit.period_from and benefit.period_to:
        words[0] += f"，缓缴期{money.month(benefit.period_from)}至{money.month(benefit.period_to)}"
    elif benefit.period_to:
        words[0] += f"，缓到{money.month(benefit.period_to)}"
    if benefit.months:
        words[0] += f"，缓{benefit.months}个月"
    if benefit.late_fee_waived:
        words[0] += "，免收滞纳金"
    if benefit.pay_by:
        words.append(f"{money.day(benefit.pay_by)}前补缴")
    words.append("缓缴不是减免，以后要补缴")
    if benefit.base is None:
        return Sum(benefit.id, benefit.label, Meaning.DEFER, workings=tuple(words))
    found = _share(benefit, Meaning.DEFER, benefit.share, benefit.base, facts)
    return replace(found, workings=(*found.workings, *words) if found.known else tuple(words))


def _rate_cut(benefit: benefits.RateCut, facts: Facts) -> Sum:
    """What is still to be paid. What it saves is known where the whole base is cut by one rate."""
    base = told(benefit.of, facts) if benefit.of else None
    over, top = benefit.base_over, benefit.base_up_to
    rates = " × ".join(money.share(rate) for rate in (benefit.rate, *benefit.factors))
    sliced = over is not None or top is not None
    if base is None:
        part = _slice_words(over, top)
        words = (
            f"{benefit.what}{part}按{rates}计算" if sliced or benefit.factors else f"{benefit.what}减按{rates}征收",
        )
        return Sum(benefit.id, benefit.label, Meaning.PAY, workings=words, missing=(benefit.of,) if benefit.of else ())
    counted = base.map(lambda end: max((end if top is None else min(end, top)) - (over or 0), Decimal(0)))
    rate = benefit.rate
    for factor in benefit.factors:
        rate *= factor
    found = counted.map(lambda end: end * rate)
    words_ = [f"{_slice_words(over, top)}为{counted.says()}"] if sliced else []
    words_.append(f"{counted.says()} × {rates} = {found.map(money.to_fen).says()}")
    result = finish(benefit, Meaning.PAY, found, words_)
    if sliced or benefit.factors:
        return result
    if not benefit.of_tax:
        return result
    saved = counted.map(lambda end: money.to_fen(end - end * rate))
    return replace(result, saved=(saved.low, saved.high))


def _slice_words(over: Decimal | None, top: Decimal | None) -> str:
    if over is not None and top is not None:
        return f"超过{money.yuan(over)}、不超过{money.yuan(top)}的部分"
    if over is not None:
        return f"超过{money.yuan(over)}的部分"
    return f"不超过{money.yuan(top)}的部分" if top is not None else ""


def _exemption(benefit: benefits.Exemption, facts: Facts) -> Sum:
    base = told(benefit.of, facts) if benefit.of else None
    if base is None:
        missing = (benefit.of,) if benefit.of else ()
        return Sum(benefit.id, benefit.label, Meaning.SAVE, workings=(f"{benefit.what}免征",), missing=missing)
    return finish(benefit, Meaning.SAVE, base, [f"{benefit.what}{base.says()}免征"])


def _months_free(benefit: benefits.MonthsFree, facts: Facts) -> Sum:
    rent = told(benefit.of, facts) if benefit.of else None
    if rent is None:
        missing = (benefit.of,) if benefit.of else ()
        return Sum(benefit.id, benefit.label, Meaning.SAVE, workings=(f"减免{benefit.months}个月",), missing=missing)
    found = rent.map(lambda end: end * benefit.months)
    return finish(benefit, Meaning.SAVE, found, [f"每月{rent.says()} × {benefit.months}个月 = {found.says()}"])


def _discretionary(benefit: benefits.Discretionary, _facts: Facts) -> Sum:
    if benefit.up_to is None:
        return Sum(benefit.id, benefit.label, Meaning.RECEIVE, workings=("金额由主管部门确定，文件未写",))
    return finish(benefit, Meaning.RECEIVE, Span.of(benefit.up_to), ["金额由主管部门确定"], up_to=True)


def _deduction(benefit: benefits.Deduction, facts: Facts) -> Sum:
    return _share(benefit, Meaning.DEDUCT, benefit.rate, benefit.of, facts)


def _in_kind(benefit: benefits.InKind, _facts: Facts) -> Sum:
    return Sum(benefit.id, benefit.label, Meaning.RECEIVE)


_RULES: dict[type, Callable[[Any, Facts], Sum]] = {
    benefits.Flat: _flat,
    benefits.PerHead: _per_head,
    benefits.RateOf: _rate_of,
    benefits.RateRange: _rate_range,
    benefits.Tiers: steps.tiers,
    benefits.Deferral: _deferral,
    benefits.RateCut: _rate_cut,
    benefits.Deduction: _deduction,
    benefits.Exemption: _exemption,
    benefits.MonthsFree: _months_free,
    benefits.Discretionary: _discretionary,
    benefits.InKind: _in_kind,
}
