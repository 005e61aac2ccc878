"""The desk's report as tables for the terminal and as one picture. The Chinese font comes with a package."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot import kb_pictures
from helpdesk import grades, service_levels, wording
from helpdesk.grades import Grade
from helpdesk.reports import TOP, Report, Times

GREEN, RED, BLUE, GREY = "#2e8b57", "#c0392b", "#4682b4", "#b0b0b0"


def tables(report: Report) -> RenderableType:
    """All figures."""
    return Group(
        Text(f"{report.first} 至 {report.last}（按立单日）", style="bold"),
        _pairs(
            [
                ("工单", f"{report.opened.total()}"),
                ("其中还没办结", f"{report.open_now}"),
                ("期间办结", f"{report.resolved.total()}"),
                ("期间重新打开", f"{report.reopened}"),
                ("首次答复", _shown(report.first_answer)),
                ("办结用时", _shown(report.resolution)),
                ("满意率（基本满意以上）", _share(report.satisfied) + f"，{report.grades.total()}个评价"),
                ("回访", f"{report.follow_ups}，已办{report.follow_ups_done}，超时{report.follow_ups_late}"),
                ("没送到的消息", f"{report.undelivered}"),
            ]
        ),
        *(
            _counted(title, rows)
            for title, rows in (
                ("类别", {wording.KINDS[kind]: number for kind, number in report.kinds.most_common()}),
                ("牵头单位", dict(report.departments.most_common(TOP))),
                ("坐席答复", dict(report.answers.most_common())),
                ("评价", {grades.WORDS[grade]: report.grades[grade] for grade in Grade if report.grades[grade]}),
                ("没答上的问题", dict(report.unanswered.most_common(TOP))),
            )
            if rows
        ),
        _kept(report),
    )


def _pairs(rows: list[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for label, text in rows:
        table.add_row(label, text)
    return table


def _counted(title: str, rows: Mapping[str, int]) -> Table:
    table = Table(title, "数", box=None, pad_edge=False, header_style="bold")
    for label, number in rows.items():
        table.add_row(Text(label), str(number))
    return table


def _kept(report: Report) -> Table:
    table = Table("时限", "按时率", "已到期", "超时", box=None, pad_edge=False, header_style="bold")
    for promise, kept in report.promises.items():
        table.add_row(service_levels.WORDS[promise], _share(kept.share), str(kept.settled), str(kept.late))
    return table


def _shown(times: Times) -> str:
    if times.median is None or times.ninetieth is None:
        return "还没有"
    return f"中位 {times.median:.0f} 分钟，九成在 {times.ninetieth:.0f} 分钟内（工作时间，{times.number}张）"


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def draw(report: Report, path: Path) -> None:
    """Four pictures in one PNG: tickets by day, promises kept, grades, questions without an answer."""
    figure, axes = plt.subplots(2, 2, figsize=(13, 8), layout="constrained")
    _by_day(axes[0][0], report)
    _promises(axes[0][1], report)
    _grades(axes[1][0], report)
    _unanswered(axes[1][1], report)
    figure.suptitle(title(report), fontproperties=_font(15))
    figure.savefig(path, dpi=110)
    plt.close(figure)


def title(report: Report) -> str:
    """The picture's heading."""
    return f"工单报表 {report.first} 至 {report.last}"


def words(report: Report) -> set[str]:
    """Every character the picture writes."""
    texts = [title(report), *_TITLES, *grades.WORDS.values(), *service_levels.WORDS.values(), *_labels(report)]
    return set("".join([*texts, "立单办结按时超时0123456789%-—…没有"]))


_TITLES = ("每天的工单", "时限", "评价", "没答上的问题")


def _font(size: float) -> FontProperties:
    return FontProperties(fname=str(kb_pictures.FONT), size=size)


def _dressed(axes: Axes, heading: str) -> None:
    axes.set_title(heading, fontproperties=_font(12))
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(prop=_font(9))


def _by_day(axes: Axes, report: Report) -> None:
    places = range(len(report.days))
    axes.bar([x - 0.2 for x in places], [report.opened[day] for day in report.days], 0.4, color=BLUE, label="立单")
    axes.bar([x + 0.2 for x in places], [report.resolved[day] for day in report.days], 0.4, color=GREEN, label="办结")
    step = max(1, len(report.days) // 10)
    axes.set_xticks(list(places)[::step], [f"{day.month}-{day.day}" for day in report.days[::step]])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _dressed(axes, _TITLES[0])


def _promises(axes: Axes, report: Report) -> None:
    labels = [service_levels.WORDS[promise] for promise in report.promises]
    late = [kept.late for kept in report.promises.values()]
    kept = [each.settled - each.late for each in report.promises.values()]
    axes.bar(labels, kept, color=GREEN, label="按时")
    axes.bar(labels, late, bottom=kept, color=RED, label="超时")
    axes.set_xticks(range(len(labels)), labels, fontproperties=_font(10))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _dressed(axes, _TITLES[1])


def _grades(axes: Axes, report: Report) -> None:
    order = sorted(Grade)
    colours = [RED if grade in grades.LOW else GREEN for grade in order]
    axes.barh([grades.WORDS[grade] for grade in order], [report.grades[grade] for grade in order], color=colours)
    axes.set_yticks(range(len(order)), [grades.WORDS[grade] for grade in order], fontproperties=_font(10))
    axes.set_xlim(0, max([1, *report.grades.values()]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _dressed(axes, _TITLES[2])


def _labels(report: Report) -> list[str]:
    return [text if len(text) <= 18 else text[:17] + "…" for text, _ in report.unanswered.most_common(TOP)]


def _unanswered(axes: Axes, report: Report) -> None:
    top = report.unanswered.most_common(TOP)[::-1]
    labels = _labels(report)[::-1] or ["没有"]
    axes.barh(range(len(labels)), [number for _, number in top] or [0], color=GREY)
    axes.set_yticks(range(len(labels)), labels, fontproperties=_font(9))
    axes.set_xlim(0, max([1, *report.unanswered.values()]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _dressed(axes, _TITLES[3])
