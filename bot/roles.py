"""Which parts of the programme run in this process: all of them, or one role each on PostgreSQL."""

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

from bot.roles_named import Role
from bot.telegram import Intake, Telegram
from bot.telegram_typing import Typist
from bot.worker import Conversation, ModelUnloadableError, Worker
from scheduler import pacing
from scheduler.outbox import Gate, Sender
from scheduler.timepiece import Bell, WallTime
from storage import migrate
from storage.engine import Store

log = structlog.get_logger()

__all__ = ["AlreadyRunningError", "ModelUnloadableError", "NeedsPostgresError", "Options", "Role", "run"]


class AlreadyRunningError(Exception):
    """已经有一个进程在用这个 SQLite 数据库收发消息：请先停掉它；要多个进程，请改用 PostgreSQL（HUIQI_DATABASE_URL）"""


class NeedsPostgresError(Exception):
    """SQLite 只供单个进程使用：分开运行各个角色，请把 HUIQI_DATABASE_URL 设为 postgresql://…"""


@dataclass(frozen=True)
class Options:
    """How to run."""

    token: str = field(repr=False)
    database_url: str = field(repr=False)
    base_url: str | None = None
    proxy: str | None = field(default=None, repr=False)
    role: Role = Role.ALL
    threads: int = 4
    limits: pacing.Limits = field(default_factory=pacing.Limits)
    lease: timedelta = timedelta(seconds=30)
    sending_lease: timedelta = timedelta(seconds=60)
    gates: tuple[Gate, ...] = ()
    catalogue: str = ""


def run(options: Options, build: Callable[[], Conversation]) -> None:
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


async def _serve(options: Options, store: Store, build: Callable[[], Conversation]) -> None:
    stop, worked_out = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, _stopping, stop, name)
    time, here, alone = WallTime(), options.role, store.is_sqlite
    work, send = Bell(), Bell()
    async with Telegram(options.token, base_url=options.base_url, proxy=options.proxy) as telegram:
        me = await telegram.me()
        log.info("telegram.connected", username=me.username, role=here.value)
        parts: list[Coroutine[object, object, None]] = []
        if here in (Role.ALL, Role.INTAKE):
            await telegram.use_polling()
            parts += [Intake(telegram, store, time, work.ring).run(stop), Typist(telegram, store, time).run(stop)]
        if here in (Role.ALL, Role.WORKER):
            worker = Worker(
                store,
                time,
                work,
                send.ring,
                me,
                threads=options.threads,
                lease=options.lease,
                alone=alone,
                catalogue=options.catalogue,
            )
            parts.append(_then(worker.run(stop, build), worked_out))
        else:
            parts.append(_then(_until(stop), worked_out))
        if here in (Role.ALL, Role.SENDER):
            sender = Sender(
                store,
                telegram,
                time,
                send,
                limits=options.limits,
                gates=options.gates,
                lease=options.sending_lease,
                alone=alone,
            )
            # What the workers finish in their last moments is still sent.
            parts.append(sender.run(worked_out))
        await _together(parts, stop, work, send)
    log.info("stopped")


async def _together(parts: list[Coroutine[object, object, None]], stop: asyncio.Event, *bells: Bell) -> None:
    """Run all parts; the first that ends or fails ends the others. Raises the first failure."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(_then(part, stop))
            group.create_task(_wake(stop, *bells))
    except ExceptionGroup as failures:
        raise _first(failures) from failures


async def _then(part: Coroutine[object, object, None], after: asyncio.Event) -> None:
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
