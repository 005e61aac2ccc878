"""A campaign through the real roles in a process of their own: killed, stopped, resumed; nobody hears it twice."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from policy_kb.catalogues import Catalogue
from scheduler import campaigns
from storage import campaigns as kept
from storage.engine import Store
from storage.tables import OutboxState
from tests.fakes import databases
from tests.fakes.audience import agreed, drafted
from tests.fakes.telegram.world import World
from tests.fakes.telegram_bots import Start

PEOPLE = 300
KNOWN = Catalogue.of(documents=(), facts=(), measures=(), figures=(), channels=(), gaps=(), version="", places={})


def noon() -> datetime:
    """Today at noon in Kunming: a campaign may be planned then at whatever hour the test runs."""
    return datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0)


@pytest.fixture
def store(database_url: str) -> Store:
    return databases.migrated(database_url)


def started(store: Store) -> int:
    now = noon()
    for address in range(1, PEOPLE + 1):
        agreed(store, address, now)
    number = drafted(store, now)
    campaigns.approve(store, number, "乙", KNOWN, now)
    campaigns.start(store, number, "甲", KNOWN, now)
    with store.write() as session:  # due now, also before noon
        campaign = kept.get(session, number)
        kept.plan(session, number, [kept.Slot(0, PEOPLE, datetime(2020, 1, 1, tzinfo=UTC))])
        return campaign.id


def figures(store: Store, number: int) -> kept.Figures:
    with store.read() as session:
        return kept.figures(session, number)


@pytest.mark.parametrize("step", ["outbox.leased", "outbox.sending", "outbox.delivered", "outbox.sent"])
def test_kill_9_in_a_campaign_reaches_nobody_twice_and_leaves_only_what_was_in_flight_to_a_person(
    world: World, start: Start, store: Store, step: str
) -> None:
    number = started(store)
    with start(kill=f"{step}:100", lease=0.5) as bot:
        assert bot.ended(30) == -9, bot.said()
    in_flight = figures(store, number).by_state.get(OutboxState.SENDING, 0)
    with start(lease=0.5) as bot:
        assert world.until(lambda: figures(store, number).open == 0, 40), bot.said()
    found = figures(store, number)
    assert found.adds_up
    assert found.by_state.get(OutboxState.UNKNOWN, 0) == in_flight <= 32
    assert found.by_state[OutboxState.SENT] == PEOPLE - in_flight
    heard = Counter(chat for chat, _ in world.messages)
    assert set(heard.values()) == {1}
    assert PEOPLE - in_flight <= len(heard) <= PEOPLE
    store.close()


def test_a_campaign_stopped_while_it_runs_stands_still_and_goes_on_to_everybody(
    world: World, start: Start, store: Store
) -> None:
    number = started(store)
    with start() as bot:
        assert world.until(lambda: len(world.messages) >= 50, 30), bot.said()
        campaigns.stop(store, number, "甲", noon())
        settled = figures(store, number).by_state[OutboxState.SENT]
        world.says(9_000, "q")
        assert world.until(lambda: world.texts(9_000) == ["1:q"], 20)
        stood = figures(store, number).by_state
        assert stood[OutboxState.SENT] <= settled + 32  # what was in flight
        assert stood[OutboxState.READY] == PEOPLE - stood[OutboxState.SENT]
        campaigns.resume(store, number, "甲", KNOWN, datetime(2020, 1, 1, 4, tzinfo=UTC))
        assert world.until(lambda: figures(store, number).open == 0, 40), bot.said()
    assert figures(store, number).by_state == {OutboxState.SENT: PEOPLE}
    assert Counter(Counter(chat for chat, _ in world.messages if chat != 9_000).values()) == {1: PEOPLE}
    store.close()
