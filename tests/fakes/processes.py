"""Starting, watching and killing the real bot."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A running bot. What it writes goes to a file, so that no pipe fills up."""

    def __init__(self, log: Path, kill: str | None = None, **options: Any) -> None:
        environment = {**os.environ, "HUIQI_TEST_OPTIONS": json.dumps(options), "PYTHONUNBUFFERED": "1"}
        if kill:
            environment["HUIQI_TEST_KILL"] = kill
        self.log = log
        with log.open("ab") as out:
            command = [sys.executable, "-m", "tests.fakes.echo_bot"]
            self.popen = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)

    def ended(self, seconds: float = 15.0) -> int:
        """Wait for its end. Returns the exit status, negative where a signal ended it."""
        return self.popen.wait(seconds)

    def terminate(self, seconds: float = 15.0) -> int:
        """SIGTERM, and wait."""
        self.popen.terminate()
        return self.ended(seconds)

    def kill(self) -> None:
        """SIGKILL, and wait."""
        self.popen.kill()
        self.popen.wait(5)

    @property
    def killed(self) -> bool:
        """Whether it is gone by SIGKILL."""
        return self.popen.poll() == -signal.SIGKILL

    def said(self) -> str:
        """Everything written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def actions(self) -> list[str]:
        """The actions logged so far."""
        lines = [line for line in self.said().splitlines() if line.startswith("{")]
        return [json.loads(line)["action"] for line in lines]


@contextmanager
def running(log: Path, kill: str | None = None, **options: Any) -> Iterator[Process]:
    """A bot that does not outlive the block."""
    process = Process(log, kill, **options)
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.kill()
