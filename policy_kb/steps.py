"""Tiers: a sum or share that steps up with a fact. Every step begins at its edge (inclusive).

`replace`: the highest step reached counts alone; a rate is taken of the whole value. `add`: all steps reached add up;
a rate is then taken of the part of the value from its own edge to the next.
"""

from decimal import Decimal

from policy_kb import benefits, money
from policy_kb.benefits import Step
from policy_kb.facts import Facts
from policy_kb.spans import Span, told
from policy_kb.sums import Meaning, Sum, finish

_ZERO = Decimal(0)


def tiers(benefit: benefits.Tiers, facts: Facts) -> Sum:
    """What the steps bring for the value known, or between which sums it lies."""
    steps = sorted(benefit.steps, key=lambda step: step.at_least)
    value = told(benefit.by, facts)
    if value is None:
        whole = _over(steps, Span(_ZERO, None), benefit.combine)
        return finish(benefit, Meaning.RECEIVE, whole, _ladder(benefit, steps), [benefit.by])
    found = _over(steps, value, benefit.combine)
    words = _workings(benefit, steps, value) if value.exact else _ladder(benefit, steps)
    return finish(benefit, Meaning.RECEIVE, found, words)


def _over(steps: list[Step], value: Span, combine: str) -> Span:
    """The lowest and highest sum within the value: at its ends, at each edge in it and just below each edge."""
    ends = [_brings(steps, value.low, combine)]
    for edge in (step.at_least for step in steps):
        if value.low < edge and (value.high is None or edge <= value.high):
            ends += [_brings(steps, edge, combine), _brings(steps, edge, combine, below=True)]
    if value.high is not None:
        ends.append(_brings(steps, value.high, combine))
    endless = value.high is None and any(step.rate is not None for step in steps)
    return Span(min(ends), None if endless else max(ends))


def _brings(steps: list[Step], value: Decimal, combine: str, *, below: bool = False) -> Decimal:
    """The sum at `value`, or just below it."""
    reached = [step for step in steps if (step.at_least < value if below else step.at_least <= value)]
    if not reached:
        return _ZERO
    if combine == "replace":
        return _one(reached[-1], value)
    tops = [*(step.at_least for step in reached[1:]), value]
    return sum((_one(step, top - step.at_least) for step, top in zip(reached, tops, strict=True)), _ZERO)


def _one(step: Step, base: Decimal) -> Decimal:
    return (step.amount or _ZERO) + (step.rate or _ZERO) * base


def _workings(benefit: benefits.Tiers, steps: list[Step], value: Span) -> list[str]:
    reached = [step for step in steps if step.at_least <= value.low]
    said = _edge(benefit, value.low)
    if not reached:
        return [f"{said}未达到{_edge(benefit, steps[0].at_least)}"]
    if benefit.combine == "add":
        total = money.to_fen(_brings(steps, value.low, benefit.combine))
        return [*_ladder(benefit, reached), f"{said}逐档累加 = {money.yuan(total)}"]
    step = reached[-1]
    at = f"{said}达到{_edge(benefit, step.at_least)}这一档" if step.at_least else f"{said}在第一档"
    if step.rate is not None:
        return [f"{at}：{said} × {money.share(step.rate)} = {money.yuan(money.to_fen(_one(step, value.low)))}"]
    return [f"{at}，{money.yuan(step.amount or _ZERO)}"]


def _edge(benefit: benefits.Tiers, number: Decimal) -> str:
    return money.yuan(number) if benefit.unit == "元" else f"{money.plain(number)}{benefit.unit}"


def _ladder(benefit: benefits.Tiers, steps: list[Step]) -> list[str]:
    """All steps in words, one a line."""
    lines = []
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        begins = f"{_edge(benefit, step.at_least)}及以上" if step.at_least else ""
        ends = f"不到{_edge(benefit, after.at_least)}" if after else ""
        brings = money.share(step.rate) if step.rate is not None else money.yuan(step.amount or _ZERO)
        lines.append(f"{'、'.join(filter(None, (begins, ends))) or '不论多少'}：{brings}")
    return lines
