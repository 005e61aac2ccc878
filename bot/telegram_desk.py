"""The staff's group: what colleagues write, press and send there, done through the helpdesk.

An answer to a message of the owner, or to a ticket's card, goes to the owner; everything else stays in the group.
Whatever goes wrong is said where it was tried.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot import telegram_desk_places, telegram_desk_updates, telegram_forum
from bot import telegram_desk_wording as words
from bot.telegram_desk_updates import Deed, Happening
from bot.telegram_updates import CHANNEL, Me
from helpdesk import canned, states
from helpdesk import wording as tickets_wording
from helpdesk.desk import Desk
from helpdesk.house import House
from helpdesk.states import DeskError, NoSuchStaffError
from scheduler.content import Choice, Content
from storage import chats, outbox, staff, ticket_topics, tickets
from storage.outbox import NewMessage
from storage.tables import Chat, ChatKind, Inbox, Lane
from storage.ticket_tables import Priority, Staff, Ticket

log = structlog.get_logger()

SHOWN = 20  # tickets of the queue, ready answers
_ACTION = re.compile(r"d:([a-z]+):(\d{1,18})(?::(.{1,40}))?")
_PRIORITIES = {word: priority for priority, word in states.PRIORITIES.items()}


class NoTicketHereError(DeskError):
    """这里不是工单话题：请到工单的话题里用，或写上工单号，如 /claim HD-20261121-0007"""


class ForgedError(DeskError):
    """这个按钮不是这张工单的，没有执行"""


class StaleButtonError(DeskError):
    """这个按钮已失效，请看最新的工单卡片"""


class NoSuchCommandError(DeskError):
    """没有这个命令，/help 看有哪些"""


class NoSuchPriorityError(DeskError):
    """缓急写：特急、急、一般、不急"""


class NotSentOnError(DeskError):
    """{}转不了，用户没有收到：请改用文字、图片、文件、语音或视频"""


@dataclass(frozen=True)
class Group:
    """The group. ``address`` is its chat."""

    address: str
    me: Me

    def handle(self, session: Session, row: Inbox, now: datetime, house: House) -> None:
        """Everything that one update of the group brings about. Raises ``UnreadableUpdateError``."""
        happening = telegram_desk_updates.read(row.payload, self.me)
        chat = chats.ensure(session, CHANNEL, self.address, ChatKind.GROUP, now)
        if happening.deed is Deed.BOT_LEFT:
            chats.block(session, chat.id, now)
            log.error("desk.shut_out", why="机器人被移出坐席群，工单只能在终端处理")
            return
        if chat.blocked_at is not None:  # whatever comes from it, it has let us in again
            chats.unblock(session, chat.id)
            ticket_topics.revive(session, chat.id, now)
        if happening.deed is Deed.TOPIC_MADE:
            self._adopt(session, chat, happening, now)
        elif happening.deed in (Deed.WROTE, Deed.COMMANDED, Deed.PRESSED, Deed.EDITED):
            _Visit(house, session, row, chat, happening, now).work()

    def _adopt(self, session: Session, chat: Chat, happening: Happening, now: datetime) -> None:
        extra = telegram_desk_places.adopt(session, chat.id, happening.name, happening.thread, now)
        if extra is not None:
            log.warning("desk.extra_topic", thread=extra)
            content = Content(text="", drops=extra).as_json()
            outbox.put(session, [ticket_topics.message(f"desk:extra:{extra}", chat.id, content)], now)


@dataclass(frozen=True)
class _Visit:
    """One update of a colleague in one transaction."""

    house: House
    session: Session
    row: Inbox
    chat: Chat
    happening: Happening
    now: datetime

    @property
    def desk(self) -> Desk:
        return Desk(self.session, self.house, self.now)

    def work(self) -> None:
        """Do what is wanted; say what was not possible."""
        told: Content | str | None
        try:
            told = self._done()
        except DeskError as error:
            log.info("desk.refused", why=type(error).__name__, sender=self.happening.sender)
            told = f"{error}。" if not str(error).endswith("。") else str(error)
        self._tell(told)

    def _done(self) -> Content | str | None:
        match self.happening.deed:
            case Deed.PRESSED:
                return self._pressed()
            case Deed.COMMANDED:
                return self._commanded()
            case Deed.EDITED:
                return self._edited()
        return self._wrote()

    def _tell(self, told: Content | str | None) -> None:
        """A pressed button is answered in any case; words go to whoever pressed it, or below the message."""
        happening = self.happening
        content = Content(text=told) if isinstance(told, str) else told
        found: list[NewMessage] = []
        if happening.query:
            brief = content is not None and not content.rows and len(content.text) <= telegram_forum.ALERT
            text = content.text if content and brief else ""
            answer = Content(text=text, query=happening.query, answers=happening.source or None)
            found.append(self._message("query", answer, Lane.INTERACTIVE))
            content = None if brief else content
        if content is not None:
            # What answers a message stands in that message's topic by itself.
            content = content.model_copy(update={"answers": happening.source or None})
            found.append(self._message("told", content, Lane.TICKET))
        outbox.put(self.session, found, self.now)

    def _message(self, part: str, content: Content, lane: Lane) -> NewMessage:
        thread = self.happening.thread
        topic = ticket_topics.of_thread(self.session, self.chat.id, thread) if thread else None
        key, ticket = f"desk:{self.row.id}:{part}", topic.ticket_id if topic else None
        return replace(ticket_topics.message(key, self.chat.id, content.as_json(), ticket), lane=lane)

    # Who and what

    def _staff(self) -> Staff:
        return self.desk.member(CHANNEL, self.happening.sender)

    def _here(self) -> Ticket | None:
        """The ticket of the topic, or of the message answered where there are no topics."""
        happening = self.happening
        if happening.thread:
            topic = ticket_topics.of_thread(self.session, self.chat.id, happening.thread)
            return self.session.get(Ticket, topic.ticket_id) if topic else None
        shown = happening.answered or (happening.source if happening.query else "")
        row = ticket_topics.of_message(self.session, self.chat.id, shown) if shown else None
        number = row.key.split(":")[1] if row is not None and row.key.startswith("ticket:") else ""
        return self.session.get(Ticket, int(number)) if number else None

    def _ticket(self, named: str = "") -> Ticket:
        found = self.desk.find(named) if named else self._here()
        if found is None:
            raise NoTicketHereError
        return found

    # Words

    def _wrote(self) -> Content | str | None:
        """To the owner where it answers something of the owner's; else chatter, which concerns nobody."""
        happening = self.happening
        if not happening.answered or (ticket := self._here()) is None:
            return None
        if not self._is_to_owner(ticket):
            return words.ANSWER_HOW
        if happening.other and not happening.text:
            self._staff()
            raise NotSentOnError(happening.other)
        return self._reply(ticket, happening.text)

    def _is_to_owner(self, ticket: Ticket) -> bool:
        row = ticket_topics.of_message(self.session, self.chat.id, self.happening.answered)
        topic = ticket_topics.get(self.session, ticket.id)
        return row is not None and topic is not None and ticket_topics.leads_to_owner(row)

    def _reply(self, ticket: Ticket, text: str) -> str | None:
        colleague = self._staff()
        replied = self.desk.reply(ticket, colleague, text, self.happening.file, self.happening.source)
        return "\n".join(replied.warnings) or None

    def _edited(self) -> str | None:
        """A colleague corrects an answer or a note of theirs; other edits concern nobody."""
        here = self._here()
        event = tickets.by_source(self.session, here.id, self.happening.source) if here is not None else None
        if event is None or event.act not in {"replied", "noted"}:
            return None
        text = self.happening.text
        found = telegram_desk_updates.COMMAND.fullmatch(text)
        how = self.desk.edited(event, self._staff(), (found[3] or "") if found else text)
        return "先前那条改不了，已作为更正另发一条给用户。" if how == "again" else None

    # Commands

    def _commanded(self) -> Content | str | None:
        verb, rest = self.happening.command, self.happening.text
        if verb in {"help", "start"}:
            return words.HELP
        does = self._verbs().get(verb)
        if does is None:
            raise NoSuchCommandError
        return does(rest)

    def _verbs(self) -> dict[str, Callable[[str], Content | str | None]]:
        return {
            "claim": lambda rest: self._claim(self._ticket(rest)),
            "release": lambda rest: self._release(self._ticket(), rest),
            "transfer": lambda rest: self._transfer(self._ticket(), rest),
            "reply": lambda rest: self._reply(self._ticket(), rest),
            "note": lambda rest: self._note(self._ticket(), rest),
            "canned": lambda rest: self._canned(self._ticket(), rest),
            "priority": lambda rest: self._prioritise(self._ticket(), rest),
            "resolve": lambda rest: self._resolve(self._ticket(), rest),
            "close": lambda rest: self._close(self._ticket(), rest),
            "reopen": lambda rest: self._reopen(self._ticket(), rest),
            "queue": lambda rest: self._queue(),
        }

    def _claim(self, ticket: Ticket) -> str:
        taken = self.desk.claim(ticket, self._staff())
        return f"{taken.number} 由您办理。"

    def _release(self, ticket: Ticket, why: str) -> str:
        return f"{self.desk.release(ticket, self._staff(), why).number} 已退回待办。"

    def _transfer(self, ticket: Ticket, rest: str) -> Content | str:
        colleague = self._staff()
        name, _, why = rest.partition(" ")
        if not name:
            return self._whom(ticket)
        try:
            to = self.desk.colleague(name)
        except NoSuchStaffError:
            department = self._department(name)
            if department is None:
                raise
            self.desk.transfer(ticket, colleague, department=department, why=why.strip())
            return f"{ticket.number} 已转给{name}待办。"
        self.desk.transfer(ticket, colleague, to, why=why.strip())
        return f"{ticket.number} 已转给{to.name}。"

    def _department(self, name: str) -> str | None:
        channels = self.house.catalogue.channels.values()
        return next((one.id for one in channels if name in (one.title, *one.aliases)), None)

    def _whom(self, ticket: Ticket) -> Content:
        others = [one for one in staff.active(self.session) if one.id != ticket.assignee_id]
        if not others:
            raise NoSuchStaffError("其他同事")
        return Content(text=f"{ticket.number} 转给谁？", rows=words.colleagues(ticket, others))

    def _note(self, ticket: Ticket, text: str) -> None:
        self.desk.note(ticket, self._staff(), text, self.happening.file, self.happening.source)

    def _canned(self, ticket: Ticket, rest: str) -> Content | str:
        self._staff()
        found = self.desk.canned(ticket, rest)
        if not found:
            return "知识库里没有现成的答复：/canned 后面加几个词再找，或直接回复。"
        lines = [f"{place}. {one.text}" for place, one in enumerate(found, 1)]
        kept = [line for at, line in enumerate(lines) if sum(map(len, lines[: at + 1])) < words.CARD][:8]
        choices = [
            Choice(label=f"发第{place}条", action=action)
            for place, one in enumerate(found[: len(kept)], 1)
            if len((action := f"d:send:{ticket.id}:{one.id}").encode()) <= 64
        ]
        rows = tuple(tuple(choices[start : start + 4]) for start in range(0, len(choices), 4))
        return Content(text="\n\n".join(kept), rows=rows)

    def _prioritise(self, ticket: Ticket, word: str) -> str:
        priority = _PRIORITIES.get(word.strip()) or next((p for p in Priority if p.value == word.strip()), None)
        if priority is None:
            raise NoSuchPriorityError
        self.desk.prioritise(ticket, self._staff(), priority)
        return f"{ticket.number} 改为{states.PRIORITIES[priority]}。"

    def _resolve(self, ticket: Ticket, text: str) -> str:
        resolved = self.desk.resolve(ticket, self._staff(), text)
        proposed = "这个问题已提到知识库待审（./huiqi kb proposals）。" if resolved.proposal else ""
        return f"{ticket.number} 已办结，已请用户评价。{proposed}"

    def _close(self, ticket: Ticket, why: str) -> str:
        return f"{self.desk.close(ticket, self._staff(), why).number} 已关闭。"

    def _reopen(self, ticket: Ticket, why: str) -> str:
        return f"{self.desk.reopen(ticket, self._staff(), why).number} 已重新打开。"

    def _queue(self) -> str:
        self._staff()
        lines = self.desk.queue()
        return words.queue([_line(self.desk, one.ticket) for one in lines[:SHOWN]], len(lines))

    # Buttons

    def _pressed(self) -> Content | str | None:
        colleague = self._staff()
        found = _ACTION.fullmatch(self.happening.action)
        if found is None:
            raise StaleButtonError
        verb, number, rest = found[1], int(found[2]), found[3] or ""
        ticket = self.session.get(Ticket, number)
        here = self._here()
        if ticket is None or here is None or here.id != ticket.id:
            log.warning("desk.forged", sender=self.happening.sender, action=self.happening.action)
            raise ForgedError
        return self._button(verb, ticket, rest, colleague)

    def _button(self, verb: str, ticket: Ticket, rest: str, colleague: Staff) -> Content | str | None:
        match verb:
            case "claim":
                return self._claim(ticket)
            case "release":
                return self._release(ticket, "")
            case "resolve":
                return self._resolve(ticket, "")
            case "reopen":
                return self._reopen(ticket, "")
            case "canned":
                return self._canned(ticket, "")
            case "to":
                return self._whom(ticket)
            case "give" if rest.isdecimal() and (to := staff.get(self.session, int(rest))) is not None:
                self.desk.transfer(ticket, colleague, to)
                return f"{ticket.number} 已转给{to.name}。"
            case "send":
                text = canned.get(self.house, rest, self.now).text
                replied = self.desk.reply(ticket, colleague, text)
                return "\n".join(("已发给用户。", *replied.warnings))
        raise StaleButtonError


def _line(desk: Desk, ticket: Ticket) -> str:
    line = desk.line(ticket)
    due = f" · {tickets_wording.moment(line.due.at)}" if line.due else ""
    late = "（超时）" if line.is_late else ""
    who = f" · {line.assignee}" if line.assignee else ""
    return f"{tickets_wording.number_and_subject(ticket)[:60]}{who}{due}{late}"
