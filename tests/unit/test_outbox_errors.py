"""The error table, row by row, and where Telegram's exceptions land in it."""

import httpx
import pytest
from telegram import error as telegram

from bot import telegram_errors
from scheduler import errors
from scheduler.errors import ChannelError, Fault, Outcome
from storage.tables import Lane

REPLY, BULK = Lane.INTERACTIVE, Lane.BULK


@pytest.mark.parametrize(
    ("fault", "reply", "bulk", "tries"),
    [
        (Fault.FLOOD, Outcome.AGAIN, Outcome.AGAIN, None),
        (Fault.BLOCKED, Outcome.DEAD, Outcome.DEAD, None),
        (Fault.GONE, Outcome.DEAD, Outcome.DEAD, None),
        (Fault.MOVED, Outcome.MOVE, Outcome.MOVE, None),
        (Fault.UNCHANGED, Outcome.SENT, Outcome.SENT, None),
        (Fault.NO_EDIT, Outcome.AS_NEW, Outcome.AS_NEW, 3),
        (Fault.NO_TOPIC, Outcome.AGAIN, Outcome.AGAIN, None),
        (Fault.EXPIRED, Outcome.AS_NEW, Outcome.AS_NEW, 3),
        (Fault.REJECTED, Outcome.DEAD, Outcome.DEAD, None),
        (Fault.TOKEN, Outcome.STOP, Outcome.STOP, None),
        (Fault.UNREACHABLE, Outcome.AGAIN, Outcome.AGAIN, None),
        (Fault.INTERRUPTED, Outcome.AGAIN, Outcome.UNKNOWN, 5),
        (Fault.SERVER, Outcome.AGAIN, Outcome.AGAIN, 10),
        (Fault.UNEXPECTED, Outcome.AGAIN, Outcome.UNKNOWN, 3),
    ],
)
def test_each_fault_has_its_decision(fault: Fault, reply: Outcome, bulk: Outcome, tries: int | None) -> None:
    assert errors.decide(ChannelError(fault), REPLY, 0).outcome == reply
    assert errors.decide(ChannelError(fault), BULK, 0).outcome == bulk
    if tries is None:
        assert errors.decide(ChannelError(fault), REPLY, 1000).outcome == reply
    else:
        assert errors.decide(ChannelError(fault), REPLY, tries - 2).outcome == reply
        assert errors.decide(ChannelError(fault), REPLY, tries - 1).outcome == Outcome.DEAD


def test_every_fault_is_in_the_table() -> None:
    assert set(errors.TABLE) == set(Fault)


def test_a_flood_wait_is_kept_to_the_second_holds_the_chat_and_costs_no_try() -> None:
    decision = errors.decide(ChannelError(Fault.FLOOD, retry_after=37), REPLY, 0)
    assert (decision.after.total_seconds(), decision.hold_chat, decision.counted) == (37, True, False)


def test_second_tries_come_later_and_later_but_within_a_minute() -> None:
    waits = [errors.backoff(failures).total_seconds() for failures in range(8)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert errors.backoff(10_000).total_seconds() == 60


def caused(error: telegram.TelegramError, cause: Exception) -> telegram.TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (telegram.RetryAfter(5), Fault.FLOOD),
        (telegram.ChatMigrated(-1001), Fault.MOVED),
        (telegram.Forbidden("Forbidden: bot was blocked by the user"), Fault.BLOCKED),
        (telegram.Forbidden("Forbidden: user is deactivated"), Fault.BLOCKED),
        (telegram.InvalidToken("Unauthorized"), Fault.TOKEN),
        (telegram.BadRequest("Message is not modified: specified new message content"), Fault.UNCHANGED),
        (telegram.BadRequest("Message to edit not found"), Fault.NO_EDIT),
        (telegram.BadRequest("Message can't be edited"), Fault.NO_EDIT),
        (telegram.BadRequest("Chat not found"), Fault.GONE),
        (telegram.BadRequest("Not enough rights to send text messages to the chat"), Fault.BLOCKED),
        (telegram.BadRequest("Message thread not found"), Fault.NO_TOPIC),
        (telegram.BadRequest("There is no caption in the message to edit"), Fault.NO_EDIT),
        (telegram.BadRequest("Query is too old and response timeout expired or query ID is invalid"), Fault.EXPIRED),
        (telegram.BadRequest("Message is too long"), Fault.REJECTED),
        (telegram.BadRequest("Can't parse entities"), Fault.REJECTED),
        (caused(telegram.TimedOut(), httpx.ReadTimeout("")), Fault.INTERRUPTED),
        (caused(telegram.TimedOut(), httpx.WriteTimeout("")), Fault.INTERRUPTED),
        (caused(telegram.TimedOut(), httpx.ConnectTimeout("")), Fault.UNREACHABLE),
        (caused(telegram.TimedOut(), httpx.PoolTimeout("")), Fault.UNREACHABLE),
        (caused(telegram.NetworkError(""), httpx.ConnectError("")), Fault.UNREACHABLE),
        (caused(telegram.NetworkError(""), httpx.ReadError("")), Fault.INTERRUPTED),
        (caused(telegram.NetworkError(""), httpx.RemoteProtocolError("")), Fault.INTERRUPTED),
        (telegram.NetworkError("Bad Gateway"), Fault.SERVER),
        (telegram.Conflict("Conflict"), Fault.UNEXPECTED),
    ],
)
def test_each_exception_of_the_library_is_the_right_fault(error: telegram.TelegramError, fault: Fault) -> None:
    assert telegram_errors.fault_of(error).fault == fault


def test_details_of_an_exception_are_kept() -> None:
    assert telegram_errors.fault_of(telegram.RetryAfter(5)).retry_after == 5
    assert telegram_errors.fault_of(telegram.ChatMigrated(-1001)).address == "-1001"
