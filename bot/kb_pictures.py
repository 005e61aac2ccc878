"""Pictures of how long each rule lasts. The Chinese font comes with a package, not from the machine.

Figures are made without pyplot, which keeps them in a list of its own and may be used by one thread only.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import mplfonts
from matplotlib import dates as mpl_dates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Rectangle

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
    """One rule over time, both days inclusive; `open_end`: no end is printed. `begins`: the printed first day."""

    label: str
    first: date
    last: date
    open_end: bool
    colour: str
    begins: date | None = None

    @property
    def days(self) -> str:
        """The days as printed: 2023-01-01至2023-12-31, 至2022-12-31."""
        begin = f"{self.begins:%Y-%m-%d}" if self.begins else ""
        if self.open_end:
            return f"{begin}起，未写截止日期" if begin else "未写截止日期"
        return f"{begin}至{self.last:%Y-%m-%d}"


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
    begins = min((one.from_ for one in standings if one.from_), default=None)
    begins = begins if begins == first else None
    return Bar(title, first, max(shown, first), last is None, _COLOURS.get(standing.state, _OVER), begins)


def timeline(catalogue: Catalogue, as_of: date, path: Path) -> int:
    """Draw the windows of all measures into a PNG file. Returns how many are drawn."""
    groups = bars(catalogue, as_of)
    rows = sum(len(found) + 1 for _, found in groups)
    figure = Figure(figsize=(13, 1.2 + _ROW_INCHES * rows), layout="constrained")
    axes = figure.add_subplot()
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
    return len(ticks)


def phone(title: str, measures: Sequence[Measure], catalogue: Catalogue, as_of: date) -> bytes:
    """A PNG of a few rules, wide and written as large as a phone needs it, each name above its bar."""
    found = [_bar(measure, catalogue, as_of) for measure in measures]
    figure = Figure(figsize=(7.2, 1.9 + 0.62 * len(found)), layout="constrained")
    axes = figure.add_subplot()
    for row, bar in enumerate(found):
        _draw(axes, row + 0.2, bar, height=0.36)
        label = f"{bar.label} {bar.days}"
        axes.text(0.01, row - 0.2, label, transform=axes.get_yaxis_transform(), font=_font(10.5), va="center")
    axes.set_yticks([])
    axes.set_ylim(len(found), -0.6)
    axes.xaxis_date()
    locator = mpl_dates.AutoDateLocator(minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mpl_dates.DateFormatter("%Y-%m"))
    axes.tick_params(axis="x", labelsize=9)
    axes.grid(axis="x", alpha=0.3)
    axes.axvline(mpl_dates.date2num(as_of), color="#c0392b", linewidth=1.6, zorder=0)
    axes.set_title(f"{title}\n（红线：{as_of.isoformat()}）", font=_font(12.5))
    handles, words = _key({bar.colour for bar in found})
    figure.legend(handles, words, prop=_font(10), loc="outside lower left", ncols=2, frameon=False)
    file = io.BytesIO()
    figure.savefig(file, dpi=150, format="png")
    return file.getvalue()


def _font(size: float) -> FontProperties:
    return FontProperties(fname=str(FONT), size=size)


def _draw(axes: Axes, row: float, bar: Bar, height: float = 0.7) -> None:
    length = (bar.last - bar.first).days + 1
    axes.barh(row, length, left=mpl_dates.date2num(bar.first), height=height, color=bar.colour, alpha=0.9)
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
    handles, words = _key(set(_WORDS))
    axes.legend(handles, words, prop=_font(8), loc="upper left", bbox_to_anchor=(0, -0.01), ncols=4)


def _key(colours: set[str]) -> tuple[list[Rectangle], list[str]]:
    """What the colours shown mean."""
    shown = {colour: word for colour, word in _WORDS.items() if colour in colours}
    return [Rectangle((0, 0), 1, 1, color=colour) for colour in shown], list(shown.values())


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
