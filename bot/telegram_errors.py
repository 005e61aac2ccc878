"""From python-telegram-bot's exceptions to our faults. The order matters: BadRequest and TimedOut are NetworkErrors."""

import os
from datetime import timedelta

import httpx
from telegram import error as telegram

from scheduler.errors import ChannelError, Fault

# Without it every RetryAfter warns that its attribute will change its type.
os.environ.setdefault("PTB_TIMEDELTA", "true")

# Telegram has no codes below 400 and 403; its texts are all there is. Found anywhere in the text, in lower case.
REJECTIONS = (
    ("message is not modified", Fault.UNCHANGED),
    ("message can't be edited", Fault.NO_EDIT),
    ("message to edit not found", Fault.NO_EDIT),
    ("there is no text in the message to edit", Fault.NO_EDIT),
    ("message_id_invalid", Fault.NO_EDIT),
    ("there is no caption in the message to edit", Fault.NO_EDIT),
    ("message thread not found", Fault.NO_TOPIC),
    ("topic_deleted", Fault.NO_TOPIC),
    ("topic_id_invalid", Fault.NO_TOPIC),
    ("query is too old", Fault.EXPIRED),
    ("chat not found", Fault.GONE),
    ("user not found", Fault.GONE),
    ("peer_id_invalid", Fault.GONE),
    ("have no rights to send", Fault.BLOCKED),
    ("not enough rights", Fault.BLOCKED),
    ("chat_write_forbidden", Fault.BLOCKED),
)
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def fault_of(error: telegram.TelegramError) -> ChannelError:
    """What the failure means to the sender."""
    if isinstance(error, telegram.RetryAfter):
        return ChannelError(Fault.FLOOD, retry_after=_seconds(error))
    if isinstance(error, telegram.ChatMigrated):
        return ChannelError(Fault.MOVED, address=str(error.new_chat_id))
    if isinstance(error, telegram.Forbidden):
        return ChannelError(Fault.BLOCKED, error.message)
    if isinstance(error, telegram.InvalidToken):
        return ChannelError(Fault.TOKEN, error.message)
    if isinstance(error, telegram.BadRequest):
        return ChannelError(_rejection(error.message), error.message)
    if isinstance(error, telegram.NetworkError):
        return _network(error)
    return ChannelError(Fault.UNEXPECTED, type(error).__name__)


def _seconds(error: telegram.RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _rejection(message: str) -> Fault:
    lower = message.lower()
    return next((fault for part, fault in REJECTIONS if part in lower), Fault.REJECTED)


def _network(error: telegram.NetworkError) -> ChannelError:
    cause = error.__cause__
    if isinstance(cause, NEVER_LEFT):
        return ChannelError(Fault.UNREACHABLE, type(cause).__name__)
    if isinstance(cause, httpx.HTTPError):
        return ChannelError(Fault.INTERRUPTED, type(cause).__name__)
    return ChannelError(Fault.SERVER, error.message[:100])
