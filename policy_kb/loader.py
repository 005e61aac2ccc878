"""From YAML files to a Catalogue, all errors with file, line, what, why and how to mend. Nothing half loaded."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from policy_kb import catalogues, documents, entries, facts, parameters

CATALOGUE_DIR = Path(__file__).parent / "catalogue"

M = TypeVar(
    "M",
    documents.Document,
    facts.Fact,
    entries.Measure,
    entries.Figure,
    entries.Channel,
    entries.Gap,
    parameters.Parameter,
)
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in the catalogue: where, what, why it is one, and how to mend it."""

    file: str
    line: int
    what: str
    mend: str = ""
    why: str = ""

    def __str__(self) -> str:
        why = f" ({self.why})" if self.why else ""
        return f"{self.file}:{self.line}: {self.what}{why}" + (f" → {self.mend}" if self.mend else "")


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
    "date_from_datetime_inexact": "write the day as 2022-12-31",
    "bool_parsing": "write true or false",
    "int_parsing": "write a whole number",
    "model_type": "indent its keys below it",
    "model_attributes_type": "indent its keys below it",
    "list_type": "write a list: each item after `- `, or [a, b]",
    "dict_type": "write `key: value` below it",
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

    def named(self, base: tuple[Any, ...], steps: tuple[Any, ...]) -> str:
        """The way to a key as it stands in the file (`tracks.0.in_force.to`), without names of union branches."""
        path, shown = base, []
        for step in steps:
            if (*path, step) in self.at:
                path = (*path, step)
                shown.append(str(step))
        return ".".join(shown) or "entry"

    def fault(self, where: tuple[Any, ...], what: str, mend: str = "", why: str = "") -> Fault:
        """A mistake at that place of this file."""
        return Fault(self.file, self.line(where), what, mend, why)


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
    line, what, mend = 1, "", ""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    except FileNotFoundError:
        what, mend = "does not exist", "write it; every source document stands there"
    except UnicodeDecodeError as error:
        what, mend = f"is not UTF-8 ({error.reason})", "save it as UTF-8"
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what, mend = f"is no valid YAML: {error.problem}", "mind indents, colons and quotes"
    except yaml.YAMLError as error:
        what, mend = f"is no valid YAML: {error}", "remove control characters"
    if what:
        return None, Lines(shown, {}), [Fault(shown, line, what, mend)]
    value = reader.value(node, ()) if node is not None else None
    return value, Lines(shown, reader.at), reader.faults


def model_faults(error: ValidationError, lines: Lines, base: tuple[Any, ...]) -> Iterator[Fault]:
    """What a model found wrong with the part of a file that begins at `base`."""
    for item in error.errors():
        kind, last = item["type"], item["loc"][-1] if item["loc"] else ""
        what = f"{lines.named(base, item['loc'])}: {item['msg'].removeprefix('Value error, ')}"
        if kind == "extra_forbidden":
            what = f"unknown key `{last}`"
        elif kind == "missing":
            what = f"`{last}` is missing"
        elif isinstance(item["input"], str):
            what += f" (it says {item['input']!r})"
        yield lines.fault((*base, *item["loc"]), what, _MEND.get(kind, ""))


@dataclass
class _Sheet:
    """Entries of one kind gathered over files."""

    root: Path
    faults: list[Fault]
    places: dict[str, tuple[Lines, tuple[Any, ...]]]

    def models(self, files: list[Path], model: type[M], *, many: bool) -> list[M]:
        adapter: TypeAdapter[M] = TypeAdapter(model)
        found: list[M] = []
        for path in files:
            raw, lines, faults = read_yaml(path, path.relative_to(self.root.parent).as_posix())
            self.faults += faults
            for base, item in self._items(raw, lines, many=many):
                try:
                    one = adapter.validate_python(item)
                except ValidationError as error:
                    self.faults += model_faults(error, lines, base)
                    continue
                if self._is_new(f"{model.__name__}:{one.id}", one.id, lines, base):
                    found.append(one)
        return found

    def _items(self, raw: Any, lines: Lines, *, many: bool) -> list[tuple[tuple[Any, ...], Any]]:
        if raw is None:
            return []
        if isinstance(raw, list) != many:
            what, mend = ("is no list", "begin each entry with `- `") if many else ("is a list", "one entry a file")
            self.faults.append(lines.fault((), what, mend))
            return []
        return [((i,), item) for i, item in enumerate(raw)] if many else [((), raw)]

    def _is_new(self, key: str, name: str, lines: Lines, base: tuple[Any, ...]) -> bool:
        if key in self.places:
            other = self.places[key][0].file
            what = f"id `{name}` is already used in {other}"
            self.faults.append(lines.fault((*base, "id"), what, "choose another id"))
            return False
        self.places[key] = (lines, base)
        return True


def files_of(root: Path) -> list[Path]:
    """All YAML files of knowledge, sorted. The coverage of a checklist is none."""
    return sorted(path for path in root.rglob("*.yml") if path.relative_to(root).parts[0] != "coverage")


def content_hash(root: Path) -> str:
    """Fingerprint of a catalogue: any changed byte changes it."""
    digest = hashlib.sha256()
    for path in files_of(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def gather(root: Path, *, drafts: bool = True) -> tuple[catalogues.Catalogue, list[Fault]]:
    """What can be read at `root`, and every mistake: for those who mend it. Whoever answers owners uses `load`."""
    sheet = _Sheet(root, [], {})

    def under(folder: str) -> list[Path]:
        return sorted((root / folder).rglob("*.yml"))

    measures = sheet.models(under("measures"), entries.Measure, many=False)
    built = catalogues.Catalogue.of(
        documents=sheet.models([root / "documents.yml"], documents.Document, many=True),
        facts=sheet.models(under("facts"), facts.Fact, many=True),
        measures=[one for one in measures if drafts or one.status == "reviewed"],
        figures=sheet.models(under("figures"), entries.Figure, many=True),
        channels=sheet.models(under("channels"), entries.Channel, many=True),
        gaps=sheet.models(under("gaps"), entries.Gap, many=True),
        version=content_hash(root),
        places=sheet.places,
        parameters=sheet.models(under("parameters"), parameters.Parameter, many=False),
    )
    return built, sorted([*sheet.faults, *catalogues.broken_references(built)])


def load(root: Path = CATALOGUE_DIR, *, drafts: bool = False) -> catalogues.Catalogue:
    """The catalogue at `root`, drafts only where asked for. Raises CatalogueError naming every mistake at once."""
    if not root.is_dir():
        raise CatalogueError([Fault(str(root), 1, "is no folder", "name the folder that holds documents.yml")])
    built, faults = gather(root, drafts=drafts)
    if faults:
        raise CatalogueError(faults)
    return built
