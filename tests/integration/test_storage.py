"""The database itself: migrations, times, sessions, masking, offices, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from storage import chats, events, forgetting, leaders, migrate, outbox, schema, sessions, tickets, times, transcripts
from storage import unanswered as unanswered_questions
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError
from storage.tables import ChatKind, Lane, OutboxState

NOW = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)


def test_the_migrated_database_is_what_the_models_say(store: Store) -> None:
    with store.read() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, schema.metadata) == []


def test_migrating_twice_changes_nothing(store: Store) -> None:
    assert migrate.upgrade(store) is False
    assert migrate.current(store) == migrate.head()


def test_two_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    stores = [Store(f"sqlite:///{tmp_path / 'new.db'}") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(migrate.upgrade, stores)) == [False, False, False, True]
    for each in stores:
        each.close()


def test_a_database_of_a_newer_version_is_refused(store: Store) -> None:
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.DatabaseTooNewError, match="9999"):
        migrate.upgrade(store)
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": migrate.head()})


def test_every_migration_can_be_taken_back(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'huiqi.db'}")
    migrate.upgrade(store)
    config = migrate.config()
    with store.connection() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert migrate.current(store) is None
    assert migrate.upgrade(store) is True
    store.close()


def test_an_address_of_another_database_is_refused() -> None:
    for url in ("mysql://x@y/z", "nonsense", ""):
        with pytest.raises(DatabaseUrlError, match="HUIQI_DATABASE_URL"):
            Store(url)


def test_a_database_that_is_away_is_named_as_such() -> None:
    store = Store("postgresql://postgres@127.0.0.1:1/nowhere")
    with pytest.raises(StoreUnavailableError):
        store.ping()
    store.close()


def test_sqlite_writes_ahead_waits_for_others_and_checks_foreign_keys(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'huiqi.db'}")
    with store.read() as session:
        found = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
        assert found == {"journal_mode": "wal", "foreign_keys": 1}
        assert session.scalar(text("PRAGMA busy_timeout")) == 10_000
    store.close()


def test_times_come_back_as_utc_and_are_shown_as_shanghai(store: Store) -> None:
    morning = datetime(2022, 9, 20, 10, 0, tzinfo=times.SHANGHAI)
    with store.write() as session:
        chat = chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, morning)
        assert chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, morning).id == chat.id
    with store.read() as session:
        found = chats.find(session, "telegram", "7")
        assert found is not None
        assert found.created_at == NOW
        assert found.created_at.tzinfo is UTC
        assert times.shown(found.created_at) == "2022-09-20 10:00:00"


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"), store.write() as session:
        chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, datetime(2022, 9, 20))  # noqa: DTZ001


def test_what_a_talk_remembers_is_replaced_and_forgotten(store: Store) -> None:
    with store.write() as session:
        chat = chats.ensure(session, "telegram", "-100", ChatKind.GROUP, NOW)
        sessions.save(session, chat.id, "7", 1, '{"a": 1}', NOW)
        sessions.save(session, chat.id, "8", 1, '{"b": 1}', NOW)
        sessions.save(session, chat.id, "7", 2, '{"a": 2}', NOW)
    with store.read() as session:
        talk = sessions.load(session, chat.id, "7")
        assert talk is not None
        assert (talk.version, talk.data) == (2, '{"a": 2}')
    with store.write() as session:
        sessions.forget(session, chat.id)
        assert sessions.load(session, chat.id, "8") is None


def test_what_is_kept_for_others_to_read_is_masked(store: Store) -> None:
    said = "我是13812345678，身份证53010219800101123X，信用代码91530100MA6K1234XY，邮箱 a.b@c.cn，12345说能补30万元"
    with store.write() as session:
        chat = chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, NOW)
        tickets.add(session, chat.id, said, None, "asked", said, NOW)
        unanswered_questions.add(session, chat.id, said, "unknown", NOW)
        transcripts.add(session, chat.id, said, "好的", "answer", "v1", NOW)
    with store.read() as session:
        kept = [unanswered_questions.latest(session)[0].text, transcripts.of_chat(session, chat.id)[0].question]
        assert tickets.open_count(session) == 1
    for text_kept in kept:
        for secret in ("13812345678", "53010219800101123X", "91530100MA6K1234XY", "a.b@c.cn"):
            assert secret not in text_kept
        assert "12345说能补30万元" in text_kept


def test_forgetting_leaves_nothing_said_and_no_way_back(store: Store) -> None:
    with store.write() as session:
        chat = chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, NOW)
        sessions.save(session, chat.id, "", 1, "工厂", NOW)
        tickets.add(session, chat.id, "工厂", None, "asked", "工厂", NOW)
        transcripts.add(session, chat.id, "工厂", "工厂", "answer", "v1", NOW)
        unanswered_questions.add(session, chat.id, "工厂", "unknown", NOW)
        outbox.put(session, [outbox.NewMessage("a", chat.id, Lane.INTERACTIVE, "工厂")], NOW)
        events.add(session, "asked", NOW, "telegram:7")
    [item] = outbox.claim(store, "telegram", [Lane.INTERACTIVE], 1, NOW, timedelta(seconds=30))
    with store.write() as session:
        outbox.sent(session, [outbox.Arrival(item, "1", NOW)])
        forgetting.erase(session, session.merge(chat), NOW)
    with store.read() as session:
        connection = session.connection()
        dump = [row for table in schema.metadata.sorted_tables for row in connection.execute(table.select())]
        assert "工厂" not in str(dump)
        assert "telegram:7" not in str(dump)
        assert events.count(session, "asked") == 1
        assert outbox.find(session, item.row.id).row.state == OutboxState.SENT


def test_an_office_has_one_holder_until_the_term_ends_or_the_holder_resigns(store: Store) -> None:
    term = timedelta(seconds=10)
    with store.write() as session:
        assert leaders.stand(session, "bulk", "a", NOW, term) is True
        assert leaders.stand(session, "bulk", "b", NOW, term) is False
        assert leaders.stand(session, "bulk", "a", NOW + term, term) is True
        assert leaders.stand(session, "bulk", "b", NOW + term * 3, term) is True
        leaders.resign(session, "bulk", "b", NOW + term * 3)
        assert leaders.stand(session, "bulk", "a", NOW + term * 3, term) is True


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def half_done() -> None:
        with store.write() as session:
            chats.ensure(session, "telegram", "7", ChatKind.PRIVATE, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with store.read() as session:
        assert chats.find(session, "telegram", "7") is None
