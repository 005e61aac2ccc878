"""The pace of sending: never faster than allowed, whatever comes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler import pacing
from scheduler.pacing import Limits, Metre
from storage.tables import ChatKind

NOW = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)
LIMITS = Limits()


def moments(kind: ChatKind, pauses: list[float]) -> list[datetime]:
    """When messages go out to a chat whose sender pauses so many seconds and then sends as soon as it may."""
    sent, may, filled, now = [], NOW, None, NOW
    for pause in pauses:
        now = max(now + timedelta(seconds=pause), may)
        sent.append(now)
        pace = pacing.after_sending(kind, filled, now, LIMITS)
        may, filled = pace.next_at, pace.burst_until
    return sent


def most_within(sent: list[datetime], window: timedelta) -> int:
    return max(sum(start <= moment < start + window for moment in sent) for start in sent)


PAUSES = st.lists(st.floats(0, 40), min_size=1, max_size=60)


@given(PAUSES)
def test_a_chat_gets_one_message_a_second(pauses: list[float]) -> None:
    assert most_within(moments(ChatKind.PRIVATE, pauses), timedelta(seconds=1)) == 1


@given(PAUSES)
def test_a_group_gets_eighteen_messages_in_any_minute(pauses: list[float]) -> None:
    sent = moments(ChatKind.GROUP, pauses)
    assert most_within(sent, timedelta(seconds=1)) == 1
    assert most_within(sent, timedelta(seconds=60)) <= 18


def test_a_group_can_be_used_to_the_full() -> None:
    sent = moments(ChatKind.GROUP, [0.0] * 60)
    assert most_within(sent, timedelta(seconds=60)) == 18
    assert [(moment - NOW).total_seconds() for moment in sent[:3]] == [0, 1, 2]


def test_bulk_is_spaced_evenly_and_yields_to_the_rest() -> None:
    metre, now, bulk = Metre(LIMITS), NOW, 0
    while now < NOW + timedelta(seconds=1):
        if metre.bulk_room(now):
            metre.started(now, 1, bulk=True)
            bulk += 1
            assert metre.bulk_room(now) == 0
        now += timedelta(milliseconds=1)
    assert bulk == 25
    metre.started(now, 20)
    assert metre.bulk_room(now + timedelta(milliseconds=500)) == 0


def test_all_lanes_together_stay_below_what_telegram_allows() -> None:
    metre = Metre(LIMITS)
    assert metre.room(NOW) == 28
    metre.started(NOW, 28)
    assert metre.room(NOW) == 0
    assert metre.room(NOW + timedelta(seconds=1)) == 28


def test_a_flood_wait_stops_bulk() -> None:
    metre = Metre(LIMITS)
    metre.pause_bulk(NOW + timedelta(seconds=9))
    assert metre.bulk_room(NOW + timedelta(seconds=8.9)) == 0
    assert metre.bulk_room(NOW + timedelta(seconds=9)) == 1


def test_scaled_limits_keep_their_proportions() -> None:
    scaled = LIMITS.scaled(0.01)
    assert scaled.chat_gap == timedelta(milliseconds=10)
    assert scaled.minute == timedelta(milliseconds=600)
    assert scaled.group_per_minute == 18
