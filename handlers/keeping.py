"""What is kept of an enterprise beyond the talk: asked for once, brought in at the start of a turn, written at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from handlers.person import Enterprise, Person
from handlers.session import Session, Told
from policy_kb import values
from policy_kb.facts import Unknown


@dataclass(frozen=True)
class KeepEnterprise:
    """The owner agreed: keep an enterprise with what was told; it becomes the active one."""

    name: str = ""
    facts: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeEnterprise:
    """Facts told anew, facts taken back, another name."""

    number: int
    facts: Mapping[str, Told] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True)
class SwitchEnterprise:
    """Talk about another of the enterprises kept."""

    number: int


@dataclass(frozen=True)
class DropEnterprise:
    """Forget an enterprise."""

    number: int


EnterpriseEffect: TypeAlias = KeepEnterprise | ChangeEnterprise | SwitchEnterprise | DropEnterprise


JUST_KEPT = 0
"""Stands for an enterprise that this turn keeps and that has no number yet."""


def recall(session: Session, person: Person) -> None:
    """Bring the facts of the active enterprise into the session, where they are as if told. What is kept is the truth.

    Answers like 不清楚 are not kept beyond the talk; they stay with the session.
    """
    active = person.enterprise
    if active is None:
        if session.enterprise not in {None, JUST_KEPT}:  # it was forgotten elsewhere
            session.facts = {}
        session.enterprise = None
        return
    if (
        session.enterprise is None
    ):  # a new talk, or just linked: what the talk knows more is kept at the end of the turn
        own = session.facts
    elif session.enterprise in {active.number, JUST_KEPT}:
        own = {name: told for name, told in session.facts.items() if not is_known(told)}
    else:
        own = {}
    session.facts = {**own, **active.facts}
    session.enterprise = active.number


def learnt(session: Session, person: Person) -> tuple[EnterpriseEffect, ...]:
    """What this turn told that the active enterprise did not have yet, as an effect."""
    active = person.enterprise
    if active is None or session.enterprise != active.number:
        return ()
    fresh = {name: told for name, told in session.facts.items() if is_known(told) and differs(told, active, name)}
    return (ChangeEnterprise(active.number, facts=fresh),) if fresh else ()


def differs(told: Told, kept: Enterprise, name: str) -> bool:
    """Whether a fact told is news for an enterprise."""
    return name not in kept.facts or kept.facts[name].value != told.value


def is_known(told: Told) -> bool:
    """Whether a fact told says something (不清楚 does not)."""
    return not isinstance(values.from_json(told.value), Unknown)


def known(session: Session) -> dict[str, Told]:
    """The facts a session knows, as they are kept."""
    return {name: told for name, told in session.facts.items() if is_known(told)}


def without(person: Person, number: int) -> Person:
    """The person once an enterprise is forgotten."""
    left = tuple(one for one in person.enterprises if one.number != number)
    active = person.active if person.active != number else (left[0].number if left else None)
    return replace(person, enterprises=left, active=active)
