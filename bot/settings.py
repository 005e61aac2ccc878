"""What an installation sets: environment variables that begin with HUIQI_, and nothing else."""

import difflib
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from helpdesk import business_calendar

PREFIX = "HUIQI_"
FOR_TESTS = "HUIQI_TEST_"  # read by the test suite alone
PROJECT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is wrong; the message names the variable, what is wrong with it and how to mend it."""


class TelegramTokenMissingError(SettingsError):
    """没有 Telegram 令牌：请设环境变量 HUIQI_TELEGRAM_TOKEN，或把令牌写进文件并设 HUIQI_TELEGRAM_TOKEN_FILE"""


class TelegramTokenAmbiguousError(SettingsError):
    """HUIQI_TELEGRAM_TOKEN 和 HUIQI_TELEGRAM_TOKEN_FILE 都设了，不知道该用哪个：请只留一个"""


class TelegramTokenFileError(SettingsError):
    """读不到令牌文件"""


class LogFormat(StrEnum):
    """How log lines look: ``auto`` is ``console`` on a terminal and ``json`` elsewhere."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least serious event that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """Every setting with its default. Made by ``load``, which reports mistakes in words."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    home: Path = PROJECT / "var"
    """Folder of everything written at run time: database, models, logs. Absolute."""
    model_dir: Path = Field(default_factory=lambda data: data["home"] / "models")
    """Folder of trained language models. Absolute."""
    database_url: str = Field(default_factory=lambda data: f"sqlite:///{data['home'] / 'huiqi.db'}", repr=False)
    """SQLite file or PostgreSQL. May hold a password: never log it."""

    telegram_token: SecretStr | None = None
    telegram_token_file: Path | None = None
    telegram_proxy: str | None = Field(default=None, repr=False)
    """Proxy for the way to Telegram, such as socks5://127.0.0.1:1080. May hold a password: never log it."""
    telegram_base_url: str | None = None
    """Own Bot API server, without the token and without ``/bot``."""
    telegram_webhook_url: str | None = None
    """Public address under which Telegram reaches ``/telegram`` of ``listen``; not set: updates are polled."""
    telegram_webhook_secret: SecretStr | None = None
    """What Telegram sends along with every update: 1 to 256 letters, digits, ``_`` and ``-``."""
    listen: str | None = None
    """``host:port`` for ``/health``, ``/metrics`` and the webhook; not set: none of them."""

    telegram_desk_chat: str | None = None
    """Id of the staff's group, ``-100…``, with topics switched on and the bot its administrator; not set: no group."""
    administrators: str = ""
    """Telegram user ids of the helpdesk's first administrators, between commas; the rest by ``./huiqi staff``."""
    desk_hours: str = "09:00-12:00,13:30-17:30"
    """Working hours of the helpdesk on working days, Asia/Shanghai; from inclusive, to exclusive."""

    log_level: LogLevel | None = None
    """Where not set: ``info`` for a service, ``warning`` for a command that a person reads."""
    log_format: LogFormat = LogFormat.AUTO

    @field_validator("home", "model_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @field_validator("telegram_proxy", "telegram_base_url", "telegram_webhook_url")
    @classmethod
    def _has_a_scheme(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://", "socks5://", "socks5h://")):
            raise PydanticCustomError("url", "应以 http://、https:// 或 socks5:// 开头")
        return url.rstrip("/") if url else None

    @field_validator("listen")
    @classmethod
    def _is_host_and_port(cls, place: str | None) -> str | None:
        if place is not None and not re.fullmatch(r"[^\s:]+:\d{1,5}", place):
            raise PydanticCustomError("listen", "应写成 主机:端口，如 127.0.0.1:8443")
        return place

    @field_validator("administrators")
    @classmethod
    def _are_user_ids(cls, ids: str) -> str:
        if not re.fullmatch(r"(\s*\d{1,20}\s*(,|$))*", ids):
            raise PydanticCustomError("administrators", "应是 Telegram 用户编号，用英文逗号隔开，如 123456,234567")
        return ids

    @field_validator("telegram_desk_chat")
    @classmethod
    def _is_a_group(cls, chat: str | None) -> str | None:
        if chat is not None and not re.fullmatch(r"-\d{1,20}", chat):
            raise PydanticCustomError("group", "应是群的编号，以负号开头，如 -1001234567890")
        return chat

    @field_validator("desk_hours")
    @classmethod
    def _are_hours(cls, text: str) -> str:
        try:
            business_calendar.hours(text)
        except business_calendar.HoursError as error:
            raise PydanticCustomError("hours", "{why}", {"why": str(error)}) from error
        return text

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_a_webhook_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise PydanticCustomError("secret", "只能用 1 至 256 个字母、数字、_ 和 -")
        return secret

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _in_lower_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def administrator_ids(self) -> tuple[str, ...]:
        """The helpdesk's first administrators."""
        return tuple(part.strip() for part in self.administrators.split(",") if part.strip())

    def token(self) -> SecretStr:
        """The bot's token, from the variable or the file.

        Raises ``TelegramTokenMissingError``, ``TelegramTokenAmbiguousError`` or ``TelegramTokenFileError``.
        """
        if self.telegram_token and self.telegram_token_file:
            raise TelegramTokenAmbiguousError(TelegramTokenAmbiguousError.__doc__)
        if self.telegram_token:
            return self.telegram_token
        if not self.telegram_token_file:
            raise TelegramTokenMissingError(TelegramTokenMissingError.__doc__)
        try:
            token = self.telegram_token_file.expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            what = error.strerror if isinstance(error, OSError) else "不是文本"
            raise TelegramTokenFileError(f"读不到 HUIQI_TELEGRAM_TOKEN_FILE 指的文件（{what}）") from error
        if not token:
            raise TelegramTokenFileError("HUIQI_TELEGRAM_TOKEN_FILE 指的文件是空的：请把令牌写进去，独占一行")
        return SecretStr(token)


def load() -> Settings:
    """The settings of this process. Raises ``SettingsError`` with one line for each wrong variable, never its value."""
    faults = [_unknown(name) for name in sorted(os.environ) if _is_unknown(name)]
    try:
        settings = Settings()
    except ValidationError as error:
        faults += [f"{PREFIX}{str(fault['loc'][0]).upper()}：{_why(fault['type'], fault)}" for fault in error.errors()]
    else:
        if not faults:
            return settings
    raise SettingsError("\n".join(faults))


def _names() -> list[str]:
    return [name.upper() for name in Settings.model_fields]


def _is_unknown(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(FOR_TESTS) and name.removeprefix(PREFIX) not in _names()


def _unknown(name: str) -> str:
    # A misspelt name must not fall back to a default in silence: the data would go to another database.
    near = difflib.get_close_matches(name.removeprefix(PREFIX), _names(), n=1)
    hint = f"，是不是 {PREFIX}{near[0]}？" if near else "；有的是 " + "、".join(PREFIX + known for known in _names())
    return f"{name}：没有这个设置{hint}"


def _why(kind: str, fault: Mapping[str, object]) -> str:
    context = fault.get("ctx")
    if kind == "enum" and isinstance(context, Mapping):
        return f"应是 {context['expected']} 之一"
    return str(fault["msg"])
