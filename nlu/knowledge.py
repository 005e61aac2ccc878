"""The catalogue in use by the understanding, with what is built from it: word list and retrieval index.

Rasa makes its components itself, so they find the catalogue here. `use` swaps it as a whole: a message sees either
the old or the new one.
"""

import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jieba

from nlu import encoder, examples, normalise, pinyin
from policy_kb import search
from policy_kb.catalogues import Catalogue

jieba.setLogLevel(logging.WARNING)


WORD_WEIGHT = 100  # as often as a common word of Jieba's own dictionary


class NoCatalogue(Exception):
    """No catalogue is in use yet; call `knowledge.use` before parsing."""


@dataclass(frozen=True)
class Knowledge:
    """A catalogue and its index."""

    catalogue: Catalogue
    index: search.Index
    jieba: jieba.Tokenizer

    @cached_property
    def names(self) -> frozenset[str]:
        """The words of the subject that the catalogue names."""
        return frozenset(words(self.catalogue))

    def read_pinyin(self, text: str) -> str:
        """A text with what is typed in pinyin in characters."""
        return self._pinyin.read(text) if pinyin.may_be(text) else text

    @cached_property
    def _pinyin(self) -> pinyin.Reader:
        """Made when someone first types pinyin (0.5 s)."""
        written = (normalise.normalise(example.text).text for example in examples.read())
        return pinyin.Reader(itertools.chain((text.text for text in self.index.texts), written))


_current: list[Knowledge] = []


def words(catalogue: Catalogue) -> Iterator[str]:
    """Words of the subject that a general dictionary would cut apart."""
    for entry in catalogue.entries.values():
        for name in (entry.title, *entry.aliases, *entry.keywords):
            if 2 <= len(name) <= 8:
                yield name
    for fact in catalogue.facts.values():
        for choice in fact.values.values():
            yield from (word for word in choice.words if 2 <= len(word) <= 6)


def cutter(catalogue: Catalogue) -> jieba.Tokenizer:
    """A Jieba that knows the words of a catalogue. Each catalogue has its own: words of an older one do not linger."""
    own = jieba.Tokenizer()
    own.initialize()
    for word in sorted(set(words(catalogue))):
        own.add_word(word, WORD_WEIGHT)
    return own


def build(catalogue: Catalogue, cache: Path) -> Knowledge:
    """Index a catalogue; vectors are kept under `cache`."""
    own = cutter(catalogue)
    kept = encoder.KeptVectors(cache / "vectors.npz")
    return Knowledge(catalogue, search.Index(catalogue, kept, encoder.encode_kept, own.lcut), own)


def use(knowledge: Knowledge) -> None:
    """From now on messages are understood with this catalogue."""
    _current[:] = [knowledge]


def current() -> Knowledge:
    """The catalogue in use. Raises NoCatalogue before `use`."""
    if not _current:
        raise NoCatalogue(NoCatalogue.__doc__)
    return _current[0]
