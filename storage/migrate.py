"""Migrations: brought up to date at start, under a lock, so that two processes may start at once."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.engine import Store

logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every plug-in
LOCK = 7_211_604_118  # any number, the same for ever: the name of the lock in PostgreSQL


class DatabaseTooNewError(Exception):
    """The database was made by a newer version of this programme; start that version, or restore a backup."""


def head() -> str:
    """The newest revision this programme knows."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def current(store: Store) -> str | None:
    """The revision the database is at; None for an empty database. Raises ``StoreUnavailableError``."""
    with store.read() as session:
        return _revision(session.connection())


def upgrade(store: Store) -> bool:
    """Bring the database up to date. Returns whether anything was to do. Raises ``DatabaseTooNewError``."""
    if current(store) == head():
        return False
    with store.connection() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": LOCK})
        revision = _revision(connection)
        if revision == head():  # another process was faster
            return False
        _known(revision)
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        return True


def _known(revision: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseTooNewError(f"{DatabaseTooNewError.__doc__} (revision {revision})")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def config() -> Config:
    """Alembic's settings, without any file of settings."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.set_main_option("path_separator", "os")
    return settings
