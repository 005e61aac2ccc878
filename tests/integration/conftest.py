"""Stores on both databases: a test that takes ``store`` runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.engine import Store
from tests.fakes import databases
from tests.fakes.clusters import NoPostgresError


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    try:
        with databases.postgres_database() as url:
            databases.migrated(url).close()
            yield url
    except NoPostgresError as error:
        databases.skip_without_postgres(error)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = databases.migrated(f"sqlite:///{tmp_path / 'huiqi.db'}")
    else:
        opened = Store(request.getfixturevalue("postgres_url"))
        databases.empty(opened)
    yield opened
    opened.close()
