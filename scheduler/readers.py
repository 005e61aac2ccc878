"""Who may be told something unasked: what they asked for, and what is known of their enterprises."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from policy_kb import values
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure
from policy_kb.facts import Facts
from scheduler import audiences
from storage import subscriptions
from storage.enterprise_tables import Enterprise
from storage.subscription_tables import Digest, Scope
from storage.times import SHANGHAI


@dataclass(frozen=True)
class Wish:
    """A subscription. `name`: measure id or category; `since`: the day it was made."""

    scope: Scope
    name: str
    since: date


@dataclass(frozen=True)
class Firm:
    """An enterprise of theirs with its facts, as the catalogue of today reads them."""

    number: int
    name: str
    version: int
    facts: Facts


@dataclass(frozen=True)
class Reader:
    """Somebody who agreed to be written to."""

    chat: int
    matches: bool = True
    wishes: tuple[Wish, ...] = ()
    firms: tuple[Firm, ...] = ()
    most_a_day: int = 2
    digest: Digest = Digest.OFF
    muted_until: datetime | None = None
    blocked: bool = False

    def wish(self, measure: Measure, catalogue: Catalogue, by: date | None = None) -> Wish | None:
        """The subscription that covers a measure, the most particular one; `by`: made on that day or before."""
        found = [one for one in self.wishes if (by is None or one.since <= by) and covers(one, measure, catalogue)]
        return min(found, key=lambda one: _PARTICULAR.index(one.scope), default=None)


_PARTICULAR = (Scope.MEASURE, Scope.CATEGORY, Scope.ALL)


def covers(wish: Wish, measure: Measure, catalogue: Catalogue) -> bool:
    """Whether a subscription is about a measure. One to a measure follows it through all editions of its lineage."""
    match wish.scope:
        case Scope.MEASURE:
            known = catalogue.measures.get(wish.name)
            lineage = known.lineage if known else None
            return wish.name == measure.id or (lineage is not None and lineage == measure.lineage)
        case Scope.CATEGORY:
            return wish.name == measure.category
    return True


def firm(kept: Enterprise, catalogue: Catalogue) -> Firm:
    """An enterprise as it is kept; facts of an older catalogue that mean nothing any more are left out."""
    told = audiences.facts_of(kept.facts)
    facts = {
        name: value
        for name, value in told.items()
        if name in catalogue.facts and values.belongs(value, catalogue.facts[name])
    }
    return Firm(kept.id, kept.name, kept.version, facts)


def read(kept: Iterable[subscriptions.Reader], catalogue: Catalogue) -> list[Reader]:
    """Subscribers as the database keeps them."""
    return [
        Reader(
            one.chat.id,
            one.subscriber.matches,
            tuple(Wish(wish.scope, wish.name, wish.since.astimezone(SHANGHAI).date()) for wish in one.subscriptions),
            tuple(firm(enterprise, catalogue) for enterprise in one.enterprises),
            one.subscriber.most_a_day,
            one.subscriber.digest,
            one.subscriber.muted_until,
            one.chat.blocked_at is not None,
        )
        for one in kept
    ]
