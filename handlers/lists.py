"""Several measures at once: of a category, about a subject, or those that fit what the owner told."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from handlers import compose, memory, overview
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Option, Session
from handlers.topics import SURE_FROM, Topic
from nlu.understanding import Understanding
from policy_kb import conditions, eligibility, money, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Kind, Measure
from policy_kb.facts import Facts

PAGE = 6
CHECK = Button("看我能享受哪些", "check_all")
CHECK_ALL = Button("问几个问题，看全部", "check_all")
NEAR_BY_CHANCE = 0.15
"""Likeness that any two texts of our subject have."""
SUBJECT_FROM = 0.28
OF_CATEGORY = 0.6
"""What a measure of the category named gains over the others in a list for one enterprise."""
ONE_MEANT = 0.36
"""A list inside one rule is meant (七个行业列一下) where an entry fits the words this well."""

CATEGORIES = {
    "tax": ("税费减免", r"税|发票"),
    "social-insurance": ("社保缓缴", r"社保|缓缴|五险"),
    "employment": ("稳岗就业", r"招人|招工|用工|就业|稳岗|员工|培训|见习|毕业生"),
    "fiscal-award": ("财政奖补", r"奖补|奖励|奖金|财政"),
    "rent": ("房租减免", r"房租|租金|铺面|门面"),
    "procurement": ("政府采购", r"采购|投标|招标"),
    "finance": ("融资贷款", r"贷款|融资|贷点|借钱|资金周转|上市"),
    "guarantee": ("融资担保", r"担保"),
    "fund": ("基金投资", r"基金|股权投资"),
    "startup": ("创新创业", r"创业|双创|孵化|众创"),
    "talent": ("人才政策", r"人才|博士"),
    "high-tech": ("高企培育", r"高新技术|高企|科技型"),
    "voucher": ("科技创新券", r"创新券"),
    "cultivation": ("专精特新", r"专精特新|小巨人|单项冠军"),
    "ip": ("知识产权", r"知识产权|专利|商标"),
    "consumption": ("促消费文旅", r"消费券|文旅|旅游|夜间"),
    "logistics": ("物流通行", r"物流|货车|高速|运输"),
    "payment-arrears": ("清欠账款", r"拖欠|欠款|清欠|账款"),
    "service-platform": ("服务平台", r"平台|服务中心"),
}

_ASKS_LIST = re.compile(
    r"(有|能|可以|享受|领|申请|给)?.{0,4}(哪些|什么|哪样|啥子?|些什么|哪几[样种项个])(补贴|政策|优惠|扶持|支持|好处|补助|奖励|福利|减负|帮扶|渠道|产品|途径|办法|路子|能用|可以用|合我|适合)|还剩(下)?(哪些|什么|哪样)|"
    r"有(哪些|什么|哪样|啥)(能|可以)|能(享受|申请|领|拿|用)(到)?(点)?(哪些|什么|哪样|啥|些)|可以享受(点)?(哪|什么)|"
    r"帮我(看看|列|数|算算)?.{0,6}(能|可以)?(享受|用|申请|领)(的|到|哪)|怎么照顾|有什么(照顾|优待)|能用的"
)
_ENUMERATES = re.compile(r"列(一下|出|列|个)|清单|都有(哪|什么|啥)|还有(别|其他|啥|什么)")
_QUESTION = re.compile(r"[吗么呢？?]|能不能|给不给|有没有|多少|几|怎么|什么|哪")


def wanted(
    said: Understanding, session: Session, found: Sequence[Topic], catalogue: Catalogue, as_of: date
) -> Reply | None:
    """A list, where several measures were asked for and not one in particular."""
    top = found[0] if found else None
    weak = bool(_ENUMERATES.search(said.text)) or (said.label == "list" and said.confidence >= 0.5)
    asked = bool(_ASKS_LIST.search(said.text)) or (weak and (top is None or top.score < ONE_MEANT))
    tells = (
        said.label == "tell"
        and bool(said.told)
        and (top is None or top.score < SURE_FROM)
        and not _QUESTION.search(said.text)
    )
    if not (asked or tells) or (top and (top.named >= 0.25 or top.score >= 0.72)):
        return None
    memory.learn(session, said.told or {}, catalogue)
    if _ENDS.search(said.text):
        return ending(said, session, catalogue, as_of)
    personal = len(said.told or {}) >= 2 or (len(session.facts) >= 2 and not said.told)
    category = next((name for name, (_, words) in CATEGORIES.items() if re.search(words, said.text)), None)
    if personal:
        return for_enterprise(session, catalogue, as_of, found, _side(said.text))
    if category:
        return of_category(category, session, catalogue, as_of)
    if asked and len(near := _about_subject(found, catalogue, as_of)) >= 2:
        return _page("和您问的有关的有：", near, 0, "all", session, catalogue, as_of)
    if said.told or session.facts:
        return for_enterprise(session, catalogue, as_of, found)
    return overview.begin(session, catalogue, as_of) if _MINE.search(said.text) else categories(catalogue, as_of)


_MINE = re.compile(r"(我|咱|俺|我们|咱们)(家|店|公司|厂|这种|这样)?.{0,4}(能|可以|够)(享受|领|拿|申请|用)")
"""Asks what oneself can have, and not what there is."""


def _side(text: str) -> str | None:
    """The one side of help an owner asks about (税上面有哪样), whatever else he tells."""
    return next(
        (n for n, (_, w) in CATEGORIES.items() if re.search(rf"({w}).{{0,3}}(上面|方面|这块|上头|上有|上能)", text)),
        None,
    )


_ENDS = re.compile(r"到期|截止|过期|快(要)?(结束|没了)|结束的|要停")
SOON = timedelta(days=120)
"""How far ahead 快到期 looks where no day is named."""


def ending(said: Understanding, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """What ends soon, or by the day named, soonest first; what can be claimed before what is only a service."""
    named = [q.high for q in said.quantities if q.kind == "date" and isinstance(q.high, date) and q.high >= as_of]
    by = max(named, default=as_of + SOON)
    dated = []
    for measure in _claims(catalogue, as_of):
        end = windows.measure_status(measure, catalogue, as_of).to
        if end is not None and as_of <= end <= by:
            dated.append((measure.kind is Kind.SERVICE, end, measure))
    found = [measure for *_, measure in sorted(dated, key=lambda row: row[:2])]
    if not found:
        return Reply(
            f"到{money.day(by)}为止，已收录的政策里没有写明到期的。",
            ReplyKind.LIST,
            buttons=(Button("看全部", "list:all"),),
        )
    head = f"{money.day(as_of)}起到{money.day(by)}，写明到期的有{len(found)}项："
    return _page(head, found[: 2 * PAGE], 0, "all", session, catalogue, as_of, size=2 * PAGE)


def _about_subject(found: Sequence[Topic], catalogue: Catalogue, as_of: date) -> list[Measure]:
    """Measures in force that a list was asked about in other words than those of a category (大学生来昆明)."""
    top = found[0].score if found else 0.0
    return [
        topic.entry
        for topic in found
        if isinstance(topic.entry, Measure)
        and topic.score >= max(SUBJECT_FROM, top * 0.65)
        and windows.measure_status(topic.entry, catalogue, as_of).in_force
    ][:PAGE]


def categories(catalogue: Catalogue, as_of: date) -> Reply:
    """All categories with the number of measures in force."""
    counted = []
    for name, (label, _) in CATEGORIES.items():
        number = len(_claims(catalogue, as_of, name))
        if number:
            counted.append((name, label, number))
    year = as_of.year
    lines = [f"{money.day(as_of)}在执行期内、我已收录的政策按类别有："]
    lines += [f"· {label}：{number}项" for _, label, number in counted]
    lines.append(
        f"点类别看明细，或说说您的行业、人数、社保和房租情况，我来挑能用的。{year}年新出台而没收录的，可拨12345或转人工。"
    )
    buttons = (CHECK, *(Button(label, f"list:{name}") for name, label, _ in counted))
    return Reply(compose.fit(ReplyKind.LIST, lines), ReplyKind.LIST, buttons=buttons)


def _claims(catalogue: Catalogue, as_of: date, category: str | None = None) -> list[Measure]:
    rank = {Kind.CLAIM: 0, Kind.RULE: 1, Kind.SERVICE: 2, Kind.DIRECTION: 3}
    found = [
        measure
        for measure in catalogue.measures.values()
        if (category is None or measure.category == category)
        and measure.kind is not Kind.DIRECTION
        and windows.measure_status(measure, catalogue, as_of).in_force
    ]
    return sorted(found, key=lambda m: rank[m.kind])


def of_category(rest: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """Measures of a category in force on the day, a page at a time. `rest`: category, or category:page, or all."""
    category, _, page_text = rest.partition(":")
    page = int(page_text) if page_text.isdigit() else 0
    if category not in CATEGORIES:
        return categories(catalogue, as_of)
    found = _claims(catalogue, as_of, category)
    label = CATEGORIES[category][0]
    if not found:
        return _none_in_force(category, label, catalogue, as_of)
    return _page(
        f"{label}方面，{money.day(as_of)}在执行期内的有{len(found)}项：",
        found,
        page,
        category,
        session,
        catalogue,
        as_of,
    )


def _none_in_force(category: str, label: str, catalogue: Catalogue, as_of: date) -> Reply:
    old = [m for m in catalogue.measures.values() if m.category == category][:4]
    lines = [f"{label}方面，没有查到{money.day(as_of)}确认仍在执行的政策。"]
    lines += [
        f"· {m.title}：{wording.validity(windows.measure_status(m, catalogue, as_of), m, catalogue)}" for m in old
    ]
    lines.append("新政策请拨12345热线（以官方为准）或转人工。")
    return Reply(compose.fit(ReplyKind.LIST, lines), ReplyKind.LIST, measures=tuple(m.id for m in old))


def _page(
    head: str,
    found: Sequence[Measure],
    page: int,
    category: str,
    session: Session,
    catalogue: Catalogue,
    as_of: date,
    size: int = PAGE,
) -> Reply:
    page = min(page, (len(found) - 1) // size)  # a button of a longer list
    shown = found[page * size : (page + 1) * size]
    lines = [head, *(f"{i}. {line(m, catalogue, as_of)}" for i, m in enumerate(shown, 1 + page * size))]
    cited = [citation for m in shown for citation in wording.cited(m)]
    buttons = [Button(m.title[:16], f"m:{m.id}") for m in shown]
    session.options = [Option(label=m.title, action=f"m:{m.id}") for m in shown]
    if len(found) > (page + 1) * size:
        lines.append("回复“更多”看下一页，或点下面的名称看详情。")
        buttons.append(Button("更多", f"list:{category}:{page + 1}"))
        session.options.append(Option(label="更多", action=f"list:{category}:{page + 1}"))
    buttons += _ways(found, page, category, catalogue, as_of)
    text = compose.fit(ReplyKind.LIST, lines, [wording.source(compose.documents_once(cited), catalogue)])
    return Reply(
        text,
        ReplyKind.LIST,
        measures=tuple(m.id for m in shown),
        citations=compose.citations(cited, catalogue),
        buttons=tuple(buttons),
    )


def _ways(found: Sequence[Measure], page: int, category: str, catalogue: Catalogue, as_of: date) -> Iterator[Button]:
    """From a page of a category back, to its time line, and to the other categories."""
    if category in CATEGORIES and page:
        yield Button("上一页", f"list:{category}:{page - 1}")
    elif category in CATEGORIES and sum(windows.measure_status(m, catalogue, as_of).to is not None for m in found) > 1:
        yield Button("看时间线", f"pic:{category}")
    yield Button("全部类别", "list:all")


def line(measure: Measure, catalogue: Catalogue, as_of: date) -> str:
    """A measure in one line: name, what it brings, until when."""
    standing = windows.measure_status(measure, catalogue, as_of)
    until = f"（至{standing.to.isoformat()}）" if standing.to else ""
    return f"{measure.title}：{measure.summary.rstrip('。')}{until}"


def for_enterprise(
    session: Session, catalogue: Catalogue, as_of: date, found: Sequence[Topic] = (), category: str | None = None
) -> Reply:
    """Measures that fit what is known about the enterprise: eligible first, then those a question or two away.

    With a `category` those of it come first, also where nothing told speaks for them yet.
    """
    facts = memory.known(session, catalogue)
    if not facts:
        return categories(catalogue, as_of)
    near = {topic.entry.id: topic.score for topic in found}
    ranked = []
    for measure in _claims(catalogue, as_of):
        assessment = eligibility.assess(measure, facts, catalogue, as_of)
        if assessment.verdict == "not_eligible":
            continue
        evidence = _evidence(measure, facts, catalogue) + 2 * max(0.0, near.get(measure.id, 0.0) - NEAR_BY_CHANCE)
        if category:
            evidence += OF_CATEGORY if measure.category == category else -OF_CATEGORY / 2
        if evidence > 0.3:
            ranked.append((assessment.verdict == "eligible", evidence, measure, assessment))
    ranked.sort(key=lambda row: -row[1] - 0.5 * row[0])
    chosen = ranked[:PAGE]
    if not chosen:
        return categories(catalogue, as_of)
    lines = [f"按您说的情况，{money.day(as_of)}可能用得上的有："]
    for i, (settled, _, measure, _) in enumerate(chosen, 1):
        mark = "符合" if settled else "待确认"
        lines.append(f"{i}. 【{mark}】{line(measure, catalogue, as_of)}")
    lines.append("点名称逐项确认，最终以主管部门审核为准。")
    measures = [measure for _, _, measure, _ in chosen]
    cited = [citation for m in measures for citation in wording.cited(m)]
    session.options = [Option(label=m.title, action=f"check:{m.id}") for m in measures]
    session.focus = [m.id for m in measures[:1]] + [name for name in session.focus if name != measures[0].id][:4]
    return Reply(
        compose.fit(ReplyKind.LIST, lines, [wording.source(compose.documents_once(cited), catalogue)]),
        ReplyKind.LIST,
        measures=tuple(m.id for m in measures),
        citations=compose.citations(cited, catalogue),
        buttons=(*(Button(m.title[:16], f"check:{m.id}") for m in measures), CHECK_ALL),
    )


def _evidence(measure: Measure, facts: Facts, catalogue: Catalogue) -> float:
    """How much of what was told speaks for a measure: each condition met counts by how few measures ask for that fact."""
    asked = _how_many_ask(catalogue)
    best = 0.0
    for track in measure.tracks:
        names = {leaf.fact for leaf in conditions.leaves(track.conditions) if leaf.fact and leaf.fact in facts}
        best = max(best, sum(1.0 / (1 + asked.get(name, 0)) ** 0.5 for name in names))
    return best


def _how_many_ask(catalogue: Catalogue) -> dict[str, int]:
    counts: dict[str, int] = {}
    for measure in catalogue.measures.values():
        names = {leaf.fact for track in measure.tracks for leaf in conditions.leaves(track.conditions) if leaf.fact}
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return counts
