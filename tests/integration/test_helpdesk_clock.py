"""Time and tickets: late promises, who is told, silence, closing, forgetting; on SQLite and PostgreSQL."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from helpdesk import clockwork
from helpdesk.clockwork import Ticked
from helpdesk.house import House
from scheduler.content import Content
from storage import chats, events, forgetting, outbox, proposals, retention, schema, ticket_targets, tickets
from storage.engine import Store
from storage.tables import ChatKind, Lane, Outbox
from storage.ticket_tables import Promise, Role, Staff, Ticket, TicketEvent, TicketGrade, TicketState
from tests.fakes.counters import FakeDesk, calendar_until


@pytest.fixture
def desk(store: Store) -> FakeDesk:
    return FakeDesk(store)


def tick(desk: FakeDesk) -> Ticked:
    return clockwork.tick(desk.store, desk.house, desk.now)


def happened(desk: FakeDesk, act: str) -> list[dict[str, object]]:
    with desk.store.read() as session:
        return [
            json.loads(row.detail) for row in session.query(TicketEvent).filter_by(act=act).order_by(TicketEvent.id)
        ]


def state(desk: FakeDesk, ticket: Ticket) -> TicketState:
    with desk.store.read() as session:
        return session.get_one(Ticket, ticket.id).state


def reply(desk: FakeDesk, ticket: Ticket, by: Staff, text: str = "您好，请稍等，我查一下。") -> None:
    with desk.store.write() as session:
        desk.desk(session).reply(session.get_one(Ticket, ticket.id), by, text)


def test_nothing_happens_before_anything_is_due(desk: FakeDesk) -> None:
    desk.opened()
    desk.later(minutes=59)
    assert not tick(desk)


def test_a_late_first_answer_is_recorded_once_and_goes_up_step_by_step(desk: FakeDesk) -> None:
    by, lead, boss = desk.hire(), desk.hire("陈静", Role.LEAD), desk.hire("孙涛", Role.SUPERVISOR)
    ticket = desk.claimed(by)
    for minutes in (60, 5, 60, 30, 120, 240):
        desk.later(minutes=minutes)
        tick(desk)
        tick(desk)
    told = [detail["people"] for detail in happened(desk, "escalated") if detail["promise"] == "first_answer"]
    assert told == [[by.id], [lead.id], [boss.id]]
    assert [detail["promise"] for detail in happened(desk, "breached")] == ["first_answer"]
    with desk.store.read() as session:
        assert events.count(session, "ticket.breached") == 1
    assert ticket.number == tickets_of(desk)[0]


def tickets_of(desk: FakeDesk) -> list[str]:
    with desk.store.read() as session:
        return [line.ticket.number for line in desk.desk(session).queue()]


def test_after_days_without_a_tick_everybody_is_told_once(desk: FakeDesk) -> None:
    people = [desk.hire(), desk.hire("陈静", Role.LEAD), desk.hire("孙涛", Role.SUPERVISOR)]
    desk.claimed(people[0])
    desk.later(days=1)
    tick(desk)
    [escalated] = happened(desk, "escalated")
    assert escalated["people"] == [one.id for one in people]


def test_a_ticket_nobody_has_goes_to_the_lead_at_once_and_upwards_where_there_is_none(desk: FakeDesk) -> None:
    boss = desk.hire("孙涛", Role.ADMINISTRATOR)
    desk.opened()
    desk.later(hours=1)
    tick(desk)
    assert happened(desk, "escalated")[0]["people"] == [boss.id]


def test_two_ticks_at_once_record_a_breach_once(desk: FakeDesk) -> None:
    desk.hire("陈静", Role.LEAD)
    for number in range(5):
        desk.opened(address=str(number))
    desk.later(hours=1)
    barrier = Barrier(4)

    def one(_: int) -> Ticked:
        barrier.wait()
        return tick(desk)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(one, range(4)))
    assert len(happened(desk, "breached")) == len(happened(desk, "escalated")) == 5
    assert sum(len(each.breached) for each in done) == 5


def test_ticks_and_answers_at_once_hold_nobody_up(desk: FakeDesk) -> None:
    by = desk.hire()
    held = [desk.claimed(by, address=str(number)) for number in range(6)]
    desk.later(hours=2)
    barrier = Barrier(4)

    def work(number: int) -> None:
        barrier.wait()
        for ticket in held:
            if number % 2:
                tick(desk)
            else:
                reply(desk, ticket, by)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with desk.store.read() as session:
        assert [target for target, _ in ticket_targets.overdue(session, desk.now)] == []


def test_who_has_spoken_to_the_assistant_is_reminded_in_private(desk: FakeDesk) -> None:
    by = desk.hire(address="501")
    with desk.store.write() as session:
        chats.ensure(session, "telegram", "501", ChatKind.PRIVATE, desk.now)
    ticket = desk.claimed(by)
    desk.later(hours=1)
    tick(desk)
    with desk.store.read() as session:
        [row] = [row for row in session.query(Outbox) if ":staff:" in row.key]
        text = Content.from_json(row.content).text
    assert text == f"⏰ 您经办的工单 {ticket.number} 稳岗返还：首次答复已超时（应在9月19日（周一）10:30前）。"


def test_while_the_owner_has_the_word_the_end_rests(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    desk.later(minutes=30)
    reply(desk, ticket, by)
    desk.later(days=3)
    assert tick(desk).breached == []
    with desk.store.write() as session:
        desk.reception(session).tell(session.get_one(Ticket, ticket.id), "材料补好了")
    with desk.store.read() as session:
        due = {target.promise: target.due_at for target in ticket_targets.owed(session, ticket.id)}
    # 1,260 working minutes promised, 30 used: 1,230 from Thursday 10:00.
    assert due[Promise.RESOLUTION] == datetime(2022, 9, 27, 1, 30, tzinfo=UTC)
    assert due[Promise.NEXT_ANSWER] == datetime(2022, 9, 22, 4, 0, tzinfo=UTC)


def test_an_owner_who_says_no_more_is_taken_as_content_and_then_the_ticket_closes(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    reply(desk, ticket, by)
    desk.later(days=6)
    assert not tick(desk)
    desk.later(days=1)
    assert tick(desk).resolved == [ticket.number]
    assert not tick(desk)
    desk.later(days=3)
    assert tick(desk).closed == [ticket.number]
    assert state(desk, ticket) is TicketState.CLOSED


def test_a_late_follow_up_is_recorded_once_and_told_to_lead_and_supervisor(desk: FakeDesk) -> None:
    by, lead, boss = desk.hire(), desk.hire("陈静", Role.LEAD), desk.hire("孙涛", Role.SUPERVISOR)
    ticket = desk.claimed(by)
    reply(desk, ticket, by)
    with desk.store.write() as session:
        desk.desk(session).resolve(session.get_one(Ticket, ticket.id), by)
        desk.reception(session).grade(ticket.id, ticket.chat_id, 2)
    desk.later(days=2)
    tick(desk)
    tick(desk)
    late = [detail for detail in happened(desk, "escalated") if detail["promise"] == "follow_up"]
    assert [detail["people"] for detail in late] == [[lead.id, boss.id]]
    assert [d["promise"] for d in happened(desk, "breached")].count("follow_up") == 1


def test_a_year_that_is_not_out_is_provisional_and_reckoned_again_when_it_comes(desk: FakeDesk) -> None:
    desk.house = House(calendar=calendar_until(2022))
    desk.now = datetime(2022, 12, 30, 9, 0, tzinfo=UTC)  # a Friday, 17:00
    ticket = desk.opened()
    with desk.store.read() as session:
        [receipt] = [Content.from_json(row.content).text for row in session.query(Outbox)]
        first = ticket_targets.owed(session, ticket.id, Promise.FIRST_ANSWER)[0]
    assert "下个工作日（2023年放假安排待公布，日期暂定不了）" in receipt
    assert "1月" not in receipt
    assert (first.due_at, first.provisional) == (datetime(2023, 1, 2, 1, 30, tzinfo=UTC), True)
    assert not tick(desk)
    desk.house = House()  # the official calendar: 2 January 2023 is a day off
    assert tick(desk).recomputed == 2
    with desk.store.read() as session:
        first = ticket_targets.owed(session, ticket.id, Promise.FIRST_ANSWER)[0]
    assert (first.due_at, first.provisional) == (datetime(2023, 1, 3, 1, 30, tzinfo=UTC), False)
    assert not tick(desk)


def test_a_message_that_cannot_arrive_is_told_by_the_tick(desk: FakeDesk) -> None:
    ticket = desk.opened()
    [item] = outbox.claim(desk.store, "telegram", list(Lane), 1, desk.now, timedelta(seconds=30))
    with desk.store.write() as session:
        outbox.dead(session, item, "blocked by the user")
    assert tick(desk).undelivered == [ticket.number]
    assert not tick(desk)


def full(desk: FakeDesk) -> Ticket:
    """A ticket with words of its owner in every place there is."""
    by = desk.hire()
    ticket = desk.opened(
        subject="五金店",
        facts=(("行业", "五金店"),),
        details=(("谁欠", "五金店"),),
        candidates=(("x", "五金店"),),
        called="五金店",
    )
    with desk.store.write() as session:
        row = session.get_one(Ticket, ticket.id)
        desk.reception(session).tell(row, "我的五金店", source="7")
        desk.desk(session).reply(row, by, "您的五金店可以申请这一项，请带材料。")
        desk.desk(session).note(row, by, "五金店老板")
        desk.desk(session).resolve(row, by, "五金店办好了")
        desk.reception(session).grade(row.id, row.chat_id, 1, "五金店")
    return ticket


def dump(store: Store) -> str:
    with store.read() as session:
        connection = session.connection()
        return str([row for table in schema.metadata.sorted_tables for row in connection.execute(table.select())])


def arrive_all(desk: FakeDesk) -> None:
    for _ in range(20):
        items = outbox.claim(desk.store, "telegram", list(Lane), 9, desk.later(seconds=2), timedelta(seconds=30))
        with desk.store.write() as session:
            outbox.sent(session, [outbox.Arrival(item, "1", desk.now) for item in items])


def test_forgetting_leaves_no_word_in_tickets_and_ends_what_is_open(desk: FakeDesk) -> None:
    ticket = full(desk)
    arrive_all(desk)
    assert dump(desk.store).count("五金店") > 8
    with desk.store.write() as session:
        forgetting.erase(session, desk.owner(session), desk.now)
    assert "五金店" not in dump(desk.store)
    assert state(desk, ticket) is TicketState.CLOSED
    with desk.store.read() as session:
        assert ticket_targets.owed(session, ticket.id) == []
        assert proposals.waiting(session) == 0
        assert [row.grade for row in session.query(TicketGrade)] == [1]
    desk.later(days=30)
    assert not tick(desk)


def test_a_closed_ticket_is_emptied_after_a_year_and_still_counts(desk: FakeDesk) -> None:
    ticket = full(desk)
    arrive_all(desk)
    with desk.store.write() as session:
        row = session.get_one(Ticket, ticket.id)
        row.state, row.closed_at = TicketState.CLOSED, desk.now
    assert retention.apply(desk.store, desk.now + timedelta(days=364))["tickets"] == 0
    assert retention.apply(desk.store, desk.now + timedelta(days=366))["tickets"] == 1
    assert retention.apply(desk.store, desk.now + timedelta(days=367))["tickets"] == 0
    assert "五金店" not in dump(desk.store)
    with desk.store.read() as session:
        assert [event.act for event in tickets.events_of(session, ticket.id)][:3] == ["opened", "told", "claimed"]
