"""A campaign to 100,000: finding the people, approval, fan-out, the same again, stop, resume, counting.

``python -m bench.campaign [--people 100000] [--database postgresql://…]``: the database must be empty; SQLite in a
temporary folder where none is given. Prints a line a step, with the seconds of processor behind it (ours, and those of
PostgreSQL where it runs on this machine): on a busy machine they say more. Fan-out should take less than 3 s and add 0
rows the second time.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text

from bench import campaign_people
from policy_kb import loader
from scheduler import audiences, campaigns
from storage import campaigns as kept
from storage import migrate
from storage.campaign_tables import Campaign
from storage.engine import Store

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Kunming
T = TypeVar("T")


def worked(store: Store) -> float:
    """Seconds of processor so far: ours, and those of the database's process behind our connection."""
    if store.is_sqlite:
        return time.process_time()
    with store.read() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    try:
        fields = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return time.process_time()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(store: Store, words: str, work: Callable[[], T]) -> T:
    before, began = worked(store), time.perf_counter()
    result = work()
    seconds, busy = time.perf_counter() - began, worked(store) - before
    print(f"{words:<34} {seconds:7.2f} s  (processor {busy:5.2f} s)  {result if isinstance(result, int) else ''}")
    return result


def drafted(store: Store, audience: dict[str, object]) -> int:
    with store.write() as session:
        campaign = Campaign(
            title="测试",
            text="稳岗返还开始了。",
            audience=json.dumps(audience),
            created_by="甲",
            created_at=NOW,
            state=kept.DRAFT,
            spread_minutes=0,
            total=0,
        )
        session.add(campaign)
        session.flush()
        return campaign.id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--database")
    wanted = parser.parse_args()
    catalogue = loader.load()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(Store(wanted.database or f"sqlite:///{folder / 'bench.db'}"))
        migrate.upgrade(store)
        timed(store, "people made", lambda: campaign_people.fill(store, wanted.people))
        number = drafted(store, {})
        query = audiences.read(
            {"districts": ["官渡区", "五华区"], "where": {"fact": "employees", "at_least": "20"}}, catalogue
        )

        def found() -> int:
            with store.read() as session:
                return len(campaigns.reached(session, query, catalogue, NOW).chat_ids)

        timed(store, "people by district and employees", found)
        timed(
            store, "approval of all, list written", lambda: campaigns.approve(store, number, "乙", catalogue, NOW).total
        )
        timed(store, "fan-out", lambda: campaigns.start(store, number, "甲", catalogue, NOW))
        timed(store, "fan-out again", lambda: campaigns.start(store, number, "甲", catalogue, NOW))
        timed(store, "stop", lambda: campaigns.stop(store, number, "甲", NOW))
        timed(store, "resume", lambda: campaigns.resume(store, number, "甲", catalogue, NOW))

        def counted() -> int:
            with store.read() as session:
                figures = kept.figures(session, number)
                assert figures.adds_up
                return figures.total

        timed(store, "counting", counted)


if __name__ == "__main__":
    main()
