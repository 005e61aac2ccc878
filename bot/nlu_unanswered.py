"""Questions the assistant could not answer well, like ones together, for those who extend the catalogue."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot import settings
from storage import migrate, times, unanswered
from storage.engine import Store

KINDS = {"unknown": "没有依据", "clarify": "要追问", "low": "没把握"}
SHOWN = 3
"""Wordings of a group that are shown, the newest first."""


@dataclass(frozen=True)
class Question:
    """One question as kept: masked."""

    text: str
    kind: str
    asked_at: datetime


@dataclass(frozen=True)
class Group:
    """Questions alike, the newest first, and the entry of the catalogue they come nearest to (likeness 0 to 1.2)."""

    questions: tuple[Question, ...]
    nearest: str | None
    likeness: float

    @property
    def wordings(self) -> list[str]:
        """Different wordings, the newest first."""
        return list(dict.fromkeys(question.text for question in self.questions))

    @property
    def newest(self) -> date:
        """The day of the newest question, in Asia/Shanghai."""
        return self.questions[0].asked_at.astimezone(times.SHANGHAI).date()

    def as_json(self) -> dict[str, Any]:
        """For other programmes."""
        return {
            "count": len(self.questions),
            "kinds": dict(Counter(question.kind for question in self.questions)),
            "newest": self.newest.isoformat(),
            "example": self.questions[0].text,
            "wordings": self.wordings,
            "nearest": self.nearest,
            "likeness": round(self.likeness, 3),
        }


def questions(current: settings.Settings, begin: datetime | None, limit: int) -> list[Question]:
    """What is kept from `begin` on, the newest first; nothing where there is no database yet.

    Raises DatabaseUrlError and StoreUnavailableError.
    """
    with Store(current.database_url) as store:
        if migrate.current(store) is None:
            return []
        with store.read() as session:
            rows = unanswered.since(session, begin, limit)
            return [Question(row.text, row.kind, row.asked_at) for row in rows]


def grouped(current: settings.Settings, asked: Sequence[Question]) -> list[Group]:
    """The questions in groups, the largest first. Reads the catalogue and encodes each wording (about 5 s and 10 ms each)."""
    from bot import assembly
    from nlu import encoder, knowledge, likeness, normalise

    known = knowledge.build(assembly.catalogue(current), current.home / "cache")
    plain = {text: normalise.normalise(text, known.read_pinyin).text for text in {one.text for one in asked}}
    texts = sorted(set(plain.values()))
    places = {text: place for place, text in enumerate(texts)}
    rows = encoder.encode(texts)
    alike = likeness.groups(rows, known.index.centre)
    number = {place: at for at, members in enumerate(alike) for place in members}
    members: list[list[Question]] = [[] for _ in alike]
    for one in sorted(asked, key=lambda one: one.asked_at, reverse=True):
        members[number[places[plain[one.text]]]].append(one)
    groups = []
    for together in members:
        first = places[plain[together[0].text]]
        hits = known.index.search(texts[first], rows[first], most=1)
        title = known.catalogue.entries[hits[0].entry].title if hits else None
        groups.append(Group(tuple(together), title, hits[0].score if hits else 0.0))
    return sorted(groups, key=lambda group: (-len(group.questions), -group.questions[0].asked_at.timestamp()))


def told(groups: Sequence[Group]) -> str:
    """The groups for a terminal."""
    total = sum(len(group.questions) for group in groups)
    lines = [f"{total} 个问题，归成 {len(groups)} 组（相近的一组，多的在前）"]
    for group in groups:
        kinds = Counter(KINDS.get(question.kind, question.kind) for question in group.questions)
        why = "、".join(f"{word} {count}" for word, count in kinds.most_common())
        lines.append(f"\n{len(group.questions)} 次　最近 {group.newest}　{why}")
        wordings = group.wordings
        lines += [f"　　{text}" for text in wordings[:SHOWN]]
        if len(wordings) > SHOWN:
            lines.append(f"　　还有 {len(wordings) - SHOWN} 种问法")
        if group.nearest:
            lines.append(f"　　知识库里最近的：{group.nearest}（{group.likeness:.2f}）")
    return "\n".join(lines)
