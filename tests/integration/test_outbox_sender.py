"""The sender against the fake Bot API over real HTTP, on time that passes when we say so."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from bot.telegram import Telegram
from scheduler.content import Attachment, Choice, Content
from scheduler.outbox import Later, Sender, Skip, TokenRefusedError
from scheduler.timepiece import Bell
from storage import chats, outbox
from storage.engine import Store, StoreUnavailableError
from storage.outbox import Claimed, NewMessage
from storage.tables import ChatKind, Lane, OutboxState
from tests.fakes.telegram import server
from tests.fakes.telegram.world import World
from tests.fakes.timepiece import FakeTime


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def fake(time: FakeTime) -> Iterator[server.Server]:
    with server.running(World(clock=time.seconds)) as running:
        yield running


@dataclass
class Post:
    """A sender under test with its database and its people."""

    store: Store
    time: FakeTime
    world: World
    sender: Sender

    def chat(self, address: int) -> int:
        kind = ChatKind.PRIVATE if address > 0 else ChatKind.GROUP
        with self.store.write() as session:
            return chats.ensure(session, "telegram", str(address), kind, self.time.now()).id

    def put(
        self,
        address: int,
        *texts: str,
        lane: Lane = Lane.INTERACTIVE,
        content: Content | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        chat_id = self.chat(address)
        with self.store.write() as session:
            for text in texts:
                body = (content or Content(text=text)).as_json()
                key = f"{address}:{text}:{lane}"
                outbox.put(session, [NewMessage(key, chat_id, lane, body, expires_at=expires_at)], self.time.now())

    async def run(self, seconds: float, step: float = 0.0) -> None:
        """Let the sender work for so many seconds; it looks every ``step`` seconds at most."""
        end = self.time.now() + timedelta(seconds=seconds)
        while self.time.now() < end:
            wait = await self.sender.step()
            await self.sender.settled()
            self.time.advance(max(wait, step))

    def states(self) -> dict[str, str | None]:
        with self.store.read() as session:
            rows = [item.row for item in outbox.listed(session, list(OutboxState), 1000)]
            return {row.key.split(":")[1]: row.state.value for row in rows}

    def reason(self, text: str) -> str | None:
        with self.store.read() as session:
            rows = [item.row for item in outbox.listed(session, list(OutboxState), 1000)]
            return next(row.reason for row in rows if row.key.split(":")[1] == text)


@pytest.fixture
async def telegram(fake: server.Server) -> AsyncIterator[Telegram]:
    async with Telegram(fake.token, base_url=fake.base_url) as connected:
        yield connected


@pytest.fixture
async def post(store: Store, time: FakeTime, fake: server.Server, telegram: Telegram) -> Post:
    return Post(store, time, fake.world, Sender(store, telegram, time, Bell()))


async def test_messages_arrive_once_in_order_with_their_buttons(post: Post) -> None:
    rows = ((Choice(label="是", action="a:1"), Choice(label="原文", url="https://e.cn")),)
    post.put(7, "<一>")
    post.put(7, "二", content=Content(text="二", rows=rows))
    await post.run(5)
    assert post.world.texts(7) == ["<一>", "二"]
    assert post.world.sees(7)[1].labels == ["是", "原文"]
    assert post.states() == {"<一>": "sent", "二": "sent"}


async def test_a_chat_gets_one_a_second_and_a_group_eighteen_a_minute_without_any_429(post: Post) -> None:
    post.put(7, *[f"m{n}" for n in range(5)])
    post.put(-100, *[f"g{n}" for n in range(25)])
    start = post.time.now()
    await post.run(59, step=0.5)
    assert len(post.world.sees(7)) == 5
    assert len(post.world.sees(-100)) == 18
    times = [seen.at - start.timestamp() for seen in post.world.sees(7)]
    assert all(later - earlier >= 1 for earlier, later in pairwise(times))
    await post.run(40, step=0.5)
    assert post.world.texts(-100) == [f"g{n}" for n in range(25)]
    assert not [call for call in post.world.calls if call.outcome.startswith("429")]


async def test_bulk_goes_out_evenly_at_25_a_second_and_a_reply_overtakes_it(post: Post) -> None:
    for person in range(1, 61):
        post.put(person, f"b{person}", lane=Lane.BULK)
    await post.run(1)
    assert 23 <= len(post.world.messages) <= 26
    post.put(500, "reply")
    await post.run(0.1)
    assert post.world.texts(500) == ["reply"]
    await post.run(2)
    assert len(post.world.messages) == 61


async def test_bulk_goes_through_one_sender_of_several(
    post: Post, store: Store, telegram: Telegram, time: FakeTime
) -> None:
    other = Sender(store, telegram, time, Bell())
    for person in range(1, 6):
        post.put(person, f"b{person}", lane=Lane.BULK)
    await post.sender.step()
    await post.sender.settled()
    time.advance(1)
    await other.step()
    await other.settled()
    assert len(post.world.messages) == 1
    time.advance(60)  # the first sender is gone
    await other.step()
    await other.settled()
    assert len(post.world.messages) == 2


async def test_a_flood_wait_holds_back_one_chat_and_nobody_else(post: Post) -> None:
    post.world.trouble(code=429, description="Too Many Requests", parameters={"retry_after": 30}, chat=7)
    post.put(7, "a", "b")
    post.put(8, "c", "d")
    await post.run(10, step=0.5)
    assert (post.world.texts(7), post.world.texts(8)) == ([], ["c", "d"])
    await post.run(25, step=0.5)
    assert post.world.texts(7) == ["a", "b"]


async def test_a_server_error_is_tried_again_and_the_order_kept(post: Post) -> None:
    post.world.trouble(code=502, description="Bad Gateway", times=3)
    post.put(7, "a", "b")
    await post.run(12, step=0.5)
    assert post.world.texts(7) == ["a", "b"]


async def test_who_blocked_us_is_noted_and_written_to_no_more(post: Post) -> None:
    post.world.blocked.add(7)
    post.put(7, "a")
    await post.run(2)
    assert post.states() == {"a": "dead"}
    post.put(7, "reminder", lane=Lane.REMINDER)
    await post.run(2)
    assert post.states()["reminder"] == "skipped"
    assert post.reason("reminder") == "blocked"


async def test_a_malformed_message_is_dead_and_the_next_goes_on(post: Post) -> None:
    post.put(7, "a", content=Content(text="x" * 5000))
    post.put(7, "b")
    await post.run(3)
    assert post.world.texts(7) == ["b"]
    assert "too long" in (post.reason("a") or "")


async def test_a_reset_reply_is_sent_again_and_a_reset_mass_message_is_left_for_a_person(post: Post) -> None:
    post.world.trouble("cut", chat=7)
    post.world.trouble("cut", chat=8)
    post.put(7, "reply")
    post.put(8, "mass", lane=Lane.BULK)
    await post.run(5)
    assert post.world.texts(7) == ["reply", "reply"]  # it had arrived: the one in flight is doubled
    assert post.world.texts(8) == ["mass"]
    assert post.states() == {"reply": "sent", "mass": "unknown"}


async def test_a_message_that_did_not_arrive_arrives_after_a_reset(post: Post) -> None:
    post.world.trouble("reset", chat=7)
    post.put(7, "reply")
    await post.run(5)
    assert post.world.texts(7) == ["reply"]


async def test_an_edit_replaces_and_falls_back_to_a_message_of_its_own(post: Post) -> None:
    post.put(7, "a")
    await post.run(1)
    number = str(post.world.sees(7)[0].number)
    post.put(7, "b", content=Content(text="b", edits=number))
    await post.run(2)
    assert post.world.texts(7) == ["b"]
    post.put(7, "c", content=Content(text="b", edits=number))  # nothing changes: fine
    post.put(7, "d", content=Content(text="d", edits="4711"))
    await post.run(3)
    assert post.world.texts(7) == ["b", "d"]
    assert set(post.states().values()) == {"sent"}


async def test_a_file_is_sent_along(post: Post) -> None:
    file = Attachment(name="deadline.ics", data=b"QkVHSU46VkNBTEVOREFS")
    post.put(7, "a", content=Content(text="日历", attachment=file))
    await post.run(1)
    assert [(seen.text, seen.file) for seen in post.world.sees(7)] == [("日历", "deadline.ics")]


async def test_a_group_that_became_a_supergroup_is_followed(post: Post) -> None:
    post.world.moved[-100] = -1001
    post.put(-100, "a", "b")
    await post.run(10, step=0.5)
    assert post.world.texts(-1001) == ["a", "b"]


async def test_a_refused_token_stops_the_sender_and_loses_nothing(
    store: Store, post: Post, fake: server.Server
) -> None:
    post.put(7, "a")
    async with Telegram("4242424242:" + "x" * 35, base_url=fake.base_url) as telegram:
        sender = Sender(store, telegram, post.time, Bell())
        await sender.step()
        with pytest.raises(TokenRefusedError, match="token"):
            await sender.settled()
    await post.run(2)
    assert post.world.texts(7) == ["a"]


async def test_a_message_too_late_is_skipped(post: Post) -> None:
    post.put(7, "a", expires_at=post.time.now())
    await post.run(1)
    assert (post.world.texts(7), post.reason("a")) == ([], "too late")


async def test_checks_at_the_moment_of_sending_skip_or_postpone(
    store: Store, post: Post, telegram: Telegram, time: FakeTime
) -> None:
    morning = time.now() + timedelta(seconds=30)

    def stopped(session: Session, item: Claimed, now: datetime) -> Skip | Later | None:
        if item.row.lane == Lane.INTERACTIVE:
            return None
        return Skip("campaign stopped") if item.row.lane == Lane.BULK else Later(morning) if now < morning else None

    post.sender = Sender(store, telegram, time, Bell(), gates=[stopped])
    post.put(7, "reply")
    post.put(7, "mass", lane=Lane.BULK)
    post.put(8, "reminder", lane=Lane.REMINDER)
    await post.run(5)
    assert post.states() == {"reply": "sent", "mass": "skipped", "reminder": "ready"}
    await post.run(30, step=1)
    assert post.states()["reminder"] == "sent"


async def test_a_hanging_request_delays_nobody_else(post: Post) -> None:
    post.world.trouble("hang", chat=7)
    post.put(7, "a")
    post.put(8, "b")
    await post.sender.step()
    assert await asyncio.to_thread(post.world.until, lambda: post.world.texts(8) == ["b"], 5)
    assert post.world.texts(7) == []
    for task in post.sender._flying:
        task.cancel()


async def test_what_was_sent_is_noted_when_the_database_comes_back(
    post: Post, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.put(7, "a")
    noted, refused = outbox.sent, iter([True, True, False])

    def sent(*arguments: object) -> None:
        if next(refused):
            raise StoreUnavailableError
        noted(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "sent", sent)
    await post.run(1)
    assert post.world.texts(7) == ["a"]
    assert post.states() == {"a": "sent"}


async def test_a_sender_told_to_stop_finishes_what_is_ready(post: Post) -> None:
    post.put(7, "a")
    stop = asyncio.Event()
    stop.set()
    await post.sender.run(stop)
    assert post.world.texts(7) == ["a"]
    assert post.states() == {"a": "sent"}
