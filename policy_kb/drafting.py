"""From the text of a new official document to proposed measure files, everything marked `draft` for a person to finish.

Nothing here judges: it cuts, and lists what is printed (sums, days, departments, deciding words). A draft loads, but it
is not verified, and the check says so until somebody has finished it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policy_kb import printed, responsibilities, sources
from policy_kb.catalogues import Catalogue
from policy_kb.printed import Figure, Unit
from policy_kb.sources import Clause

EVIDENCE = 40
MOST_EVIDENCE = 12

_PLANS = re.compile(r"^[^。;,]{2,36}(方案|计划|办法|细则|措施|意见|规定)(\([一二三四五六七八九十]\))?$")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[(]20\d\d[〕\])]\d+号")
_TITLE = re.compile(r"(关于)?[^。;!?]{4,70}(通知|意见|公告|办法|方案|计划|措施|规定|细则|决定|的函|答复)(\([^)]*\))?$")
_PERSONAL = re.compile(r"联系人|联系电话|电话[:]|1[3-9]\d{9}|0\d{2,3}-\d{7,8}")
_GIVES = re.compile(
    r"补助|补贴|奖补|奖励|资助|返还|贴息|减免|免征|免收|减按|缓缴|减半|退税|扣除|补偿|优惠|创新券|消费券"
)
_AIMS = re.compile(r"力争|争取|鼓励|引导|探索|研究|推动")
_SERVES = re.compile(r"平台|服务|窗口|热线|对接|辅导|培训|专员|通道")
_RULES = re.compile(
    r"支持|鼓励|补助|补贴|奖|减免|免征|缓缴|降低|落实|完善|健全|建立|推进|加大|加强|优化|规范|应当|不得|给予|实施"
)
_ENTERPRISE = re.compile(r"企业|个体工商户|市场主体|纳税人|用人单位|园区|经营主体")
_ISSUER = re.compile(r"(人民政府|局|厅|委员会|办公室|委员会文件)\s*(文件)?\s*$", re.MULTILINE)
_UNTIL = re.compile(r"(期限|截止|截至|有效期|执行)?[^。;,]{0,8}(至|到)$")


class NoPolicyError(Exception):
    """The text is no policy document; the message says what it lacks."""


@dataclass(frozen=True)
class Proposal:
    """One proposed entry: `raw` is the measure as it is written to YAML, `unknown` departments no channel has."""

    clause: Clause
    raw: dict[str, Any]
    departments: tuple[str, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """What was found in a document: its own entry for documents.yml, and one proposal a clause."""

    document: dict[str, Any]
    proposals: list[Proposal] = field(default_factory=list)


def headings(text: str) -> dict[str, str]:
    """Plans printed one after another, each with chapters of its own: short name → heading. Empty for a single one."""
    lines = [line for line in (sources.plain(line) for line in text.splitlines()) if line]
    begins = [i for i, line in enumerate(lines) if line.startswith("一、")]
    if len(begins) < 2:
        return {}
    found: dict[str, str] = {}
    for begin in begins:
        for line in lines[max(0, begin - 8) : begin][::-1]:
            if _PLANS.match(line):
                found[re.sub(r"(专项行动)?(实施)?方案", "", line).replace("(", "").replace(")", "")] = line
                break
    return found if len(found) == len(begins) else {}


def draft(text: str, name: str, catalogue: Catalogue, today: date) -> Draft:
    """Proposals for every clause of a document. `name`: the file it will be held in. Raises NoPolicyError."""
    traditional = _is_traditional(text)
    text = sources.simplified(text) if traditional else text
    plans = headings(text)
    clauses = sources.cut(text, plans)
    rules = _rules(clauses)
    _must_be_policy(text, rules)
    document = _document(text, name, clauses, plans, today) | ({"traditional": "true"} if traditional else {})
    ids = document["id"]
    proposals = [_proposal(clause, f"{ids}-{i:02}", ids, catalogue) for i, clause in enumerate(rules, start=1)]
    return Draft(document, proposals)


def _is_traditional(text: str) -> bool:
    """Whether more than one character in fifty would be another one in Simplified script."""
    sample = sources.plain(text)[:2000]
    return sum(a != b for a, b in zip(sample, sources.simplified(sample), strict=False)) * 50 > len(sample)


def _rules(clauses: list[Clause]) -> list[Clause]:
    """Items, and chapters that have none; neither the words around them nor the paragraphs inside them."""
    kept = [clause for clause in clauses if clause.number not in (sources.PREAMBLE, sources.CLOSING)]
    items = [clause for clause in kept if clause.number.endswith("）")]
    with_items = {(item.section, item.number.split("（")[0]) for item in items}
    chapters = [c for c in kept if "（" not in c.number and not c.number[-1:].isdigit()]
    alone = [c for c in chapters if (c.section, c.number) not in with_items]
    return sorted([*items, *alone], key=lambda clause: clause.line)


def _must_be_policy(text: str, rules: list[Clause]) -> None:
    plain = sources.plain(text)
    lacks = []
    if len(rules) < 2:
        lacks.append("没有分条的规定（一、或（一）开头的条款）")
    saying = [clause for clause in rules if _RULES.search(clause.text) and _ENTERPRISE.search(clause.text)]
    if len(saying) * 3 < max(len(rules), 1) or not saying:
        lacks.append("条款里没有对企业的支持或要求")
    issued = _NUMBER.search(plain) or _ISSUER.search(text)
    if not issued and not any(responsibilities.printed(clause.text).all for clause in rules):
        lacks.append("没有文号、责任单位或发文机关")
    if lacks:
        raise NoPolicyError("这不像政策文件：" + "；".join(lacks))


def _document(text: str, name: str, clauses: list[Clause], plans: dict[str, str], today: date) -> dict[str, Any]:
    lines = [line for line in (sources.plain(line) for line in text.splitlines()) if line]
    top = lines[:15]
    title = next((line for line in top if _TITLE.fullmatch(line) and "关于" in line), "")
    title = title or next((line for line in top if _TITLE.fullmatch(line)), top[0])[:70]
    number = _NUMBER.search("\n".join(lines[:30]))
    signed = "".join(clause.text for clause in clauses if clause.number == sources.CLOSING)
    days = [day for day in printed.days(signed or "\n".join(top)) if day.year and day.first == day.last]
    issued = date(days[0].year or today.year, *days[0].first) if days else today
    document: dict[str, Any] = {"id": _id(name), "title": title, "short": title[:24]}
    if number:
        document["number"] = number[0]
    document |= {
        "issuer": "待填",
        "level": "yunnan" if "云南省" in title or "全省" in text else "kunming" if "昆明" in text else "national",
        "kind": "reply" if re.search("答复|提案", title) else "plan" if "计划" in title else "policy",
        "issued": issued.isoformat(),
        "text": name,
    }
    return document | ({"sections": plans} if plans else {})


def _id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.rsplit(".", 1)[0].lower()).strip("-")[:34] or "new"


def _proposal(clause: Clause, name: str, document: str, catalogue: Catalogue) -> Proposal:
    told = responsibilities.printed(clause.text)
    ids, unknown = responsibilities.channels(told.all, catalogue)
    leads, _ = responsibilities.channels(told.lead, catalogue)
    text = sources.plain(clause.text)
    figures = printed.figures(text)
    cite: dict[str, Any] = {"document": document}
    if clause.section:
        cite["section"] = clause.section
    cite |= {"clause": clause.number, "evidence": evidence(clause)}
    raw: dict[str, Any] = {
        "id": name,
        "title": clause.head[:40] or clause.number,
        "category": _category(clause, catalogue),
        "kind": _kind(text, figures),
        "status": "draft",
        "level": "kunming",
        "summary": f"（草稿，待改写）{clause.head[:60]}",
        "departments": {"lead": leads, "with": [one for one in ids if one not in leads]},
        "cites": {"text": cite},
        "tracks": [_track(text, figures)],
        "notes": list(_notes(text, unknown)),
    }
    return Proposal(clause, raw, told.all, tuple(unknown))


def _kind(text: str, figures: list[Figure]) -> str:
    sums = any(figure.unit in {Unit.MONEY, Unit.SHARE, Unit.MONTHS} for figure in figures)
    if _GIVES.search(text) and sums:
        return "claim"
    if _SERVES.search(text):
        return "service"
    return "direction" if _AIMS.search(text) else "rule"


def _track(text: str, figures: list[Figure]) -> dict[str, Any]:
    track: dict[str, Any] = {"id": "all", "label": "待填"}
    until = _until(text)
    if until:
        track["in_force"] = {"to": until.isoformat()}
    benefits = [
        {"id": f"sum-{i}", "kind": "flat", "label": f"待核（{figure.shown}）", "amount": figure.shown}
        for i, figure in enumerate(figures, start=1)
        if figure.unit is Unit.MONEY and _GIVES.search(text[max(0, figure.at - 40) : figure.at + 20])
    ]
    return track | ({"benefits": benefits} if benefits else {})


def _until(text: str) -> date | None:
    """The last day printed after 至 or 到."""
    ends = []
    for day in printed.days(text):
        if day.year and _UNTIL.search(printed.prepared(text)[: day.at]):
            month, last = day.last
            ends.append(date(day.year, month, last))
    return max(ends, default=None)


def _notes(text: str, unknown: list[str]) -> Iterator[str]:
    days = [day.shown for day in printed.days(text)]
    if days:
        yield f"文中的日期：{'、'.join(dict.fromkeys(days))}"
    figures = [figure.shown for figure in printed.figures(text) if figure.unit]
    if figures:
        yield f"文中的数字：{'、'.join(dict.fromkeys(figures))}"
    if unknown:
        yield f"channels 里还没有：{'、'.join(unknown)}"


def evidence(clause: Clause) -> list[str]:
    """Deciding words of a clause, at most 40 characters each: its head, every sum and day, its departments."""
    text = sources.plain(clause.text)
    wanted = [clause.head[:EVIDENCE]]
    for sentence in re.split(r"[。;]", text):
        if _PERSONAL.search(sentence):
            continue
        wanted += [part for part in _pieces(sentence) if printed.figures(part) or printed.days(part)]
    tail = responsibilities.tail(text)
    if tail:
        wanted.append(tail[:EVIDENCE])
    return [words for words in dict.fromkeys(wanted) if words and words in text][:MOST_EVIDENCE]


def _pieces(sentence: str) -> Iterator[str]:
    """A sentence in pieces of at most 40 characters, cut at commas where it can be."""
    piece = ""
    for part in re.split(r"(?<=[,，、])", sentence):
        if len(piece) + len(part) > EVIDENCE and piece:
            yield piece.rstrip(",、")
            piece = ""
        piece += part
        while len(piece) > EVIDENCE:
            yield piece[:EVIDENCE]
            piece = piece[EVIDENCE:]
    if piece:
        yield piece.rstrip(",、")


def _category(clause: Clause, catalogue: Catalogue) -> str:
    """The category whose entries use most of the clause's pairs of characters in their titles."""
    pairs = {clause.text[i : i + 2] for i in range(len(clause.text) - 1)}
    best, most = "governance", 0
    votes: dict[str, int] = {}
    for measure in catalogue.measures.values():
        title = {measure.title[i : i + 2] for i in range(len(measure.title) - 1)}
        likeness = len(title & pairs)
        if title and likeness * 2 >= len(title):
            votes[measure.category] = votes.get(measure.category, 0) + likeness
    for category, votes_for in sorted(votes.items()):
        if votes_for > most:
            best, most = category, votes_for
    return best
