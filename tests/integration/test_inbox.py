"""The inbox on both databases: once, in order within a chat, in parallel across chats, nothing lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from storage import inbox, outbox
from storage.engine import Store
from storage.leases import LostLeaseError
from storage.tables import Inbox, InboxState, Lane
from tests.fakes import databases

NOW = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def put(store: Store, *updates: tuple[int, str | None], now: datetime = NOW) -> int:
    with store.write() as session:
        return inbox.put(session, "telegram", [inbox.RawUpdate(n, chat, f'{{"n": {n}}}') for n, chat in updates], now)


def claim(store: Store, now: datetime = NOW) -> Inbox | None:
    return inbox.claim(store, "telegram", now, LEASE)


def claimed(store: Store, now: datetime = NOW) -> Inbox:
    row = claim(store, now)
    assert row is not None
    return row


def finish(store: Store, row: Inbox) -> None:
    with store.write() as session:
        inbox.done(session, row, NOW)


def test_an_update_that_comes_twice_is_taken_once(store: Store) -> None:
    assert put(store, (10, "7"), (11, "7")) == 2
    assert put(store, (11, "7"), (12, "7")) == 1
    finish(store, claimed(store))
    assert put(store, (10, "7")) == 0


def test_a_chat_has_one_update_in_hand_and_others_go_on(store: Store) -> None:
    put(store, (10, "7"), (11, "7"), (12, "8"))
    first, second = claimed(store), claimed(store)
    assert (first.update_id, second.update_id) == (10, 12)
    assert claim(store) is None
    finish(store, first)
    assert claimed(store).update_id == 11


def test_updates_that_come_out_of_order_are_handled_in_order(store: Store) -> None:
    put(store, (12, "7"))
    put(store, (10, "7"), (11, "7"))
    order = []
    while row := claim(store):
        order.append(row.update_id)
        finish(store, row)
    assert order == [10, 11, 12]


def test_an_older_update_that_comes_late_waits_for_the_one_in_hand(store: Store) -> None:
    put(store, (12, "7"))
    row = claimed(store)
    put(store, (11, "7"))
    assert claim(store) is None
    finish(store, row)
    assert claimed(store).update_id == 11


def test_a_failure_is_tried_again_later_and_the_third_sets_the_update_aside(store: Store) -> None:
    put(store, (10, "7"), (11, "7"))
    now = NOW
    for attempt in (1, 2, 3):
        row = claimed(store, now)
        assert (row.update_id, row.attempts) == (10, attempt)
        with store.write() as session:
            assert inbox.failed(session, row, "boom", now) is (attempt == 3)
        if attempt < 3:
            assert claim(store, now) is None  # not at once, and nobody overtakes
        now += timedelta(seconds=6)
    assert claimed(store, now).update_id == 11
    with store.read() as session:
        assert inbox.counts(session) == {"dead": 1, "leased": 1}


def test_a_final_failure_sets_the_update_aside_at_once(store: Store) -> None:
    put(store, (10, None), (11, None))
    row = claimed(store)
    with store.write() as session:
        assert inbox.failed(session, row, "unreadable", NOW, final=True) is True
    assert claimed(store).update_id == 11


def test_a_lapsed_claim_is_released_and_its_holder_cannot_finish(store: Store) -> None:
    put(store, (10, "7"))
    slow = claimed(store)
    later = NOW + LEASE + timedelta(seconds=1)
    with store.write() as session:
        assert inbox.recover(session, "telegram", later) == []
    second = claimed(store, later)
    assert (second.id, second.attempts) == (slow.id, 2)
    with pytest.raises(LostLeaseError):
        finish(store, slow)
    finish(store, second)


def test_a_process_that_is_alone_takes_up_claims_of_its_dead_predecessor_at_once(store: Store) -> None:
    put(store, (10, "7"))
    claimed(store)
    with store.write() as session:
        assert inbox.recover(session, "telegram", NOW) == []
    assert claim(store) is None
    with store.write() as session:
        inbox.recover(session, "telegram", NOW, alone=True)
    assert claimed(store).update_id == 10


def test_an_update_that_ends_the_process_five_times_is_set_aside(store: Store) -> None:
    put(store, (10, "7"))
    now = NOW
    for _ in range(5):
        claimed(store, now)
        with store.write() as session:
            dead = inbox.recover(session, "telegram", now, alone=True)
        now += timedelta(seconds=5)
    assert [row.update_id for row in dead] == [10]
    assert claim(store) is None


def test_a_claim_given_back_does_not_count_as_a_try(store: Store) -> None:
    put(store, (10, "7"))
    for _ in range(5):
        row = claimed(store)
        assert row.attempts == 1
        with store.write() as session:
            inbox.give_back(session, row)


def test_after_a_week_of_silence_a_number_may_come_again(store: Store) -> None:
    put(store, (10, "7"))
    finish(store, claimed(store))
    assert put(store, (10, "7"), now=NOW + timedelta(days=2)) == 0
    assert put(store, (10, "7"), (3, "7"), now=NOW + timedelta(days=8)) == 2
    assert claimed(store, NOW + timedelta(days=8)).update_id == 3


def test_many_workers_keep_the_order_of_every_chat_and_lose_nothing(store: Store) -> None:
    put(store, *[(n, str(n % 7)) for n in range(140)])
    seen: dict[str, list[int]] = {str(chat): [] for chat in range(7)}
    hands: dict[str, int] = dict.fromkeys(seen, 0)
    guard = threading.Lock()

    def work() -> None:
        idle = 0
        while idle < 50:
            row = claim(store)
            if row is None:
                idle += 1
                continue
            idle = 0
            assert row.chat is not None
            assert row.update_id is not None
            with guard:
                hands[row.chat] += 1
                assert hands[row.chat] == 1, "two workers have updates of one chat in hand"
                seen[row.chat].append(row.update_id)
            with guard:
                hands[row.chat] -= 1
            finish(store, row)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work) for _ in range(4)]:
            future.result()
    assert seen == {str(chat): list(range(chat, 140, 7)) for chat in range(7)}


def test_chats_that_wait_for_an_answer_are_named(store: Store) -> None:
    put(store, (10, "7"), (11, "7"), (12, "8"), (13, None))
    window = (NOW, NOW + timedelta(seconds=1))
    with store.read() as session:
        assert sorted(inbox.waiting_chats(session, "telegram", window)) == ["7", "8"]
        assert inbox.waiting_chats(session, "telegram", (NOW - timedelta(1), NOW)) == []


def test_old_settled_updates_are_deleted_and_waiting_ones_stay(store: Store) -> None:
    put(store, (10, "7"), (11, "8"))
    finish(store, claimed(store))
    with store.write() as session:
        assert inbox.forget_before(session, NOW + timedelta(days=1)) == 1
        assert inbox.counts(session) == {InboxState.READY.value: 1}
        assert outbox.counts(session) == {}


def test_sqlite_reads_the_queues_by_their_own_short_indexes_whatever_lies_behind_them(tmp_path: Path) -> None:
    store = databases.migrated(f"sqlite:///{tmp_path / 'queues.db'}")
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, values: Any, *rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    event.listen(store.engine, "before_cursor_execute", note)
    put(store, (10, "7"))
    claim(store)
    with store.write() as session:
        inbox.waiting_chats(session, "telegram", (NOW, NOW + LEASE))
        inbox.recover(session, "telegram", NOW)
        outbox.recover(session, "telegram", NOW)
    outbox.claim(store, "telegram", tuple(Lane), 5, NOW, LEASE)
    event.remove(store.engine, "before_cursor_execute", note)
    for statement, values in asked:
        with store.engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert "_queue" in plan[0][3] or "one_in_flight" in plan[0][3], statement
    assert len(asked) == 5
    store.close()
