"""Figures of a cross-validation, from files as Rasa writes them."""

import json
from pathlib import Path

import pytest

from nlu import labels, results
from nlu.results import Confusion, Guess

RIGHT = [("返多少", "amount", 0.9), ("到哪天", "until", 0.8), ("到几号", "until", 0.7)]
WRONG = [
    ("算多少", "compute", "amount", 0.6),
    ("帮我算", "compute", "amount", 0.95),
    ("能返几成", "amount", "until", 0.4),
]


def line(text: str, label: str, guess: str, confidence: float) -> dict[str, object]:
    return {"text": text, "intent": label, "intent_prediction": {"name": guess, "confidence": confidence}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    right = [line(text, label, label, confidence) for text, label, confidence in RIGHT]
    (tmp_path / "intent_successes.json").write_text(json.dumps(right), encoding="utf-8")
    (tmp_path / "intent_errors.json").write_text(json.dumps([line(*one) for one in WRONG]), encoding="utf-8")
    return tmp_path


def test_right_and_wrong_guesses_are_read(folder: Path) -> None:
    guesses = results.read(folder)
    assert len(guesses) == 6
    assert results.share_right(guesses) == 0.5
    assert Guess("算多少", "compute", "amount", 0.6) in guesses


def test_without_a_cross_validation_there_is_nothing(tmp_path: Path) -> None:
    assert results.read(tmp_path) == []
    assert results.share_right([]) == 0


def test_figures_of_each_label_the_weakest_first(folder: Path) -> None:
    rows = {row.label: row for row in results.rows(results.read(folder))}
    assert list(rows) == ["compute", "amount", "until"]
    assert (rows["compute"].examples, rows["compute"].recall, rows["compute"].f1) == (2, 0, 0)
    assert rows["amount"].precision == pytest.approx(1 / 3)
    assert rows["amount"].recall == pytest.approx(1 / 2)
    assert rows["until"].f1 == pytest.approx(0.8)


def test_confusions_stand_by_number_their_surest_example_first(folder: Path) -> None:
    first, second = results.confusions(results.read(folder))
    assert (first.label, first.guess) == ("compute", "amount")
    assert [guess.text for guess in first.guesses] == ["帮我算", "算多少"]
    assert second == Confusion("amount", "until", (Guess("能返几成", "amount", "until", 0.4),))


def test_the_matrix_has_a_row_for_each_label(folder: Path) -> None:
    names, counts = results.matrix(results.read(folder))
    assert names == ["amount", "compute", "until"]
    assert counts.tolist() == [[1, 0, 1], [2, 0, 0], [0, 0, 2]]


def test_every_label_of_the_examples_has_a_chinese_name() -> None:
    from nlu import examples

    assert {example.label for example in examples.read()} == set(labels.NAMES)
    assert len(set(labels.NAMES.values())) == len(labels.NAMES)
    assert labels.name("unheard_of") == "unheard_of"
