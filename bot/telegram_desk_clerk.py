"""The clerk of the staff's group: shows every ticket in a topic of its own, and what happens to it.

Reads the log of events and puts messages into the outbox, never more at once than the group takes in a short while:
what must wait stays in the log, where several lines of one ticket become one message.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from bot import telegram_desk_wording as words
from bot import telegram_render
from helpdesk import states, wording
from helpdesk.desk import Desk, file_of
from helpdesk.house import House
from scheduler.content import Content, File
from scheduler.timepiece import Bell, Timepiece
from storage import chats, leaders, outbox, ticket_topics, tickets
from storage.engine import Store, StoreUnavailableError
from storage.leases import new_owner
from storage.outbox import NewMessage
from storage.tables import ChatKind
from storage.ticket_tables import Actor, Ticket, TicketEvent, TicketState, TicketTopic

log = structlog.get_logger()

MOST = 6
"""Messages to the group that may wait to be sent: at 18 a minute, twenty seconds."""
MANY = 5
"""So many tickets without a topic are told of in one digest."""
DIGESTS = timedelta(minutes=5)
FULL = timedelta(minutes=1)
OFFICE = "desk clerk"
TERM = timedelta(seconds=10)
JOINED = 3500  # characters of several lines in one message
# What the card shows, or what stands in the group already.
UNSEEN = frozenset({"opened", "claimed", "released", "prioritised", "notice", "breached", "escalated"})
OF_OWNERS = frozenset({"told", "joined"})
"""To these an answer goes to the owner."""


@dataclass(frozen=True)
class Shown:
    """One message about some events of a ticket. ``to_owner``: an answer to it goes to the owner."""

    events: tuple[int, ...]
    text: str
    file: File | None = None
    edits: str = ""  # outbox key
    answers: str = ""  # the group's id of a message
    to_owner: bool = False
    drops: bool = False  # the topic shall go

    @property
    def is_plain(self) -> bool:
        """Whether it may share a message with the next."""
        return self.file is None and not (self.edits or self.answers or self.drops)


class Clerk:
    """One at a time works, whichever process it is in."""

    def __init__(
        self,
        store: Store,
        timepiece: Timepiece,
        house: Callable[[], House],
        channel: str,
        address: str,
        ring_sender: Callable[[], None],
        *,
        alone: bool = False,
        interval: float = 1.0,
        digests: timedelta = DIGESTS,
    ) -> None:
        self._store = store
        self._time = timepiece
        self._house = house
        self._channel = channel
        self._address = address
        self._ring_sender = ring_sender
        self._alone = alone
        self._interval = interval
        self._digests = digests
        self._name = new_owner()
        self._floor = 0  # all topics show everything up to this event
        self._full_at: datetime | None = None

    async def run(self, stop: asyncio.Event, bell: Bell) -> None:
        """Until ``stop``; ``bell`` rings when something happened."""
        while not stop.is_set():
            try:
                if await asyncio.to_thread(self.step):
                    self._ring_sender()
            except StoreUnavailableError as error:
                log.warning("store.away", role="clerk", error=str(error))
            if not stop.is_set():
                await bell.listen(self._time, self._interval)

    def step(self) -> int:
        """Show what may be shown now. Returns how many messages were put into the outbox."""
        now = self._time.now()
        with self._store.write() as session:
            if not self._alone and not leaders.stand(session, OFFICE, self._name, now, TERM):
                return 0
            group = chats.ensure(session, self._channel, self._address, ChatKind.GROUP, now)
            # Now and then everything is looked through: events of two processes may appear out of order.
            full = self._full_at is None or now >= self._full_at
            last = ticket_topics.last_event(session)
            work = Round(session, self._house(), now, group.id, 0 if full else self._floor, is_full=full)
            messages = work.messages(self._digests)
            put = outbox.put(session, messages, now)
            all_shown = not ticket_topics.behind(session, 1, work.floor)
        # In a new topic what happened before is shown as well.
        reaches_back = any(ticket_topics.is_opening(message.key) for message in messages)
        self._floor = 0 if reaches_back else last if all_shown else work.floor
        self._full_at = now + FULL if full else self._full_at
        if put:
            log.info("desk.shown", number=put)
        return put


@dataclass(frozen=True)
class Round:
    """One transaction of the clerk."""

    session: Session
    house: House
    now: datetime
    group: int
    floor: int = 0  # events up to this one are shown
    is_full: bool = True

    @property
    def desk(self) -> Desk:
        """For cards and names."""
        return Desk(self.session, self.house, self.now)

    def messages(self, digests: timedelta = DIGESTS) -> list[NewMessage]:
        """As many as the group has room for: what is said in topics, cards of tickets in hand, new topics, the rest."""
        self.desk.note_undelivered()
        room = MOST - ticket_topics.pending(self.session, self.group)
        found = [*self._digest(digests)]
        for source in (self._said, self._again, self._held_cards, self._new, self._other_cards):
            if len(found) < room:
                found += source(room - len(found))
        return found

    def _digest(self, every: timedelta) -> Iterator[NewMessage]:
        number = ticket_topics.waiting_count(self.session)
        if number <= MANY:
            return
        key = f"desk:digest:{self.group}:{int(self.now.timestamp() // every.total_seconds())}"
        if outbox.by_key(self.session, key) is None:
            waiting = ticket_topics.waiting(self.session, words.LISTED)
            content = Content(text=words.digest(waiting, number, self.now))
            yield ticket_topics.message(key, self.group, content.as_json())

    # What is said

    def _said(self, room: int) -> list[NewMessage]:
        found: list[NewMessage] = []
        for ticket, topic in ticket_topics.behind(self.session, room, self.floor):
            if len(found) >= room:
                break
            found += self._caught_up(ticket, topic, room - len(found))
        return found

    def _caught_up(self, ticket: Ticket, topic: TicketTopic, room: int) -> list[NewMessage]:
        events = tickets.events_of(self.session, ticket.id, topic.mirrored, 100)
        found: list[NewMessage] = []
        parts = Counter[int]()
        for shown in joined([one for event in events for one in self._shown(ticket, topic, event)]):
            if len(found) >= room and not parts[shown.events[0]]:
                break
            if shown.text or shown.file or shown.drops:
                found.append(self._message(ticket, topic, shown, parts[shown.events[0]]))
                parts[shown.events[0]] += 1
            topic.mirrored = max(topic.mirrored, *shown.events)
        return found

    def _shown(self, ticket: Ticket, topic: TicketTopic, event: TicketEvent) -> Iterator[Shown]:
        mine = (event.id,)
        detail = json.loads(event.detail)
        if event.act == "closed" and detail.get("why") == "forgotten":
            yield Shown(mine, "", drops=bool(topic.thread_id))
        elif event.act in UNSEEN or _stands_there(event, topic) or is_forgotten(ticket):
            yield Shown(mine, "")
        elif event.act == "edited":
            yield from self._changed(ticket, topic, event, int(detail.get("of", 0)))
        elif event.act == "undelivered":
            of = self.session.get(TicketEvent, int(detail.get("of", 0)))
            why = wording.failure(str(detail.get("reason", "")))
            here = of.source if of is not None and of.actor is Actor.STAFF and of.source else ""
            yield Shown(mine, words.undelivered(why), answers=here)
        else:
            text = wording.line(event, ticket, self.desk.names())
            file = file_of(event)
            to_owner = event.act in OF_OWNERS
            if file is not None and not words.fits_caption(text):
                yield Shown(mine, words.SPLIT, file=file, to_owner=to_owner)
                file = None
            for piece in telegram_render.split(text):
                yield Shown(mine, piece, file=file, to_owner=to_owner)

    def _changed(self, ticket: Ticket, topic: TicketTopic, event: TicketEvent, of: int) -> Iterator[Shown]:
        before = self.session.get(TicketEvent, of)
        if event.actor is not Actor.OWNER or before is None:
            # A colleague in the group changed a message that everybody there sees; in the terminal, nobody does.
            seen = before is not None and before.source
            text = "" if seen else wording.line(event, ticket, self.desk.names())
            yield Shown((event.id,), text)
            return
        shown = outbox.by_key(self.session, ticket_topics.shown(topic, of))
        text = words.corrected(ticket, event)
        if shown is None or (before.file_kind and not words.fits_caption(text)):
            yield Shown((event.id,), text, to_owner=True)
        else:
            yield Shown((event.id,), text, file=file_of(before), edits=shown.key, to_owner=True)

    def _message(self, ticket: Ticket, topic: TicketTopic, shown: Shown, part: int) -> NewMessage:
        key = ticket_topics.shown(topic, shown.events[0]) + (f":{part}" if part else "")
        if shown.drops:
            content = Content(text="", drops=topic.thread_id)
            return ticket_topics.message(f"{key}:drop", self.group, content.as_json())
        content = Content(text=shown.text, file=shown.file, answers=shown.answers or None)
        return ticket_topics.message(
            key,
            self.group,
            content.as_json(),
            ticket.id,
            edits=shown.edits,
            to_owner=shown.to_owner,
            belongs=ticket_topics.stamp(topic),
        )

    # Topics and cards

    def _new(self, room: int) -> list[NewMessage]:
        found: list[NewMessage] = []
        for ticket in ticket_topics.waiting(self.session, (room + 1) // 2):
            events = tickets.events_of(self.session, ticket.id, limit=1)
            topic = ticket_topics.wish(self.session, ticket, self.group, events[0].id if events else 0)
            found += self._topic(ticket, topic)
        return found

    def _again(self, room: int) -> list[NewMessage]:
        """Topics deleted by hand: made again, with everything said so far."""
        found: list[NewMessage] = []
        for ticket, topic in ticket_topics.lost(self.session, (room + 1) // 2):
            first = tickets.events_of(self.session, ticket.id, limit=1)
            topic.mirrored, topic.card_version = first[0].id if first else 0, ticket.version
            found += self._topic(ticket, topic)
        return found

    def _topic(self, ticket: Ticket, topic: TicketTopic) -> list[NewMessage]:
        opens = Content(text="", opens=words.topic_name(ticket))
        return [
            ticket_topics.message(ticket_topics.opening(topic), self.group, opens.as_json(), ticket.id),
            self._card(ticket, topic, ticket_topics.card(topic)),
        ]

    def _card(self, ticket: Ticket, topic: TicketTopic, key: str, *, edits: str = "") -> NewMessage:
        text = words.card(self.desk.card(ticket), ticket.transcript)
        content = Content(text=text, rows=words.buttons(ticket)).as_json()
        belongs = ticket_topics.stamp(topic)
        return ticket_topics.message(key, self.group, content, ticket.id, edits=edits, to_owner=True, belongs=belongs)

    def _held_cards(self, room: int) -> list[NewMessage]:
        return self._cards((*states.HELD, TicketState.RESOLVED), room)

    def _other_cards(self, room: int) -> list[NewMessage]:
        """Closed tickets are many: they are looked through only now and then."""
        return self._cards((*states.FREE, *((TicketState.CLOSED,) if self.is_full else ())), room)

    def _cards(self, of: Sequence[TicketState], room: int) -> list[NewMessage]:
        """Cards that show an older state; one that waits to be sent gets its words changed instead."""
        found: list[NewMessage] = []
        for ticket, topic in ticket_topics.outdated(self.session, of, 50):
            if len(found) >= room:
                break
            edit = self._card(
                ticket, topic, ticket_topics.edited_card(topic, ticket.version), edits=ticket_topics.card(topic)
            )
            last = outbox.by_key(self.session, topic.card_key or ticket_topics.card(topic))
            topic.card_version = ticket.version
            if is_forgotten(ticket) or last is None or last.content == edit.content:
                continue
            if not outbox.replace_waiting(self.session, last.key, edit.content):
                topic.card_key = edit.key
                found.append(edit)
        return found


def _stands_there(event: TicketEvent, topic: TicketTopic) -> bool:
    """Whether a colleague wrote it in this very topic."""
    own = event.actor is Actor.STAFF and event.source is not None
    return own and (topic.lost_at is None or event.at > topic.lost_at)


def is_forgotten(ticket: Ticket) -> bool:
    """Whether its owner had everything erased."""
    return ticket.state is TicketState.CLOSED and not ticket.subject


def joined(items: list[Shown]) -> Iterator[Shown]:
    """Lines that follow each other in one message, as long as it does not grow too long. Pure."""
    waiting: Shown | None = None
    for item in items:
        if waiting is not None and waiting.is_plain and item.is_plain and len(waiting.text) + len(item.text) < JOINED:
            text = "\n".join(filter(None, (waiting.text, item.text)))
            waiting = Shown((*waiting.events, *item.events), text, to_owner=waiting.to_owner or item.to_owner)
        else:
            if waiting is not None:
                yield waiting
            waiting = item
    if waiting is not None:
        yield waiting
