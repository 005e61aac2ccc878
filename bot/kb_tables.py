"""What `huiqi kb` prints for reading: lists, one entry in full, coverage. Rich tables on a terminal, plain lines elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import date

from rich.cells import chop_cells
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from policy_kb import conditions, coverage, drafting, reviews, windows, wording
from policy_kb.benefits import Benefit
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import All, Any_, AtLeast, Condition, Leaf, Not
from policy_kb.entries import Entry, Measure

STATES = {
    windows.State.IN_FORCE: "执行中",
    windows.State.ENDED: "已结束",
    windows.State.SUPERSEDED: "已替代",
    windows.State.NOT_YET: "未开始",
    windows.State.NOT_KNOWN: "未发布",
    windows.State.UNCONFIRMED: "待核实",
}
_STYLES = {"执行中": "green", "已结束": "dim", "已替代": "dim", "未开始": "cyan", "未发布": "cyan", "待核实": "yellow"}


def console() -> Console:
    """Where everything is printed: as wide as the terminal, unbroken lines into a pipe."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=200)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in {"编号", "到期", "日期", "状态"})
    return table


def entries(found: Iterable[Entry], catalogue: Catalogue, as_of: date) -> Table:
    """One line an entry: id, where it stands on the day, until when, title."""
    table = _table("编号", "类别", "状态", "到期", "名称")
    for entry in found:
        state, until = "", ""
        if isinstance(entry, Measure):
            standing = windows.measure_status(entry, catalogue, as_of)
            state, until = STATES[standing.state], standing.to.isoformat() if standing.to else "未写"
            state = "草稿" if entry.status == "draft" else state
        table.add_row(entry.id, entry.category, Text(state, style=_STYLES.get(state, "")), until, entry.title)
    return table


def due(found: Sequence[reviews.Due]) -> Table:
    """What must be looked at, earliest first."""
    table = _table("日期", "编号", "原因")
    for one in found:
        table.add_row(one.by.isoformat(), one.entry, one.why)
    return table


def phone(text: str, buttons: Sequence[str]) -> Panel:
    """A reply as wide as a phone shows it."""
    below = Text("\n\n" + "  ".join(f"[{label}]" for label in buttons), style="cyan") if buttons else Text("")
    lines = [part for line in text.split("\n") for part in chop_cells(line, 42) or [""]]  # Chinese breaks anywhere
    return Panel(Text("\n".join(lines)) + below, title="手机上", width=46, expand=False)


def full(entry: Entry, catalogue: Catalogue, as_of: date) -> RenderableType:
    """Everything an entry holds, for its keeper."""
    tree = Tree(Text(f"{entry.id} · {entry.title}", style="bold"))
    tree.add(f"类别 {entry.category} · {type(entry).__name__} · {entry.level.value}")
    if entry.aliases:
        tree.add("又叫：" + "、".join(entry.aliases))
    if isinstance(entry, Measure):
        _measure(tree, entry, catalogue, as_of)
    if entry.departments.lead or entry.departments.with_:
        tree.add(wording.departments(entry, catalogue))
    _cites(tree, entry, catalogue)
    points = tree.add(f"要点 {len(entry.points)}")
    for point in entry.points:
        points.add(Text(f"{point.id}（{point.about.value}）{point.says}"))
    silent = tree.add(f"文件没写 {len(entry.silent)}")
    for silence in entry.silent:
        silent.add(Text(silence.what))
    tree.add(Text("问法：" + " / ".join(entry.questions)))
    for note in entry.notes:
        tree.add(Text("注：" + note, style="yellow"))
    if entry.verified:
        verified = entry.verified
        tree.add(f"核对：{verified.on} {verified.by}，依据 {verified.basis}，{verified.review_by} 前复核")
    return Group(tree)


def _measure(tree: Tree, measure: Measure, catalogue: Catalogue, as_of: date) -> None:
    tree.add(f"性质 {measure.kind.value} · 第{measure.version}版 · {measure.status} · {measure.delivery.value}")
    tree.add(Text(measure.summary))
    if measure.lineage:
        names = [other.id for other in catalogue.lineages.get(measure.lineage, ())]
        tree.add(f"沿革 {measure.lineage}：" + " → ".join(names))
    for track in measure.tracks:
        standing = windows.status(track, measure, catalogue, as_of)
        branch = tree.add(Text(f"{track.id}：{track.label} · {STATES[standing.state]}"))
        branch.add(Text(wording.validity(standing, measure, catalogue)))
        _condition(branch, track.conditions)
        for benefit in track.benefits:
            branch.add(
                Text(f"得到（{benefit.kind}）：{wording.benefit(benefit, catalogue)}{_inputs(benefit, catalogue)}")
            )
    for window in windows.windows_on(measure, as_of):
        span = wording.span(window.window.from_, window.window.to)
        tree.add(Text(f"批次：{window.window.label} {span} · {window.state.value}"))
    for stacking in measure.stacking:
        tree.add(Text("叠加：" + stacking.says))
    tree.add(f"例子 {len(measure.examples)}")


def _inputs(benefit: Benefit, catalogue: Catalogue) -> str:
    from policy_kb import catalogues

    names = [name for name in catalogues.benefit_facts(benefit) if name in catalogue.facts]
    return f"（要问：{'、'.join(catalogue.facts[name].label for name in names)}）" if names else ""


def _condition(tree: Tree, condition: Condition | None) -> None:
    match condition:
        case None:
            tree.add("没有条件")
        case Leaf():
            marks = {"形式审查": condition.formal, "择优": condition.selective}
            marks["部门判断"] = condition.checked_by is conditions.CheckedBy.DEPARTMENT
            told = "、".join(name for name, holds in marks.items() if holds)
            tree.add(Text(f"{condition.says}{f'（{told}）' if told else ''} {condition.fact or ''}".rstrip()))
        case Not(not_=part):
            _condition(tree.add("不能是"), part)
        case All(all=parts):
            _parts(tree.add("都要"), parts)
        case Any_(any=parts):
            _parts(tree.add("任一"), parts)
        case AtLeast(at_least_n=n, of=parts):
            _parts(tree.add(f"至少{n}项"), parts)


def _parts(tree: Tree, parts: Sequence[Condition]) -> None:
    for part in parts:
        _condition(tree, part)


def _cites(tree: Tree, entry: Entry, catalogue: Catalogue) -> None:
    cites = tree.add("依据")
    for key, citation in entry.cites.items():
        document = catalogue.documents.get(citation.document)
        place = " ".join(filter(None, (citation.section, citation.clause)))
        name = document.short if document else citation.document
        branch = cites.add(Text(f"{key}：{name} {place} {citation.basis or ''}".rstrip()))
        for words in citation.evidence:
            branch.add(Text(f"«{words}»", style="dim"))


def proposals(found: Sequence[drafting.Proposal]) -> Table:
    """One line a clause of a new document."""
    table = _table("条款", "标题", "性质", "责任单位")
    for one in found:
        place = " ".join(filter(None, (one.clause.section, one.clause.number)))
        table.add_row(place, one.raw["title"], one.raw["kind"], "、".join(one.departments))
    return table


def covered(found: coverage.Coverage) -> Table:
    """Shares by priority and kind."""
    table = _table("优先", "性质", "覆盖", "共", "比例")
    for (priority, kind), (there, whole) in found.counts().items():
        table.add_row(str(priority), kind, str(there), str(whole), f"{there / whole:.0%}")
    return table
