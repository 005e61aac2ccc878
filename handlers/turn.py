"""What goes into a turn and what comes out of it."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from handlers.campaigns import CampaignEffect
from handlers.keeping import EnterpriseEffect
from handlers.linking import LinkEffect
from handlers.person import NOBODY, Person
from handlers.reply import Reply
from handlers.session import Session
from handlers.subscription_effects import SubscriptionEffect
from handlers.ticket_effects import OpenTicket, TicketEffect
from storage.content import File


@dataclass(frozen=True)
class Message:
    """What the owner sent: text, or the payload of a pressed button; a file with or without text.

    ``source``: the channel's id of the message; ``edited``: an earlier message as it reads now.
    """

    text: str = ""
    action: str | None = None
    file: File | None = None
    source: str = ""
    edited: bool = False


@dataclass(frozen=True)
class NoteUnanswered:
    """The assistant had no answer; kept (masked) for those who extend the catalogue."""

    text: str
    kind: str


@dataclass(frozen=True)
class Forget:
    """The owner wants everything about them erased."""


__all__ = ["Effect", "Forget", "Message", "NoteUnanswered", "OpenTicket", "Talk", "Turn"]
Effect: TypeAlias = (
    TicketEffect | NoteUnanswered | Forget | EnterpriseEffect | LinkEffect | CampaignEffect | SubscriptionEffect
)


@dataclass(frozen=True)
class Turn:
    """One turn's outcome. The channel carries out the effects in the same transaction as the reply."""

    reply: Reply
    session: Session
    effects: tuple[Effect, ...] = ()
    silent: bool = False  # a human has the talk: the reply is not sent


class Talk(Protocol):
    """Whoever can hold a conversation: what every channel is handed."""

    def turn(self, message: Message, session: Session, as_of: date, person: Person = NOBODY) -> Turn:
        """One turn with a person. CPU-bound: call it from a worker thread, not from an event loop."""
