"""Times: days in order, windows within validity, no overlap and no gap in a lineage, reviews that are due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from policy_kb.benefits import Deferral
from policy_kb.checks.findings import Desk, Placed, Where
from policy_kb.documents import Document
from policy_kb.entries import Measure

NOTED = ("空档", "间断", "中断", "不衔接", "没有衔接")
_DAY = timedelta(days=1)


def check(desk: Desk) -> None:
    """All days of documents, measures and lineages."""
    for document in desk.catalogue.documents.values():
        _document(desk, document)
    for entry in desk.catalogue.entries.values():
        verified = entry.verified
        if verified and verified.review_by < verified.on:
            _disorder(desk, entry, ("verified", "review_by"), verified.on, verified.review_by)
        elif verified and verified.review_by < desk.as_of:
            what = f"`{entry.id}` was to be reviewed by {verified.review_by}"
            desk.warn(entry, ("verified", "review_by"), what, "look at it again and set a new day")
    for measure in desk.catalogue.measures.values():
        _order(desk, measure)
        _windows(desk, measure)
    for name, members in desk.catalogue.lineages.items():
        _lineage(desk, name, members)


def _disorder(desk: Desk, of: Placed, where: Where, first: date, then: date) -> None:
    desk.fault(of, where, f"{then} is before {first}", "put the days in order")


def _document(desk: Desk, document: Document) -> None:
    if document.in_force_until and document.in_force_until < document.issued:
        _disorder(desk, document, ("in_force_until",), document.issued, document.in_force_until)
    if document.posted and document.posted < document.issued:
        _disorder(desk, document, ("posted",), document.issued, document.posted)
    if document.superseded_by and document.superseded_by not in desk.catalogue.documents:
        what = f"superseded by `{document.superseded_by}`, which is not in documents.yml"
        desk.fault(document, ("superseded_by",), what, "add it there or correct the id")
    if bool(document.superseded) != bool(document.superseded_by):
        desk.fault(document, (), f"`{document.id}` has only one of `superseded` and `superseded_by`", "give both")


def _order(desk: Desk, measure: Measure) -> None:
    pairs: list[tuple[Where, date | None, date | None]] = []
    for i, track in enumerate(measure.tracks):
        pairs.append((("tracks", i, "in_force"), track.in_force.from_, track.in_force.to))
        for j, benefit in enumerate(track.benefits):
            if isinstance(benefit, Deferral):
                at = ("tracks", i, "benefits", j)
                pairs.append(((*at, "period_to"), benefit.period_from, benefit.period_to))
                pairs.append(((*at, "pay_by"), benefit.period_from, benefit.pay_by))
    pairs += [(("windows", i), window.from_, window.to) for i, window in enumerate(measure.windows)]
    for where, first, then in pairs:
        if first and then and then < first:
            _disorder(desk, measure, where, first, then)


def _windows(desk: Desk, measure: Measure) -> None:
    starts = [track.in_force.from_ for track in measure.tracks]
    ends = [track.in_force.to for track in measure.tracks]
    first = None if None in starts else min(day for day in starts if day)
    last = None if None in ends else max(day for day in ends if day)
    for i, window in enumerate(measure.windows):
        if window.kind == "deadline":
            continue  # what was granted may have to be settled after the rule has ended
        for name, day in (("from", window.from_), ("to", window.to)):
            if day and ((first and day < first) or (last and day > last)):
                what = f"window `{window.id}` has {name} {day}, outside the validity {first or ''}–{last or ''}"
                desk.fault(measure, ("windows", i, name), what, "correct one of them, or make it a `deadline`")


@dataclass(frozen=True)
class _Span:
    """A measure's life, both days inclusive; no end: it goes on."""

    measure: Measure
    first: date
    last: date | None


def _spans(desk: Desk, members: tuple[Measure, ...]) -> Iterator[_Span]:
    for measure in members:
        documents = [desk.catalogue.documents.get(citation.document) for citation in measure.cites.values()]
        cited = [document for document in documents if document]
        issued = min((document.issued for document in cited), default=date.min)
        until = max((document.in_force_until or date.max for document in cited), default=date.max)
        dated = [track.in_force for track in measure.tracks if track.in_force.from_ or track.in_force.to]
        first = min((span.from_ or issued for span in dated), default=issued)
        last = max((span.to or until for span in dated), default=until)
        if measure.superseded:
            last = min(last, measure.superseded.on - _DAY)
        replaced = [document.superseded for document in cited]
        if cited and all(replaced):
            last = min(last, max(day for day in replaced if day) - _DAY)
        yield _Span(measure, first, None if last == date.max else last)


def _lineage(desk: Desk, name: str, members: tuple[Measure, ...]) -> None:
    spans = sorted(_spans(desk, members), key=lambda span: (span.first, span.measure.id))
    for i, after in enumerate(spans[1:], start=1):
        before = max(spans[:i], key=lambda span: span.last or date.max)
        last = before.last
        if last is None or last >= after.first:
            until = f"until {last}" if last else "without end"
            what = (
                f"lineage `{name}`: `{after.measure.id}` begins {after.first}, but `{before.measure.id}` runs {until}"
            )
            mend = f"give `{before.measure.id}` `superseded: {{on: {after.first}, by: {after.measure.id}}}`"
            desk.fault(after.measure, ("lineage",), what, mend, why="only one rule counts on a day")
        elif after.first > last + _DAY and not _noted(before.measure, after.measure):
            what = f"lineage `{name}`: nothing between {last} and {after.first}"
            mend = "correct the days, or say so in `notes` with the word 空档"
            desk.warn(after.measure, ("lineage",), what, mend)


def _noted(*measures: Measure) -> bool:
    return any(word in note for measure in measures for note in measure.notes for word in NOTED)
