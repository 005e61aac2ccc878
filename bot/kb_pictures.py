"""Pictures for the keepers: how long each rule lasts. The Chinese font comes with a package, not from the machine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import mplfonts
from matplotlib import dates as mpl_dates
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from policy_kb import windows
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure

FONT = Path(mplfonts.__file__).parent / "fonts" / "NotoSansCJKsc-Regular.otf"
_COLOURS = {
    windows.State.IN_FORCE: "#2e8b57",
    windows.State.NOT_YET: "#4682b4",
    windows.State.UNCONFIRMED: "#d9a441",
}
_OVER = "#b0b0b0"
_WORDS = {"#2e8b57": "当天执行", "#4682b4": "还没开始", "#d9a441": "文件没写截止日期，待核实", _OVER: "已结束或已替代"}
_ROW_INCHES = 0.19
_MAX_TITLE = 30


@dataclass(frozen=True)
class Bar:
    """One rule over time, both days inclusive; `open_end`: no end is printed."""

    label: str
    first: date
    last: date
    open_end: bool
    colour: str


def bars(catalogue: Catalogue, as_of: date) -> list[tuple[str, list[Bar]]]:
    """The bars of all measures, by category, in the order of their lineages and days."""
    groups: dict[str, list[tuple[tuple[str, date], Bar]]] = {}
    for measure in catalogue.measures.values():
        bar = _bar(measure, catalogue, as_of)
        groups.setdefault(measure.category, []).append(((measure.lineage or measure.id, bar.first), bar))
    return [(name, [bar for _, bar in sorted(found, key=lambda one: one[0])]) for name, found in sorted(groups.items())]


def _bar(measure: Measure, catalogue: Catalogue, as_of: date) -> Bar:
    standings = [windows.status(track, measure, catalogue, as_of) for track in measure.tracks]
    standing = windows.measure_status(measure, catalogue, as_of)
    issued = min((one.issued for one in standings if one.issued), default=as_of)
    first = min((one.from_ or one.issued or as_of for one in standings), default=issued)
    ends = [one.to for one in standings]
    last = None if None in ends else max(end for end in ends if end)
    if measure.superseded:
        last = min(last or date.max, measure.superseded.on - timedelta(days=1))
    title = measure.title if len(measure.title) <= _MAX_TITLE else measure.title[: _MAX_TITLE - 1] + "…"
    shown = last or max(as_of, first) + timedelta(days=120)
    return Bar(title, first, max(shown, first), last is None, _COLOURS.get(standing.state, _OVER))


def timeline(catalogue: Catalogue, as_of: date, path: Path) -> int:
    """Draw the windows of all measures into a PNG file. Returns how many are drawn."""
    groups = bars(catalogue, as_of)
    rows = sum(len(found) + 1 for _, found in groups)
    figure, axes = plt.subplots(figsize=(13, 1.2 + _ROW_INCHES * rows), layout="constrained")
    row, ticks = 0, []
    for category, found in groups:
        axes.text(
            0, row, f" {category}", transform=axes.get_yaxis_transform(), font=_font(9), va="center", weight="bold"
        )
        row += 1
        for bar in found:
            _draw(axes, row, bar)
            ticks.append((row, bar.label))
            row += 1
    _dress(axes, ticks, rows, as_of)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return len(ticks)


def _font(size: float) -> FontProperties:
    return FontProperties(fname=str(FONT), size=size)


def _draw(axes: Axes, row: int, bar: Bar) -> None:
    length = (bar.last - bar.first).days + 1
    axes.barh(row, length, left=mpl_dates.date2num(bar.first), height=0.7, color=bar.colour, alpha=0.9)
    if bar.open_end:
        axes.text(mpl_dates.date2num(bar.last) + 12, row, "→", font=_font(8), va="center", color=bar.colour)


def _dress(axes: Axes, ticks: Sequence[tuple[int, str]], rows: int, as_of: date) -> None:
    axes.set_yticks([row for row, _ in ticks], [label for _, label in ticks], font=_font(7))
    axes.set_ylim(rows, -1)
    axes.xaxis_date()
    axes.xaxis.set_major_locator(mpl_dates.YearLocator())
    axes.xaxis.set_major_formatter(mpl_dates.DateFormatter("%Y"))
    axes.tick_params(axis="x", labeltop=True)
    axes.grid(axis="x", alpha=0.3)
    axes.axvline(mpl_dates.date2num(as_of), color="#c0392b", linewidth=1.2)
    axes.set_title(_title(as_of), font=_font(13))
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in _WORDS]
    axes.legend(handles, list(_WORDS.values()), prop=_font(8), loc="upper left", bbox_to_anchor=(0, -0.01), ncols=4)


def _title(as_of: date) -> str:
    return f"各项政策的执行期限（红线：{as_of.isoformat()}）"


def words(catalogue: Catalogue, as_of: date) -> set[str]:
    """Every character the picture writes."""
    labels = [bar.label for _, found in bars(catalogue, as_of) for bar in found]
    return set("".join([*labels, *_WORDS.values(), _title(as_of), "→0123456789", *catalogue_categories(catalogue)]))


def catalogue_categories(catalogue: Catalogue) -> Iterable[str]:
    """The names of the groups."""
    return {measure.category for measure in catalogue.measures.values()}


def missing_glyphs(characters: Iterable[str]) -> set[str]:
    """Characters the font cannot draw."""
    there = FT2Font(str(FONT)).get_charmap()
    return {character for character in characters if not character.isspace() and ord(character) not in there}
