"""What an installation copies names only settings that exist."""

import re
from pathlib import Path

from bot.settings import PREFIX, Settings

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
