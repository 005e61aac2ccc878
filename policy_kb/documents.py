"""The source documents a rule can be cited from."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from policy_kb.model import Model


class Level(StrEnum):
    """Whose rule it is."""

    KUNMING = "kunming"
    YUNNAN = "yunnan"
    NATIONAL = "national"


class DocumentKind(StrEnum):
    """What a document is worth: a policy gives rights, a reply to a proposal reports past facts."""

    POLICY = "policy"
    LAW = "law"
    PLAN = "plan"
    REPLY = "reply"


class Document(Model):
    """One official document. Known from `issued` on (inclusive); `text` is its file among the sources, or `none`.

    `issued_exact: false`: the day of issue is not verified and another day stands in for it; nothing is told on its
    strength alone.
    """

    id: str
    title: str
    short: Annotated[str, Field(max_length=24)]
    number: str | None = None
    issuer: str
    level: Level
    kind: DocumentKind
    issued: date
    issued_exact: bool = True
    posted: date | None = None
    url: str | None = None
    text: str = "none"
    traditional: bool = False
    in_force_until: date | None = None
    superseded: date | None = None
    superseded_by: str | None = None
    # Short section names of our citations → the heading the text prints. Empty for a text without plans of its own.
    sections: dict[str, str] = {}

    @property
    def text_held(self) -> bool:
        """Whether the wording itself can be checked."""
        return self.text != "none"
