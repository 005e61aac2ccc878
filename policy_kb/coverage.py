"""Coverage: which entry answers for each statement of a checklist, and a first guess at it.

The mapping is kept by hand in `catalogue/coverage/*.yml`: checklist id → `to` (an entry) with the `track` or `point`
that says it, or `why_not`. It is no knowledge: it does not change the version of the catalogue.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError, model_validator

from policy_kb import loader, sources
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Citation, Entry, Measure
from policy_kb.loader import Fault, Lines
from policy_kb.model import Model

BINDING = ("claim", "rule", "deadline", "service")
"""Kinds an owner can use: of these, priority 1 and 2 must be covered nearly whole."""


class Statement(Model):
    """One row of a checklist: something the sources say."""

    id: str
    title: str
    doc: str
    section: str
    clause: str
    category: str
    kind: str
    priority: int


class Row(Model):
    """Where a statement is covered, or why it is not."""

    to: str | None = None
    track: str | None = None
    point: str | None = None
    why_not: str | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "Row":
        if bool(self.to) == bool(self.why_not):
            raise ValueError("give either `to` or `why_not`")
        return self


@dataclass(frozen=True)
class Placed:
    """A row and where it stands."""

    row: Row
    lines: Lines
    where: tuple[str, ...]


@dataclass
class Coverage:
    """What the mapping says of a checklist."""

    covered: list[Statement] = field(default_factory=list)
    excepted: list[tuple[Statement, str]] = field(default_factory=list)
    missing: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)  # mapped to an entry that does not cite the clause

    def counts(self) -> dict[tuple[int, str], tuple[int, int]]:
        """(priority, kind) → covered, all."""
        covered = Counter((one.priority, one.kind) for one in self.covered)
        rest = Counter((one.priority, one.kind) for one in [*self.missing, *(one for one, _ in self.excepted)])
        return {key: (covered[key], covered[key] + rest[key]) for key in sorted({*covered, *rest})}

    def share(self, priorities: Iterable[int], kinds: Iterable[str] | None = None) -> float:
        """Covered share of the statements of these priorities (and kinds); 1 where there are none."""
        wanted, chosen = set(priorities), set(kinds) if kinds is not None else None
        found = [n for (p, kind), n in self.counts().items() if p in wanted and (chosen is None or kind in chosen)]
        whole = sum(all_ for _, all_ in found)
        return sum(covered for covered, _ in found) / whole if whole else 1.0


class ChecklistError(ValueError):
    """The checklist has a line that is no statement."""


def read_checklist(path: Path) -> list[Statement]:
    """The statements of a JSON-lines file. Raises ChecklistError naming the line."""
    statements = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                statements.append(Statement.model_validate(json.loads(line)))
            except ValueError as error:
                raise ChecklistError(f"{path.name}:{number}: {error}") from error
    return statements


def read_mapping(root: Path) -> tuple[dict[str, Placed], list[Fault]]:
    """The mapping kept with the catalogue at `root`, and the mistakes of its form."""
    adapter: TypeAdapter[Row] = TypeAdapter(Row)
    rows: dict[str, Placed] = {}
    faults: list[Fault] = []
    for path in sorted((root / "coverage").glob("*.yml")):
        raw, lines, found = loader.read_yaml(path, path.relative_to(root.parent).as_posix())
        faults += found
        if raw is not None and not isinstance(raw, dict):
            faults.append(lines.fault((), "is no mapping", "write `checklist-id: {to: entry-id}`"))
            continue
        for key, value in (raw or {}).items():
            if key in rows:
                other = rows[key].lines
                what = f"`{key}` is already mapped in {other.file}:{other.line((key,))}"
                faults.append(lines.fault((key,), what, "keep one of them"))
                continue
            try:
                rows[key] = Placed(adapter.validate_python(value), lines, (key,))
            except ValidationError as error:
                faults += loader.model_faults(error, lines, (key,))
    return rows, faults


def assess(statements: Iterable[Statement], root: Path, catalogue: Catalogue) -> Coverage:
    """Hold the mapping under `root` against a checklist and the catalogue."""
    rows, faults = read_mapping(root)
    result = Coverage(faults=faults)
    known = set()
    for statement in statements:
        known.add(statement.id)
        placed = rows.get(statement.id)
        if placed is None:
            result.missing.append(statement)
        elif placed.row.why_not:
            result.excepted.append((statement, placed.row.why_not))
        elif found := list(_broken(placed, catalogue)):
            result.faults += found
            result.missing.append(statement)
        else:
            result.covered.append(statement)
            result.doubts += _doubts(statement, placed, catalogue)
    for key, placed in rows.items():
        if key not in known:
            result.faults.append(placed.lines.fault((key,), f"`{key}` is not in the checklist", "correct the id"))
    return result


def _broken(placed: Placed, catalogue: Catalogue) -> Iterator[Fault]:
    row = placed.row
    entry = catalogue.entries.get(row.to or "")
    if entry is None:
        yield placed.lines.fault(placed.where, f"`{row.to}` is no entry", "correct the id")
        return
    tracks = {track.id for track in entry.tracks} if isinstance(entry, Measure) else set()
    for name, value, there in (("track", row.track, tracks), ("point", row.point, {p.id for p in entry.points})):
        if value and value not in there:
            mend = f"choose one of {', '.join(sorted(there))}" if there else "leave it out"
            yield placed.lines.fault(placed.where, f"`{row.to}` has no {name} `{value}`", mend)


def _doubts(statement: Statement, placed: Placed, catalogue: Catalogue) -> Iterator[Fault]:
    entry = catalogue.entries[placed.row.to or ""]
    if not any(_same_clause(statement, citation, catalogue) for citation in entry.cites.values()):
        what = f"`{statement.id}` stands in {statement.clause}, which `{entry.id}` does not cite"
        yield placed.lines.fault(placed.where, what, "map it elsewhere, or cite the clause")


def _same_clause(statement: Statement, citation: Citation, catalogue: Catalogue) -> bool:
    """Whether a citation names the statement's clause, or a part or the whole of it."""
    document = catalogue.documents.get(citation.document)
    if document is None or document.text != statement.doc:
        return False
    wanted = sources.canonical(statement.clause)
    wanted = wanted if wanted[:1] in "一二三四五六七八九十" else sources.PREAMBLE
    cited = sources.canonical(citation.clause or "")
    if document.sections and wanted != sources.PREAMBLE:
        heading = document.sections.get(citation.section or "", "")
        if sources.plain(heading) != sources.plain(statement.section):
            return False
    return bool(cited) and (cited.startswith(wanted) or wanted.startswith(cited))


@dataclass(frozen=True)
class Guess:
    """A proposed row; `likeness` from 0 to 1 tells how alike the words are."""

    statement: Statement
    row: dict[str, Any]
    likeness: float


def suggest(statement: Statement, catalogue: Catalogue) -> Guess | None:
    """The entry and part that most likely cover a statement: cites its clause, and says it in like words."""
    citing = [
        entry
        for entry in catalogue.entries.values()
        if any(_same_clause(statement, citation, catalogue) for citation in entry.cites.values())
    ]
    guesses = [_guess(statement, entry) for entry in citing]
    return max(guesses, key=lambda guess: guess.likeness, default=None)


def _guess(statement: Statement, entry: Entry) -> Guess:
    whole = max(likeness(statement.title, name) for name in [entry.title, *entry.aliases])
    row: dict[str, Any] = {"to": entry.id}
    parts = [("point", point.id, point.says + " ".join(point.asks)) for point in entry.points]
    if isinstance(entry, Measure):
        whole = max(whole, likeness(statement.title, entry.summary))
        parts += [("track", track.id, track.label) for track in entry.tracks] if len(entry.tracks) > 1 else []
    best = max(parts, key=lambda part: likeness(statement.title, part[2]), default=None)
    if best and likeness(statement.title, best[2]) > whole:
        row[best[0]] = best[1]
        whole = likeness(statement.title, best[2])
    return Guess(statement, row, whole)


def likeness(title: str, text: str) -> float:
    """How much of the title's pairs of characters stand in the text, 0 to 1."""
    pairs = _pairs(title)
    return len(pairs & _pairs(text)) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> set[str]:
    plain = sources.plain(text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def read_names(path: Path) -> list[str]:
    """The names of a JSON-lines file whose rows have `name`. Raises ChecklistError naming the line."""
    names = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                names.append(str(json.loads(line)["name"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ChecklistError(f"{path.name}:{number}: no row with `name`") from error
    return names


def absent(names: Iterable[str], catalogue: Catalogue) -> list[str]:
    """Names that no entry says or answers to. What stands in brackets after a name only tells two of them apart."""
    told = sources.plain("\n".join(_words(entry) for entry in catalogue.entries.values())).lower()
    return [name for name in names if re.sub(r"\(.*\)$", "", sources.plain(name)).lower() not in told]


def _words(entry: Entry) -> str:
    says = [point.says for point in entry.points]
    whole = [entry.title, *entry.aliases, *entry.keywords, *entry.questions, *says]
    return "\n".join([*whole, entry.summary] if isinstance(entry, Measure) else whole)
