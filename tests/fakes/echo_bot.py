"""The real roles around a tiny conversation: ``python -m tests.fakes.echo_bot`` for tests that start and kill it.

HUIQI_TEST_OPTIONS: JSON with the keys of ``Settings`` below. HUIQI_TEST_KILL: ``action:n``: the process kills itself,
as with kill -9, when it logs ``action`` for the n-th time.
"""

import itertools
import os
import signal
import sys
import time
from datetime import date, timedelta

import structlog
from pydantic import BaseModel
from structlog.typing import EventDict, WrappedLogger

from bot import logs, roles
from bot.settings import LogFormat, LogLevel
from bot.telegram_desk_part import DeskOptions
from bot.telegram_http import CannotListenError
from handlers.person import NOBODY, Person
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from handlers.turn import Effect, Forget, Message, NoteUnanswered, OpenTicket, Talk, Turn
from helpdesk.business_calendar import Calendar, hours
from helpdesk.house import House
from scheduler import campaigns
from scheduler.outbox import TokenRefusedError
from scheduler.pacing import Limits
from tests.fakes import minds
from tests.fakes.catalogue import catalogue, measure

SECRET = "only-for-tests"  # opens nothing
KNOWN = catalogue(measure("aid", title="用工补贴", in_force={"to": "2099-12-31"}))


class Settings(BaseModel):
    """How the bot under test runs. ``pace``: factor on all flood rules; ``load``: seconds the model takes to load."""

    token: str
    base_url: str
    database_url: str
    role: str = "all"
    pace: float = 0.02
    lease: float = 30.0
    load: float = 0.0
    think: float = 0.0
    threads: int = 4
    webhook: str | None = None
    listen: str | None = None
    per_minute: int = 100_000
    desk: int | None = None  # the staff's group: the real handlers answer then, around a small understanding
    level: LogLevel = LogLevel.DEBUG


class Echo:
    """Answers with what was said and how often this person spoke."""

    def __init__(self, load: float, think: float) -> None:
        time.sleep(load)
        self._think = think

    def turn(self, message: Message, session: Session, as_of: date, person: Person = NOBODY) -> Turn:
        time.sleep(self._think)
        text = message.text or message.action or ""
        if text.startswith("poison"):
            raise ValueError(text)
        if text == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        said = session.model_copy(update={"turn": session.turn + 1})
        kind = ReplyKind.LIST if message.action else ReplyKind.ANSWER
        buttons = (Button("第一页", "p:1"), Button("第二页", "p:2")) if text == "menu" or message.action else ()
        effects: dict[str, tuple[Effect, ...]] = {
            "human": (OpenTicket("求助", None, "asked", ("求助",)),),
            "what": (NoteUnanswered("what", "unknown"),),
            "/forget": (Forget(),),
        }
        body = "长" * 5000 if text == "long" else f"{said.turn}:{text}"
        return Turn(Reply(text=body, kind=kind, buttons=buttons), said, effects.get(text, ()))


def _killer(order: str):  # type: ignore[no-untyped-def]  # a structlog processor
    action, _, number = order.rpartition(":")
    times = itertools.count(1)

    def process(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        if event["event"] == action and next(times) == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        return event

    return process


ALWAYS = Calendar(hours("00:00-23:59"), lambda day: True)


def _desk(given: Settings) -> DeskOptions | None:
    if given.desk is None:
        return None
    seconds = max(0.05, given.pace)
    return DeskOptions(str(given.desk), lambda: House(minds.catalogue(), ALWAYS), seconds, timedelta(seconds=2))


def _talk(given: Settings) -> Talk:
    return Echo(given.load, given.think) if given.desk is None else minds.conversation()


def main() -> int:
    given = Settings.model_validate_json(os.environ["HUIQI_TEST_OPTIONS"])
    logs.configure(given.level, LogFormat.JSON)
    order = os.environ.get("HUIQI_TEST_KILL")
    if order:
        structlog.configure(processors=[_killer(order), *structlog.get_config()["processors"]])
    options = roles.Options(
        token=given.token,
        database_url=given.database_url,
        base_url=given.base_url,
        role=roles.Role(given.role),
        threads=given.threads,
        limits=Limits().scaled(given.pace),
        lease=timedelta(seconds=given.lease),
        sending_lease=timedelta(seconds=given.lease),
        webhook=roles.Webhook(given.webhook, SECRET) if given.webhook else None,
        listen=given.listen,
        catalogue=lambda: KNOWN,
        per_minute=given.per_minute,
        desk=_desk(given),
        calendar=ALWAYS,
        gates=(campaigns.Gate(lambda: KNOWN, quiet=lambda now: None),),
    )
    try:
        roles.run(options, lambda: _talk(given))
    except (TokenRefusedError, CannotListenError, roles.AlreadyRunningError, roles.NeedsPostgresError) as failure:
        print(f"huiqi: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
