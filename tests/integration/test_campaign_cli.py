"""`./huiqi campaign …` as typed, on both databases."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import cli, clock
from storage import outbox
from storage.engine import Store
from storage.tables import Lane, Outbox, OutboxState
from tests.fakes import databases
from tests.fakes.audience import agreed
from tests.fakes.clusters import NoPostgresError

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    if request.param == "sqlite":
        with databases.migrated(f"sqlite:///{tmp_path / 'huiqi.db'}") as opened:
            yield opened
        return
    try:
        with databases.postgres_database() as url:
            monkeypatch.setenv("HUIQI_DATABASE_URL", url)
            with databases.migrated(url) as opened:
                yield opened
    except NoPostgresError as error:
        databases.skip_without_postgres(error)


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    found = cli.main(["campaign", *words])
    told = capsys.readouterr()
    assert found == status, told
    return told.out + told.err


def people(store: Store) -> None:
    for address in range(1, 13):
        place = "官渡区" if address % 2 else "五华区"
        agreed(store, address, NOW, place, {"employees": {"number": str(address)}})


def test_a_campaign_from_draft_to_export(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people(store)
    new = ("new", "--title", "稳岗", "--by", "张三", "--text", "稳岗返还开始了。", "--district", "官渡")
    assert "群发 1 已存为草稿" in said(capsys, *new, "--where", "{fact: employees, at_least: 5}")
    told = said(capsys, "preview", "1")
    assert "现在有 4 人" in told
    assert "县（市）区：官渡区 4" in told
    assert "不收费" in told
    assert "要由另一个人批准" in said(capsys, "approve", "1", "--by", "张三", "--yes", status=1)
    assert "还没有人批准" in said(capsys, "start", "1", "--by", "张三", status=1)
    assert "已批准，共 4 人" in said(capsys, "approve", "1", "--by", "李四", "--yes")
    assert "原来的批准作废" in said(capsys, "edit", "1", "--by", "张三", "--text", "稳岗返还开始发了。")
    assert "还没有人批准" in said(capsys, "start", "1", "--by", "张三", status=1)
    said(capsys, "approve", "1", "--by", "李四", "--yes")
    assert "新排入 4 条" in said(capsys, "start", "1", "--by", "张三")
    assert "新排入 0 条" in said(capsys, "start", "1", "--by", "张三")
    assert "不能再改" in said(capsys, "edit", "1", "--by", "张三", "--text", "别的", status=1)
    assert "停着" in said(capsys, "stop", "1", "--by", "张三")
    assert "还有 4 人" in said(capsys, "resume", "1", "--by", "张三")
    with store.write() as session:
        first = session.scalars(select(Outbox.id).order_by(Outbox.id)).first()
        lost = {"state": OutboxState.UNKNOWN, "reason": "ended while sending"}
        session.execute(update(Outbox).where(Outbox.id == first).values(**lost))
    told = said(capsys, "status", "1")
    assert "共 4 人：已发 0，待发 3，未排入 0，跳过 0，发不出 0，不知是否送达 1" in told
    assert f"./huiqi outbox resend 编号）：{first}" in told
    assert "1  发送中  稳岗  0/4" in said(capsys, "list")
    said(capsys, "export", "1", str(tmp_path / "out.csv"))
    rows = list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[1] == ["1", "不知是否送达", "发送途中中断", "", "官渡区", ""]
    assert len(rows) == 5
    assert "已经存在" in said(capsys, "export", "1", str(tmp_path / "out.csv"), status=1)


def test_a_campaign_about_a_measure_says_what_the_catalogue_says(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    people(store)
    said(
        capsys, "new", "--title", "扩岗", "--by", "张三", "--measure", "expansion-subsidy-2026", "--verdict", "possible"
    )
    told = said(capsys, "preview", "1")
    assert "来源：" in told
    assert "按钮：我能享受吗、怎么办、调整、退订" in told


def test_a_test_goes_to_one_chat_and_is_marked(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    people(store)
    said(capsys, "new", "--title", "t", "--by", "张三", "--text", "正文")
    assert "没有和 99 聊过" in said(capsys, "test", "1", "--to", "99", status=1)
    said(capsys, "test", "1", "--to", "3")
    with store.read() as session:
        [item] = outbox.listed(session, [OutboxState.READY])
    assert (item.chat.address, item.row.lane) == ("3", Lane.TICKET)
    assert "【测试】正文" in item.row.content


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--text", "看 http://x.cn"), "网址"),
        (("--text", "x", "--district", "大理"), "没有“大理”"),
        (("--text", "x", "--where", "{fact: wealth, at_least: 1}"), "没有 wealth 这个事实"),
        (("--text", "x", "--where", "employees >= 5"), "条件应写成"),
        (("--text", "x", "--where", "{"), "不是 YAML"),
        (("--measure", "nothing"), "没有 nothing 这项政策"),
        (("--text", "x", "--industry", "太空"), "没有 太空 这个值"),
        ((), "没有正文"),
    ],
)
def test_a_wrong_order_is_refused_in_words(
    store: Store, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert says in said(capsys, "new", "--title", "t", "--by", "张三", *words, status=1)


def test_a_start_is_planned_for_a_time_to_come(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    people(store)
    said(capsys, "new", "--title", "t", "--by", "张三", "--text", "正文", "--spread", "2")
    said(capsys, "approve", "1", "--by", "李四", "--yes")
    assert "已经过去" in said(capsys, "start", "1", "--by", "张三", "--at", "2026-11-22 09:00", status=1)
    assert "看不懂时间" in said(capsys, "start", "1", "--by", "张三", "--at", "明天", status=1)
    said(capsys, "start", "1", "--by", "张三", "--at", "2026-11-24 09:00")
    with store.read() as session:
        due = sorted(session.scalars(select(Outbox.not_before)))
    assert due[0] >= datetime.fromisoformat("2026-11-24T09:00+08:00")
    assert due[-1] < datetime.fromisoformat("2026-11-24T11:00+08:00")
    assert "没有这个编号的群发：7" in said(capsys, "status", "7", status=1)
