"""From notices to messages: one each, or a day's together, within what the person set; never in quiet hours.

A message is put into the outbox once under its key; notices it took along are marked in the same transaction, so that
a second clock, a second tick or a crash in between changes nothing.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from policy_kb import deadlines, windows, working_days
from policy_kb.catalogues import Catalogue
from policy_kb.deadlines import BY_DAYS, Stage
from scheduler import pushes, readers
from scheduler.readers import Reader
from storage import notices, outbox, subscriptions
from storage.content import Content
from storage.engine import Store
from storage.notices import REGROUP
from storage.outbox import NewMessage
from storage.subscription_tables import Digest, Notice
from storage.tables import Lane
from storage.times import SHANGHAI

Compose = Callable[[Sequence[Notice], Reader, Catalogue, date, date], Content]
"""What a message says: notices of one person, the person, the catalogue, the day it is for, the real day."""

AT_ONCE = 200
"""People in one transaction: between two of them replies find their turn."""

KEEPS = timedelta(days=10)
"""How long something without a date may wait to be sent."""


@dataclass(frozen=True)
class Letter:
    """Notices that go together, with when they must be gone."""

    notices: tuple[Notice, ...]
    expires_at: datetime

    @property
    def key(self) -> str:
        """That of its one notice; of several that of the first, so that the same ones make the same message."""
        first = self.notices[0]
        return first.key if len(self.notices) == 1 else f"digest:{first.chat_id}:{first.id}:{len(self.notices)}"


def deliver(store: Store, catalogue: Catalogue, compose: Compose, now: datetime, today: date | None = None) -> int:
    """Put what waits into the outbox; nothing in quiet hours. Returns how many messages. `today`: see `deadlines`."""
    if pushes.quiet_until(now) is not None:
        return 0
    with store.write() as session:
        notices.regroup(session)
    count, after = 0, 0
    while True:
        with store.write() as session:
            chats = notices.waiting(session, AT_ONCE, after)
            if not chats:
                return count
            after = chats[-1]
            made = list(_messages(session, chats, catalogue, compose, now, today))
            count += outbox.put(session, [message for message, _ in made], now)
            notices.assign(session, {one.id: message.key for message, letter in made for one in letter.notices}, now)


def _messages(
    session: Session,
    chats: Sequence[int],
    catalogue: Catalogue,
    compose: Compose,
    now: datetime,
    today: date | None,
) -> Iterator[tuple[NewMessage, Letter]]:
    """The messages for these chats, with what is in them."""
    waiting = notices.pending(session, chats)
    people = {one.chat: one for one in readers.read(subscriptions.readers(session, chats), catalogue)}
    sent = notices.messages_since(session, chats, _midnight(now))
    day = now.astimezone(SHANGHAI).date()
    for chat, mine in waiting.items():
        reader = people.get(chat)
        if reader is None or reader.blocked or _is_muted(reader, now):
            continue
        valid = [one for one in mine if _keep(session, one, reader, catalogue, day, today or day)]
        for letter in letters(valid, reader, now, sent.get(chat, 0)):
            content = compose(letter.notices, reader, catalogue, day, today or day).as_json()
            checks = json.dumps({"notices": [one.id for one in letter.notices]})
            yield NewMessage(letter.key, chat, Lane.REMINDER, content, now, letter.expires_at, checks), letter


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI)


def _is_muted(reader: Reader, now: datetime) -> bool:
    return reader.muted_until is not None and reader.muted_until > now


def _keep(session: Session, one: Notice, reader: Reader, catalogue: Catalogue, day: date, today: date) -> bool:
    """Whether it is still to be told; what is not is marked with the reason."""
    why = outdated(one, reader, catalogue, day, today)
    if why:
        notices.drop(session, one.id, why)
    return not why


def outdated(one: Notice, reader: Reader, catalogue: Catalogue, day: date, today: date) -> str:
    """Why a notice is not to be told any more; empty where it is."""
    measure = catalogue.measures.get(one.measure)
    if measure is None:
        return "measure gone"
    if measure.version != one.version:
        return "measure changed"
    if deadlines.refusal(measure, today):
        return "measure withdrawn or due for review"
    stage = Stage(one.stage)
    wish = reader.wish(measure, catalogue)
    if stage is Stage.MATCH:
        if not reader.matches:
            return "unsubscribed"
        if deadlines.awaits_local_notice(measure) and wish is None:
            return "unsubscribed"
        if one.enterprise_id not in {firm.number for firm in reader.firms}:
            return "enterprise gone"
    elif wish is None:
        return "unsubscribed"
    if stage in BY_DAYS:
        return _date_gone(one, catalogue, day)
    in_force = windows.measure_status(measure, catalogue, day).in_force
    return "" if in_force or stage in {Stage.ENDED, Stage.REPLACED} else "not in force"


def _date_gone(one: Notice, catalogue: Catalogue, day: date) -> str:
    if one.day is None or one.day < day:
        return "too late"
    known = deadlines.of(catalogue.measures[one.measure], catalogue, day)
    found = next((deadline for deadline in known if deadline.id == one.deadline), None)
    if found is None or found.withheld:
        return "date changed"
    current = deadlines.countdown(found, day)
    nearer = current is not None and BY_DAYS.index(current.stage) < BY_DAYS.index(Stage(one.stage))
    return "a later reminder is due" if nearer else ""


# How many messages


def letters(waiting: Sequence[Notice], reader: Reader, now: datetime, sent_today: int) -> Iterator[Letter]:
    """How what waits for somebody becomes messages today: one each as far as the daily number allows, else together.

    What cannot wait goes out whatever was sent before: the last reminder, and dates nearer than the next digest.
    """
    day = now.astimezone(SHANGHAI).date()
    due = list(waiting)
    if reader.digest is Digest.WEEKLY and not _begins_the_week(day):
        due = [one for one in waiting if _cannot_wait(one, day)]
    room = reader.most_a_day - sent_today
    if room <= 0:
        due = [one for one in due if one.stage == Stage.BEFORE_1.value]
    together = reader.digest is not Digest.OFF or len(due) > max(room, 1)
    if not due:
        return
    for group in [due] if together else [[one] for one in due]:
        yield Letter(tuple(group), min(_expires(one, now) for one in group))


def _begins_the_week(day: date) -> bool:
    return working_days.on_or_after(day - timedelta(days=day.weekday())).day == day


def _cannot_wait(one: Notice, day: date) -> bool:
    """Whether its date is nearer than the next weekly digest, holidays included."""
    next_digest = working_days.on_or_after(day - timedelta(days=day.weekday()) + timedelta(days=7)).day
    return one.stage in BY_DAYS and one.day is not None and one.day <= next_digest + timedelta(days=3)


def _expires(one: Notice, now: datetime) -> datetime:
    """Reminders of a date are gone before its last evening, everything else in ten days."""
    if one.stage in BY_DAYS and one.day is not None:
        return datetime.combine(one.day, pushes.QUIET_FROM, SHANGHAI)
    return now + KEEPS


__all__ = ["AT_ONCE", "REGROUP", "Compose", "Letter", "deliver", "letters", "outdated"]
