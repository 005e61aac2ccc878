"""Where a message of the desk goes, looked up at the moment of sending: the topic may not be there yet, or no more.

A topic is made once. A process that ends while it asks for one cannot know whether it was made; Telegram tells the
bot of every topic, so what is uncertain waits until that word has had time to come (see telegram_desk.adopt).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from scheduler.content import Content
from scheduler.errors import Fault
from scheduler.outbox import Instead, Later, Skip
from storage import inbox, outbox, ticket_topics, tickets
from storage.outbox import Claimed
from storage.tables import Lane, OutboxState
from storage.ticket_tables import Ticket, TicketTopic

log = structlog.get_logger()

PATIENCE = timedelta(seconds=10)
"""How long the word of a topic may take."""
MANY = 5
"""Looks of the sender between two at a message that waits for its topic: they must not keep the topic waiting."""
MAYBE = "may have been made"
CAUGHT = "ended while sending"
HOPELESS = (Fault.REJECTED.value, Fault.GONE.value, Fault.BLOCKED.value)


@dataclass(frozen=True)
class Places:
    """A gate of the sender. ``soon``: when to look again for what is not there yet."""

    channel: str
    patience: timedelta = PATIENCE
    soon: timedelta = timedelta(seconds=1)

    def __call__(self, session: Session, item: Claimed, now: datetime) -> Skip | Later | Instead | None:
        """What becomes of a message of the desk; all others go as they are."""
        if item.row.checks is None or item.row.lane > Lane.TICKET:
            return None
        place: Mapping[str, Any] = json.loads(item.row.checks)
        topic = ticket_topics.get(session, int(place["ticket"])) if place.get("ticket") else None
        if topic is None:
            return None
        content = Content.from_json(item.row.content)
        if content.query is not None:
            return None  # it goes to whoever pressed, not into the topic
        if content.opens is not None:
            return self._opening(session, item, topic, now)
        return self._placed(session, item, topic, content, place, now)

    def _opening(self, session: Session, item: Claimed, topic: TicketTopic, now: datetime) -> Skip | Later | None:
        if topic.thread_id is not None or item.row.key != ticket_topics.opening(topic):
            return Skip("made already")
        reason = item.row.reason or ""
        if item.row.attempts and (reason == CAUGHT or reason.startswith(Fault.INTERRUPTED.value)):
            return Later(now + self.patience, MAYBE)
        if reason == MAYBE and inbox.has_pending(session, self.channel, item.chat.address):
            return Later(now + self.soon, MAYBE)
        return None

    def _placed(
        self,
        session: Session,
        item: Claimed,
        topic: TicketTopic,
        content: Content,
        place: Mapping[str, Any],
        now: datetime,
    ) -> Skip | Later | Instead:
        reason = item.row.reason or ""
        if reason.startswith(Fault.NO_TOPIC.value) and reason.endswith(f": {topic.thread_id}"):
            log.warning("desk.topic_lost", ticket=topic.ticket_id, thread=topic.thread_id)
            ticket_topics.lose(topic, now)
        if place.get("belongs", ticket_topics.stamp(topic)) != ticket_topics.stamp(topic):
            return Skip("shown in the new topic")
        if not _is_made(session, topic, now):
            return Later(now + self.soon * MANY, "no topic yet")
        changes: dict[str, object] = {"thread": topic.thread_id or None}
        if key := place.get("edits"):
            edited = None if reason.startswith(Fault.NO_EDIT.value) else outbox.by_key(session, key)
            if edited is not None and edited.state in outbox.OPEN:
                return Later(now + self.soon, "what it edits is not sent yet")
            changes["edits"] = edited.provider_id if edited is not None else None
        if topic.thread_id == ticket_topics.FLAT:
            number = session.get_one(Ticket, topic.ticket_id).number
            changes["text"] = f"［{number}］\n{content.text}"
        return Instead(content.model_copy(update=changes).as_json())


def _is_made(session: Session, topic: TicketTopic, now: datetime) -> bool:
    if topic.thread_id is not None:
        return True
    row = outbox.by_key(session, ticket_topics.opening(topic))
    if row is not None and row.state == OutboxState.SENT and row.provider_id:
        ticket_topics.made(topic, row.provider_id, now)
    elif row is not None and row.state == OutboxState.DEAD:
        if (row.reason or "").startswith(HOPELESS):
            log.error("desk.no_topics", reason=row.reason, why="群没有开启话题，或机器人没有管理话题的权限")
            ticket_topics.made(topic, ticket_topics.FLAT, now)
        else:
            ticket_topics.lose(topic, now)  # it is wished for again
    return topic.thread_id is not None


def adopt(session: Session, chat_id: int, name: str, thread: str, now: datetime) -> str | None:
    """The word of a topic of ours came. Returns the topic to be deleted, where it is one too many."""
    ticket = tickets.by_number(session, name.split(" ", 1)[0])
    topic = ticket_topics.get(session, ticket.id) if ticket is not None else None
    if topic is None or topic.chat_id != chat_id:
        return None
    if not _is_made(session, topic, now) and outbox.by_key(session, ticket_topics.opening(topic)) is not None:
        ticket_topics.made(topic, thread, now)
    return thread if topic.thread_id not in (None, thread) else None
