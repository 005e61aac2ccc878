"""Which parts of the programme run in this process: all of them, or one role each on PostgreSQL."""

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

from bot import chores, telegram_desk_part, telegram_http, telegram_menu
from bot.chores import Tick
from bot.metrics import Metrics
from bot.roles_named import Role
from bot.telegram import Intake, Telegram
from bot.telegram_desk_part import DeskOptions
from bot.telegram_inline import Inline
from bot.telegram_typing import Typist
from bot.telegram_updates import CHANNEL, Me
from bot.worker import ModelUnloadableError, Worker
from handlers.turn import Talk
from helpdesk.business_calendar import Calendar
from policy_kb.catalogues import Catalogue
from scheduler import pacing
from scheduler.clock import Clock
from scheduler.outbox import Gate, Sender
from scheduler.timepiece import Bell, WallTime
from storage import migrate, staff
from storage.engine import Store

log = structlog.get_logger()

__all__ = ["AlreadyRunningError", "ModelUnloadableError", "NeedsPostgresError", "Options", "Role", "run"]


class AlreadyRunningError(Exception):
    """已经有一个进程在用这个 SQLite 数据库收发消息：请先停掉它；要多个进程，请改用 PostgreSQL（HUIQI_DATABASE_URL）"""


class NeedsPostgresError(Exception):
    """SQLite 只供单个进程使用：分开运行各个角色，请把 HUIQI_DATABASE_URL 设为 postgresql://…"""


@dataclass(frozen=True)
class Webhook:
    """Where Telegram pushes updates to; ``url`` is public and leads to ``/telegram`` of ``Options.listen``."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Options:
    """How to run."""

    token: str = field(repr=False)
    database_url: str = field(repr=False)
    base_url: str | None = None
    proxy: str | None = field(default=None, repr=False)
    role: Role = Role.ALL
    threads: int = 4
    per_minute: int = 20  # messages of one chat that are answered
    limits: pacing.Limits = field(default_factory=pacing.Limits)
    lease: timedelta = timedelta(seconds=30)
    sending_lease: timedelta = timedelta(seconds=60)
    gates: tuple[Gate, ...] = ()
    desk: DeskOptions | None = None  # the staff's group
    calendar: Calendar = field(default_factory=Calendar)  # the helpdesk's working time
    administrators: tuple[str, ...] = ()  # Telegram user ids of the helpdesk's first ones
    ticks: tuple[Tick, ...] = ()  # what the clock looks at
    catalogue: Callable[[], Catalogue] | None = None  # in which inline queries look measures up
    webhook: Webhook | None = None
    listen: str | None = None


def run(options: Options, build: Callable[[], Talk]) -> None:
    """Run until SIGTERM or SIGINT, then finish what is in hand.

    Raises ``AlreadyRunningError``, ``NeedsPostgresError``, ``TokenRefusedError``, ``ModelUnloadableError``,
    ``StoreUnavailableError`` (at start only) and ``ChannelError`` (at start only).
    """
    store = Store(options.database_url)
    try:
        if store.is_sqlite and options.role is not Role.ALL:
            raise NeedsPostgresError(NeedsPostgresError.__doc__)
        with _alone(store):
            if migrate.upgrade(store):
                log.info("database.upgraded", revision=migrate.head())
            with store.write() as session:
                staff.ensure_administrators(session, CHANNEL, options.administrators, WallTime().now())
            asyncio.run(_serve(options, store, build))
    finally:
        store.close()


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """On SQLite, one process at a time; the lock falls with the process, however it ends."""
    if not store.is_sqlite or not store.url.database:
        yield
        return
    with Path(f"{store.url.database}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError(AlreadyRunningError.__doc__) from error
        file.write(f"{os.getpid()}\n")
        yield


async def _serve(options: Options, store: Store, build: Callable[[], Talk]) -> None:
    stop, worked_out = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, _stopping, stop, name)
    house = _House(options, store, WallTime(), Bell(), Bell(), Bell(), Metrics(store, WallTime()))
    house.metrics.listen()
    async with Telegram(options.token, base_url=options.base_url, proxy=options.proxy) as telegram:
        me = await telegram.me()
        log.info("telegram.connected", username=me.username, role=options.role.value)
        parts = await _receiving(house, telegram, me, stop)
        if house.has(Role.WORKER):
            parts.append(_then(_worker(house, me).run(stop, build), worked_out))
        else:
            parts.append(_then(_until(stop), worked_out))
        if house.has(Role.SENDER):
            # What the workers finish in their last moments is still sent.
            parts.append(_sender(house, telegram).run(worked_out))
        if house.has(Role.CLOCK):
            parts.append(Clock(store, house.time, chores.jobs(store, options.ticks)).run(stop))
            if options.desk is not None:
                parts.append(options.desk.clerk(store, house.time, house.send.ring).run(stop, house.desk))
        await _together(parts, stop, house.work, house.send, house.desk)
    log.info("stopped")


Part = Coroutine[object, object, None]


@dataclass(frozen=True)
class _House:
    """What the parts of one process share. ``work`` wakes the workers, ``send`` the sender, ``desk`` the clerk."""

    options: Options
    store: Store
    time: WallTime
    work: Bell
    send: Bell
    desk: Bell
    metrics: Metrics

    def ring_others(self) -> None:
        """An update was handled: there may be something to send, and something to show to staff."""
        self.send.ring()
        self.desk.ring()

    def has(self, role: Role) -> bool:
        return self.options.role in (Role.ALL, role)


async def _receiving(house: _House, telegram: Telegram, me: Me, stop: asyncio.Event) -> list[Part]:
    """Intake by polling or by webhook, and the HTTP side."""
    options, parts, accept = house.options, [], None
    if house.has(Role.INTAKE):
        await telegram.show_menu(telegram_menu.PRIVATE, telegram_menu.GROUP)
        if options.desk is not None:
            await telegram.show_desk_menu(options.desk.address, telegram_desk_part.MENU)
        desk = options.desk.address if options.desk else None
        inline = Inline(telegram, options.catalogue, me, house.time).take if options.catalogue else _unanswered
        intake = Intake(telegram, house.store, house.time, house.work.ring, desk=desk, inline=inline)
        parts.append(Typist(telegram, house.store, house.time).run(stop))
        if options.webhook is None:
            await telegram.use_polling()
            parts.append(intake.run(stop))
        else:
            await telegram.use_webhook(options.webhook.url, options.webhook.secret)
            accept = intake.accept
    if options.listen is not None:
        secret = options.webhook.secret if options.webhook else None
        app = telegram_http.application(house.store, house.metrics.page, secret, accept)
        parts.append(telegram_http.serve(app, options.listen, stop))
    return parts


def _unanswered(query: Mapping[str, object]) -> None:
    """Nothing to look measures up in."""


def _worker(house: _House, me: Me) -> Worker:
    return Worker(
        house.store,
        house.time,
        house.work,
        house.ring_others,
        me,
        threads=house.options.threads,
        lease=house.options.lease,
        alone=house.store.is_sqlite,
        per_minute=house.options.per_minute,
        calendar=house.options.calendar,
        group=house.options.desk.group(me) if house.options.desk else None,
    )


def _sender(house: _House, telegram: Telegram) -> Sender:
    return Sender(
        house.store,
        telegram,
        house.time,
        house.send,
        limits=house.options.limits,
        gates=(*house.options.gates, *((house.options.desk.places(),) if house.options.desk else ())),
        lease=house.options.sending_lease,
        alone=house.store.is_sqlite,
    )


async def _together(parts: list[Part], stop: asyncio.Event, *bells: Bell) -> None:
    """Run all parts; the first that ends or fails ends the others. Raises the first failure."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(_then(part, stop))
            group.create_task(_wake(stop, *bells))
    except ExceptionGroup as failures:
        raise _first(failures) from failures


async def _then(part: Part, after: asyncio.Event) -> None:
    try:
        await part
    finally:
        after.set()


async def _until(event: asyncio.Event) -> None:
    await event.wait()


def _stopping(stop: asyncio.Event, name: signal.Signals) -> None:
    log.info("stopping", signal=name.name)
    stop.set()


async def _wake(stop: asyncio.Event, *bells: Bell) -> None:
    await stop.wait()
    for bell in bells:
        bell.event.set()


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    failure: Exception = failures
    while isinstance(failure, ExceptionGroup):
        failure = failure.exceptions[0]
    return failure
