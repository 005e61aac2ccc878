"""The sender: takes messages from the outbox by lane, keeps the pace, hands them to a channel, settles the outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from scheduler import errors, pacing
from scheduler.content import Content
from scheduler.errors import ChannelError, Decision, Fault, Outcome
from scheduler.timepiece import Bell, Timepiece
from storage import chats, leaders, outbox
from storage.chats import Pace
from storage.engine import Store, StoreUnavailableError
from storage.leases import LostLeaseError, new_owner
from storage.outbox import Arrival, Claimed
from storage.tables import ChatKind, Lane

log = structlog.get_logger()

PROMPT = (Lane.INTERACTIVE, Lane.TICKET, Lane.REMINDER)
TERM = timedelta(seconds=10)  # of the bulk sender's office
OFFICE = "bulk sender"


class Channel(Protocol):
    """A way to people. ``name`` is the channel of the chats it serves."""

    name: str

    async def deliver(self, address: str, content: Content) -> str | None:
        """Send, or edit. Returns the channel's id of the message. Raises ``ChannelError``."""
        ...


class TokenRefusedError(Exception):
    """The channel refuses our token: nothing can be sent or received. Set the right token and start again."""


@dataclass(frozen=True)
class Skip:
    """The message is no longer wanted."""

    reason: str


@dataclass(frozen=True)
class Later:
    """The message must wait (quiet hours). ``reason`` stays with it."""

    until: datetime
    reason: str = "wait"


@dataclass(frozen=True)
class Instead:
    """What is sent is this content; the row keeps its own."""

    content: str


Gate = Callable[[Session, Claimed, datetime], Skip | Later | Instead | None]
"""A check at the moment of sending: still subscribed, campaign not stopped, measure version still valid …"""


class Sender:
    """One sender; several may run at once, in several processes. Bulk goes through the one that is elected."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        timepiece: Timepiece,
        bell: Bell,
        *,
        limits: pacing.Limits | None = None,
        gates: Sequence[Gate] = (),
        slots: int = 32,
        lease: timedelta = timedelta(seconds=60),
        alone: bool = False,
    ) -> None:
        self._store = store
        self._channel = channel
        self._time = timepiece
        self._bell = bell
        self._limits = limits or pacing.Limits()
        self._metre = pacing.Metre(self._limits)
        self._gates = (not_expired, not_blocked, *gates)
        self._slots = slots
        self._lease = lease
        self._alone = alone
        self._name = new_owner()
        self._flying: set[asyncio.Task[None]] = set()
        self._recover_at: datetime | None = None
        self._elected_until: datetime | None = None
        self._bulk_at: datetime | None = None  # nothing was waiting: look again then
        self._idle = max(0.02, min(0.25, self._limits.chat_gap.total_seconds() / 4))
        self._arrived: list[Arrival] = []
        self._settling = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop``, then finish what is in flight. Raises ``TokenRefusedError``."""
        if self._alone:
            await self._ashore(self._recover_all)
        while not stop.is_set():
            try:
                wait = await self.step()
            except StoreUnavailableError as error:
                log.warning("store.away", role="sender", error=str(error))
                wait = 1.0
            if not stop.is_set():
                await self._bell.listen(self._time, wait)
        with suppress(StoreUnavailableError):
            await self.step()
        await self.settled()
        with suppress(StoreUnavailableError):
            await asyncio.to_thread(self._resign)

    async def step(self) -> float:
        """Start what may be started now. Returns the seconds after which to look again."""
        self._raise_failures()
        now = self._time.now()
        await self._recover_lapsed(now)
        room = min(self._slots - len(self._flying), self._metre.room(now))
        items = await asyncio.to_thread(self._claim, PROMPT, room, now) if room > 0 else []
        self._metre.started(now, len(items))
        await self._start(items)  # before bulk is even looked for: an answer waits for nothing
        if room > len(items) and self._metre.bulk_room(now) and (self._bulk_at is None or now >= self._bulk_at):
            bulk = await asyncio.to_thread(self._claim_bulk, now)
            self._metre.started(now, len(bulk), bulk=True)
            self._bulk_at = None if bulk else now + timedelta(seconds=self._idle)
            await self._start(bulk)
        wait = 0.05 if items else self._idle
        # Whatever woke us in between: while there may be more in bulk, the next one's turn is not slept through.
        return min(wait, self._metre.bulk_wait(self._time.now())) if self._bulk_at is None else wait

    async def _start(self, items: Sequence[Claimed]) -> None:
        if items:
            log.debug("outbox.leased", keys=[item.row.key for item in items])
            for item in await asyncio.to_thread(self._begin, items):
                self._fly(self._deliver(item))

    async def settled(self) -> None:
        """Wait until nothing is in flight."""
        while flying := [task for task in self._flying if not task.done()]:
            await asyncio.wait(flying)
        await asyncio.sleep(0)
        self._raise_failures()

    # In the database

    def _claim(self, lanes: Sequence[Lane], limit: int, now: datetime) -> list[Claimed]:
        return outbox.claim(self._store, self._channel.name, lanes, limit, now, self._lease)

    def _claim_bulk(self, now: datetime) -> list[Claimed]:
        return self._claim((Lane.BULK,), 1, now) if self._elected(now) else []

    def _begin(self, items: Sequence[Claimed]) -> list[Claimed]:
        """Check once more and commit ``sending``, just before the requests go out."""
        now = self._time.now()
        with self._store.write() as session:
            wanted = [item for item in items if self._let_through(session, item, now)]
            going = outbox.sending(session, wanted, now + self._lease)
            chats.pace(session, [self._pace(item, now) for item in going if not _is_edit(item)])
        log.debug("outbox.sending", keys=[item.row.key for item in going])
        return going

    def _let_through(self, session: Session, item: Claimed, now: datetime) -> bool:
        verdict = next(filter(None, (gate(session, item, now) for gate in self._gates)), None)
        try:
            if isinstance(verdict, Skip):
                outbox.skipped(session, item, verdict.reason)
            elif isinstance(verdict, Later):
                outbox.again(session, item, verdict.until, verdict.reason, counted=False)
        except LostLeaseError:
            return False
        if isinstance(verdict, Instead):
            set_committed_value(item.row, "content", verdict.content)
            return True
        return verdict is None

    def _pace(self, item: Claimed, now: datetime) -> Pace:
        pace = pacing.after_sending(ChatKind(item.chat.kind), item.chat.burst_until, now, self._limits)
        return Pace(item.chat.id, pace.next_at, pace.burst_until)

    def _elected(self, now: datetime) -> bool:
        if self._elected_until is not None and now < self._elected_until - TERM / 2:
            return True
        with self._store.write() as session:
            held = leaders.stand(session, OFFICE, self._name, now, TERM)
        self._elected_until = now + TERM if held else None
        return held

    def _resign(self) -> None:
        if self._elected_until is not None:
            with self._store.write() as session:
                leaders.resign(session, OFFICE, self._name, self._time.now())

    def _recover_all(self) -> None:
        with self._store.write() as session:
            outbox.recover(session, self._channel.name, self._time.now(), alone=True)

    async def _recover_lapsed(self, now: datetime) -> None:
        if self._recover_at is None or now >= self._recover_at:
            self._recover_at = now + timedelta(seconds=2)
            number = await asyncio.to_thread(self._recover, now)
            if number:
                log.warning("outbox.recovered", number=number)

    def _recover(self, now: datetime) -> int:
        with self._store.write() as session:
            return outbox.recover(session, self._channel.name, now)

    # In the air

    def _fly(self, delivery: Awaitable[None]) -> None:
        task = asyncio.ensure_future(delivery)
        self._flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            self._flying.discard(task)
        self._bell.event.set()

    def _raise_failures(self) -> None:
        for task in [task for task in self._flying if task.done()]:
            self._flying.discard(task)
            task.result()

    async def _deliver(self, item: Claimed) -> None:
        error: ChannelError | None = None
        provider_id = None
        try:
            content = Content.from_json(item.row.content)
            provider_id = await self._channel.deliver(item.chat.address, content)
            log.debug("outbox.delivered", key=item.row.key)
        except ChannelError as failure:
            error = failure
        except Exception as failure:
            log.exception("outbox.unexpected", key=item.row.key)
            error = ChannelError(Fault.UNEXPECTED, type(failure).__name__)
        if error is None:
            await self._arrive(item, provider_id)
        else:
            await self._failed(item, error)

    async def _arrive(self, item: Claimed, provider_id: str | None) -> None:
        """Note that it was sent, together with whatever else arrives while the last note is being written."""
        self._arrived.append(Arrival(item, provider_id, self._time.now()))
        async with self._settling:
            batch, self._arrived = self._arrived, []
            if batch:
                await self._ashore(lambda: self._sent(batch))
        log.info("outbox.sent", key=item.row.key, lane=item.row.lane)

    async def _failed(self, item: Claimed, error: ChannelError) -> None:
        decision = errors.decide(error, item.row.lane, item.row.attempts)
        log.warning("outbox.failed", key=item.row.key, error=str(error), decision=decision.outcome.value)
        if error.fault == Fault.FLOOD and item.row.lane == Lane.BULK:
            self._metre.pause_bulk(self._time.now() + decision.after)
        await self._ashore(lambda: self._settle(item, error, decision))
        if decision.outcome == Outcome.STOP:
            raise TokenRefusedError(f"{TokenRefusedError.__doc__} ({error})")

    async def _ashore(self, work: Callable[[], None]) -> None:
        """Carry ``work`` out in the database even if it is away for a while: what was sent must not be forgotten.

        Longer than the lease there is no point: by then the message counts as unknown.
        """
        end = self._time.now() + self._lease
        while self._time.now() < end:
            try:
                return await asyncio.to_thread(work)
            except StoreUnavailableError:
                log.warning("store.away", role="sender")
                await self._time.wait(asyncio.Event(), 1.0)
            except LostLeaseError as error:
                log.warning("outbox.lost", error=str(error))
                return None
        log.error("outbox.unsettled")
        return None

    def _sent(self, batch: Sequence[Arrival]) -> None:
        with self._store.write() as session:
            outbox.sent(session, batch)
            # A slow request followed by a quick one would arrive closer together than they left.
            chats.hold(session, *((each.item.chat.id, each.at + self._limits.chat_gap) for each in batch))

    def _settle(self, item: Claimed, error: ChannelError, decision: Decision) -> None:
        now = self._time.now()
        reason, when = str(error), now + decision.after
        with self._store.write() as session:
            match decision.outcome:
                case Outcome.SENT:
                    outbox.sent(session, [Arrival(item, item.row.provider_id, now)])
                case Outcome.AGAIN | Outcome.STOP:
                    outbox.again(session, item, when, reason, counted=decision.counted)
                case Outcome.AS_NEW:
                    fresh = Content.from_json(item.row.content).as_new().as_json()
                    outbox.reshaped(session, item, fresh, now, reason)
                case Outcome.MOVE:
                    outbox.again(session, item, now, reason, counted=decision.counted)
                    chats.readdress(session, item.chat.id, error.address or item.chat.address)
                case Outcome.DEAD:
                    outbox.dead(session, item, reason)
                case Outcome.UNKNOWN:
                    outbox.unknown(session, item, reason)
            if decision.hold_chat:
                chats.hold(session, (item.chat.id, when))
            if decision.block_chat:
                chats.block(session, item.chat.id, now)


def _is_edit(item: Claimed) -> bool:
    """An edit is no new message, nor is what a pressed button answers."""
    if item.row.lane != Lane.INTERACTIVE:
        return False
    content = Content.from_json(item.row.content)
    return content.edits is not None or content.query is not None


def not_expired(session: Session, item: Claimed, now: datetime) -> Skip | None:
    """A message whose time is over is not sent."""
    expires = item.row.expires_at
    return Skip("too late") if expires is not None and expires <= now else None


def not_blocked(session: Session, item: Claimed, now: datetime) -> Skip | None:
    """Nobody is written to who does not want it; an answer to a question is always tried."""
    return Skip("blocked") if item.chat.blocked_at is not None and item.row.lane != Lane.INTERACTIVE else None
