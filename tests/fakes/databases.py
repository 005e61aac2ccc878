"""Databases for tests: SQLite in a folder, and a PostgreSQL database of its own for each test run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from storage import migrate
from storage.engine import Store
from storage.tables import Base
from tests.fakes import clusters
from tests.fakes.clusters import NoPostgresError


@contextmanager
def postgres_database() -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database that is dropped at the end. Raises ``NoPostgresError``."""
    name, server = f"huiqi_test_{uuid4().hex[:12]}", clusters.address()
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except Exception as error:
        admin.dispose()
        raise NoPostgresError(f"{NoPostgresError.__doc__} ({error})") from error
    try:
        yield f"{server}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        admin.dispose()


def skip_without_postgres(error: NoPostgresError) -> None:
    """Skip the test with a clear word; where ``CI=true`` it fails instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(str(error))
    pytest.skip(str(error))


def empty(store: Store) -> None:
    """Delete every row."""
    with store.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())


def migrated(url: str) -> Store:
    """A store at ``url`` with all tables."""
    store = Store(url)
    migrate.upgrade(store)
    return store
