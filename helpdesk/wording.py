"""What owners and staff read about tickets, in plain Chinese. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime

from helpdesk import grades, service_levels, states
from helpdesk.business_calendar import Calendar, Moment
from helpdesk.house import House
from storage import tickets
from storage.content import Choice
from storage.ticket_tables import Actor, Promise, Ticket, TicketEvent, TicketKind
from storage.times import SHANGHAI

KINDS = {
    TicketKind.ADVISORY: "咨询",
    TicketKind.PROGRESS: "查办理进度",
    TicketKind.COMPLAINT: "投诉",
    TicketKind.ARREARS: "拖欠账款投诉",
}
STAFF = "工作人员：\n"
"""Before everything a human writes, so that the owner knows it from the assistant's words."""
_WEEK = "一二三四五六日"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PER_LETTER = 99


def alias(ticket: Ticket) -> str:
    """How colleagues see the owner: the name they chose, else 用户A7. The same in all their tickets."""
    if ticket.called:
        return ticket.called
    letters, place = "", (ticket.chat_id - 1) // _PER_LETTER
    while True:
        letters = _LETTERS[place % len(_LETTERS)] + letters
        place = place // len(_LETTERS) - 1
        if place < 0:
            return f"用户{letters}{(ticket.chat_id - 1) % _PER_LETTER + 1}"


def moment(at: datetime) -> str:
    """11月23日（周一）09:00, in Asia/Shanghai."""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日（周{_WEEK[local.weekday()]}）{local:%H:%M}"


def expected(when: Moment) -> str:
    """A moment as owners are told it. Of a year whose days off are not out no day is named."""
    if when.provisional:
        return f"下个工作日（{when.at.astimezone(SHANGHAI).year}年放假安排待公布，日期暂定不了）"
    return moment(when.at)


def hours(calendar: Calendar) -> str:
    """工作日09:00—12:00、13:30—17:30."""
    return f"工作日{calendar.hours}"


# To the owner


def receipt(ticket: Ticket, house: House, now: datetime, answer_by: Moment, *, is_new: bool) -> str:
    """Number, expected time, working hours."""
    about = f"（{ticket.subject}）" if ticket.subject else ""
    lines = [f"工单号：{ticket.number}{about}。" + ("" if is_new else "这件事已有工单在办，已并到一起，不用重复说。")]
    if ticket.answered_at is None:
        if not house.calendar.is_open(now):
            lines.append(f"现在不是工作时间，{expected(house.calendar.next_opening(now))}上班后处理。")
        lines.append(f"预计最晚{expected(answer_by)}前答复您。")
    lines.append(f"人工服务时间：{hours(house.calendar)}。要补充情况，直接发在这里。")
    if channel := house.complaint_channel(ticket.kind):
        lines.append(f"清欠也可直接向{channel}投诉；只受理机关、事业单位、大型企业的欠款，小企业之间的不在内。")
    return "\n".join(lines)


def closed_now(calendar: Calendar, now: datetime) -> str:
    """Out of hours, said once."""
    opening = expected(calendar.next_opening(now))
    return f"已转给工作人员。现在不是工作时间（{hours(calendar)}），{opening}上班后答复您。"


def claimed(ticket: Ticket) -> str:
    """Somebody has it now."""
    return f"工作人员已接手工单{ticket.number}，有话直接发在这里就行。这段时间助手先不插话，发 /bot 可以叫回来。"


def resolved(ticket: Ticket, words: str, *, by_silence: bool) -> str:
    """Settled; grading is offered."""
    lines = [f"工单{ticket.number}已办结。"]
    if by_silence:
        lines = [f"好几天没收到您的回复，工单{ticket.number}先按办结处理。"]
    if words:
        lines.append(words)
    lines.append("服务满意吗？点一下评价，自愿，24小时内可以改。问题还在，就点“还没解决”。")
    return "\n".join(lines)


def asks_grade(ticket: Ticket, *, graded: bool) -> tuple[tuple[Choice, ...], ...]:
    """The five grades and the way back."""
    again = (Choice(label="还没解决", action=f"reopen:{ticket.id}"),)
    if graded:
        return (again,)
    rows = (
        (grades.Grade.VERY_GOOD, grades.Grade.GOOD),
        (grades.Grade.FAIR,),
        (grades.Grade.POOR, grades.Grade.VERY_POOR),
    )
    buttons = [
        tuple(Choice(label=grades.WORDS[one], action=f"grade:{ticket.id}:{int(one)}") for one in row) for row in rows
    ]
    return (*buttons, again)


def reopened(ticket: Ticket) -> str:
    """It goes on."""
    return f"工单{ticket.number}已重新打开，工作人员会接着办。"


def thanks_for_grade(given: grades.Graded, follow_up: Moment | None) -> str:
    """What the owner is told after grading."""
    word = grades.WORDS[given.grade]
    if not given.is_first and not given.is_changed:
        return f"您评的已经是“{word}”。"
    opening = f"评价{'改为' if given.is_changed else '收到：'}“{word}”，谢谢。"
    if follow_up is not None:
        return f"{opening}没让您满意，抱歉。我们会换一位工作人员，在{expected(follow_up)}前回访您。"
    return opening + ("" if given.is_changed else "24小时内可以改。")


def gone(ticket: Ticket) -> str:
    """The owner wrote into a ticket that was settled in that very moment."""
    return f"工单{ticket.number}刚刚办结，这条没有转给工作人员。问题还在，请点“还没解决”。"


# To staff


def number_and_subject(ticket: Ticket) -> str:
    """One line for lists and topics."""
    return f"{ticket.number} {ticket.subject or '（内容已删除）'}"


def card(ticket: Ticket, house: House, assignee: str, due: Moment | None, now: datetime) -> list[tuple[str, str]]:
    """What stands at the head of a ticket: (label, text)."""
    rows = [
        ("工单", number_and_subject(ticket)),
        ("类别", f"{KINDS[ticket.kind]} · {states.PRIORITIES[ticket.priority]}"),
        ("状态", states.STATES[ticket.state] + (f" · {assignee}" if assignee else "")),
        ("用户", alias(ticket) + ("（正在用助手）" if ticket.bot_on else "")),
    ]
    if ticket.measure:
        rows.append(("事项", f"{house.title(ticket.measure) or '（知识库里已没有）'} [{ticket.measure}]"))
    if name := house.department_name(ticket.department):
        rows.append(("牵头单位", name))
    if due is not None:
        late = "，已超时" if due.at <= now else ""
        rows.append(("时限", f"{moment(due.at)}{'（暂定）' if due.provisional else ''}{late}"))
    rows += [(label, value) for label, value in tickets.pairs(ticket.details)]
    facts = "；".join(f"{label}：{value}" for label, value in tickets.pairs(ticket.facts))
    candidates = "；".join(f"{title} [{name}]" for name, title in tickets.pairs(ticket.candidates))
    return [*rows, *[(label, text) for label, text in (("已知情况", facts), ("助手想到的", candidates)) if text]]


def line(event: TicketEvent, ticket: Ticket, names: Mapping[int, str]) -> str:
    """What happened, for staff. ``names``: colleagues by number."""
    who = names.get(event.staff_id or 0, "系统") if event.actor is not Actor.OWNER else alias(ticket)
    detail = json.loads(event.detail)
    told = _TOLD.get(event.act, event.act)
    text = told.format(
        who=who,
        to=names.get(detail.get("to") or 0, "待办"),
        promise=_promise(detail.get("promise")),
        state=detail.get("now", ""),
        reason=failure(detail.get("reason", "")),
        people="、".join(names.get(number, "") for number in detail.get("people", [])) or "无人在岗",
        grade=grades.WORDS[grades.Grade(detail["grade"])] if "grade" in detail else "",
        priority=states.PRIORITIES[detail["priority"]] if "priority" in detail else "",
    )
    if event.file_kind:
        text += f"〔{FILES.get(event.file_kind, '文件')}{f' {event.file_name}' if event.file_name else ''}〕"
    return f"{text}{event.text}" if event.text else text.rstrip("：")


FILES = {"photo": "图片", "document": "文件", "voice": "语音", "video": "视频", "audio": "音频"}
_TOLD = {
    "opened": "{who}转人工",
    "joined": "{who}又问起：",
    "told": "{who}：",
    "edited": "{who}改为：",
    "claimed": "{who}领取",
    "released": "{who}退回待办：",
    "transferred": "{who}转给{to}：",
    "replied": "{who}答复：",
    "noted": "{who}备注：",
    "resolved": "{who}办结：",
    "closed": "{who}关闭：",
    "reopened": "{who}重新打开：",
    "prioritised": "{who}改为{priority}",
    "graded": "{who}评价：{grade} ",
    "follow_up": "要回访：换一个人办",
    "follow_up_withdrawn": "评价改好了，不用回访",
    "breached": "超时：{promise}",
    "escalated": "超时提醒（{promise}）：{people}",
    "given_back": "{who}叫回了助手",
    "taken_back": "{who}接着和人工说",
    "notice": "已告知用户现在不是工作时间",
    "undelivered": "没送到：{reason}",
}


def _promise(name: str | None) -> str:
    if name == "follow_up":
        return "回访"
    return service_levels.WORDS[Promise(name)] if name else ""


def failure(reason: str) -> str:
    """Why a message did not arrive, for staff."""
    known = {
        "blocked": "用户停用了机器人，换电话等方式联系",
        "chat not found": "找不到用户的聊天，可能已注销",
        "too late": "过了有效时间",
        "rejected as malformed": "内容不合平台规定",
        "interrupted": "网络中断，可能已送到",
        "ended while sending": "发送中断，可能已送到",
    }
    return next((words for start, words in known.items() if reason.startswith(start)), reason)


def reminder(ticket: Ticket, promise: str, due: datetime, *, own: bool) -> str:
    """To a colleague whose turn it is."""
    whose = "您经办的" if own else ""
    return f"⏰ {whose}工单 {number_and_subject(ticket)}：{_promise(promise)}已超时（应在{moment(due)}前）。"


def soon_after(name: str, seconds: float) -> str:
    """Two answer the same ticket."""
    return f"注意：{name} {int(seconds)} 秒前刚答复过这张工单，看看有没有重复或矛盾"
