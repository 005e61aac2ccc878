"""A helpdesk on a database: owners, colleagues, time at will."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.business_calendar import Calendar
from helpdesk.desk import Desk
from helpdesk.house import House
from helpdesk.reception import Ask, Reception
from storage import chats, staff
from storage.engine import Store
from storage.tables import Chat, ChatKind
from storage.ticket_tables import Role, Staff, Ticket

MONDAY = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)  # 9:30 in Shanghai, a working day


@dataclass
class FakeDesk:
    """Everything happens at ``now``, which tests move on."""

    store: Store
    house: House = field(default_factory=House)
    now: datetime = MONDAY

    def later(self, **span: float) -> datetime:
        """Time passes."""
        self.now += timedelta(**span)
        return self.now

    def owner(self, session: Session, address: str = "7") -> Chat:
        return chats.ensure(session, "telegram", address, ChatKind.PRIVATE, self.now)

    def hire(self, name: str = "王芳", role: Role = Role.AGENT, address: str | None = None) -> Staff:
        with self.store.write() as session:
            channel = "telegram" if address else None
            return staff.add(session, name, role, self.now, channel, address)

    def desk(self, session: Session) -> Desk:
        return Desk(session, self.house, self.now)

    def reception(self, session: Session) -> Reception:
        return Reception(session, self.house, self.now)

    def opened(
        self, subject: str = "稳岗返还", address: str = "7", measure: str | None = None, **more: object
    ) -> Ticket:
        """An owner asks for a human."""
        with self.store.write() as session:
            chat = self.owner(session, address)
            ask = Ask(subject, measure, "asked", ("稳岗返还咋个申请", "转人工"), **more)  # type: ignore[arg-type]
            return self.reception(session).open_(chat.id, ask).ticket

    def claimed(self, by: Staff, **ask: str) -> Ticket:
        """A ticket that somebody has."""
        ticket = self.opened(**ask)
        with self.store.write() as session:
            return self.desk(session).claim(session.merge(ticket), by)


def calendar_until(year: int) -> Calendar:
    """Plain weekdays, and nothing known of the years after ``year``."""

    def workday(day: date) -> bool | None:
        return day.weekday() < 5 if day.year <= year else None

    return Calendar(workday=workday)
