"""A ticket from the first word to the grade, through the real roles and real signals: nothing lost, one topic."""

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from storage import outbox, staff, tickets
from storage.engine import Store
from storage.tables import OutboxState
from storage.ticket_tables import Role, TicketState
from tests.fakes import databases
from tests.fakes.telegram.world import Seen, World
from tests.fakes.telegram_bots import Start, postgres_only, sqlite_only

GROUP, OWNER = -1007, 7
AGENT, OTHER = 901, 902
PATIENCE = 20.0  # seconds of a busy machine
STEPS = (
    "intake.received",
    "intake.committed",
    "worker.claimed",
    "worker.turned",
    "worker.done",
    "desk.shown",
    "outbox.leased",
    "outbox.sending",
    "outbox.delivered",
    "outbox.sent",
)


@dataclass(frozen=True)
class Stage:
    """Something people do, and what is so once it has been dealt with."""

    name: str
    act: Callable[[], object]
    is_done: Callable[[], bool]


class Case:
    """An owner, two colleagues and what they see."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def thread(self) -> int:
        return next(number for chat, number in self.world.topics if chat == GROUP)

    @property
    def topic(self) -> list[Seen]:
        return self.world.topic(GROUP, self.thread) if self.world.topics else []

    @property
    def card(self) -> str:
        return self.topic[0].text if self.topic else ""

    def owner_reads(self, words: str) -> bool:
        return any(words in text for text in self.world.texts(OWNER))

    def staff_reads(self, words: str) -> bool:
        return any(words in seen.text for seen in self.topic)

    def stages(self) -> list[Stage]:
        """From the question to the grade."""
        world = self.world
        return [
            Stage(
                "asks",
                lambda: world.says(OWNER, "转人工"),
                lambda: "待领取" in self.card and self.owner_reads("工单号"),
            ),
            Stage("two claim", self.race, lambda: "办理中" in self.card and self.owner_reads("已接手")),
            Stage("replies with a photo", self.reply, lambda: self.got_photo() and "等用户回复" in self.card),
            Stage("answers", lambda: world.says(OWNER, "填好了"), lambda: self.staff_reads("：填好了")),
            Stage("resolves", self.resolve, lambda: self.owner_reads("已办结") and "已办结" in self.card),
            Stage(
                "grades",
                lambda: world.presses(OWNER, "满意"),
                lambda: self.owner_reads("评价收到：“满意”") and self.staff_reads("评价：满意"),
            ),
        ]

    def race(self) -> None:
        for person in (AGENT, OTHER):
            self.world.presses(person, "领取", GROUP, thread=self.thread)

    def reply(self) -> None:
        number = self.topic[0].number
        self.world.sends(self.holder(), "photo", "表格", GROUP, caption="填这张", thread=self.thread, reply_to=number)

    def resolve(self) -> None:
        self.world.presses(self.holder(), "办结", GROUP, thread=self.thread)

    def holder(self) -> int:
        return AGENT if "李明" in self.card else OTHER

    def got_photo(self) -> bool:
        return any(seen.file == "photo:表格" for seen in self.world.sees(OWNER))

    def doubled(self) -> int:
        """Messages that somebody sees more than once."""
        seen = Counter((one.chat, one.thread, one.text, one.file) for one in self.world.messages.values())
        return sum(count - 1 for count in seen.values())


def hire(database_url: str) -> None:
    store = databases.migrated(database_url)
    with store.write() as session:
        for number, name in ((AGENT, "李明"), (OTHER, "王芳")):
            staff.add(session, name, Role.AGENT, datetime.now(UTC), "telegram", str(number))
    store.close()


def being_sent(database_url: str) -> int:
    store = Store(database_url)
    with store.read() as session:
        number = outbox.counts(session).get(OutboxState.SENDING, 0)
    store.close()
    return number


def states(database_url: str) -> list[str]:
    store = Store(database_url)
    with store.read() as session:
        found = [ticket.state.value for ticket in tickets.in_states(session, list(TicketState))]
    store.close()
    return found


def test_from_the_question_to_the_grade_with_two_who_want_the_ticket(
    world: World, start: Start, database_url: str
) -> None:
    hire(database_url)
    case = Case(world)
    with start(desk=GROUP) as bot:
        for stage in case.stages():
            stage.act()
            assert world.until(stage.is_done, PATIENCE), (
                stage.name,
                world.texts(OWNER),
                world.texts(GROUP),
                bot.said(),
            )
        assert bot.terminate() == 0
    assert len(world.made_topics) == 1
    assert states(database_url) == ["resolved"]
    alerts = [str(given.get("text", "")) for given in world.answered.values()]
    assert sorted("由您办理" in text for text in alerts if "办理" in text or "领取" in text) == [False, True]
    assert case.doubled() == 0


@pytest.mark.parametrize("step", STEPS)
@sqlite_only
def test_kill_9_at_a_step_of_every_stage_loses_nothing_and_makes_one_topic(
    world: World, start: Start, database_url: str, step: str
) -> None:
    killed_at(world, start, database_url, step)


@postgres_only
def test_the_same_where_a_claim_outlives_the_process_that_holds_it(
    world: World, start: Start, database_url: str
) -> None:
    killed_at(world, start, database_url, "outbox.delivered")


def killed_at(world: World, start: Start, database_url: str, step: str) -> None:
    hire(database_url)
    case, in_flight = Case(world), 0
    for stage in case.stages():
        stage.act()
        with start(kill=f"{step}:1", desk=GROUP, lease=0.5) as bot:
            assert bot.ended(PATIENCE) == -9, bot.said()
            in_flight += being_sent(database_url)
        with start(desk=GROUP, lease=0.5) as bot:
            assert world.until(stage.is_done, PATIENCE), (
                stage.name,
                world.texts(OWNER),
                world.texts(GROUP),
                bot.said(),
            )
            bot.terminate()
    assert len(world.made_topics) == 1
    assert states(database_url) == ["resolved"]
    assert case.doubled() <= in_flight


@pytest.mark.parametrize("place", ["sending:1", "sending:2", *(f"delivered:{number}" for number in range(1, 5))])
@sqlite_only
def test_kill_9_around_the_making_of_a_topic_leaves_one(
    world: World, start: Start, database_url: str, place: str
) -> None:
    """The outcome of a request is not known when the process dies between sending and noting it."""
    hire(database_url)
    case = Case(world)
    asks = case.stages()[0]
    asks.act()
    with start(kill=f"outbox.{place}", desk=GROUP, lease=0.5) as bot:
        assert bot.ended(PATIENCE) == -9, bot.said()
        in_flight = being_sent(database_url)
    with start(desk=GROUP, lease=0.5) as bot:
        assert world.until(asks.is_done, PATIENCE), (world.texts(OWNER), world.texts(GROUP), bot.said())
        bot.terminate()
    assert len(world.made_topics) == 1
    assert case.doubled() <= in_flight


@sqlite_only
@pytest.mark.parametrize("how", ["cut", "reset", "swallow"])
def test_a_broken_connection_while_a_topic_is_made_leaves_one(
    world: World, start: Start, database_url: str, how: str
) -> None:
    hire(database_url)
    case = Case(world)
    asks = case.stages()[0]
    world.trouble(how, method="createForumTopic")
    asks.act()
    with start(desk=GROUP, lease=0.5) as bot:
        assert world.until(asks.is_done, 40), (world.texts(OWNER), world.texts(GROUP), bot.said())
    assert len(world.made_topics) == 1


@postgres_only
def test_two_processes_of_every_role_make_one_topic_and_double_nothing(
    world: World, start: Start, database_url: str
) -> None:
    hire(database_url)
    case = Case(world)
    with contextlib.ExitStack() as stack:
        stack.enter_context(start(role="intake", desk=GROUP))
        for role in ("worker", "sender", "clock") * 2:
            stack.enter_context(start(role=role, desk=GROUP))
        for stage in case.stages():
            stage.act()
            assert world.until(stage.is_done, PATIENCE), (stage.name, world.texts(OWNER), world.texts(GROUP))
    assert len(world.made_topics) == 1
    assert case.doubled() == 0
