"""Shared values with a history: thresholds that many measures lean on, each dated and cited."""

from datetime import date
from decimal import Decimal
from functools import cached_property
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

    @cached_property
    def edges(self) -> dict[str, list[Decimal]]:
        """The facts this row looks at → where the size may change with them, rising."""
        parts = (self.sme, self.medium, self.small)
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: sorted({part[name] for part in parts if name in part}) for name in names}

    @cached_property
    def sizes(self) -> dict[tuple[tuple[int, int], ...], frozenset[str]]:
        """Sizes found so far between stretches of the edges (first and last stretch of each fact)."""
        return {}


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
