"""People with subscriptions and enterprises, a clock, a sender with its gates, and a letter box that keeps the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from handlers import notices as texts
from policy_kb import fact_texts, values
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Facts
from scheduler import pacing
from scheduler.content import Content
from scheduler.notice_gate import Gate
from scheduler.outbox import Sender
from scheduler.reminding import Reminding
from scheduler.timepiece import Bell
from storage import chats, enterprises, outbox, subscriptions
from storage.engine import Store
from storage.subscription_tables import Notice, Scope
from storage.tables import ChatKind, OutboxState
from storage.times import SHANGHAI
from tests.fakes.timepiece import FakeTime


def at(day: date | str, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A moment in Asia/Shanghai."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(found, time(hour, minute, second), SHANGHAI)


def facts(written: Mapping[str, Any], catalogue: Catalogue) -> Facts:
    """Facts as the catalogue's examples write them."""
    return {name: fact_texts.parse(catalogue.facts[name], text) for name, text in written.items()}


def kept(told: Facts) -> dict[str, Any]:
    """Facts as an enterprise keeps them."""
    return {name: {"value": values.to_json(value)} for name, value in told.items()}


@dataclass
class Letter:
    """What somebody received, and when."""

    at: datetime
    address: str
    content: Content


@dataclass
class LetterBox:
    """A channel that keeps everything."""

    time: FakeTime
    name: str = "telegram"
    letters: list[Letter] = field(default_factory=list)

    async def deliver(self, address: str, content: Content) -> str | None:
        self.letters.append(Letter(self.time.now().astimezone(SHANGHAI), address, content))
        return str(len(self.letters))


class Town:
    """Everything together, on a clock of its own. `today`: the real day, where it is not the clock's."""

    def __init__(self, store: Store, catalogue: Catalogue, start: datetime, today: date | None = None) -> None:
        self.store = store
        self.catalogue = catalogue
        self.time = FakeTime(start)
        self.box = LetterBox(self.time)
        real: Callable[[], date] | None = (lambda: today) if today else None
        self._real = real
        self.job = self.another_clock()
        self._sender: Sender | None = None

    def another_clock(self) -> Reminding:
        """The clock's job as another process has it."""
        return Reminding(self.store, lambda: self.catalogue, texts.content, self._real)

    @property
    def now(self) -> datetime:
        return self.time.now()

    def go_to(self, moment: datetime) -> None:
        self.time.advance((moment - self.time.now()).total_seconds())

    def person(self, address: str, *wishes: str, matches: bool = True, consents: bool = True) -> int:
        """Somebody who subscribed now: `measure x`, `category y`, `all`. Returns the chat's id."""
        with self.store.write() as session:
            chat = chats.ensure(session, "telegram", address, ChatKind.PRIVATE, self.now).id
            if consents:
                subscriptions.agree(session, chat, self.now)
                subscriptions.adjust(session, chat, matches=matches)
            for wish in wishes:
                scope, _, name = wish.partition(" ")
                subscriptions.add(session, chat, Scope(scope), name, self.now)
        return chat

    def enterprise(self, chat: int, written: Mapping[str, Any], name: str = "") -> int:
        with self.store.write() as session:
            told = kept(facts(written, self.catalogue))
            return enterprises.create(session, chat, name, told, self.now).id

    def tell(self, chat: int, enterprise: int, written: Mapping[str, Any]) -> None:
        """The owner tells more."""
        with self.store.write() as session:
            told = kept(facts(written, self.catalogue))
            enterprises.change(session, chat, enterprise, self.now, facts=told)

    def tick(self) -> int:
        return self.job.run(self.now)

    async def send(self, minutes: int = 5) -> None:
        """Let the sender work for so many minutes."""
        sender = self._sender or Sender(
            self.store,
            self.box,
            self.time,
            Bell(),
            limits=pacing.Limits(),
            gates=(Gate(lambda: self.catalogue, self._real),),
            alone=True,
        )
        self._sender = sender
        end = self.now + timedelta(minutes=minutes)
        while self.now < end:
            await sender.step()
            await sender.settled()
            with self.store.read() as session:
                waiting = outbox.counts(session)
            if not waiting.get("ready") and not waiting.get("leased"):
                break
            self.time.advance(15)

    def notices(self) -> list[Notice]:
        with self.store.read() as session:
            return list(session.query(Notice).order_by(Notice.id))

    def rows(self) -> list[Any]:
        with self.store.read() as session:
            return [item.row for item in reversed(outbox.listed(session, list(OutboxState), 10_000))]

    def texts(self, address: str) -> list[str]:
        return [one.content.text for one in self.box.letters if one.address == address]
