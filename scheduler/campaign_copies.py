"""One copy of a campaign: what it says, and when it is due. Pure."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from policy_kb import entries, windows, wording
from policy_kb.catalogues import Catalogue
from scheduler import pushes
from scheduler.content import Choice, Content
from storage.campaign_tables import Campaign
from storage.campaigns import Slot
from storage.times import SHANGHAI

PER_SECOND = 25
"""Messages a second that a campaign may reach at most; see scheduler/pacing."""

LONGEST = 900
"""Characters of a campaign's text, without what every push ends with."""

AT_ONCE = 5_000
"""Rows put into the outbox or moved in one transaction: between two of them replies find their turn."""


class CampaignError(Exception):
    """It cannot be done; the message says why and what to do."""


def checked_text(text: str) -> str:
    """The text as it may be sent. Raises ``CampaignError``."""
    text = text.strip()
    if not text:
        raise CampaignError("没有正文")
    if len(text) > LONGEST:
        raise CampaignError(f"正文有 {len(text)} 字，最多 {LONGEST} 字：手机上没人看长文")
    if any(mark in text.lower() for mark in ("http://", "https://", "www.", "t.me/")):
        raise CampaignError("正文里有网址：推送末尾写着“不点外部链接”，请去掉；官方链接放在政策条目里")
    return text.removesuffix(pushes.ENDING).rstrip()


def text_of(measure: entries.Measure, catalogue: Catalogue, now: datetime) -> str:
    """What a campaign about a measure says where staff write nothing of their own."""
    day = now.astimezone(SHANGHAI).date()
    standing = windows.measure_status(measure, catalogue, day)
    source = wording.source(wording.cited(measure), catalogue)
    lines = (f"{measure.title}：{measure.summary}", wording.validity(standing, measure, catalogue), source)
    return "\n".join(line for line in lines if line)


def content(campaign: Campaign) -> Content:
    """The message, the same for everybody: text, closing line, buttons that tell which campaign they belong to."""
    number = f"c:{campaign.id}"
    first: list[Choice] = []
    if campaign.measure is not None:
        first = [
            Choice(label="我能享受吗", action=f"{number}:check:{campaign.measure}"),
            Choice(label="怎么办", action=f"{number}:how:{campaign.measure}"),
        ]
    last = (
        Choice(label="调整", action=f"{number}:{pushes.ADJUST}"),
        Choice(label="退订", action=f"{number}:{pushes.LEAVE}"),
    )
    rows = (tuple(first), last) if first else (last,)
    return Content(text=f"{campaign.text}\n{pushes.ENDING}", rows=rows)


def checks(campaign: Campaign) -> str:
    """What the gate needs to know at the moment of sending."""
    return json.dumps({"campaign": campaign.id, "measure": campaign.measure, "version": campaign.measure_version})


def slots(positions: Sequence[int], start: datetime, spread: timedelta) -> Iterator[Slot]:
    """When each of these recipients is due: minute by minute, over ``spread`` or as fast as allowed, never at night.

    ``positions`` ascending, perhaps with gaps; a slot reaches up to the next one's first.
    """
    total, sent = len(positions), 0
    rate = PER_SECOND * 60.0
    if spread > timedelta(0):
        rate = min(rate, total / max(1.0, spread.total_seconds() / 60))
    due, allowance = pushes.quiet_until(start) or start, 0.0
    while sent < total:
        due = pushes.quiet_until(due) or due
        allowance += rate
        number = min(int(allowance + 1e-9), total - sent)
        if number:
            allowance -= number
            yield Slot(positions[sent], positions[sent + number - 1] + 1, due)
            sent += number
        due += timedelta(minutes=1)


def ends(total: int, start: datetime, spread: timedelta) -> datetime:
    """When the last copy is due, a minute's grace included."""
    last = start
    for slot in slots(range(total), start, spread):
        last = slot.due
    return last + timedelta(minutes=1) if total else start


def bundles(planned: Sequence[Slot]) -> Iterator[list[Slot]]:
    """Slots in bundles of about ``AT_ONCE`` rows, a slot too large for one cut up."""
    bundle: list[Slot] = []
    size = 0
    for slot in planned:
        for first in range(slot.first, slot.end, AT_ONCE):
            piece = Slot(first, min(first + AT_ONCE, slot.end), slot.due)
            if bundle and size + piece.end - piece.first > AT_ONCE:
                yield bundle
                bundle, size = [], 0
            bundle.append(piece)
            size += piece.end - piece.first
    if bundle:
        yield bundle


def ranges(positions: Sequence[int], due: datetime) -> list[Slot]:
    """Positions in slots of at most ``AT_ONCE``."""
    return [
        Slot(positions[at], positions[min(at + AT_ONCE, len(positions)) - 1] + 1, due)
        for at in range(0, len(positions), AT_ONCE)
    ]
