"""Inline mode: who types @bot and a few letters in any chat is shown measures to choose from.

Inline queries are the one kind of update that is not kept: an answer is worth something only while the person types,
so it is given at once, from the catalogue alone, by whoever takes updates in; one that fails or comes at the wrong
moment is dropped.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bot import telegram_render
from bot.telegram import Telegram
from bot.telegram_updates import Me
from handlers import lookup
from handlers.lookup import Card
from policy_kb.catalogues import Catalogue
from scheduler.timepiece import Timepiece
from storage import times

log = structlog.get_logger()

AT_ONCE = 20
"""Queries answered at once; every letter typed is one, so further ones are dropped."""
KEPT = 300
"""Seconds Telegram may show the same answer to others."""


class Inline:
    """Answers inline queries beside the intake."""

    def __init__(self, telegram: Telegram, catalogue: Callable[[], Catalogue], me: Me, timepiece: Timepiece) -> None:
        self._telegram = telegram
        self._catalogue = catalogue
        self._me = me
        self._time = timepiece
        self._answering: set[asyncio.Task[None]] = set()

    def take(self, query: Mapping[str, Any]) -> None:
        """Begin to answer. Returns at once; nothing is raised."""
        if len(self._answering) >= AT_ONCE:
            log.warning("inline.dropped", waiting=len(self._answering))
            return
        task = asyncio.ensure_future(self._answer(query))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, query: Mapping[str, Any]) -> None:
        try:
            found = await asyncio.to_thread(self._found, str(query.get("query", "")))
            await self._telegram.answer_inline(str(query["id"]), [article(card, self._me) for card in found], KEPT)
        except Exception as error:  # whatever it is, the next letter is another query
            log.exception("inline.failed", error=type(error).__name__)
            return
        log.info("inline.answered", number=len(found))

    def _found(self, typed: str) -> list[Card]:
        as_of = self._time.now().astimezone(times.SHANGHAI).date()
        return lookup.cards(typed, self._catalogue(), as_of)


def article(card: Card, me: Me) -> InlineQueryResultArticle:
    """A card as Telegram's, with a button that leads from any chat to the bot and the measure."""
    link = f"https://t.me/{me.username}?start=measure_{card.measure}"
    return InlineQueryResultArticle(
        id=card.measure,
        title=card.title,
        description=card.line,
        input_message_content=InputTextMessageContent(
            telegram_render.as_html(card.text),
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("我能享受吗？问惠企助手", url=link)]]),
    )
