"""Facts in a message for the measure in hand: which it needs, and what was said of them."""

import re
from collections.abc import Sequence

from handlers.session import Session
from nlu import fact_reading
from nlu.fact_reading import Reading
from nlu.understanding import Understanding
from policy_kb import catalogues, conditions, derivations
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure
from policy_kb.facts import Fact


def needed_facts(measure: Measure, catalogue: Catalogue) -> dict[str, None]:
    """Facts a measure's conditions and sums depend on, and those from which these are worked out."""
    names = dict.fromkeys(sum_facts(measure))
    for track in measure.tracks:
        names |= {leaf.fact: None for leaf in conditions.leaves(track.conditions) if leaf.fact}
    for name in list(names):
        if name in catalogue.facts:
            names |= dict.fromkeys(derivations.reads(catalogue.facts[name]))
    return {name: None for name in names if name in catalogue.facts}


def sum_facts(measure: Measure) -> list[str]:
    """Facts a measure's sums are computed from."""
    benefits = [one for track in measure.tracks for one in track.benefits]
    return list(dict.fromkeys(name for one in benefits for name in catalogues.benefit_facts(one)))


def wanted_facts(measure: Measure, catalogue: Catalogue) -> list[Fact]:
    """Facts a measure's conditions and sums depend on."""
    return [catalogue.facts[name] for name in needed_facts(measure, catalogue)]


def read(said: Understanding, measure: Measure | None, session: Session, catalogue: Catalogue) -> dict[str, Reading]:
    """Facts in a message: by phrase, by cue, and, for the measure in hand, the one sum or number it asks for."""
    readings = dict(said.told or {})
    if measure is not None:
        cued = fact_reading.bind(said.text, said.quantities, wanted_facts(measure, catalogue))
        used = {reading.at for reading in cued.values()} | _whole_staff(said, catalogue)
        left = [q for q in said.quantities if q.start not in used]
        sums = [catalogue.facts[name] for name in sum_facts(measure) if name in catalogue.facts]
        if not derived_told(sums, cued):
            cued |= fact_reading.bind(said.text, left, [fact for fact in sums if fact.id not in cued], alone=True)
        readings |= cued
    return readings


_HIRES = re.compile(r"(招|聘|录用|新进|吸纳|留用|接收).{0,6}$")


def _whole_staff(said: Understanding, catalogue: Catalogue) -> set[int]:
    """Where head-counts stand that are of the whole staff by their own words: 20个员工 are no 20 hires."""
    general = [fact.model_copy(update={"default_for": None}) for fact in catalogue.facts.values() if fact.default_for]
    bound = fact_reading.bind(said.text, said.quantities, general)
    return {reading.at for reading in bound.values() if not _HIRES.search(said.text[: reading.at])}


def derived_told(sums: Sequence[Fact], readings: dict[str, Reading]) -> bool:
    """Whether the parts of a sum were told, so that no bare number may stand for the whole."""
    return any(part in readings for fact in sums for part in derivations.reads(fact))


def answered(
    said: Understanding, session: Session, readings: dict[str, Reading], catalogue: Catalogue
) -> dict[str, Reading]:
    """The answer to the question asked, where the message holds one."""
    asked = catalogue.facts.get(session.dialog.asked or "") if session.dialog else None
    if asked is None or asked.id in readings:
        return {}
    answer = fact_reading.answer(asked, said.text, said.quantities)
    return {asked.id: answer} if answer else {}
