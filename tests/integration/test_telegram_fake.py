"""The fake Bot API behaves as Telegram does, seen through python-telegram-bot."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, Update, error

from bot.telegram import Telegram
from tests.fakes.telegram import server
from tests.fakes.telegram.flood import Flood
from tests.fakes.telegram.world import World
from tests.fakes.timepiece import FakeTime


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def world(time: FakeTime) -> World:
    return World(clock=time.seconds)


@pytest.fixture
def fake(world: World) -> Iterator[server.Server]:
    with server.running(world) as running:
        yield running


@pytest.fixture
async def bot(fake: server.Server) -> AsyncIterator[Bot]:
    async with Telegram(fake.token, base_url=fake.base_url) as telegram:
        yield telegram.bot


async def test_every_kind_of_update_is_read_by_the_library_without_loss(world: World, bot: Bot) -> None:
    world.says(7, "/start x")
    world.says(7, "群里", chat=-100)
    world.sends_photo(7, "看")
    world.sends_voice(7)
    world.post(7, "选", [[{"text": "是", "callback_data": "a"}]])
    world.presses(7, "是")
    world.asks_inline(7, "稳岗")
    world.blocks(7)
    for raw in world.pending(100):
        update = Update.de_json(raw, bot)
        again = update.to_dict()
        assert contained(raw, again), (raw, again)
        assert update.effective_user is not None
        assert not update.api_kwargs


def contained(part: object, whole: object) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(contained(value, whole.get(key)) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(contained, part, whole))
    return part == whole


async def test_updates_come_until_they_are_confirmed_by_an_offset(world: World, bot: Bot) -> None:
    world.says(7, "a")
    world.says(7, "b")
    first = await bot.get_updates()
    assert [update.message.text for update in first if update.message] == ["a", "b"]
    assert len(await bot.get_updates(offset=first[0].update_id)) == 2
    assert len(await bot.get_updates(offset=first[0].update_id + 1)) == 1
    assert len(await bot.get_updates(limit=1)) == 1
    assert len(await bot.get_updates(offset=first[1].update_id + 1000)) == 1  # nothing there is confirmed by that
    assert await bot.get_updates(offset=first[1].update_id + 1) == ()


async def test_a_long_poll_returns_as_soon_as_something_comes(world: World, bot: Bot) -> None:
    poll = asyncio.ensure_future(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    world.says(7, "a")
    assert len(await asyncio.wait_for(poll, 2)) == 1


async def test_a_second_poller_ends_the_first(world: World, bot: Bot) -> None:
    first = asyncio.ensure_future(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    second = asyncio.ensure_future(bot.get_updates(timeout=20))
    with pytest.raises(error.Conflict):
        await first
    world.says(7, "a")
    await second


async def test_an_unconfirmed_update_is_forgotten_after_a_day(world: World, bot: Bot, time: FakeTime) -> None:
    world.says(7, "a")
    time.advance(24 * 3600)
    assert await bot.get_updates() == ()


async def test_a_webhook_forbids_polling(world: World, bot: Bot) -> None:
    await bot.set_webhook("https://127.0.0.1:1/hook")
    with pytest.raises(error.Conflict, match="webhook"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
    assert (await bot.get_webhook_info()).url == ""


async def test_the_three_flood_rules_hold_on_any_clock(bot: Bot, time: FakeTime) -> None:
    await bot.send_message(7, "a")
    with pytest.raises(error.RetryAfter):
        await bot.send_message(7, "b")
    time.advance(1)
    await bot.send_message(7, "b")
    for _ in range(20):
        time.advance(1)
        await bot.send_message(-100, "g")
    time.advance(1)
    with pytest.raises(error.RetryAfter):
        await bot.send_message(-100, "g")
    time.advance(60)
    for chat in range(1000, 1030):
        await bot.send_message(chat, "x")
    with pytest.raises(error.RetryAfter):
        await bot.send_message(2000, "x")


def test_a_flood_rule_names_the_seconds_to_wait() -> None:
    flood = Flood()
    for second in range(20):
        assert flood.check(-100, second) is None
    assert flood.check(-100, 20) == 40


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("<b></b>", "empty"),
        ("x" * 4097, "too long"),
        ("😀" * 2049, "too long"),
        ("1 < 2", "entities"),
        ("<b>x", "end tag"),
        ("<p>x</p>", "entities"),
    ],
)
async def test_texts_are_checked_as_strictly_as_telegram_checks_them(bot: Bot, text: str, why: str) -> None:
    with pytest.raises(error.BadRequest, match=why):
        await bot.send_message(7, text, parse_mode="HTML")


@pytest.mark.parametrize(
    "button", [InlineKeyboardButton("x", callback_data="好" * 22), InlineKeyboardButton("x", url="ftp://x")]
)
async def test_a_bad_button_is_refused(bot: Bot, button: InlineKeyboardButton) -> None:
    with pytest.raises(error.BadRequest):
        await bot.send_message(7, "x", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_unknown_and_missing_parameters_are_refused(bot: Bot) -> None:
    with pytest.raises(error.BadRequest, match="(?i)unknown parameter"):
        await bot.send_message(7, "x", api_kwargs={"txet": "x"})
    with pytest.raises(error.BadRequest, match="(?i)parse chat_id"):
        await bot.send_message("seven", "x")
    with pytest.raises(error.BadRequest, match="(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand("开始", "开始")])


async def test_people_who_blocked_or_do_not_exist_cannot_be_written_to(world: World, bot: Bot) -> None:
    world.blocks(7)
    world.gone.add(8)
    world.moved[-100] = -1001
    with pytest.raises(error.Forbidden):
        await bot.send_message(7, "x")
    with pytest.raises(error.BadRequest, match="[Cc]hat not found"):
        await bot.send_message(8, "x")
    with pytest.raises(error.ChatMigrated) as moved:
        await bot.send_message(-100, "x")
    assert moved.value.new_chat_id == -1001


async def test_edits_files_topics_and_callbacks_work(world: World, bot: Bot, time: FakeTime) -> None:
    sent = await bot.send_message(7, "a")
    await bot.edit_message_text("b", 7, sent.message_id)
    with pytest.raises(error.BadRequest, match="not modified"):
        await bot.edit_message_text("b", 7, sent.message_id)
    with pytest.raises(error.BadRequest, match="to edit not found"):
        await bot.edit_message_text("b", 7, 4711)
    await bot.send_document(8, InputFile(b"x", filename="a.ics"), "日历")
    topic = await bot.create_forum_topic(-100, "工单")
    time.advance(1)  # the opening of a topic counts as a message
    await bot.send_message(-100, "t", message_thread_id=topic.message_thread_id)
    with pytest.raises(error.BadRequest, match="thread"):
        await bot.send_message(-100, "t", message_thread_id=1)
    assert await bot.answer_callback_query("q1")
    with pytest.raises(error.BadRequest, match="too old"):
        await bot.answer_callback_query("q1")
    assert (world.texts(7), world.sees(8)[0].file, world.sees(-100)[0].thread) == (
        ["b"],
        "a.ics",
        topic.message_thread_id,
    )


async def test_a_wrong_token_is_refused(fake: server.Server) -> None:
    async with Telegram("4242424242:" + "x" * 35, base_url=fake.base_url) as telegram:
        with pytest.raises(error.InvalidToken):
            await telegram.bot.get_me()


async def test_connections_break_as_told(world: World, bot: Bot) -> None:
    world.trouble("reset")
    with pytest.raises(error.NetworkError):
        await bot.send_message(7, "a")
    world.trouble("swallow")
    with pytest.raises(error.TimedOut):
        await bot.send_message(7, "b", read_timeout=0.1)
    assert world.texts(7) == ["b"]
