"""What the clock would do on other days, without writing anything: one day, or a whole year, day by day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from policy_kb import working_days
from policy_kb.catalogues import Catalogue
from policy_kb.deadlines import Occasion
from scheduler import reminders
from scheduler.readers import Reader
from scheduler.reminders import Planned

_DAY = timedelta(days=1)

People = Callable[[date], tuple[Sequence[Reader], Sequence[int]]]
"""The people as they are on a day, and the numbers of enterprises whose facts changed on it."""


@dataclass(frozen=True)
class Day:
    """What would be told on a day, and what not and why."""

    day: date
    planned: tuple[Planned, ...]
    withheld: tuple[Occasion, ...]

    def without_repeats(self) -> "Day":
        """The same with what is withheld only on the day it first would have been told."""
        first = tuple(one for one in self.withheld if one.since == self.day)
        return Day(self.day, self.planned, first)


def rehearse(
    people: People,
    catalogue: Catalogue,
    first: date,
    last: date,
    today: date,
    announced: Mapping[str, int] | None = None,
    told: set[str] | None = None,
) -> Iterator[Day]:
    """Each day from `first` to `last`, both inclusive. `today` is the real day.

    Of a day that is not today it is taken that the clock has run until the day before; `announced` and `told` say
    what it did where it is known.
    """
    known = dict(announced) if announced is not None else _noted(catalogue, first - _DAY, today)
    done = set(told) if told is not None else _told_before(people, catalogue, first, today)
    day = first
    while day <= last:
        readers, changed = people(day)
        plan = reminders.plan(readers, catalogue, day, _judged(today, day), known)
        known |= plan.announces
        found = reminders.once(plan.planned, done)
        for reader in readers:
            for firm in reader.firms:
                if firm.number in changed:
                    fits = reminders.of_profile(reader, firm, catalogue, day, _judged(today, day))
                    found += reminders.once(fits, done)
        yield Day(day, tuple(found), plan.withheld)
        day += _DAY


def _judged(today: date, day: date) -> date:
    """The day by which reviews are judged: the real one, and of the future that day."""
    return max(today, day)


def _noted(catalogue: Catalogue, day: date, today: date) -> dict[str, int]:
    """Measures that were in force on a day: no news on the next."""
    return {one.measure.id: one.measure.version for one in reminders.news(catalogue, day, today, {})}


def _told_before(people: People, catalogue: Catalogue, first: date, today: date) -> set[str]:
    """What was due on the last working day before: it counts as told, also where it is still true on the first day."""
    day = first - _DAY
    while not working_days.is_working(day):
        day -= _DAY
    readers, _ = people(day)
    return {one.key for one in reminders.plan(readers, catalogue, day, _judged(today, day), {}).planned}
