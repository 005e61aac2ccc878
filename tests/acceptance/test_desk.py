"""`./huiqi desk`, `staff` and `kb proposals` as processes of their own, on one database."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import clock
from helpdesk.house import House
from helpdesk.reception import Ask, Reception
from policy_kb import loader
from scheduler.content import Content
from storage import chats, migrate, outbox, staff, unanswered
from storage.engine import Store
from storage.outbox import Arrival
from storage.tables import ChatKind, Lane, Outbox
from storage.ticket_tables import Role
from tests.fakes.commands import PROJECT, Commands

MEASURE = "expansion-subsidy-2022"


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'huiqi.db'}") as opened:
        migrate.upgrade(opened)
        yield opened


def ask(store: Store, person: str = "7") -> str:
    """An owner asks for a human. Returns the ticket's number."""
    house, now = House(loader.load()), clock.now()
    said = ("招应届毕业生有补贴吗", "外省毕业的算不算", "转人工")
    wanted = Ask("一次性扩岗补助", MEASURE, "asked", said, facts=(("人数", "20人"),))
    with store.write() as session:
        chat = chats.ensure(session, "telegram", person, ChatKind.PRIVATE, now)
        return Reception(session, house, now).open_(chat.id, wanted).ticket.number


def sent(store: Store) -> list[str]:
    with store.read() as session:
        return [Content.from_json(row.content).text for row in session.query(Outbox).order_by(Outbox.id)]


def hire(store: Store) -> None:
    with store.write() as session:
        staff.add(session, "孙涛", Role.ADMINISTRATOR, clock.now())
        for name in ("王芳", "李明"):
            staff.add(session, name, Role.AGENT, clock.now())


def test_a_ticket_from_the_queue_to_the_knowledge_base(commands: Commands, store: Store) -> None:
    hire(store)
    number = ask(store)
    tail = number[-4:]
    typed = [
        "queue",
        f"claim {tail}",
        f"reply {tail} 算的，外省高校的毕业生，只要是毕业当年的，\\n带毕业证和劳动合同到参保地人社局办。",
        f"note {tail} 他还想问“社保补贴",
        f"canned --for {tail} 几时截止",
        f"reply {tail} --canned {MEASURE}/until",
        f"resolve {tail} 已告知怎么办。",
        f"reply {tail} 再补一句",
        f"show {tail}",
        "没有的命令",
        "search 外省 毕业证",
        "quit",
    ]
    talk = commands.run("desk", "--as", "王芳", typed="\n".join(typed) + "\n")
    assert talk.returncode == 0, talk.stderr
    assert "王芳（坐席），待办 1 张" in talk.stdout
    assert f"已领取 {number} 一次性扩岗补助" in talk.stdout
    assert "来源：昆明纾困十大行动方案·稳岗就业 二（四）（2022-08-18）" in talk.stdout
    assert "牵头单位  昆明市人力资源社会保障局" in talk.stdout
    assert "人数：20人" in talk.stdout
    assert "王芳备注：他还想问“社保补贴" in talk.stdout
    assert f"工单 {number} 现在是“已办结”，不能答复。请先重新打开" in talk.stderr
    assert "没有“没有的命令”这个命令" in talk.stderr
    assert talk.stdout.rstrip().splitlines()[-1].startswith(number)
    texts = sent(store)
    assert texts[0].startswith(f"工单号：{number}")
    assert texts[2] == ("工作人员：\n算的，外省高校的毕业生，只要是毕业当年的，\n带毕业证和劳动合同到参保地人社局办。")
    assert "2022年12月31日到期" in texts[3]
    assert texts[4].startswith(f"工单{number}已办结。\n已告知怎么办。")
    assert "社保补贴" not in "".join(texts)
    proposed = commands.run("kb", "proposals", "show", "1").stdout
    assert "问题：外省毕业的算不算" in proposed
    assert "到期" not in proposed  # what came from the knowledge base is not proposed to it
    accepted = commands.run("kb", "proposals", "accept", "1", "--by", "张编辑", "--cite", "wengang")
    assert accepted.returncode == 0, accepted.stderr
    copy = commands.home / "drafts" / "proposals" / number.lower() / "catalogue"
    checked = commands.run("kb", "check", "-q", "--catalogue", str(copy))
    assert "0 faults" in checked.stdout
    assert "外省毕业的算不算" in (copy / "measures" / "employment" / f"{MEASURE}.yml").read_text(encoding="utf-8")
    assert number.lower() not in (loader.CATALOGUE_DIR / "measures/employment" / f"{MEASURE}.yml").read_text("utf-8")
    again = commands.run("kb", "proposals", "accept", "1", "--by", "李编辑")
    assert (again.returncode, "已经有人决定过" in again.stderr) == (1, True)


def test_of_two_processes_that_claim_at_once_one_is_told_who_was_faster(commands: Commands, store: Store) -> None:
    hire(store)
    number = ask(store)
    racers = [
        subprocess.Popen(
            commands.python("desk", "claim", number, "--as", name),
            cwd=PROJECT,
            env=commands.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for name in ("王芳", "李明")
    ]
    told = [racer.communicate(timeout=120) for racer in racers]
    assert sorted(racer.returncode for racer in racers) == [0, 1]
    [winner] = [name for name, racer in zip(("王芳", "李明"), racers, strict=True) if racer.returncode == 0]
    assert f"工单 {number} 已由 {winner} 领取，您不用再领" in "".join(err for _, err in told)


def test_a_message_that_did_not_arrive_is_seen_in_the_ticket(commands: Commands, store: Store) -> None:
    hire(store)
    number = ask(store)
    assert commands.run("desk", "reply", number, "您好，我来帮您看。", "--as", "王芳").returncode == 0
    later = clock.now()
    for outcome in ("sent", "dead"):
        later += timedelta(seconds=5)
        [item] = outbox.claim(store, "telegram", [Lane.TICKET], 1, later, timedelta(seconds=30))
        with store.write() as session:
            if outcome == "dead":
                outbox.dead(session, item, "blocked by the user: Forbidden")
            else:
                outbox.sent(session, [Arrival(item, "1", later)])
    shown = commands.run("desk", "show", number).stdout
    assert "王芳答复：您好，我来帮您看。" in shown
    assert "没送到：用户停用了机器人，换电话等方式联系" in shown
    assert "已送出" in shown


def test_the_first_administrator_takes_the_others_on(commands: Commands, store: Store) -> None:
    assert "还没有人就先 ./huiqi staff add" in commands.run("desk").stderr
    assert commands.run("staff", "add", "孙涛", "--role", "administrator").returncode == 0
    refused = commands.run("staff", "add", "赵六")
    assert (refused.returncode, "只有管理员能改坐席名单" in refused.stderr) == (1, True)
    assert "已添加 2 王芳（坐席）" in commands.run("staff", "add", "王芳", "--as", "孙涛").stdout
    with store.read() as session:
        assert [(one.name, one.role) for one in staff.listed(session)] == [
            ("孙涛", Role.ADMINISTRATOR),
            ("王芳", Role.AGENT),
        ]


def test_the_report_is_a_table_and_a_picture(commands: Commands, store: Store) -> None:
    hire(store)
    ask(store, "7")
    ask(store, "8")
    with store.write() as session:
        for question in ("电费补贴有没有", "电费补贴有没有？", "出口退税找谁"):
            unanswered.add(session, 1, question, "unknown", clock.now())
    picture = commands.home / "report.png"
    done = commands.run("desk", "report", "--picture", str(picture))
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "工单 2" in lines
    assert "昆明市人力资源社会保障局 2" in lines
    assert lines.index("电费补贴有没有 2") < lines.index("出口退税找谁 1")
    assert picture.read_bytes().startswith(b"\x89PNG")
    wrong = commands.run("desk", "report", "--from", "2026-11-22", "--to", "2026-11-21")
    assert wrong.returncode == 2
