"""The outbox on both databases: unique keys, lanes, leases, states."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import chats, outbox
from storage.engine import Store
from storage.outbox import Arrival, Claimed, NewMessage
from storage.tables import ChatKind, Lane, OutboxState

NOW = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
ALL = tuple(Lane)


def chat(store: Store, address: str = "7") -> int:
    with store.write() as session:
        return chats.ensure(session, "telegram", address, ChatKind.PRIVATE, NOW).id


def put(store: Store, *messages: NewMessage) -> int:
    with store.write() as session:
        return outbox.put(session, messages, NOW)


def message(key: str, chat_id: int, lane: Lane = Lane.INTERACTIVE, not_before: datetime | None = None) -> NewMessage:
    return NewMessage(key, chat_id, lane, "{}", not_before)


def claim(store: Store, lanes: tuple[Lane, ...] = ALL, now: datetime = NOW, limit: int = 10) -> list[Claimed]:
    return outbox.claim(store, "telegram", lanes, limit, now, LEASE)


def keys(items: list[Claimed]) -> list[str]:
    return [item.row.key for item in items]


def deliver(store: Store, item: Claimed) -> None:
    with store.write() as session:
        outbox.sending(session, [item], NOW + LEASE)
    with store.write() as session:
        outbox.sent(session, [Arrival(item, "99", NOW)])


def test_a_key_is_taken_once_for_ever(store: Store) -> None:
    seven = chat(store)
    assert put(store, message("a", seven), message("b", seven)) == 2
    assert put(store, message("b", seven), message("c", seven)) == 1
    for _ in range(3):
        deliver(store, claim(store)[0])
    assert put(store, message("a", seven)) == 0
    assert claim(store) == []


def test_a_chat_has_one_message_in_flight_and_the_order_is_kept(store: Store) -> None:
    seven, eight = chat(store, "7"), chat(store, "8")
    put(store, message("a", seven), message("b", seven), message("c", eight))
    first = claim(store)
    assert keys(first) == ["a", "c"]
    assert claim(store) == []
    deliver(store, first[0])
    assert keys(claim(store)) == ["b"]


def test_a_better_lane_overtakes(store: Store) -> None:
    seven = chat(store)
    put(store, *[message(lane.name, seven, lane) for lane in reversed(Lane)])
    order = []
    while items := claim(store, limit=1):
        order += keys(items)
        deliver(store, items[0])
    assert order == ["INTERACTIVE", "TICKET", "REMINDER", "BULK"]


def test_a_lane_not_asked_for_is_left_alone(store: Store) -> None:
    put(store, message("a", chat(store), Lane.BULK))
    assert claim(store, (Lane.INTERACTIVE, Lane.TICKET)) == []
    assert keys(claim(store, (Lane.BULK,))) == ["a"]


def test_a_message_planned_for_later_holds_nobody_back_but_a_second_try_does(store: Store) -> None:
    seven = chat(store)
    put(store, message("tomorrow", seven, not_before=NOW + timedelta(days=1)), message("now", seven))
    [item] = claim(store)
    assert item.row.key == "now"
    put(store, message("next", seven))
    with store.write() as session:
        outbox.again(session, item, NOW + SECOND * 5, "server error", counted=True)
    assert claim(store) == []
    assert keys(claim(store, now=NOW + SECOND * 5)) == ["now"]


def test_a_chat_held_back_gets_nothing_and_others_go_on(store: Store) -> None:
    seven, eight = chat(store, "7"), chat(store, "8")
    put(store, message("a", seven), message("b", eight))
    with store.write() as session:
        chats.hold(session, (seven, NOW + SECOND))
    assert keys(claim(store)) == ["b"]
    assert keys(claim(store, now=NOW + SECOND)) == ["a"]


@pytest.mark.parametrize("lane", Lane)
def test_a_message_caught_in_the_act_is_sent_again_unless_it_is_bulk(store: Store, lane: Lane) -> None:
    put(store, message("a", chat(store), lane))
    [item] = claim(store)
    with store.write() as session:
        outbox.sending(session, [item], NOW + LEASE)
    with store.write() as session:
        assert outbox.recover(session, "telegram", NOW + LEASE) == 0
        assert outbox.recover(session, "telegram", NOW + LEASE + SECOND) == 1
    assert keys(claim(store)) == ([] if lane == Lane.BULK else ["a"])
    with store.read() as session:
        unknown = outbox.listed(session, [OutboxState.UNKNOWN])
        assert keys(unknown) == (["a"] if lane == Lane.BULK else [])


def test_a_message_only_leased_is_ready_again_after_a_crash_even_in_bulk(store: Store) -> None:
    put(store, message("a", chat(store), Lane.BULK))
    claim(store)
    with store.write() as session:
        outbox.recover(session, "telegram", NOW, alone=True)
    [item] = claim(store)
    assert item.row.attempts == 0


def test_who_lost_the_lease_cannot_begin_to_send(store: Store) -> None:
    put(store, message("a", chat(store)))
    [slow] = claim(store)
    with store.write() as session:
        outbox.recover(session, "telegram", NOW + LEASE + SECOND)
    [fast] = claim(store)
    with store.write() as session:
        assert outbox.sending(session, [slow], NOW + LEASE) == []
    deliver(store, fast)


def test_of_several_begun_together_those_lost_meanwhile_are_left_out(store: Store) -> None:
    put(store, message("a", chat(store)), message("b", chat(store, "8")))
    both = claim(store)
    with store.write() as session:
        outbox.recover(session, "telegram", NOW, alone=True)
    [held] = claim(store, limit=1)
    lost = next(item for item in both if item.row.id != held.row.id)
    with store.write() as session:
        assert outbox.sending(session, [lost, held], NOW + LEASE) == [held]
    with store.write() as session:
        outbox.sent(session, [Arrival(held, "1", NOW), Arrival(lost, "2", NOW)])
    with store.read() as session:
        assert outbox.counts(session) == {"sent": 2}  # the channel took both, whoever holds them


def test_a_late_success_still_counts(store: Store) -> None:
    put(store, message("a", chat(store), Lane.BULK))
    [item] = claim(store)
    with store.write() as session:
        outbox.sending(session, [item], NOW)
    with store.write() as session:
        outbox.recover(session, "telegram", NOW + SECOND)
    with store.write() as session:
        outbox.sent(session, [Arrival(item, "99", NOW)])
    with store.read() as session:
        assert outbox.counts(session) == {"sent": 1}


def test_what_ended_badly_can_be_sent_again_by_a_person_and_nothing_else(store: Store) -> None:
    seven = chat(store)
    put(store, message("a", seven), message("b", seven))
    [item] = claim(store)
    with store.write() as session:
        outbox.dead(session, item, "bad request")
    with store.write() as session:
        assert keys(outbox.listed(session, [OutboxState.DEAD])) == ["a"]
        outbox.resend(session, item.row.id, NOW)
    assert keys(claim(store)) == ["a"]
    with store.write() as session:
        with pytest.raises(outbox.NotResendableError, match="leased"):
            outbox.resend(session, item.row.id, NOW)
        with pytest.raises(outbox.NoSuchMessageError, match="4711"):
            outbox.resend(session, 4711, NOW)


def test_a_group_that_moved_takes_its_messages_along(store: Store) -> None:
    old, new = chat(store, "-1"), chat(store, "-1001")
    put(store, message("a", old))
    with store.write() as session:
        chats.readdress(session, old, "-1001")
    [item] = claim(store)
    assert (item.chat.id, item.chat.address) == (new, "-1001")
    other = chat(store, "-2")
    with store.write() as session:
        chats.readdress(session, other, "-1002")
        found = chats.find(session, "telegram", "-1002")
        assert found is not None
        assert found.id == other


def test_the_texts_of_old_messages_go_and_their_keys_stay(store: Store) -> None:
    seven = chat(store)
    put(store, message("a", seven), message("b", seven))
    deliver(store, claim(store)[0])
    with store.write() as session:
        assert outbox.forget_before(session, NOW + SECOND) == 1
    assert put(store, message("a", seven)) == 0
    assert keys(claim(store)) == ["b"]
