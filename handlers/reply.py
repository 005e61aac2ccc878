"""What the assistant says back: the contract every channel relies on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from policy_kb.eligibility import Outward

ACTION_BYTES = 64
"""Longest button payload in bytes (a limit of Telegram's callback_data)."""


class ReplyKind(StrEnum):
    """What a reply is, for channels, scoring and statistics."""

    ANSWER = "answer"
    COMPUTE = "compute"
    LIST = "list"
    CONTACT = "contact"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    ELIGIBILITY = "eligibility"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"
    HANDOFF = "handoff"
    REFUSE = "refuse"
    OUT_OF_SCOPE = "out_of_scope"
    GREETING = "greeting"


LENGTH_LIMITS = {ReplyKind.LIST: 1500, ReplyKind.ELIGIBILITY: 700, ReplyKind.UNKNOWN: 350}
DEFAULT_LENGTH_LIMIT = 450


@dataclass(frozen=True)
class Button:
    """A choice below a reply. `action` comes back as Message.action when pressed; `url` opens a page instead."""

    label: str
    action: str = ""
    url: str | None = None

    def __post_init__(self) -> None:
        if len(self.action.encode()) > ACTION_BYTES:
            raise ValueError(f"button action is over {ACTION_BYTES} bytes: {self.action}")


@dataclass(frozen=True)
class Citation:
    """Where a statement stands."""

    document: str
    section: str | None = None
    clause: str | None = None


@dataclass(frozen=True)
class File:
    """A file to take along. `name`: ASCII, with its ending."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Timeline:
    """A picture to be drawn by whoever can: how long these measures last, as known on `as_of`."""

    title: str
    measures: tuple[str, ...]
    as_of: date


@dataclass(frozen=True)
class Reply:
    """One message to the owner. Sums in 元; `amount` only where there is one figure, else the range.

    `file` and `picture` go with the text, which must do without them: not every channel can show them.
    """

    text: str
    kind: ReplyKind
    verdict: Outward | None = None
    amount: Decimal | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    measures: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    file: File | None = None
    picture: Timeline | None = None

    def as_json(self) -> dict[str, object]:
        """The reply as the batch writes it: plain JSON values."""

        def plain(value: Decimal | None) -> int | float | None:
            if value is None:
                return None
            return int(value) if value == value.to_integral_value() else float(value)

        return {
            "text": self.text,
            "kind": self.kind.value,
            "verdict": self.verdict.value if self.verdict else None,
            "amount": plain(self.amount),
            "amount_min": plain(self.amount_min),
            "amount_max": plain(self.amount_max),
            "measures": list(self.measures),
            "citations": [{"document": c.document, "section": c.section, "clause": c.clause} for c in self.citations],
            "buttons": [{"label": b.label, "action": b.action, "url": b.url} for b in self.buttons],
        }
