"""Questions: no two entries claim the same words, or the search could not tell them apart."""

import re
from dataclasses import dataclass

from policy_kb import sources
from policy_kb.checks.findings import Desk, Where
from policy_kb.entries import Entry, Measure

_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class _Asked:
    entry: Entry
    where: Where
    text: str

    @property
    def family(self) -> str:
        """Rules of one lineage are told apart by the day, not by the words."""
        lineage = self.entry.lineage if isinstance(self.entry, Measure) else None
        return f"lineage {lineage}" if lineage else self.entry.id


def _of(entry: Entry) -> list[_Asked]:
    asked = [_Asked(entry, ("questions", i), text) for i, text in enumerate(entry.questions)]
    for i, point in enumerate(entry.points):
        asked += [_Asked(entry, ("points", i, "asks", j), text) for j, text in enumerate(point.asks)]
    for i, silence in enumerate(entry.silent):
        asked += [_Asked(entry, ("silent", i, "asks", j), text) for j, text in enumerate(silence.asks)]
    if isinstance(entry, Measure):
        for i, track in enumerate(entry.tracks):
            asked += [_Asked(entry, ("tracks", i, "asks", j), text) for j, text in enumerate(track.asks)]
    return asked


def check(desk: Desk) -> None:
    """The same question in two families is a fault; twice in one entry a warning."""
    first: dict[str, _Asked] = {}
    for entry in desk.catalogue.entries.values():
        for asked in _of(entry):
            key = _MARKS.sub("", sources.plain(asked.text)).lower()
            known = first.setdefault(key, asked)
            if known is asked:
                continue
            lines, where = desk.catalogue.place(known.entry, *known.where)
            at = f"{lines.file}:{lines.line(where)}"
            what = f"«{asked.text}» is already asked for `{known.entry.id}` ({at})"
            if known.family != asked.family:
                desk.fault(entry, asked.where, what, "keep it where it belongs, or name what differs")
            elif known.entry is entry:
                desk.warn(entry, asked.where, what, "ask it once, or in other words")
