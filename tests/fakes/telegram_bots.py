"""Fixtures for tests that start the real roles: a world on scaled time, its server, a database, and a starter."""

import contextlib
import itertools
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import databases, processes
from tests.fakes.clusters import NoPostgresError
from tests.fakes.processes import Process
from tests.fakes.telegram import server
from tests.fakes.telegram.flood import Flood
from tests.fakes.telegram.world import World

PACE = 0.02  # all flood rules, ours and the fake's, run fifty times as fast

Start = Callable[..., contextlib.AbstractContextManager[Process]]


@pytest.fixture
def world() -> World:
    return World(flood=Flood(second=PACE, minute=60 * PACE, enforced=False))


@pytest.fixture
def fake(world: World) -> Iterator[server.Server]:
    with server.running(world) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'huiqi.db'}"
        return
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(databases.postgres_database())
        except NoPostgresError as error:
            databases.skip_without_postgres(error)
        yield url


@pytest.fixture
def start(fake: server.Server, tmp_path: Path, database_url: str) -> Start:
    numbers = itertools.count(1)

    def started(kill: str | None = None, **options: Any) -> contextlib.AbstractContextManager[Process]:
        given = {"token": fake.token, "base_url": fake.base_url, "database_url": database_url, "pace": PACE, **options}
        return processes.running(tmp_path / f"log{next(numbers)}", kill, **given)

    return started


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    return free_port()


def free_port() -> int:
    """The same, for tests that need several."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def answers(world: World, chat: int) -> list[str]:
    """The first answer to each question, in order."""
    return list(dict.fromkeys(world.texts(chat)))
