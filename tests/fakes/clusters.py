"""A private PostgreSQL cluster for machines that have the programs but no server running."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432"


class NoPostgresError(Exception):
    """Neither a PostgreSQL server at 127.0.0.1:5432 (or HUIQI_TEST_POSTGRES) nor its programs (initdb) are there."""


@cache
def address() -> str:
    """Where tests may create databases: the given server, the usual one, or one started here.

    Raises ``NoPostgresError``.
    """
    given = os.environ.get("HUIQI_TEST_POSTGRES")
    if given:
        return given
    try:
        socket.create_connection(("127.0.0.1", 5432), timeout=2).close()
    except OSError:
        return _private()
    return SERVER


def _private() -> str:
    programs = _programs()
    if programs is None:
        raise NoPostgresError(NoPostgresError.__doc__)
    # PostgreSQL refuses to run as root; root lends it another user.
    user = _lesser_user() if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="huiqi-postgres-"))
    if user:
        shutil.chown(home, user)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    data = str(home / "data")
    options = f"-h 127.0.0.1 -p {port} -k {home} -c fsync=off"

    def call(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", data, *arguments]
        done = subprocess.run(command, user=user, cwd=home, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0 and program == "initdb":
            raise NoPostgresError(f"{NoPostgresError.__doc__} (initdb failed)")

    call("initdb", "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--no-locale")
    call("pg_ctl", "-o", options, "-w", "-l", str(home / "log"), "start")

    def end() -> None:
        call("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(end)
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}"


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return installed[-1].parent if installed else None


def _lesser_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
