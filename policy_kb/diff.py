"""What changed for the owner between two catalogues, in sentences for those who approve the newer one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policy_kb import money, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Entry, Measure


@dataclass(frozen=True)
class Change:
    """One thing that an owner would be told otherwise. `deciding`: conditions, sums or days changed."""

    entry: str
    what: str
    deciding: bool = False

    def __str__(self) -> str:
        return f"{self.entry}：{self.what}"


def compare(old: Catalogue, new: Catalogue) -> list[Change]:
    """All changes, by entry. Rewordings of questions, notes and keywords are none."""
    changes: list[Change] = []
    for name in sorted({*old.entries, *new.entries}):
        before, after = old.entries.get(name), new.entries.get(name)
        if after is None:
            changes.append(Change(name, f"删去“{old.entries[name].title}”", deciding=True))
        elif before is None:
            changes.append(Change(name, f"新增“{after.title}”{_says(after)}", deciding=True))
        else:
            found = list(_entry(before, after, old, new))
            changes += found
            changes += _version(before, after, found)
    changes += _documents(old, new)
    return changes


def _says(entry: Entry) -> str:
    return f"：{entry.summary}" if isinstance(entry, Measure) else ""


def _version(before: Entry, after: Entry, found: list[Change]) -> Iterator[Change]:
    if not isinstance(before, Measure) or not isinstance(after, Measure):
        return
    decided = any(change.deciding for change in found)
    if decided and after.version <= before.version:
        yield Change(after.id, f"条件、金额或期限变了，version 还是 {after.version}：要加一")
    elif not decided and after.version > before.version:
        yield Change(after.id, f"version 从 {before.version} 到 {after.version}，条件、金额和期限没有变")


def _entry(before: Entry, after: Entry, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    name = after.id
    if type(before) is not type(after):
        yield Change(name, f"由 {type(before).__name__} 改为 {type(after).__name__}", deciding=True)
        return
    yield from _line(name, "名称", before.title, after.title)
    yield from _line(name, "部门", wording.departments(before, old), wording.departments(after, new))
    said_before = {point.id: point.says for point in before.points}
    said_after = {point.id: point.says for point in after.points}
    yield from _map(name, "要点", said_before, said_after)
    yield from _map(name, "依据", _places(before), _places(after))
    if isinstance(before, Measure) and isinstance(after, Measure):
        yield from _measure(before, after, old, new)


def _measure(before: Measure, after: Measure, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    name = after.id
    yield from _line(name, "概要", before.summary, after.summary)
    yield from _line(name, "状态", before.status, after.status)
    yield from _line(name, "办法", before.how_to or "", after.how_to or "")
    yield from _line(name, "办理方式", before.delivery.value, after.delivery.value)
    for label, told in (
        ("期限", _spans),
        ("条件", _conditions),
        ("得到", _gains),
        ("批次", _rounds),
        ("叠加", _stackings),
    ):
        yield from _rules(name, label, told(before, old), told(after, new))
    yield from _line(name, "替代", _superseded(before), _superseded(after), deciding=True)


Told = dict[str, tuple[str, str]]
"""Part of a measure → how it is said, and the values it computes with."""


def _rules(name: str, label: str, before: Told, after: Told) -> Iterator[Change]:
    """Said in words where the words changed; a change under the same words is told by the values."""
    for key in dict.fromkeys([*before, *after]):
        (said, rule), (says, rules) = before.get(key, ("", "")), after.get(key, ("", ""))
        if said == says and rule != rules:
            said, says = f"{said}（{rule}）", f"{says}（{rules}）"
        yield from _line(name, f"{label} {key} ", said, says, deciding=rule != rules)


def _line(name: str, label: str, before: str, after: str, *, deciding: bool = False) -> Iterator[Change]:
    if before == after:
        return
    if not before or not after:
        yield Change(name, f"{label}{'新增' if after else '删去'}“{after or before}”", deciding=deciding)
    else:
        yield Change(name, f"{label}“{before}”改为“{after}”", deciding=deciding)


def _map(name: str, label: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        yield from _line(name, f"{label} {key} ", before.get(key, ""), after.get(key, ""))


def _spans(measure: Measure, _: Catalogue) -> Told:
    spans = {track.id: track.in_force for track in measure.tracks}
    words = {
        key: (wording.span(one.from_, one.to) + ("长期" if one.long_term else "")) or "没写"
        for key, one in spans.items()
    }
    return {key: (text, text) for key, text in words.items()}


def _conditions(measure: Measure, _: Catalogue) -> Told:
    return {
        track.id: (wording.requirements(track.conditions) or "没有", _bare(track.conditions, {"cite", "says"}))
        for track in measure.tracks
    }


def _gains(measure: Measure, catalogue: Catalogue) -> Told:
    return {
        f"{track.id} {one.id}": (wording.benefit(one, catalogue), _bare(one, {"cite", "says", "label", "id"}))
        for track in measure.tracks
        for one in track.benefits
    }


def _bare(model: Any, without: set[str]) -> str:
    """The values a rule computes with, so that no change of a number hides behind unchanged words."""
    if model is None:
        return ""
    return " ".join(f"{key}={value}" for key, value in _values(model.model_dump(exclude_unset=True), "", without))


def _values(raw: Any, key: str, without: set[str]) -> Iterator[tuple[str, str]]:
    if isinstance(raw, dict):
        for name, value in raw.items():
            if name not in without:
                yield from _values(value, name.rstrip("_"), without)
    elif isinstance(raw, list):
        for value in raw:
            yield from _values(value, key, without)
    elif raw is not None:
        yield key, str(raw)


def _rounds(measure: Measure, _: Catalogue) -> Told:
    spans = {one.id: wording.span(one.from_, one.to) for one in measure.windows}
    return {one.id: (f"{one.label}{spans[one.id]}", spans[one.id]) for one in measure.windows}


def _stackings(measure: Measure, _: Catalogue) -> Told:
    return {str(i): (one.says, _bare(one, {"cite", "says"})) for i, one in enumerate(measure.stacking, start=1)}


def _superseded(measure: Measure) -> str:
    return f"{money.day(measure.superseded.on)}起由 {measure.superseded.by} 替代" if measure.superseded else ""


def _places(entry: Entry) -> dict[str, str]:
    return {
        key: " ".join(filter(None, (citation.document, citation.section, citation.clause)))
        for key, citation in entry.cites.items()
    }


def _documents(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    for name in sorted({*old.documents, *new.documents}):
        before, after = old.documents.get(name), new.documents.get(name)
        if before is None and after is not None:
            yield Change(name, f"新增文件“{after.title}”（{money.day(after.issued)}发布）")
        elif after is None and before is not None:
            yield Change(name, f"删去文件“{before.title}”")
        elif before and after:
            days = ("issued", "in_force_until", "superseded")
            for key in days:
                yield from _line(name, key, str(getattr(before, key) or ""), str(getattr(after, key) or ""))
