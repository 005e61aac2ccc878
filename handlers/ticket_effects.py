"""What a turn wants done with tickets."""

from dataclasses import dataclass
from typing import TypeAlias

from storage.content import File

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenTicket:
    """A human is wanted. All that is known already goes along, so that nobody asks twice.

    `transcript`: the last lines of the talk, masked. `kind`: advisory, progress, complaint or arrears. `facts` and
    `details` (of a form): (label, value) as told. `candidates`: (entry id, title), nearest first. `department`: an id
    of the catalogue; None proposes that of the measure. `called`: the name the owner chose.
    """

    subject: str
    measure: str | None
    reason: str
    transcript: tuple[str, ...] = ()
    kind: str = "advisory"
    facts: Pairs = ()
    candidates: Pairs = ()
    details: Pairs = ()
    department: str | None = None
    called: str = ""


@dataclass(frozen=True)
class TellTicket:
    """The owner writes to whoever has the ticket. `source`: the channel's id of the message; `edited`: it reads so now."""

    ticket: int
    text: str = ""
    file: File | None = None
    source: str | None = None
    edited: bool = False


@dataclass(frozen=True)
class GiveBack:
    """The owner wants the assistant back while the ticket goes on."""

    ticket: int


@dataclass(frozen=True)
class TakeBack:
    """The owner wants to go on with the human."""

    ticket: int


@dataclass(frozen=True)
class GradeTicket:
    """好差评, 1 to 5. The answer to the owner comes from the helpdesk."""

    ticket: int
    grade: int
    words: str = ""


@dataclass(frozen=True)
class ReopenTicket:
    """The owner is not satisfied. The answer to the owner comes from the helpdesk."""

    ticket: int


TicketEffect: TypeAlias = OpenTicket | TellTicket | GiveBack | TakeBack | GradeTicket | ReopenTicket
