"""The wording of a held document, cut into sections and clauses, and the search for evidence in it.

A clause is named as people cite it: 二（三） is item （三） of chapter 二, 二（五）2 the paragraph numbered 2 in it,
三 the words of chapter 三 before its first item (all of them, if it has no items), 前言 what stands before chapter 一,
落款 what follows the last rule (signature, day, printing note). An item holds its numbered paragraphs too.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from policy_kb.documents import Document

PREAMBLE = "前言"
CLOSING = "落款"

_DIGITS = "零一二三四五六七八九"
_NUMERAL = "[一二三四五六七八九十百]+"
_CHAPTER = re.compile(rf"({_NUMERAL})、|第({_NUMERAL})章")
_ITEM = re.compile(rf"\(({_NUMERAL})\)")
_DIGIT_ITEM = re.compile(r"\((\d{1,2})\)")
_ARTICLE = re.compile(rf"第({_NUMERAL})条")
_NUMBERED = re.compile(r"(\d{1,2})[.、](?!\d)")
_CLOSING = re.compile(
    r"感谢您|\(联系人|联系人|\(此件|抄送|技术支持|Copyright|.{0,20}\d{4}年\d{1,2}月\d{1,2}日(印发)?$", re.IGNORECASE
)
_ENDS = re.compile(r"[。;!?)”]$")
_INVISIBLE = re.compile(r"[\s\u200b\u200c\u200d\ufeff]|\*\*")


class MissingSourceError(Exception):
    """The file with the wording of a document is not among the sources."""


@dataclass(frozen=True)
class Clause:
    """One clause: `text` as printed (lines joined by line breaks), `line` where it begins in the file (from 1)."""

    section: str | None
    number: str
    text: str
    line: int

    @property
    def head(self) -> str:
        """The first sentence: 完善法规体系."""
        first = plain(self.text.split("\n", 1)[0])
        unnumbered = re.sub(rf"^({_CHAPTER.pattern}|{_ITEM.pattern}|{_ARTICLE.pattern}|{_NUMBERED.pattern})", "", first)
        return re.split(r"[。;:]", unnumbered, maxsplit=1)[0]


@lru_cache(maxsize=1)
def _converter() -> "object":
    import opencc  # no stubs; loaded only when a Traditional text is read

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters as Simplified ones. Words are left as they are (智慧財產權 → 智慧财产权)."""
    return str(_converter().convert(text))  # type: ignore[attr-defined]


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """The form in which texts are compared: NFKC (brackets, commas and digits half-width), no white space, no `**`."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def numeral(value: int) -> str:
    """1 → 一, 10 → 十, 25 → 二十五; up to 99."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "") or _DIGITS[0]


def value_of(text: str) -> int:
    """一 → 1, 十 → 10, 二十五 → 25, 一百二十 → 120."""
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = (_DIGITS.index(hundreds or "一") * 100) if "百" in text else 0
    value += (_DIGITS.index(tens or "一") * 10) if ten else 0
    return value + (_DIGITS.index(ones) if ones else 0)


def canonical(clause: str) -> str:
    """A clause as people write it in one form: 二(三) and 二（3） → 二（三）."""
    folded = re.sub(r"\((\d{1,2})\)", lambda m: f"({numeral(int(m[1]))})", plain(clause))
    return folded.replace("(", "（").replace(")", "）")


class _Cutter:
    """Walks over the lines once and keeps which section, chapter, item and paragraph it is in."""

    def __init__(self, headings: Mapping[str, str]) -> None:
        self.headings = {plain(printed): short for short, printed in headings.items()}
        self.section: str | None = None
        self.pieces: dict[tuple[str | None, str], tuple[int, list[str]]] = {}
        self.chapter = self.item = self.digit_item = self.paragraph = 0
        self.closed = False

    def heading(self, lines: list[str], at: int) -> int:
        """How many lines from `at` on print the heading of a section; 0 if none does."""
        joined = ""
        for used, line in enumerate(lines[at : at + 6], start=1):
            joined += plain(line)
            if joined in self.headings:
                self.section = self.headings[joined]
                self.chapter = self.item = self.digit_item = self.paragraph = 0
                self.closed = False
                return used
            if not joined or not any(printed.startswith(joined) for printed in self.headings):
                return 0
        return 0

    def take(self, line: str, number: int) -> None:
        """One line of text."""
        text = plain(line)
        if not text:
            return
        if not self._begins_chapter(text) and not self._begins_item(text):
            self.closed = self.closed or (bool(self.chapter or self.item) and bool(_CLOSING.match(text)))
            found = _NUMBERED.match(text)
            if found and not self.closed and int(found[1]) == self.paragraph + 1:
                self.paragraph += 1
        for name in self._names():
            self.pieces.setdefault((self.section, name), (number, []))[1].append(line.strip())

    def _begins_chapter(self, text: str) -> bool:
        found = _CHAPTER.match(text)
        if not found or value_of(found[1] or found[2]) <= self.chapter:
            return False
        self.chapter = value_of(found[1] or found[2])
        self.item = self.digit_item = self.paragraph = 0
        self.closed = False
        return True

    def _begins_item(self, text: str) -> bool:
        if (found := _ARTICLE.match(text)) or (found := _ITEM.match(text)):
            value = value_of(found[1])
        elif (found := _DIGIT_ITEM.match(text)) and (not self.item or self.digit_item):
            value = self.digit_item = int(found[1])
        else:
            return False
        if value <= self.item or self.closed:
            return False
        self.item = value
        self.paragraph = 0
        return True

    def _names(self) -> Iterator[str]:
        """The clauses a line belongs to: a numbered paragraph is part of its item, too."""
        if self.closed:
            yield CLOSING
        elif not self.chapter and not self.item:
            yield PREAMBLE
        else:
            name = (numeral(self.chapter) if self.chapter else "") + (f"（{numeral(self.item)}）" if self.item else "")
            yield name
            if self.paragraph:
                yield f"{name}{self.paragraph}"


def _is_banner(line: str, following: list[str], headings: Mapping[str, str]) -> bool:
    """A title line printed over the heading of each section is no part of the clause before it."""
    after = next((plain(other) for other in following if plain(other)), "")
    return bool(plain(line)) and after in headings and not _ENDS.search(plain(line))


def cut(text: str, headings: Mapping[str, str] | None = None) -> list[Clause]:
    """The clauses of a text, in its order. `headings`: our short section name → the heading as printed."""
    cutter = _Cutter(headings or {})
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if used := cutter.heading(lines, at):
            at += used
            continue
        if not _is_banner(lines[at], lines[at + 1 :], cutter.headings):
            cutter.take(lines[at], at + 1)
        at += 1
    return [Clause(section, name, "\n".join(body), line) for (section, name), (line, body) in cutter.pieces.items()]


@dataclass(frozen=True)
class Source:
    """A document whose wording is held, cut into clauses."""

    document: Document
    clauses: dict[tuple[str | None, str], Clause]

    def folded(self, text: str) -> str:
        """The text in the form compared with this document."""
        return simplified(plain(text)) if self.document.traditional else plain(text)

    @cached_property
    def texts(self) -> dict[tuple[str | None, str], str]:
        """(section, clause) → its wording in the form compared."""
        return {key: self.folded(clause.text) for key, clause in self.clauses.items()}

    def missing_sections(self) -> list[str]:
        """Sections of documents.yml whose printed heading is nowhere in the text."""
        there = {section for section, _ in self.clauses}
        return [name for name in self.document.sections if name not in there]

    def holds(self, section: str | None, clause: str, evidence: str) -> bool:
        """Whether the words stand in that clause."""
        return self.folded(evidence) in self.texts.get((section, canonical(clause)), "")

    def places(self, evidence: str) -> list[tuple[str | None, str]]:
        """Every clause in which the words stand; a numbered paragraph stands for the item it is part of."""
        wanted = self.folded(evidence)
        found = [key for key, text in self.texts.items() if wanted in text]
        return [key for key in found if not any(_is_part(key, other) for other in found)]


def _is_part(whole: tuple[str | None, str], part: tuple[str | None, str]) -> bool:
    return whole[0] == part[0] and bool(re.fullmatch(re.escape(whole[1]) + r"\d+", part[1]))


def read(document: Document, folder: Path) -> Source:
    """The held text of a document. Raises MissingSourceError where `folder` has no such file."""
    path = folder / document.text
    if not path.is_file():
        raise MissingSourceError(f"{document.text} of document {document.id} is not in {folder}")
    clauses = cut(path.read_text(encoding="utf-8"), document.sections)
    return Source(document, {(clause.section, clause.number): clause for clause in clauses})
