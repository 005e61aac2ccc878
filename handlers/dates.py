"""Dates to take along: a calendar file of a measure's deadlines, a picture of how long rules last. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from handlers import compose
from handlers.lists import CATEGORIES
from handlers.reply import Button, File, Reply, ReplyKind, Timeline
from policy_kb import deadlines, money, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.deadlines import Deadline, What
from policy_kb.entries import Kind, Measure
from storage import times

HOST = "huiqi"
AHEAD = (7, 1)
"""Days before a deadline on which the phone reminds, in the morning."""
MORNING = timedelta(hours=9)
NEAR = timedelta(days=366)
"""Later deadlines are not offered for the calendar."""
BARS = 10
"""Rules a picture shows."""
ASKED_WHEN = {"until", "status"}

WHAT = {
    What.VALIDITY: "执行期限截止",
    What.APPLICATION: "申报截止",
    What.ROUND: "评审日",
    What.PAYMENT: "最后缴费日",
}


def calendar_file(measure: Measure, catalogue: Catalogue, as_of: date) -> Reply:
    """A calendar file with the deadlines still to come; where none may be told, a word on why."""
    found = deadlines.upcoming(measure, catalogue, as_of, as_of)
    why = _not_told(measure, found, catalogue, as_of)
    cited = wording.cited(measure, [one.cite for one in found if one.cite])
    if why:
        return Reply(
            compose.fit(ReplyKind.ANSWER, [f"“{measure.title}”{why}"], [compose.source(cited, catalogue)]),
            ReplyKind.ANSWER,
            measures=(measure.id,),
            citations=compose.citations(cited, catalogue),
            buttons=(Button("转人工", "human"),),
        )
    lines = [f"“{measure.title}”的日期，点开文件就能加到手机日历，提前7天和1天早上各提醒一次："]
    lines += [f"· {money.day(one.on)}：{_label(one)}" for one in found]
    return Reply(
        compose.fit(ReplyKind.ANSWER, lines, ["日期有变以主管部门通知为准。", compose.source(cited, catalogue)]),
        ReplyKind.ANSWER,
        measures=(measure.id,),
        citations=compose.citations(cited, catalogue),
        file=File(f"huiqi-{measure.id}.ics", ics(measure, found, catalogue, as_of)),
    )


def _not_told(measure: Measure, found: Sequence[Deadline], catalogue: Catalogue, as_of: date) -> str:
    """Why there is no calendar file; empty where there is one."""
    if refused := deadlines.refusal(measure, as_of):
        return f"{refused}，日期现在不能确定，先不放进日历。可问{wording.contact(measure, catalogue)}，或转人工。"
    if deadlines.awaits_local_notice(measure):
        return (
            f"是国家规定，昆明的办理通知还没查到，日期不放进日历。可问{wording.contact(measure, catalogue)}，或转人工。"
        )
    if found:
        return ""
    standing = windows.measure_status(measure, catalogue, as_of)
    return f"没有还没到的截止日期可以放进日历。{wording.validity(standing, measure, catalogue)}"


def _label(one: Deadline) -> str:
    plain = WHAT[one.what]
    return plain if one.label in plain else f"{one.label}（{plain}）"


def ics(measure: Measure, found: Sequence[Deadline], catalogue: Catalogue, as_of: date) -> bytes:
    """The file: whole days of Asia/Shanghai with two alarms each. Made again it replaces what was imported before."""
    calendar = Calendar()
    calendar.add("prodid", "-//Huiqi//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for one in found:
        calendar.add_component(_event(one, measure, catalogue, as_of))
    return bytes(calendar.to_ical())


def _event(one: Deadline, measure: Measure, catalogue: Catalogue, as_of: date) -> Event:
    summary = f"{measure.title}：{_label(one)}"
    standing = windows.measure_status(measure, catalogue, as_of)
    source = compose.source(wording.cited(measure, [one.cite] if one.cite else []), catalogue)
    event = Event()
    event.add("uid", f"{measure.id}-{one.id}@{HOST}")
    event.add("sequence", measure.version)
    event.add("dtstamp", datetime.combine(as_of, time(), times.SHANGHAI).astimezone(UTC))
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(days=1))
    event.add("summary", summary)
    told = (measure.summary, wording.validity(standing, measure, catalogue), source, "日期有变以主管部门通知为准。")
    event.add("description", "\n".join(filter(None, told)))
    event.add("transp", "TRANSPARENT")
    for days in AHEAD:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"还有{days}天：{summary}")
        alarm.add("trigger", MORNING - timedelta(days=days))
        event.add_component(alarm)
    return event


def timeline(name: str, catalogue: Catalogue, as_of: date) -> Reply | None:
    """How long the editions of a measure, or the measures of a category, last. None: nothing known by this name."""
    if name in catalogue.measures:
        measure = catalogue.measures[name]
        shown, title = _editions(measure, catalogue, as_of), f"{measure.title}：各期执行期限"
    elif name in CATEGORIES:
        shown, title = _of_category(name, catalogue, as_of), f"{CATEGORIES[name][0]}：执行期限"
    else:
        return None
    if not shown:
        return None
    lines = [f"{title}（红线是{money.day(as_of)}）"]
    lines += [f"· {one.title}：{_until(one, catalogue, as_of)}" for one in shown]
    cited = [citation for one in shown[:2] for citation in wording.cited(one)]
    return Reply(
        compose.fit(ReplyKind.LIST, lines, [compose.source(cited, catalogue)]),
        ReplyKind.LIST,
        measures=tuple(one.id for one in shown),
        citations=compose.citations(cited, catalogue),
        picture=Timeline(title, tuple(one.id for one in shown), as_of),
    )


def _until(measure: Measure, catalogue: Catalogue, as_of: date) -> str:
    standing = windows.measure_status(measure, catalogue, as_of)
    return wording.validity(standing, measure, catalogue).removeprefix("执行期限：")


def _editions(measure: Measure, catalogue: Catalogue, as_of: date) -> list[Measure]:
    family = catalogue.lineages.get(measure.lineage or "", (measure,))
    known = [
        one for one in family if windows.measure_status(one, catalogue, as_of).state is not windows.State.NOT_KNOWN
    ]
    return known[-BARS:]


def _of_category(name: str, catalogue: Catalogue, as_of: date) -> list[Measure]:
    """Claims of a category in force, those that end first before the others."""
    found = [
        (windows.measure_status(one, catalogue, as_of).to or date.max, one.id, one)
        for one in catalogue.measures.values()
        if one.category == name and one.kind is Kind.CLAIM and windows.measure_status(one, catalogue, as_of).in_force
    ]
    return [one for _, _, one in sorted(found)][:BARS]


def offered(reply: Reply, about: str | None, catalogue: Catalogue, as_of: date) -> Reply:
    """With buttons for the calendar and the picture, where somebody asked until when and there is something to take."""
    if about not in ASKED_WHEN or reply.kind not in {ReplyKind.ANSWER, ReplyKind.EXPIRED, ReplyKind.NOT_YET}:
        return reply
    measure = next((catalogue.measures[name] for name in reply.measures if name in catalogue.measures), None)
    if measure is None:
        return reply
    fresh = []
    near = [one for one in deadlines.upcoming(measure, catalogue, as_of, as_of) if one.on <= as_of + NEAR]
    if near and not deadlines.awaits_local_notice(measure):
        fresh.append(Button("加到日历", f"ics:{measure.id}"))
    if len(_editions(measure, catalogue, as_of)) > 1:
        fresh.append(Button("看时间线", f"pic:{measure.id}"))
    return replace(reply, buttons=(*fresh, *reply.buttons)) if fresh else reply
