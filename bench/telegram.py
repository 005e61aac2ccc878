"""Throughput and latency of the Telegram bot, beside a plain python-telegram-bot bot with the same handler.

``python -m bench.telegram --messages 10000 --chats 1000 --at-once 50 [--database postgresql://…]``: so many people
speak at once; each waits for the answer before somebody else takes the turn. The answers are echoes, so that only the
delivery is measured. Flood rules are off on both sides. ``--rounds 3``: so many interleaved pairs. Prints a table with
the processor time of the bot's process for each message, and the ratio of the two throughputs, pair by pair: on a busy
machine only the ratios mean something. Exits with 1 where a message was lost or a chat's order broken.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import telegram_plain
from tests.fakes import processes
from tests.fakes.telegram import server
from tests.fakes.telegram.flood import Flood
from tests.fakes.telegram.world import Seen, World


class Crowd:
    """People who speak: ``at_once`` questions are open at any time, each of another chat."""

    def __init__(self, world: "CountingWorld", chats: int, messages: int, at_once: int) -> None:
        self._world = world
        self._turns = iter([(1 + number % chats, f"q{number // chats}") for number in range(messages)])
        self._guard = threading.Lock()
        self._at_once = at_once
        self.latencies: list[float] = []

    def speak(self) -> float:
        """Let everybody speak. Returns the seconds it took."""
        people = [threading.Thread(target=self._person) for _ in range(self._at_once)]
        began = time.perf_counter()
        for person in people:
            person.start()
        for person in people:
            person.join()
        return time.perf_counter() - began

    def _person(self) -> None:
        while True:
            with self._guard:
                turn = next(self._turns, None)
            if turn is None:
                return
            chat, text = turn
            began = time.perf_counter()
            before = self._heard(chat)
            self._world.says(chat, text)
            if not self._world.until(lambda: self._heard(chat) > before, 60):  # noqa: B023  # called at once
                raise SystemExit(f"chat {chat} got no answer to {text} within 60 s")
            self.latencies.append(time.perf_counter() - began)

    def _heard(self, chat: int) -> int:
        return self._world.counted[chat]


class CountingWorld(World):
    """Counts messages by chat as they appear: looking them up would cost more than the bot."""

    def __init__(self) -> None:
        super().__init__(flood=Flood(enforced=False))
        self.counted: dict[int, int] = dict.fromkeys(range(100_000), 0)
        self.order: dict[int, list[str]] = {}

    def post(self, chat: int, text: str, keyboard: Any, **more: Any) -> Seen:
        """The bot's message appears."""
        with self.changed:
            seen = super().post(chat, text, keyboard, **more)
            self.counted[chat] += 1
            self.order.setdefault(chat, []).append(text.rpartition(":")[2])
            return seen


@dataclass(frozen=True)
class Measured:
    """One run. Seconds, and messages a second."""

    rate: float
    median: float
    p95: float
    cpu: float
    lost: int
    disordered: int


@contextmanager
def ours(fake: server.Server, folder: Path, database: str | None) -> Iterator[int | None]:
    """Our bot, all roles in one process."""
    url = database or f"sqlite:///{folder / 'bench.db'}"
    with processes.running(
        folder / "ours.log",
        token=fake.token,
        base_url=fake.base_url,
        database_url=url,
        pace=0.0001,
        level="info",
    ) as bot:
        yield bot.process.pid


@contextmanager
def plain(fake: server.Server, folder: Path, database: str | None) -> Iterator[int | None]:
    """python-telegram-bot as its documentation shows it."""
    process = processes.CONTEXT.Process(target=telegram_plain.run, args=(fake.token, fake.base_url))
    process.start()
    try:
        yield process.pid
    finally:
        process.terminate()
        process.join()


def processor_seconds(pid: int | None) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(bot: Any, wanted: argparse.Namespace) -> Measured:
    world = CountingWorld()
    with (
        tempfile.TemporaryDirectory() as folder,
        server.running(world) as fake,
        bot(fake, Path(folder), wanted.database) as pid,
    ):
        world.says(99_999, "warm")
        if not world.until(lambda: world.counted[99_999] > 0, 60):
            raise SystemExit(f"{bot.__name__} does not answer")
        crowd = Crowd(world, wanted.chats, wanted.messages, wanted.at_once)
        before = processor_seconds(pid)
        seconds = crowd.speak()
        used = processor_seconds(pid) - before
    lost = wanted.messages + 1 - sum(world.counted.values())
    disordered = sum(
        texts != sorted(texts, key=lambda text: int(text[1:])) for chat, texts in world.order.items() if chat < 99_999
    )
    latencies = sorted(crowd.latencies)
    p95 = latencies[int(len(latencies) * 0.95)]
    rate = wanted.messages / seconds
    return Measured(rate, statistics.median(latencies), p95, used / wanted.messages, lost, disordered)


def told(name: str, run: Measured) -> None:
    print(
        f"{name:<6} {run.rate:7.1f} msg/s   median {run.median * 1000:7.1f} ms   p95 {run.p95 * 1000:7.1f} ms   "
        f"processor {run.cpu * 1000:5.1f} ms/msg   lost {run.lost}   chats out of order {run.disordered}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=1_000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database; SQLite where none is given")
    parser.add_argument("--rounds", type=int, default=1, help="interleaved pairs")
    wanted = parser.parse_args()
    rates, p95s, faults = [], [], 0
    for _ in range(wanted.rounds):
        usual, own = measured(plain, wanted), measured(ours, wanted)
        told("plain", usual)
        told("ours", own)
        rates.append(own.rate / usual.rate)
        p95s.append(own.p95 / usual.p95)
        faults += own.lost + own.disordered
    print(f"throughput, ours to plain: median {statistics.median(rates):.2f}, {min(rates):.2f} to {max(rates):.2f}")
    print(f"95th percentile, ours to plain: median {statistics.median(p95s):.2f}, {min(p95s):.2f} to {max(p95s):.2f}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
