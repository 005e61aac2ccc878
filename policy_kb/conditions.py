"""The closed vocabulary of conditions: a tree of all / any / not / at_least_n over leaves about one fact.

Inclusive or exclusive is the choice of the operator: at_least, at_most and between include their ends, more_than,
less_than and before do not, on_or_after does. (以上 以下 不超过 及以上 include the number.)
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from policy_kb.model import Model, Number


class CheckedBy(StrEnum):
    """Who settles a condition. What only the authority can judge is never asked as if the owner could."""

    OWNER = "owner"
    DEPARTMENT = "department"


class Between(Model):
    """Both ends inclusive."""

    low: Number
    high: Number


OPERATORS = (
    "is_",
    "one_of",
    "none_of",
    "at_least",
    "more_than",
    "at_most",
    "less_than",
    "between",
    "before",
    "on_or_after",
    "measure_verdict",
)


class Leaf(Model):
    """One fact, one operator. `says` is the condition in the owner's words (不裁员或少裁员)."""

    fact: str | None = None
    measure: str | None = None  # instead of a fact: the verdict on another measure (measure_verdict)
    is_: str | None = Field(default=None, alias="is")  # yes / no, or one value of a choice
    one_of: list[str] | None = None
    none_of: list[str] | None = None
    at_least: Number | None = None
    more_than: Number | None = None
    at_most: Number | None = None
    less_than: Number | None = None
    between: Between | None = None
    before: date | None = None
    on_or_after: date | None = None
    measure_verdict: str | None = None
    says: str
    cite: str | None = None  # key of the measure's `cites`; may be left out where there is just one
    checked_by: CheckedBy = CheckedBy.OWNER
    formal: bool = False  # a formal check (审核, credit record): listed as 以主管部门审核为准, leaves the verdict
    selective: bool = False  # a selection (择优, 排名, 额度有限): leaves the verdict open

    @cached_property
    def operator(self) -> str:
        """The one operator this leaf uses, empty for a selection or formal check told in words only."""
        return next((name for name in OPERATORS if getattr(self, name) is not None), "")

    @property
    def has_operator(self) -> bool:
        """Whether facts can settle it."""
        return bool(self.operator)

    @model_validator(mode="after")
    def _one_operator(self) -> "Leaf":
        if self.selective or self.formal:
            return self
        used = [name for name in OPERATORS if getattr(self, name) is not None]
        if len(used) != 1:
            raise ValueError(f"a condition needs exactly one operator, this one has {used or 'none'}")
        if (self.fact is None) == (self.measure is None):
            raise ValueError("a condition names one fact (or one measure with measure_verdict)")
        return self


class All(Model):
    """Every part must hold."""

    all: list["Condition"] = Field(min_length=1)


class Any_(Model):  # noqa: N801 - `Any` is taken by typing
    """One part must hold."""

    any: list["Condition"] = Field(min_length=1)


class Not(Model):
    """The part must not hold."""

    not_: "Condition" = Field(alias="not")


class AtLeast(Model):
    """At least n of the parts must hold."""

    at_least_n: int = Field(ge=1)
    of: list["Condition"] = Field(min_length=1)


def _kind(raw: Any) -> str:
    """The key that says what a condition is, so that an error names the real mistake and not five failed readings."""
    if isinstance(raw, dict):
        return next((key for key in ("all", "any", "not", "at_least_n") if key in raw), "leaf")
    return _KINDS.get(type(raw), "leaf")


Condition = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[Any_, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[AtLeast, Tag("at_least_n")]
    | Annotated[Leaf, Tag("leaf")],
    Discriminator(_kind),
]

_KINDS: dict[type, str] = {All: "all", Any_: "any", Not: "not", AtLeast: "at_least_n", Leaf: "leaf"}

for _model in (All, Any_, Not, AtLeast):
    _model.model_rebuild()


def leaves(condition: Condition | None) -> Iterator[Leaf]:
    """All leaves of a tree, in the order written."""
    match condition:
        case None:
            return
        case Leaf():
            yield condition
        case All(all=parts) | Any_(any=parts) | AtLeast(of=parts):
            for part in parts:
                yield from leaves(part)
        case Not(not_=part):
            yield from leaves(part)


def placed(condition: Condition | None, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Leaf]]:
    """All leaves with the way to each in the file, `at` being the way to the condition itself."""
    match condition:
        case None:
            return
        case Leaf():
            yield at, condition
        case Not(not_=part):
            yield from placed(part, (*at, "not"))
        case All(all=parts):
            yield from _placed_parts(parts, (*at, "all"))
        case Any_(any=parts):
            yield from _placed_parts(parts, (*at, "any"))
        case AtLeast(of=parts):
            yield from _placed_parts(parts, (*at, "of"))


def _placed_parts(parts: list[Condition], at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Leaf]]:
    for i, part in enumerate(parts):
        yield from placed(part, (*at, i))
