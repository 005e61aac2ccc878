"""Starting, watching and killing the real bot.

Each bot is a process of its own with its own signals, forked from a server that has imported everything already:
importing takes longer than all the rest of a test.
"""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.fakes.preloaded"])


def _run(log: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    from tests.fakes import echo_bot

    sys.exit(echo_bot.main())


class Process:
    """A running bot. What it writes goes to a file, so that no pipe fills up."""

    def __init__(self, log: Path, kill: str | None = None, **options: Any) -> None:
        environment = {"HUIQI_TEST_OPTIONS": json.dumps(options), "HUIQI_TEST_KILL": kill or ""}
        self.log = log
        log.touch()
        self.process = CONTEXT.Process(target=_run, args=(str(log), environment))
        self.process.start()

    def ended(self, seconds: float = 15.0) -> int:
        """Wait for its end. Returns the exit status, negative where a signal ended it."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise TimeoutError(f"still running after {seconds} s:\n{self.said()}")
        return self.process.exitcode

    def terminate(self, seconds: float = 15.0) -> int:
        """SIGTERM, and wait."""
        self.process.terminate()
        return self.ended(seconds)

    def kill(self) -> None:
        """SIGKILL, and wait."""
        self.process.kill()
        self.process.join(5)

    @property
    def killed(self) -> bool:
        """Whether it is gone by SIGKILL."""
        return self.process.exitcode == -signal.SIGKILL

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
        if process.process.exitcode is None:
            process.kill()
