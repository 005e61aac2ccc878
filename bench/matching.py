"""Matching: many enterprises against the whole catalogue, and one changed profile. `.venv/bin/python -m bench.matching`.

Enterprises are made up as in `bench.eligibility`, always the same ones (`--seed`), kept as JSON as the database does.
Times are of the wall and of the processor; the machine's cores and load are printed with them.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from bench.eligibility import enterprise, partly
from handlers import notices as texts
from policy_kb import loader, population, values
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Facts, Unknown
from policy_kb.population import Population
from scheduler import audiences, matching
from scheduler.reminding import Reminding
from storage import chats, enterprises, migrate, subscriptions
from storage.engine import Store
from storage.tables import ChatKind
from storage.times import SHANGHAI


def kept(facts: Facts) -> str:
    """Facts as an enterprise keeps them."""
    told = {name: {"value": values.to_json(value)} for name, value in facts.items()}
    return json.dumps(told, ensure_ascii=False)


class Watch:
    """Wall and processor seconds of a block."""

    def __enter__(self) -> "Watch":
        self._begun = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.processor = time.perf_counter() - self._begun[0], time.process_time() - self._begun[1]

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.processor:.1f} s of processor)"


def spread(took: list[float]) -> str:
    """Milliseconds, sorted."""
    most = took[int(len(took) * 0.99)]
    return (
        f"median {statistics.median(took):.1f} ms, 99 % under {most:.1f} ms, longest {took[-1]:.1f} ms of {len(took)}"
    )


def many(kb: Catalogue, day: date, written: list[str]) -> Iterator[str]:
    """All enterprises against all measures."""
    with Watch() as reading:
        told = [audiences.facts_of(text) for text in written]
    measures = list(kb.measures.values())
    crowd = Population(told, kb, day)
    with Watch() as judging:
        codes = population.assess(measures, crowd)
    claims = matching.claims(kb, day)
    with Watch() as fitting:
        found = [(one.measure.id, len(one.which)) for one in matching.of_many(claims, crowd)]
    total = reading.wall + judging.wall + fitting.wall
    yield f"{len(told)} enterprises × {len(measures)} measures on {day}: {total:.1f} s in all (bar: 60 s)"
    yield f"  facts read from JSON {reading}"
    yield f"  verdicts on all {codes.size} pairs {judging}"
    yield f"  fits of {len(claims)} claims in force, with their questions {fitting}: {sum(n for _, n in found)} fits"


def one(kb: Catalogue, day: date, told: list[Facts]) -> Iterator[str]:
    """A changed profile alone."""
    claims, took = matching.claims(kb, day), []
    for facts in told:
        with Watch() as watch:
            matching.of_one(claims, facts, kb, day)
        took.append(watch.wall * 1000)
    took.sort()
    yield f"one changed profile × {len(claims)} claims (bar: 50 ms): {spread(took)}"


def through_the_database(kb: Catalogue, told: list[Facts], url: str) -> Iterator[str]:
    """A changed profile from the change to the message in the outbox."""
    store = Store(url)
    migrate.upgrade(store)
    job, took = Reminding(store, lambda: kb, texts.content), []
    now = datetime(2022, 9, 20, 9, 0, tzinfo=SHANGHAI)
    job.run(now)
    for number, facts in enumerate(told):
        with store.write() as session:
            chat = chats.ensure(session, "bench", str(number), ChatKind.PRIVATE, now).id
            subscriptions.agree(session, chat, now)
            enterprises.create(session, chat, "", json.loads(kept(facts)), now)
        with Watch() as watch:
            job.run(now + timedelta(seconds=number))
        took.append(watch.wall * 1000)
    store.close()
    took.sort()
    yield f"the same through the database ({store.url.get_backend_name()}), up to the message in the outbox: {spread(took)}"


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--day", type=date.fromisoformat, default=date(2022, 9, 20))
    arguments.add_argument("--enterprises", type=int, default=100_000)
    arguments.add_argument("--profiles", type=int, default=1_000)
    arguments.add_argument(
        "--database", help="a database of its own, for the last figure; left out: SQLite in a folder"
    )
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    kb, rng = loader.load(), random.Random(chosen.seed)
    whole = [enterprise(rng, kb) for _ in range(1000)]
    told: list[Facts] = [
        {name: value for name, value in partly(rng, rng.choice(whole)).items() if not isinstance(value, Unknown)}
        for _ in range(chosen.enterprises)
    ]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    for line in many(kb, chosen.day, [kept(facts) for facts in told]):
        print(line, flush=True)
    for line in one(kb, chosen.day, told[: chosen.profiles]):
        print(line, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.database or f"sqlite:///{Path(folder) / 'bench.db'}"
        for line in through_the_database(kb, told[:100], url):
            print(line, flush=True)


if __name__ == "__main__":
    main()
