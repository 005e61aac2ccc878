"""The written examples of `nlu/data`, read without Rasa."""

from dataclasses import dataclass
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Example:
    """One example as written, and its label."""

    text: str
    label: str


def read(folder: Path = DATA) -> list[Example]:
    """All examples, in the order of the files."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            lines = entry.get("examples", "").splitlines()
            found += [Example(line.removeprefix("- "), entry["intent"]) for line in lines]
    return found
