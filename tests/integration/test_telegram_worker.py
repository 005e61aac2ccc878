"""The worker on both databases: reply, session, effects and done in one transaction, or nothing at all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from bot import telegram_updates
from bot.telegram_updates import CHANNEL, Me
from bot.worker import Worker
from handlers.person import NOBODY, Person
from handlers.reply import File, Reply, ReplyKind
from handlers.session import Session
from handlers.turn import Effect, Forget, Message, NoteUnanswered, OpenTicket, Turn
from scheduler.content import Content
from scheduler.timepiece import Bell
from storage import chats, events, inbox, outbox, tickets, transcripts, unanswered
from storage.engine import Store
from storage.tables import Inbox, InboxState, OutboxState, Talk
from tests.fakes.telegram.world import World
from tests.fakes.timepiece import FakeTime

ME = Me(4242, "huiqi_test_bot")


class Catalogue:
    version = "v7"


class Talker:
    """Says what it is told to; remembers how often it was asked."""

    catalogue = Catalogue()

    def __init__(self) -> None:
        self.effects: tuple[Effect, ...] = ()
        self.asked: list[tuple[Message, date]] = []
        self.before: Callable[[], None] = lambda: None
        self.file: File | None = None

    def turn(self, message: Message, session: Session, as_of: date, person: Person = NOBODY) -> Turn:
        self.asked.append((message, as_of))
        self.before()
        text = f"{session.turn + 1}:{message.text or message.action}"
        return Turn(
            Reply(text, ReplyKind.ANSWER, file=self.file),
            session.model_copy(update={"turn": session.turn + 1}),
            self.effects,
        )


@dataclass
class Desk:
    """A worker under test and what it works on."""

    store: Store
    time: FakeTime
    world: World
    worker: Worker
    talker: Talker

    def work(self) -> None:
        """Take in what people did and handle all of it."""
        updates = [telegram_updates.raw(update) for update in self.world.pending(100)]
        self.world.updates.clear()
        with self.store.write() as session:
            inbox.put(session, CHANNEL, updates, self.time.now())
        for _ in range(40):
            self.worker.step(self.talker)
            self.time.advance(1)

    def replies(self, chat: int) -> list[str]:
        with self.store.read() as session:
            items = outbox.listed(session, list(OutboxState), 1000)
        mine = [item.row for item in reversed(items) if item.chat.address == str(chat)]
        return [Content.from_json(row.content).text for row in mine]

    def inbox(self) -> dict[str, int]:
        with self.store.read() as session:
            return inbox.counts(session)


@pytest.fixture
async def desk(store: Store) -> Desk:
    time = FakeTime()
    worker = Worker(store, time, Bell(), lambda: None, ME, per_minute=5)
    return Desk(store, time, World(clock=time.seconds), worker, Talker())


async def test_a_question_becomes_a_reply_a_session_and_a_transcript(desk: Desk) -> None:
    desk.world.says(7, "一")
    desk.world.says(7, "我的电话13812345678")
    desk.work()
    assert desk.replies(7) == ["1:一", "2:我的电话13812345678"]
    assert desk.inbox() == {"done": 2}
    with desk.store.read() as session:
        chat = chats.find(session, CHANNEL, "7")
        assert chat is not None
        kept = transcripts.of_chat(session, chat.id)
        assert [(row.question, row.kind, row.catalogue) for row in kept] == [
            ("一", "answer", "v7"),
            ("我的电话［手机号］", "answer", "v7"),
        ]
        assert events.count(session, "reply.answer") == 2


async def test_the_day_is_that_of_shanghai(desk: Desk) -> None:
    desk.time.advance(15 * 3600)  # 17:00 UTC: past midnight in Shanghai
    desk.world.says(7, "一")
    desk.work()
    assert desk.talker.asked[0][1] == date(2022, 9, 21)


async def test_a_file_lies_in_the_outbox_with_its_reply(desk: Desk) -> None:
    desk.talker.file = File("huiqi-aid.ics", b"BEGIN:VCALENDAR")
    desk.world.says(7, "日历")
    desk.work()
    with desk.store.read() as session:
        [item] = outbox.listed(session, [OutboxState.READY])
    content = Content.from_json(item.row.content)
    assert content.attachment is not None
    assert (content.text, content.attachment.name, content.attachment.data) == (
        "1:日历",
        "huiqi-aid.ics",
        b"BEGIN:VCALENDAR",
    )


async def test_people_in_a_group_have_talks_of_their_own(desk: Desk) -> None:
    for person in (7, 8, 7):
        desk.world.says(person, "/check@huiqi_test_bot", chat=-100)
    desk.world.says(7, "闲聊", chat=-100)
    desk.work()
    assert desk.replies(-100) == ["1:/check", "1:/check", "2:/check"]
    with desk.store.read() as session:
        assert sorted(row.speaker for row in session.query(Talk)) == ["7", "8"]


async def test_effects_are_carried_out_with_the_reply(desk: Desk) -> None:
    desk.talker.effects = (OpenTicket("缓缴", "deferral", "asked", ("一", "二")), NoteUnanswered("三", "unknown"))
    desk.world.says(7, "转人工")
    desk.work()
    with desk.store.read() as session:
        assert tickets.open_count(session) == 1
        assert [(row.text, row.kind) for row in unanswered.latest(session)] == [("三", "unknown")]


async def test_forgetting_erases_the_question_that_asked_for_it_too(desk: Desk) -> None:
    desk.world.says(7, "我开五金店")
    desk.work()
    desk.talker.effects = (Forget(),)
    desk.world.says(7, "/forget 五金店")
    desk.work()
    with desk.store.read() as session:
        assert session.query(Talk).count() == 0
        assert not [row for row in session.query(Inbox) if "五金店" in row.payload]
        chat = chats.find(session, CHANNEL, "7")
        assert chat is not None
        assert transcripts.of_chat(session, chat.id) == []
    desk.talker.effects = ()
    desk.world.says(7, "又来")
    desk.work()
    assert desk.replies(7)[-1] == "1:又来"


async def test_a_failure_while_committing_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.world.says(7, "一")
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "done", lambda *arguments: 1 / 0)
        desk.worker.step(desk.talker)
        updates = [telegram_updates.raw(update) for update in desk.world.pending(100)]
        desk.world.updates.clear()
        with desk.store.write() as session:
            inbox.put(session, CHANNEL, updates, desk.time.now())
        desk.worker.step(desk.talker)
        assert desk.replies(7) == []
        assert desk.inbox() == {"ready": 1}
    desk.work()
    assert desk.replies(7) == ["1:一"]


async def test_a_worker_whose_lease_lapsed_answers_nothing(desk: Desk) -> None:
    def stolen() -> None:
        desk.talker.before = lambda: None
        desk.time.advance(31)
        with desk.store.write() as session:
            inbox.recover(session, CHANNEL, desk.time.now())

    desk.talker.before = stolen
    desk.world.says(7, "一")
    desk.work()
    assert desk.replies(7) == ["1:一"]
    assert len(desk.talker.asked) == 2


async def test_who_blocked_and_came_back_is_let_in_again(desk: Desk) -> None:
    desk.world.says(7, "一")
    desk.world.blocks(7)
    desk.work()
    assert blocked(desk) is True
    desk.world.unblocks(7)
    desk.work()
    assert blocked(desk) is False


def blocked(desk: Desk) -> bool:
    with desk.store.read() as session:
        chat = chats.find(session, CHANNEL, "7")
        return chat is not None and chat.blocked_at is not None


async def test_one_warning_a_minute_to_who_asks_too_fast(desk: Desk) -> None:
    for number in range(9):
        desk.world.says(7, f"q{number}")
    desk.work()
    assert len(desk.replies(7)) == 6
    assert "不要超过5条" in desk.replies(7)[-1]
    desk.time.advance(60)
    desk.world.says(7, "later")
    desk.work()
    assert desk.replies(7)[-1] == "6:later"


async def test_a_session_of_an_older_shape_is_begun_anew(desk: Desk) -> None:
    desk.world.says(7, "一")
    desk.work()
    with desk.store.write() as session:
        session.query(Talk).update({"data": '{"turn": "many"}'})
    desk.world.says(7, "二")
    desk.work()
    assert desk.replies(7) == ["1:一", "1:二"]


@pytest.mark.parametrize("payload", ["", "[]", "null", '{"message": 5}', "{"])
async def test_what_cannot_be_read_is_set_aside_at_once(desk: Desk, payload: str) -> None:
    with desk.store.write() as session:
        inbox.put(session, CHANNEL, [inbox.RawUpdate(1, None, payload)], desk.time.now())
    desk.work()
    assert desk.inbox() == {InboxState.DEAD.value: 1}


async def test_a_conversation_that_cannot_be_built_ends_the_worker_with_its_reason(desk: Desk) -> None:
    def broken() -> Talker:
        raise FileNotFoundError("no model")

    with pytest.raises(Exception, match="no model"):
        await desk.worker.run(asyncio.Event(), broken)
