"""The dates of the catalogue that people are told of beforehand: ends of validity, rounds, days to apply or pay by.

Which are due on a day, at which stage, and which may not be told and why. Pure: `as_of` is the day looked at, `today`
the real one, by which reviews are judged. All days are Asia/Shanghai, all ends inclusive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from policy_kb import windows, working_days
from policy_kb.benefits import Deferral
from policy_kb.catalogues import Catalogue
from policy_kb.documents import Level
from policy_kb.entries import Delivery, Kind, Measure, Track, Window
from policy_kb.windows import State

CATCH_UP = timedelta(days=10)
"""How long after the day something that happened is still told (the clock was down, a holiday lay between)."""

_FAR = timedelta(days=90)
"""Further away nothing is due: 30 working days, or a holiday with days to catch up, lie well within."""


class Stage(StrEnum):
    """When somebody is told of something."""

    BEFORE_30 = "30"
    BEFORE_7 = "7"
    BEFORE_1 = "1"
    OPENED = "opened"
    CHANGED = "changed"
    ENDED = "ended"
    REPLACED = "replaced"
    MATCH = "match"  # it fits the enterprise, or is one or two questions away


COUNTDOWN = ((1, Stage.BEFORE_1), (7, Stage.BEFORE_7), (30, Stage.BEFORE_30))
"""Working days before the last working day on or before the date, nearest first."""

BY_DAYS = tuple(stage for _, stage in COUNTDOWN)


class What(StrEnum):
    """What ends on the day."""

    VALIDITY = "validity"
    APPLICATION = "application"
    ROUND = "round"  # days on which the authority reviews; handing in is open all the time
    PAYMENT = "payment"  # a day the owner must pay by


@dataclass(frozen=True)
class Deadline:
    """A date of a measure. `tracks`: whose (empty: of all); `withheld`: why nobody may be told of it."""

    measure: Measure
    id: str
    what: What
    label: str
    on: date
    from_: date | None = None
    tracks: tuple[str, ...] = ()
    cite: str | None = None
    withheld: str = ""


@dataclass(frozen=True)
class Occasion:
    """Something to tell on a day. `since`: the day it was due; `by`: what replaces it; `withheld` as for a date."""

    measure: Measure
    stage: Stage
    since: date
    deadline: Deadline | None = None
    day: date | None = None
    by: str | None = None
    provisional: bool = False
    withheld: str = ""

    @property
    def id(self) -> str:
        """What it is about, within the measure."""
        if self.deadline:
            return self.deadline.id
        return f"since-{self.day}" if self.stage is Stage.REPLACED else f"v{self.measure.version}"


def refusal(measure: Measure, today: date) -> str:
    """Why nothing of a measure may be told unasked; empty where it may."""
    if measure.status == "draft":
        return "还是草稿"
    if measure.verified is None:
        return "没有核实"
    return "过了复核日期" if measure.verified.review_by < today else ""


def awaits_local_notice(measure: Measure) -> bool:
    """A national rule that somebody here has to carry out, and nobody could confirm yet how: no account, no date."""
    unconfirmed = measure.level is Level.NATIONAL and measure.verified is not None and measure.verified.basis == "V2"
    return unconfirmed and measure.delivery in {Delivery.APPLY, Delivery.CONFIRM, Delivery.AUTOMATIC}


def of(measure: Measure, catalogue: Catalogue, as_of: date) -> tuple[Deadline, ...]:
    """All dates of a measure as known on `as_of`, past ones included, earliest first."""
    if measure.kind is Kind.DIRECTION or not _is_known(measure, catalogue, as_of):
        return ()
    found = [*_windows(measure), *_payments(measure)]
    if measure.kind is Kind.CLAIM:
        told = {one.on for one in found}
        found += [one for one in _ends(measure, catalogue, as_of) if one.on not in told]
    return tuple(sorted(found, key=lambda one: (one.on, one.id)))


def _is_known(measure: Measure, catalogue: Catalogue, as_of: date) -> bool:
    return windows.measure_status(measure, catalogue, as_of).state is not State.NOT_KNOWN


_KINDS = {"application": What.APPLICATION, "deadline": What.PAYMENT, "round": What.ROUND}


def _windows(measure: Measure) -> Iterator[Deadline]:
    for window in measure.windows:
        if window.to is not None:
            what, name = _KINDS[window.kind], f"{window.id}-{window.to}"
            yield Deadline(
                measure, name, what, window.label, window.to, window.from_, (), window.cite, _withheld(window)
            )


def _withheld(window: Window) -> str:
    if window.conditional:
        return f"不一定有（{window.conditional}）"
    return "" if window.remind else "条目标明不提醒"


def _payments(measure: Measure) -> Iterator[Deadline]:
    """Days to pay deferred sums by, where no window says the same."""
    told = {window.to for window in measure.windows}
    days: dict[date, list[str]] = {}
    for track in measure.tracks:
        for benefit in track.benefits:
            if isinstance(benefit, Deferral) and benefit.pay_by and benefit.pay_by not in told:
                days.setdefault(benefit.pay_by, []).append(track.id)
    for day, tracks in days.items():
        yield Deadline(measure, f"pay-{day}", What.PAYMENT, "补缴缓缴的费款", day, None, tuple(dict.fromkeys(tracks)))


def _ends(measure: Measure, catalogue: Catalogue, as_of: date) -> Iterator[Deadline]:
    """Printed ends of tracks, those of one day together; of tracks replaced before their end none."""
    groups: dict[date, list[Track]] = {}
    for track in measure.tracks:
        standing = windows.status(track, measure, catalogue, as_of)
        if standing.to and standing.state not in {State.NOT_KNOWN, State.SUPERSEDED}:
            groups.setdefault(standing.to, []).append(track)
    for day, tracks in groups.items():
        some = () if len(tracks) == len(measure.tracks) else tuple(track.id for track in tracks)
        doubtful = any(windows.status(track, measure, catalogue, as_of).state is State.UNCONFIRMED for track in tracks)
        why = "是否仍执行未能核实" if doubtful else ""
        why = "日期是推算的，文件没印" if any(track.in_force.worked_out for track in tracks) else why
        yield Deadline(measure, f"to-{day}", What.VALIDITY, "执行期限", day, None, some, tracks[0].cite, why)


def countdown(deadline: Deadline, day: date) -> Occasion | None:
    """The stage before the date that `day` is in: from its day on until the day of the next one. None: too early, or over.

    A stage that was missed is made up for as long as the next has not come.
    """
    if not day <= deadline.on <= day + _FAR:
        return None
    for number, stage in COUNTDOWN:
        start = working_days.before(deadline.on, number)
        if start.day <= day:
            if deadline.what is What.APPLICATION and deadline.from_ and start.day < deadline.from_:
                return None  # not open yet then: its opening is told, with the end
            return Occasion(deadline.measure, stage, start.day, deadline, deadline.on, provisional=start.provisional)
    return None


def occasions(catalogue: Catalogue, as_of: date, today: date) -> tuple[Occasion, ...]:
    """All that is to be told on `as_of` because of its date; what may not be told is there with the reason.

    Documents not issued on `as_of` are not known. What became new in the catalogue itself is not told here: whoever
    knows what was announced before does (opened, changed, match).
    """
    return tuple(
        replace(one, withheld=one.withheld or refusal(measure, today))
        for measure in catalogue.measures.values()
        for one in _due(measure, catalogue, as_of, live=as_of == today)
    )


def _due(measure: Measure, catalogue: Catalogue, day: date, *, live: bool) -> Iterator[Occasion]:
    for deadline in of(measure, catalogue, day):
        for one in (countdown(deadline, day), _opened(deadline, day), _ended(deadline, day)):
            # What was not known on the day it should have been told is told as new, by those who know what is new.
            if one is not None and _is_known(measure, catalogue, one.since):
                yield replace(one, withheld=deadline.withheld)
    one = _replaced(measure, catalogue, day, live=live)
    if one is not None:
        yield one


def _recent(happened: date, day: date) -> date | None:
    """The working day on which it is told, where that has come and is not long past."""
    if not happened <= day <= happened + _FAR:
        return None
    told = working_days.on_or_after(happened).day
    return told if told <= day <= told + CATCH_UP else None


def _opened(deadline: Deadline, day: date) -> Occasion | None:
    """A round of application opens. A day of review does not open anything."""
    if deadline.what is not What.APPLICATION or deadline.from_ is None or day > deadline.on:
        return None
    since = _recent(deadline.from_, day)
    return Occasion(deadline.measure, Stage.OPENED, since, deadline, deadline.on) if since else None


def _ended(deadline: Deadline, day: date) -> Occasion | None:
    if deadline.what is not What.VALIDITY:
        return None
    since = _recent(deadline.on + timedelta(days=1), day)
    return Occasion(deadline.measure, Stage.ENDED, since, deadline, deadline.on) if since else None


def _replaced(measure: Measure, catalogue: Catalogue, day: date, *, live: bool) -> Occasion | None:
    """Replaced before its end, from the day on which both the change and the new document are there."""
    if measure.kind not in {Kind.CLAIM, Kind.RULE}:
        return None
    standing = windows.measure_status(measure, catalogue, day)
    if standing.state is not State.SUPERSEDED or standing.since is None:
        return None
    known, exact = became_known(catalogue.measures.get(standing.by or ""), catalogue)
    since = _recent(max(standing.since, known or standing.since), day)
    if since is None:
        return None
    hearsay = "" if exact or live else "新文件的发布日未核实"
    return Occasion(measure, Stage.REPLACED, since, None, standing.since, standing.by, withheld=hearsay)


def became_known(measure: Measure | None, catalogue: Catalogue) -> tuple[date | None, bool]:
    """The day the first of its documents was issued, and whether that day is verified."""
    if measure is None:
        return None, True
    documents = [windows.document(track, measure, catalogue) for track in measure.tracks]
    first = min((one for one in documents if one), key=lambda one: one.issued, default=None)
    return (first.issued, first.issued_exact) if first else (None, True)


def upcoming(measure: Measure, catalogue: Catalogue, as_of: date, today: date) -> tuple[Deadline, ...]:
    """The dates still to come that may be told, for a calendar."""
    if refusal(measure, today):
        return ()
    return tuple(one for one in of(measure, catalogue, as_of) if one.on >= as_of and not one.withheld)
