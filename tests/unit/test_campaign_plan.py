"""When each copy of a campaign is due, and what it says. Nothing here knows a database."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from scheduler import campaign_copies, pushes
from scheduler.campaign_copies import CampaignError
from storage.campaign_tables import Campaign
from storage.campaigns import Slot


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def planned(total: int, start: str, hours: float = 0) -> list[tuple[int, int, datetime]]:
    found = campaign_copies.slots(range(total), at(start), timedelta(hours=hours))
    return [(slot.first, slot.end, slot.due) for slot in found]


def test_everybody_is_due_once_and_never_faster_than_allowed() -> None:
    slots = planned(100_000, "2026-11-23T09:00")
    assert [first for first, _, _ in slots[1:]] == [end for _, end, _ in slots[:-1]]
    assert (slots[0][0], slots[-1][1]) == (0, 100_000)
    assert max(end - first for first, end, _ in slots) == 25 * 60
    assert slots[-1][2] == at("2026-11-23T10:06")


def test_a_campaign_is_spread_evenly_over_its_hours() -> None:
    slots = planned(600, "2026-11-23T09:00", hours=4)
    assert slots[-1][2] == at("2026-11-23T12:59")
    by_hour = Counter(due.hour for first, end, due in slots for _ in range(end - first))
    assert by_hour == {9: 150, 10: 150, 11: 150, 12: 150}


@pytest.mark.parametrize("start", ["2026-11-23T20:30", "2026-11-23T23:00", "2026-11-24T03:00", "2026-11-24T08:29"])
def test_nobody_is_due_at_night(start: str) -> None:
    slots = planned(100_000, start)
    assert slots[-1][1] == 100_000
    for _, _, due in slots:
        assert pushes.quiet_until(due) is None


def test_quiet_hours_begin_at_nine_and_end_at_half_past_eight_in_kunming() -> None:
    assert pushes.quiet_until(at("2026-11-23T20:59")) is None
    assert pushes.quiet_until(at("2026-11-23T21:00")) == at("2026-11-24T08:30")
    assert pushes.quiet_until(at("2026-11-24T08:29")) == at("2026-11-24T08:30")
    assert pushes.quiet_until(at("2026-11-24T08:30")) is None
    assert pushes.quiet_until(datetime.fromisoformat("2026-11-23T13:00+00:00")) == at("2026-11-24T08:30")


def test_gaps_between_positions_are_bridged_and_nobody_else_taken_in() -> None:
    left = [3, 7, 8, 20_000]
    slots = list(campaign_copies.slots(left, at("2026-11-23T09:00"), timedelta(minutes=2)))
    assert [(slot.first, slot.end) for slot in slots] == [(3, 8), (8, 20_001)]


def test_nobody_needs_no_time() -> None:
    assert planned(0, "2026-11-23T09:00") == []
    assert campaign_copies.ends(0, at("2026-11-23T09:00"), timedelta(0)) == at("2026-11-23T09:00")
    assert campaign_copies.ends(1, at("2026-11-23T09:00"), timedelta(0)) == at("2026-11-23T09:01")


def test_a_large_slot_is_cut_so_that_replies_find_their_turn() -> None:
    slots = [Slot(0, 12_000, at("2026-11-23T09:00")), Slot(12_000, 12_100, at("2026-11-23T09:01"))]
    sizes = [[(one.first, one.end) for one in bundle] for bundle in campaign_copies.bundles(slots)]
    assert sizes == [[(0, 5000)], [(5000, 10_000)], [(10_000, 12_000), (12_000, 12_100)]]


def campaign(**more: object) -> Campaign:
    return Campaign(id=123_456_789, title="t", text="正文。", audience="{}", created_by="甲", **more)


def test_every_push_ends_with_the_promise_and_offers_to_leave_and_to_adjust() -> None:
    content = campaign_copies.content(campaign(measure="m" * 40))
    assert content.text == f"正文。\n{pushes.ENDING}"
    assert all(words in pushes.ENDING for words in ("不收费", "不点外部链接", "不要验证码"))
    assert [[one.label for one in row] for row in content.rows] == [["我能享受吗", "怎么办"], ["调整", "退订"]]
    assert all(len(one.action.encode()) <= 64 for row in content.rows for one in row)
    assert [one.label for row in campaign_copies.content(campaign()).rows for one in row] == ["调整", "退订"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("  ", "没有正文"), ("长" * 901, "901 字"), ("看 https://x.cn", "网址"), ("加 T.me/x", "网址")],
)
def test_a_text_that_may_not_go_out_is_refused(text: str, says: str) -> None:
    with pytest.raises(CampaignError, match=says):
        campaign_copies.checked_text(text)


def test_the_closing_line_is_not_said_twice() -> None:
    assert campaign_copies.checked_text(f"正文。\n{pushes.ENDING}") == "正文。"
