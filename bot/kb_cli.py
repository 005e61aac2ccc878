"""`huiqi kb …`: the tools of those who keep the knowledge base. Heavy packages are imported where they are used."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import clock, kb_proposals_cli, kb_tables
from policy_kb import checks, coverage, loader, reviews
from policy_kb.catalogues import Catalogue
from policy_kb.checks.findings import Findings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="知识库：检查、查看、比较、起草、发布。")
app.add_typer(kb_proposals_cli.app, name="proposals", help="坐席答过、知识库没有的问答：看、采纳、不采纳。")

Folder = Annotated[Path, typer.Option("--catalogue", help="知识库目录（含 documents.yml）。")]
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天算，如 2022-09-20；默认今天。")
]


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else clock.today()


def _fail(reason: object) -> NoReturn:
    print(reason, file=sys.stderr)
    raise typer.Exit(1)


def _load(folder: Path) -> Catalogue:
    try:
        return loader.load(folder, drafts=True)
    except loader.CatalogueError as error:
        _fail(error)


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
        _fail(error)
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
    names: Annotated[bool, typer.Option("--names", help="清单只有名字（平台、活动）：列出没有哪一条提到的。")] = False,
    suggest: Annotated[bool, typer.Option("--suggest", help="为还没对应的行提出建议（YAML），供人核对。")] = False,
) -> None:
    """清单里的每一句由哪一条覆盖：按优先级统计，列出缺的和有疑问的。有错误或缺失时退出码为 1。"""
    known, _ = loader.gather(catalogue)
    try:
        if names:
            _names(coverage.read_names(checklist), known)
            return
        statements = coverage.read_checklist(checklist)
    except coverage.ChecklistError as error:
        _fail(error)
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


def _names(names: list[str], known: Catalogue) -> None:
    missing = coverage.absent(names, known)
    for name in missing:
        print(f"missing: {name}")
    print(f"{len(names) - len(missing)} of {len(names)} names found")


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


@app.command("diff")
def diff_(
    old: Annotated[str, typer.Argument(metavar="旧")], new: Annotated[str, typer.Argument(metavar="新")] = "."
) -> None:
    """两个版本之间，对企业主来说变了什么。版本可以是目录、发布过的版本或 git 版本；新的默认是现在的知识库。"""
    from bot import kb_versions, settings
    from policy_kb import diff

    home = settings.load().home
    try:
        with kb_versions.at(old, home) as before:
            known = _load(before)
        with kb_versions.at(str(loader.CATALOGUE_DIR) if new == "." else new, home) as after:
            changes = diff.compare(known, _load(after))
    except kb_versions.NoSuchVersionError as error:
        _fail(error)
    for change in changes:
        print(("* " if change.deciding else "  ") + str(change))
    print(f"{len(changes)} 处不同，其中 {sum(change.deciding for change in changes)} 处关系到条件、金额或期限（*）")


@app.command("page")
def page(
    catalogue: Folder = loader.CATALOGUE_DIR,
    check_only: Annotated[bool, typer.Option("--check", help="只看是不是最新，不写；不是最新则退出码为 1。")] = False,
) -> None:
    """生成 docs/catalogue.md。"""
    from bot import kb_pages

    known = _load(catalogue)
    if check_only:
        if kb_pages.differs(known):
            _fail("docs/catalogue.md 不是最新的：运行 ./huiqi kb page")
        return
    kb_pages.PAGE.write_text(kb_pages.page(known), encoding="utf-8")
    print(f"docs/{kb_pages.PAGE.name}：{len(known.entries)} 条")


@app.command("draft")
def draft(
    file: Annotated[Path, typer.Argument(metavar="文件.txt", exists=True, dir_okay=False)],
    to: Annotated[Path | None, typer.Option("--to", help="写到哪个目录；默认 var/drafts/文件名。")] = None,
    catalogue: Folder = loader.CATALOGUE_DIR,
) -> None:
    """从一份新文件起草：切成条款，列出金额、日期、部门和原话，全部标为草稿，等人核对改写。"""
    from bot import kb_drafts, settings
    from policy_kb import drafting

    try:
        text = file.read_text(encoding="utf-8")
        found = drafting.draft(text, file.name, loader.gather(catalogue)[0], clock.today())
    except UnicodeDecodeError:
        _fail(f"{file.name} 不是 UTF-8 文本：先另存为 UTF-8")
    except drafting.NoPolicyError as error:
        _fail(error)
    folder = to or settings.load().home / "drafts" / file.stem
    kb_drafts.write(found, folder)
    kb_tables.console().print(kb_tables.proposals(found.proposals))
    print(f"{len(found.proposals)} 条草稿写在 {folder}。文件信息、条件、问法都要人来核对补全。")


@app.command("publish")
def publish(
    by: Annotated[str, typer.Option("--by", help="谁提出，或谁批准。")],
    approve: Annotated[str | None, typer.Option("--approve", metavar="版本", help="批准这个版本。")] = None,
    catalogue: Folder = loader.CATALOGUE_DIR,
) -> None:
    """发布知识库：一个人提出，另一个人批准（--approve 版本）；批准后运行中的程序自动换用，不必重启。"""
    from bot import kb_versions, settings
    from policy_kb import diff

    home = settings.load().home
    try:
        if approve:
            kb_versions.approve(approve, by, home, clock.now())
            print(f"{approve} 已生效")
            return
        before = loader.gather(kb_versions.folder(home))[0]
        version = kb_versions.propose(catalogue, by, home, clock.now())
    except (kb_versions.PublishError, loader.CatalogueError) as error:
        _fail(error)
    for change in diff.compare(before, _load(catalogue)):
        print(("* " if change.deciding else "  ") + str(change))
    print(f"提出了 {version}。请另一个人看过以上变化后运行：./huiqi kb publish --approve {version} --by 姓名")


@app.command("rollback")
def rollback(by: Annotated[str, typer.Option("--by", help="谁决定的。")]) -> None:
    """退回上一个发布过的版本。"""
    from bot import kb_versions, settings

    try:
        print(f"{kb_versions.roll_back(by, settings.load().home, clock.now())} 已生效")
    except kb_versions.PublishError as error:
        _fail(error)


@app.command("history")
def history() -> None:
    """谁在什么时候提出、批准、退回了哪个版本。"""
    from bot import kb_versions, settings

    home = settings.load().home
    for act in kb_versions.history(home):
        print(f"{act.at} {act.act} {act.version} {act.by}")
    print(f"现在：{kb_versions.current(home) or '仓库里的知识库（还没有发布过）'}")
