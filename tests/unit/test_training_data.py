"""The examples of the classifier: enough of each label, none twice, none taken from the evaluation cases."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rapidfuzz import fuzz, process

from nlu import normalise
from nlu.understanding import ACTS

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "nlu" / "data"
TABLE = ROOT / "docs" / "intents.md"
EVALUATION = ROOT.parent / "shared" / "eval"
LEAST = 25
NEARLY_EQUAL = 85.0  # rapidfuzz ratio, of 100
# A greeting or a yes is what it is: so short an act is nobody's words.
EVERYDAY = ACTS - {"tell", "progress", "unsafe", "out_of_scope"}
EVERYDAY_UP_TO = 5


@cache
def examples() -> tuple[tuple[str, str], ...]:
    found = []
    for path in sorted(DATA.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert document["version"] == "3.1"
        for entry in document["nlu"]:
            lines = entry["examples"].splitlines()
            assert all(line.startswith("- ") for line in lines), f"{path.name}, {entry['intent']}"
            found += [(entry["intent"], line.removeprefix("- ")) for line in lines]
    return tuple(found)


def bare(text: str) -> str:
    """Normalised, without punctuation and spaces; a text of nothing else stays as it is."""
    plain = normalise.normalise(text).text.lower()
    letters = "".join(char for char in plain if unicodedata.category(char)[0] not in "PZ")
    return letters or text


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def evaluation_lines() -> list[str]:
    """What the cases say: turns, texts, titles and names."""
    said = []
    for path in sorted(EVALUATION.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line) if line.strip() else {}
            for key in ("turns", "text", "title", "name"):
                said += [bare(text) for text in strings(case.get(key))]
    return sorted(set(said))


def test_every_label_has_enough_examples() -> None:
    few = {label: count for label, count in Counter(label for label, _ in examples()).items() if count < LEAST}
    assert not few


def test_every_act_the_programme_knows_has_examples() -> None:
    assert {label for label, _ in examples()} >= ACTS


def test_no_example_stands_twice_in_any_spelling_or_under_two_labels() -> None:
    spellings: dict[str, list[tuple[str, str]]] = {}
    for label, text in examples():
        spellings.setdefault(bare(text), []).append((label, text))
    assert not [alike for alike in spellings.values() if len(alike) > 1]


def test_no_example_is_an_evaluation_case_or_nearly_one() -> None:
    said = evaluation_lines()
    if not said:  # a checkout without the cases beside it
        return
    own = [(label, text) for label, text in examples() if label not in EVERYDAY or len(bare(text)) > EVERYDAY_UP_TO]
    likeness = process.cdist(
        [bare(text) for _, text in own], said, scorer=fuzz.ratio, score_cutoff=NEARLY_EQUAL, dtype=np.float32
    )
    copied = [(*own[row], round(float(likeness[row].max()), 1)) for row in np.flatnonzero(likeness.max(axis=1) > 0)]
    assert not copied


def test_no_example_carries_marks_that_rasa_would_read() -> None:
    marked = [text for _, text in examples() if "](" in text or "]{" in text]
    assert not marked


def test_the_table_of_labels_tells_every_label_with_examples_of_the_data() -> None:
    rows = [line.split("|")[1:4] for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {label.strip(" `"): [text.strip() for text in given.split("·")] for label, _, given in rows}
    assert set(told) == {label for label, _ in examples()}
    assert [(label, text) for label, given in told.items() for text in given if (label, text) not in examples()] == []
    assert {len(given) for given in told.values()} == {3}
