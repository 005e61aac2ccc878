"""A measure's own examples, run against the engine. What does not come out as written is told in words."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from policy_kb import amount_texts, eligibility, fact_texts, money
from policy_kb.catalogues import Catalogue
from policy_kb.eligibility import Assessment
from policy_kb.entries import Example, Measure
from policy_kb.facts import Facts


def run(measure: Measure, catalogue: Catalogue) -> list[str]:
    """Failures of all examples of a measure, one sentence each; empty when all pass."""
    return [
        f"{measure.id}: example «{example.name}»: {failure}"
        for example in measure.examples
        for failure in _failures(example, measure, catalogue)
    ]


def _failures(example: Example, measure: Measure, catalogue: Catalogue) -> Iterator[str]:
    if example.track:
        tracks = [track for track in measure.tracks if track.id == example.track]
        if not tracks:
            yield f"there is no track `{example.track}`"
            return
        measure = measure.model_copy(update={"tracks": tracks})
    try:
        facts = _facts(example, catalogue)
    except ValueError as error:
        yield str(error)
        return
    found = eligibility.assess(measure, facts, catalogue, example.as_of)
    yield from _verdict(example, found)
    yield from _amounts(example, found)


def _facts(example: Example, catalogue: Catalogue) -> Facts:
    facts: Facts = {}
    for name, text in example.facts.items():
        if name not in catalogue.facts:
            raise ValueError(f"fact `{name}` is not defined")
        facts[name] = fact_texts.parse(catalogue.facts[name], text)
    return facts


def _verdict(example: Example, found: Assessment) -> Iterator[str]:
    if example.verdict and example.verdict != found.verdict:
        yield f"verdict is {found.verdict}{_because(found)}, expected {example.verdict}"
    if example.timing and example.timing != found.timing:
        yield f"timing is {found.timing}, expected {example.timing}"
    if example.open is not None and set(example.open) != set(found.open):
        yield f"open are {_listed(found.open)}, expected {_listed(example.open)}"
    failing = [leaf.fact or leaf.says for leaf in found.failing]
    if example.failing is not None and set(example.failing) != set(failing):
        yield f"failing are {_listed(failing)}, expected {_listed(example.failing)}"


def _because(found: Assessment) -> str:
    """What led there, so that the mistake is found without a debugger."""
    if found.failing:
        return f" (fails: {_listed(leaf.says for leaf in found.failing)}, track {found.track.track.id})"
    if found.open or found.open_reason:
        return f" (open: {_listed([*found.open, *filter(None, [found.open_reason])])})"
    return f" ({found.timing})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _amounts(example: Example, found: Assessment) -> Iterator[str]:
    """Amounts are those of the verdict; where it brings several sums, one of them must be the one written."""
    total = found.amount
    exact = [total.low] if total.exact else [one.low for one in total.sums if one.exact]
    lows = [total.low] if total.low is not None else [one.low for one in total.sums]
    highs = [total.high] if total.high is not None else [one.high for one in total.sums]
    wanted = (("amount", example.amount, exact), ("amount_min", example.amount_min, lows))
    for name, text, ends in (*wanted, ("amount_max", example.amount_max, highs)):
        if text is not None and amount_texts.parse_number(text) not in ends:
            yield f"{name} is {_sums(ends)}, expected {text}"


def _sums(ends: Iterable[Decimal | None]) -> str:
    return " or ".join(money.yuan(end) for end in ends if end is not None) or "not known"
