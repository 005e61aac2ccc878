"""The staff's group as part of a running programme: what it is set to, and what it adds to the roles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from telegram import BotCommand

from bot.telegram_desk import Group
from bot.telegram_desk_clerk import DIGESTS, Clerk
from bot.telegram_desk_places import PATIENCE, Places
from bot.telegram_updates import CHANNEL, Me
from helpdesk.house import House
from scheduler.timepiece import Timepiece
from storage.engine import Store

MENU = (
    BotCommand("queue", "待办的工单"),
    BotCommand("claim", "领取"),
    BotCommand("reply", "答复用户"),
    BotCommand("note", "内部备注"),
    BotCommand("canned", "现成答复"),
    BotCommand("transfer", "转给同事或单位"),
    BotCommand("release", "退回待办"),
    BotCommand("priority", "改缓急"),
    BotCommand("resolve", "办结"),
    BotCommand("close", "关闭"),
    BotCommand("reopen", "重新打开"),
    BotCommand("help", "怎么用"),
)


@dataclass(frozen=True)
class DeskOptions:
    """``address``: the group's chat; ``house``: what it works with now. The rest is shorter only in tests."""

    address: str
    house: Callable[[], House]
    interval: float = 1.0  # seconds between two looks at the log
    patience: timedelta = PATIENCE
    digests: timedelta = DIGESTS

    def group(self, me: Me) -> Group:
        """What the worker hands the group's updates to."""
        return Group(self.address, me)

    def places(self) -> Places:
        """The sender's gate."""
        return Places(CHANNEL, self.patience, timedelta(seconds=self.interval))

    def clerk(self, store: Store, timepiece: Timepiece, ring_sender: Callable[[], None]) -> Clerk:
        """The clock's part."""
        return Clerk(
            store,
            timepiece,
            self.house,
            CHANNEL,
            self.address,
            ring_sender,
            alone=store.is_sqlite,
            interval=self.interval,
            digests=self.digests,
        )
