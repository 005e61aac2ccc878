"""Shared values with a history: thresholds that many measures lean on, each dated and cited."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from policy_kb.documents import Document
from policy_kb.entries import Citation
from policy_kb.model import Model, Number


class SizeRow(Model):
    """One industry of the size standard. Below one of `sme` it is no large enterprise; `medium` and `small` need all."""

    id: str
    label: str
    industries: Annotated[list[str], Field(min_length=1)]  # values of the fact `industry` sized by this row
    sme: Annotated[dict[str, Number], Field(min_length=1)]  # fact → below this (exclusive)
    medium: Annotated[dict[str, Number], Field(min_length=1)]  # fact → at least this (inclusive)
    small: Annotated[dict[str, Number], Field(min_length=1)]
    caveat: str | None = None  # 以官方为准

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts this row looks at."""
        return tuple(dict.fromkeys([*self.sme, *self.medium, *self.small]))

    def edges(self, fact: str) -> list[Decimal]:
        """Where the size may change with this fact, rising."""
        return sorted({part[fact] for part in (self.sme, self.medium, self.small) if fact in part})


class Dated(Model):
    """The values from a day on (inclusive)."""

    from_: date = Field(alias="from")
    cite: Citation
    numbers: dict[str, Number] = {}
    rows: list[SizeRow] = []


class Parameter(Model):
    """A named value with its history, oldest first."""

    id: str
    title: str
    unit: str | None = None
    values: Annotated[list[Dated], Field(min_length=1)]

    @model_validator(mode="after")
    def _rising(self) -> "Parameter":
        days = [value.from_ for value in self.values]
        if days != sorted(set(days)):
            raise ValueError("values are written oldest first, each from its own day")
        return self

    def on(self, as_of: date | None, documents: dict[str, Document]) -> Dated | None:
        """The values that apply on a day, as far as they were known then; the newest where no day is given."""
        for value in reversed(self.values):
            issued = documents[value.cite.document].issued if value.cite.document in documents else value.from_
            if as_of is None or (value.from_ <= as_of and issued <= as_of):
                return value
        return None
