"""Subscriptions in free words, with the real language model."""

from datetime import date

import pytest

from handlers.person import Person, Subscriptions
from handlers.session import Session
from handlers.subscription_effects import Adjust, Leave, Subscribe, Unsubscribe
from handlers.turn import Effect, Message, Turn
from tests.fakes import talks

MINE = Subscriptions(agreed=True, wishes=(("category", "employment"), ("measure", "si-deferral-2022")))


def say(*texts: str, mine: Subscriptions | None = MINE, day: date = talks.DAY) -> Turn:
    session, turn = Session(), None
    for text in texts:
        turn = talks.assistant().turn(Message(text=text), session, day, Person(subscriptions=mine))
        session = turn.session
    assert turn is not None
    return turn


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("扩岗补助到期前提醒我一下", Subscribe("measure", "expansion-subsidy-2022")),
        ("稳岗返还提醒我", Subscribe("measure", "job-retention-refund-2022")),
        ("订阅税费方面的政策", Subscribe("category", "tax")),
        ("有新政策通知我", Adjust(matches=True)),
        ("退订社保缓缴", Unsubscribe("measure", "si-deferral-2022")),
        ("全部退订", Leave()),
    ],
)
def test_what_is_wanted_in_words_is_done(text: str, effect: Effect) -> None:
    assert say(text).effects == (effect,)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("提醒我", "要提醒哪些"),
        ("别再发了", "要退订哪一项"),
        ("退订", "要退订哪一项"),
        ("怎么退订", "要退订哪一项"),
        ("先别发了，过几天再说", "静音多久"),
        ("别再给我发扩岗补助的消息", "要退订整个“稳岗就业类”吗"),
    ],
)
def test_what_is_not_clear_is_offered_and_nothing_is_done(text: str, shown: str) -> None:
    turn = say(text)
    assert shown in turn.reply.text
    assert turn.effects == ()


def test_remind_me_means_what_was_just_talked_about() -> None:
    assert say("扩岗补助是什么", "到期前提醒我").effects == (Subscribe("measure", "expansion-subsidy-2022"),)


def test_who_never_agreed_is_asked_first_in_words_too() -> None:
    turn = say("稳岗返还提醒我", mine=Subscriptions())
    assert turn.effects == ()
    assert "先要您同意" in turn.reply.text


@pytest.mark.parametrize(
    "text", ["能不能告诉我稳岗返还能返多少", "税务有没有公众号会推政策的", "银行通知我去签字算不算放款"]
)
def test_words_that_only_sound_like_it_subscribe_to_nothing(text: str) -> None:
    turn = say(text)
    assert not any(isinstance(effect, Subscribe | Unsubscribe | Leave | Adjust) for effect in turn.effects)
