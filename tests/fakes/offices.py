"""A helpdesk in one process on time that passes when we say so: real worker, clerk and sender, real HTTP to the fake."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot import telegram_updates
from bot.telegram import Telegram
from bot.telegram_desk_part import DeskOptions
from bot.telegram_updates import CHANNEL, Me
from bot.worker import Worker
from handlers.conversation import Conversation
from helpdesk.desk import Desk
from helpdesk.house import House
from scheduler.outbox import Sender
from scheduler.timepiece import Bell
from storage import chats, inbox, outbox, staff, tickets
from storage.engine import Store
from storage.tables import ChatKind
from storage.ticket_tables import Role, Staff, Ticket, TicketState
from tests.fakes import minds
from tests.fakes.telegram.world import Seen, World
from tests.fakes.timepiece import FakeTime

GROUP = -1007
ME = Me(4242, "huiqi_test_bot")
AGENT, OTHER, LEAD = 901, 902, 903


@dataclass
class Office:
    """Everything of one installation but the signals."""

    store: Store
    time: FakeTime
    world: World
    telegram: Telegram
    talk: Conversation = field(default_factory=minds.conversation)
    house: House = field(default_factory=lambda: House(minds.catalogue()))

    def __post_init__(self) -> None:
        options = DeskOptions(str(GROUP), lambda: self.house)
        alone = self.store.is_sqlite
        self.worker = Worker(
            self.store, self.time, Bell(), lambda: None, ME, per_minute=1000, group=options.group(ME), alone=alone
        )
        self.clerk = options.clerk(self.store, self.time, lambda: None)
        self.sender = Sender(self.store, self.telegram, self.time, Bell(), gates=(options.places(),), alone=alone)

    def hire(self) -> None:
        """Two agents and a lead; the group and everybody in it are known."""
        with self.store.write() as session:
            for number, role, name in (
                (AGENT, Role.AGENT, "李明"),
                (OTHER, Role.AGENT, "王芳"),
                (LEAD, Role.LEAD, "赵强"),
            ):
                staff.add(session, name, role, self.time.now(), CHANNEL, str(number))

    async def run(self, seconds: float = 20.0, step: float = 0.5) -> None:
        """So many seconds pass, in which everybody does their work; with nothing left to do they pass at once.

        ``step``: seconds between two looks.
        """
        end = self.time.now() + timedelta(seconds=seconds)
        was_idle = False
        while (left := (end - self.time.now()).total_seconds()) > 0:
            self.take_in()
            while self.worker.step(self.talk):
                pass
            shown = self.clerk.step()
            wait = await self.sender.step()
            await self.sender.settled()
            idle = not shown and self.is_idle()
            self.time.advance(left if idle and was_idle else max(wait, step))
            was_idle = idle

    def is_idle(self) -> bool:
        """Whether nothing waits to be sent or handled."""
        with self.store.read() as session:
            waiting = outbox.counts(session)
            return not self.world.updates and not any(waiting.get(state) for state in outbox.OPEN)

    def take_in(self) -> None:
        """What people did comes into the inbox."""
        updates = [telegram_updates.raw(update) for update in self.world.pending(1000)]
        self.world.updates.clear()
        with self.store.write() as session:
            inbox.put(session, CHANNEL, updates, self.time.now())

    # What there is

    @property
    def topics(self) -> list[int]:
        """The topics there are now, in the order they were made."""
        return [number for chat, number in self.world.topics if chat == GROUP]

    def seen(self, thread: int | None = None) -> list[Seen]:
        """What stands in a topic, the newest one where none is named; its card first."""
        return self.world.topic(GROUP, thread or self.topics[-1])

    def texts(self, thread: int | None = None) -> list[str]:
        """The same, the texts."""
        return [seen.text for seen in self.seen(thread)]

    def card(self, thread: int | None = None) -> Seen:
        """The head of a topic."""
        return self.seen(thread)[0]

    def outside(self) -> list[str]:
        """What stands in the group outside of all topics."""
        return [seen.text for seen in self.world.topic(GROUP, None)]

    def tickets(self) -> list[Ticket]:
        """All tickets, oldest first."""
        with self.store.read() as session:
            return tickets.in_states(session, list(TicketState))

    def staff(self, number: int) -> Staff:
        """A colleague."""
        with self.store.read() as session:
            found = staff.find(session, CHANNEL, str(number))
            assert found is not None
            return found

    def desk(self, session) -> Desk:  # type: ignore[no-untyped-def]  # a transaction
        """The desk of the terminal."""
        return Desk(session, self.house, self.time.now())

    def alerts(self) -> list[str]:
        """What those who pressed buttons were told, in order."""
        return [str(given.get("text", "")) for given in self.world.answered.values()]

    # What people do

    def asks(self, person: int, words: str = "转人工") -> None:
        """An owner wants a human."""
        self.world.says(person, words)

    def writes(self, person: int, text: str, thread: int | None = None, answers: Seen | None = None) -> int:
        """A colleague writes in a topic. Returns the message's number."""
        self.world.says(
            person, text, GROUP, thread=thread or self.topics[-1], reply_to=answers.number if answers else None
        )
        return self.world.wrote(person, GROUP)

    def presses(self, person: int, label: str, thread: int | None = None) -> None:
        """A colleague presses a button in a topic."""
        self.world.presses(person, label, GROUP, thread=thread or self.topics[-1])

    def chat(self, address: int) -> int:
        """The number of a chat in the database."""
        with self.store.write() as session:
            return chats.ensure(session, CHANNEL, str(address), ChatKind.PRIVATE, self.time.now()).id
