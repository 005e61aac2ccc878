"""What an installation copies and what its keepers read names only what exists."""

import ast
import re
from functools import cache
from pathlib import Path

from bot.settings import PREFIX, Settings
from storage import retention

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_of_settings_names_every_setting_that_is_set_by_installations_and_no_other() -> None:
    named = set(re.findall(r"^#?HUIQI_(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    known = {name.upper() for name in Settings.model_fields}
    assert named <= known
    assert known - named <= {"MODEL_DIR"}


def test_the_unit_starts_a_command_that_exists_and_does_not_restart_what_is_set_wrongly() -> None:
    unit = (ROOT / "deploy" / "huiqi.service").read_text(encoding="utf-8")
    assert "/huiqi telegram" in unit
    assert "RestartPreventExitStatus=2" in unit
    assert PREFIX not in unit


@cache
def actions() -> set[str]:
    """The first word of every log call of the programme."""
    found = set()
    for room in ("bot", "handlers", "nlu", "scheduler", "helpdesk", "policy_kb", "storage"):
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "log"
                ):
                    assert node.args, f"{file}:{node.lineno}: an event without a name"
                    name = node.args[0]
                    # A name handed in as an argument is one of those written where it is handed in.
                    found.add(name.value if isinstance(name, ast.Constant) else "handed.in")
    return {str(name) for name in found}


def test_every_event_is_told_by_one_action_of_noun_and_verb() -> None:
    assert len(actions()) > 30
    assert not [name for name in actions() if not re.fullmatch(r"[a-z]+(\.[a-z_]+)?", name)]


def test_what_keepers_read_names_events_figures_and_periods_that_exist() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    metrics = (ROOT / "bot" / "metrics.py").read_text(encoding="utf-8")
    for name in re.findall(r"`(huiqi_\w+)", text):
        assert name.removesuffix("_total") in metrics, name
    handed_in = {"intake.conflict", "intake.failed"}
    for name in re.findall(r"`((?:inbox|outbox|worker|intake|store|catalogue)\.[a-z_]+)`", text):
        assert name in actions() | handed_in, name
    periods = {str(value.days) for name, value in vars(retention).items() if name.isupper()}
    assert periods <= set(re.findall(r"(\d+) days?", text))
