"""Citations: every clause exists, every evidence string stands in it, every rule without text names its basis."""

import re

from rapidfuzz import fuzz

from policy_kb import sources
from policy_kb.checks.findings import Desk, Placed, Where
from policy_kb.documents import Document
from policy_kb.entries import Citation, Figure, Measure
from policy_kb.sources import Source

_LIKE_ENOUGH = 60
_MARK = re.compile(r"\bV[12]\b")


def check(desk: Desk) -> None:
    """All citations of all entries, and whether `verified` names the right basis."""
    for entry in desk.catalogue.entries.values():
        if not entry.cites and isinstance(entry, Measure | Figure):
            desk.fault(entry, (), f"`{entry.id}` has no citation", "add `cites`: key → document, clause, evidence")
        for key, citation in entry.cites.items():
            _check(desk, entry, ("cites", key), citation)
        if isinstance(entry, Measure):
            _basis(desk, entry)
    for parameter in desk.catalogue.parameters.values():
        for i, value in enumerate(parameter.values):
            _check(desk, parameter, ("values", i, "cite"), value.cite)


def _check(desk: Desk, entry: Placed, at: Where, citation: Citation) -> None:
    document = desk.catalogue.documents.get(citation.document)
    if document is None:
        return  # the loader has said so
    if document.text_held:
        _with_text(desk, entry, at, citation, document)
    else:
        _without_text(desk, entry, at, citation, document)


def _name(at: Where) -> str:
    """A citation by its key; that of a parameter by its place."""
    return f"citation `{at[1]}`" if at[0] == "cites" else "the citation"


def _with_text(desk: Desk, entry: Placed, at: Where, citation: Citation, document: Document) -> None:
    desk.findings.counts["citations_with_text"] += 1
    if citation.clause is None:
        desk.fault(entry, at, f"{_name(at)} names no clause", "add `clause`, such as 二（三）")
        return
    if not citation.evidence:
        desk.fault(entry, at, f"{_name(at)} has no evidence", "copy the deciding words, up to 40 characters a string")
    text = desk.texts.get(document.id)
    if text and _clause_exists(desk, entry, at, citation, text):
        _evidence(desk, entry, at, citation, text)


def _clause_exists(desk: Desk, entry: Placed, at: Where, citation: Citation, text: Source) -> bool:
    document, section, clause = text.document, citation.section, citation.clause or ""
    names = ", ".join(document.sections)
    if document.sections and section is None and sources.canonical(clause) != sources.PREAMBLE:
        what = f"{_name(at)} names no section of {document.id}"
        desk.fault(entry, at, what, f"add `section`: one of {names}")
        return False
    if section is not None and section not in document.sections:
        mend = f"choose one of {names}" if names else "leave `section` out: this document has none"
        desk.fault(entry, (*at, "section"), f"{document.id} has no section `{section}`", mend)
        return False
    if (section, sources.canonical(clause)) in text.texts:
        return True
    there = [number for place, number in text.texts if place == section and number[:1] == clause[:1]]
    mend = f"there are {', '.join(there)}" if there else "write it as 二（三）, 四（十六）, 二（五）2 or 三"
    desk.fault(entry, (*at, "clause"), f"{_place(section, clause)} does not exist in {document.id}", mend)
    return False


def _evidence(desk: Desk, entry: Placed, at: Where, citation: Citation, text: Source) -> None:
    clause = sources.canonical(citation.clause or "")
    found = 0
    for i, words in enumerate(citation.evidence):
        if text.holds(citation.section, clause, words):
            found += 1
            continue
        places = text.places(words)
        mend = f"it stands in {' and '.join(_place(*place) for place in places)}: cite that" if places else ""
        desk.fault(
            entry,
            (*at, "evidence", i),
            f"evidence «{words}» is not in {_place(citation.section, clause)} of {citation.document}",
            mend or _nearest(words, text, (citation.section, clause)),
        )
    desk.findings.counts["evidence_found"] += found
    desk.findings.counts["citations_found_in_text"] += bool(found) and found == len(citation.evidence)


def _nearest(words: str, text: Source, place: tuple[str | None, str]) -> str:
    wanted, wording = text.folded(words), text.texts[place]
    alike = fuzz.partial_ratio_alignment(wanted, wording)
    if alike is None or alike.score < _LIKE_ENOUGH:
        return "copy the words from the clause"
    return f"the text says «{wording[alike.dest_start : alike.dest_end]}»"


def _place(section: str | None, clause: str) -> str:
    return f"{section} {clause}" if section else clause


def _without_text(desk: Desk, entry: Placed, at: Where, citation: Citation, document: Document) -> None:
    if citation.evidence:
        desk.fault(
            entry,
            (*at, "evidence"),
            f"evidence of {document.id} cannot be checked",
            'leave it out and give `basis: "policy-facts 3, V1"`',
            why="its text is not held",
        )
    marks = set(_MARK.findall(citation.basis or ""))
    if not marks:
        what = f"{_name(at)} names no basis with V1 or V2"
        desk.fault(
            entry,
            at,
            what,
            'add `basis: "policy-facts 3, V1"`; what is only M or U is never stated',
            why=f"the text of {document.id} is not held",
        )
        return
    desk.findings.counts["citations_V2" if "V2" in marks else "citations_V1"] += 1


def _basis(desk: Desk, measure: Measure) -> None:
    if measure.verified is None:
        desk.fault(measure, (), f"`{measure.id}` is not `verified`", "say when, by whom, against what, until when")
        return
    cited = [desk.catalogue.documents.get(citation.document) for citation in measure.cites.values()]
    held = [document.text_held for document in cited if document]
    if measure.verified.basis == "text" and held and not any(held):
        desk.fault(
            measure,
            ("verified", "basis"),
            "basis is `text`, but the text of no cited document is held",
            "write V1 or V2 as the fact sheet marks it",
        )
    elif measure.verified.basis != "text" and held and all(held):
        desk.warn(
            measure,
            ("verified", "basis"),
            f"basis is {measure.verified.basis}, but every cited text is held",
            "write `text`",
        )
