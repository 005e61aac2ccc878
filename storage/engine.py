"""The way to the database: one engine, reading and writing transactions, the same code for SQLite and PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import Connection, CursorResult, Delete, Engine, Table, Update, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

BUSY_TIMEOUT = 10_000  # milliseconds a writer waits for another process's transaction
BEGIN = "huiqi_begin"
Values = Mapping[str, Any]


class DatabaseUrlError(ValueError):
    """HUIQI_DATABASE_URL must read sqlite:///path/to/file or postgresql://user@host:port/name"""


class StoreUnavailableError(Exception):
    """The database cannot be reached; nothing was changed."""


class Store:
    """One database. ``read`` and ``write`` give a session in one transaction; leaving the block commits it."""

    def __init__(self, url: str) -> None:
        self.url = _normalised(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        begin = "BEGIN IMMEDIATE" if self.is_sqlite else None
        self._writer = self.engine.execution_options(**{BEGIN: begin})
        # SQLite has one writer; a lock in the process is fairer and faster than its busy polling.
        self._turn: Lock | nullcontext[None] = Lock() if self.is_sqlite else nullcontext()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads. Raises ``StoreUnavailableError``."""
        with _translated(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may write, holding SQLite's write lock from its first statement on."""
        with self._turn, _translated(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A bare writing connection in one transaction, for migrations."""
        with self._turn, _translated(), self._writer.begin() as connection:
            yield connection

    def ping(self) -> None:
        """Raises ``StoreUnavailableError`` when the database does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def table(model: type[DeclarativeBase]) -> Table:
    """The bare table: statements on it skip the bookkeeping of objects, which costs more than they do."""
    return cast("Table", model.__table__)


def insert(session: Session, model: type[DeclarativeBase]) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    return insert_in(session.get_bind().dialect.name, model)


@cache
def insert_in(dialect: str, model: type[DeclarativeBase]) -> Any:
    """The same where only the dialect's name is known."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table(model))


def added(session: Session, model: type[DeclarativeBase], rows: Sequence[Values]) -> int:
    """Insert rows, each with the same columns; those whose key is known are left alone. Returns how many are new."""
    return len(session.execute(_unless_known(session.get_bind().dialect.name, model), rows).all())


@cache
def _unless_known(dialect: str, model: type[DeclarativeBase]) -> Any:
    return insert_in(dialect, model).on_conflict_do_nothing().returning(*table(model).primary_key)


def changed(session: Session, statement: Update | Delete, values: Values | Sequence[Values] | None = None) -> int:
    """Carry out an UPDATE or DELETE. Returns how many rows it touched.

    ``values``: parameters by name; those named like a column are what an UPDATE sets. Several: once for each.
    """
    return cast("CursorResult[Any]", session.execute(statement, values)).rowcount


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or _is_connection_error(error):
            raise StoreUnavailableError(f"{StoreUnavailableError.__doc__} ({type(error.orig).__name__})") from error
        raise


def _is_connection_error(error: DBAPIError) -> bool:
    # psycopg raises OperationalError for "connection refused"; sqlite3 raises it for "database is locked",
    # "disk I/O error", "unable to open database file", but also for a missing table, which waiting does not mend.
    if "no such" in str(error.orig) or "syntax error" in str(error.orig):
        return False
    return type(error.orig).__name__ in {"OperationalError", "AdminShutdown", "CannotConnectNow", "InterfaceError"}


def _normalised(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUrlError(DatabaseUrlError.__doc__) from error
    if parsed.drivername in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseUrlError(DatabaseUrlError.__doc__)
    return parsed


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=8, max_overflow=24)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        for pragma in ("journal_mode=WAL", f"busy_timeout={BUSY_TIMEOUT}", "foreign_keys=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(BEGIN) or "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5},
        execution_options={"preserve_rowcount": True},
    )
