"""`huiqi kb …`: the tools of those who keep the knowledge base."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from policy_kb import checks, loader
from policy_kb.checks.findings import Findings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="知识库：检查、查看政策条目。")

Catalogue = Annotated[Path, typer.Option("--catalogue", help="知识库目录（含 documents.yml）。")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="按哪一天算，如 2022-09-20；默认今天。")]


def day(text: str | None) -> date:
    """The day asked for, or today in Shanghai. Leaves with status 2 where the text is no day."""
    if text is None:
        return datetime.now(ZoneInfo("Asia/Shanghai")).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} 不是日期，请写成 2022-09-20", param_hint="--as-of") from None


@app.command("check")
def check(
    sources: Annotated[Path | None, typer.Option("--sources", help="政策原文所在目录；给了才核对引文。")] = None,
    catalogue: Catalogue = loader.CATALOGUE_DIR,
    as_of: AsOf = None,
    only: Annotated[str, typer.Option("--only", help="只显示文件名含这几个字的问题。")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="缺例子、没用到的事实也算错误。")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示提醒，只显示错误。")] = False,
) -> None:
    """检查知识库：每个错误给出文件和行号、错在哪、为什么、怎么改。有错误时退出码为 1。"""
    if sources is not None and not sources.is_dir():
        raise typer.BadParameter(f"没有目录 {sources}", param_hint="--sources")
    try:
        findings = checks.check(catalogue, sources, day(as_of), strict=strict)
    except loader.CatalogueError as error:
        sys.exit(f"{error}")
    for label, found in (("warning", [] if quiet else findings.warnings), ("fault", findings.faults)):
        for fault in found:
            if only in fault.file:
                print(f"{fault}" if label == "fault" else f"warning: {fault}")
    print(_summary(findings, with_text=sources is not None))
    raise typer.Exit(1 if findings.faults else 0)


def _summary(findings: Findings, *, with_text: bool) -> str:
    counts = findings.counts
    texts = (
        f"{counts['citations_found_in_text']} of {counts['citations_with_text']} citations found in the text"
        f" ({counts['evidence_found']} evidence strings)"
        if with_text
        else f"{counts['citations_with_text']} citations not compared with the text (no --sources)"
    )
    return (
        f"{counts['measures']} measures ({counts['tracks']} tracks, {counts['examples']} examples),"
        f" {counts['figures']} figures, {counts['channels']} channels, {counts['gaps']} gaps,"
        f" {counts['points']} points, {counts['facts']} facts, {counts['documents']} documents\n"
        f"{texts}; without text: V1 {counts['citations_V1']}, V2 {counts['citations_V2']}\n"
        f"{counts['figures_checked']} figures and dates checked, {counts['figures_without_text']} without text\n"
        f"{len(findings.faults)} faults, {len(findings.warnings)} warnings"
    )
