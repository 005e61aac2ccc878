"""`huiqi kb …`: the tools of those who keep the knowledge base. Heavy packages are imported where they are used."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import clock, kb_tables
from policy_kb import checks, coverage, loader, reviews
from policy_kb.catalogues import Catalogue
from policy_kb.checks.findings import Findings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="知识库：检查、查看、比较、起草、发布。")

Folder = Annotated[Path, typer.Option("--catalogue", help="知识库目录（含 documents.yml）。")]
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天算，如 2022-09-20；默认今天。")
]


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else clock.today()


def _load(folder: Path) -> Catalogue:
    try:
        return loader.load(folder)
    except loader.CatalogueError as error:
        sys.exit(str(error))


@app.command("check")
def check(
    sources: Annotated[Path | None, typer.Option("--sources", help="政策原文所在目录；给了才核对引文。")] = None,
    catalogue: Folder = loader.CATALOGUE_DIR,
    as_of: AsOf = None,
    only: Annotated[str, typer.Option("--only", help="只显示文件名含这几个字的问题。")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="缺例子、没用到的事实也算错误。")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示提醒，只显示错误。")] = False,
) -> None:
    """检查知识库：每个错误给出文件和行号、错在哪、为什么、怎么改。有错误时退出码为 1。"""
    if sources is not None and not sources.is_dir():
        raise typer.BadParameter(f"没有目录 {sources}", param_hint="--sources")
    try:
        findings = checks.check(catalogue, sources, _day(as_of), strict=strict)
    except loader.CatalogueError as error:
        sys.exit(str(error))
    for warning in [] if quiet else findings.warnings:
        if only in warning.file:
            print(f"warning: {warning}")
    for fault in findings.faults:
        if only in fault.file:
            print(fault)
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


@app.command("list")
def list_(
    catalogue: Folder = loader.CATALOGUE_DIR,
    as_of: AsOf = None,
    category: Annotated[str | None, typer.Option("--category", help="只列这一类，如 tax。")] = None,
    everything: Annotated[bool, typer.Option("--all", help="数字、渠道和空白也列。")] = False,
) -> None:
    """列出政策条目：编号、类别、当天状态、到期日、名称。"""
    known = _load(catalogue)
    pool = known.entries if everything else known.measures
    categories = sorted({entry.category for entry in pool.values()})
    if category and category not in categories:
        raise typer.BadParameter(f"没有 {category} 这一类；有 {'、'.join(categories)}", param_hint="--category")
    found = [entry for entry in pool.values() if category in {None, entry.category}]
    found.sort(key=lambda entry: (entry.category, entry.id))
    kb_tables.console().print(kb_tables.entries(found, known, _day(as_of)))


@app.command("show")
def show(
    entry: Annotated[str, typer.Argument(metavar="编号")], catalogue: Folder = loader.CATALOGUE_DIR, as_of: AsOf = None
) -> None:
    """看一条：先是手机上的样子，再是全部内容。"""
    from bot import kb_show

    known = _load(catalogue)
    if entry not in known.entries:
        near = kb_show.near(entry, known)
        raise typer.BadParameter(f"没有 {entry}" + (f"；是不是 {'、'.join(near)}" if near else ""))
    day = _day(as_of)
    out = kb_tables.console()
    reply = kb_show.reply(known.entries[entry], known, day)
    out.print(kb_tables.phone(reply.text, [button.label for button in reply.buttons]))
    out.print(kb_tables.full(known.entries[entry], known, day))


@app.command("due")
def due(
    catalogue: Folder = loader.CATALOGUE_DIR,
    as_of: AsOf = None,
    days: Annotated[int, typer.Option("--days", min=0, help="往后看多少天。")] = 30,
) -> None:
    """列出该复核的、快到期的、还是草稿的。"""
    found = reviews.due(_load(catalogue), _day(as_of), days)
    kb_tables.console().print(kb_tables.due(found) if found else f"{days} 天内没有要看的。")


@app.command("coverage")
def coverage_(
    checklist: Annotated[Path, typer.Option("--checklist", exists=True, dir_okay=False, help="清单文件（JSONL）。")],
    catalogue: Folder = loader.CATALOGUE_DIR,
    suggest: Annotated[bool, typer.Option("--suggest", help="为还没对应的行提出建议（YAML），供人核对。")] = False,
) -> None:
    """清单里的每一句由哪一条覆盖：按优先级统计，列出缺的和有疑问的。有错误或缺失时退出码为 1。"""
    try:
        statements = coverage.read_checklist(checklist)
    except coverage.ChecklistError as error:
        sys.exit(str(error))
    known, _ = loader.gather(catalogue)
    found = coverage.assess(statements, catalogue, known)
    if suggest:
        for statement in found.missing:
            print(_suggestion(statement, known))
        return
    for statement in found.missing:
        print(f"missing: {statement.id} (priority {statement.priority}, {statement.kind}, {statement.clause})")
    for doubt in found.doubts:
        print(f"warning: {doubt}")
    for fault in found.faults:
        print(fault)
    kb_tables.console().print(kb_tables.covered(found))
    print(
        f"priority 1 and 2, claims, rules, deadlines, services: {found.share((1, 2), coverage.BINDING):.1%};"
        f" priority 3: {found.share((3,)):.1%}; {len(found.covered)} covered, {len(found.excepted)} with a reason why"
        f" not, {len(found.missing)} missing, {len(found.doubts)} doubtful"
    )
    raise typer.Exit(1 if found.faults or found.missing else 0)


def _suggestion(statement: coverage.Statement, known: Catalogue) -> str:
    guess = coverage.suggest(statement, known)
    if guess is None:
        return f"# {statement.kind} {statement.clause}\n{statement.id}: {{why_not: }}"
    row = ", ".join(f"{key}: {value}" for key, value in guess.row.items())
    return f"{statement.id}: {{{row}}}  # {guess.likeness:.2f}"


@app.command("timeline")
def timeline(
    picture: Annotated[Path, typer.Argument(metavar="图片.png")],
    catalogue: Folder = loader.CATALOGUE_DIR,
    as_of: AsOf = None,
) -> None:
    """把所有条目的执行期限画成一张图。"""
    from bot import kb_pictures

    drawn = kb_pictures.timeline(_load(catalogue), _day(as_of), picture)
    print(f"{picture}：{drawn} 条")
