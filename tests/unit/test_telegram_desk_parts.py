"""The pure parts of the staff's group: reading its updates, joining lines, cards and names that fit."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import telegram_desk_updates, telegram_desk_wording, telegram_render
from bot.telegram_desk_clerk import Shown, joined
from bot.telegram_desk_updates import Deed, Happening
from bot.telegram_updates import Me, UnreadableUpdateError
from storage.content import File
from storage.ticket_tables import Ticket
from tests.fakes.telegram import forum
from tests.fakes.telegram.world import World

ME = Me(4242, "huiqi_test_bot")
GROUP = -100


def read(world: World) -> Happening:
    return telegram_desk_updates.read(json.dumps(world.pending(100)[-1]), ME)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def thread(world: World) -> int:
    return int(forum.open_topic(world, GROUP, "HD-20220920-0001 缓缴")["message_thread_id"])


def test_a_topic_of_ours_is_known_by_its_name(world: World, thread: int) -> None:
    made = read(world)
    assert (made.deed, made.name, made.thread) == (Deed.TOPIC_MADE, "HD-20220920-0001 缓缴", str(thread))
    world.updates[-1][1]["message"]["from"] = {"id": 7}
    assert read(world).deed is Deed.NOTHING  # a person's topic of the same name is none of ours


def test_a_message_in_a_topic_answers_nothing_unless_it_answers_a_message_of_ours(world: World, thread: int) -> None:
    world.says(7, "闲聊", GROUP, thread=thread)
    assert (read(world).thread, read(world).answered) == (str(thread), "")
    world.says(8, "回同事", GROUP, thread=thread, reply_to=world.wrote(7, GROUP))
    assert read(world).answered == ""
    shown = world.post(GROUP, "用户：在吗", [], thread=thread)
    world.says(8, "在", GROUP, thread=thread, reply_to=shown.number)
    assert read(world).answered == str(shown.number)


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("/claim", "claim", ""),
        ("/claim@huiqi_test_bot HD-1", "claim", "HD-1"),
        ("/reply 第一行\n第二行", "reply", "第一行\n第二行"),
        ("/claim@another_bot", "", "/claim@another_bot"),
        ("请看/claim", "", "请看/claim"),
    ],
)
def test_commands_are_those_for_us(world: World, text: str, command: str, rest: str) -> None:
    world.says(7, text, GROUP)
    found = read(world)
    assert (found.command, found.text) == (command, rest)
    assert found.deed is (Deed.COMMANDED if command else Deed.WROTE)


@pytest.mark.parametrize("body", [{"message": 5}, {"callback_query": {}}, {"edited_message": {"text": "x"}}, []])
def test_what_cannot_be_read_says_so(body: Any) -> None:
    with pytest.raises(UnreadableUpdateError):
        telegram_desk_updates.read(json.dumps(body), ME)


def test_lines_that_follow_each_other_are_joined_and_all_else_keeps_its_place() -> None:
    file = File(kind="photo", id="p")
    items = [
        Shown((1,), "一"),
        Shown((2,), ""),
        Shown((3,), "二", to_owner=True),
        Shown((4,), "图", file=file),
        Shown((5,), "改", edits="k"),
        Shown((6,), "三"),
        Shown((7,), "⚠️", answers="9"),
        Shown((8,), "长" * 3499),
        Shown((9,), "四"),
    ]
    found = list(joined(items))
    assert [(one.events, one.text[:3]) for one in found] == [
        ((1, 2, 3), "一\n二"),
        ((4,), "图"),
        ((5,), "改"),
        ((6,), "三"),
        ((7,), "⚠️"),
        ((8,), "长长长"),
        ((9,), "四"),
    ]
    assert found[0].to_owner


def test_a_card_fits_a_message_and_drops_the_oldest_words_first() -> None:
    said = "\n".join(f"第{place}句" + "话" * 50 for place in range(200))
    text = telegram_desk_wording.card([("工单", "HD-20220920-0001 缓缴"), ("类别", "咨询")], said)
    assert telegram_render.units(text) <= telegram_render.LONGEST
    assert text.startswith("工单：HD-20220920-0001")
    assert "第199句" in text
    assert "第0句" not in text


@pytest.mark.parametrize("subject", ["短", "长" * 200, "😀" * 120])
def test_a_topics_name_fits_and_begins_with_the_number(subject: str) -> None:
    name = telegram_desk_wording.topic_name(Ticket(number="HD-20220920-0001", subject=subject))
    assert telegram_render.units(name) <= telegram_desk_wording.NAME
    assert name.startswith("HD-20220920-0001 ")


def test_a_digest_names_the_oldest_and_counts_the_rest() -> None:
    at = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)
    waiting = [Ticket(number=f"HD-20220920-{n:04d}", subject="缓缴" * 40, created_at=at) for n in range(1, 16)]
    text = telegram_desk_wording.digest(waiting, 4000, at.replace(hour=3))
    assert text.startswith("4000 件工单在排队")
    assert "1. HD-20220920-0001" in text
    assert "等了60分钟" in text
    assert "还有3985件" in text
    assert telegram_render.units(text) <= telegram_render.LONGEST
