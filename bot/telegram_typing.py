"""正在输入, shown to whoever waits for an answer longer than a moment (the language model loads, a queue is long)."""

import asyncio
from datetime import datetime, timedelta

from bot.telegram import Telegram
from bot.telegram_updates import CHANNEL
from scheduler.timepiece import Timepiece
from storage import inbox
from storage.engine import Store, StoreUnavailableError

MOMENT = timedelta(seconds=0.8)
LONGEST = timedelta(minutes=2)
SHOWN = timedelta(seconds=4.5)  # Telegram shows it for five seconds
MOST = 10  # at a look: where many wait, the answers need the connections more


class Typist:
    """Looks once a second who waits."""

    def __init__(self, telegram: Telegram, store: Store, timepiece: Timepiece) -> None:
        self._telegram = telegram
        self._store = store
        self._time = timepiece
        self._shown: dict[str, datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``."""
        while not await self._time.wait(stop, 1.0):
            await self.look()

    async def look(self) -> None:
        """Show it to everybody who waits."""
        now = self._time.now()
        self._shown = {chat: at for chat, at in self._shown.items() if now - at < SHOWN}
        try:
            waiting = await asyncio.to_thread(self._waiting, now)
        except StoreUnavailableError:
            return
        fresh = [chat for chat in waiting if chat not in self._shown][:MOST]
        self._shown.update(dict.fromkeys(fresh, now))
        await asyncio.gather(*(self._telegram.type(chat) for chat in fresh))

    def _waiting(self, now: datetime) -> list[str]:
        with self._store.read() as session:
            return inbox.waiting_chats(session, CHANNEL, (now - LONGEST, now - MOMENT))
