"""The way to Telegram: one Bot for HTTP, the channel the sender speaks through, and the intake that polls.

python-telegram-bot confirms updates before its handlers run, so only its ``Bot`` is used: an update is confirmed
(by the next ``offset``) after it was committed to the inbox.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineQueryResultArticle,
    InputFile,
    LinkPreviewOptions,
    error,
)
from telegram.constants import ChatAction, ParseMode
from telegram.request import HTTPXRequest

from bot import telegram_errors, telegram_forum, telegram_render, telegram_updates
from bot.telegram_updates import CHANNEL, Me
from scheduler.content import Content
from scheduler.errors import ChannelError, Fault
from scheduler.outbox import TokenRefusedError
from scheduler.timepiece import Timepiece
from storage import inbox
from storage.engine import Store, StoreUnavailableError

log = structlog.get_logger()

OFFICIAL = "https://api.telegram.org"
POLL = 25  # seconds Telegram keeps an empty request open
TIMEOUT = 20  # seconds for anything else; shorter than the outbox's lease
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Telegram:
    """The bot's account. Use as an async context; everything raises ``ChannelError``."""

    name = CHANNEL

    def __init__(self, token: str, *, base_url: str | None = None, proxy: str | None = None, slots: int = 64) -> None:
        root = (base_url or OFFICIAL).rstrip("/").removesuffix("/bot")

        def request(size: int) -> HTTPXRequest:
            waits: dict[str, Any] = {
                "read_timeout": TIMEOUT,
                "write_timeout": TIMEOUT,
                "connect_timeout": 10.0,
                "pool_timeout": 5.0,
            }
            return HTTPXRequest(connection_pool_size=size, proxy=proxy, **waits)

        self._polling = request(2)
        self.bot = Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=request(slots),
            get_updates_request=self._polling,
        )

    async def __aenter__(self) -> Self:
        await asyncio.gather(self._polling.initialize(), self.bot.request.initialize())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(self._polling.shutdown(), self.bot.request.shutdown())

    async def me(self) -> Me:
        """Who we are. Raises ``TokenRefusedError`` where the token is wrong."""
        try:
            user = await self.bot.get_me()
        except error.InvalidToken as failure:
            raise TokenRefusedError(TokenRefusedError.__doc__) from failure
        except error.TelegramError as failure:
            raise telegram_errors.fault_of(failure) from failure
        return Me(user.id, user.username or "")

    async def updates(self, offset: int, seconds: int = POLL) -> Sequence[Mapping[str, Any]]:
        """The oldest unconfirmed updates, as raw JSON: one that cannot be read must not take others along.

        ``offset`` confirms everything before it. Raises ``telegram.error.Conflict`` where another process polls.
        """
        allowed = "%5B" + "%2C".join(f"%22{name}%22" for name in telegram_updates.ALLOWED) + "%5D"
        address = f"{self.bot.base_url}/getUpdates?timeout={seconds}&offset={offset}&allowed_updates={allowed}"
        try:
            found = await self._polling.post(address, read_timeout=seconds + 10)
        except (error.Conflict, error.InvalidToken):
            raise
        except error.TelegramError as failure:
            raise telegram_errors.fault_of(failure) from failure
        return found if isinstance(found, list) else []

    async def deliver(self, address: str, content: Content) -> str | None:
        """Send, or edit where ``content.edits`` says so. Returns the message's id."""
        chat, text = int(address), telegram_render.as_html(content.text)
        markup = telegram_render.markup(content)
        form: dict[str, Any] = {"parse_mode": ParseMode.HTML, "reply_markup": markup}
        try:
            if telegram_forum.is_act(content):
                return await telegram_forum.act(self.bot, chat, content)
            if content.edits is not None and content.file is not None:
                await self.bot.edit_message_caption(chat, int(content.edits), caption=text, **form)
                return content.edits
            if content.edits is not None:
                await self.bot.edit_message_text(
                    text, chat, int(content.edits), link_preview_options=NO_PREVIEW, **form
                )
                return content.edits
            form |= telegram_forum.place(content)
            if content.file is not None:
                return await telegram_forum.send_file(self.bot, chat, text, content, form)
            if content.attachment is not None:
                return await self._deliver_file(chat, text, content, form)
            sent = await self.bot.send_message(
                chat, text, link_preview_options=NO_PREVIEW, disable_notification=content.quiet or None, **form
            )
        except error.TelegramError as failure:
            raise telegram_forum.lost(content, telegram_errors.fault_of(failure)) from failure
        return str(sent.message_id)

    async def _deliver_file(self, chat: int, caption: str, content: Content, form: dict[str, Any]) -> str:
        if content.attachment is None:
            raise ChannelError(Fault.REJECTED, "no file")
        file = InputFile(content.attachment.data, filename=content.attachment.name)
        if content.attachment.picture:
            return str((await self.bot.send_photo(chat, file, caption, **form)).message_id)
        return str((await self.bot.send_document(chat, file, caption, **form)).message_id)

    async def type(self, address: str) -> None:
        """Show 正在输入. Failing does not matter."""
        await self._courtesy(self.bot.send_chat_action(int(address), ChatAction.TYPING))

    async def acknowledge(self, query: str) -> None:
        """Stop the pressed button's spinner. Failing does not matter."""
        await self._courtesy(self.bot.answer_callback_query(query))

    async def answer_inline(self, query: str, results: Sequence[InlineQueryResultArticle], kept: int) -> None:
        """Show results to whoever types; for ``kept`` seconds Telegram may show them to others. Failing does not matter."""
        await self._courtesy(self.bot.answer_inline_query(query, results, cache_time=kept))

    async def _courtesy(self, call: Any) -> None:
        try:
            await call
        except error.TelegramError as failure:
            log.debug("telegram.courtesy_failed", error=str(failure))

    async def show_menu(self, private: Sequence[BotCommand], group: Sequence[BotCommand]) -> None:
        """The commands offered in private chats and in groups. Failing does not matter."""
        await self._courtesy(self.bot.set_my_commands(private, BotCommandScopeAllPrivateChats()))
        await self._courtesy(self.bot.set_my_commands(group, BotCommandScopeAllGroupChats()))

    async def show_desk_menu(self, address: str, commands: Sequence[BotCommand]) -> None:
        """The commands offered in the staff's group. Failing does not matter."""
        await self._courtesy(self.bot.set_my_commands(commands, BotCommandScopeChat(int(address))))

    async def use_webhook(self, url: str, secret: str) -> None:
        """Have updates pushed to ``url``, with ``secret`` in a header."""
        allowed = telegram_updates.ALLOWED
        try:
            await self.bot.set_webhook(url, secret_token=secret, allowed_updates=allowed, max_connections=40)
        except error.TelegramError as failure:
            raise telegram_errors.fault_of(failure) from failure

    async def pushing_trouble(self) -> str:
        """Why Telegram could not push updates lately; empty where it could, or polling is used."""
        try:
            info = await self.bot.get_webhook_info()
        except error.TelegramError as failure:
            raise telegram_errors.fault_of(failure) from failure
        return (info.last_error_message or "") if info.url and info.pending_update_count else ""

    async def use_polling(self) -> None:
        """Give up a webhook, which would keep updates from being polled."""
        try:
            await self.bot.delete_webhook()
        except error.TelegramError as failure:
            raise telegram_errors.fault_of(failure) from failure


class Intake:
    """Takes updates in by polling: fetched, committed, only then confirmed."""

    def __init__(
        self,
        telegram: Telegram,
        store: Store,
        timepiece: Timepiece,
        ring: Callable[[], None],
        *,
        desk: str | None = None,
        inline: Callable[[Mapping[str, Any]], None] = lambda query: None,
    ) -> None:
        self._telegram = telegram
        self._desk = desk  # the group whose pressed buttons are answered with words, later
        self._inline = inline  # takes the queries that are answered at once and never kept
        self._store = store
        self._time = timepiece
        self._ring = ring
        self._offset = 0
        self._failures = 0
        self._courtesies: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until ``stop``. Raises ``TokenRefusedError``."""
        stopped = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                poll = asyncio.ensure_future(self._round())
                await asyncio.wait((poll, stopped), return_when=asyncio.FIRST_COMPLETED)
                if not poll.done():
                    poll.cancel()  # nothing is lost: what was not committed was not confirmed
                wait = (await asyncio.gather(poll, return_exceptions=True))[0]
                if isinstance(wait, Exception):
                    raise wait
                if isinstance(wait, float) and wait > 0:
                    await self._time.wait(stop, wait)
        finally:
            stopped.cancel()

    async def _round(self) -> float:
        """One request. Returns the seconds to wait before the next."""
        try:
            found = await self._telegram.updates(self._offset)
            log.debug("intake.received", number=len(found))
            await self.accept(found)
        except error.InvalidToken as failure:
            raise TokenRefusedError(TokenRefusedError.__doc__) from failure
        except error.Conflict:
            return self._pause("intake.conflict", "另一个进程正用同一个令牌接收消息：请只留一个")
        except StoreUnavailableError as failure:
            return self._pause("store.away", str(failure))
        except ChannelError as failure:
            return self._pause("intake.failed", str(failure), failure.retry_after)
        self._failures = 0
        # An empty answer means that all is confirmed; starting from nothing then keeps working when Telegram numbers
        # updates anew after a week of silence.
        self._offset = max(int(update["update_id"]) for update in found) + 1 if found else 0
        return 0.0

    def _pause(self, action: str, why: str, seconds: float | None = None) -> float:
        self._failures += 1
        wait = seconds or min(10.0, 0.5 * 2 ** min(self._failures, 6))
        log.warning(action, role="intake", why=why, wait=wait)
        return wait

    async def accept(self, found: Sequence[Mapping[str, Any]]) -> None:
        """Commit updates to the inbox, wake the workers, be courteous. Raises ``StoreUnavailableError``."""
        for query in [update["inline_query"] for update in found if "inline_query" in update]:
            if isinstance(query, Mapping) and "id" in query:
                self._inline(query)
        found = [update for update in found if "inline_query" not in update]
        if not found:
            return
        new = await asyncio.to_thread(self._commit, [telegram_updates.raw(update) for update in found])
        log.debug("intake.committed", number=new, received=len(found))
        self._ring()
        for update in found:
            query = update.get("callback_query")
            if isinstance(query, Mapping) and "id" in query and telegram_updates.raw(update).chat != self._desk:
                task = asyncio.ensure_future(self._telegram.acknowledge(str(query["id"])))
                self._courtesies.add(task)
                task.add_done_callback(self._courtesies.discard)

    def _commit(self, updates: Sequence[inbox.RawUpdate]) -> int:
        with self._store.write() as session:
            return inbox.put(session, CHANNEL, updates, self._time.now())
