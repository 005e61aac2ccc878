"""Does a running campaign slow the answers? Five interleaved pairs: the campaign stopped, the campaign running.

``python -m bench.campaign_latency [--pairs 5] [--seconds 40] [--rate 4] [--people 20000] [--postgresql]``: people write
at random moments, ``--rate`` a second on average, each from a chat of their own; our bot runs in a process of its own
with its real pace (25 a second in bulk, 28 in all). Both runs have the same rows waiting; only in one they go out.
Prints each pair's 95th percentiles, the median of their ratios and the spread. The median should be at most 1.25.
"""

import argparse
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import campaign, campaign_people
from policy_kb import loader
from policy_kb.catalogues import Catalogue
from scheduler import campaigns
from storage import campaigns as kept
from storage import migrate
from storage.engine import Store
from tests.fakes import processes
from tests.fakes.databases import postgres_database
from tests.fakes.telegram import server
from tests.fakes.telegram.flood import Flood
from tests.fakes.telegram.world import Seen, World

LONG_AGO = datetime(2020, 1, 1, 4, tzinfo=UTC)
FIRST = 1_000_000  # chat of the first who asks


class Heard(World):
    """Notes when each chat hears something first."""

    def __init__(self) -> None:
        super().__init__(flood=Flood(enforced=False))
        self.at: dict[int, float] = {}

    def post(self, chat: int, text: str, keyboard: Any, **more: Any) -> Seen:
        """The bot's message appears."""
        self.at.setdefault(chat, time.perf_counter())
        return super().post(chat, text, keyboard, **more)


def prepared(url: str, people: int, catalogue: Catalogue, *, runs: bool) -> None:
    with Store(url) as store:
        migrate.upgrade(store)
        campaign_people.fill(store, people)
        number = campaign.drafted(store, {})
        campaigns.approve(store, number, "乙", catalogue, campaign.NOW)
        campaigns.start(store, number, "甲", catalogue, campaign.NOW)
        if not runs:
            campaigns.stop(store, number, "甲", campaign.NOW)
            return
        with store.write() as session:  # due at whatever hour this runs
            kept.plan(session, number, [kept.Slot(0, people, LONG_AGO)])


def p95(wanted: argparse.Namespace, catalogue: Catalogue, seed: int, *, runs: bool) -> tuple[float, int]:
    """The 95th percentile of the answers' latency in seconds, and how many of the campaign went out meanwhile."""
    world, dice = Heard(), random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'bench.db'}"
        if wanted.postgresql:
            url = stack.enter_context(postgres_database())
        prepared(url, wanted.people, catalogue, runs=runs)
        fake = stack.enter_context(server.running(world))
        options = {"token": fake.token, "base_url": fake.base_url, "database_url": url, "pace": 1.0, "level": "info"}
        stack.enter_context(processes.running(folder / "log", None, **options))
        world.says(FIRST - 1, "warm")
        if not world.until(lambda: FIRST - 1 in world.at, 60):
            raise SystemExit("the bot does not answer")
        asked: dict[int, float] = {}
        before, end = len(world.at), time.perf_counter() + wanted.seconds
        while time.perf_counter() < end:
            time.sleep(dice.expovariate(wanted.rate))
            chat = FIRST + len(asked)
            asked[chat] = time.perf_counter()
            world.says(chat, "q")
        if not world.until(lambda: all(chat in world.at for chat in asked), 60):
            raise SystemExit("an answer is missing")
        sent = len(world.at) - before - len(asked)
    latencies = sorted(world.at[chat] - began for chat, began in asked.items())
    return latencies[int(len(latencies) * 0.95)], sent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--rate", type=float, default=4)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    wanted = parser.parse_args()
    catalogue, ratios = loader.load(), []
    for pair in range(1, wanted.pairs + 1):
        idle, _ = p95(wanted, catalogue, pair, runs=False)
        busy, sent = p95(wanted, catalogue, pair, runs=True)
        ratios.append(busy / idle)
        print(
            f"pair {pair}: idle {idle * 1000:.0f} ms, campaign {busy * 1000:.0f} ms ({sent} sent), "
            f"ratio {ratios[-1]:.2f}",
            flush=True,
        )
    print(f"median ratio {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
