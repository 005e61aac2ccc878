"""The worker: takes updates from the inbox, holds the conversation, commits the outcome in one transaction."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError
from sqlalchemy.orm import Session as Transaction

from bot import campaign_desk, effects, people, telegram_render, telegram_updates
from bot.pictures import Painter
from bot.telegram_desk import Group
from bot.telegram_updates import CHANNEL, Incoming, Me, UnreadableUpdateError, What
from handlers.reply import Reply, ReplyKind
from handlers.session import Session
from handlers.turn import Effect, Message, Talk
from helpdesk.business_calendar import Calendar
from helpdesk.house import NOTHING, House
from policy_kb.catalogues import Catalogue
from scheduler.content import Content
from scheduler.timepiece import Bell, Timepiece
from storage import chats, events, inbox, outbox, sessions, times, transcripts
from storage.engine import Store, StoreUnavailableError
from storage.leases import LostLeaseError
from storage.outbox import NewMessage
from storage.tables import Chat, ChatKind, Inbox, Lane
from storage.tables import Talk as TalkRow

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
# Words that need no conversation.
SORRY = "抱歉，这条消息我没能处理好，已经记下来了。请换个说法再问一次，或者拨打12345咨询。"
SLOWER = "您问得太快了，我先歇一会儿：一分钟内请不要超过{limit}条，稍后再问我就好。"
FILE = "抱歉，我还看不了{file}。请把想问的政策打成一句话发给我，例如：餐饮店能缓缴社保吗？"


class ModelUnloadableError(Exception):
    """The conversation could not be assembled; nothing can be answered."""


@dataclass(frozen=True)
class Work:
    """An update in hand, and what came of it."""

    row: Inbox
    incoming: Incoming
    contents: list[Content] = field(default_factory=list)
    session: Session | None = None
    effects: tuple[Effect, ...] = ()
    question: str = ""
    reply: Reply | None = None
    catalogue: str = ""  # the version that answered
    group: Group | None = None  # the staff's, where it comes from there


class Worker:
    """Several threads of one process; several processes on PostgreSQL."""

    def __init__(
        self,
        store: Store,
        timepiece: Timepiece,
        bell: Bell,
        ring_sender: Callable[[], None],
        me: Me,
        *,
        threads: int = 4,
        lease: timedelta = LEASE,
        alone: bool = False,
        per_minute: int = 20,
        calendar: Calendar | None = None,
        group: Group | None = None,
    ) -> None:
        self._store = store
        self._time = timepiece
        self._bell = bell
        self._ring_sender = ring_sender
        self._me = me
        self._threads = threads
        self._lease = lease
        self._alone = alone
        self._per_minute = per_minute
        self._calendar = calendar or Calendar()
        self._group = group
        self._painter = Painter()
        self._recover_at: datetime | None = None
        self._orphans: list[Inbox] = []  # in hand when the store went away

    async def run(self, stop: asyncio.Event, build: Callable[[], Talk]) -> None:
        """Load the conversation while messages already come in, then answer until ``stop``."""
        conversation = await self._loaded(stop, build)
        if conversation is None:
            return
        log.info("worker.ready")
        await self._recover(alone=self._alone)
        await asyncio.gather(*(self._loop(stop, conversation) for _ in range(self._threads)))

    async def _loaded(self, stop: asyncio.Event, build: Callable[[], Talk]) -> Talk | None:
        done: asyncio.Future[Talk] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()

        def load() -> None:
            try:
                built = build()
            except Exception as failure:  # told to the loop, which ends the process
                wrapped = ModelUnloadableError(f"{ModelUnloadableError.__doc__} ({failure})")
                wrapped.__cause__ = failure
                _tell(loop, done, None, wrapped)
            else:
                _tell(loop, done, built, None)

        # A daemon: who stops us while the model loads need not wait for it.
        threading.Thread(target=load, name="load conversation", daemon=True).start()
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait((done, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        return await done if done.done() else None

    async def _loop(self, stop: asyncio.Event, conversation: Talk) -> None:
        while not stop.is_set():
            try:
                worked = await asyncio.to_thread(self.step, conversation)
                await self._recover()
            except StoreUnavailableError as error:
                log.warning("store.away", role="worker", error=str(error))
                await self._time.wait(stop, 1.0)
                continue
            if not worked and not stop.is_set():
                # Alone, whatever comes in rings the bell; only second tries need looking for.
                await self._bell.listen(self._time, 1.0 if self._alone else 0.25)

    def step(self, conversation: Talk) -> bool:
        """Handle one update. Returns whether there was one. Raises ``StoreUnavailableError``."""
        row = inbox.claim(self._store, CHANNEL, self._time.now(), self._lease)
        if row is None:
            return False
        log.debug("worker.claimed", update=row.update_id)
        began = time.perf_counter()
        try:
            work = self._work(row, conversation)
            log.debug("worker.turned", update=row.update_id)
            self._commit(work, self._house(conversation))
        except LostLeaseError as error:
            log.warning("worker.lost", error=str(error))
        except UnreadableUpdateError as error:
            self._fail(row, str(error), final=True)
        except StoreUnavailableError:
            self._orphans.append(row)
            raise
        except Exception as error:  # whatever it is, it must not stop the next update
            log.exception("worker.failed", update=row.update_id, attempt=row.attempts)
            self._fail(row, f"{type(error).__name__}: {error}", final=False)
        else:
            kind = work.reply.kind.value if work.reply else None
            log.info("worker.done", update=row.update_id, kind=kind, seconds=time.perf_counter() - began)
            self._ring_sender()
        return True

    # One update

    def _work(self, row: Inbox, conversation: Talk) -> Work:
        if self._group is not None and row.chat == self._group.address:
            return Work(row, Incoming(What.NOTHING), group=self._group)
        incoming = telegram_updates.read(row.payload, self._me)
        if incoming.what in (What.NOTHING, What.BLOCKED, What.LET_IN):
            return Work(row, incoming)
        with self._store.read() as transaction:
            sent = inbox.before(transaction, row, row.received_at - MINUTE)
            talk = _talk(transaction, incoming)
            person = people.load(transaction, CHANNEL, incoming.chat)
        if sent >= self._per_minute:
            # One warning, then silence.
            log.warning("worker.too_fast", update=row.update_id)
            slower = Content(text=SLOWER.format(limit=self._per_minute))
            return Work(row, incoming, [slower] if sent == self._per_minute else [])
        served = person.ticket is not None and not person.ticket.bot_on
        if incoming.what is What.EDITED and not served:
            return Work(row, incoming)
        if incoming.what is What.SENT_A_FILE and not (served and incoming.attached):
            return Work(row, incoming, [Content(text=FILE.format(file=incoming.file))])
        if campaign_desk.is_order(incoming.text):
            return Work(row, incoming, [self._ordered(incoming, conversation)])
        message = Message(
            text=incoming.text,
            action=incoming.action,
            file=incoming.attached,
            source=incoming.source,
            edited=incoming.what is What.EDITED,
        )
        as_of = self._time.now().astimezone(times.SHANGHAI).date()
        turn = conversation.turn(message, _remembered(talk), as_of, person)
        if turn.silent:
            return Work(row, incoming, [], turn.session, turn.effects)
        attachment = self._painter.attached(turn.reply, getattr(conversation, "catalogue", None))
        contents = telegram_render.contents(turn.reply, incoming.message, attachment)
        question = incoming.text or f"〔{incoming.action}〕"
        return Work(row, incoming, contents, turn.session, turn.effects, question, turn.reply, _version(conversation))

    def _ordered(self, incoming: Incoming, conversation: Talk) -> Content:
        who, now = incoming.speaker or incoming.chat, self._time.now()
        known = self._house(conversation).catalogue
        return Content(text=campaign_desk.order(self._store, CHANNEL, who, incoming.text, known, now))

    def _house(self, conversation: Talk) -> House:
        # A talk need not have a catalogue: tests hold smaller ones.
        known = getattr(conversation, "catalogue", None)
        return House(known if isinstance(known, Catalogue) else NOTHING, self._calendar)

    def _commit(self, work: Work, house: House) -> None:
        now = self._time.now()
        with self._store.write() as transaction:
            if work.group is not None:
                work.group.handle(transaction, work.row, now, house)
            elif work.incoming.chat:
                self._answer(transaction, work, now, house)
            inbox.done(transaction, work.row, now)

    def _answer(self, transaction: Transaction, work: Work, now: datetime, house: House) -> None:
        incoming = work.incoming
        chat = chats.ensure(transaction, CHANNEL, incoming.chat, incoming.kind, now)
        if incoming.what is What.BLOCKED:
            chats.block(transaction, chat.id, now)
        elif chat.blocked_at is not None:
            chats.unblock(transaction, chat.id)
        if work.session is not None:
            data = work.session.model_dump_json()
            sessions.save(transaction, chat.id, incoming.speaker, work.session.version, data, now)
        if work.reply is not None:
            self._note(transaction, chat, work, work.reply, now)
        said = [effects.carry_out(transaction, chat, effect, now, house) for effect in work.effects]
        contents = [*work.contents, *(content for content in said if content is not None)]
        outbox.put(transaction, _messages(f"reply:{work.row.id}", chat.id, contents), now)

    def _note(self, transaction: Transaction, chat: Chat, work: Work, reply: Reply, now: datetime) -> None:
        kind = reply.kind.value
        transcripts.add(transaction, chat.id, work.question, reply.text, kind, work.catalogue, now)
        events.add(transaction, f"reply.{kind}", now, f"{CHANNEL}:{chat.address}", measures=list(reply.measures))

    # When it goes wrong

    def _fail(self, row: Inbox, why: str, *, final: bool) -> None:
        now = self._time.now()
        with self._store.write() as transaction:
            if inbox.failed(transaction, row, why, now, final=final):
                self._set_aside(transaction, row, now)
        self._ring_sender()

    def _set_aside(self, transaction: Transaction, row: Inbox, now: datetime) -> None:
        """A question that cannot be answered is not passed over in silence."""
        log.error("inbox.dead", update=row.update_id, inbox=row.id, error=row.error)
        subject = f"{CHANNEL}:{row.chat}" if row.chat else None
        events.add(transaction, "inbox.dead", now, subject, inbox=row.id)
        chat = chats.find(transaction, CHANNEL, row.chat) if row.chat else None
        if chat is None and row.chat and row.chat.isdecimal():
            chat = chats.ensure(transaction, CHANNEL, row.chat, ChatKind.PRIVATE, now)
        if chat is not None:
            reply = Reply(text=SORRY, kind=ReplyKind.HANDOFF)
            outbox.put(transaction, _messages(f"reply:{row.id}", chat.id, telegram_render.contents(reply)), now)

    async def _recover(self, *, alone: bool = False) -> None:
        now = self._time.now()
        if alone or self._recover_at is None or now >= self._recover_at:
            self._recover_at = now + timedelta(seconds=2)
            await asyncio.to_thread(self._release, now, alone=alone)

    def _release(self, now: datetime, *, alone: bool) -> None:
        while self._orphans:
            with suppress(LostLeaseError), self._store.write() as transaction:
                inbox.give_back(transaction, self._orphans[0])
            self._orphans.pop(0)
        with self._store.write() as transaction:
            for row in inbox.recover(transaction, CHANNEL, now, alone=alone):
                self._set_aside(transaction, row, now)


def _version(talk: Talk) -> str:
    # A talk need not have a catalogue: tests hold smaller ones.
    return str(getattr(getattr(talk, "catalogue", None), "version", ""))


def _talk(transaction: Transaction, incoming: Incoming) -> TalkRow | None:
    chat = chats.find(transaction, CHANNEL, incoming.chat)
    return sessions.load(transaction, chat.id, incoming.speaker) if chat else None


def _remembered(talk: TalkRow | None) -> Session:
    if talk is None:
        return Session()
    try:
        return Session.model_validate_json(talk.data)
    except ValidationError as error:
        log.warning("session.unreadable", version=talk.version, errors=error.error_count())
        return Session()


def _messages(key: str, chat_id: int, contents: list[Content]) -> list[NewMessage]:
    return [
        NewMessage(f"{key}:{number}", chat_id, Lane.INTERACTIVE, content.as_json())
        for number, content in enumerate(contents)
    ]


def _tell(
    loop: asyncio.AbstractEventLoop,
    future: asyncio.Future[Talk],
    value: Talk | None,
    failure: Exception | None,
) -> None:
    def settle() -> None:
        if future.done():
            return
        if value is not None:
            future.set_result(value)
        elif failure is not None:
            future.set_exception(failure)

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
