"""Which of a measure's audiences an owner has described: who hired 就业困难人员 does not ask about graduates.

Tracks are alternatives, so a measure stays open as long as any of them does. Where what was told belongs to one track
alone, the answer is about that one.
"""

from collections.abc import Iterator

from policy_kb.conditions import Leaf
from policy_kb.eligibility import Assessment, TrackResult
from policy_kb.entries import Measure
from policy_kb.evaluation import Outcome
from policy_kb.facts import Facts


def alone(assessment: Assessment, facts: Facts) -> Measure | None:
    """The measure with only the track described, where that one fails and no other has been touched on; else None."""
    tracks = assessment.tracks
    if len(tracks) < 2 or any(one.truth for one in tracks):
        return None
    told = {one.track.id: _told(one, facts) for one in tracks}
    common = set.intersection(*told.values())
    touched = [one for one in tracks if told[one.track.id] - common]
    if len(touched) != 1 or touched[0].truth is not False:
        return None
    return assessment.measure.model_copy(update={"tracks": [touched[0].track]})


def _told(one: TrackResult, facts: Facts) -> set[str]:
    """The conditions of a track that what was told meets, by what they say."""
    return {f"{leaf.fact}:{leaf.says}" for leaf, met in _leaves(one.outcome) if met and leaf.fact in facts}


def _leaves(outcome: Outcome) -> Iterator[tuple[Leaf, bool]]:
    if outcome.leaf is not None:
        yield outcome.leaf, outcome.truth is True
    for part in outcome.parts:
        yield from _leaves(part)
