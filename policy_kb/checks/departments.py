"""Departments: those an entry names are those the cited clauses print."""

from policy_kb import responsibilities, sources
from policy_kb.catalogues import Catalogue
from policy_kb.checks.findings import Desk
from policy_kb.entries import Entry, Figure, Measure
from policy_kb.responsibilities import Responsible


def check(desk: Desk) -> None:
    """Warn of departments that stand in no cited clause, and of a lead that is another one there."""
    for entry in desk.catalogue.entries.values():
        if isinstance(entry, Measure | Figure):
            told = [(text, responsibilities.printed(text)) for text in _clauses(desk, entry)]
            if any(found.all for _, found in told):
                _compare(desk, entry, told)


def _clauses(desk: Desk, entry: Entry) -> list[str]:
    """The wording of the cited clauses and of the introductions of their sections, which name who issues the plan."""
    texts: list[str] = []
    for citation in entry.cites.values():
        source = desk.texts.get(citation.document)
        if source:
            keys = (sources.canonical(citation.clause or ""), sources.PREAMBLE)
            texts += [source.texts[citation.section, key] for key in keys if (citation.section, key) in source.texts]
    return texts


def _compare(desk: Desk, entry: Entry, told: list[tuple[str, Responsible]]) -> None:
    names = list(dict.fromkeys(name for _, found in told for name in found.all))
    for name in (*entry.departments.lead, *entry.departments.with_):
        if name in desk.catalogue.channels and not _stands(name, desk.catalogue, [text for text, _ in told]):
            what = f"department `{name}` stands in no clause cited here"
            desk.warn(entry, ("departments",), what, f"the clauses name {'、'.join(names)}")
    leads, _ = responsibilities.channels((name for _, found in told for name in found.lead), desk.catalogue)
    if leads and entry.departments.lead and not set(leads) & set(entry.departments.lead):
        what = f"`{entry.departments.lead[0]}` leads here, in the clauses it is `{'` or `'.join(leads)}`"
        desk.warn(entry, ("departments",), what, "correct `lead`, or say why in `notes`")


def _stands(name: str, catalogue: Catalogue, texts: list[str]) -> bool:
    forms = responsibilities.names_of(catalogue.channels[name])
    parts = {part for form in forms for part in form.split("、")}
    return any(part in text for part in parts for text in texts)
