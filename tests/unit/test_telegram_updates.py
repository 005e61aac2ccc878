"""Reading updates: private, group, button, file, membership, nonsense."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import telegram_updates
from bot.telegram_updates import Me, UnreadableUpdateError, What
from storage.tables import ChatKind
from tests.fakes.telegram.world import World

ME = Me(4242, "huiqi_test_bot")


def read(world: World) -> telegram_updates.Incoming:
    return telegram_updates.read(json.dumps(world.pending(1)[0]), ME)


def test_a_private_message_is_said_by_its_chat() -> None:
    world = World()
    world.says(7, "餐饮店能缓缴社保吗")
    said = read(world)
    assert (said.what, said.chat, said.kind, said.speaker, said.text) == (
        What.SAID,
        "7",
        ChatKind.PRIVATE,
        "",
        "餐饮店能缓缴社保吗",
    )


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/start@huiqi_test_bot measure_x", "/start measure_x"),
        ("@Huiqi_Test_Bot 有什么补贴", "有什么补贴"),
        ("/policies", "/policies"),
        ("/policies@another_bot", None),
        ("大家好", None),
    ],
)
def test_a_group_is_answered_only_when_it_speaks_to_us(text: str, heard: str | None) -> None:
    world = World()
    world.says(7, text, chat=-100)
    said = read(world)
    assert (said.what, said.chat, said.speaker) == (What.SAID if heard else What.NOTHING, "-100", "7")
    assert said.text == (heard or "")


def test_an_answer_to_our_message_in_a_group_is_meant_for_us() -> None:
    world = World()
    world.says(7, "那上限呢", chat=-100, reply_to_message={"from": {"id": ME.number}})
    assert read(world).what is What.SAID


def test_a_pressed_button_brings_its_action_and_its_message() -> None:
    world = World()
    world.post(7, "选", [[{"text": "是", "callback_data": "a:1"}]])
    world.presses(7, "是")
    pressed = read(world)
    assert (pressed.what, pressed.action, pressed.message) == (What.PRESSED, "a:1", "1")


def test_a_picture_is_named_and_its_caption_is_a_question() -> None:
    world = World()
    world.sends_photo(7)
    assert (read(world).what, read(world).file) == (What.SENT_A_FILE, "图片")
    world = World()
    world.sends_photo(7, "这个能补吗")
    assert (read(world).what, read(world).text) == (What.SAID, "这个能补吗")


def test_blocking_and_letting_in_are_told_apart() -> None:
    world = World()
    world.blocks(7)
    assert read(world).what is What.BLOCKED
    world = World()
    world.unblocks(7)
    assert read(world).what is What.LET_IN


@pytest.mark.parametrize(
    "update",
    [
        {"message": None},
        {"message": {}},
        {"message": {"chat": {"id": "x", "type": "private"}}},
        {"message": []},
        {"message": {"chat": {"id": 7, "type": "private"}, "reply_to_message": 5, "text": "x"}, "callback_query": 1},
        {"callback_query": {"data": "x"}},
    ],
)
def test_a_malformed_update_is_kept_and_named_unreadable(update: dict[str, object]) -> None:
    kept = telegram_updates.raw({"update_id": 5, **update})
    assert kept.update_id == 5
    if "callback_query" not in update or len(update) == 1:
        with pytest.raises(UnreadableUpdateError):
            telegram_updates.read(kept.payload, ME)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["chat", "id", "type", "from", "text"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(telegram_updates.ALLOWED), JSON))
def test_nothing_that_comes_breaks_more_than_itself(update: dict[str, object]) -> None:
    kept = telegram_updates.raw({"update_id": 5, **update})
    with suppress(UnreadableUpdateError):
        telegram_updates.read(kept.payload, ME)


def test_an_update_of_a_kind_we_do_not_know_is_nothing() -> None:
    assert telegram_updates.read('{"update_id": 5, "chat_boost": {}}', ME).what is What.NOTHING


def test_a_file_is_read_with_the_id_under_which_it_can_be_sent_on() -> None:
    world = World()
    world.sends(7, "document", "合同.pdf", caption="看看", size=30_000_000)
    said = read(world)
    assert (said.what, said.text, said.source) == (What.SAID, "看看", str(world.wrote(7)))
    assert said.attached is not None
    assert (said.attached.kind, said.attached.id, said.attached.name, said.attached.size) == (
        "document",
        "document:合同.pdf",
        "合同.pdf",
        30_000_000,
    )


def test_the_largest_size_of_a_picture_is_the_one_sent_on() -> None:
    world = World()
    sizes = [{"file_id": name, "file_unique_id": name, "width": 1, "height": 1} for name in ("small", "large")]
    world.writes(7, photo=sizes)
    said = read(world)
    assert said.what is What.SENT_A_FILE
    assert said.attached is not None
    assert said.attached.id == "large"


def test_an_edit_counts_in_a_private_chat_and_not_in_a_group() -> None:
    for chat, what in ((None, What.EDITED), (-100, What.NOTHING)):
        world = World()
        world.says(7, "一", chat=chat)
        world.updates.clear()
        world.edits(7, world.wrote(7, chat), "二", chat=chat)
        assert read(world).what is what
