"""What a cross-validation said of each example, and figures of it. Rasa writes the files, this reads them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

FILES = ("intent_successes.json", "intent_errors.json")


@dataclass(frozen=True, slots=True)
class Guess:
    """An example not seen in training: what it is, what it was taken for, how surely (0 to 1)."""

    text: str
    label: str
    guess: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether it was taken for what it is."""
        return self.label == self.guess


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one label: how many examples, and shares between 0 and 1."""

    label: str
    examples: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Examples of one label taken for another, the surest first."""

    label: str
    guess: str
    guesses: tuple[Guess, ...]


def read(folder: Path) -> list[Guess]:
    """Every guess of the last cross-validation; none where there was none."""
    found = []
    for path in (folder / name for name in FILES):
        for line in json.loads(path.read_text(encoding="utf-8")) if path.exists() else ():
            guess = line["intent_prediction"]
            found.append(Guess(line["text"], line["intent"], guess["name"], float(guess["confidence"])))
    return found


def share_right(guesses: Sequence[Guess]) -> float:
    """The share of examples taken for what they are."""
    return sum(guess.right for guess in guesses) / max(1, len(guesses))


def rows(guesses: Sequence[Guess]) -> list[Row]:
    """Figures of each label, the weakest first."""
    labels = sorted({guess.label for guess in guesses})
    truth, said = [guess.label for guess in guesses], [guess.guess for guess in guesses]
    columns = precision_recall_fscore_support(truth, said, labels=labels, zero_division=0)
    found = [
        Row(label, int(columns[3][at]), *(float(columns[c][at]) for c in range(3))) for at, label in enumerate(labels)
    ]
    return sorted(found, key=lambda row: (row.f1, row.label))


def confusions(guesses: Sequence[Guess]) -> list[Confusion]:
    """Pairs of labels taken for one another, the most frequent first."""
    pairs: dict[tuple[str, str], list[Guess]] = defaultdict(list)
    for guess in guesses:
        if not guess.right:
            pairs[guess.label, guess.guess].append(guess)
    found = [
        Confusion(*pair, tuple(sorted(wrong, key=lambda one: (-one.confidence, one.text))))
        for pair, wrong in pairs.items()
    ]
    return sorted(found, key=lambda one: (-len(one.guesses), one.label, one.guess))


def matrix(guesses: Sequence[Guess]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Labels, and how many examples of each (rows) were taken for each (columns)."""
    labels = sorted({guess.label for guess in guesses} | {guess.guess for guess in guesses})
    counts = confusion_matrix([guess.label for guess in guesses], [guess.guess for guess in guesses], labels=labels)
    return labels, counts
