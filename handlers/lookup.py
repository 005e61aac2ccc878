"""Looking a measure up by a few letters of its name, for cards that are shown while somebody types. Pure.

No retrieval of what a question means (policy_kb/search does that, with the model): only names are compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from handlers import compose
from handlers.reply import ReplyKind
from policy_kb import windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Kind, Measure

MOST = 10
LONGEST = 64
"""Letters of what was typed that are looked at."""
NEAR = 70.0
"""Likeness (0 to 100) from which a name may be meant."""
SAME = 12.0
"""An edition in force goes before an ended one of the same rule that is liked better by no more than this."""
LINE = 90


@dataclass(frozen=True)
class Card:
    """A measure in short: `line` below its title in a list, `text` as a message of its own."""

    measure: str
    title: str
    line: str
    text: str


def cards(typed: str, catalogue: Catalogue, as_of: date, most: int = MOST) -> list[Card]:
    """The measures whose names are nearest; where nothing was typed, the claims that end first. Takes 1–10 ms."""
    wanted = "".join(typed.split()).lower()[:LONGEST]
    found = _named(wanted, catalogue, as_of) if wanted else _ending(catalogue, as_of)
    return [_card(measure, catalogue, as_of) for measure in found[:most]]


def _named(wanted: str, catalogue: Catalogue, as_of: date) -> list[Measure]:
    best: dict[str, tuple[float, Measure]] = {}
    for measure in catalogue.measures.values():
        standing = windows.measure_status(measure, catalogue, as_of)
        likeness = max(_likeness(wanted, name) for name in _names(measure))
        if likeness < NEAR or standing.state is windows.State.NOT_KNOWN:
            continue
        rank = likeness + (SAME if standing.in_force else 0.0) + (1.0 if measure.kind is Kind.CLAIM else 0.0)
        family = measure.lineage or measure.id
        if family not in best or rank > best[family][0]:
            best[family] = (rank, measure)
    return [measure for _, measure in sorted(best.values(), key=lambda one: (-one[0], one[1].id))]


def _names(measure: Measure) -> Iterator[str]:
    yield measure.title.lower()
    yield from (name.lower() for name in (*measure.aliases, *measure.keywords))


def _likeness(wanted: str, name: str) -> float:
    if wanted in name or (len(name) >= 2 and name in wanted):
        return 90.0 + 10.0 * min(len(wanted), len(name)) / max(len(wanted), len(name))
    return fuzz.partial_ratio(wanted, name) if len(wanted) > 2 else 0.0


def _ending(catalogue: Catalogue, as_of: date) -> list[Measure]:
    claims = [measure for measure in catalogue.measures.values() if measure.kind is Kind.CLAIM]
    standings = [(windows.measure_status(measure, catalogue, as_of), measure) for measure in claims]
    found = [(standing.to or date.max, measure.id, measure) for standing, measure in standings if standing.in_force]
    return [measure for _, _, measure in sorted(found)]


def _card(measure: Measure, catalogue: Catalogue, as_of: date) -> Card:
    validity = wording.validity(windows.measure_status(measure, catalogue, as_of), measure, catalogue)
    source = compose.source(wording.cited(measure), catalogue)
    lines = [f"{measure.title}：{measure.summary}", validity]
    text = compose.fit(ReplyKind.ANSWER, lines, [source, "最终以主管部门审核为准。"])
    line = f"{validity}{measure.summary}"
    return Card(measure.id, measure.title, line if len(line) <= LINE else line[: LINE - 1] + "…", text)
