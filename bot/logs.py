"""What the programme writes about itself: one ``action`` an event, nothing by which a person could be found."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import LogFormat, LogLevel
from storage import masking

HIDDEN = "［隐藏］"
# Word by word: `token_count` is hidden too, `bytes` and `author` are not.
SECRET_KEY = re.compile(r"(?:^|_)(?:token|secret|password|authorization|api_key|credentials?)(?:_|$)", re.IGNORECASE)
# Telegram's tokens (the bot's number, a colon, 35 letters), also inside an address; and name:password@ of a URL.
TOKEN = re.compile(r"(?<![A-Za-z0-9])(bot)?\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
URL_PASSWORD = re.compile(r"(?<=://)[^\s/@]+:[^\s/@]+(?=@)")
# Libraries that tell every request or every job; their warnings stay.
TALKATIVE = ("httpx", "httpcore", "apscheduler", "telegram", "rasa", "tensorflow", "asyncio", "jieba", "matplotlib")


def configure(level: LogLevel = LogLevel.INFO, form: LogFormat = LogFormat.AUTO, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's events to ``stream`` (stderr where none is given).

    The standard library comes along so that what others log, such as httpx with the token in an address, is masked too.
    """
    stream = stream or sys.stderr
    if form is LogFormat.AUTO:
        form = LogFormat.CONSOLE if stream.isatty() else LogFormat.JSON
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _exception_is_an_error,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        mask,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    _hush_warnings()


def mask(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Processor: no token, password, identity number, telephone number or mail address leaves in any text."""
    return {key: HIDDEN if SECRET_KEY.search(key) else _masked(value) for key, value in event.items()}


def mask_text(text: str) -> str:
    """``text`` with tokens, URL passwords and personal numbers replaced by words."""
    return masking.mask(URL_PASSWORD.sub(HIDDEN, TOKEN.sub(HIDDEN, text)))


def _masked(value: object) -> object:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {key: HIDDEN if SECRET_KEY.search(str(key)) else _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value  # numbers are ids, counts and sizes; a telephone number only ever comes as text
    return mask_text(str(value))


def _exception_is_an_error(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    # This structlog gives log.exception() a level of its own, which whoever filters for errors would miss.
    if event.get("level") == "exception":
        event["level"] = "error"
    return event


def _rendering(form: LogFormat) -> list[Processor]:
    if form is LogFormat.CONSOLE:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.EventRenamer("action"), structlog.processors.JSONRenderer(ensure_ascii=False)]


def _hush_warnings() -> None:
    # Sanic, inside Rasa, turns deprecation warnings on again for the whole process, whatever PYTHONWARNINGS says.
    if "ignore" in sys.warnoptions:
        logging.captureWarnings(capture=True)
        logging.getLogger("py.warnings").setLevel(logging.ERROR)
