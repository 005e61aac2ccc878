"""Examples: every claim shows who gets it, who does not and who must be asked, and both sides of each threshold."""

from collections.abc import Iterator
from decimal import Decimal

from policy_kb import amount_texts, conditions, examples
from policy_kb.benefits import Tiers
from policy_kb.checks.findings import Desk, Where
from policy_kb.entries import Kind, Measure


def check(desk: Desk) -> None:
    """All claims; the examples themselves are run, too, except where a file names something that is not there."""
    broken = {fault.file for fault in desk.unread}
    for measure in desk.catalogue.measures.values():
        desk.findings.counts["examples"] += len(measure.examples)
        if desk.catalogue.place(measure)[0].file not in broken:
            _run(desk, measure)
        if measure.kind is Kind.CLAIM and measure.status == "reviewed":
            _verdicts(desk, measure)
            _sides(desk, measure)


def _run(desk: Desk, measure: Measure) -> None:
    for i, example in enumerate(measure.examples):
        for failure in examples.run(measure.model_copy(update={"examples": [example]}), desk.catalogue):
            what = failure.removeprefix(f"{measure.id}: ")
            desk.fault(measure, ("examples", i), what, "correct the example or the measure")


def _leaves(measure: Measure) -> list[list[conditions.Leaf]]:
    return [list(conditions.leaves(track.conditions)) for track in measure.tracks]


def _expected(measure: Measure) -> Iterator[tuple[str, set[str]]]:
    """What its examples must show. A selection is never simply eligible; without facts nothing can fail or be open."""
    tracks = _leaves(measure)
    if not all(any(leaf.selective for leaf in leaves) for leaves in tracks):
        yield "eligible", {"eligible", "partially_eligible"}
    if any(leaf.fact for leaves in tracks for leaf in leaves):
        yield "not eligible", {"not_eligible"}
        yield "needs info", {"needs_info"}


def _verdicts(desk: Desk, measure: Measure) -> None:
    shown = {example.verdict for example in measure.examples if example.timing is None} - {None}
    missing = [name for name, verdicts in _expected(measure) if not shown & verdicts]
    if missing:
        what = f"`{measure.id}` has no example for {', '.join(missing)}"
        desk.lack(measure, ("examples",), what, "add examples with `verdict`")


def _thresholds(measure: Measure) -> Iterator[tuple[Where, str, Decimal, bool]]:
    """Where, which fact, at which number, and whether the number itself belongs to the upper side."""
    for i, track in enumerate(measure.tracks):
        for at, leaf in conditions.placed(track.conditions, ("tracks", i, "conditions")):
            if leaf.fact is None:
                continue
            for name, upper in (("at_least", True), ("less_than", True), ("more_than", False), ("at_most", False)):
                number = getattr(leaf, name)
                if number is not None:
                    yield at, leaf.fact, number, upper
            if leaf.between:
                yield at, leaf.fact, leaf.between.low, True
                yield at, leaf.fact, leaf.between.high, False
        for j, benefit in enumerate(track.benefits):
            if isinstance(benefit, Tiers):
                for k, step in enumerate(benefit.steps):
                    if step.at_least > 0:
                        yield ("tracks", i, "benefits", j, "steps", k), benefit.by, step.at_least, True


def _given(measure: Measure, fact: str) -> list[Decimal]:
    numbers: list[Decimal] = []
    for example in measure.examples:
        value = example.facts.get(fact)
        if isinstance(value, str):
            try:
                numbers.append(amount_texts.parse_number(value))
            except ValueError:
                continue  # a range or «unsure» shows no side
    return numbers


def _sides(desk: Desk, measure: Measure) -> None:
    for where, fact, number, upper in _thresholds(measure):
        given = _given(measure, fact)
        above = any(value >= number if upper else value > number for value in given)
        below = any(value < number if upper else value <= number for value in given)
        if not (above and below):
            side = "either side" if not above and not below else "the lower side" if above else "the upper side"
            what = f"no example on {side} of `{fact}` {number:f}"
            desk.lack(measure, where, what, f"add examples just below and at {number:f}")
