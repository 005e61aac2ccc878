"""The clock's job for reminders and matches: plan the day, match changed profiles, make messages of what waits.

It only inserts rows with keys, a few at a time, so that replies find their turn in between; what a crash leaves undone
the next tick does.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

import structlog

from policy_kb import working_days
from policy_kb.catalogues import Catalogue
from scheduler import postman, pushes, readers, reminders
from scheduler.postman import Compose
from scheduler.readers import Reader
from scheduler.reminders import Plan
from storage import enterprises, notices, subscriptions
from storage.engine import Store
from storage.times import SHANGHAI

log = structlog.get_logger()

AT_ONCE = 1_000
"""Notices in one transaction."""

PROFILES = 100
"""Enterprises matched between two transactions."""


class Reminding:
    """``catalogue`` gives the one in force; ``today`` the real day, where the clock looks at another."""

    def __init__(
        self,
        store: Store,
        catalogue: Callable[[], Catalogue],
        compose: Compose,
        today: Callable[[], date] | None = None,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._compose = compose
        self._today = today
        self._planned: tuple[date, str] | None = None

    def run(self, now: datetime) -> int:
        """Do what is due at this moment; in quiet hours nothing. Returns how many messages were made."""
        if pushes.quiet_until(now) is not None:
            return 0
        catalogue, day = self._catalogue(), now.astimezone(SHANGHAI).date()
        today = self._today() if self._today else day
        if working_days.is_working(day) and self._planned != (day, catalogue.version):
            self.plan(catalogue, day, today, now)
            self._planned = (day, catalogue.version)
        self.match_profiles(catalogue, day, today, now)
        return postman.deliver(self._store, catalogue, self._compose, now, today)

    def plan(self, catalogue: Catalogue, day: date, today: date, now: datetime) -> Plan:
        """Write down what is to be told on a day."""
        with self._store.read() as session:
            people = readers.read(subscriptions.readers(session), catalogue)
            announced = notices.announced(session)
        found = reminders.plan(people, catalogue, day, today, announced)
        new = [one.notice() for one in found.planned]
        added = 0
        for start in range(0, len(new), AT_ONCE):
            with self._store.write() as session:
                added += notices.put(session, new[start : start + AT_ONCE], now)
        with self._store.write() as session:  # last: after a crash before this, the news is planned again
            notices.announce(session, found.announces, now)
        log.info("reminders.planned", day=str(day), people=len(people), new=added, withheld=len(found.withheld))
        return found

    def match_profiles(self, catalogue: Catalogue, day: date, today: date, now: datetime) -> int:
        """Hold enterprises whose facts changed against all measures. Returns how many."""
        count = 0
        while True:
            with self._store.read() as session:
                changed = notices.changed_enterprises(session, PROFILES)
                owners = {one.id: enterprises.owners(session, one.id) for one in changed}
                chats = {chat for mine in owners.values() for chat in mine}
                people = {one.chat: one for one in readers.read(subscriptions.readers(session, chats), catalogue)}
            if not changed:
                return count
            new = [
                one.notice()
                for kept in changed
                for chat in owners[kept.id]
                for one in _matches(people, chat, kept.id, catalogue, day, today)
            ]
            with self._store.write() as session:
                notices.put(session, new, now)
                notices.matched(session, {one.id: one.version for one in changed})
            count += len(changed)


def _matches(
    people: Mapping[int, Reader], chat: int, enterprise: int, catalogue: Catalogue, day: date, today: date
) -> list[reminders.Planned]:
    reader = people.get(chat)
    firm = next((one for one in reader.firms if one.number == enterprise), None) if reader else None
    if reader is None or firm is None:
        return []
    return reminders.of_profile(reader, firm, catalogue, day, today)
