"""Two measures side by side: 入规奖和升规奖是一回事吗, 哪个给得多. Each in two lines, nothing weighed for the owner."""

import re
from collections.abc import Sequence
from datetime import date

from handlers import compose, topics
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from handlers.topics import Looks, Topic
from nlu.understanding import Understanding
from policy_kb import windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure

LIKE_ENOUGH = 0.34
"""A half of the question names a measure from this likeness on."""
SHORTEST_HALF = 4

_SAME = r"一样[吗么不的]|是一样|一回事|相同|一个(东西|政策)|同一(个|种|项)(政策|东西|补|奖|钱)"
_DIFFERENT = rf"区别|不同|差别|差在|不一样|对比|比较|相比|{_SAME}"
_WHICH = r"哪个(给得)?(多|好|高|久|划算|合适|长|管得久|管)|哪样(多|好|高|久|划算)|哪种(多|好|高|划算)|谁(多|高|久|划算)"
_EACH = r"各(给|是|有|补|奖|返)(好)?(多|几)|分别(给|是|有|补|奖|返)?(好)?(多|几)"
_COMPARES = re.compile(f"{_DIFFERENT}|{_WHICH}|{_EACH}")
_WEIGHS = re.compile(f"{_DIFFERENT}|{_WHICH}")
_LEANS = re.compile(r"^(那|它?和|它?跟|这个?和|这个?跟)")
_BETWEEN = re.compile(r"和|跟|与|同(?!一|时|样|意)|还是|以及")


def wanted(
    said: Understanding, session: Session, found: Sequence[Topic], catalogue: Catalogue, as_of: date, look: Looks
) -> Reply | None:
    """The comparison, where two measures are named, or one is held against the one just talked about."""
    if not _COMPARES.search(said.text):
        return None
    pair = _named(said.text, catalogue, as_of, look) or _against_the_last(said, session, found, catalogue)
    return side_by_side(pair, catalogue, as_of) if pair else None


def _named(text: str, catalogue: Catalogue, as_of: date, look: Looks) -> tuple[Measure, Measure] | None:
    best: tuple[float, tuple[Measure, Measure]] | None = None
    for mark in _BETWEEN.finditer(text):
        halves = text[: mark.start()], text[mark.end() :]
        if min(map(len, halves)) < SHORTEST_HALF:
            continue
        one, other = (topics.nearest_measure(half, catalogue, as_of, look) for half in halves)
        if one is None or other is None or min(one[0], other[0]) < LIKE_ENOUGH or _same(one[1], other[1]):
            continue
        if best is None or one[0] + other[0] > best[0]:
            best = one[0] + other[0], (one[1], other[1])
    return best[1] if best else None


def _against_the_last(
    said: Understanding, session: Session, found: Sequence[Topic], catalogue: Catalogue
) -> tuple[Measure, Measure] | None:
    last = catalogue.measures.get(session.focus[0]) if session.focus else None
    top = next((topic.entry for topic in found[:1] if isinstance(topic.entry, Measure)), None)
    if not _WEIGHS.search(said.text) or last is None or top is None or _same(last, top) or not _LEANS.search(said.text):
        return None
    return last, top


def _same(one: Measure, other: Measure) -> bool:
    return one.id == other.id or (one.lineage is not None and one.lineage == other.lineage)


def side_by_side(pair: Sequence[Measure], catalogue: Catalogue, as_of: date) -> Reply:
    """What each brings and until when. The owner weighs."""
    lines = ["这是两项不同的政策："]
    for number, measure in zip("①②", pair, strict=True):
        standing = windows.measure_status(measure, catalogue, as_of)
        lines.append(f"{number} {measure.title}：{measure.summary}{_missing_end(measure, standing, catalogue)}")
    cited = [citation for measure in pair for citation in wording.cited(measure)[:1]]
    return Reply(
        compose.fit(ReplyKind.ANSWER, lines, [wording.source(compose.documents_once(cited), catalogue)]),
        ReplyKind.ANSWER,
        measures=tuple(measure.id for measure in pair),
        citations=compose.citations(cited, catalogue),
        buttons=tuple(Button(measure.title[:16], f"m:{measure.id}") for measure in pair),
    )


def _missing_end(measure: Measure, standing: windows.Standing, catalogue: Catalogue) -> str:
    """Until when, unless the summary has said so."""
    end = standing.to
    if end and any(said in measure.summary for said in (f"{end.year}年底", f"{end.year}年{end.month}月{end.day}日")):
        return ""
    return wording.validity(standing, measure, catalogue)
