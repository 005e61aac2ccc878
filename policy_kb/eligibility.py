"""Can this enterprise have this measure on that day: verdict, timing, what decides it, what is still open, how much.

Tracks of a measure are alternatives unless the measure says that they are parts of one whole. A verdict is never
`eligible` outside the validity of the rule, nor where nobody could confirm that the rule is still in force.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy_kb import amounts, catalogues, evaluation, kleene, sizes, windows
from policy_kb.amounts import BenefitAmount, Sum
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import Any_, CheckedBy
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Delivery, Kind, Measure, Track
from policy_kb.evaluation import Outcome
from policy_kb.facts import Facts, Unknown, Why
from policy_kb.kleene import Truth
from policy_kb.windows import Round, Standing, State


class Verdict(StrEnum):
    """What the rules say on these facts."""

    ELIGIBLE = "eligible"
    PARTIALLY_ELIGIBLE = "partially_eligible"
    NEEDS_INFO = "needs_info"
    NOT_ELIGIBLE = "not_eligible"


class Outward(StrEnum):
    """The verdict as a reply carries it."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    DEPENDS = "depends"


class Timing(StrEnum):
    """When it can be had, apart from whether."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    STANDING = "standing"
    AUTOMATIC = "automatic"
    ENDED = "ended"
    UNCONFIRMED = "unconfirmed"
    NOT_KNOWN = "not_known"


class About(StrEnum):
    """What a caveat is about."""

    FORMAL = "formal"  # 以主管部门审核为准
    SELECTIVE = "selective"  # 择优、评审、额度有限
    DEPARTMENT = "department"  # only the authority can judge it
    UNCONFIRMED = "unconfirmed"  # 目前是否仍执行未能核实
    DIRECTION = "direction"  # the document sets a direction and gives no claim
    NO_PRINTED_END = "no_printed_end"  # 文件未写截止日期
    OFFICIAL = "official"  # 以官方为准


@dataclass(frozen=True)
class Caveat:
    """Something the owner must know beside the verdict."""

    about: About
    says: str
    cite: str | None = None


@dataclass(frozen=True)
class TrackResult:
    """One track held against the enterprise. `failing` and `undecided` are leaves; `sums` one a benefit."""

    track: Track
    standing: Standing
    outcome: Outcome
    failing: tuple[Outcome, ...]
    undecided: tuple[Outcome, ...]
    sums: tuple[Sum, ...]

    @property
    def truth(self) -> Truth:
        """Whether its conditions hold, whatever the day."""
        return self.outcome.truth


@dataclass(frozen=True)
class Assessment:
    """The verdict on one measure, with all that explains it.

    `track` is the one that holds, or comes nearest; `trace` its evaluated tree; `failing` its leaves that decide a no.
    `open` are the facts that can still change the verdict, those answered 不清楚 included. `open_reason` is what stands
    open and no answer of the owner can settle.
    """

    measure: Measure
    verdict: Verdict
    timing: Timing
    standing: Standing
    tracks: tuple[TrackResult, ...]
    track: TrackResult
    failing: tuple[Outcome, ...]
    open: tuple[str, ...]
    open_reason: str | None
    caveats: tuple[Caveat, ...]
    amount: BenefitAmount

    @property
    def trace(self) -> Outcome:
        """The evaluated conditions of the deciding track."""
        return self.track.outcome

    @property
    def outward(self) -> Outward:
        """The verdict as a reply carries it."""
        return outward(self.verdict)


def outward(verdict: Verdict) -> Outward:
    """Eligible and partially_eligible → eligible; needs_info → depends."""
    match verdict:
        case Verdict.ELIGIBLE | Verdict.PARTIALLY_ELIGIBLE:
            return Outward.ELIGIBLE
        case Verdict.NOT_ELIGIBLE:
            return Outward.NOT_ELIGIBLE
    return Outward.DEPENDS


def assess(measure: Measure, facts: Facts, catalogue: Catalogue, as_of: date) -> Assessment:
    """Judge one measure on the facts told, on the day `as_of`."""
    return judge(measure, Enterprise(facts, catalogue, as_of), as_of)


def assess_all(measures: Iterable[Measure], facts: Facts, catalogue: Catalogue, as_of: date) -> tuple[Assessment, ...]:
    """Judge many measures; derived facts are worked out once."""
    enterprise = Enterprise(facts, catalogue, as_of)
    return tuple(judge(measure, enterprise, as_of) for measure in measures)


def judge(measure: Measure, enterprise: Enterprise, as_of: date, within: frozenset[str] = frozenset()) -> Assessment:
    """As `assess`. `within` are measures being judged whose conditions lead here; a circle stays open."""
    catalogue = enterprise.catalogue
    judged = _Others(enterprise, as_of, within | {measure.id})
    tracks = tuple(_track(track, measure, judged) for track in measure.tracks)
    live = [one for one in tracks if one.standing.state in {State.IN_FORCE, State.UNCONFIRMED}]
    verdict = _verdict(measure, tracks, live)
    shown = _shown(verdict, live) or list(tracks)
    chosen = min(shown, key=_distance)
    standing = chosen.standing if live else windows.measure_status(measure, catalogue, as_of)
    timing = _timing(measure, standing, as_of)
    caveats = tuple(dict.fromkeys([*_caveats(measure, shown, standing), *_sized(shown, enterprise)])) if live else ()
    still = live if verdict is Verdict.PARTIALLY_ELIGIBLE else shown
    open_ = tuple(dict.fromkeys(_open(still, judged))) if verdict is not Verdict.NOT_ELIGIBLE else ()
    return Assessment(
        measure,
        verdict,
        timing,
        standing,
        tracks,
        chosen,
        chosen.failing if live else (),
        open_,
        _open_reason(caveats) if verdict is Verdict.NEEDS_INFO else None,
        caveats,
        amounts.together([one.sums for one in shown] if verdict is not Verdict.NOT_ELIGIBLE else []),
    )


@dataclass
class _Others:
    """Verdicts on other measures that a condition names (`measure_verdict`)."""

    enterprise: Enterprise
    as_of: date
    within: frozenset[str]

    def verdict(self, name: str) -> str | None:
        """Eligible or not_eligible, None while open."""
        other = self.assessment(name)
        if other is None or other.outward is Outward.DEPENDS:
            return None
        return str(other.outward)

    def assessment(self, name: str) -> Assessment | None:
        """The other measure judged; None for a circle or an unknown id."""
        if name in self.within or name not in self.enterprise.catalogue.measures:
            return None
        return judge(self.enterprise.catalogue.measures[name], self.enterprise, self.as_of, self.within)


def _track(track: Track, measure: Measure, others: _Others) -> TrackResult:
    enterprise = others.enterprise
    standing = windows.status(track, measure, enterprise.catalogue, others.as_of)
    found = evaluation.outcome(track.conditions, enterprise, others.verdict)
    names = {name for benefit in track.benefits for name in catalogues.benefit_facts(benefit)}
    facts = {name: enterprise.value(name) for name in names}
    sums = tuple(amounts.compute(benefit, facts) for benefit in track.benefits)
    return TrackResult(track, standing, found, evaluation.failing(found), evaluation.undecided(found), sums)


def _counts(measure: Measure, one: TrackResult) -> Truth:
    """Its truth, never True where the rule is unconfirmed or only a direction."""
    doubtful = one.standing.state is State.UNCONFIRMED or measure.kind is Kind.DIRECTION
    return None if one.truth and doubtful else one.truth


def _verdict(measure: Measure, tracks: tuple[TrackResult, ...], live: list[TrackResult]) -> Verdict:
    truths = [_counts(measure, one) for one in live]
    match kleene.disjunction(truths):
        case None:
            return Verdict.NEEDS_INFO
        case False:
            return Verdict.NOT_ELIGIBLE
    whole = measure.tracks_are == "alternatives" or truths.count(True) == len(tracks)
    return Verdict.ELIGIBLE if whole else Verdict.PARTIALLY_ELIGIBLE


def _shown(verdict: Verdict, live: list[TrackResult]) -> list[TrackResult]:
    """The tracks a verdict speaks of: those that hold, those that still may, or those that fail."""
    if verdict is Verdict.NOT_ELIGIBLE:
        return live
    if verdict is Verdict.NEEDS_INFO:
        return [one for one in live if one.truth is not False]
    return [one for one in live if one.truth and one.standing.in_force]


def _distance(one: TrackResult) -> tuple[int, int, int]:
    """How far a track is from holding: fewest failing leaves, then fewest open ones; of equals the one in force."""
    return len(one.failing), len(one.undecided), not one.standing.in_force


def _open(shown: list[TrackResult], others: _Others) -> Iterator[str]:
    for leaf in (leaf for one in shown for leaf in one.undecided):
        condition = leaf.leaf
        if condition is None or condition.selective or condition.checked_by is CheckedBy.DEPARTMENT:
            continue
        if condition.fact:
            yield condition.fact
        elif condition.measure and (other := others.assessment(condition.measure)):
            yield from other.open


def parked(assessment: Assessment, facts: Facts) -> tuple[str, ...]:
    """Open facts the owner could or would not tell: not asked again, named as what the verdict hangs on."""
    return tuple(
        name
        for name in assessment.open
        if isinstance(value := facts.get(name), Unknown) and value.why is not Why.NOT_ASKED
    )


_STANDING_TIMING = {
    State.NOT_KNOWN: Timing.NOT_KNOWN,
    State.NOT_YET: Timing.UPCOMING,
    State.ENDED: Timing.ENDED,
    State.SUPERSEDED: Timing.ENDED,
    State.UNCONFIRMED: Timing.UNCONFIRMED,
}


def _timing(measure: Measure, standing: Standing, as_of: date) -> Timing:
    if standing.state in _STANDING_TIMING:
        return _STANDING_TIMING[standing.state]
    if measure.delivery is Delivery.AUTOMATIC:
        return Timing.AUTOMATIC
    rounds = {one.state for one in windows.windows_on(measure, as_of) if one.window.kind != "deadline"}
    for state in (Round.OPEN, Round.CLOSING, Round.UPCOMING, Round.CLOSED):
        if state in rounds:
            return Timing(state)
    ends_soon = standing.to is not None and (standing.to - as_of).days <= windows.CLOSING_DAYS
    return Timing.CLOSING if ends_soon else Timing.STANDING


_OPENING = (About.UNCONFIRMED, About.DIRECTION, About.SELECTIVE, About.DEPARTMENT)


def _open_reason(caveats: tuple[Caveat, ...]) -> str | None:
    """What keeps it open and no answer settles, the weightiest."""
    return next((one.says for about in _OPENING for one in caveats if one.about is about), None)


def _caveats(measure: Measure, shown: list[TrackResult], standing: Standing) -> Iterator[Caveat]:
    if standing.state is State.UNCONFIRMED:
        yield Caveat(About.UNCONFIRMED, "目前是否仍执行未能核实")
    elif not standing.printed_end:
        yield Caveat(About.NO_PRINTED_END, "文件未写截止日期")
    if measure.kind is Kind.DIRECTION:
        yield Caveat(About.DIRECTION, "文件只提出方向，没有写可以申请的条件")
    for one in shown:
        yield from _marked(one.outcome)
    if measure.verified and measure.verified.basis == "V2":
        yield Caveat(About.OFFICIAL, "以官方为准")


def _sized(shown: list[TrackResult], enterprise: Enterprise) -> Iterator[Caveat]:
    """以官方为准 where a size was worked out by a row of the standard that we do not hold."""
    for name in {leaf.fact for one in shown for leaf in one.outcome.leaves()}:
        fact = enterprise.catalogue.facts.get(name or "")
        if fact is None or fact.derive != "size_standard":
            continue
        size = enterprise.value(fact.id)
        if isinstance(size, str) and size != enterprise.told.get(fact.id):
            read = sizes.standard(fact, enterprise.value, enterprise.catalogue, enterprise.as_of)
            if read.caveat:
                yield Caveat(About.OFFICIAL, f"规模按划型标准{read.rows[-1].label}推算，{read.caveat}")


def _marked(found: Outcome) -> Iterator[Caveat]:
    """Formal checks, selections and what the authority judges, in the branches that are not out of the question."""
    if found.truth is False:
        return
    leaf = found.leaf
    if leaf is None:
        settled = isinstance(found.node, Any_) and found.truth  # what other ways would still need does not matter
        for part in found.parts:
            if part.truth or not settled:
                yield from _marked(part)
    elif leaf.selective:
        yield Caveat(About.SELECTIVE, leaf.says, leaf.cite)
    elif leaf.formal:
        yield Caveat(About.FORMAL, leaf.says, leaf.cite)
    elif leaf.checked_by is CheckedBy.DEPARTMENT:
        yield Caveat(About.DEPARTMENT, leaf.says, leaf.cite)
