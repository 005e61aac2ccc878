"""Facts about an enterprise: their definitions and their values.

A value is known exactly, known to lie in a range, or not known. Not applicable is a fourth thing: the fact has no
meaning for this enterprise (how a firm that is no 个体工商户 registered as one).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from pydantic import model_validator

from policy_kb.model import Model


class FactType(StrEnum):
    """What kind of value a fact has. `money` is in 元."""

    YES_NO = "yes_no"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"


class Why(StrEnum):
    """Why a fact is unknown."""

    NOT_ASKED = "not_asked"
    UNSURE = "unsure"
    DECLINED = "declined"


@dataclass(frozen=True)
class Unknown:
    """Nobody knows (yet)."""

    why: Why = Why.NOT_ASKED


@dataclass(frozen=True)
class NotApplicable:
    """The fact has no meaning for this enterprise."""


@dataclass(frozen=True)
class Range:
    """A number or sum that lies between two ends; `None` is open. Ends are inclusive unless said otherwise."""

    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool = True
    high_inclusive: bool = True


@dataclass(frozen=True)
class DateRange:
    """A day that lies between two days, both inclusive; `None` is open."""

    low: date | None
    high: date | None


@dataclass(frozen=True)
class Just:
    """A broader value of a choice and none of the narrower ones: 制造业, but neither 纺织 nor 医药."""

    value: str


Known: TypeAlias = bool | Decimal | date | str | frozenset[str]
Value: TypeAlias = Known | Just | Range | DateRange | Unknown | NotApplicable
Facts: TypeAlias = dict[str, Value]
"""Fact id → value. A missing id means Unknown(NOT_ASKED)."""

UNKNOWN = Unknown()
NOT_APPLICABLE = NotApplicable()


class Choice(Model):
    """One value of a choice. `under` names broader values it belongs to (火锅店's catering is under services)."""

    label: str
    words: list[str] = []
    under: list[str] = []
    asked: bool = True  # offered as a button; broader or rare values are understood but not offered
    whole: bool = False  # nothing belongs to it but the values under it (小微 is either 小型 or 微型)


class Words(Model):
    """How owners say yes and no to a yes/no fact."""

    yes: list[str] = []
    no: list[str] = []


class When(Model):
    """Another fact has one of these values (for `applies_when`)."""

    fact: str
    one_of: list[str]


class Fact(Model):
    """The one definition of a fact about an enterprise."""

    id: str
    label: str
    type: FactType
    unit: str | None = None
    question: str
    help: str | None = None
    effort: int = 2  # 1 the owner knows at once, 2 must think, 3 must look up
    values: dict[str, Choice] = {}
    words: Words = Words()
    cues: list[str] = []  # words near a quantity that bind it to this fact (失业保险 … 3万2)
    default_for: str | None = None  # quantity kind this fact takes when no cue is near (headcount → employees)
    derive: str | None = None  # named derivation in `policy_kb.derivations`
    applies_when: When | None = None
    minimum: Decimal | None = None  # below this (0 where none is given) a number is asked again
    maximum: Decimal | None = None  # above this a number is taken for a slip of the pen and asked again
    profile: bool = False  # worth keeping in an enterprise's profile

    @model_validator(mode="after")
    def _choices_have_values(self) -> "Fact":
        chosen = self.type in {FactType.CHOICE, FactType.CHOICES}
        if chosen != bool(self.values):
            raise ValueError("values are for choice facts, and a choice fact needs them")
        for name, choice in self.values.items():
            for broader in choice.under:
                if broader not in self.values:
                    raise ValueError(f"value {name} is under {broader}, which is not among the values")
            if choice.whole and not any(name in other.under for other in self.values.values()):
                raise ValueError(f"value {name} is whole, but no value is under it")
        return self

    @cached_property
    def broader(self) -> dict[str, frozenset[str]]:
        """Each value → itself and all values it belongs to."""

        def climb(name: str) -> frozenset[str]:
            return frozenset({name}).union(*(climb(up) for up in self.values[name].under))

        return {name: climb(name) for name in self.values}

    @cached_property
    def narrower(self) -> dict[str, frozenset[str]]:
        """Each value → itself and all values that belong to it."""
        return {name: frozenset(low for low, ups in self.broader.items() if name in ups) for name in self.values}

    @cached_property
    def kinds(self) -> dict[str, frozenset[str]]:
        """Each value → what an enterprise said to have it may exactly be: itself and the narrower, none `whole`."""
        return {
            name: frozenset(low for low in lows if not self.values[low].whole) for name, lows in self.narrower.items()
        }
