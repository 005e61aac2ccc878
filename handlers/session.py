"""What a talk remembers between two messages. Plain data, written to the database as JSON."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from policy_kb import values
from policy_kb.facts import Facts


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", validate_assignment=True)


class Told(_Part):
    """A fact as it was told: its value as JSON, the words it was read from (a button has none), and the turn.

    `before`: the value it took the place of. `at`: the day it was told, where it is kept beyond the talk (ISO).
    """

    value: values.Json
    words: str = ""
    turn: int = 0
    before: values.Json = None
    at: str = ""


class Dialog(_Part):
    """An eligibility dialog under way: the measures it settles (none: all there are) and the question last asked.

    `answered`: questions answered since results were last shown. `as_of`: the day it was last carried on.
    """

    measures: list[str] = []
    asked: str | None = None
    answered: int = 0
    as_of: str = ""


class Option(_Part):
    """One reading offered in a clarification."""

    label: str
    action: str


class Form(_Part):
    """A complaint being filled in: what was told by field, the field last asked, and whether it was asked twice."""

    told: dict[str, str] = {}
    asked: str = ""
    doubted: bool = False


class Session(_Part):
    """State of one talk. Version 1."""

    version: int = 1
    turn: int = 0
    focus: list[str] = []  # measures talked about, newest first
    about: str | None = None  # what was last asked about them
    facts: dict[str, Told] = {}
    dialog: Dialog | None = None
    options: list[Option] = []
    offered: Literal["human"] | None = None  # a human was offered: 好的 accepts
    form: Form | None = None  # a complaint about a debt, being filled in
    said: list[str] = []  # the last questions, masked, for a ticket's transcript
    enterprise: int | None = None  # number of the kept enterprise whose facts these are
    asked_to_keep: bool = False  # whether facts may be kept beyond the talk was asked once
    waiting: str | None = None  # the next words are the answer to this: a fact picked in the profile, name or new

    def known(self) -> Facts:
        """The facts told so far, decoded."""
        return {name: values.from_json(told.value) for name, told in self.facts.items()}
