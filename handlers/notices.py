"""What a reminder or a match says: one thing in full, or several of a day in one message. Pure.

A date is told only where the catalogue lets it be told; a national rule awaiting its local notice is told without date
and account. Every message ends with the promise all pushes end with, and carries 调整 and 退订.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers import compose, payloads
from handlers.reply import ACTION_BYTES, ReplyKind
from policy_kb import deadlines, eligibility, evaluation, money, questions, windows, wording, working_days
from policy_kb.benefits import Deferral
from policy_kb.catalogues import Catalogue
from policy_kb.deadlines import BY_DAYS, Deadline, Stage, What
from policy_kb.eligibility import Assessment
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Citation, Delivery, Measure
from policy_kb.facts import Facts
from policy_kb.questions import Question
from scheduler import pushes
from scheduler.readers import Reader
from storage.content import Choice, Content
from storage.subscription_tables import Notice

MOST = 12
"""Things told in one message; of more it says that there are more."""
NAMED = 6
"""Of which buttons lead on."""
ADJUST = Choice(label="调整", action="push:adjust")
LEAVE = Choice(label="退订", action="unsub:")
OFFICIAL = "（以官方为准）"


@dataclass(frozen=True)
class Item:
    """One thing to tell, with the facts of the enterprise it is about (empty: of none in particular)."""

    measure: Measure
    stage: Stage
    deadline: Deadline | None
    day: date | None
    facts: Facts


@dataclass(frozen=True)
class On:
    """What a message is made with: the catalogue, the day it is for, and whether that day is today."""

    catalogue: Catalogue
    day: date
    is_live: bool = True


def content(notices: Sequence[Notice], reader: Reader, catalogue: Catalogue, day: date, today: date) -> Content:
    """The message for one person. Notices whose measure is gone from the catalogue must be left out before."""
    on = On(catalogue, day, day == today)
    facts = {firm.number: firm.facts for firm in reader.firms}
    items = [_item(one, facts.get(one.enterprise_id or 0, {}), on) for one in notices]
    return single(items[0], on) if len(items) == 1 else digest(items, on)


def _item(notice: Notice, facts: Facts, on: On) -> Item:
    measure = on.catalogue.measures[notice.measure]
    known = deadlines.of(measure, on.catalogue, on.day)
    deadline = next((one for one in known if one.id == notice.deadline), None)
    return Item(measure, Stage(notice.stage), deadline, notice.day, facts)


# One thing


def single(item: Item, on: On) -> Content:
    """One thing in full."""
    measure = item.measure
    question = None
    if item.stage is Stage.MATCH:
        lines, question = _match(item, on)
    else:
        lines = [headline(item, on), *_details(item, on)]
    text = compose.fit(ReplyKind.ANSWER, [line for line in lines if line], [_sources([item], on), pushes.ENDING])
    first = _answers(measure, question) if question else ((_see(measure), *_check(item, on)),)
    return Content(text=text, rows=(*first, (ADJUST, _leave(measure))))


def headline(item: Item, on: On) -> str:
    """What is told, in one line."""
    title = item.measure.title
    match item.stage:
        case Stage.MATCH:
            return _matched(item, on)
        case Stage.OPENED if item.deadline:
            return f"{title}：{item.deadline.label}开始了，到{money.day(item.deadline.on)}截止{_official(item)}。"
        case Stage.OPENED | Stage.CHANGED if deadlines.awaits_local_notice(item.measure):
            return f"“{title}”：国家有新规定，昆明怎么办以昆明通知为准。"
        case Stage.OPENED:
            return f"“{title}”：新政策，开始执行。"
        case Stage.CHANGED:
            return f"“{title}”的内容有变，请以新的为准。"
        case Stage.ENDED:
            return f"{title}{_part(item, on)}：执行期限到{money.day(item.day or on.day)}，已到期。"
        case Stage.REPLACED:
            return f"{title}：自{money.day(item.day or on.day)}起由新规定替代，不再适用。"
    return _ahead(item, on)


def _ahead(item: Item, on: On) -> str:
    """A date to come."""
    measure, deadline = item.measure, item.deadline
    if deadline is None or deadlines.awaits_local_notice(measure):
        return f"{measure.title}：这一轮国家规定快到期了；昆明的办理时间以昆明通知为准，请尽早问清。"
    when = {
        What.VALIDITY: "执行期限到{}",
        What.APPLICATION: f"{deadline.label}，{{}}截止",
        What.ROUND: f"{deadline.label}在{{}}",
        What.PAYMENT: f"{deadline.label}，最晚{{}}",
    }[deadline.what].format(money.day(deadline.on))
    return f"{measure.title}{_part(item, on)}：{when}，{_left(deadline, on)}{_official(item)}。"


def _left(deadline: Deadline, on: On) -> str:
    number = working_days.count(on.day, deadline.on)
    since = f"从{on.day.month}月{on.day.day}日算"
    if number == 0:
        return "就是今天" if deadline.on == on.day else "已没有工作日"
    last = working_days.on_or_before(deadline.on)
    marked = f"约{number}个工作日（{deadline.on.year}年放假安排待公布）" if last.provisional else f"{number}个工作日"
    early = f"，最后一个工作日是{last.day.month}月{last.day.day}日" if last.day != deadline.on else ""
    return f"{since}还有{marked}{early}"


def _part(item: Item, on: On) -> str:
    """Which of its audiences a date is about, where it is not all of them; as far as the facts leave them possible."""
    names = item.deadline.tracks if item.deadline else ()
    tracks = [track for track in item.measure.tracks if track.id in names]
    enterprise = Enterprise(item.facts, on.catalogue, on.day)
    left = [one for one in tracks if evaluation.outcome(one.conditions, enterprise).truth is not False]
    sure = [one for one in left if evaluation.outcome(one.conditions, enterprise).truth is True]
    labels = [track.label for track in sure or left or tracks]
    return f"（{'、'.join(labels)[:60]}）" if labels else ""


def _official(item: Item) -> str:
    return OFFICIAL if item.measure.verified and item.measure.verified.basis == "V2" else ""


def _details(item: Item, on: On) -> list[str]:
    measure = item.measure
    match item.stage:
        case Stage.ENDED | Stage.REPLACED:
            return [_successor(item, on)]
        case Stage.OPENED | Stage.CHANGED:
            return [_gains(measure, on), _steps(measure), _until(item, on)]
    if item.deadline and item.deadline.what is What.ROUND:
        return ["这是主管部门评审上报的日子，不是交材料的截止日；想赶这一批，请尽早交齐材料。", measure.how_to or ""]
    caution = ""
    if item.deadline and item.deadline.what is What.VALIDITY and measure.delivery is Delivery.APPLY:
        caution = "这是文件写的执行期限，交材料要留出时间。"
    return [caution, _gains(measure, on), _steps(measure), f"咨询：{wording.contact(measure, on.catalogue)}。"]


def _gains(measure: Measure, on: On) -> str:
    """What it brings; without the dates of the summary where a local notice is awaited or they are our arithmetic."""
    if not deadlines.awaits_local_notice(measure) and not _is_reckoned(measure):
        return measure.summary
    tracks = [one for one in measure.tracks if windows.status(one, measure, on.catalogue, on.day).in_force]
    return wording.all_gains(measure, tracks or list(measure.tracks), on.catalogue)


def _steps(measure: Measure) -> str:
    if deadlines.awaits_local_notice(measure):
        return "昆明怎么办、什么时候办，以昆明通知为准，可打12333或12345问。"
    return measure.how_to or wording.DELIVERY.get(measure.delivery, "")


def _until(item: Item, on: On) -> str:
    """Until when it runs, unless that is our own arithmetic or for a local notice to say."""
    measure = item.measure
    if deadlines.awaits_local_notice(measure) or _is_reckoned(measure):
        return ""
    said = wording.validity(windows.measure_status(measure, on.catalogue, on.day), measure, on.catalogue)
    return said if "以官方为准" in said else said + _official(item)


def _is_reckoned(measure: Measure) -> bool:
    return any(track.in_force.worked_out for track in measure.tracks)


def _successor(item: Item, on: On) -> str:
    """What counts now, or that nothing is known to."""
    measure = item.measure
    heir = _heir(item, on)
    if heir is not None:
        return f"现行规定：{_gains(heir, on)}{_until(Item(heir, item.stage, None, None, {}), on)}"
    if item.deadline and item.deadline.tracks and windows.measure_status(measure, on.catalogue, on.day).in_force:
        return "其余部分仍在执行，点“看详情”。"
    owed = "缓缴不是减免，缓的费款要按规定补缴。" if _defers(measure) else ""
    return f"{owed}没有查到接续规定；有没有延续以官方为准，可问{wording.contact(measure, on.catalogue)}。"


def _heir(item: Item, on: On) -> Measure | None:
    """The rule that counts now. On a day long past, one whose day of issue is not verified is not named."""
    if item.stage not in {Stage.ENDED, Stage.REPLACED}:
        return None
    heir = windows.current(item.measure, on.catalogue, on.day)
    known = heir is not None and (on.is_live or deadlines.became_known(heir, on.catalogue)[1])
    return heir if known and heir is not None and heir.id != item.measure.id else None


def _defers(measure: Measure) -> bool:
    return any(isinstance(benefit, Deferral) for track in measure.tracks for benefit in track.benefits)


# A match


def _match(item: Item, on: On) -> tuple[list[str], Question | None]:
    measure = item.measure
    assessment = eligibility.assess(measure, item.facts, on.catalogue, on.day)
    question = None
    if assessment.outward is not eligibility.Outward.ELIGIBLE:
        question = questions.next_question([measure], item.facts, on.catalogue, on.day)
    lines = [headline(item, on), _worth(assessment) or _gains(measure, on)]
    if deadlines.awaits_local_notice(measure):
        return [*lines, _steps(measure), *_asked(question)], question
    if measure.delivery is Delivery.AUTOMATIC:
        lines.append(f"请核对：{_account(measure)}")
    else:
        lines.append(_steps(measure))
    lines.append("最终以主管部门审核为准。" + _until(item, on))
    return [*lines, *_asked(question)], question


def _matched(item: Item, on: On) -> str:
    measure = item.measure
    assessment = eligibility.assess(measure, item.facts, on.catalogue, on.day)
    eligible = assessment.outward is eligibility.Outward.ELIGIBLE
    if deadlines.awaits_local_notice(measure):
        fits = "您的情况可能符合" if not eligible else "按您的情况看符合"
        return f"“{measure.title}”：国家有这项规定，{fits}，以昆明通知为准。"
    if not eligible:
        return f"“{measure.title}”可能适合您，还差一两个问题就能确认。"
    if measure.delivery is Delivery.AUTOMATIC:
        return f"【免申即享】“{measure.title}”：按您的情况符合，无需申报。"
    return f"“{measure.title}”：按您的情况符合。"


def _account(measure: Measure) -> str:
    """Which account or detail to check, as the reviewed statements tell it."""
    told = next((point.says for point in measure.points if point.id == "account"), None)
    return told or measure.how_to or "收款账户和参保信息是否正确。"


def _worth(assessment: Assessment) -> str:
    """What is due with workings, as far as it can be worked out."""
    told = [line for one in assessment.amount.sums if one.known and one.high is not None for line in one.workings]
    settled = assessment.outward is eligibility.Outward.ELIGIBLE
    return "算一下：" + "；".join(told) + "。" if told and settled else ""


def _asked(question: Question | None) -> list[str]:
    return [f"请问：{question.text}"] if question else []


def _answers(measure: Measure, question: Question) -> tuple[tuple[Choice, ...], ...]:
    """The question's answers as buttons; one that begins the dialog where they do not fit into a button."""
    choices = [
        Choice(label=option.label[:20], action=f"am:{measure.id}:{question.fact.id}:{payloads.encode(option.value)}")
        for option in question.options[:8]
    ]
    if not choices or any(len(choice.action.encode()) > ACTION_BYTES for choice in choices):
        return ((Choice(label="回答问题", action=f"check:{measure.id}"), _see(measure)),)
    return (*(tuple(choices[at : at + 2]) for at in range(0, len(choices), 2)), (_see(measure),))


# Several things


def digest(items: Sequence[Item], on: On) -> Content:
    """Several things in one message, a line each, what is nearest first."""
    dated = {item.measure.id for item in items if item.stage in BY_DAYS}
    items = [item for item in items if item.stage is not Stage.OPENED or item.measure.id not in dated]
    ordered = sorted(items, key=_urgency)
    lines = [f"有{len(items)}条政策提醒（{on.day.month}月{on.day.day}日）："]
    lines += [f"{number}. {_short(item, on)}" for number, item in enumerate(ordered[:MOST], 1)]
    if len(items) > MOST:
        lines.append(f"还有{len(items) - MOST}条，发 /calendar 看全部。")
    lines.append("最终以主管部门审核为准。点名称看详情。")
    text = compose.fit(ReplyKind.LIST, lines, [_sources(ordered[:MOST], on), pushes.ENDING])
    rows = [(Choice(label=title[:20], action=action),) for title, action in _named(ordered)]
    return Content(text=text, rows=(*rows, (ADJUST, LEAVE)))


def _short(item: Item, on: On) -> str:
    """One line; a match that can be worked out says what it brings."""
    line = headline(item, on)
    if item.stage is Stage.MATCH and not deadlines.awaits_local_notice(item.measure):
        assessment = eligibility.assess(item.measure, item.facts, on.catalogue, on.day)
        sure = assessment.outward is eligibility.Outward.ELIGIBLE
        check = _account(item.measure) if sure and item.measure.delivery is Delivery.AUTOMATIC else ""
        return f"{line}{_worth(assessment)}{f'请核对：{check}' if check else ''}{_until(item, on)}"
    return line


def _named(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Titles with where they lead, each measure once."""
    verbs = {item.measure.id: "check" if item.stage is Stage.MATCH else "m" for item in reversed(items)}
    named = {item.measure.id: item.measure.title for item in items}
    return [(title, f"{verbs[name]}:{name}") for name, title in list(named.items())[:NAMED]]


_ORDER = (*BY_DAYS, Stage.MATCH, Stage.REPLACED, Stage.ENDED, Stage.CHANGED, Stage.OPENED)


def _urgency(item: Item) -> tuple[int, date, str]:
    return _ORDER.index(item.stage), item.day or date.max, item.measure.id


# Sources and buttons


def _sources(items: Sequence[Item], on: On) -> str:
    """Documents with their dates; of a rule awaiting its local notice the document alone, so that no date is told."""
    cited = [one for item in items if not deadlines.awaits_local_notice(item.measure) for one in _cited(item)]
    cited += [one for item in items if (heir := _heir(item, on)) is not None for one in wording.cited(heir)]
    awaiting = [one for item in items if deadlines.awaits_local_notice(item.measure) for one in _cited(item)]
    bare = list(dict.fromkeys(on.catalogue.documents[one.document].short for one in awaiting))
    dated = wording.source(compose.documents_once(cited), on.catalogue)
    return "；".join(filter(None, [dated, *bare])) if dated else "来源：" + "；".join(bare)


def _cited(item: Item) -> list[Citation]:
    return wording.cited(item.measure, [item.deadline.cite] if item.deadline and item.deadline.cite else [])


def _see(measure: Measure) -> Choice:
    return Choice(label="看详情", action=f"m:{measure.id}")


def _check(item: Item, on: On) -> tuple[Choice, ...]:
    over = item.stage in {Stage.ENDED, Stage.REPLACED} or (item.stage is Stage.MATCH and bool(item.facts))
    asked = any(track.conditions is not None for track in item.measure.tracks)
    return () if over or not asked else (Choice(label="我能享受吗", action=f"check:{item.measure.id}"),)


def _leave(measure: Measure) -> Choice:
    return Choice(label="退订", action=f"unsub:{measure.id}")
