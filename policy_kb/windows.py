"""Is it in force on that day? Validity of tracks and measures, successors, and rounds of application.

`as_of` decides everything; there is no clock here. All ends are inclusive days in Asia/Shanghai.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy_kb.catalogues import Catalogue
from policy_kb.documents import Document, DocumentKind
from policy_kb.entries import Measure, Track, Window

YEARS_WITHOUT_PRINTED_END = 2
CLOSING_DAYS = 30


class State(StrEnum):
    """Where a rule stands on a day."""

    IN_FORCE = "in_force"
    ENDED = "ended"
    SUPERSEDED = "superseded"
    NOT_YET = "not_yet"
    NOT_KNOWN = "not_known"  # its document had not been issued
    UNCONFIRMED = "unconfirmed"  # no printed end, too old to be taken for granted


@dataclass(frozen=True)
class Standing:
    """The state of a track on a day, with the dates that decide it.

    `from_` and `to` are the printed days (`to` may come from the document as a whole), both inclusive. `by` is the
    measure that replaces it and `since` the day from which it does; they stand beside a printed end, not instead of it.
    `issued` is the day its document became known.
    """

    state: State
    from_: date | None = None
    to: date | None = None
    printed_end: bool = False
    by: str | None = None
    since: date | None = None
    issued: date | None = None

    @property
    def in_force(self) -> bool:
        """Whether it may be relied on."""
        return self.state is State.IN_FORCE


class Round(StrEnum):
    """Where a round of application or a deadline stands on a day."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


@dataclass(frozen=True)
class RoundOnDay:
    """A window of a measure on a day; `days` until it opens (upcoming) or ends (open, closing), today being 0."""

    window: Window
    state: Round
    days: int | None


def status(track: Track, measure: Measure, catalogue: Catalogue, as_of: date) -> Standing:
    """Where one track of a measure stands on `as_of`."""
    found = document(track, measure, catalogue)
    issued = found.issued if found else None
    from_, to = track.in_force.from_, track.in_force.to or (found.in_force_until if found else None)
    by, since = _replacement(found, measure, catalogue, as_of)
    state = _state(track, measure, found, to, since, as_of)
    return Standing(state, from_, to, to is not None, by, since, issued)


def _state(
    track: Track, measure: Measure, document: Document | None, to: date | None, since: date | None, as_of: date
) -> State:
    from_ = track.in_force.from_
    if document and as_of < document.issued:
        return State.NOT_KNOWN
    if since and (to is None or since <= to):
        return State.SUPERSEDED
    if to and as_of > to:
        return State.ENDED
    if from_ and as_of < from_:
        return State.NOT_YET
    doubtful_from = track.in_force.unconfirmed_from
    if doubtful_from and as_of >= doubtful_from:
        return State.UNCONFIRMED
    if to or document is None or _lasts(track, measure, document):
        return State.IN_FORCE
    begin = max(document.issued, from_ or document.issued)
    return State.IN_FORCE if as_of <= _years_later(begin) else State.UNCONFIRMED


def _lasts(track: Track, measure: Measure, document: Document) -> bool:
    """In force without a printed end, however old: the text says 长期, it is a law, or later evidence shows it."""
    confirmed = measure.verified is not None and measure.verified.basis in {"V1", "V2"}
    return track.in_force.long_term or document.kind is DocumentKind.LAW or confirmed


def _years_later(day: date) -> date:
    year = day.year + YEARS_WITHOUT_PRINTED_END
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def document(track: Track, measure: Measure, catalogue: Catalogue) -> Document | None:
    """The document a track lives by: of its own citation, else the earliest the measure cites."""
    cited = [measure.cites[track.cite]] if track.cite in measure.cites else measure.cites.values()
    held = [catalogue.documents[citation.document] for citation in cited if citation.document in catalogue.documents]
    return min(held, key=lambda document: document.issued, default=None)


def _replacement(
    document: Document | None, measure: Measure, catalogue: Catalogue, as_of: date
) -> tuple[str | None, date | None]:
    """Who replaces it since when, as known on `as_of`: a successor whose document is not out yet replaces nothing."""
    found = measure.superseded
    if found and found.on <= as_of:
        successor = catalogue.measures.get(found.by)
        if successor is None or _known(successor, catalogue, as_of):
            return found.by, found.on
    if document and document.superseded and document.superseded <= as_of:
        return _heir(document, measure, catalogue), document.superseded
    return None, None


def _known(measure: Measure, catalogue: Catalogue, as_of: date) -> bool:
    found = [document(track, measure, catalogue) for track in measure.tracks]
    return any(one is None or one.issued <= as_of for one in found)


def _heir(document: Document, measure: Measure, catalogue: Catalogue) -> str | None:
    """The measure of the same lineage that rests on the replacing document."""
    for other in catalogue.lineages.get(measure.lineage or "", ()):
        if any(citation.document == document.superseded_by for citation in other.cites.values()):
            return other.id
    return None


_BEST = (State.IN_FORCE, State.NOT_YET, State.UNCONFIRMED, State.SUPERSEDED, State.ENDED, State.NOT_KNOWN)


def measure_status(measure: Measure, catalogue: Catalogue, as_of: date) -> Standing:
    """The best standing among a measure's tracks; of equal ones that which lasts longest."""
    found = [status(track, measure, catalogue, as_of) for track in measure.tracks]
    return min(found, key=lambda one: (_BEST.index(one.state), -(one.to or date.max).toordinal()))


def current(of: Measure | str, catalogue: Catalogue, as_of: date) -> Measure | None:
    """The rule that applies on `as_of`: the newest member of the lineage in force, or the heir of a lone measure.

    `of` is a measure, a measure id or the name of a lineage. None when nothing is known to be in force.
    """
    if isinstance(of, str) and of in catalogue.lineages and of not in catalogue.measures:
        family: tuple[Measure, ...] = catalogue.lineages[of]
    else:
        measure = catalogue.measures[of] if isinstance(of, str) else of
        family = (*_heirs(measure, catalogue), *catalogue.lineages.get(measure.lineage or "", (measure,)))
    alive = [member for member in family if measure_status(member, catalogue, as_of).in_force]
    return alive[-1] if alive else None


def _heirs(measure: Measure, catalogue: Catalogue) -> tuple[Measure, ...]:
    """Those named by `superseded`, one after the other, nearest last."""
    found: list[Measure] = []
    while measure.superseded and measure.superseded.by in catalogue.measures:
        measure = catalogue.measures[measure.superseded.by]
        if measure in found:
            break
        found.append(measure)
    return tuple(reversed(found))


def windows_on(measure: Measure, as_of: date) -> tuple[RoundOnDay, ...]:
    """All rounds and deadlines of a measure as they stand on `as_of`, in the order written."""
    return tuple(_round(window, as_of) for window in measure.windows)


def _round(window: Window, as_of: date) -> RoundOnDay:
    if window.from_ and as_of < window.from_:
        return RoundOnDay(window, Round.UPCOMING, (window.from_ - as_of).days)
    if window.to is None:
        return RoundOnDay(window, Round.OPEN, None)
    left = (window.to - as_of).days
    if left < 0:
        return RoundOnDay(window, Round.CLOSED, None)
    return RoundOnDay(window, Round.CLOSING if left <= CLOSING_DAYS else Round.OPEN, left)
