"""Lists of enterprises and link codes on both databases: a whole list or nothing, one owner a code."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import link_effects, people, telegram_updates
from bot.telegram_updates import CHANNEL, Me
from bot.worker import Worker
from handlers import linking
from handlers.linking import TryLinkCode, UseLinkCode
from handlers.person import NOBODY, Person
from handlers.reply import Reply, ReplyKind
from handlers.session import Session
from handlers.turn import Message, Turn
from policy_kb import loader
from policy_kb.catalogues import Catalogue
from scheduler.content import Content
from scheduler.timepiece import Bell
from storage import chats, enterprises, inbox, link_codes, outbox, registers
from storage.engine import Store
from storage.enterprise_tables import Enterprise, LinkCode
from storage.link_codes import GUESSES, LIFE, Standing
from storage.registers import Entry
from storage.tables import Chat, ChatKind, OutboxState
from tests.fakes.telegram.world import World
from tests.fakes.timepiece import FakeTime

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
ME = Me(4242, "huiqi_test_bot")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load()


def entry(key: str, name: str = "甲", district: str | None = "官渡区", **facts: Any) -> Entry:
    told = {fact: {"value": value, "words": ""} for fact, value in facts.items()}
    return Entry(key, name, district, registers.written(told, NOW))


def taken(store: Store, *entries: Entry, now: datetime = NOW) -> tuple[int, int, int]:
    with store.write() as session:
        *_, counts = registers.take_in(session, entries, now)
    return counts.added, counts.changed, counts.same


def kept(store: Store, key: str) -> registers.Shown:
    with store.read() as session:
        found = registers.find_key(session, key)
    assert found is not None
    return found


SMALL, LARGE = {"choice": "small"}, {"choice": "large"}


def test_a_list_is_added_then_found_unchanged_then_brought_up_to_date(store: Store) -> None:
    many = [entry(f"k{n}", f"企业{n}", employees={"number": str(n)}) for n in range(1200)]
    assert taken(store, *many) == (1200, 0, 0)
    assert taken(store, *many, now=NOW + timedelta(days=1)) == (0, 0, 1200)
    assert taken(store, entry("k7", "企业7", employees={"number": "70"}), *many[8:10]) == (0, 1, 2)
    assert kept(store, "k7").facts["employees"]["value"] == {"number": "70"}
    assert (kept(store, "k7").version, kept(store, "k8").version) == (2, 1)


def test_a_blank_changes_nothing_and_a_new_name_raises_no_version(store: Store) -> None:
    taken(store, entry("k", employees={"number": "5"}, enterprise_size=SMALL))
    assert taken(store, entry("k", "新名", None, enterprise_size=LARGE)) == (0, 1, 0)
    found = kept(store, "k")
    assert (found.name, found.district, found.version) == ("新名", "官渡区", 2)
    assert {name: told["value"] for name, told in found.facts.items()} == {
        "employees": {"number": "5"},
        "enterprise_size": LARGE,
    }
    assert taken(store, entry("k", "又一个名")) == (0, 1, 0)
    assert kept(store, "k").version == 2


def test_what_the_owner_told_is_not_overwritten_by_a_list(store: Store) -> None:
    taken(store, entry("k", employees={"number": "5"}, enterprise_size=SMALL))
    chat = person(store, 7)
    with store.write() as session:
        enterprises.link(session, chat.id, kept(store, "k").number, NOW)
        enterprises.change(
            session,
            chat.id,
            kept(store, "k").number,
            NOW,
            facts={"employees": {"value": {"number": "35"}, "words": ""}},
        )
    taken(store, entry("k", employees={"number": "6"}, enterprise_size=LARGE))
    assert {name: (told["value"], told["from"]) for name, told in kept(store, "k").facts.items()} == {
        "employees": ({"number": "35"}, "owner"),
        "enterprise_size": (LARGE, "import"),
    }
    with store.write() as session:  # who leaves takes along what they told
        enterprises.drop(session, chat.id, kept(store, "k").number, NOW)
    assert set(kept(store, "k").facts) == {"enterprise_size"}


def test_an_import_that_breaks_off_leaves_nothing(store: Store) -> None:
    def broken() -> Any:
        yield from (entry(f"k{n}") for n in range(1100))
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), store.write() as session:
        for _ in registers.take_in(session, broken(), NOW):
            pass
    with store.read() as session:
        assert registers.count(session) == {}


def test_pages_and_counts_go_by_district(store: Store) -> None:
    taken(store, entry("a"), entry("b", district="五华区"), entry("c", district=None))
    with store.read() as session:
        assert registers.count(session) == {("import", "官渡区"): 1, ("import", "五华区"): 1, ("import", "未填"): 1}
        assert [one.district for one in registers.page(session, district="五华区")] == ["五华区"]
        assert len(registers.page(session, after=registers.page(session)[0].number)) == 2


# ---- link codes


def person(store: Store, address: int) -> Chat:
    with store.write() as session:
        return chats.ensure(session, CHANNEL, str(address), ChatKind.PRIVATE, NOW)


def issued(store: Store, key: str = "k") -> str:
    taken(store, entry(key, employees={"number": "5"}, industry={"choice": "catering"}))
    with store.write() as session:
        return link_codes.issue(session, kept(store, key).number, NOW)


def test_a_code_works_once_in_any_writing_and_only_its_hash_is_kept(store: Store) -> None:
    code, one, two = issued(store), person(store, 1), person(store, 2)
    with store.read() as session:
        assert code.replace("-", "") not in str(session.scalars(select(LinkCode.code_hash)).all())
    with store.write() as session:
        found = link_codes.look(session, one.id, code.lower().replace("-", " "), NOW)
        assert found.standing is Standing.GOOD
        assert link_codes.use(session, one.id, found.mark, NOW).standing is Standing.GOOD
    with store.write() as session:
        assert link_codes.use(session, two.id, found.mark, NOW).standing is Standing.USED
        assert link_codes.look(session, two.id, code, NOW).standing is Standing.USED


def test_a_code_dies_after_a_week_and_with_the_next_one(store: Store) -> None:
    old, chat = issued(store), person(store, 1)
    with store.write() as session:
        new = link_codes.issue(session, kept(store, "k").number, NOW)
        assert link_codes.look(session, chat.id, old, NOW).standing is Standing.WRONG
        assert link_codes.look(session, chat.id, new, NOW + LIFE).standing is Standing.EXPIRED


def test_guessing_is_stopped_for_one_chat_and_one_hour_also_across_forget(store: Store) -> None:
    code, chat, other = issued(store), person(store, 1), person(store, 2)
    for left in range(GUESSES - 1, -1, -1):
        with store.write() as session:
            found = link_codes.look(session, chat.id, "WRONG-WRONG-WR", NOW)
            assert (found.standing, found.left) == (Standing.WRONG, left)
    with store.write() as session:
        from storage import forgetting

        forgetting.erase(session, session.get_one(Chat, chat.id), NOW)
        assert link_codes.look(session, chat.id, code, NOW).standing is Standing.TOO_MANY
        assert link_codes.look(session, other.id, code, NOW).standing is Standing.GOOD
        assert link_codes.look(session, chat.id, code, NOW + timedelta(hours=1)).standing is Standing.GOOD


def test_the_owner_sees_what_is_known_agrees_and_is_not_asked_again(store: Store, catalogue: Catalogue) -> None:
    code, chat = issued(store), person(store, 1)
    with store.write() as session:
        shown = link_effects.carry_out(session, chat, TryLinkCode(code), NOW, catalogue)
        assert people.load(session, CHANNEL, "1").enterprises == ()  # nothing without consent
        assert "甲（官渡区）" in shown.text
        assert "职工人数 5人" in shown.text
        mark = shown.rows[0][0].action.removeprefix("link:")
        assert "已绑定：甲" in link_effects.carry_out(session, chat, UseLinkCode(mark), NOW, catalogue).text
        assert "您已经绑定了甲" in link_effects.carry_out(session, chat, UseLinkCode(mark), NOW, catalogue).text
    with store.read() as session:
        known = people.load(session, CHANNEL, "1")
    assert known.enterprise is not None
    assert known.enterprise.facts["employees"].value == {"number": "5"}


def test_what_another_owner_told_is_not_shown_to_who_has_a_code(store: Store, catalogue: Catalogue) -> None:
    issued(store)
    first, second, number = person(store, 1), person(store, 2), kept(store, "k").number
    with store.write() as session:
        enterprises.link(session, first.id, number, NOW)
        enterprises.change(
            session, first.id, number, NOW, facts={"employees": {"value": {"number": "88"}, "words": "88"}}
        )
        code = link_codes.issue(session, number, NOW)
        shown = link_effects.carry_out(session, second, TryLinkCode(code), NOW, catalogue)
    assert "88" not in shown.text
    assert "行业 餐饮业" in shown.text


def test_every_refusal_has_words_of_its_own(store: Store, catalogue: Catalogue) -> None:
    code, chat, other = issued(store), person(store, 1), person(store, 2)
    with store.write() as session:
        later = link_effects.carry_out(session, chat, TryLinkCode(code), NOW + LIFE, catalogue)
        mark = link_codes.look(session, other.id, code, NOW).mark
        link_codes.use(session, other.id, mark, NOW)
        used = link_effects.carry_out(session, chat, UseLinkCode(mark), NOW, catalogue)
        wrong = [link_effects.carry_out(session, chat, TryLinkCode("ABCDEFGHJKLM"), NOW, catalogue) for _ in range(6)]
    words = [later.text, used.text, wrong[0].text, wrong[5].text]
    assert ["过期" in words[0], "用过" in words[1], "还能试4次" in words[2], "一小时后" in words[3]] == [True] * 4


class Linker:
    """A conversation that knows nothing but binding."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def turn(self, message: Message, session: Session, as_of: date, person: Person = NOBODY) -> Turn:
        found = linking.wanted(message.text, message.action, session, person)
        if found is None:
            return Turn(Reply("?", ReplyKind.UNKNOWN), session)
        return Turn(found.reply, found.session, found.effects, silent=bool(found.effects))


@dataclass
class Phone:
    """A chat with the worker, without a sender."""

    store: Store
    world: World
    worker: Worker
    talk: Linker
    time: FakeTime

    def say(self, who: int, text: str) -> list[Content]:
        self.world.says(who, text)
        return self._heard()

    def press(self, who: int, action: str) -> list[Content]:
        from tests.fakes.telegram import objects

        body = objects.message(1, who, objects.BOT, int(self.world.clock()), text="x")
        self.world.happens(callback_query=objects.callback(f"q{action}{who}", objects.user(who), body, action))
        return self._heard()

    def _heard(self) -> list[Content]:
        with self.store.write() as session:
            inbox.put(
                session, CHANNEL, [telegram_updates.raw(item) for item in self.world.pending(100)], self.time.now()
            )
        self.world.updates.clear()
        while self.worker.step(self.talk):
            pass
        with self.store.write() as session:
            rows = [item.row for item in outbox.listed(session, [OutboxState.READY])]
            for row in rows:
                row.state = OutboxState.SENT
            return [Content.from_json(row.content) for row in rows]


@pytest.fixture
async def phone(store: Store, catalogue: Catalogue) -> Phone:
    time = FakeTime(NOW)
    worker = Worker(store, time, Bell(), lambda: None, ME)
    return Phone(store, World(clock=time.seconds), worker, Linker(catalogue), time)


async def test_binding_goes_through_the_worker_and_says_one_thing_at_a_time(phone: Phone) -> None:
    code = issued(phone.store)
    [shown] = phone.say(1, f"绑定 {code}")
    assert "甲（官渡区）" in shown.text
    [refused] = phone.press(1, "link:no")
    assert "没有绑定" in refused.text
    [done] = phone.press(1, shown.rows[0][0].action)
    assert "已绑定：甲" in done.text
    [late] = phone.press(2, shown.rows[0][0].action)
    assert "用过" in late.text
    with phone.store.read() as session:
        [owner] = enterprises.owners(session, session.scalars(select(Enterprise.id)).one())
        assert session.get_one(Chat, owner).address == "1"


async def test_no_code_stands_in_a_transcript_or_an_event(phone: Phone) -> None:
    code = issued(phone.store)
    phone.say(1, f"/link {code}")
    from storage.tables import Event, Transcript

    with phone.store.read() as session:
        kept_words = [one.question + one.answer for one in session.scalars(select(Transcript))]
        details = [json.dumps(one.detail) for one in session.scalars(select(Event))]
    assert not [words for words in (*kept_words, *details) if code[:4] in words]
