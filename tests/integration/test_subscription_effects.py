"""Subscriptions from the turn to the database and back to the next turn."""

from datetime import UTC, datetime

from bot import effects, people
from handlers.person import Subscriptions
from handlers.subscription_effects import Adjust, Agree, Leave, Mute, Subscribe, SubscriptionEffect, Unsubscribe
from storage import chats, subscriptions
from storage.engine import Store
from storage.tables import ChatKind

NOW = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)


def carry_out(store: Store, *wanted: SubscriptionEffect, kind: ChatKind = ChatKind.PRIVATE) -> None:
    address = "7" if kind is ChatKind.PRIVATE else "-7"
    with store.write() as session:
        chat = chats.ensure(session, "telegram", address, kind, NOW)
        for effect in wanted:
            effects.carry_out(session, chat, effect, NOW)


def loaded(store: Store, channel: str = "telegram", address: str = "7") -> Subscriptions | None:
    with store.read() as session:
        return people.load(session, channel, address).subscriptions


def known(store: Store) -> Subscriptions:
    found = loaded(store)
    assert found is not None
    return found


def test_nothing_is_kept_of_who_did_not_agree(store: Store) -> None:
    carry_out(store, Subscribe("category", "tax"), Adjust(most_a_day=5), Mute(7))
    with store.read() as session:
        assert subscriptions.readers(session) == []


def test_what_was_asked_for_is_there_at_the_next_turn(store: Store) -> None:
    carry_out(store, Agree(), Subscribe("category", "tax"), Subscribe("all"), Subscribe("all"))
    carry_out(store, Adjust(matches=False, most_a_day=1, digest="weekly"), Mute(7))
    found = known(store)
    assert found.agreed
    assert found.wishes == (("all", ""), ("category", "tax"))
    assert [found.matches, found.most_a_day, found.digest] == [False, 1, "weekly"]
    assert str(found.muted_until) == "2022-09-27"


def test_agreeing_twice_keeps_the_settings(store: Store) -> None:
    carry_out(store, Agree(), Adjust(most_a_day=5), Agree())
    assert known(store).most_a_day == 5


def test_leaving_takes_back_everything(store: Store) -> None:
    carry_out(store, Agree(), Subscribe("category", "tax"), Unsubscribe("category", "employment"), Leave())
    found = known(store)
    assert not found.agreed
    assert found.wishes == ()


def test_a_group_subscribes_to_nothing(store: Store) -> None:
    carry_out(store, Agree(), Subscribe("all"), kind=ChatKind.GROUP)
    assert loaded(store, address="-7") is None
    with store.read() as session:
        assert subscriptions.readers(session) == []


def test_a_channel_that_cannot_write_unasked_offers_no_subscription(store: Store) -> None:
    assert loaded(store, channel="terminal") is None
    assert loaded(store, address="a stranger") is not None


def test_there_is_an_end_to_subscriptions(store: Store) -> None:
    carry_out(store, Agree(), *(Subscribe("measure", f"m{number}") for number in range(subscriptions.MOST + 5)))
    assert len(known(store).wishes) == subscriptions.MOST
