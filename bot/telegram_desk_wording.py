"""What the staff's group reads besides the tickets themselves. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot import telegram_forum, telegram_render
from helpdesk import states, wording
from scheduler.content import Choice
from storage.ticket_tables import Staff, Ticket, TicketEvent

CARD = 3800  # characters; the rest of 4,096 is for what gets escaped or prefixed
NAME = 128  # characters of a topic's name, as Telegram counts them
LISTED = 15  # tickets in a digest

HELP = (
    "在话题里：长按用户的消息或工单卡片→回复，就发给用户；其余的话只有同事看得见。\n"
    "/claim 领取　/release 退回　/transfer 姓名或单位 [原因]\n"
    "/reply 文字 答复用户　/note 文字 内部备注　/canned [词] 现成答复\n"
    "/priority 特急|急|一般|不急　/resolve [结语] 办结　/close 关闭　/reopen 重新打开\n"
    "在话题外：/queue 待办　/claim 工单号 领取"
)
ANSWER_HOW = "这句没有发给用户。要发给用户，请回复他的消息或工单卡片，或用 /reply 文字。"
STALE = "这个按钮已失效，请看最新的工单卡片。"
FORGED = "这个按钮不是这张工单的，没有执行。"
NO_TICKET_HERE = "这里不是工单话题：请到工单的话题里用，或写上工单号，如 /claim HD-20261121-0007。"
NOT_SENT_ON = "{other}转不了，用户没有收到：请用文字、图片、文件、语音或视频。"
UNKNOWN_COMMAND = "没有这个命令。\n" + HELP
SPLIT = "〔说明太长，放在下一条〕"


def card(rows: Sequence[tuple[str, str]], transcript: str) -> str:
    """The head of a ticket: what is known of it, and what was said before."""
    head = "\n".join(f"{label}：{text}" for label, text in rows)
    if not transcript:
        return head[:CARD]
    said = [f"· {line}" for line in transcript.splitlines()]
    kept: list[str] = []
    room = CARD - len(head) - 20
    for line in reversed(said):
        room -= len(line) + 1
        if room < 0:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join((head[:CARD], "—— 转人工前用户说的 ——", *reversed(kept)))


def buttons(ticket: Ticket) -> tuple[tuple[Choice, ...], ...]:
    """What may be done with it as it stands."""

    def button(label: str, verb: str) -> Choice:
        return Choice(label=label, action=f"d:{verb}:{ticket.id}")

    if ticket.state in states.FREE:
        return ((button("领取", "claim"), button("转办", "to")),)
    if ticket.state in states.HELD:
        return (
            (button("办结", "resolve"), button("常用答复", "canned")),
            (button("转办", "to"), button("退回待办", "release")),
        )
    return ((button("重新打开", "reopen"),),)


def topic_name(ticket: Ticket) -> str:
    """Begins with the ticket's number, by which its topic is known again."""
    name = wording.number_and_subject(ticket)
    while telegram_render.units(name) > NAME:
        name = name[: len(name) - max(1, (telegram_render.units(name) - NAME) // 2)]
    return name


def digest(waiting: Sequence[Ticket], number: int, now: datetime) -> str:
    """Many tickets came at once: one message instead of many, the oldest first."""
    lines = [f"{number} 件工单在排队，话题按先后逐个建好（Telegram 限制群消息的速度）。最早的："]
    for place, ticket in enumerate(waiting[:LISTED], 1):
        minutes = int((now - ticket.created_at).total_seconds() // 60)
        waited = f"等了{minutes}分钟" if minutes else "刚来"
        lines.append(f"{place}. {wording.number_and_subject(ticket)[:60]}（{waited}）")
    if number > LISTED:
        lines.append(f"…还有{number - LISTED}件。")
    lines.append("要先办哪一件：/claim 工单号，它的话题就先建。")
    return "\n".join(lines)


def corrected(ticket: Ticket, event: TicketEvent) -> str:
    """A message of the owner, as it reads after a change."""
    return f"{wording.alias(ticket)}：{event.text}（改过）"


def undelivered(why: str) -> str:
    """Below the message that did not arrive."""
    return f"⚠️ 没有送到用户：{why}"


def queue(lines: Sequence[str], number: int) -> str:
    """What is waiting, as the group reads it."""
    if not lines:
        return "没有待办的工单。"
    more = f"\n…共{number}件" if number > len(lines) else ""
    return "待办（先到期的在前）：\n" + "\n".join(lines) + more


def colleagues(ticket: Ticket, staff: Sequence[Staff]) -> tuple[tuple[Choice, ...], ...]:
    """Whom it can be handed to."""
    choices = [Choice(label=one.name, action=f"d:give:{ticket.id}:{one.id}") for one in staff]
    return tuple(tuple(choices[start : start + 3]) for start in range(0, min(len(choices), 30), 3))


def fits_caption(text: str) -> bool:
    """Whether it may stand below a file."""
    return telegram_render.units(text) <= telegram_forum.CAPTION
