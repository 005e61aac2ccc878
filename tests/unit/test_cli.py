"""The command line imports only what is asked for, and says in one line what it did not understand."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import typer

from bot import cli

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def modules_after(*words: str) -> set[str]:
    """The modules that a process of its own has imported when ``python -m bot`` with these words is done."""
    report = f"import sys; from bot import cli; cli.main({list(words)!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", report], cwd=PROJECT, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_help_lists_every_command_and_imports_none_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in cli.COMMANDS:
        assert command.name in shown
        assert command.help[:6] in shown
    loaded = modules_after("--help")
    assert not loaded & {"rasa", "tensorflow", "telegram", "sqlalchemy", "pydantic_settings", "structlog"}
    assert not loaded & {command.module for command in cli.COMMANDS}


def test_no_words_at_all_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "惠企助手" in capsys.readouterr().out


def test_checking_the_knowledge_loads_no_language_model_and_no_messenger() -> None:
    assert not modules_after("kb", "check", "--help") & {"rasa", "tensorflow", "telegram"}


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_every_command_is_there_and_tells_its_usage(command: cli.Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command.name, "--help"]) == 0
    assert f"./huiqi {command.name}" in capsys.readouterr().out


@pytest.mark.parametrize(("word", "guess"), [("chta", "./huiqi chat"), ("随便", "--help")])
def test_an_unknown_command_is_told_with_the_nearest_one(
    word: str, guess: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([word]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert word in line
    assert guess in line


def test_an_unknown_option_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--nonsense"]) == 2
    assert "--nonsense" in capsys.readouterr().err


def test_a_wrong_setting_stops_a_command_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUIQI_LOG_LEVEL", "loud")
    assert cli.main(["kb", "check"]) == 2
    assert "HUIQI_LOG_LEVEL" in capsys.readouterr().err


def test_a_broken_module_affects_its_own_command_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = cli.Command("broken", "bot.there_is_no_such_module", "app", "坏了。", cli.KEEPERS)
    monkeypatch.setattr(cli, "COMMANDS", (*cli.COMMANDS, broken))
    assert cli.main(["kb", "--help"]) == 0
    assert cli.main(["--help"]) == 0
    with pytest.raises(ModuleNotFoundError):
        cli.main(["broken"])


@pytest.mark.parametrize(("status", "expected"), [(None, 0), (0, 0), (3, 3), ("words", 1)])
def test_the_exit_status_of_a_command_is_kept(
    monkeypatch: pytest.MonkeyPatch, status: str | int | None, expected: int
) -> None:
    def leave(wanted: str | None) -> typer.Typer:
        raise SystemExit(status)

    monkeypatch.setattr(cli, "build", leave)
    assert cli.main(["--help"]) == expected


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "bot", "--help"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
