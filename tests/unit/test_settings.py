"""Settings come from HUIQI_ variables; a mistake is told by name and never shows a value."""

import os
from pathlib import Path

import pytest

from bot import settings
from bot.settings import LogFormat, LogLevel

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFakeFak"


@pytest.fixture(autouse=True)
def only_what_the_test_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(settings.PREFIX):
            monkeypatch.delenv(name)


def test_without_any_variable_everything_lies_under_var() -> None:
    current = settings.load()
    assert current.home == settings.PROJECT / "var"
    assert current.model_dir == settings.PROJECT / "var" / "models"
    assert current.database_url == f"sqlite:///{settings.PROJECT / 'var' / 'huiqi.db'}"
    assert current.log_level is None
    assert current.log_format is LogFormat.AUTO


def test_models_and_database_follow_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    current = settings.load()
    assert current.model_dir == tmp_path / "models"
    assert current.database_url == f"sqlite:///{tmp_path / 'huiqi.db'}"


def test_a_relative_home_is_meant_from_where_the_command_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUIQI_HOME", "data")
    assert settings.load().home == tmp_path / "data"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_DATABASE_URL", "")
    assert settings.load().database_url.startswith("sqlite:///")


def test_the_first_administrators_and_the_hours_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.load().administrator_ids == ()
    monkeypatch.setenv("HUIQI_ADMINISTRATORS", "123456, 234567,")
    monkeypatch.setenv("HUIQI_DESK_HOURS", "8:30-12:00,14:00-18:00")
    assert settings.load().administrator_ids == ("123456", "234567")
    monkeypatch.setenv("HUIQI_ADMINISTRATORS", "@wang")
    monkeypatch.setenv("HUIQI_DESK_HOURS", "上午")
    with pytest.raises(settings.SettingsError) as caught:
        settings.load()
    assert "HUIQI_ADMINISTRATORS：应是 Telegram 用户编号" in str(caught.value)
    assert "HUIQI_DESK_HOURS：工作时间应写成 09:00-12:00,13:30-17:30" in str(caught.value)


def test_the_staffs_group_is_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_TELEGRAM_DESK_CHAT", "-1001234567890")
    assert settings.load().telegram_desk_chat == "-1001234567890"
    monkeypatch.setenv("HUIQI_TELEGRAM_DESK_CHAT", "1234567890")
    with pytest.raises(settings.SettingsError, match="HUIQI_TELEGRAM_DESK_CHAT：应是群的编号"):
        settings.load()


def test_level_and_format_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_LOG_LEVEL", "WARNING")
    monkeypatch.setenv("HUIQI_LOG_FORMAT", "JSON")
    current = settings.load()
    assert (current.log_level, current.log_format) == (LogLevel.WARNING, LogFormat.JSON)


def test_every_wrong_variable_is_named_at_once_and_no_value_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_LOG_LEVEL", "hunter1")
    monkeypatch.setenv("HUIQI_TELEGRAM_PROXY", "me:hunter2@proxy")
    with pytest.raises(settings.SettingsError) as caught:
        settings.load()
    lines = str(caught.value).splitlines()
    assert [line.split("：")[0] for line in lines] == ["HUIQI_TELEGRAM_PROXY", "HUIQI_LOG_LEVEL"]
    assert "socks5://" in lines[0]
    assert "'warning'" in lines[1]
    assert "hunter" not in str(caught.value)


def test_a_misspelt_variable_is_an_error_that_names_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_DATABSE_URL", "postgresql://me:hunter2@db/huiqi")
    with pytest.raises(settings.SettingsError, match="是不是 HUIQI_DATABASE_URL") as caught:
        settings.load()
    assert "hunter2" not in str(caught.value)


def test_a_variable_like_no_setting_lists_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_ZZZ", "1")
    with pytest.raises(settings.SettingsError, match="有的是 HUIQI_HOME"):
        settings.load()


def test_variables_of_the_test_suite_are_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_TEST_POSTGRES", "x")
    settings.load()


def test_neither_token_nor_file_says_how_to_give_one() -> None:
    with pytest.raises(settings.TelegramTokenMissingError, match="HUIQI_TELEGRAM_TOKEN_FILE"):
        settings.load().token()


def test_token_and_file_together_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUIQI_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HUIQI_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(settings.TelegramTokenAmbiguousError):
        settings.load().token()


def test_a_token_in_a_file_is_read_without_its_line_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n", encoding="utf-8")
    monkeypatch.setenv("HUIQI_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    assert settings.load().token().get_secret_value() == TOKEN


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), (b"\n", "空的"), (b"\xff\xfe", "不是文本")])
def test_a_token_file_that_gives_no_token_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    monkeypatch.setenv("HUIQI_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(settings.TelegramTokenFileError, match=words):
        settings.load().token()


def test_the_settings_show_no_secret_when_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIQI_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HUIQI_DATABASE_URL", "postgresql://me:hunter2@db/huiqi")
    monkeypatch.setenv("HUIQI_TELEGRAM_PROXY", "http://me:hunter2@proxy:8080")
    shown = repr(settings.load())
    assert TOKEN not in shown
    assert "hunter2" not in shown
