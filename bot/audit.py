"""`./huiqi audit`: are replies honest?

Every figure and day shown belongs to an entry the reply cites, to the owner's own words or to a shown working; nothing
is pasted from a source; the usual answer fits a phone.
"""

import json
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import clock, settings
from nlu import normalise, quantities
from policy_kb import catalogues, conditions, printed, sources
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure

LONGEST_RUN = 40
COMFORTABLE_MEDIAN = 260
HOTLINES = "12345、12333、12366、12328、12315、12381"


@dataclass(frozen=True)
class Finding:
    """Something wrong with the reply to one turn."""

    case: str
    what: str


def backing(reply: dict[str, Any], turns: Sequence[str], catalogue: Catalogue, as_of: date | None = None) -> str:
    """Everything a reply may take its figures from: the entries it cites, the owner's words, the day asked about."""
    names = [name for name in reply["measures"] if name in catalogue.entries]
    family = [
        member.id
        for name in names
        if isinstance(entry := catalogue.entries[name], Measure)
        for member in catalogue.lineages.get(entry.lineage or "", ())
    ]
    day = as_of or clock.today()
    texts = [*turns, *_told(turns, day), day.isoformat(), HOTLINES]
    for name in dict.fromkeys([*names, *family]):
        entry = catalogue.entries[name]
        texts.append(entry.model_dump_json(by_alias=True))
        texts += [catalogue.documents[citation.document].model_dump_json() for citation in entry.cites.values()]
        texts += [catalogue.facts[fact].model_dump_json() for fact in sorted(_facts(entry, catalogue))]
    return "\n".join(texts)


def _facts(entry: object, catalogue: Catalogue) -> set[str]:
    if not isinstance(entry, Measure):
        return set()
    names = {leaf.fact for track in entry.tracks for leaf in conditions.leaves(track.conditions) if leaf.fact}
    names |= {name for track in entry.tracks for one in track.benefits for name in catalogues.benefit_facts(one)}
    return {name for name in names if name in catalogue.facts}


NOT_OURS = ("来源：", "记下了：")
"""Lines whose figures no entry backs: numbers of documents, and the owner's own words said back."""


def foreign(text: str, backed: str) -> Iterator[str]:
    """Figures and days of a reply that nothing backs."""
    shown = "\n".join(line for line in text.splitlines() if not line.startswith(NOT_OURS))
    known = [*printed.figures(backed), *printed.small_counts(backed)]
    results = set(printed.worked_out(shown)) | _workings(shown) | _small_integers()
    days = printed.days(backed)
    for figure in printed.figures(shown):
        if figure.value in results or any(figure.same(one) for one in known):
            continue
        if any(figure.value == one.value for one in known):
            continue
        yield figure.shown
    for day in printed.days(shown):
        if not any(one.backs(day) or day.backs(one) for one in days):
            yield day.shown


def _workings(shown: str) -> set[Decimal]:
    """Figures of lines that work a sum out in the open (10人 × 1500元 = 1.5万元); the engine's own tests prove these."""
    lines = [line for line in shown.splitlines() if "=" in line or line.startswith(("算法：", "算一下："))]
    return {figure.value for figure in printed.figures("\n".join(lines))}


def _told(turns: Iterable[str], day: date) -> list[str]:
    """The owner's own numbers as the reading understands them: 八十万 is 800000, 四十来人 is 36 to 44."""
    found = [one for turn in turns for one in quantities.read(normalise.normalise(turn).text, day)]
    return [str(end) for one in found for end in (one.low, one.high) if end is not None]


def _small_integers() -> set[Decimal]:
    """List numbers and counts of list items (1. 2. 有6项) are no figures of a policy."""
    return {Decimal(number) for number in range(1, 31)}


def pasted(text: str, clauses: Iterable[str]) -> str | None:
    """A run of more than 40 characters that stands in a source clause, or None."""
    plain = sources.plain(text)
    for clause in clauses:
        for start in range(len(plain) - LONGEST_RUN):
            run = plain[start : start + LONGEST_RUN + 1]
            if run in clause:
                return run
    return None


def audit(
    questions: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="问题文件（JSONL）。")],
    answers: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="batch 写出的回答。")],
    held: Annotated[
        Path | None, typer.Option("--sources", exists=True, file_okay=False, help="原文所在的文件夹。")
    ] = None,
) -> None:
    """核对回答：数字和日期都有出处、没有照抄原文、长短适合手机。"""
    from bot import assembly

    catalogue = assembly.catalogue(settings.load())
    cases = {row["id"]: row for row in _rows(questions)}
    texts = [sources.read(one, held) for one in catalogue.documents.values() if held and one.text_held]
    clauses = [clause for text in texts for clause in text.texts.values()]
    findings: list[Finding] = []
    lengths: list[int] = []
    for row in _rows(answers):
        turns = cases[row["id"]]["turns"]
        given = cases[row["id"]].get("as_of")
        day = date.fromisoformat(given) if given else clock.today()
        for reply in row["replies"]:
            if reply["kind"] == "answer":
                lengths.append(len(reply["text"]))
            backed = backing(reply, turns, catalogue, day)
            findings += [Finding(row["id"], f"数字“{shown}”没有出处") for shown in foreign(reply["text"], backed)]
            if clauses and (run := pasted(reply["text"], clauses)):
                findings.append(Finding(row["id"], f"照抄原文：{run}"))
    for finding in findings:
        typer.echo(f"{finding.case}：{finding.what}")
    median = statistics.median(lengths) if lengths else 0
    typer.echo(
        f"共 {len(cases)} 例，{len(findings)} 处不合格；answer 中位数 {median:.0f} 字（上限 {COMFORTABLE_MEDIAN}）"
    )
    if findings or median >= COMFORTABLE_MEDIAN:
        raise typer.Exit(1)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
