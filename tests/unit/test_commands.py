"""Slash commands and buttons over the whole catalogue, without the language model."""

from collections import deque
from datetime import date
from functools import cache
from typing import Any, cast

import pytest

from bot import telegram_menu, telegram_render
from handlers.conversation import Conversation
from handlers.reply import ACTION_BYTES, Reply, ReplyKind
from handlers.session import Session
from handlers.turn import Message
from policy_kb import loader
from scheduler.content import Content

DAYS = [date(2022, 9, 20), date(2026, 11, 22)]


@cache
def talk() -> Conversation:
    mind: Any = None  # buttons and commands are not understood, they are known
    return Conversation(loader.load(), mind)


def said(text: str, as_of: date = DAYS[1], session: Session | None = None) -> Reply:
    return talk().turn(Message(text=text), session or Session(), as_of).reply


def pressed(action: str, as_of: date = DAYS[1]) -> Reply:
    return talk().turn(Message(action=action), Session(), as_of).reply


def is_stale(reply: Reply) -> bool:
    return "已更新或不在了" in reply.text


@pytest.mark.parametrize("as_of", DAYS)
def test_every_button_below_the_categories_leads_somewhere_with_nothing_remembered(as_of: date) -> None:
    """As after a restart, and of any age: a button says all by itself, in 64 bytes."""
    waiting, seen = deque(["list:all"]), {"list:all"}
    while waiting:
        action = waiting.popleft()
        reply = pressed(action, as_of)
        assert not is_stale(reply), action
        assert reply.text.strip()
        for button in reply.buttons:
            assert len(button.action.encode()) <= ACTION_BYTES
            # Eligibility dialogs and tickets have tests of their own, and no end.
            if button.action.partition(":")[0] in {"list", "m", "how", "ics", "pic"} and button.action not in seen:
                seen.add(button.action)
                waiting.append(button.action)
    assert len(seen) > 100
    assert {action.partition(":")[0] for action in seen} >= {"list", "m", "how", "pic"}


def test_a_long_category_is_paged_to_and_fro_in_the_same_message() -> None:
    first = pressed("list:tax")
    [more] = [button for button in first.buttons if button.label == "更多"]
    second = pressed(more.action)
    assert not set(second.measures) & set(first.measures)
    [back] = [button for button in second.buttons if button.label == "上一页"]
    assert pressed(back.action).measures == first.measures
    assert [content.edits for content in telegram_render.contents(second, pressed="9")] == ["9"]


def test_a_page_that_is_no_longer_there_is_the_last_one() -> None:
    reply = pressed("list:tax:99")
    assert reply.measures
    assert "更多" not in [button.label for button in reply.buttons]


def test_a_deep_link_opens_the_measure_and_an_old_link_the_edition_in_force() -> None:
    assert said("/start measure_expansion-subsidy-2022", DAYS[0]).measures == ("expansion-subsidy-2022",)
    later = said("/start measure_expansion-subsidy-2022", DAYS[1])
    assert later.measures == ("expansion-subsidy-2026",)
    assert is_stale(said("/start measure_gone"))
    assert said("/start").kind is ReplyKind.GREETING
    assert said("/start anything").kind is ReplyKind.GREETING


@pytest.mark.parametrize("command", [*telegram_menu.PRIVATE, *telegram_menu.GROUP])
def test_every_command_of_the_menu_does_something(command: Any) -> None:
    for text in (f"/{command.command}", f"/{command.command}@huiqi_test_bot"):
        reply = said(text)
        assert reply.text.strip()
        assert not is_stale(reply)
        assert len(telegram_render.contents(reply)) == 1


def test_every_text_of_the_catalogue_survives_html_and_the_outbox() -> None:
    for name in talk().catalogue.measures:
        for content in telegram_render.contents(pressed(f"m:{name}")):
            assert Content.from_json(content.as_json()) == content
            assert "<" not in telegram_render.as_html(content.text)
            assert telegram_render.units(content.text) <= telegram_render.LONGEST
            keyboard = telegram_render.markup(content)
            assert keyboard is None or cast("Any", keyboard).to_json()


def test_a_message_too_long_is_read_at_its_beginning_and_that_is_said() -> None:
    reply = said("/policies " + "很长" * 1000)
    assert "只看了前600字" in reply.text
    assert "只看了" not in said("/policies").text
