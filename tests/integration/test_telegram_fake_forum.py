"""The fake Bot API behaves as Telegram does in groups with topics, with files and with answers to messages."""

from collections.abc import AsyncIterator, Iterator

import pytest
from telegram import Bot, ReplyParameters, Update, error

from bot.telegram import Telegram
from tests.fakes.telegram import server
from tests.fakes.telegram.flood import Flood
from tests.fakes.telegram.world import World

GROUP = -100


@pytest.fixture
def world() -> World:
    return World(flood=Flood(enforced=False))


@pytest.fixture
def fake(world: World) -> Iterator[server.Server]:
    with server.running(world) as running:
        yield running


@pytest.fixture
async def bot(fake: server.Server) -> AsyncIterator[Bot]:
    async with Telegram(fake.token, base_url=fake.base_url) as telegram:
        yield telegram.bot


async def test_a_topic_is_opened_by_a_service_message_that_the_bot_is_told_of(world: World, bot: Bot) -> None:
    topic = await bot.create_forum_topic(GROUP, "HD-20261121-0007 稳岗返还")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.message_thread_id == topic.message_thread_id == update.message.message_id
    assert update.message.forum_topic_created is not None
    assert update.message.forum_topic_created.name == "HD-20261121-0007 稳岗返还"
    assert update.message.from_user is not None
    assert update.message.from_user.is_bot
    assert world.made_topics == [(GROUP, topic.message_thread_id, "HD-20261121-0007 稳岗返还")]


async def test_a_topic_needs_a_name_of_at_most_128_and_a_group_with_topics(world: World, bot: Bot) -> None:
    await bot.create_forum_topic(GROUP, "长" * 128)
    for name in ("", "长" * 129):
        with pytest.raises(error.BadRequest, match=r"(?i)topic_title_invalid|must be non-empty|required"):
            await bot.create_forum_topic(GROUP, name)
    world.flat.add(-200)
    for chat in (7, -200):
        with pytest.raises(error.BadRequest, match="not a forum"):
            await bot.create_forum_topic(chat, "工单")


async def test_a_message_in_a_topic_that_answers_nothing_names_the_topics_opening(world: World, bot: Bot) -> None:
    topic = await bot.create_forum_topic(GROUP, "工单")
    shown = await bot.send_message(GROUP, "问题", message_thread_id=topic.message_thread_id)
    world.says(7, "闲聊", chat=GROUP, thread=topic.message_thread_id)
    world.says(7, "答复", chat=GROUP, thread=topic.message_thread_id, reply_to=shown.message_id)
    _, chatter, answer = await bot.get_updates()
    assert chatter.message is not None
    assert chatter.message.reply_to_message is not None
    assert chatter.message.reply_to_message.message_id == topic.message_thread_id
    assert chatter.message.reply_to_message.forum_topic_created is not None
    assert answer.message is not None
    assert answer.message.reply_to_message is not None
    assert answer.message.reply_to_message.message_id == shown.message_id


async def test_a_deleted_topic_takes_no_message_and_its_messages_are_gone(world: World, bot: Bot) -> None:
    topic = await bot.create_forum_topic(GROUP, "工单")
    shown = await bot.send_message(GROUP, "问题", message_thread_id=topic.message_thread_id)
    world.deletes_topic(GROUP, topic.message_thread_id)
    with pytest.raises(error.BadRequest, match="(?i)message thread not found"):
        await bot.send_message(GROUP, "又来", message_thread_id=topic.message_thread_id)
    with pytest.raises(error.BadRequest, match="to edit not found"):
        await bot.edit_message_text("改", GROUP, shown.message_id)
    other = await bot.create_forum_topic(-200, "别的群")
    with pytest.raises(error.BadRequest, match="(?i)message thread not found"):
        await bot.send_message(GROUP, "串群", message_thread_id=other.message_thread_id)
    assert await bot.delete_forum_topic(-200, other.message_thread_id)


async def test_an_answer_needs_the_message_it_answers_unless_told_otherwise(world: World, bot: Bot) -> None:
    world.says(7, "问题")
    await bot.send_message(7, "答", reply_parameters=ReplyParameters(world.wrote(7)))
    with pytest.raises(error.BadRequest, match="replied not found"):
        await bot.send_message(7, "答", reply_parameters=ReplyParameters(4711))
    await bot.send_message(7, "答", reply_parameters=ReplyParameters(4711, allow_sending_without_reply=True))
    assert [seen.reply_to for seen in world.sees(7)] == [world.wrote(7), None]


async def test_files_go_on_by_their_id_and_only_as_what_they_are(world: World, bot: Bot) -> None:
    world.sends(7, "photo", "合同", caption="看")
    world.sends(7, "document", "合同.pdf", size=30_000_000)
    for raw in world.pending(10):
        update = Update.de_json(raw, bot)
        assert update.message is not None
        assert not update.api_kwargs
    await bot.send_photo(GROUP, "photo:合同", "说明")
    await bot.send_document(GROUP, "document:合同.pdf")
    with pytest.raises(error.BadRequest, match="(?i)as photo"):
        await bot.send_photo(GROUP, "document:合同.pdf")
    with pytest.raises(error.BadRequest, match="file identifier"):
        await bot.send_photo(GROUP, "photo:别的")
    with pytest.raises(error.BadRequest, match="too big"):
        await bot.get_file("document:合同.pdf")
    with pytest.raises(error.BadRequest, match="caption is too long"):
        await bot.send_photo(GROUP, "photo:合同", "长" * 1025)
    assert [(seen.kind, seen.file, seen.text) for seen in world.sees(GROUP)] == [
        ("photo", "photo:合同", "说明"),
        ("document", "document:合同.pdf", ""),
    ]


async def test_copies_keep_text_and_file_and_captions_are_edited_apart_from_texts(world: World, bot: Bot) -> None:
    world.sends(7, "photo", "合同", caption="看")
    number = world.wrote(7)
    copied = await bot.copy_message(GROUP, 7, number)
    await bot.edit_message_caption(GROUP, copied.message_id, caption="改过")
    with pytest.raises(error.BadRequest, match="no text in the message"):
        await bot.edit_message_text("改过", GROUP, copied.message_id)
    text = await bot.send_message(GROUP, "字")
    with pytest.raises(error.BadRequest, match="no caption in the message"):
        await bot.edit_message_caption(GROUP, text.message_id, caption="改过")
    with pytest.raises(error.BadRequest, match="copy not found"):
        await bot.copy_message(GROUP, 7, 4711)
    assert [(seen.text, seen.file) for seen in world.sees(GROUP)] == [("改过", "photo:合同"), ("字", None)]


async def test_people_edit_their_messages_and_press_buttons_in_topics(world: World, bot: Bot) -> None:
    topic = await bot.create_forum_topic(GROUP, "工单")
    world.says(7, "一", chat=GROUP, thread=topic.message_thread_id)
    world.edits(7, world.wrote(7, GROUP), "二", chat=GROUP)
    for thread in (topic.message_thread_id, None):
        world.post(GROUP, "选", [[{"text": "认领", "callback_data": "a"}]], thread=thread)
    world.presses(7, "认领", chat=GROUP, thread=topic.message_thread_id)
    world.forges(8, "b", chat=GROUP)
    edited, pressed, forged = [Update.de_json(raw, bot) for raw in world.pending(10)[2:]]
    assert edited.edited_message is not None
    assert edited.edited_message.text == "二"
    assert pressed.callback_query is not None
    assert pressed.callback_query.message is not None
    assert pressed.callback_query.message.to_dict()["message_thread_id"] == topic.message_thread_id
    assert forged.callback_query is not None
    assert forged.callback_query.data == "b"
