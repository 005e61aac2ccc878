"""A button below a campaign's message does what it does anywhere, and is counted; a code is handed on, not answered."""

from datetime import date
from typing import Any

import pytest

from handlers.campaigns import NoteClick
from handlers.conversation import Conversation
from handlers.linking import TryLinkCode
from handlers.person import Person
from handlers.session import Session
from handlers.turn import Message, Turn
from policy_kb import loader


class NoMind:
    """Nothing here may need understanding."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def talk() -> Conversation:
    return Conversation(loader.load(), NoMind())


def pressed(talk: Conversation, action: str) -> Turn:
    return talk.turn(Message(action=action), Session(), DAY, Person(may_keep=True))


@pytest.mark.parametrize("button", ["how", "check"])
def test_a_campaigns_button_answers_like_the_plain_one(talk: Conversation, button: str) -> None:
    name = "expansion-subsidy-2026"
    plain, clicked = pressed(talk, f"{button}:{name}"), pressed(talk, f"c:5:{button}:{name}")
    assert clicked.reply == plain.reply
    assert clicked.effects == (*plain.effects, NoteClick(5, button))


def test_a_campaigns_button_of_a_measure_that_is_gone_says_so_and_counts(talk: Conversation) -> None:
    turn = pressed(talk, "c:5:check:no-such-measure")
    assert turn.effects == (NoteClick(5, "check"),)
    assert turn.reply == pressed(talk, "check:no-such-measure").reply


def test_a_code_is_handed_on_and_nothing_else_is_said(talk: Conversation) -> None:
    turn = talk.turn(Message(text="绑定 ABCD-EFGH-JKLM"), Session(), DAY, Person(may_keep=True))
    assert (turn.effects, turn.silent) == ((TryLinkCode("ABCD-EFGH-JKLM"),), True)
    assert turn.session.said == []
