"""What the documents do not say, where that is what was asked for: said so instead of something near it."""

import re
from datetime import date

from handlers import answers
from handlers.topics import Topic
from nlu.understanding import Understanding
from policy_kb import windows
from policy_kb.benefits import Benefit
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Entry, Measure
from policy_kb.search import Role


def wanted(top: Topic, said: Understanding, catalogue: Catalogue, as_of: date) -> str | None:
    """What the documents do not say, where that is what was asked for. A rule that has ended is told as ended instead."""
    entry = top.entry
    if isinstance(entry, Measure) and windows.measure_status(entry, catalogue, as_of).state in answers.OVER:
        return None
    stated = max([top.stated, *(score for role, _, score in top.parts if role is not Role.SILENCE)])
    if top.silence and top.strength >= SILENCE_FROM:
        silence = top.found.silent[int(top.parts[0][1])]  # the parts are those of the entry found
        if top.strength >= stated * _ahead(silence.about.value if silence.about else None, said):
            return silence.what
    if said.confidence >= 0.5 and said.label in {"amount", "compute"} and _names_no_sum(entry, top):
        return "具体金额或比例"
    on_papers = any(point.about and point.about.value == said.label for point in entry.points) or "材料" in entry.title
    if (
        said.confidence >= 0.5
        and stated < SURE_STATEMENT
        and said.label in {"materials", "when_paid"}
        and not (on_papers and top.strength >= answers.POINT_FROM)
    ):
        declared = next((s.what for s in entry.silent if s.about and s.about.value == said.label), None)
        if declared or said.label == "materials":
            return declared or "申请要交的材料和表格"
    return None


def _names_no_sum(entry: Entry, top: Topic) -> bool:
    """Whether a measure gives no figure at all, and the statements nearest to the question have none either."""
    if not isinstance(entry, Measure):
        return False
    if any(_has_figure(benefit) for track in entry.tracks for benefit in track.benefits):
        return False
    near = {part for role, part, score in top.parts if role is not Role.SILENCE and score >= SILENCE_FROM}
    said = [entry.summary, *(point.says for point in entry.points if point.id in near)]
    return not any(_FIGURE.search(text) for text in said)


_FIGURE = re.compile(r"\d+(\.\d+)?(万|亿)?(元|%|‰|户|家|人|个|折)")


def _has_figure(benefit: Benefit) -> bool:
    return benefit.kind not in {"in_kind", "discretionary"} or getattr(benefit, "up_to", None) is not None


def _ahead(about: str | None, said: Understanding) -> float:
    """How far a silence must lead what is stated: less where it is silent on just the aspect asked for."""
    if about is None or said.confidence < 0.4:
        return 1.08
    return 0.95 if about == said.label else 1.3


SILENCE_FROM, SURE_STATEMENT = 0.40, 0.55
