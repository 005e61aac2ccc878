"""Backup and restore of a whole database by one call: SQLite's own copy, PostgreSQL's own dump."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from storage.engine import Store


class BackupError(Exception):
    """The backup could not be made or restored; nothing was changed."""


def save(store: Store, file: Path) -> None:
    """Write the database to a new file; the bot may go on meanwhile. Raises ``BackupError``."""
    if file.exists():
        raise BackupError(f"{file}: already there; choose another name")
    file.parent.mkdir(parents=True, exist_ok=True)
    if store.is_sqlite:
        _copy(Path(store.url.database or ""), file)
    else:
        _postgres(store, "pg_dump", "--format=custom", "--no-owner", f"--file={file}")


def load(store: Store, file: Path) -> None:
    """Replace the database by the backup; nobody else may use it. Raises ``BackupError``."""
    if store.is_sqlite:
        _check(file)
        store.close()
        _copy(file, Path(store.url.database or ""))
    else:
        # In one transaction: a broken file leaves everything as it was.
        _postgres(store, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            [(verdict,)] = connection.execute("PRAGMA integrity_check").fetchall()
    except (sqlite3.DatabaseError, ValueError) as error:
        raise BackupError(f"{file}: no backup of a SQLite database ({error})") from error
    if verdict != "ok":
        raise BackupError(f"{file}: damaged ({verdict})")


def _copy(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{source} → {target}: {error}") from error


def _postgres(store: Store, program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not installed; install the client programs of PostgreSQL")
    url = store.url.set(drivername="postgresql")
    # The address goes by the environment: a password in the arguments would be seen by everybody on the machine.
    environment = {
        "PGHOST": url.host or "",
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
        "PATH": str(Path(path).parent),
    }
    target = ["--dbname", url.database or ""] if program == "pg_restore" else []
    done = subprocess.run([path, *target, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise BackupError(f"{program}: {done.stderr.strip()[-500:]}")
