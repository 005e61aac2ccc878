"""The loaded catalogue: every entry by id, and the references between them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from policy_kb import conditions
from policy_kb.documents import Document
from policy_kb.entries import Channel, Entry, Figure, Gap, Measure, Track
from policy_kb.facts import Fact
from policy_kb.parameters import Parameter

if TYPE_CHECKING:
    from policy_kb.loader import Fault, Lines


@dataclass(frozen=True)
class Catalogue:
    """Everything the assistant knows, by id. `version` is the fingerprint of the files."""

    documents: dict[str, Document]
    facts: dict[str, Fact]
    measures: dict[str, Measure]
    figures: dict[str, Figure]
    channels: dict[str, Channel]
    gaps: dict[str, Gap]
    version: str
    places: dict[str, tuple["Lines", tuple[Any, ...]]] = field(default_factory=dict, repr=False)
    parameters: dict[str, Parameter] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        documents: Iterable[Document],
        facts: Iterable[Fact],
        measures: Iterable[Measure],
        figures: Iterable[Figure],
        channels: Iterable[Channel],
        gaps: Iterable[Gap],
        version: str,
        places: dict[str, tuple["Lines", tuple[Any, ...]]],
        parameters: Iterable[Parameter] = (),
    ) -> "Catalogue":
        """Build from lists; ids are taken as unique already."""
        return cls(
            {x.id: x for x in documents},
            {x.id: x for x in facts},
            {x.id: x for x in measures},
            {x.id: x for x in figures},
            {x.id: x for x in channels},
            {x.id: x for x in gaps},
            version,
            places,
            {x.id: x for x in parameters},
        )

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Measures, figures, channels and gaps together. Their ids differ (checked)."""
        return {**self.measures, **self.figures, **self.channels, **self.gaps}

    @cached_property
    def lineages(self) -> dict[str, tuple[Measure, ...]]:
        """Lineage → its measures, oldest first."""
        groups: dict[str, list[Measure]] = {}
        for measure in self.measures.values():
            if measure.lineage:
                groups.setdefault(measure.lineage, []).append(measure)
        return {name: tuple(sorted(group, key=self._begins)) for name, group in groups.items()}

    def _begins(self, measure: Measure) -> str:
        starts = [track.in_force.from_ for track in measure.tracks if track.in_force.from_]
        cited = [self.documents[c.document].issued for c in measure.cites.values() if c.document in self.documents]
        return str(min(starts or cited, default=""))

    def place(self, entry: Entry | Fact | Document | Parameter, *where: str | int) -> tuple["Lines", tuple[Any, ...]]:
        """Where an entry (or a part of it) stands in the files."""
        lines, base = self.places[f"{type(entry).__name__}:{entry.id}"]
        return lines, (*base, *where)


def broken_references(catalogue: Catalogue) -> Iterator["Fault"]:
    """Every name that points at nothing, and ids used by two kinds of entry."""
    kinds = (catalogue.measures, catalogue.figures, catalogue.channels, catalogue.gaps)
    seen: dict[str, str] = {}
    for kind in kinds:
        for entry in kind.values():
            lines, where = catalogue.place(entry, "id")
            if entry.id in seen:
                yield lines.fault(where, f"id `{entry.id}` is already used in {seen[entry.id]}", "choose another id")
            seen[entry.id] = lines.file
            yield from _entry_references(catalogue, entry)
    for measure in catalogue.measures.values():
        yield from _measure_references(catalogue, measure)
    for parameter in catalogue.parameters.values():
        yield from _parameter_references(catalogue, parameter)
    for fact in catalogue.facts.values():
        if fact.applies_when and fact.applies_when.fact not in catalogue.facts:
            lines, where = catalogue.place(fact, "applies_when", "fact")
            yield lines.fault(where, f"fact `{fact.applies_when.fact}` is not defined", "define it under facts/")


def _parameter_references(catalogue: Catalogue, parameter: Parameter) -> Iterator["Fault"]:
    for i, value in enumerate(parameter.values):
        lines, where = catalogue.place(parameter, "values", i)
        if value.cite.document not in catalogue.documents:
            what = f"document `{value.cite.document}` is not in documents.yml"
            yield lines.fault(where, what, "add it there or correct the id")
        named = {*value.numbers, *(name for row in value.rows for name in row.edges)}
        for name in sorted(named - catalogue.facts.keys()):
            yield lines.fault(where, f"fact `{name}` is not defined", "define it under facts/ or correct the id")


def _entry_references(catalogue: Catalogue, entry: Entry) -> Iterator["Fault"]:
    for key, citation in entry.cites.items():
        if citation.document not in catalogue.documents:
            lines, where = catalogue.place(entry, "cites", key, "document")
            what = f"document `{citation.document}` is not in documents.yml"
            yield lines.fault(where, what, "add it there or correct the id")
    for i, point in enumerate(entry.points):
        lines, where = catalogue.place(entry, "points", i)
        if not point.cites and len(entry.cites) != 1 and not isinstance(entry, Channel | Gap):
            yield lines.fault(where, f"point `{point.id}` has no citation", "add `cites: [key]`")
        for key in point.cites:
            if key not in entry.cites:
                what = f"point `{point.id}` cites `{key}`, which is not among the cites"
                yield lines.fault(where, what, "add it or correct it")
    for name in (*entry.departments.lead, *entry.departments.with_):
        if name not in catalogue.channels:
            lines, where = catalogue.place(entry, "departments")
            yield lines.fault(where, f"department `{name}` is not under channels/", "add it there or correct the id")


def _measure_references(catalogue: Catalogue, measure: Measure) -> Iterator["Fault"]:
    for i, track in enumerate(measure.tracks):
        yield from _condition_references(catalogue, measure, i, track)
        yield from _benefit_references(catalogue, measure, i, track)
    for i, example in enumerate(measure.examples):
        lines, where = catalogue.place(measure, "examples", i)
        for name in example.facts:
            if name not in catalogue.facts:
                what = f"example «{example.name}» gives fact `{name}`, which is not defined"
                yield lines.fault(where, what, "define it under facts/ or correct the id")
    if measure.superseded and measure.superseded.by not in catalogue.measures:
        lines, where = catalogue.place(measure, "superseded")
        yield lines.fault(where, f"superseded by `{measure.superseded.by}`, which does not exist", "correct the id")
    for name in measure.related:
        if name not in catalogue.entries:
            lines, where = catalogue.place(measure, "related")
            yield lines.fault(where, f"related `{name}` does not exist", "correct the id")


def _condition_references(catalogue: Catalogue, measure: Measure, i: int, track: Track) -> Iterator["Fault"]:
    for at, leaf in conditions.placed(track.conditions, ("tracks", i, "conditions")):
        lines, where = catalogue.place(measure, *at)
        if leaf.fact and leaf.fact not in catalogue.facts:
            mend = "define it under facts/ or correct the id"
            yield lines.fault(where, f"fact `{leaf.fact}` is not defined", mend)
        elif leaf.fact:
            yield from _values(catalogue, leaf, lines, where)
        yield from _cited(measure, leaf.cite, f"condition «{leaf.says}»", lines, where)
        if leaf.measure and leaf.measure not in catalogue.measures:
            yield lines.fault(where, f"measure `{leaf.measure}` does not exist", "correct the id")


def _benefit_references(catalogue: Catalogue, measure: Measure, i: int, track: Track) -> Iterator["Fault"]:
    for j, benefit in enumerate(track.benefits):
        lines, where = catalogue.place(measure, "tracks", i, "benefits", j)
        yield from _cited(measure, benefit.cite, f"benefit `{benefit.id}`", lines, where)
        for name in benefit_facts(benefit):
            if name not in catalogue.facts:
                what = f"benefit `{benefit.id}` needs fact `{name}`, which is not defined"
                yield lines.fault(where, what, "define it under facts/ or correct the id")


def _values(catalogue: Catalogue, leaf: conditions.Leaf, lines: "Lines", where: tuple[Any, ...]) -> Iterator["Fault"]:
    fact = catalogue.facts[leaf.fact or ""]
    named = [*(leaf.one_of or []), *(leaf.none_of or []), *([leaf.is_] if leaf.is_ is not None else [])]
    allowed = set(fact.values) or {"yes", "no"}
    for name in named:
        if name not in allowed:
            what = f"fact `{fact.id}` has no value `{name}`"
            yield lines.fault(where, what, f"choose one of {', '.join(sorted(allowed))}")


def _cited(measure: Measure, cite: str | None, what: str, lines: "Lines", where: tuple[Any, ...]) -> Iterator["Fault"]:
    if cite is None and len(measure.cites) != 1:
        yield lines.fault(where, f"{what} has no citation", "add `cite: key`")
    elif cite is not None and cite not in measure.cites:
        yield lines.fault(where, f"{what} cites `{cite}`, which is not among the cites", "add it or correct it")


def benefit_facts(benefit: Any) -> list[str]:
    """Facts a benefit is computed from."""
    names = [getattr(benefit, key, None) for key in ("of", "by", "heads", "periods", "actual")]
    if benefit.kind == "deferral":
        names = [benefit.base]
    cap = getattr(benefit, "cap", None)
    return [name for name in [*names, cap.used if cap else None] if name]
