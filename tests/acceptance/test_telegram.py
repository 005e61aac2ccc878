"""The real roles in a process of their own, against the fake Bot API over HTTP: killed, stopped, troubled."""

import itertools
import time
from collections import Counter

from storage import inbox, outbox
from storage.engine import Store
from storage.tables import OutboxState
from tests.fakes.telegram import server
from tests.fakes.telegram.flood import Flood
from tests.fakes.telegram.world import World
from tests.fakes.telegram_bots import Start, answers, sqlite_only

STEPS = (
    "intake.received",
    "intake.committed",
    "worker.claimed",
    "worker.turned",
    "worker.done",
    "outbox.leased",
    "outbox.sending",
    "outbox.delivered",
    "outbox.sent",
)


def test_every_question_is_answered_once_and_in_order_by_a_bot_that_stops_when_told(world: World, start: Start) -> None:
    for number, chat in itertools.product(range(10), range(1, 6)):
        world.says(chat, f"q{number}")
    with start() as bot:
        assert world.until(lambda: len(world.messages) == 50)
        began = time.monotonic()
        assert bot.terminate() == 0
        assert time.monotonic() - began < 3
    for chat in range(1, 6):
        assert world.texts(chat) == [f"{number + 1}:q{number}" for number in range(10)]


def test_kill_9_at_every_step_loses_none_of_200_questions(world: World, start: Start, database_url: str) -> None:
    asked: dict[int, list[str]] = {chat: [] for chat in range(1, 41)}
    in_flight = 0
    for number, step in enumerate((*STEPS, None)):
        for chat in range(1 + number % 2 * 20, 21 + number % 2 * 20):
            world.says(chat, f"q{number}")
            asked[chat].append(f"q{number}")
        with start(kill=f"{step}:{3 if number > 1 else 1}" if step else None, lease=0.5) as bot:
            if step:
                assert bot.ended(20) == -9, bot.said()
                in_flight += being_sent(database_url)
            else:
                assert world.until(lambda: all(len(answers(world, chat)) == 5 for chat in asked), 20), bot.said()
    for chat, questions in asked.items():
        assert answers(world, chat) == [f"{count}:{text}" for count, text in enumerate(questions, 1)]
    doubled = sum(count - 1 for chat in asked for count in Counter(world.texts(chat)).values())
    assert doubled <= in_flight


def being_sent(database_url: str) -> int:
    store = Store(database_url)
    with store.read() as session:
        number = outbox.counts(session).get(OutboxState.SENDING, 0)
    store.close()
    return number


@sqlite_only
def test_intake_runs_and_typing_shows_while_the_language_model_loads(world: World, start: Start) -> None:
    world.says(7, "q")
    with start(load=2.5):
        assert world.until(lambda: any(call.method == "sendChatAction" for call in world.calls))
        assert not world.updates  # confirmed, though nothing is answered yet
        assert world.texts(7) == []
        assert world.until(lambda: world.texts(7) == ["1:q"])


@sqlite_only
def test_sigterm_finishes_the_message_in_hand_and_leaves_the_rest_to_the_next(world: World, start: Start) -> None:
    for chat in range(1, 5):
        world.says(chat, "q")
    with start(think=1.0, threads=1) as bot:
        assert world.until(lambda: len(world.messages) == 1)
        assert bot.terminate() == 0
    assert 2 <= len(world.messages) <= 3
    with start():
        assert world.until(lambda: all(world.texts(chat) == ["1:q"] for chat in range(1, 5)))


@sqlite_only
def test_sigterm_while_the_model_loads_stops_at_once(world: World, start: Start) -> None:
    with start(load=30.0) as bot:
        assert world.until(lambda: any(call.method == "deleteWebhook" for call in world.calls))
        assert bot.terminate(3) == 0


@sqlite_only
def test_a_poison_message_is_apologised_for_and_the_next_is_answered(world: World, start: Start) -> None:
    world.says(7, "poison")
    world.happens(message={"chat": {"id": 7, "type": "private"}, "text": ["no", "text"]})
    world.happens(message="nonsense")
    world.says(7, "after")
    world.says(8, "other")
    with start() as bot:
        assert world.until(lambda: world.texts(8) == ["1:other"])
        assert world.until(lambda: "1:after" in world.texts(7), 15), bot.said()
        assert "没能处理好" in world.texts(7)[0]
        assert bot.actions().count("inbox.dead") == 3


@sqlite_only
def test_a_message_that_kills_the_process_is_set_aside_after_five_tries(world: World, start: Start) -> None:
    world.says(7, "die")
    world.says(7, "after")
    for _ in range(5):
        with start() as bot:
            assert bot.ended() == -9
    with start():
        assert world.until(lambda: len(world.texts(7)) == 2)
    assert "没能处理好" in world.texts(7)[0]
    assert world.texts(7)[1] == "1:after"


@sqlite_only
def test_updates_that_come_twice_or_with_smaller_numbers_after_a_silence_are_answered_once(
    world: World, start: Start
) -> None:
    world.says(7, "q1")
    first = world.pending(1)[0]
    with start():
        assert world.until(lambda: world.texts(7) == ["1:q1"])
        world.repeats(first)
        world.says(7, "q2")
        assert world.until(lambda: world.texts(7)[-1] == "2:q2")
        time.sleep(0.1)  # an empty poll, as silence brings
        world.renumbers(5)
        world.says(7, "q3")
        assert world.until(lambda: world.texts(7)[-1] == "3:q3")
        assert len(world.texts(7)) == 3


@sqlite_only
def test_buttons_work_after_a_restart_and_a_list_is_edited_in_place(world: World, start: Start) -> None:
    world.says(7, "menu")
    with start() as bot:
        assert world.until(lambda: len(world.sees(7)) == 1)
        bot.terminate()
    with start():
        world.presses(7, "第二页")
        assert world.until(lambda: world.texts(7) == ["2:p:2"])
        assert world.until(lambda: "q1" in world.answered)


@sqlite_only
def test_files_are_answered_politely_and_long_answers_come_in_pieces(world: World, start: Start) -> None:
    world.sends_photo(7)
    world.sends_voice(7)
    world.says(7, "long")
    with start():
        assert world.until(lambda: len(world.sees(7)) == 4)
    assert "图片" in world.texts(7)[0]
    assert "语音" in world.texts(7)[1]
    assert [len(text) for text in world.texts(7)[2:]] == [4096, 904]


@sqlite_only
def test_a_wrong_token_is_said_clearly_and_stops_the_bot(start: Start) -> None:
    wrong = "4242424242:" + "W" * 35
    with start(token=wrong) as bot:
        assert bot.ended() == 1
    assert "token" in bot.said()
    assert wrong not in bot.said()


@sqlite_only
def test_the_token_is_in_no_log_however_much_goes_wrong(world: World, fake: server.Server, start: Start) -> None:
    for how in ("reset", "status"):
        world.trouble(how, method="getUpdates", code=500)
        world.trouble(how, method="sendMessage", code=500, chat=7)
    world.says(7, "poison")
    world.says(8, "q")
    with start() as bot:
        assert world.until(lambda: world.texts(8) == ["1:q"], 20), bot.said()
        bot.terminate()
    secret = fake.token.split(":")[1]
    assert "intake.failed" in bot.actions()
    assert secret not in bot.said()


@sqlite_only
def test_a_second_process_on_the_same_sqlite_file_is_refused(world: World, start: Start) -> None:
    with start():
        assert world.until(lambda: any(call.method == "getMe" for call in world.calls))
        with start() as second:
            assert second.ended() == 1
            assert "PostgreSQL" in second.said()


@sqlite_only
def test_a_second_poller_is_told_apart_and_waited_for(world: World, start: Start) -> None:
    world.trouble(method="getUpdates", code=409, description="Conflict: terminated by other getUpdates request")
    world.says(7, "q")
    with start() as bot:
        assert world.until(lambda: world.texts(7) == ["1:q"])
        assert "intake.conflict" in bot.actions()


@sqlite_only
def test_who_asks_too_fast_is_warned_once_and_may_go_on_later(world: World, start: Start) -> None:
    for number in range(6):
        world.says(7, f"q{number}")
    world.says(8, "q")
    with start(per_minute=3):
        assert world.until(lambda: len(world.texts(7)) == 4)
        assert world.until(lambda: world.texts(8) == ["1:q"])
        assert world.texts(7)[:3] == ["1:q0", "2:q1", "3:q2"]
        assert "不要超过3条" in world.texts(7)[3]
        assert not world.until(lambda: len(world.texts(7)) > 4, 0.3)


@sqlite_only
def test_the_menu_of_commands_is_offered(world: World, start: Start) -> None:
    with start():
        assert world.until(lambda: len(world.commands) == 2)
    assert {"check", "human", "forget"} <= {command["command"] for command in world.commands[0]["commands"]}


@sqlite_only
def test_the_real_process_runs_into_no_flood_rule(world: World, start: Start) -> None:
    world.flood = Flood(second=0.2, minute=12.0)
    for number, chat in itertools.product(range(4), (7, 8, -100)):
        world.says(abs(chat), f"/q{number}", chat=chat)
    with start(pace=0.2):
        assert world.until(lambda: all(len(world.texts(chat)) == 4 for chat in (7, 8, -100)))
    assert not [call for call in world.calls if call.outcome.startswith("429")]


@sqlite_only
def test_measures_are_looked_up_while_typing_in_any_chat_and_nothing_of_it_is_kept(
    world: World, start: Start, database_url: str
) -> None:
    missed = world.asks_inline(7, "用工")
    world.typing[missed] -= 60  # asked while no bot was there
    with start(load=30.0) as bot:  # no model is needed
        query = world.asks_inline(7, "用工")
        assert world.until(lambda: query in world.inline), bot.said()
        [shown] = world.inline[query]
        assert shown["id"] == "aid"
        assert shown["reply_markup"]["inline_keyboard"][0][0]["url"].endswith("huiqi_test_bot?start=measure_aid")
        empty = world.asks_inline(7, "炒菜")
        assert world.until(lambda: world.inline.get(empty) == []), bot.said()
        world.trouble(method="answerInlineQuery", code=500)
        world.asks_inline(7, "用工补贴")
        again = world.asks_inline(7, "用工补")
        assert world.until(lambda: again in world.inline), bot.said()
        assert missed not in world.inline
        assert not world.updates  # confirmed, though nothing was kept
    store = Store(database_url)
    with store.read() as session:
        assert inbox.counts(session) == {}
    store.close()
