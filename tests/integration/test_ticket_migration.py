"""Tickets from before there were numbers: none is lost on the way up or down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from storage import migrate, tickets
from storage.engine import Store
from storage.ticket_tables import Ticket, TicketState
from tests.fakes import databases
from tests.fakes.clusters import NoPostgresError

LATE = datetime(2022, 9, 19, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        with Store(f"sqlite:///{tmp_path / 'huiqi.db'}") as opened:
            yield opened
        return
    try:
        with databases.postgres_database() as url, Store(url) as opened:
            yield opened
    except NoPostgresError as error:
        databases.skip_without_postgres(error)


def to(store: Store, revision: str) -> None:
    config = migrate.config()
    with store.connection() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def old_tickets(store: Store) -> None:
    rows = [
        ("refund", LATE),
        ("refund", LATE + timedelta(minutes=10)),
        (None, LATE + timedelta(hours=1)),
    ]
    with store.write() as session:
        session.execute(
            text(
                "INSERT INTO chats (id, channel, address, kind, created_at) VALUES (1, 'telegram', '7', 'private', :at)"
            ),
            {"at": LATE},
        )
        for measure, at in rows:
            session.execute(
                text(
                    "INSERT INTO tickets (chat_id, subject, measure, reason, transcript, state, created_at, updated_at)"
                    " VALUES (1, '返还', :measure, 'asked', '问', 'open', :at, :at)"
                ),
                {"measure": measure, "at": at},
            )


def test_old_tickets_get_numbers_and_one_a_subject_stays_open(store: Store) -> None:
    to(store, "0004")
    old_tickets(store)
    assert migrate.upgrade(store)
    with store.write() as session:
        kept = session.query(Ticket).order_by(Ticket.id).all()
        assert [(one.number, one.state, one.subject_key) for one in kept] == [
            ("HD-20220919-0001", TicketState.CLOSED, "refund"),
            ("HD-20220919-0002", TicketState.OPEN, "refund"),
            ("HD-20220920-0001", TicketState.OPEN, "advisory"),
        ]
        assert kept[0].created_at == LATE
        new = tickets.add(session, 1, "又一张", "voucher", "asked", "", LATE).ticket
        assert (new.id, new.number) == (4, "HD-20220919-0003")


def test_the_way_back_keeps_every_ticket(store: Store) -> None:
    to(store, "0004")
    old_tickets(store)
    migrate.upgrade(store)
    config = migrate.config()
    with store.connection() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
    with store.read() as session:
        rows = session.execute(text("SELECT id, subject, state FROM tickets ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(1, "返还", "closed"), (2, "返还", "open"), (3, "返还", "open")]
