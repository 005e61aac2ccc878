"""Who works at the desk, what it proposes to the knowledge base, ready answers, the report; on both databases."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import cli, desk_report, kb_pictures, kb_proposals, people, ticket_effects
from handlers.ticket_effects import (
    GiveBack,
    GradeTicket,
    OpenTicket,
    ReopenTicket,
    TakeBack,
    TellTicket,
    TicketEffect,
)
from helpdesk import canned, reports
from helpdesk.canned import NoSuchCannedError
from helpdesk.desk import NoSuchDepartmentError
from helpdesk.house import House
from helpdesk.reports import Report, Times
from helpdesk.roster import (
    AddressTakenError,
    LastAdministratorError,
    NameTakenError,
    NotAdministratorError,
    Roster,
)
from policy_kb import loader
from scheduler.content import Content
from storage import events, proposals, staff, tickets, unanswered
from storage.engine import Store
from storage.tables import Event, Outbox
from storage.ticket_tables import ProposalState, Role, Staff, Ticket, TicketState
from tests.fakes.counters import FakeDesk

KNOWN = loader.load()
MEASURE = "expansion-subsidy-2022"


@pytest.fixture
def desk(store: Store) -> FakeDesk:
    return FakeDesk(store, House(KNOWN))


def roster(desk: FakeDesk, session: object, by: Staff | None) -> Roster:
    return Roster(desk.desk(session), by)  # type: ignore[arg-type]


# Who works there


def test_the_first_administrator_needs_nobody_and_takes_the_others_on(desk: FakeDesk) -> None:
    with desk.store.write() as session:
        first = roster(desk, session, None).hire("孙涛", Role.ADMINISTRATOR)
        with pytest.raises(NotAdministratorError):
            roster(desk, session, None).hire("王芳", Role.AGENT)
        agent = roster(desk, session, first).hire("王芳", Role.AGENT, "telegram", "501")
        with pytest.raises(NotAdministratorError):
            roster(desk, session, agent).hire("李明", Role.AGENT)
        with pytest.raises(NameTakenError, match="王芳"):
            roster(desk, session, first).hire("王芳", Role.AGENT)
        with pytest.raises(AddressTakenError, match="王芳"):
            roster(desk, session, first).hire("李明", Role.AGENT, "telegram", "501")
        audit = [(row.action, row.subject) for row in session.query(Event).order_by(Event.id)]
    assert audit == [("staff.hired", None), ("staff.hired", f"staff:{first.id}")]


def test_there_is_always_an_administrator(desk: FakeDesk) -> None:
    first = desk.hire("孙涛", Role.ADMINISTRATOR)
    with desk.store.write() as session:
        first = session.get_one(Staff, first.id)
        with pytest.raises(LastAdministratorError):
            roster(desk, session, first).dismiss(first)
        with pytest.raises(LastAdministratorError):
            roster(desk, session, first).change_role(first, Role.AGENT)
        second = roster(desk, session, first).hire("陈静", Role.ADMINISTRATOR)
        roster(desk, session, second).change_role(first, Role.LEAD)
        assert first.role is Role.LEAD


def test_the_tickets_of_somebody_who_leaves_return_to_the_queue(desk: FakeDesk) -> None:
    boss, by = desk.hire("孙涛", Role.ADMINISTRATOR), desk.hire()
    ticket = desk.claimed(by)
    with desk.store.write() as session:
        assert roster(desk, session, boss).dismiss(session.get_one(Staff, by.id)) == 1
    with desk.store.read() as session:
        assert session.get_one(Ticket, ticket.id).state is TicketState.OPEN
        assert [one.name for one in staff.active(session)] == ["孙涛"]


def test_administrators_of_the_settings_are_made_once_and_left_alone(desk: FakeDesk) -> None:
    for _ in range(2):
        with desk.store.write() as session:
            staff.ensure_administrators(session, "telegram", ("11", "12"), desk.now)
    with desk.store.write() as session:
        found = staff.find(session, "telegram", "11")
        assert found is not None
        found.name, found.role = "孙涛", Role.LEAD
        assert staff.ensure_administrators(session, "telegram", ("11",), desk.now) == 0
        assert [(one.name, one.role) for one in staff.listed(session)] == [
            ("孙涛", Role.LEAD),
            ("管理员2", Role.ADMINISTRATOR),
        ]


# What the ticket carries


def test_a_ticket_carries_what_is_known_so_that_nobody_asks_twice(desk: FakeDesk) -> None:
    ticket = desk.opened(
        measure=MEASURE,
        facts=(("人数", "20人"), ("电话", "13812345678")),
        candidates=((MEASURE, "一次性扩岗补助"),),
    )
    with desk.store.read() as session:
        card = dict(desk.desk(session).card(ticket))
    assert card["牵头单位"] == "昆明市人力资源社会保障局"
    assert card["已知情况"] == "人数：20人；电话：［手机号］"
    assert card["助手想到的"] == f"一次性扩岗补助 [{MEASURE}]"
    assert re.fullmatch(r"用户[A-Z]\d+", card["用户"])
    assert not any("telegram" in text or "管理" in text for text in card.values())


def test_a_complaint_about_debts_names_the_official_channel_and_its_limits(desk: FakeDesk) -> None:
    ticket = desk.opened(subject="拖欠账款", kind="arrears", details=(("谁欠", "某局"), ("欠多少", "30万元")))
    with desk.store.read() as session:
        card = dict(desk.desk(session).card(ticket))
        receipt = Content.from_json(session.query(Outbox).one().content).text
    assert (card["谁欠"], card["欠多少"]) == ("某局", "30万元")
    assert "云南省民营企业投诉中心" in receipt
    assert "小企业之间的不在内" in receipt


def test_a_department_that_is_none_is_refused(desk: FakeDesk) -> None:
    by = desk.hire()
    ticket = desk.claimed(by)
    with desk.store.write() as session:
        row = session.get_one(Ticket, ticket.id)
        with pytest.raises(NoSuchDepartmentError):
            desk.desk(session).transfer(row, by, department="nowhere")
        desk.desk(session).transfer(row, by, department="km-swj")
        assert (row.department, row.state) == ("km-swj", TicketState.OPEN)


# Ready answers


def test_every_ready_answer_of_the_catalogue_names_source_and_date(desk: FakeDesk) -> None:
    answers = [one for entry in KNOWN.entries.values() for one in canned.of_entry(entry, desk.house, desk.now)]
    assert len(answers) > 1000
    for one in answers:
        last = one.text.splitlines()[-1]
        assert last.startswith("来源："), one
        assert last.rstrip("）")[-10:][:4].isdecimal(), one


def test_a_ready_answer_says_that_a_rule_has_ended(desk: FakeDesk) -> None:
    assert "执行期限：至2022年12月31日" in canned.get(desk.house, f"{MEASURE}/until", desk.now).text
    late = datetime(2026, 11, 21, tzinfo=UTC)
    assert "已于2022年12月31日到期，不再执行" in canned.get(desk.house, f"{MEASURE}/until", late).text
    with pytest.raises(NoSuchCannedError):
        canned.get(desk.house, f"{MEASURE}/nothing", late)


def test_ready_answers_are_found_for_the_ticket_first_and_by_words(desk: FakeDesk) -> None:
    ticket = desk.opened(measure=MEASURE)
    found = canned.find(desk.house, ticket, "扩岗补助几时截止", desk.now)
    assert found[0].id == f"{MEASURE}/until"
    assert all(one.id.startswith(MEASURE) for one in canned.find(desk.house, ticket, "", desk.now))
    other = canned.find(desk.house, ticket, "创新券一年最多多少", desk.now)
    assert any("创新券" in one.title for one in other)


# What is proposed to the knowledge base


def answered(desk: FakeDesk, answer: str, kind: str = "advisory", measure: str | None = None) -> Ticket:
    by = desk.hire("王芳")
    ticket = desk.opened(measure=measure, kind=kind)
    with desk.store.write() as session:
        row = session.get_one(Ticket, ticket.id)
        at = desk.desk(session)
        sent = at.reply(row, by, answer)
        at.edited(sent.event, by, answer + "以窗口为准。")
        at.reply(row, by, canned.get(desk.house, f"{MEASURE}/until", desk.now).text, ready=f"{MEASURE}/until")
        at.resolve(row, by)
    return ticket


def test_an_answered_question_is_proposed_once_as_it_was_corrected(desk: FakeDesk) -> None:
    ticket = answered(desk, "带营业执照到区人社局窗口。", measure="unknown-measure")
    with desk.store.read() as session:
        [one] = proposals.listed(session)
    assert (one.question, one.answer) == ("稳岗返还咋个申请", "带营业执照到区人社局窗口。以窗口为准。")
    assert (one.measure, one.state, one.citation) == (None, ProposalState.WAITING, "")
    assert one.ticket_id == ticket.id


@pytest.mark.parametrize(("answer", "kind"), [("好的", "progress"), ("已经帮您催办了，请等电话。", "complaint")])
def test_only_advice_is_proposed(desk: FakeDesk, answer: str, kind: str) -> None:
    answered(desk, answer, kind)
    with desk.store.read() as session:
        assert proposals.listed(session) == []


def test_an_accepted_proposal_is_a_copy_of_the_catalogue_with_one_change(tmp_path: Path) -> None:
    draft = kb_proposals.Draft("hd-1", "外省毕业的算不算", "算。\n" * 60, MEASURE, "km-rsj")
    folder, path = kb_proposals.write(draft, KNOWN, loader.CATALOGUE_DIR, tmp_path)
    _, faults = loader.gather(folder)
    assert [fault.what for fault in faults] == ["point `hd-1` cites `待填`, which is not among the cites"]
    assert path.name == f"{MEASURE}.yml"
    with pytest.raises(kb_proposals.AlreadyDraftedError):
        kb_proposals.write(draft, KNOWN, loader.CATALOGUE_DIR, tmp_path)
    new = kb_proposals.Draft("hd-2", "电费有没有补贴", "目前没有。", None, None)
    folder, path = kb_proposals.write(new, KNOWN, loader.CATALOGUE_DIR, tmp_path)
    built, faults = loader.gather(folder)
    assert built.measures["hd-2"].status == "draft"
    assert any("待填" in fault.what for fault in faults)
    assert all(fault.file.endswith("hd-2.yml") for fault in faults)


def test_proposals_are_listed_and_refused_in_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    assert cli.main(["kb", "proposals", "list"]) == 0
    assert "没有等人决定的问答" in capsys.readouterr().out
    with Store(f"sqlite:///{tmp_path / 'huiqi.db'}") as store:
        answered(FakeDesk(store, House(KNOWN)), "带营业执照到区人社局窗口。")
    assert cli.main(["kb", "proposals", "list"]) == 0
    assert "稳岗返还咋个申请" in capsys.readouterr().out
    assert cli.main(["kb", "proposals", "reject", "1", "--by", "张", "--why", "已有"]) == 0
    assert cli.main(["kb", "proposals", "reject", "1", "--by", "李"]) == 1
    assert "已经有人决定过" in capsys.readouterr().err
    assert cli.main(["kb", "proposals", "show", "9"]) == 1


# Effects of a turn


def test_a_turn_opens_tells_gives_back_grades_and_reopens(desk: FakeDesk) -> None:
    by = desk.hire()
    with desk.store.write() as session:
        chat = desk.owner(session)

        def carry_out(*effects: TicketEffect) -> list[Content | None]:
            return [ticket_effects.carry_out(session, chat, one, desk.now, desk.house) for one in effects]

        assert carry_out(OpenTicket("稳岗返还", None, "asked", ("一", "二"))) == [None]
        found = people.load(session, "telegram", "7").ticket
        assert found is not None
        assert (found.subject, found.with_human, found.bot_on) == ("稳岗返还", False, False)
        ticket = session.get_one(Ticket, found.id)
        desk.desk(session).claim(ticket, by)
        carry_out(
            TellTicket(ticket.id, "材料好了", source="5"), TellTicket(ticket.id, "材料齐了", source="5", edited=True)
        )
        carry_out(GiveBack(ticket.id))
        given = people.load(session, "telegram", "7").ticket
        assert given is not None
        assert (given.with_human, given.bot_on) == (False, True)
        carry_out(TakeBack(ticket.id))
        desk.desk(session).resolve(ticket, by)
        [gone] = carry_out(TellTicket(ticket.id, "还有一句"))
        assert gone is not None
        assert (gone.rows[0][0].action, "刚刚办结" in gone.text) == (f"reopen:{ticket.id}", True)
        assert carry_out(GradeTicket(ticket.id, 5), ReopenTicket(ticket.id)) == [None, None]
        [forged] = carry_out(GradeTicket(999, 5))
        assert forged is not None
        assert forged.text == "这不是您的工单，或已经不在了。"
        acts = [event.act for event in tickets.events_of(session, ticket.id)]
    assert acts == [
        "opened",
        "claimed",
        "told",
        "edited",
        "given_back",
        "taken_back",
        "resolved",
        "graded",
        "reopened",
    ]


def test_every_act_of_staff_is_in_the_audit_log_without_words(desk: FakeDesk) -> None:
    by, other = desk.hire(), desk.hire("李明")
    ticket = desk.claimed(by)
    with desk.store.write() as session:
        row, at = session.get_one(Ticket, ticket.id), desk.desk(session)
        at.note(row, by, "机密")
        at.reply(row, by, "机密的答复")
        at.transfer(row, by, to=other, why="机密")
        at.resolve(row, other, "机密")
        audit = [(one.action, one.subject, one.detail) for one in session.query(Event).order_by(Event.id)]
    assert [action for action, _, _ in audit][1:] == [
        "ticket.claimed",
        "ticket.noted",
        "ticket.replied",
        "ticket.transferred",
        "ticket.resolved",
    ]
    assert {subject for _, subject, _ in audit[1:]} == {f"staff:{by.id}", f"staff:{other.id}"}
    assert all(json.loads(detail) == {"ticket": ticket.number} for _, _, detail in audit)


# The report


def test_the_report_counts_what_happened(desk: FakeDesk, tmp_path: Path) -> None:
    by = desk.hire()
    first = desk.claimed(by, measure=MEASURE)
    desk.opened(address="8")
    desk.later(minutes=30)
    with desk.store.write() as session:
        row = session.get_one(Ticket, first.id)
        desk.desk(session).reply(row, by, "带营业执照到区人社局窗口。")
        desk.now = datetime(2022, 9, 20, 1, 30, tzinfo=UTC)
        desk.desk(session).resolve(row, by)
        desk.reception(session).grade(row.id, row.chat_id, 2)
        for question in ("电费补贴有没有", "电费补贴有没有？", "出口退税找谁"):
            unanswered.add(session, row.chat_id, question, "unknown", desk.now)
        unanswered.add(session, row.chat_id, "哪一个", "clarify", desk.now)
        counted = reports.report(session, desk.house, date(2022, 9, 19), date(2022, 9, 20))
        assert reports.report(session, desk.house, date(2022, 9, 21), date(2022, 9, 21)).opened.total() == 0
        assert events.count(session, "ticket.opened") == 2
    assert counted.opened == {date(2022, 9, 19): 2}
    assert counted.resolved == {date(2022, 9, 20): 1}
    assert (counted.open_now, counted.follow_ups, counted.follow_ups_done) == (2, 1, 0)  # one came back by its grade
    assert counted.first_answer == Times(1, 30, 30)
    assert counted.departments["昆明市人力资源社会保障局"] == 1
    assert (counted.grades, counted.satisfied) == ({2: 1}, 0.0)
    assert counted.unanswered.most_common(1) == [("电费补贴有没有", 2)]
    desk_report.draw(counted, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert kb_pictures.missing_glyphs(desk_report.words(counted)) == set()
    empty = Report(date(2022, 9, 19), date(2022, 9, 19))
    desk_report.draw(empty, tmp_path / "b.png")
    assert empty.satisfied is None
