"""Log lines: one action an event, and nothing by which a person or the bot could be found."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.settings import LogFormat, LogLevel

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFakeFak"
IDENTITY = "11010519491231002X"
PHONE = "13800138000"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Where the configured log goes; what was configured before is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(LogLevel.INFO, LogFormat.JSON, stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def only_line(stream: io.StringIO) -> dict[str, object]:
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert isinstance(event, dict)
    return event


def test_an_event_is_one_line_of_json_with_its_action(written: io.StringIO) -> None:
    structlog.get_logger("bot.telegram").info("inbox.committed", update_id=7, chat="中文")
    event = only_line(written)
    assert event.pop("timestamp")
    assert event == {
        "action": "inbox.committed",
        "update_id": 7,
        "chat": "中文",
        "level": "info",
        "logger": "bot.telegram",
    }


@pytest.mark.parametrize(
    "text",
    [
        f"token {TOKEN}",
        f"POST https://api.example.org/bot{TOKEN}/getMe",
        f"POST https://api.example.org/bot{TOKEN.replace(':', '%3A')}/getMe",
        f"身份证{IDENTITY}。",
        f"打我电话{PHONE}",
        "138 0013 8000",
        "+86-138-0013-8000",
        "postgresql://me:hunter2@db/huiqi",
        "a.person@example.org",
    ],
)
@pytest.mark.parametrize("place", ["value", "action", "list", "mapping", "object"])
def test_personal_numbers_and_secrets_leave_in_no_place(written: io.StringIO, text: str, place: str) -> None:
    log = structlog.get_logger("bot")
    if place == "action":
        log.info(text)
    else:
        values = {"value": text, "list": [text, (text,)], "mapping": {"deep": {"er": text}}, "object": ValueError(text)}
        log.info("something", what=values[place])
    line = written.getvalue()
    assert "［" in line
    for secret in (TOKEN[-35:], IDENTITY, "13800138000", "0013", "hunter2", "a.person"):
        assert secret not in line


@pytest.mark.parametrize("key", ["token", "telegram_token", "Authorization", "webhook_secret", "db_password"])
def test_what_a_key_calls_secret_is_hidden_whatever_it_looks_like(written: io.StringIO, key: str) -> None:
    structlog.get_logger("bot").info("something", **{key: "opensesame"}, nested={key: "opensesame"})
    assert "opensesame" not in written.getvalue()
    assert only_line(written)[key] == logs.HIDDEN


def test_hotlines_sums_dates_and_counts_stay_readable(written: io.StringIO) -> None:
    structlog.get_logger("bot").info(
        "answered", text="12345 或 12333，30万元，2022-09-20", tokenised=3, elapsed_ms=12.5
    )
    event = only_line(written)
    assert event["text"] == "12345 或 12333，30万元，2022-09-20"
    assert (event["tokenised"], event["elapsed_ms"]) == (3, 12.5)


def test_a_library_that_logs_the_token_is_masked_too(written: io.StringIO) -> None:
    logging.getLogger("somebody.else").warning("GET %s failed for %s", f"/bot{TOKEN}/getUpdates", PHONE)
    event = only_line(written)
    assert event["action"] == f"GET /{logs.HIDDEN}/getUpdates failed for ［手机号］"
    assert event["level"] == "warning"


def test_a_traceback_is_masked_too(written: io.StringIO) -> None:
    try:
        raise ConnectionError(f"https://api.example.org/bot{TOKEN}/getMe")
    except ConnectionError:
        structlog.get_logger("bot").exception("telegram.failed")
        logging.getLogger("library").exception("failed")
    assert TOKEN not in written.getvalue()
    first, second = (json.loads(line) for line in written.getvalue().splitlines())
    assert (first["action"], second["action"]) == ("telegram.failed", "failed")
    for event in (first, second):
        assert event["level"] == "error"
        assert "ConnectionError" in event["exception"]


def test_libraries_that_tell_every_request_are_quiet(written: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("apscheduler.scheduler").info("job ran")
    structlog.get_logger("bot").debug("detail")
    assert written.getvalue() == ""


def test_on_a_terminal_lines_are_for_people() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = Terminal()
    try:
        logs.configure(stream=stream)
        structlog.get_logger("bot").info("started", phone=PHONE)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert "started" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
    assert PHONE not in stream.getvalue()
