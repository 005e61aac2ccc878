"""What is kept of the person beyond the talk: loaded by the channel before a turn, changed only through effects."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from handlers.session import Told


@dataclass(frozen=True)
class Enterprise:
    """An enterprise whose facts its owner let us keep. `number`: its id in the database."""

    number: int
    name: str
    facts: Mapping[str, Told]


@dataclass(frozen=True)
class LiveTicket:
    """The ticket an owner talks in. `with_human`: somebody has taken it, and the owner has not asked for the assistant.

    `bot_on`: the owner wants the assistant back for the time being. `staff_name`: what owners may read, never an id.
    """

    id: int
    number: str
    subject: str
    with_human: bool = False
    bot_on: bool = False
    staff_name: str = "工作人员"


@dataclass(frozen=True)
class Subscriptions:
    """What a person is told unasked. `agreed`: without it nothing. `wishes`: (measure | category | all, name)."""

    agreed: bool = False
    wishes: tuple[tuple[str, str], ...] = ()
    matches: bool = True  # of measures that fit the enterprise
    most_a_day: int = 2
    digest: str = "off"
    muted_until: date | None = None

    def adjusted(self, matches: bool | None, most_a_day: int | None, digest: str | None) -> "Subscriptions":
        """As they are after a change; None leaves a setting."""
        return replace(
            self,
            matches=self.matches if matches is None else matches,
            most_a_day=most_a_day or self.most_a_day,
            digest=digest or self.digest,
        )


@dataclass(frozen=True)
class Person:
    """Whom a turn talks to. A stranger has nothing of it."""

    enterprises: tuple[Enterprise, ...] = ()
    active: int | None = None  # number of the enterprise talked about
    ticket: LiveTicket | None = None  # the one they talk in
    subscriptions: Subscriptions | None = None  # None: the channel cannot write unasked
    may_keep: bool = False  # whether the channel can keep enterprises: not in a group, not in a batch

    @property
    def enterprise(self) -> Enterprise | None:
        """The enterprise talked about."""
        return next((one for one in self.enterprises if one.number == self.active), None)


NOBODY = Person()
