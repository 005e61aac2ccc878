"""The catalogue as one Markdown page for readers of the repository. It depends on the catalogue alone, not on the day."""

from collections.abc import Iterator
from pathlib import Path

from handlers import lists
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Entry, Kind, Measure, Track

PAGE = Path(__file__).resolve().parent.parent / "docs" / "catalogue.md"

_KINDS = {Kind.CLAIM: "可申领", Kind.RULE: "规则", Kind.SERVICE: "服务", Kind.DIRECTION: "方向"}
_BASES = {"text": "原文", "V1": "V1", "V2": "V2（以官方为准）"}


def page(catalogue: Catalogue) -> str:
    """The whole page."""
    return "\n".join([*_head(catalogue), *_measures(catalogue), *_others(catalogue), *_documents(catalogue), ""])


def _head(catalogue: Catalogue) -> Iterator[str]:
    yield "# 知识库目录"
    yield ""
    yield "由 `./huiqi kb page` 生成，请勿手改。"
    yield ""
    counts = {
        "政策": len(catalogue.measures),
        "数字": len(catalogue.figures),
        "渠道": len(catalogue.channels),
        "空白": len(catalogue.gaps),
        "文件": len(catalogue.documents),
        "要点": sum(len(entry.points) for entry in catalogue.entries.values()),
    }
    yield "、".join(f"{name} {count} 条" for name, count in counts.items()) + "。"
    yield ""
    yield "“期限”按文件所写；文件没写截止日期的，发布两年后按“待核实”回答。“依据”是原文，或 V1、V2（原文未收，见官方链接）。"


def _measures(catalogue: Catalogue) -> Iterator[str]:
    groups: dict[str, list[Measure]] = {}
    for measure in catalogue.measures.values():
        groups.setdefault(measure.category, []).append(measure)
    for category in sorted(groups):
        yield from ("", f"## {lists.CATEGORIES.get(category, (category, ''))[0]}", "")
        yield from _row("编号", "名称", "性质", "期限", "牵头", "出处", "依据")
        yield _rule(7)
        for measure in sorted(groups[category], key=lambda one: (one.lineage or one.id, one.id)):
            yield from _row(*_cells(measure, catalogue))


def _cells(measure: Measure, catalogue: Catalogue) -> Iterator[str]:
    yield f"`{measure.id}`"
    yield measure.title
    yield _KINDS[measure.kind] + ("（草稿）" if measure.status == "draft" else "")
    yield "；".join(dict.fromkeys(_span(track) for track in measure.tracks)) + _superseded(measure)
    yield _leads(measure, catalogue)
    yield _sources(measure, catalogue)
    yield _BASES[measure.verified.basis] if measure.verified else "未核对"


def _span(track: Track) -> str:
    inside = track.in_force
    if inside.long_term:
        return "长期"
    if inside.from_ and inside.to:
        return f"{inside.from_}—{inside.to}"
    return f"到 {inside.to}" if inside.to else f"{inside.from_} 起" if inside.from_ else "没写"


def _superseded(measure: Measure) -> str:
    return f"；{measure.superseded.on} 起见 `{measure.superseded.by}`" if measure.superseded else ""


def _leads(entry: Entry, catalogue: Catalogue) -> str:
    return "、".join(catalogue.channels[name].title for name in entry.departments.lead)


def _sources(entry: Entry, catalogue: Catalogue) -> str:
    told: dict[str, list[str]] = {}
    for citation in entry.cites.values():
        place = " ".join(filter(None, (citation.section, citation.clause)))
        told.setdefault(citation.document, []).append(place)
    return "；".join(
        f"{catalogue.documents[name].short} {'、'.join(filter(None, dict.fromkeys(places)))}".strip()
        for name, places in told.items()
    )


def _others(catalogue: Catalogue) -> Iterator[str]:
    yield from ("", "## 目标和统计数字", "")
    yield from _row("编号", "名称", "时点", "说法", "出处")
    yield _rule(5)
    for figure in sorted(catalogue.figures.values(), key=lambda one: one.id):
        says = " ".join(point.says for point in figure.points)
        yield from _row(f"`{figure.id}`", figure.title, figure.period, says, _sources(figure, catalogue))
    yield from ("", "## 部门、热线和平台", "")
    yield from _row("编号", "名称", "类别", "电话", "网址")
    yield _rule(5)
    for channel in sorted(catalogue.channels.values(), key=lambda one: (one.kind, one.id)):
        yield from _row(f"`{channel.id}`", channel.title, channel.kind, channel.phone or "", channel.url or "")
    yield from ("", "## 文件里没有的", "")
    yield from _row("编号", "名称", "最接近的")
    yield _rule(3)
    for gap in sorted(catalogue.gaps.values(), key=lambda one: one.id):
        yield from _row(f"`{gap.id}`", gap.title, f"`{gap.nearest}`" if gap.nearest else "")


def _documents(catalogue: Catalogue) -> Iterator[str]:
    yield from ("", "## 文件", "")
    yield from _row("编号", "名称", "文号", "发布", "原文", "官方链接", "接替")
    yield _rule(7)
    for document in sorted(catalogue.documents.values(), key=lambda one: (one.issued, one.id)):
        link = f"<{document.url}>" if document.url else ""
        held = "已收" if document.text_held else "未收"
        number, heir = document.number or "", f"`{document.superseded_by}`" if document.superseded_by else ""
        yield from _row(f"`{document.id}`", document.title, number, str(document.issued), held, link, heir)


def _row(*cells: str) -> Iterator[str]:
    yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


def differs(catalogue: Catalogue, path: Path = PAGE) -> bool:
    """Whether the page on disk is another than the catalogue gives."""
    return not path.exists() or path.read_text(encoding="utf-8") != page(catalogue)
