"""Enterprises kept with consent, on both databases."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from storage import chats, enterprises, forgetting, retention, sessions
from storage.engine import Store
from storage.enterprise_tables import Enterprise
from storage.tables import ChatKind

NOW = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)
STAFF = {"staff": {"value": {"number": "20"}, "words": "20人"}}
HONEST = {"honest": {"value": {"yes_no": True}, "words": "守信"}}


def chat(store: Store, address: str) -> int:
    with store.write() as transaction:
        return chats.ensure(transaction, "telegram", address, ChatKind.PRIVATE, NOW).id


def imported(store: Store, facts: dict[str, object]) -> int:
    with store.write() as transaction:
        row = Enterprise(name="厂", facts=json.dumps(facts), origin="import", created_at=NOW, updated_at=NOW, version=1)
        transaction.add(row)
        transaction.flush()
        return row.id


def held(store: Store, chat_id: int) -> list[tuple[str, dict[str, object], int, bool]]:
    with store.read() as transaction:
        return [
            (
                one.name,
                {name: told["value"] for name, told in json.loads(one.facts).items()},
                one.version,
                own.is_active,
            )
            for one, own in enterprises.of_chat(transaction, chat_id)
        ]


def test_what_is_kept_says_who_told_it_and_when(store: Store) -> None:
    owner = chat(store, "1")
    with store.write() as transaction:
        kept = enterprises.create(transaction, owner, "甲", STAFF, NOW)
        assert json.loads(kept.facts)["staff"] == {**STAFF["staff"], "from": "owner", "at": "2022-09-20"}
    assert held(store, owner) == [("甲", {"staff": {"number": "20"}}, 1, True)]


def test_the_version_rises_with_every_change_of_a_value_and_only_then(store: Store) -> None:
    owner = chat(store, "1")
    with store.write() as transaction:
        number = enterprises.create(transaction, owner, "甲", STAFF, NOW).id
        assert enterprises.change(transaction, owner, number, NOW, facts=STAFF)
        assert enterprises.rename(transaction, owner, number, "乙")
    assert held(store, owner) == [("乙", {"staff": {"number": "20"}}, 1, True)]
    with store.write() as transaction:
        enterprises.change(transaction, owner, number, NOW, facts=HONEST, dropped=("staff", "nothing"))
    assert held(store, owner) == [("乙", {"honest": {"yes_no": True}}, 2, True)]


def test_one_of_several_is_active(store: Store) -> None:
    owner = chat(store, "1")
    with store.write() as transaction:
        first = enterprises.create(transaction, owner, "甲", STAFF, NOW).id
        second = enterprises.create(transaction, owner, "乙", {}, NOW).id
    assert [row[3] for row in held(store, owner)] == [False, True]
    with store.write() as transaction:
        assert enterprises.activate(transaction, owner, first)
    assert [row[3] for row in held(store, owner)] == [True, False]
    with store.write() as transaction:
        assert enterprises.drop(transaction, owner, first, NOW)
    assert [(row[0], row[3]) for row in held(store, owner)] == [("乙", True)]
    with store.write() as transaction:
        enterprises.drop(transaction, owner, second, NOW)
    assert held(store, owner) == []


def test_nobody_changes_what_is_not_theirs(store: Store) -> None:
    owner, stranger = chat(store, "1"), chat(store, "2")
    with store.write() as transaction:
        number = enterprises.create(transaction, owner, "甲", STAFF, NOW).id
        assert not enterprises.change(transaction, stranger, number, NOW, facts=HONEST)
        assert not enterprises.rename(transaction, stranger, number, "乙")
        assert not enterprises.activate(transaction, stranger, number)
        assert not enterprises.drop(transaction, stranger, number, NOW)
    assert held(store, owner) == [("甲", {"staff": {"number": "20"}}, 1, True)]
    assert held(store, stranger) == []


def test_an_enterprise_of_two_owners_stays_with_the_one_who_stays(store: Store) -> None:
    one, other = chat(store, "1"), chat(store, "2")
    with store.write() as transaction:
        number = enterprises.create(transaction, one, "甲", STAFF, NOW).id
        enterprises.link(transaction, other, number, NOW)
        assert sorted(enterprises.owners(transaction, number)) == sorted([one, other])
        enterprises.drop(transaction, one, number, NOW)
    assert held(store, one) == []
    assert held(store, other)[0][1] == {"staff": {"number": "20"}}


def test_what_staff_imported_stays_with_them_without_the_owners_words(store: Store) -> None:
    owner = chat(store, "1")
    number = imported(store, {"honest": {**HONEST["honest"], "from": "import"}})
    with store.write() as transaction:
        enterprises.link(transaction, owner, number, NOW)
        enterprises.change(transaction, owner, number, NOW, facts=STAFF)
        enterprises.drop(transaction, owner, number, NOW)
        kept = transaction.get_one(Enterprise, number)
        assert list(json.loads(kept.facts)) == ["honest"]
        assert kept.version == 3


def test_twenty_at_most(store: Store) -> None:
    owner = chat(store, "1")
    with store.write() as transaction:
        for _ in range(enterprises.MOST):
            enterprises.create(transaction, owner, "店", {}, NOW)
        with pytest.raises(enterprises.TooManyEnterprisesError):
            enterprises.create(transaction, owner, "店", {}, NOW)


def test_forgetting_a_person_forgets_the_enterprises(store: Store) -> None:
    owner = chat(store, "1")
    with store.write() as transaction:
        number = enterprises.create(transaction, owner, "甲", STAFF, NOW).id
        found = chats.find(transaction, "telegram", "1")
        assert found is not None
        forgetting.erase(transaction, found, NOW)
        assert transaction.get(Enterprise, number) is None


def test_what_nobody_talked_about_for_two_years_is_deleted_and_what_was_imported_is_not(store: Store) -> None:
    silent, talking = chat(store, "1"), chat(store, "2")
    late = NOW + retention.ENTERPRISES + timedelta(days=1)
    with store.write() as transaction:
        enterprises.create(transaction, silent, "甲", STAFF, NOW)
        enterprises.create(transaction, talking, "乙", STAFF, NOW)
        sessions.save(transaction, talking, "", 1, "{}", late - timedelta(days=3))
    imported(store, {})
    assert retention.apply(store, NOW + timedelta(days=700))["enterprises"] == 0
    with store.write() as transaction:
        sessions.save(transaction, talking, "", 1, "{}", late - timedelta(days=3))
    assert retention.apply(store, late)["enterprises"] == 1
    assert held(store, silent) == []
    assert len(held(store, talking)) == 1
