"""What only a helpdesk's group needs of Telegram: topics, files sent on by their id, answers to a pressed button."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, ReplyParameters, error

from bot import telegram_errors
from scheduler.content import Content
from scheduler.errors import ChannelError, Fault

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that a bot can fetch; a larger one could not be seen at every desk."""
CAPTION = 1024
"""Characters below a file, as Telegram counts them."""
ALERT = 200
"""Characters shown to whoever pressed a button."""


def is_act(content: Content) -> bool:
    """Whether it is no message, but something to be done."""
    return content.opens is not None or content.drops is not None or content.query is not None


async def act(bot: Bot, chat: int, content: Content) -> str | None:
    """Do it. Returns the number of the topic made, if one was. Raises ``telegram.error.TelegramError``."""
    if content.opens is not None:
        return await _open(bot, chat, content.opens)
    if content.drops is not None:
        await bot.delete_forum_topic(chat, int(content.drops))
    if content.query is not None:
        await _answer(bot, content.query, content.text[:ALERT])
    return None


async def _answer(bot: Bot, query: str, text: str) -> None:
    try:
        await bot.answer_callback_query(query, text or None, show_alert=bool(text))
    except error.BadRequest:
        if text:  # too late: it is said in a message instead; without words there is nothing to say
            raise


async def _open(bot: Bot, chat: int, name: str) -> str:
    try:
        return str((await bot.create_forum_topic(chat, name)).message_thread_id)
    except error.ChatMigrated:
        raise
    except error.BadRequest as failure:
        found = telegram_errors.fault_of(failure)
        # A group in which we may not make topics has not shut us out.
        raise ChannelError(Fault.GONE if found.fault == Fault.GONE else Fault.REJECTED, failure.message) from failure


def place(content: Content) -> dict[str, Any]:
    """The topic it goes to, and the message it answers, gone or not."""
    form: dict[str, Any] = {}
    if content.thread:
        form["message_thread_id"] = int(content.thread)
    if content.answers:
        form["reply_parameters"] = ReplyParameters(int(content.answers), allow_sending_without_reply=True)
    return form


async def send_file(bot: Bot, chat: int, caption: str, content: Content, form: dict[str, Any]) -> str:
    """Send a file on by its id. Raises ``telegram.error.TelegramError``."""
    if content.file is None:
        raise ChannelError(Fault.REJECTED, "no file")
    senders: dict[str, Callable[..., Awaitable[Any]]] = {
        "photo": bot.send_photo,
        "document": bot.send_document,
        "voice": bot.send_voice,
        "video": bot.send_video,
        "audio": bot.send_audio,
    }
    sent = await senders[content.file.kind](chat, content.file.id, caption=caption or None, **form)
    return str(sent.message_id)


def lost(content: Content, failure: ChannelError) -> ChannelError:
    """The failure, naming the topic that is gone: whoever makes it again must know which one."""
    return ChannelError(failure.fault, content.thread or "") if failure.fault == Fault.NO_TOPIC else failure
