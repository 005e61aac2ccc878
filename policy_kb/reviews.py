"""What must be looked at again: reviews that are due, rules and rounds about to end, drafts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from policy_kb import windows
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Entry, Measure


@dataclass(frozen=True, order=True)
class Due:
    """Something to look at by a day."""

    by: date
    entry: str
    why: str


def due(catalogue: Catalogue, as_of: date, days: int = 30) -> list[Due]:
    """Everything to look at within `days` of `as_of`, earliest first; what is overdue is there, too."""
    until = as_of + timedelta(days=days)
    found = [one for entry in catalogue.entries.values() for one in _due(entry, catalogue, as_of, until)]
    return sorted(set(found))


def _due(entry: Entry, catalogue: Catalogue, as_of: date, until: date) -> Iterator[Due]:
    verified = entry.verified
    if verified and verified.review_by <= until:
        yield Due(verified.review_by, entry.id, "过了复核日期" if verified.review_by < as_of else "快到复核日期")
    if not isinstance(entry, Measure):
        return
    if entry.status == "draft":
        yield Due(as_of, entry.id, "还是草稿，要有人审完")
    for track in entry.tracks:
        standing = windows.status(track, entry, catalogue, as_of)
        if standing.in_force and standing.to and standing.to <= until and not entry.superseded:
            yield Due(standing.to, entry.id, f"“{track.label}”到期，要查有没有接续规定")
    for one in windows.windows_on(entry, as_of):
        end, running = one.window.to, one.state in {windows.Round.OPEN, windows.Round.CLOSING}
        if end and running and end <= until:
            yield Due(end, entry.id, f"“{one.window.label}”截止")
