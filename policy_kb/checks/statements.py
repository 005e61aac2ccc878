"""Statements: every figure and day in the owner's words stands in the evidence; nothing is pasted from the source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from policy_kb import conditions, printed
from policy_kb.checks.findings import Desk, Where
from policy_kb.entries import Entry, Figure, Measure
from policy_kb.model import Model
from policy_kb.printed import Evidence
from policy_kb.sources import plain

LONGEST_RUN = 40  # characters in a row equal to the source; more is a fault
LONG_RUN = 25  # more is a warning


@dataclass(frozen=True)
class Statement:
    """Words for the owner, where they stand, and the keys of the citations that bear them out (none: all)."""

    where: Where
    text: str
    cites: tuple[str, ...] = ()
    days: bool = True  # whether days are looked at (a title may carry the year of its rule)


def of(entry: Entry) -> Iterator[Statement]:
    """All words of an entry that an owner may be shown as fact."""
    yield Statement(("title",), entry.title, days=False)
    for i, point in enumerate(entry.points):
        yield Statement(("points", i, "says"), point.says, tuple(point.cites))
    if isinstance(entry, Figure):
        yield Statement(("period",), entry.period)
    if isinstance(entry, Measure):
        yield from _of_measure(entry)


def _of_measure(measure: Measure) -> Iterator[Statement]:
    yield Statement(("summary",), measure.summary)
    if measure.how_to:
        yield Statement(("how_to",), measure.how_to)
    for i, stacking in enumerate(measure.stacking):
        yield Statement(("stacking", i, "says"), stacking.says, _keys(stacking.cite))
    for i, track in enumerate(measure.tracks):
        yield Statement(("tracks", i, "label"), track.label, _keys(track.cite))
        for at, leaf in conditions.placed(track.conditions, ("tracks", i, "conditions")):
            yield Statement(at, leaf.says, _keys(leaf.cite))
        for j, benefit in enumerate(track.benefits):
            words = benefit.label if benefit.says is None else benefit.says
            yield Statement(("tracks", i, "benefits", j), words, _keys(benefit.cite or track.cite))


def _keys(cite: str | None) -> tuple[str, ...]:
    return (cite,) if cite else ()


@dataclass(frozen=True)
class Value:
    """A number or day that the catalogue computes with."""

    where: Where
    name: str
    value: Decimal | date
    cites: tuple[str, ...]


def values(measure: Measure) -> Iterator[Value]:
    """All numbers and days of conditions, benefits, validity and windows."""
    for i, track in enumerate(measure.tracks):
        at: Where = ("tracks", i)
        yield from _days((*at, "in_force"), track.in_force, _keys(track.cite))
        for place, leaf in conditions.placed(track.conditions, (*at, "conditions")):
            yield from _numbers(place, leaf, f"condition «{leaf.says}»", _keys(leaf.cite or track.cite))
        for j, benefit in enumerate(track.benefits):
            name = f"benefit `{benefit.id}`"
            yield from _numbers((*at, "benefits", j), benefit, name, _keys(benefit.cite or track.cite))
    for i, window in enumerate(measure.windows):
        yield from _days(("windows", i), window, _keys(window.cite))


def _days(at: Where, model: Any, cites: tuple[str, ...]) -> Iterator[Value]:
    for name, day in (("from", model.from_), ("to", model.to)):
        if day:
            yield Value((*at, name), name, day, cites)


def _numbers(at: Where, model: Model, name: str, cites: tuple[str, ...]) -> Iterator[Value]:
    """Every number or day written in a model (defaults are not written), down into its parts."""
    for key in sorted(model.model_fields_set):
        value = getattr(model, key)
        many = value if isinstance(value, list) else [value]
        for i, one in enumerate(many):
            here = (*at, key, i) if isinstance(value, list) else (*at, key)
            if isinstance(one, Model):
                yield from _numbers(here, one, name, cites)
            elif one == 0:
                continue  # where nothing is asked for, nothing is printed
            elif isinstance(one, Decimal | date) or (isinstance(one, int) and not isinstance(one, bool)):
                yield Value(here, name, Decimal(one) if isinstance(one, int) else one, cites)


class _Bearer:
    """The evidence of an entry, by the keys cited."""

    def __init__(self, desk: Desk, entry: Entry) -> None:
        self.desk, self.entry = desk, entry
        self.known: dict[tuple[str, ...], Evidence | None] = {}
        self.extra = _given(desk, entry)

    def evidence(self, keys: tuple[str, ...]) -> Evidence | None:
        """What bears a statement out; None where a cited text is not held, so that nothing can be compared."""
        if keys not in self.known:
            self.known[keys] = self._collect(keys)
        return self.known[keys]

    def _collect(self, keys: tuple[str, ...]) -> Evidence | None:
        cited = [self.entry.cites[key] for key in keys or tuple(self.entry.cites) if key in self.entry.cites]
        documents = [self.desk.catalogue.documents.get(citation.document) for citation in cited]
        if not cited or not all(document and document.text_held for document in documents):
            return None
        return Evidence.of([*(words for citation in cited for words in citation.evidence), *self.extra])

    def snippet(self, keys: tuple[str, ...], shown: str) -> str | None:
        """The words around `shown` in a cited clause, to be copied as evidence."""
        for key in keys or tuple(self.entry.cites):
            citation = self.entry.cites.get(key)
            text = self.desk.texts.get(citation.document) if citation else None
            if citation is None or text is None:
                continue
            wording = text.texts.get((citation.section, citation.clause or ""), "")
            at = wording.find(shown)
            if at >= 0:
                return _around(wording, at, len(shown))
        return None


def _given(desk: Desk, entry: Entry) -> list[str]:
    """What needs no evidence string: number, title and days of the cited documents, and public telephone numbers."""
    given = [channel.phone for channel in desk.catalogue.channels.values() if channel.phone]
    for citation in entry.cites.values():
        document = desk.catalogue.documents.get(citation.document)
        if document:
            given += [document.title, document.short, document.number or ""]
            given += [f"{day:%Y年%m月%d日}" for day in (document.issued, document.posted) if day]
    return given


def _around(wording: str, at: int, length: int) -> str:
    """Up to 40 characters around a place, cut at marks where possible."""
    begin, end = at, at + length
    while begin > 0 and wording[begin - 1] not in "。;:,、" and end - begin < 36:
        begin -= 1
    while end < len(wording) and wording[end] not in "。;:," and end - begin < 40:
        end += 1
    return wording[begin:end]


def check(desk: Desk) -> None:
    """All statements and values of all entries, where the cited text is held."""
    pastes = _Pastes(desk)
    for entry in desk.catalogue.entries.values():
        bearer = _Bearer(desk, entry)
        for statement in of(entry):
            _check_statement(desk, entry, bearer, statement)
            pastes.check(desk, entry, statement)
        if isinstance(entry, Measure):
            for value in values(entry):
                _check_value(desk, entry, bearer, value)


def _check_statement(desk: Desk, entry: Entry, bearer: _Bearer, statement: Statement) -> None:
    evidence = bearer.evidence(statement.cites)
    said = printed.figures(statement.text)
    named = printed.days(statement.text) if statement.days else []
    if evidence is None:
        desk.findings.counts["figures_without_text"] += len(said) + len(named)
        return
    desk.findings.counts["figures_checked"] += len(said) + len(named)
    results = printed.worked_out(statement.text)
    for figure in said:
        if not figure.denied and figure.value not in results and not evidence.has_figure(figure):
            _report(desk, entry, bearer, statement, f"figure {figure.shown}")
    for days in named:
        if not evidence.has_days(days):
            _report(desk, entry, bearer, statement, f"date {days.shown}")


def _report(desk: Desk, entry: Entry, bearer: _Bearer, statement: Statement, what: str) -> None:
    words = bearer.snippet(statement.cites, what.split(" ", 1)[1])
    mend = f"add the evidence «{words}»" if words else "correct it, or cite the clause that says so with evidence"
    desk.fault(entry, statement.where, f"{what} in «{statement.text}» is in no evidence string it cites", mend)


def _check_value(desk: Desk, entry: Entry, bearer: _Bearer, value: Value) -> None:
    evidence = bearer.evidence(value.cites)
    if evidence is None:
        desk.findings.counts["figures_without_text"] += 1
        return
    desk.findings.counts["figures_checked"] += 1
    day = isinstance(value.value, date)
    if evidence.has_day(value.value) if isinstance(value.value, date) else evidence.has_number(value.value):
        return
    lines, where = desk.catalogue.place(entry, *value.where)
    mend = "add the words that print it to the evidence, or correct it"
    what = f"{value.name}: {value.value if day else f'{value.value:f}'} is in no evidence string it cites"
    desk.findings.faults.append(lines.fault(where, what, mend))


class _Pastes:
    """Runs of characters taken over from the sources."""

    def __init__(self, desk: Desk) -> None:
        self.runs: set[str] = set()
        size = LONG_RUN + 1
        for text in desk.texts.values():
            for wording in text.texts.values():
                self.runs.update(wording[i : i + size] for i in range(len(wording) - size + 1))

    def longest(self, text: str) -> tuple[int, str]:
        """Length and words of the longest run that also stands in a source; 0 if none is over 25."""
        said, size = plain(text), LONG_RUN + 1
        best, run = (0, ""), 0
        for i in range(len(said) - size + 1):
            run = run + 1 if said[i : i + size] in self.runs else 0
            if run and size + run - 1 > best[0]:
                best = size + run - 1, said[i - run + 1 : i + size]
        return best

    def check(self, desk: Desk, entry: Entry, statement: Statement) -> None:
        length, words = self.longest(statement.text)
        if length > LONG_RUN:
            report = desk.fault if length > LONGEST_RUN else desk.warn
            what = f"{length} characters in a row are the source's own: «{words}»"
            report(entry, statement.where, what, "say it in plain words", "owners are not shown clause prose")
