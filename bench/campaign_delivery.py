"""A whole campaign against the fake Bot API on its virtual clock: stop, resume, a crash, a night, people who leave.

``python -m bench.campaign_delivery [--people 100000] [--database postgresql://…] [--http]``: starts at 20:00, so that
the night falls into it; stopped at 30 % and resumed after a minute; at 60 % the sender is lost with eight messages in
flight, half of which had arrived. One in 200 has blocked the bot, one in 500 is gone, 100 leave in between. Checks that
nobody hears it twice, that there is no flood violation and nothing at night, that only what was in flight is unknown,
and that the totals add up; exits with 1 otherwise. Without ``--http`` the fake is called in the process, with the same
parameters, checks and flood rules, but without the network between.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from bench import campaign, campaign_people
from bot import telegram_render
from bot.telegram import Telegram
from policy_kb import loader
from policy_kb.catalogues import Catalogue
from scheduler import campaigns, pushes
from scheduler.content import Content
from scheduler.errors import ChannelError, Fault
from scheduler.outbox import Channel, Sender
from scheduler.timepiece import Bell
from storage import campaigns as kept
from storage import migrate, subscriptions
from storage.campaign_tables import Recipient
from storage.engine import Store
from storage.tables import OutboxState
from tests.fakes.telegram import markup, methods, server, validate
from tests.fakes.telegram.world import Call, World
from tests.fakes.timepiece import FakeTime

START = datetime.fromisoformat("2026-11-23T20:00:00+08:00")
IN_FLIGHT = 8


class Direct:
    """The fake Bot API without HTTP: sendMessage as our channel would call it."""

    name = "telegram"

    def __init__(self, world: World) -> None:
        self._world = world

    async def deliver(self, address: str, content: Content) -> str | None:
        keyboard = telegram_render.markup(content)
        given = {
            "chat_id": int(address),
            "text": telegram_render.as_html(content.text),
            "parse_mode": "HTML",
            "reply_markup": keyboard.to_dict() if keyboard else {},
        }
        try:
            sent = methods.send_message(self._world, validate.parameters("sendMessage", given))
        except methods.RefusedError as error:
            self._world.calls.append(Call(self._world.clock(), "sendMessage", {}, f"{error.code} {error}"))
            fault = Fault.FLOOD if error.code == 429 else Fault.BLOCKED
            raise ChannelError(fault, str(error), retry_after=error.parameters.get("retry_after")) from error
        except markup.BadRequestError as error:
            raise ChannelError(Fault.GONE if "chat not found" in str(error) else Fault.REJECTED, str(error)) from error
        return str(sent["message_id"])


class Doomed:
    """A channel that never answers: every second message had arrived before."""

    name = "telegram"

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.held = 0

    async def deliver(self, address: str, content: Content) -> str | None:
        self.held += 1
        if self.held % 2:
            await self._channel.deliver(address, content)
        await asyncio.Event().wait()
        return None


class Run:
    """One campaign on one database."""

    def __init__(self, store: Store, catalogue: Catalogue, people: int) -> None:
        self.store, self.catalogue, self.people = store, catalogue, people
        self.time = FakeTime(START)
        self.world = World(clock=self.time.seconds)
        self.number = 0
        self.sent_at_crash = 0

    def prepare(self) -> None:
        campaign_people.fill(self.store, self.people)
        self.world.blocked |= set(range(200, self.people + 1, 200))
        self.world.gone |= set(range(333, self.people + 1, 500))
        self.number = campaign.drafted(self.store, {})
        campaigns.approve(self.store, self.number, "乙", self.catalogue, START)
        began = time.perf_counter()
        campaigns.start(self.store, self.number, "甲", self.catalogue, START)
        print(f"fan-out {time.perf_counter() - began:.2f} s", flush=True)

    def sender(self, channel: Channel) -> Sender:
        gate = campaigns.Gate(lambda: self.catalogue)
        return Sender(self.store, channel, self.time, Bell(), gates=[gate], alone=True)

    async def until(self, sender: Sender, reached: int) -> None:
        """Let the sender work until so many messages appeared, or nothing is open any more; nights are skipped."""
        idle = 0
        while len(self.world.messages) < reached:
            before = len(self.world.messages)
            wait = await sender.step()
            await sender.settled()
            self.time.advance(wait)
            idle = idle + 1 if len(self.world.messages) == before else 0
            morning = pushes.quiet_until(self.time.now())
            if morning is not None and idle > 200:
                self.time.advance((morning - self.time.now()).total_seconds())
                idle = 0
            if idle and idle % 400 == 0 and not self.figures().open:
                return

    def figures(self) -> kept.Figures:
        with self.store.read() as session:
            return kept.figures(session, self.number)

    async def go(self, channel: Channel) -> None:
        sender = self.sender(channel)
        await self.until(sender, self.people * 3 // 10)
        campaigns.stop(self.store, self.number, "甲", self.time.now())
        stopped, end = len(self.world.messages), self.time.now() + timedelta(minutes=1)
        while self.time.now() < end:
            self.time.advance(await sender.step())
            await sender.settled()
        check(len(self.world.messages) == stopped, "nothing goes out while it is stopped")
        with self.store.write() as session:
            last = select(Recipient.chat_id).where(Recipient.campaign_id == self.number)
            for chat in session.scalars(last.order_by(Recipient.position.desc()).limit(100)).all():
                subscriptions.leave(session, chat)
        campaigns.resume(self.store, self.number, "甲", self.catalogue, self.time.now())
        await self.until(sender, self.people * 6 // 10)
        await self.crash(channel)
        sender = self.sender(channel)
        await asyncio.to_thread(sender._recover_all)  # noqa: SLF001 - what `run` does first
        await self.until(sender, self.people + 1)

    async def crash(self, channel: Channel) -> None:
        self.time.advance(30)  # the office of the sender before is free
        doomed = Doomed(channel)
        sender = self.sender(doomed)
        while doomed.held < IN_FLIGHT:
            self.time.advance(await sender.step())
            await asyncio.sleep(0)
        for task in sender._flying:  # noqa: SLF001 - a crash asks nobody
            task.cancel()
        await asyncio.sleep(0)
        self.sent_at_crash = self.figures().by_state[OutboxState.SENDING]

    def judge(self) -> None:
        found, heard = self.figures(), Counter(chat for chat, _ in self.world.messages)
        times = [seen.at for seen in self.world.messages.values()]
        check(max(heard.values()) == 1, "nobody hears it twice")
        check(not [call for call in self.world.calls if call.outcome.startswith("429")], "no flood violation")
        quiet = [at for at in times if pushes.quiet_until(datetime.fromtimestamp(at, START.tzinfo)) is not None]
        check(not quiet, "nothing at night")
        check(found.adds_up and found.total == self.people, "the totals add up")
        unknown = found.by_state.get(OutboxState.UNKNOWN, 0)
        check(unknown == self.sent_at_crash == IN_FLIGHT, "unknown is just what was in flight")
        arrived = found.by_state[OutboxState.SENT] + IN_FLIGHT // 2
        check(len(heard) == arrived, "everybody marked as sent has it, and of the unknown those who had it")
        check(found.by_state.get(OutboxState.SKIPPED, 0) == 100, "who left was skipped")
        print("  ".join(f"{state.value} {number}" for state, number in sorted(found.by_state.items())))
        print(f"virtual time {timedelta(seconds=max(times) - min(times))}, fullest second {fullest(times)}")


def fullest(times: list[float]) -> int:
    """Most messages in any second."""
    times, most, first = sorted(times), 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


FAILED: list[str] = []


def check(holds: bool, words: str) -> None:
    print(f"{'yes' if holds else 'NO ':<4}{words}", flush=True)
    if not holds:
        FAILED.append(words)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database; SQLite where none is given")
    parser.add_argument(
        "--http", action="store_true", help="over HTTP and python-telegram-bot, about three times as long"
    )
    wanted = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(Store(wanted.database or f"sqlite:///{folder / 'bench.db'}"))
        migrate.upgrade(store)
        run = Run(store, loader.load(), wanted.people)
        run.prepare()
        channel: Channel = Direct(run.world)
        if wanted.http:
            fake = stack.enter_context(server.running(run.world))
            channel = await stack.enter_async_context(Telegram(fake.token, base_url=fake.base_url))
        began = time.perf_counter()
        await run.go(channel)
        print(f"real time {time.perf_counter() - began:.0f} s for {len(run.world.messages)} messages")
        run.judge()
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    asyncio.run(main())
