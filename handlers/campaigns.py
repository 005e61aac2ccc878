"""Buttons below a campaign's message: they do what the same button does anywhere, and are counted."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class NoteClick:
    """A button of a campaign was pressed. ``button``: what it does (check, how, unsub, push)."""

    campaign: int
    button: str


CampaignEffect: TypeAlias = NoteClick


@dataclass(frozen=True)
class Clicked:
    """What a pressed button stands for."""

    action: str
    effect: NoteClick


def clicked(action: str) -> Clicked | None:
    """The action behind ``c:12:check:measure``; None for a button of anything else."""
    mark, _, rest = action.partition(":")
    number, _, inner = rest.partition(":")
    if mark != "c" or not number.isdecimal() or len(number) > 15 or not inner:
        return None
    return Clicked(inner, NoteClick(int(number), inner.partition(":")[0]))
