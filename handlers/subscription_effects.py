"""What a turn wants done with subscriptions."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Agree:
    """The person agrees to be written to unasked."""


@dataclass(frozen=True)
class Subscribe:
    """Tell of a measure (and the other editions of its lineage), a category, or all dates (`name` empty)."""

    scope: str
    name: str = ""


@dataclass(frozen=True)
class Unsubscribe:
    """Tell of it no longer."""

    scope: str
    name: str = ""


@dataclass(frozen=True)
class Leave:
    """Nothing more is to be sent: consent is taken back, with all subscriptions."""


@dataclass(frozen=True)
class Mute:
    """Send nothing for so many days; 0: send again."""

    days: int


@dataclass(frozen=True)
class Adjust:
    """How to be written to; None leaves a setting as it is. `digest`: off, daily or weekly."""

    matches: bool | None = None
    most_a_day: int | None = None
    digest: str | None = None


SubscriptionEffect: TypeAlias = Agree | Subscribe | Unsubscribe | Leave | Mute | Adjust
