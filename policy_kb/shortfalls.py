"""By how much a condition is missed: 您有320人，上限300人，超20人. Pure."""

from datetime import date
from decimal import Decimal

from policy_kb import money, sizes, wording
from policy_kb.conditions import Leaf
from policy_kb.enterprises import Enterprise
from policy_kb.facts import DateRange, Fact, FactType, NotApplicable, Range, Unknown, Value


def says(leaf: Leaf, enterprise: Enterprise) -> str:
    """What the enterprise has against what the condition wants, without a full stop. Empty where nothing is known."""
    fact = enterprise.catalogue.facts.get(leaf.fact or "")
    if fact is None:
        return ""
    value = enterprise.value(fact.id)
    if isinstance(value, Unknown):
        return ""
    if isinstance(value, NotApplicable):
        return "对您不适用"
    yours = f"您的是{wording.fact_value(fact, value)}"
    if fact.type is FactType.YES_NO:
        return f"您说的是：{wording.fact_value(fact, value)}"
    if fact.derive == "size_standard" and (why := _sized(fact, enterprise)):
        return f"{yours}：{why}"
    by = _by(leaf, fact, value)
    return f"{yours}，{by}" if by else yours


def _by(leaf: Leaf, fact: Fact, value: Value) -> str:
    """超20人, 差8万元; 至少 where only a range is known."""
    if leaf.before or leaf.on_or_after:
        return _days(leaf, value)
    known = sizes.measured(value)
    low, high = known.low, known.high
    least = leaf.between.low if leaf.between else leaf.at_least if leaf.at_least is not None else leaf.more_than
    most = leaf.between.high if leaf.between else leaf.at_most if leaf.at_most is not None else leaf.less_than
    about = "" if low == high else "至少"
    if most is not None and low is not None and low >= most:
        bound = "上限" if leaf.at_most is not None or leaf.between else "要不到"
        over = f"，{about}超{_amount(fact, low - most)}" if low > most else ""
        return f"{bound}{_amount(fact, most)}{over}"
    if least is not None and high is not None and high <= least:
        bound = "要超过" if leaf.more_than is not None else "至少要"
        short = f"，{about}差{_amount(fact, least - high)}" if high < least else ""
        return f"{bound}{_amount(fact, least)}{short}"
    return ""


def _days(leaf: Leaf, value: Value) -> str:
    if isinstance(value, date):
        value = DateRange(value, value)
    if not isinstance(value, DateRange):
        return ""
    if leaf.before:
        return f"要在{money.day(leaf.before)}之前"
    return f"要在{money.day(leaf.on_or_after)}及以后" if leaf.on_or_after else ""


def _amount(fact: Fact, number: Decimal) -> str:
    if fact.type is FactType.MONEY:
        return money.yuan(number)
    if fact.unit in {"%", "比例"}:
        return f"{money.plain(number * 100)}个百分点"
    return f"{money.plain(number)}{'个月' if fact.unit == '月' else fact.unit or ''}"


def _sized(fact: Fact, enterprise: Enterprise) -> str:
    """The numbers a size was worked out from, with the line they lie above: 320人（满300人）."""
    if not isinstance(enterprise.told.get(fact.id, Unknown()), Unknown):
        return ""
    read = sizes.standard(fact, enterprise.value, enterprise.catalogue, enterprise.as_of)
    if len(read.rows) != 1 or read.value not in {"large", "medium", "small"}:
        return ""
    row = read.rows[0]
    edges = {"large": row.sme, "medium": row.medium, "small": row.small}[str(read.value)]
    parts = []
    for name, edge in edges.items():
        number = enterprise.value(name)
        of = enterprise.catalogue.facts[name]
        if isinstance(number, Decimal):
            parts.append(f"{of.label}{_amount(of, number)}，满{_amount(of, edge)}，超{_amount(of, number - edge)}")
        elif isinstance(number, Range):
            parts.append(f"{of.label}满{_amount(of, edge)}")
    return f"{row.label}{'、'.join(parts)}" if len(parts) == len(edges) else ""
