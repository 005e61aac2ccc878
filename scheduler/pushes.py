"""What all messages share that nobody asked for: when they may come, how they end. Pure."""

from datetime import datetime, time, timedelta

from storage.times import SHANGHAI

ENDING = "我们不收费、不点外部链接、不要验证码。"
"""Last line of every push."""

LEAVE, ADJUST = "unsub:", "push:adjust"
"""What the two buttons do that every push carries: 退订 takes consent back, 调整 shows how and how often."""

QUIET_FROM, QUIET_TO = time(21, 0), time(8, 30)
"""Quiet hours in Asia/Shanghai: from 21:00 on, until before 8:30."""


def quiet_until(now: datetime) -> datetime | None:
    """When the quiet hours end that ``now`` lies in; None outside them."""
    local = now.astimezone(SHANGHAI)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return None
    day = local.date() if local.time() < QUIET_TO else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_TO, SHANGHAI)
