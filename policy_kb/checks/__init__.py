"""Checks of a catalogue: everything the models alone cannot see. `check` runs them all."""

from datetime import date
from pathlib import Path

from policy_kb import loader, sources
from policy_kb.catalogues import Catalogue
from policy_kb.checks import citations, conditions, departments, examples, questions, statements, times
from policy_kb.checks.findings import Desk, Findings


def check(root: Path, held: Path | None, as_of: date, *, strict: bool = False) -> Findings:
    """Check the catalogue at `root` against the texts in `held` (None: without them) as of a day.

    Raises CatalogueError where `root` is no folder; every other mistake is among the findings.
    """
    if not root.is_dir():
        loader.load(root)
    catalogue, faults = loader.gather(root)
    findings = Findings(faults=list(faults))
    desk = Desk(catalogue, _texts(catalogue, held, findings), as_of, strict, tuple(faults), findings)
    for one in (citations, statements, departments, times, conditions, questions, examples):
        one.check(desk)
    _count(desk)
    findings.faults = sorted(set(findings.faults))  # an anchor used in three tracks is one place
    findings.warnings = sorted(set(findings.warnings))
    return findings


def _texts(catalogue: Catalogue, held: Path | None, findings: Findings) -> dict[str, sources.Source]:
    texts: dict[str, sources.Source] = {}
    if held is None:
        return texts
    for document in catalogue.documents.values():
        lines, where = catalogue.place(document, "text")
        if not document.text_held:
            continue
        try:
            texts[document.id] = sources.read(document, held)
        except sources.MissingSourceError:
            what = f"the text {document.text} is not in {held.name}/"
            findings.faults.append(lines.fault(where, what, "put it there, or write `text: none`"))
            continue
        for name in texts[document.id].missing_sections():
            lines, where = catalogue.place(document, "sections", name)
            what = f"the heading of section `{name}` is nowhere in {document.text}"
            findings.faults.append(lines.fault(where, what, "copy the heading as printed, on one line"))
    return texts


def _count(desk: Desk) -> None:
    catalogue, counts = desk.catalogue, desk.findings.counts
    for name in ("documents", "facts", "measures", "figures", "channels", "gaps"):
        counts[name] = len(getattr(catalogue, name))
    counts["tracks"] = sum(len(measure.tracks) for measure in catalogue.measures.values())
    counts["points"] = sum(len(entry.points) for entry in catalogue.entries.values())
