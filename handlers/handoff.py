"""When a human is wanted, has the talk, or had it: what goes to the ticket, what the assistant still says itself."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from handlers import acts, arrears, memory
from handlers.person import LiveTicket, Person
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from handlers.ticket_effects import GiveBack, GradeTicket, OpenTicket, Pairs, ReopenTicket, TakeBack, TellTicket
from handlers.turn import Message, Turn
from policy_kb import values
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Unknown
from policy_kb.search import Hit
from storage import masking

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that can be looked at by whoever works on the ticket."""
CANDIDATES = 4
BACK = Button("回到人工", "human:back")
KINDS = {"progress": "progress", "upset": "complaint"}
UNHELPFUL = frozenset({ReplyKind.UNKNOWN, ReplyKind.CLARIFY, ReplyKind.OUT_OF_SCOPE, ReplyKind.HANDOFF})
_NOTHING = Reply("", ReplyKind.HANDOFF)
_DECLINES = re.compile(
    r"^(?:这|那|还|你|说|讲|回答)?(?:得|的)?(?:不对|不是(?:这个|这样|这意思|我(?:要|想)?问的)|没用|没有用|不管用|白问|白说|不行)|"
    r"还是(?:不|没)(?:明白|清楚|懂|知道|解决|回答)|答非所问|没(?:听|看|搞)懂|听不懂|看不懂|"
    r"等于没(?:说|答|讲)|没(?:有)?回答我|没帮(?:上|到)|帮不(?:上|到)|(?:不是|没)我要的"
)


class Searches(Protocol):
    """What is needed of the understanding."""

    def search(self, text: str) -> Sequence[Hit]:
        """Entries of the catalogue near to a text."""


def first(message: Message, session: Session, as_of: date, person: Person, catalogue: Catalogue) -> Turn | None:
    """What a message is before it is read as a question: for the human who has the talk, a ticket's button, a form."""
    ticket = person.ticket
    if message.edited:
        effects = (TellTicket(ticket.id, message.text, source=message.source, edited=True),) if ticket else ()
        return Turn(_NOTHING, session, effects, silent=True)
    if message.action is not None:
        return _pressed(message.action, session, ticket) or arrears.pressed(message.action, session, catalogue, as_of)
    if message.text.startswith("/"):
        return _commanded(message.text, session, ticket)
    if message.file is not None and ticket is not None and not ticket.bot_on:
        return _sent(message, session, ticket)
    if ticket is not None and ticket.with_human:
        return Turn(_NOTHING, session, (_told(message, ticket),), silent=True)
    return arrears.typed(message.text.strip(), session, catalogue, as_of)


def _told(message: Message, ticket: LiveTicket) -> TellTicket:
    return TellTicket(ticket.id, message.text, message.file, message.source or None)


def _sent(message: Message, session: Session, ticket: LiveTicket) -> Turn:
    """A file for the ticket."""
    size = message.file.size if message.file else None
    if size is not None and size > LARGEST:
        text = f"这个文件有{-(-size // 2**20)}MB，超过20MB，没有转给人工：请压缩后再发，或分成几个，也可以用文字说明。"
        return Turn(Reply(text, ReplyKind.HANDOFF), session)
    if ticket.with_human:
        return Turn(_NOTHING, session, (_told(message, ticket),), silent=True)
    return Turn(Reply(_added(ticket), ReplyKind.HANDOFF), session, (_told(message, ticket),))


def _added(ticket: LiveTicket) -> str:
    return f"已补充到工单{ticket.number}，人工会看到。要我先回答，直接问政策就行。"


def accompanied(turn: Turn, message: Message, person: Person, *, dialog: bool) -> Turn:
    """While a ticket waits for somebody the assistant still answers, and what was said goes along to the ticket.

    ``dialog``: the message answered a question of the assistant's own.
    """
    ticket = person.ticket
    if ticket is None or ticket.bot_on or ticket.with_human or message.action is not None or dialog:
        return turn
    if message.text.startswith("/") or not message.text.strip() or turn.silent:
        return turn
    if any(isinstance(effect, OpenTicket | TellTicket) for effect in turn.effects):
        return turn
    effects = (*turn.effects, _told(message, ticket))
    if turn.reply.kind not in UNHELPFUL:
        return replace(turn, effects=effects)
    return replace(turn, reply=Reply(_added(ticket), ReplyKind.HANDOFF), effects=effects)


# Commands and buttons


def _commanded(text: str, session: Session, ticket: LiveTicket | None) -> Turn | None:
    name = text[1:].partition(" ")[0].split("@")[0].lower()
    if name == "bot":
        return _give_back(session, ticket)
    if name == "human" and ticket is not None:
        return _take_back(session, ticket)
    return None


def _give_back(session: Session, ticket: LiveTicket | None) -> Turn:
    if ticket is None or ticket.bot_on:
        return Turn(Reply("我在，政策上的问题直接问我就行。", ReplyKind.GREETING), session)
    text = f"好，接下来由我回答。工单{ticket.number}还在，人工有答复会照样发给您；要接着和人工说，点“回到人工”。"
    return Turn(Reply(text, ReplyKind.HANDOFF, buttons=(BACK,)), session, (GiveBack(ticket.id),))


def _take_back(session: Session, ticket: LiveTicket) -> Turn:
    effects = (TakeBack(ticket.id),) if ticket.bot_on else ()
    whose = "人工正在办" if ticket.with_human or ticket.bot_on else "在等人工接手"
    text = f"工单{ticket.number}{whose}，有话直接发在这里，会转给人工。"
    return Turn(Reply(text, ReplyKind.HANDOFF), session, effects)


def _pressed(action: str, session: Session, ticket: LiveTicket | None) -> Turn | None:
    verb, _, rest = action.partition(":")
    number, _, grade = rest.partition(":")
    if verb == "grade" and number.isdecimal() and grade in {"1", "2", "3", "4", "5"}:
        return Turn(_NOTHING, session, (GradeTicket(int(number), int(grade)),), silent=True)
    if verb == "reopen" and number.isdecimal():
        return Turn(_NOTHING, session, (ReopenTicket(int(number)),), silent=True)
    if action == "human:back":
        if ticket is None:
            return Turn(
                Reply("没有在办的工单了。要找人工，点“转人工”。", ReplyKind.HANDOFF, buttons=(acts.HUMAN,)), session
            )
        return _take_back(session, ticket)
    return None


# Offering and asking


def declines(text: str, session: Session) -> bool:
    """Whether the owner does not accept that nothing was found, or what was offered instead."""
    return session.offered == "human" and len(text) <= 30 and _DECLINES.search(text) is not None


def ask(session: Session, catalogue: Catalogue, mind: Searches, reason: str, subject: str = "") -> OpenTicket:
    """The wish for a human, with all that is known: what was said, facts told, what the assistant thought of."""
    measure = next((name for name in session.focus if name in catalogue.measures), None)
    title = catalogue.measures[measure].title if measure else subject
    return OpenTicket(
        subject=title or _last(session) or "转人工",
        measure=measure,
        reason=reason,
        transcript=tuple(session.said),
        kind=KINDS.get(reason, "advisory"),
        facts=_facts(session, catalogue),
        candidates=_candidates(session, catalogue, mind),
    )


def _last(session: Session) -> str:
    return session.said[-1][:40] if session.said else ""


def _facts(session: Session, catalogue: Catalogue) -> Pairs:
    known = [
        (catalogue.facts[name], values.from_json(told.value))
        for name, told in session.facts.items()
        if name in catalogue.facts
    ]
    return tuple(
        (fact.label, masking.mask(memory.plainly(fact, value)))
        for fact, value in known
        if not isinstance(value, Unknown)
    )


def _candidates(session: Session, catalogue: Catalogue, mind: Searches) -> Pairs:
    """What the talk was about, then what comes near to the last thing said."""
    found = [name for name in session.focus if name in catalogue.entries]
    if said := _last(session):
        found += [hit.entry for hit in mind.search(said)[:CANDIDATES]]
    return tuple((name, catalogue.entries[name].title) for name in dict.fromkeys(found) if name in catalogue.entries)[
        :CANDIDATES
    ]
