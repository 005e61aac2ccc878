"""A measure, a benefit, a condition, a validity, a source: each said in plain Chinese. Pure; used by every room above."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from policy_kb import benefits, conditions, money, windows
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Channel, Citation, Delivery, Entry, Measure, Track
from policy_kb.facts import Fact, FactType, Just, Range, Value

PER = {
    "once": "",
    "year": "每年",
    "month": "每月",
    "shop": "单店",
    "person": "每人",
    "household": "每户",
    "enterprise": "每户企业",
    "park": "每个园区",
}
DELIVERY = {
    Delivery.AUTOMATIC: "免申即享，不用申请。",
    Delivery.CONFIRM: "收到通知后确认即可。",
    Delivery.DECLARE: "申报时自行享受，不用另外申请。",
    Delivery.APPLY: "需要申请。",
}


def benefit(one: benefits.Benefit, catalogue: Catalogue) -> str:
    """What one benefit brings, without a full stop: 稳岗返还：按上年实缴失业保险费的90%."""
    if one.says:
        return one.says
    return f"{one.label}：{_gain(one, catalogue)}" if not isinstance(one, benefits.InKind) else one.label


def _gain(one: benefits.Benefit, catalogue: Catalogue) -> str:
    match one:
        case benefits.Flat():
            return ("最高" if one.up_to else "") + money.yuan(one.amount)
        case benefits.PerHead():
            every = {"once": "", "month": "每月", "year": "每年"}[one.per]
            most = "最高" if one.up_to else ""
            return f"每{one.unit}{every}{most}{money.yuan(one.amount)}" + _cap(one.cap)
        case benefits.RateOf():
            most = "最高" if one.up_to else ""
            return f"按{_fact(one.of, catalogue)}的{most}{money.share(one.rate)}" + _cap(one.cap)
        case benefits.Tiers():
            return "；".join(_step(step, one, catalogue) for step in one.steps)
        case benefits.Deferral():
            return _deferral(one)
        case benefits.RateCut():
            return f"{one.what}减按{money.share(one.rate)}" + "".join(f"、再按{money.share(f)}" for f in one.factors)
        case benefits.Deduction():
            return f"按{_fact(one.of, catalogue) if one.of else '实际发生额'}的{money.share(one.rate)}扣除"
        case _:
            return _relief(one)


def _relief(one: benefits.Benefit) -> str:
    """Gains that do not depend on a fact of the catalogue."""
    match one:
        case benefits.RateRange():
            return f"{money.share(one.low)}—{money.share(one.high)}"
        case benefits.Exemption():
            return f"免征{one.what}" if not one.what.startswith("免") else one.what
        case benefits.MonthsFree():
            return f"减免{one.months}个月租金"
        case benefits.Discretionary():
            return f"最高{money.yuan(one.up_to)}" if one.up_to is not None else "金额文件未写"
    return one.label


def _cap(cap: benefits.Cap | None) -> str:
    return f"，{PER[cap.per]}最高{money.yuan(cap.amount)}" if cap else ""


def _step(step: benefits.Step, tiers: benefits.Tiers, catalogue: Catalogue) -> str:
    gain = money.yuan(step.amount) if step.amount is not None else money.share(step.rate or step.at_least)
    if not step.at_least:
        return gain
    fact = catalogue.facts.get(tiers.by)
    edge = money.yuan(step.at_least) if fact and fact.type is FactType.MONEY else money.plain(step.at_least)
    return f"{fact.label if fact else ''}{edge}及以上{gain}"


def _deferral(one: benefits.Deferral) -> str:
    parts = [f"缓缴{one.of}"]
    if one.share != 1:
        parts.append(f"的{money.share(one.share)}")
    if one.period_from and one.period_to:
        parts.append(f"，{money.month(one.period_from)}至{money.month(one.period_to)}")
    if one.months:
        parts.append(f"，{one.months}个月")
    if one.late_fee_waived:
        parts.append("，免收滞纳金")
    if one.pay_by:
        parts.append(f"，{money.day(one.pay_by)}前补缴")
    return "".join(parts)


def _fact(name: str, catalogue: Catalogue) -> str:
    fact = catalogue.facts.get(name)
    return fact.label if fact else name


def gains(track: Track, catalogue: Catalogue) -> str:
    """All a track brings in one sentence part."""
    return "；".join(benefit(one, catalogue) for one in track.benefits)


def all_gains(measure: Measure, tracks: Sequence[Track], catalogue: Catalogue) -> str:
    """What a measure brings, track by track where they differ."""
    said = {track.label: gains(track, catalogue) for track in tracks if track.benefits}
    if not said:
        return measure.summary
    if len(set(said.values())) == 1:
        return next(iter(said.values())) + "。"
    return "\n".join(f"· {label}：{text}" for label, text in said.items())


def requirements(condition: conditions.Condition | None, joint: str = "；") -> str:
    """A condition tree in the owner's words, formal checks left out."""
    match condition:
        case None:
            return ""
        case conditions.Leaf():
            return "" if condition.formal else condition.says
        case conditions.All(all=parts):
            return joint.join(filter(None, (requirements(part, "且") for part in parts)))
        case conditions.Any_(any=parts):
            said = [text for text in (requirements(part, "且") for part in parts) if text]
            return " 或 ".join(said)
        case conditions.Not(not_=part):
            inner = requirements(part, "且")
            return f"不能是：{inner}" if inner else ""
        case conditions.AtLeast(at_least_n=n, of=parts):
            return f"以下至少{n}项：" + "、".join(filter(None, (requirements(part) for part in parts)))


def caveats(condition: conditions.Condition | None) -> list[str]:
    """What the authority still checks or selects."""
    return [leaf.says for leaf in conditions.leaves(condition) if leaf.formal or leaf.selective]


def departments(entry: Entry, catalogue: Catalogue) -> str:
    """Who leads and who helps: 由昆明市人社局牵头，昆明市财政局配合. Empty where no document says."""
    lead = "、".join(catalogue.channels[name].title for name in entry.departments.lead)
    helpers = "、".join(catalogue.channels[name].title for name in entry.departments.with_)
    if not lead:
        return f"责任单位：{helpers}" if helpers else ""
    if not helpers:
        return f"由{lead}负责"
    return f"由{lead}牵头，{helpers}配合"


def contact(entry: Entry, catalogue: Catalogue) -> str:
    """The shortest way to ask: the lead's hotline where it has one, else 12345."""
    for name in entry.departments.lead:
        channel = catalogue.channels[name]
        if channel.phone:
            return f"{channel.title}（{channel.phone}）"
    lead = next((catalogue.channels[name].title for name in entry.departments.lead), "")
    return f"{lead}或12345" if lead else "12345"


def hotline(entry: Entry, catalogue: Catalogue) -> str:
    """The public number to call about an entry."""
    for name in (*entry.departments.lead, *entry.departments.with_):
        channel: Channel = catalogue.channels[name]
        if channel.phone:
            return channel.phone
    return "12345"


def span(from_: date | None, to: date | None) -> str:
    """A printed window: 2022年5月1日至2022年12月31日."""
    if from_ and to:
        return f"{money.day(from_)}至{money.day(to)}"
    if to:
        return f"至{money.day(to)}"
    return f"{money.day(from_)}起" if from_ else ""


def validity(standing: windows.Standing, measure: Measure, catalogue: Catalogue) -> str:
    """One line on whether it counts on the day."""
    printed = span(standing.from_, standing.to)
    state = windows.State
    match standing.state:
        case state.IN_FORCE if standing.to:
            basis = measure.verified.basis if measure.verified else "text"
            return f"执行期限：{printed}。" + ("（以官方为准）" if basis == "V2" else "")
        case state.IN_FORCE:
            start = f"{printed}执行，" if printed else ""
            return f"{start}文件未写截止日期。"
        case state.NOT_YET:
            return f"还没开始，{printed}执行。"
        case state.ENDED if standing.to:
            return f"已于{money.day(standing.to)}到期，不再执行。"
        case state.SUPERSEDED:
            since = money.day(standing.since) if standing.since else ""
            ended = f"（原定到{money.day(standing.to)}）" if standing.to else ""
            return f"自{since}起已由新规定替代{ended}，不再适用。"
        case state.UNCONFIRMED:
            return f"目前是否仍执行未能核实，请问{contact(measure, catalogue)}。"
        case state.NOT_KNOWN:
            issued = f"（{money.day(standing.issued)}发布）" if standing.issued else ""
            return f"所问日期时，相关文件还没发布{issued}。"
    return ""


def cited(entry: Entry, keys: Iterable[str] = ()) -> list[Citation]:
    """The citations named, or the first one."""
    chosen = [entry.cites[key] for key in dict.fromkeys(keys) if key in entry.cites]
    return chosen or list(entry.cites.values())[:1]


def source(citations: Sequence[Citation], catalogue: Catalogue) -> str:
    """来源：昆明纾困十大行动方案·稳岗就业 二（三）（2022年8月18日）."""
    if not citations:
        return ""
    by_document: dict[str, list[str]] = {}
    for citation in citations[:2]:
        place = " ".join(filter(None, (citation.section, citation.clause)))
        by_document.setdefault(citation.document, []).append(place)
    parts = []
    for name, places in by_document.items():
        document = catalogue.documents[name]
        where = "、".join(filter(None, dict.fromkeys(places)))
        parts.append(f"{document.short}{'·' + where if where else ''}（{document.issued.isoformat()}）")
    return "来源：" + "；".join(parts)


def fact_value(fact: Fact, value: Value) -> str:
    """A fact's value as the owner would say it."""
    match value:
        case bool():
            return "是" if value else "否"
        case str() if value in fact.values:
            return fact.values[value].label
        case Just(name) if name in fact.values:
            return fact.values[name].label
        case frozenset():
            return "、".join(fact.values[name].label for name in sorted(value) if name in fact.values)
        case date():
            return money.day(value)
        case Range(low, high):
            ends = [None if end is None else _number(fact, end) for end in (low, high)]
            if ends[0] and ends[1]:
                return f"{ends[0]}—{ends[1]}"
            return f"{ends[0]}以上" if ends[0] else f"{ends[1]}以下"
        case Decimal():
            return _number(fact, value)
    return "不清楚"


def _number(fact: Fact, number: Decimal) -> str:
    if fact.type is FactType.MONEY:
        return money.yuan(number)
    if fact.unit in {"%", "比例"}:
        return money.share(number)
    unit = "个月" if fact.unit == "月" else fact.unit or ""
    return f"{money.plain(number)}{unit}"
