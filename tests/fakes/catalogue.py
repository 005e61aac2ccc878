"""A small catalogue built in memory, for tests of the engine."""

from typing import Any

from policy_kb import catalogues, documents, entries, facts

DOCUMENT = {
    "id": "doc",
    "title": "昆明市试行办法",
    "short": "试行办法",
    "issuer": "昆明市",
    "level": "kunming",
    "kind": "policy",
    "issued": "2022-08-18",
}

FACTS: list[dict[str, Any]] = [
    {
        "id": "size",
        "label": "规模",
        "type": "choice",
        "question": "规模？",
        "values": {
            "large": {"label": "大型"},
            "medium": {"label": "中型", "under": ["sme"]},
            "small": {"label": "小型", "under": ["small_micro"]},
            "micro": {"label": "微型", "under": ["small_micro"]},
            "small_micro": {"label": "小微", "under": ["sme"], "asked": False, "whole": True},
            "sme": {"label": "中小微", "asked": False, "whole": True},
        },
    },
    {
        "id": "trade",
        "label": "行业",
        "type": "choice",
        "question": "行业？",
        "values": {
            "making": {"label": "制造业"},
            "textile": {"label": "纺织", "under": ["making"]},
            "pharma": {"label": "医药", "under": ["making"]},
            "catering": {"label": "餐饮"},
        },
    },
    {
        "id": "labels",
        "label": "称号",
        "type": "choices",
        "question": "有哪些称号？",
        "values": {
            "high_tech": {"label": "高新"},
            "giant": {"label": "小巨人", "under": ["special"]},
            "special": {"label": "专精特新"},
        },
    },
    {"id": "staff", "label": "人数", "type": "number", "unit": "人", "question": "多少人？", "effort": 1},
    {"id": "sales", "label": "营收", "type": "money", "unit": "元", "question": "营收多少？", "effort": 2},
    {"id": "cost", "label": "费用", "type": "money", "unit": "元", "question": "费用多少？", "effort": 3},
    {"id": "drawn", "label": "已领", "type": "money", "unit": "元", "question": "今年已领多少？", "effort": 3},
    {"id": "months", "label": "月数", "type": "number", "unit": "个月", "question": "几个月？"},
    {"id": "honest", "label": "守信", "type": "yes_no", "question": "守信吗？", "effort": 1},
    {"id": "exporter", "label": "出口", "type": "yes_no", "question": "出口吗？"},
    {"id": "founded", "label": "成立日期", "type": "date", "question": "哪天成立？"},
    {
        "id": "export_since",
        "label": "出口年数",
        "type": "number",
        "question": "出口几年？",
        "applies_when": {"fact": "exporter", "one_of": ["yes"]},
    },
]


def measure(name: str = "aid", conditions: Any = None, benefits: Any = (), **more: Any) -> dict[str, Any]:
    """A measure of one track unless `tracks` says otherwise; cites `doc` unless `document` says otherwise."""
    document = more.pop("document", "doc")
    track = {"id": "only", "label": "全部", "conditions": conditions, "benefits": list(benefits)}
    track["in_force"] = more.pop("in_force", {})
    return {
        "id": name,
        "title": name,
        "category": "test",
        "level": "kunming",
        "kind": "claim",
        "summary": name,
        "cites": {"c": {"document": document}},
        "tracks": [track],
        **more,
    }


def catalogue(
    *measures: dict[str, Any], docs: list[dict[str, Any]] | None = None, more_facts: list[dict[str, Any]] | None = None
) -> catalogues.Catalogue:
    """A catalogue of these measures over the facts above; `docs` are further documents (parts over DOCUMENT)."""
    return catalogues.Catalogue.of(
        documents=[documents.Document.model_validate({**DOCUMENT, **one}) for one in [{}, *(docs or [])]],
        facts=[facts.Fact.model_validate(one) for one in [*FACTS, *(more_facts or [])]],
        measures=[entries.Measure.model_validate(one) for one in measures],
        figures=[],
        channels=[],
        gaps=[],
        version="test",
        places={},
    )
