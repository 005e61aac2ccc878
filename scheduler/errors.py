"""What to do when a message could not be sent: one table, no exceptions to it elsewhere. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from storage.tables import Lane


class Fault(StrEnum):
    """What went wrong, in words of no particular channel."""

    FLOOD = "too many messages"
    BLOCKED = "blocked by the user"
    GONE = "chat not found"
    MOVED = "group moved"
    UNCHANGED = "message not modified"
    NO_EDIT = "message cannot be edited"
    NO_TOPIC = "topic not found"
    EXPIRED = "button pressed too long ago"
    REJECTED = "rejected as malformed"
    TOKEN = "token refused"  # noqa: S105  # a word, not a secret
    UNREACHABLE = "not reachable"
    INTERRUPTED = "interrupted, may have arrived"
    SERVER = "server error"
    UNEXPECTED = "unexpected error"


class ChannelError(Exception):
    """The channel did not take the message."""

    def __init__(
        self, fault: Fault, detail: str = "", *, retry_after: float | None = None, address: str | None = None
    ) -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.retry_after = retry_after  # seconds
        self.address = address  # where the chat is now


class Outcome(StrEnum):
    """What becomes of the message."""

    SENT = "sent"
    AGAIN = "again"
    AS_NEW = "again as a message of its own"
    MOVE = "again to the new address"
    DEAD = "dead"
    UNKNOWN = "unknown"
    STOP = "nothing can be sent at all"


@dataclass(frozen=True)
class Decision:
    """``after``: not before so long from now; ``counted``: the try counts as one of the few a message has."""

    outcome: Outcome
    after: timedelta = timedelta(0)
    counted: bool = True
    hold_chat: bool = False
    block_chat: bool = False


@dataclass(frozen=True)
class Rule:
    """A row of the table. ``tries``: how many failures until it is dead (None: never by failing)."""

    outcome: Outcome
    bulk: Outcome | None = None
    tries: int | None = None
    counted: bool = True
    hold_chat: bool = False
    block_chat: bool = False


TABLE: dict[Fault, Rule] = {
    Fault.FLOOD: Rule(Outcome.AGAIN, counted=False, hold_chat=True),
    Fault.BLOCKED: Rule(Outcome.DEAD, block_chat=True),
    Fault.GONE: Rule(Outcome.DEAD, block_chat=True),
    Fault.MOVED: Rule(Outcome.MOVE, counted=False),
    Fault.UNCHANGED: Rule(Outcome.SENT),
    Fault.NO_EDIT: Rule(Outcome.AS_NEW, tries=3),
    # Somebody deleted the topic: another is made, and costs the message no try.
    Fault.NO_TOPIC: Rule(Outcome.AGAIN, counted=False),
    Fault.EXPIRED: Rule(Outcome.AS_NEW, tries=3),
    Fault.REJECTED: Rule(Outcome.DEAD),
    Fault.TOKEN: Rule(Outcome.STOP, counted=False),
    # The request never left: no harm in trying until the network is back.
    Fault.UNREACHABLE: Rule(Outcome.AGAIN),
    # It may have arrived. A reply is better doubled than lost; a mass message is not.
    Fault.INTERRUPTED: Rule(Outcome.AGAIN, bulk=Outcome.UNKNOWN, tries=5),
    Fault.SERVER: Rule(Outcome.AGAIN, tries=10),
    Fault.UNEXPECTED: Rule(Outcome.AGAIN, bulk=Outcome.UNKNOWN, tries=3),
}

LONGEST_WAIT = timedelta(seconds=60)


def decide(error: ChannelError, lane: int, failures: int) -> Decision:
    """What to do after ``error``. ``failures``: how often this message failed before."""
    rule = TABLE[error.fault]
    outcome = rule.bulk if rule.bulk and lane == Lane.BULK else rule.outcome
    if rule.tries is not None and failures + 1 >= rule.tries and outcome in (Outcome.AGAIN, Outcome.AS_NEW):
        outcome = Outcome.DEAD
    after = timedelta(seconds=error.retry_after) if error.retry_after is not None else backoff(failures)
    if outcome != Outcome.AGAIN:
        after = timedelta(0)
    return Decision(outcome, after, rule.counted, rule.hold_chat, rule.block_chat)


def backoff(failures: int) -> timedelta:
    """1, 2, 4 … seconds, at most a minute."""
    return min(timedelta(seconds=2 ** min(failures, 10)), LONGEST_WAIT)
