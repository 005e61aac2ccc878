"""Starting the real commands, each a process of its own, with a home of its own and the model trained already."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot import settings

PROJECT = Path(__file__).resolve().parents[2]
LOADING = 300.0
"""Seconds a start may take on a busy machine: the language model is read, and trained first where none fits."""


@dataclass(frozen=True)
class Commands:
    """`./huiqi …` for one installation."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the processes: nothing of the tester's own settings but where the model lies."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(settings.PREFIX)}
        return {
            **own,
            "HUIQI_HOME": str(self.home),
            "HUIQI_MODEL_DIR": str(settings.load().model_dir),
            "PYTHONPATH": str(PROJECT),
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "ignore",
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "COLUMNS": "400",
        }

    def python(self, *words: str) -> list[str]:
        """What `./huiqi WORDS` runs once everything is set up."""
        return [sys.executable, "-P", "-m", "bot", *words]

    def run(self, *words: str, typed: str = "", script: bool = False) -> subprocess.CompletedProcess[str]:
        """Run to the end; `script`: through `./huiqi` itself."""
        command = [str(PROJECT / "huiqi"), *words] if script else self.python(*words)
        return subprocess.run(
            command,
            cwd=PROJECT,
            env=self.environment,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=LOADING,
            check=False,
        )


def installed(home: Path) -> Commands:
    """A fresh installation in `home`, with what training left behind."""
    vectors = settings.load().home / "cache" / "vectors.npz"
    if vectors.exists():
        (home / "cache").mkdir(parents=True)
        shutil.copy(vectors, home / "cache")
    return Commands(home)


def publish_broken(commands: Commands, where: str, text: str) -> None:
    """Put a catalogue in force whose file `where` ends in `text`."""
    catalogue = commands.home / "kb" / "versions" / "broken" / "catalogue"
    shutil.copytree(PROJECT / "policy_kb" / "catalogue", catalogue)
    (catalogue.parents[2] / "current").write_text("broken\n", encoding="utf-8")
    with (catalogue / where).open("a", encoding="utf-8") as file:
        file.write(text)
