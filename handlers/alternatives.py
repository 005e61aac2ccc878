"""What fits instead of a measure that does not: the nearest of its kind, judged on what is known."""

from datetime import date

from policy_kb import conditions, eligibility, windows
from policy_kb.catalogues import Catalogue
from policy_kb.eligibility import Assessment, Verdict
from policy_kb.entries import Kind, Measure
from policy_kb.facts import Facts, Unknown


def nearest(measure: Measure, facts: Facts, catalogue: Catalogue, as_of: date) -> Assessment | None:
    """The measure of the same line or category that fits, else one that may and that something told speaks for."""
    found = [
        one
        for other in _kin(measure, catalogue, as_of)
        if (one := eligibility.assess(other, facts, catalogue, as_of)).verdict is not Verdict.NOT_ELIGIBLE
    ]
    told = [one for one in found if _met(one, facts)]
    return min(told, key=lambda one: _rank(one, measure, facts), default=None)


def _kin(measure: Measure, catalogue: Catalogue, as_of: date) -> list[Measure]:
    return [
        other
        for other in catalogue.measures.values()
        if other.id != measure.id
        and other.kind is Kind.CLAIM
        and (other.category == measure.category or (measure.lineage and other.lineage == measure.lineage))
        and windows.measure_status(other, catalogue, as_of).in_force
    ]


def _met(one: Assessment, facts: Facts) -> int:
    """How many conditions that something told decides are met."""
    asked = {leaf.fact for track in one.measure.tracks for leaf in conditions.leaves(track.conditions)}
    told = {name for name in asked if name in facts and not isinstance(facts[name], Unknown)}
    return sum(1 for leaf in one.trace.leaves() if leaf.truth and (leaf.fact in told))


def _rank(one: Assessment, measure: Measure, facts: Facts) -> tuple[bool, bool, bool, int, int]:
    """Those that fit first, then the same line, then those the same words lead to, then the fewest open questions."""
    open_ = one.verdict is Verdict.NEEDS_INFO
    line = not (measure.lineage and one.measure.lineage == measure.lineage)
    return open_, line, one.measure.id not in measure.related, -_met(one, facts), len(one.open)
