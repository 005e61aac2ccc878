"""Ready answers from the catalogue, never without source and date. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from helpdesk.house import House
from helpdesk.states import DeskError
from policy_kb import windows, wording
from policy_kb.entries import Entry, Measure, Point
from storage import tickets
from storage.ticket_tables import Ticket
from storage.times import SHANGHAI

MOST = 30


class NoSuchCannedError(DeskError):
    """没有现成答复“{}”：先用 canned 列出"""


@dataclass(frozen=True)
class Canned:
    """A ready answer. ``id`` is entry/statement; ``text`` ends with its source."""

    id: str
    title: str
    text: str


def of_entry(entry: Entry, house: House, now: datetime) -> Iterator[Canned]:
    """All ready answers about an entry, as they are true on the day."""
    if not entry.cites:
        return
    standing = ""
    if isinstance(entry, Measure):
        day = now.astimezone(SHANGHAI).date()
        standing = wording.validity(windows.measure_status(entry, house.catalogue, day), entry, house.catalogue)
    for point in entry.points:
        source = wording.source(wording.cited(entry, point.cites), house.catalogue)
        if source:
            text = "\n".join(filter(None, (_said(point, entry), standing, source)))
            yield Canned(f"{entry.id}/{point.id}", entry.title, text)


def _said(point: Point, entry: Entry) -> str:
    return point.says if entry.title in point.says else f"{entry.title}：{point.says}"


def find(house: House, ticket: Ticket | None, words: str, now: datetime) -> list[Canned]:
    """Answers for a ticket (its measure, then what the assistant thought of), or for words; likeliest first."""
    names = [ticket.measure, *(name for name, _ in tickets.pairs(ticket.candidates))] if ticket is not None else []
    near = [house.catalogue.entries[name] for name in dict.fromkeys(names) if name in house.catalogue.entries]
    if not words.strip():
        return [one for entry in near for one in of_entry(entry, house, now)][:MOST]
    pool = near or list(house.catalogue.entries.values())
    found = _best([one for entry in pool for one in of_entry(entry, house, now)], words, house)
    if not found and near:
        everything = [one for entry in house.catalogue.entries.values() for one in of_entry(entry, house, now)]
        found = _best(everything, words, house)
    return found[:MOST]


def get(house: House, name: str, now: datetime) -> Canned:
    """The answer of this id. Raises ``NoSuchCannedError``."""
    entry = house.catalogue.entries.get(name.partition("/")[0])
    found = [one for one in of_entry(entry, house, now) if one.id == name] if entry else []
    if not found:
        raise NoSuchCannedError(name)
    return found[0]


def _best(found: list[Canned], words: str, house: House) -> list[Canned]:
    pairs = _pairs(words)
    scored = [(len(pairs & _pairs(_searched(one, house))) / max(len(pairs), 1), one) for one in found]
    good = [(score, one) for score, one in scored if score >= 0.5]
    return [one for _, one in sorted(good, key=lambda each: (-each[0], each[1].id))]


def _searched(one: Canned, house: House) -> str:
    name, _, point_id = one.id.partition("/")
    entry = house.catalogue.entries[name]
    asks = [ask for point in entry.points if point.id == point_id for ask in point.asks]
    return " ".join([one.text, *entry.aliases, *asks])


def _pairs(text: str) -> set[str]:
    """Pairs of characters: words enough for a small pool, without a model."""
    plain = "".join(text.split())
    return {plain[i : i + 2] for i in range(len(plain) - 1)} or {plain}
