"""`./huiqi db …`, `outbox …` and `doctor`, as typed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import cli
from scheduler.content import Content
from storage import chats, migrate, outbox, retention, sessions, transcripts
from storage.engine import Store
from storage.outbox import NewMessage
from storage.tables import ChatKind, Lane
from tests.fakes import databases
from tests.fakes.clusters import NoPostgresError
from tests.fakes.telegram import server

NOW = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'huiqi.db'}"
        return
    try:
        with databases.postgres_database() as found:
            monkeypatch.setenv("HUIQI_DATABASE_URL", found)
            yield found
    except NoPostgresError as error:
        databases.skip_without_postgres(error)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = databases.migrated(url)
    yield opened
    opened.close()


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert cli.main(words) == status
    told = capsys.readouterr()
    return told.out + told.err


def dead_letter(store: Store) -> int:
    with store.write() as session:
        chat = chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, NOW)
        outbox.put(session, [NewMessage("reply:1:0", chat.id, Lane.INTERACTIVE, Content(text="您好").as_json())], NOW)
    [item] = outbox.claim(store, "telegram", [Lane.INTERACTIVE], 1, NOW, timedelta(seconds=9))
    with store.write() as session:
        outbox.dead(session, item, "rejected as malformed: x")
    return item.row.id


def test_upgrading_makes_the_tables_and_says_the_version(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "空" in said(capsys, "db", "status")
    assert f"已升级到版本 {migrate.head()}" in said(capsys, "db", "upgrade")
    assert f"已经是版本 {migrate.head()}" in said(capsys, "db", "upgrade")


def test_a_backup_brings_everything_back(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = dead_letter(store)
    file = tmp_path / "backups" / "huiqi.backup"
    assert "已备份" in said(capsys, "db", "backup", str(file))
    assert "already there" in said(capsys, "db", "backup", str(file), status=1)
    databases.empty(store)
    store.close()
    assert "已恢复" in said(capsys, "db", "restore", "--yes", str(file))
    with store.read() as session:
        assert outbox.find(session, number).row.key == "reply:1:0"


def test_a_file_that_is_no_backup_changes_nothing(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = dead_letter(store)
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"not a backup at all" * 500)
    said(capsys, "db", "restore", "--yes", str(wrong), status=1)
    with store.read() as session:
        assert outbox.find(session, number).row.key == "reply:1:0"


def test_a_dead_letter_is_listed_shown_and_sent_again(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    number = dead_letter(store)
    listed = said(capsys, "outbox", "list")
    assert "发不出 1" in listed
    assert "2022-09-20 10:00:00  回复  发不出  rejected as malformed: x" in listed
    shown = said(capsys, "outbox", "show", str(number))
    assert "reply:1:0" in shown
    assert "您好" in shown
    assert "已排入待发" in said(capsys, "outbox", "resend", str(number))
    assert "待发" in said(capsys, "outbox", "list", "--state", "ready")
    assert "ready" in said(capsys, "outbox", "resend", str(number), status=1)
    assert "4711" in said(capsys, "outbox", "show", "4711", status=1)


def test_what_is_older_than_its_period_goes(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    dead_letter(store)
    with store.write() as session:
        chat = chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, NOW)
        sessions.save(session, chat.id, "", 1, "{}", NOW)
        transcripts.add(session, chat.id, "q", "a", "answer", "v", NOW)
    assert sum(retention.apply(store, NOW + timedelta(days=80)).values()) == 0
    assert "outbox：1" in said(capsys, "db", "prune")
    with store.read() as session:
        assert transcripts.of_chat(session, chat.id) == []
        assert sessions.load(session, chat.id) is None


def test_a_database_that_is_away_is_said_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    monkeypatch.setenv("HUIQI_DATABASE_URL", "postgresql://somebody:hunter22@127.0.0.1:1/x")
    for words in (("db", "upgrade"), ("db", "status"), ("outbox", "list")):
        told = said(capsys, *words, status=1)
        assert "cannot be reached" in told
        assert "hunter22" not in told


def test_the_doctor_names_what_is_wrong_and_how_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    with server.running() as fake:
        monkeypatch.setenv("HUIQI_TELEGRAM_BASE_URL", fake.base_url.removesuffix("/bot"))
        ill = said(capsys, "doctor", status=1)
        assert "✗ 数据库：SQLite，版本 空" in ill
        assert "✗ 语言模型：还没有训练" in ill
        assert "HUIQI_TELEGRAM_TOKEN" in ill
        assert re.search(r"✓ 时钟：相差 \d 秒", ill)
        said(capsys, "db", "upgrade")
        monkeypatch.setenv("HUIQI_TELEGRAM_TOKEN", fake.token)
        better = said(capsys, "doctor", status=1)
        assert "✓ 数据库" in better
        assert "✓ Telegram 令牌：@huiqi_test_bot" in better
        monkeypatch.setenv("HUIQI_TELEGRAM_WEBHOOK_URL", "https://bot.example.cn/telegram")
        assert "再设 HUIQI_TELEGRAM_WEBHOOK_SECRET、HUIQI_LISTEN" in said(capsys, "doctor", status=1)
        fake.world.webhook = {"url": "http://127.0.0.1:9/telegram"}
        fake.world.says(7, "q")
        assert fake.world.until(lambda: any(call.method == "push" for call in fake.world.calls))
        assert "推送失败：Connection refused" in said(capsys, "doctor", status=1)
        monkeypatch.setenv("HUIQI_TELEGRAM_TOKEN", "4242424242:" + "W" * 35)
        assert "✗ Telegram 令牌：Telegram 不认" in said(capsys, "doctor", status=1)
