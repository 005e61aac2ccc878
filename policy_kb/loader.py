"""From YAML files to a Catalogue, all errors with file, line, what, why and how to mend. Nothing half loaded."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from policy_kb import catalogues
from policy_kb import documents, entries, facts
from policy_kb.model import Model

CATALOGUE_DIR = Path(__file__).parent / "catalogue"

M = TypeVar("M", bound=Model)
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in the catalogue: where, what, and how to mend it."""

    file: str
    line: int
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" + (f" → {self.mend}" if self.mend else "")


class CatalogueError(Exception):
    """The catalogue has mistakes and was not loaded."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, [self.__doc__, *self.faults])))


_MEND = {
    "extra_forbidden": "remove it, or correct its spelling",
    "missing": "add it",
    "date_from_datetime_parsing": "write the day as 2022-12-31",
    "date_parsing": "write the day as 2022-12-31",
    "string_too_long": "shorten it",
    "union_tag_invalid": "choose one of the kinds named",
    "union_tag_not_found": "add `kind`",
    "enum": "choose one of the values named",
    "literal_error": "choose one of the values named",
    "string_pattern_mismatch": "use a-z, 0-9, - and _, at most 40",
}


@dataclass(frozen=True)
class Lines:
    """Where each part of a YAML file begins."""

    file: str
    at: dict[Path_, int]

    def line(self, where: tuple[Any, ...]) -> int:
        """Line of the deepest known part of `where`; names that stand in no file (union tags) are passed over."""
        found: Path_ = ()
        for step in where:
            if (*found, step) in self.at:
                found = (*found, step)
            elif isinstance(step, str) and (*found, step.rstrip("_")) in self.at:
                found = (*found, step.rstrip("_"))
        return self.at.get(found, 1)

    def fault(self, where: tuple[Any, ...], what: str, mend: str = "") -> Fault:
        """A mistake at that place of this file."""
        return Fault(self.file, self.line(where), what, mend)


class _Reader:
    """Builds plain values from a composed YAML document, keeps lines, refuses a key given twice."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.at: dict[Path_, int] = {}
        self.faults: list[Fault] = []

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.at[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in built:
                line = key_node.start_mark.line + 1
                self.faults.append(Fault(self.file, line, f"`{key}` is given twice", "keep one of them"))
            built[key] = self.value(value_node, (*path, key))
            self.at[(*path, key)] = key_node.start_mark.line + 1
        return built


def read_yaml(path: Path, shown: str) -> tuple[Any, Lines, list[Fault]]:
    """One YAML file as plain strings, lists and mappings, with its lines and the mistakes of its form."""
    reader = _Reader(shown)
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except UnicodeDecodeError as error:
        return None, Lines(shown, {}), [Fault(shown, 1, f"is not UTF-8 ({error.reason})", "save it as UTF-8")]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, Lines(shown, {}), [Fault(shown, line, f"is no valid YAML: {error.problem}", "mind indents, colons and quotes")]
    value = reader.value(node, ()) if node is not None else None
    return value, Lines(shown, reader.at), reader.faults


def _model_faults(error: ValidationError, lines: Lines, base: tuple[Any, ...]) -> Iterator[Fault]:
    for item in error.errors():
        where = (*base, *item["loc"])
        named = ".".join(str(step) for step in item["loc"]) or "entry"
        message = item["msg"].removeprefix("Value error, ")
        what = f"unknown key `{item['loc'][-1]}`" if item["type"] == "extra_forbidden" else f"{named}: {message}"
        if item["type"] != "extra_forbidden" and isinstance(item["input"], str):
            what += f" (it says {item['input']!r})"
        yield lines.fault(where, what, _MEND.get(item["type"], ""))


@dataclass
class _Sheet:
    """Entries of one kind gathered over files."""

    root: Path
    faults: list[Fault]
    places: dict[str, tuple[Lines, tuple[Any, ...]]]

    def models(self, files: list[Path], model: type[M], many: bool) -> list[M]:
        adapter: TypeAdapter[M] = TypeAdapter(model)
        found: list[M] = []
        for path in files:
            shown = str(path.relative_to(self.root.parent))
            raw, lines, faults = read_yaml(path, shown)
            self.faults += faults
            if raw is None:
                continue
            items: list[tuple[tuple[Any, ...], Any]] = [((i,), item) for i, item in enumerate(raw)] if many else [((), raw)]
            for base, item in items:
                try:
                    one = adapter.validate_python(item)
                except ValidationError as error:
                    self.faults += _model_faults(error, lines, base)
                    continue
                key = f"{model.__name__}:{getattr(one, 'id')}"
                if key in self.places:
                    other = self.places[key][0].file
                    self.faults.append(lines.fault((*base, "id"), f"id `{one.id}` is already used in {other}", "choose another id"))  # type: ignore[attr-defined]
                    continue
                self.places[key] = (lines, base)
                found.append(one)
        return found


def files_of(root: Path) -> list[Path]:
    """All YAML files of a catalogue, sorted."""
    return sorted(root.rglob("*.yml"))


def content_hash(root: Path) -> str:
    """Fingerprint of a catalogue: any changed byte changes it."""
    digest = hashlib.sha256()
    for path in files_of(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def load(root: Path = CATALOGUE_DIR) -> catalogues.Catalogue:
    """The catalogue at `root`. Raises CatalogueError naming every mistake at once."""
    if not root.is_dir():
        raise CatalogueError([Fault(str(root), 1, "is no folder", "name the folder that holds documents.yml")])
    sheet = _Sheet(root, [], {})

    def under(folder: str) -> list[Path]:
        return sorted((root / folder).rglob("*.yml"))

    built = catalogues.Catalogue.of(
        documents=sheet.models([root / "documents.yml"], documents.Document, many=True),
        facts=sheet.models(under("facts"), facts.Fact, many=True),
        measures=sheet.models(under("measures"), entries.Measure, many=False),
        figures=sheet.models(under("figures"), entries.Figure, many=True),
        channels=sheet.models(under("channels"), entries.Channel, many=True),
        gaps=sheet.models(under("gaps"), entries.Gap, many=True),
        version=content_hash(root),
        places=sheet.places,
    )
    faults = sheet.faults or list(catalogues.broken_references(built))
    if faults:
        raise CatalogueError(faults)
    return built
