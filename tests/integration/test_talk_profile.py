"""The profile: kept with consent, never asked twice, changed and forgotten at will, several enterprises. Both databases."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from bot import effects, people
from handlers.reply import Reply, ReplyKind
from handlers.session import Session
from policy_kb.eligibility import Outward
from storage import chats, enterprises
from storage.engine import Store
from storage.tables import ChatKind
from tests.fakes.talks import Chat, well_formed

MOMENT = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)
STORY = "我们是小型企业，公司，没裁员，去年失业保险费交了10万，稳岗返还能返多少"


class Owner:
    """Somebody whose talks go through a database: loaded before a turn, effects carried out after it."""

    def __init__(self, store: Store, address: str = "7", kind: ChatKind = ChatKind.PRIVATE) -> None:
        self.store, self.address, self.kind = store, address, kind
        self.chat = Chat()

    def say(self, text: str, *more: str) -> Reply:
        reply = self._through(partial(self.chat.say, text))
        for other in more:
            reply = self._through(partial(self.chat.say, other))
        return reply

    def press(self, wanted: str) -> Reply:
        return self._through(partial(self.chat.press, wanted))

    def act(self, action: str) -> Reply:
        return self._through(partial(self.chat.act, action))

    def later(self) -> None:
        """Another talk, long after."""
        self.chat = Chat()

    def kept(self) -> list[tuple[str, dict[str, object], int]]:
        """Name, values and version of the enterprises of this owner, the active one first."""
        with self.store.read() as transaction:
            chat = chats.find(transaction, "telegram", self.address)
            found = enterprises.of_chat(transaction, chat.id) if chat else []
            ordered = sorted(found, key=lambda pair: not pair[1].is_active)
            return [
                (one.name, {k: v["value"] for k, v in json.loads(one.facts).items()}, one.version) for one, _ in ordered
            ]

    def _through(self, turn: Callable[[], Reply]) -> Reply:
        with self.store.write() as transaction:
            chats.ensure(transaction, "telegram", self.address, self.kind, MOMENT)
        with self.store.read() as transaction:
            self.chat.person = people.load(transaction, "telegram", self.address)
        reply = turn()
        well_formed(reply)
        with self.store.write() as transaction:
            chat = chats.ensure(transaction, "telegram", self.address, self.kind, MOMENT)
            for effect in self.chat.effects:
                effects.carry_out(transaction, chat, effect, MOMENT)
        return reply


def remembered(store: Store) -> Owner:
    owner = Owner(store)
    owner.say(STORY)
    owner.press("记住我的情况")
    return owner


def test_consent_is_asked_once_and_nothing_is_kept_without_it(store: Store) -> None:
    owner = Owner(store)
    reply = owner.say(STORY)
    assert reply.buttons[-1].label == "记住我的情况"
    assert "记住" in reply.text
    again = owner.say("不对，是20万")
    assert "记住我的情况" not in [button.label for button in again.buttons]
    assert owner.kept() == []
    owner.later()
    assert owner.chat.session.facts == {}
    assert "还没有记下" in owner.say("/profile").text


def test_with_consent_nothing_told_is_asked_again_in_a_later_talk(store: Store) -> None:
    owner = remembered(store)
    ((name, facts, version),) = owner.kept()
    assert (name, version) == ("", 1)
    assert facts["unemployment_premium_paid"] == {"number": "100000"}
    owner.later()
    reply = owner.act("check:job-retention-refund-2022")
    assert reply.verdict is Outward.ELIGIBLE
    assert "9万元" in reply.text
    assert "记住我的情况" not in [button.label for button in reply.buttons]


def test_facts_told_later_and_corrections_go_to_the_profile_at_once(store: Store) -> None:
    owner = remembered(store)
    owner.later()
    owner.say("稳岗返还能返多少", "不对，失业保险费是20万")
    owner.act("check:expansion-subsidy-2022")
    owner.press("毕业年度高校毕业生（应届）")
    ((_, facts, version),) = owner.kept()
    assert facts["unemployment_premium_paid"] == {"number": "200000"}
    assert facts["young_hires"] == {"choice": "graduate_this_year"}
    assert version > 1


def test_not_knowing_is_not_kept(store: Store) -> None:
    owner = remembered(store)
    owner.act("check:expansion-subsidy-2022")
    owner.press("不清楚")
    ((_, facts, version),) = owner.kept()
    assert "young_hires" not in facts
    assert version == 1
    assert "young_hires" in owner.chat.session.facts


def test_the_profile_shows_changes_and_deletes_a_fact(store: Store) -> None:
    owner = remembered(store)
    owner.later()
    reply = owner.say("/profile")
    assert "10万元" in reply.text
    assert "小型" in reply.text
    owner.press("改一项")
    owner.press("企业规模")
    assert "中型" in owner.press("中型").text
    owner.press("改一项")
    owner.press("上年实缴失业保险费")
    assert "30万元" in owner.say("30万").text
    owner.press("删一项")
    reply = owner.press("上年实缴失业保险费")
    assert "30万元" not in reply.text
    ((_, facts, version),) = owner.kept()
    assert facts["enterprise_size"] == {"choice": "medium"}
    assert "unemployment_premium_paid" not in facts
    assert version == 4


def test_an_enterprise_gets_a_name_and_another_one_is_kept_apart(store: Store) -> None:
    owner = remembered(store)
    owner.say("/profile")
    owner.press("改名")
    assert "盘龙面馆" in owner.say("盘龙面馆").text
    owner.press("加一家企业")
    owner.say("官渡厂")
    owner.say("我们是制造业的，有60个员工")
    assert [(name, "employees" in facts) for name, facts, _ in owner.kept()] == [("官渡厂", True), ("盘龙面馆", False)]
    assert "unemployment_premium_paid" not in owner.chat.session.facts
    owner.later()
    assert "60人" in owner.say("/profile").text
    owner.press("换一家")
    reply = owner.press("盘龙面馆")
    assert "10万元" in reply.text
    assert "60人" not in reply.text
    assert "10万元" in owner.say("/profile").text


def test_an_enterprise_is_forgotten_after_a_second_word_and_the_other_stays(store: Store) -> None:
    owner = remembered(store)
    owner.act("pf:new")
    owner.say("官渡厂")
    owner.say("/profile")
    assert len(owner.kept()) == 2
    owner.press("忘掉这家")
    assert len(owner.kept()) == 2
    owner.press("确定忘掉")
    assert [name for name, _, _ in owner.kept()] == [""]
    assert "10万元" in owner.say("/profile").text


def test_forget_erases_every_enterprise_and_what_was_told(store: Store) -> None:
    owner = remembered(store)
    owner.say("/forget")
    assert owner.kept() == []
    assert owner.chat.session == Session()
    assert "还没有记下" in owner.say("/profile").text


def test_what_was_deleted_elsewhere_does_not_come_back(store: Store) -> None:
    owner, other = remembered(store), Owner(store, "8")
    other.say("你好")
    with store.write() as transaction:
        mine = chats.find(transaction, "telegram", "7")
        second = chats.find(transaction, "telegram", "8")
        assert mine is not None
        assert second is not None
        number = enterprises.of_chat(transaction, mine.id)[0][0].id
        enterprises.link(transaction, second.id, number, MOMENT)
        enterprises.change(transaction, second.id, number, MOMENT, dropped=("layoffs_low",))
    owner.say("稳岗返还到哪天截止")
    assert "layoffs_low" not in owner.chat.session.facts
    assert "layoffs_low" not in owner.kept()[0][1]


def test_in_a_group_nothing_is_offered_and_nothing_kept(store: Store) -> None:
    owner = Owner(store, "-100", ChatKind.GROUP)
    reply = owner.say(STORY)
    assert "记住我的情况" not in [button.label for button in reply.buttons]
    assert owner.act("pf:keep").kind is ReplyKind.GREETING
    assert owner.kept() == []


@pytest.mark.parametrize("text", ["这个名字怎么样？", "稳岗返还能返多少", "/check"])
def test_a_message_that_is_no_name_is_taken_for_what_it_is(store: Store, text: str) -> None:
    owner = remembered(store)
    owner.act("pf:name")
    owner.say(text)
    assert [name for name, _, _ in owner.kept()] == [""]
    assert owner.chat.session.waiting is None


def test_a_telephone_number_is_never_kept_with_a_name(store: Store) -> None:
    owner = remembered(store)
    owner.act("pf:name")
    owner.say("老王面馆" + "1" + "3800138000")
    assert "3800138000" not in json.dumps(owner.kept())


def test_old_buttons_of_a_profile_that_is_gone_do_no_harm(store: Store) -> None:
    owner = Owner(store)
    for action in ("pf:edit:gone", "pf:del:gone", "pf:switch:99", "pf:drop:99", "pf:name", "pf:new", "pf:", "pf:edit"):
        assert owner.act(action).kind in {ReplyKind.LIST, ReplyKind.CLARIFY}
    assert owner.kept() == []
