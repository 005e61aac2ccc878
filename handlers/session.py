"""What a talk remembers between two messages. Plain data, written to the database as JSON."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from policy_kb import values
from policy_kb.facts import Facts


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", validate_assignment=True)


class Told(_Part):
    """A fact as it was told: its value as JSON, the words it was read from, and the turn."""

    value: values.Json
    words: str = ""
    turn: int = 0


class Dialog(_Part):
    """An eligibility dialog under way: the measures it settles and the question last asked."""

    measures: list[str]
    asked: str | None = None
    answered: int = 0
    as_of: str = ""


class Option(_Part):
    """One reading offered in a clarification."""

    label: str
    action: str


class Session(_Part):
    """State of one talk. Version 1."""

    version: int = 1
    turn: int = 0
    focus: list[str] = []  # measures talked about, newest first
    point: str | None = None  # the statement last given
    about: str | None = None  # what was last asked about them
    facts: dict[str, Told] = {}
    dialog: Dialog | None = None
    options: list[Option] = []
    offered: Literal["human"] | None = None  # a human was offered: 好的 accepts
    said: list[str] = []  # the last questions, masked, for a ticket's transcript
    misses: int = 0  # replies in a row that did not help
    consent: bool | None = None

    def known(self) -> Facts:
        """The facts told so far, decoded."""
        return {name: values.from_json(told.value) for name, told in self.facts.items()}
