"""What is kept of the person beyond the talk: loaded by the channel before a turn, changed only through effects."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.session import Told


@dataclass(frozen=True)
class Enterprise:
    """An enterprise whose facts its owner let us keep. `number`: its id in the database."""

    number: int
    name: str
    facts: Mapping[str, Told]


@dataclass(frozen=True)
class Person:
    """Whom a turn talks to. A stranger has nothing of it."""

    enterprises: tuple[Enterprise, ...] = ()
    active: int | None = None  # number of the enterprise talked about


NOBODY = Person()
