"""Tickets on SQLite and PostgreSQL: what owners and staff do, with others doing the same at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from helpdesk import grades, states
from helpdesk.desk import Desk, NotYourMessageError, Replied
from helpdesk.states import (
    AlreadyClaimedError,
    NotYourFollowUpError,
    NotYourTicketError,
    WrongRoleError,
    WrongStateError,
)
from scheduler.content import Content
from storage import outbox, ticket_targets, tickets
from storage.content import File
from storage.engine import Store
from storage.tables import Lane, Outbox
from storage.ticket_tables import Priority, Promise, Role, Staff, Ticket, TicketGrade, TicketState
from tests.fakes.counters import FakeDesk

PHOTO = File(kind="photo", id="AgAC-1", size=5000)


@pytest.fixture
def desk(store: Store) -> FakeDesk:
    return FakeDesk(store)


def to_owner(store: Store) -> list[str]:
    with store.read() as session:
        rows = session.query(Outbox).order_by(Outbox.id).all()
        assert {row.lane for row in rows} <= {int(Lane.TICKET)}
        return [Content.from_json(row.content).text for row in rows]


def log(store: Store, ticket: Ticket) -> list[str]:
    with store.read() as session:
        return [event.act for event in tickets.events_of(session, ticket.id)]


def kept(store: Store, ticket: Ticket) -> Ticket:
    with store.read() as session:
        return session.get_one(Ticket, ticket.id)


def test_the_owner_gets_number_hours_and_time(desk: FakeDesk) -> None:
    ticket = desk.opened()
    assert ticket.number == "HD-20220919-0001"
    [receipt] = to_owner(desk.store)
    assert "HD-20220919-0001" in receipt
    assert "9月19日（周一）10:30" in receipt
    assert "工作日09:00—12:00、13:30—17:30" in receipt


def test_numbers_count_from_one_each_day_in_shanghai(desk: FakeDesk) -> None:
    desk.opened(address="1")
    desk.later(hours=14)  # 23:30
    second = desk.opened(address="2")
    desk.later(hours=1)
    assert [second.number, desk.opened(address="3").number] == ["HD-20220919-0002", "HD-20220920-0001"]


def test_a_second_ask_joins_the_live_ticket(desk: FakeDesk) -> None:
    first = desk.opened(measure="refund")
    again = desk.opened(subject="还是稳岗返还", measure="refund")
    assert again.id == first.id
    assert "已并到一起" in to_owner(desk.store)[1]
    assert log(desk.store, first) == ["opened", "joined"]
    other = desk.opened(measure="voucher")
    assert other.id != first.id


def test_a_plain_call_for_a_human_means_the_ticket_that_lives(desk: FakeDesk) -> None:
    first = desk.opened(measure="refund")
    assert desk.opened(subject="转人工").id == first.id


def test_ten_asks_at_once_open_one_ticket(desk: FakeDesk) -> None:
    barrier = Barrier(10)
    with desk.store.write() as session:
        desk.owner(session)

    def ask(_: int) -> int:
        barrier.wait()
        return desk.opened(measure="refund").id

    with ThreadPoolExecutor(10) as pool:
        ids = set(pool.map(ask, range(10)))
    assert len(ids) == 1
    with desk.store.read() as session:
        assert session.query(Ticket).count() == 1


def test_numbers_are_unique_with_many_at_once(desk: FakeDesk) -> None:
    barrier = Barrier(12)

    def ask(person: int) -> str:
        barrier.wait()
        return desk.opened(address=str(person)).number

    with ThreadPoolExecutor(12) as pool:
        numbers = sorted(pool.map(ask, range(12)))
    assert numbers == [f"HD-20220919-{number:04d}" for number in range(1, 13)]


def test_the_database_itself_refuses_a_second_live_ticket(desk: FakeDesk) -> None:
    ticket = desk.opened(measure="refund")
    names = [attribute.key for attribute in Ticket.__mapper__.column_attrs]
    taken = {name: getattr(ticket, name) for name in names if name not in {"id", "number"}}
    with pytest.raises(IntegrityError), desk.store.write() as session:
        session.add(Ticket(**taken, number="HD-20220919-9999"))


def test_of_two_who_claim_at_once_one_gets_it_and_the_other_is_told_who(desk: FakeDesk) -> None:
    ticket = desk.opened()
    people = [desk.hire(name) for name in ("王芳", "李明", "赵强", "刘洋")]
    barrier = Barrier(4)

    def claim(by: Staff) -> str:
        barrier.wait()
        try:
            with desk.store.write() as session:
                desk.desk(session).claim(session.get_one(Ticket, ticket.id), by)
        except AlreadyClaimedError as error:
            return str(error)
        return by.name

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(claim, people))
    winner = next(name for name in outcomes if name in {one.name for one in people})
    losers = [text for text in outcomes if text != winner]
    assert losers == [f"工单 {ticket.number} 已由 {winner} 领取，您不用再领"] * 3
    assert log(desk.store, ticket) == ["opened", "claimed"]


def test_claiming_twice_oneself_is_harmless(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    with desk.store.write() as session:
        desk.desk(session).claim(session.get_one(Ticket, ticket.id), by)
    assert log(desk.store, ticket) == ["opened", "claimed"]


def reply(desk: FakeDesk, ticket: Ticket, by: Staff, text: str, **more: object) -> Replied:
    with desk.store.write() as session:
        return desk.desk(session).reply(session.get_one(Ticket, ticket.id), by, text, **more)  # type: ignore[arg-type]


def tell(desk: FakeDesk, ticket: Ticket, text: str, **more: object) -> None:
    with desk.store.write() as session:
        desk.reception(session).tell(session.get_one(Ticket, ticket.id), text, **more)  # type: ignore[arg-type]


def test_a_reply_goes_out_once_under_the_key_of_its_event(desk: FakeDesk) -> None:
    by, ticket = desk.hire(), desk.opened()
    sent = reply(desk, ticket, by, "带营业执照去经开区窗口办。", file=PHOTO)
    assert sent.key == f"ticket:{ticket.id}:{sent.event.id}"
    with desk.store.read() as session:
        row = outbox.by_key(session, sent.key)
        assert row is not None
        content = Content.from_json(row.content)
    assert content.text == "工作人员：\n带营业执照去经开区窗口办。"
    assert content.file == PHOTO
    assert log(desk.store, ticket) == ["opened", "claimed", "replied"]
    assert kept(desk.store, ticket).state is TicketState.WAITING_USER


def test_two_who_answer_within_a_minute_are_warned(desk: FakeDesk) -> None:
    first, second, ticket = desk.hire(), desk.hire("李明"), desk.opened()
    assert reply(desk, ticket, first, "请稍等，我查一下。").warnings == ()
    desk.later(seconds=40)
    assert reply(desk, ticket, second, "不用等。").warnings == (
        "注意：王芳 40 秒前刚答复过这张工单，看看有没有重复或矛盾",
    )
    desk.later(seconds=61)
    assert reply(desk, ticket, first, "查到了。").warnings == ()


def test_what_the_owner_writes_and_sends_comes_into_the_log_masked(desk: FakeDesk) -> None:
    ticket = desk.opened()
    tell(desk, ticket, "我电话13812345678", file=PHOTO, source="55")
    with desk.store.read() as session:
        event = tickets.by_source(session, ticket.id, "55")
        assert event is not None
        assert (event.text, event.file_kind, event.file_id) == ("我电话［手机号］", "photo", "AgAC-1")


def test_out_of_hours_the_owner_is_told_once_when_the_desk_opens(desk: FakeDesk) -> None:
    ticket = desk.opened()
    desk.later(hours=12)  # 21:30 on Monday
    tell(desk, ticket, "在吗")
    desk.later(minutes=5)
    tell(desk, ticket, "还在等")
    notices = [text for text in to_owner(desk.store) if "不是工作时间" in text]
    assert len(notices) == 1
    assert "9月20日（周二）09:00上班后答复" in notices[0]
    desk.later(hours=24)
    tell(desk, ticket, "还在等")
    assert len([text for text in to_owner(desk.store) if "不是工作时间" in text]) == 2


def test_a_receipt_out_of_hours_counts_as_the_notice(desk: FakeDesk) -> None:
    desk.later(hours=12)
    ticket = desk.opened()
    tell(desk, ticket, "在吗")
    assert len([text for text in to_owner(desk.store) if "不是工作时间" in text]) == 1


def test_nothing_is_answered_in_a_settled_ticket(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    resolve(desk, ticket, by)
    with pytest.raises(WrongStateError, match="现在是“已办结”，不能答复。请先重新打开"):
        reply(desk, ticket, by, "补充一下")
    with pytest.raises(WrongStateError):
        tell(desk, ticket, "还有")


def resolve(desk: FakeDesk, ticket: Ticket, by: Staff) -> None:
    with desk.store.write() as session:
        desk.desk(session).resolve(session.get_one(Ticket, ticket.id), by)


def test_an_agent_may_not_settle_the_ticket_of_another_but_a_lead_may(desk: FakeDesk) -> None:
    ticket = desk.claimed(desk.hire())
    with pytest.raises(WrongRoleError, match="办结要组长以上的角色，或这张工单的经办人；您是坐席"):
        resolve(desk, ticket, desk.hire("李明"))
    resolve(desk, ticket, desk.hire("陈静", Role.LEAD))
    assert kept(desk.store, ticket).state is TicketState.RESOLVED


def grade(desk: FakeDesk, ticket: Ticket, number: int, address: str = "7") -> grades.Graded:
    with desk.store.write() as session:
        chat = desk.owner(session, address)
        return desk.reception(session).grade(ticket.id, chat.id, number)


def test_a_low_grade_is_followed_up_by_somebody_else(desk: FakeDesk) -> None:
    by, other = desk.hire(), desk.hire("李明")
    ticket = desk.claimed(by)
    resolve(desk, ticket, by)
    grade(desk, ticket, 1)
    again = kept(desk.store, ticket)
    assert (again.state, again.assignee_id) == (TicketState.REOPENED, None)
    assert "换一位工作人员，在9月20日（周二）09:30前回访" in to_owner(desk.store)[-1]
    with pytest.raises(NotYourFollowUpError), desk.store.write() as session:
        desk.desk(session).claim(session.get_one(Ticket, ticket.id), by)
    with pytest.raises(NotYourFollowUpError):
        reply(desk, ticket, by, "我来解释一下")
    reply(desk, ticket, other, "您好，我是负责回访的。")
    resolve(desk, ticket, other)
    with desk.store.read() as session:
        follow = ticket_targets.follow_up(session, ticket.id)
        assert follow is not None
        assert follow.done_at == desk.now


def test_a_grade_is_given_once_and_may_be_changed_for_a_day(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    with pytest.raises(grades.NotOverError):
        grade(desk, ticket, 5)
    resolve(desk, ticket, by)
    assert grade(desk, ticket, 2).is_first
    desk.later(hours=23)
    assert grade(desk, ticket, 4).is_changed
    assert kept(desk.store, ticket).state is TicketState.RESOLVED  # nobody had begun to follow it up
    desk.later(hours=2)
    with pytest.raises(grades.TooLateToChangeError):
        grade(desk, ticket, 1)
    with desk.store.read() as session:
        assert [row.grade for row in session.query(TicketGrade)] == [4]


def test_nobody_grades_or_reopens_the_ticket_of_another(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    resolve(desk, ticket, by)
    with pytest.raises(NotYourTicketError):
        grade(desk, ticket, 5, address="8")
    with pytest.raises(NotYourTicketError), desk.store.write() as session:
        desk.reception(session).reopen(ticket.id, desk.owner(session, "8").id)


def test_a_ticket_comes_back_unless_another_of_its_subject_lives(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by, measure="refund")
    resolve(desk, ticket, by)
    newer = desk.opened(measure="refund")
    assert newer.id != ticket.id
    with pytest.raises(states.LiveTicketError, match=newer.number), desk.store.write() as session:
        desk.reception(session).reopen(ticket.id, ticket.chat_id)


def test_an_answer_is_corrected_before_and_after_it_left(desk: FakeDesk) -> None:
    by, other, ticket = desk.hire(), desk.hire("李明"), desk.opened()
    sent = reply(desk, ticket, by, "到11月底。")
    assert edit(desk, sent, by, "到12月底。") == "replaced"
    [item] = [one for _ in range(3) for one in arrive(desk) if one.row.key == sent.key]
    assert "12月底" in item.row.content
    assert edit(desk, sent, by, "到12月31日。") == "edited"
    with desk.store.read() as session:
        last = session.query(Outbox).order_by(Outbox.id.desc()).first()
        assert last is not None
        assert Content.from_json(last.content).edits == "900"
    with pytest.raises(NotYourMessageError):
        edit(desk, sent, other, "不对")


def edit(desk: FakeDesk, sent: Replied, by: Staff, text: str) -> str:
    with desk.store.write() as session:
        return desk.desk(session).edited(session.merge(sent.event), by, text)


def arrive(desk: FakeDesk) -> list[outbox.Claimed]:
    """The next messages of the outbox arrive."""
    items = outbox.claim(desk.store, "telegram", [Lane.TICKET], 1, desk.later(seconds=2), timedelta(seconds=30))
    with desk.store.write() as session:
        outbox.sent(session, [outbox.Arrival(item, "900", desk.now) for item in items])
    return items


def test_a_message_that_does_not_arrive_is_noted_once(desk: FakeDesk) -> None:
    ticket = desk.opened()
    [item] = outbox.claim(desk.store, "telegram", [Lane.TICKET], 1, desk.now, timedelta(seconds=30))
    with desk.store.write() as session:
        outbox.dead(session, item, "blocked by the user")
    for _ in range(2):
        with desk.store.write() as session:
            desk.desk(session).note_undelivered()
    assert log(desk.store, ticket) == ["opened", "undelivered"]


def test_a_ticket_moves_to_a_colleague_and_back_to_the_queue(desk: FakeDesk) -> None:
    by, lead, other = desk.hire(), desk.hire("陈静", Role.LEAD), desk.hire("李明")
    ticket = desk.claimed(by)
    with desk.store.write() as session:
        desk.desk(session).transfer(session.get_one(Ticket, ticket.id), by, to=other, why="他熟")
    assert kept(desk.store, ticket).assignee_id == other.id
    with pytest.raises(WrongRoleError), desk.store.write() as session:
        desk.desk(session).release(session.get_one(Ticket, ticket.id), by)
    with desk.store.write() as session:
        desk.desk(session).release(session.get_one(Ticket, ticket.id), lead)
    assert kept(desk.store, ticket).state is TicketState.OPEN


def test_more_urgent_is_due_sooner(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    with desk.store.write() as session:
        desk.desk(session).prioritise(session.get_one(Ticket, ticket.id), by, Priority.URGENT)
        [target] = ticket_targets.owed(session, ticket.id, Promise.FIRST_ANSWER)
        assert target.due_at == desk.now + timedelta(minutes=15)


def test_the_queue_shows_what_is_due_first_and_the_search_finds_every_word(desk: FakeDesk) -> None:
    early = desk.opened(address="1")
    desk.later(minutes=10)
    late = desk.opened(address="2", subject="创新券 100% 抵扣")
    with desk.store.read() as session:
        at = desk.desk(session)
        assert [line.ticket.id for line in at.queue()] == [early.id, late.id]
        assert [one.id for one in at.search("创新券 100%")] == [late.id]
        assert at.search("创新券 _") == []
        assert at.find("2").id == late.id
        assert at.find(early.number.lower()).id == early.id
        with pytest.raises(states.NoSuchTicketError, match="9999"):
            at.find("9999")


def test_somebody_who_left_does_nothing(desk: FakeDesk) -> None:
    ticket, gone = desk.opened(), desk.hire()
    with desk.store.write() as session:
        session.get_one(Staff, gone.id).active = False
    with pytest.raises(states.NotStaffError), desk.store.write() as session:
        Desk(session, desk.house, desk.now).claim(session.get_one(Ticket, ticket.id), session.get_one(Staff, gone.id))
