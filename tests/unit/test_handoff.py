"""The owner's side of a ticket: opening, silence while a human has it, the assistant in between, grading."""

from datetime import date

import pytest

from handlers.person import NOBODY, LiveTicket, Person
from handlers.reply import Reply, ReplyKind
from handlers.session import Session
from handlers.ticket_effects import GiveBack, GradeTicket, OpenTicket, ReopenTicket, TakeBack, TellTicket
from handlers.turn import Effect, Message, Turn
from storage.content import File
from tests.fakes import minds

DAY = date(2022, 9, 20)
WAITING = Person(ticket=LiveTicket(5, "HD-20220920-0001", "稳岗返还"))
WITH_HUMAN = Person(ticket=LiveTicket(5, "HD-20220920-0001", "稳岗返还", with_human=True))
BOT_ON = Person(ticket=LiveTicket(5, "HD-20220920-0001", "稳岗返还", bot_on=True))
PHOTO = File(kind="photo", id="p", size=1000)


class Talker:
    """A talk that keeps its session."""

    def __init__(self, person: Person = NOBODY) -> None:
        self.talk = minds.conversation()
        self.session = Session()
        self.person = person
        self.last = Turn(Reply("", ReplyKind.ANSWER), self.session)

    def say(self, text: str = "", **more: object) -> Reply:
        self.last = self.talk.turn(Message(text=text, **more), self.session, DAY, self.person)  # type: ignore[arg-type]
        self.session = Session.model_validate_json(self.last.session.model_dump_json())
        return self.last.reply

    def press(self, label: str) -> Reply:
        return self.say(action=next(one.action for one in self.last.reply.buttons if one.label == label))

    def effect(self, kind: type[Effect]) -> Effect:
        found = [effect for effect in self.last.effects if isinstance(effect, kind)]
        assert len(found) == 1, self.last.effects
        return found[0]


@pytest.mark.parametrize("words", ["/human", "转人工", "你还是没懂，喊你们负责的人来"])
def test_who_asks_for_a_human_gets_a_ticket_with_all_that_is_known(words: str) -> None:
    talk = Talker()
    talk.say("稳岗返还能返多少，电话13812345678")
    reply = talk.say(words)
    wish = talk.effect(OpenTicket)
    assert isinstance(wish, OpenTicket)
    assert reply.kind is ReplyKind.HANDOFF
    assert "人工" in reply.text
    assert (wish.measure, wish.kind) == (minds.ENTRY, "advisory")
    assert wish.transcript[0] == "稳岗返还能返多少，电话［手机号］"
    assert wish.candidates[0][0] == minds.ENTRY


@pytest.mark.parametrize("words", ["不对", "没用", "还是不明白", "答非所问", "你没回答我", "不是我要问的"])
def test_an_unknown_that_is_not_accepted_offers_a_human_and_opens_nothing_yet(words: str) -> None:
    talk = Talker()
    assert talk.say("补贴什么时候到账给我个准话").kind is ReplyKind.UNKNOWN
    reply = talk.say(words)
    assert reply.kind is ReplyKind.HANDOFF
    assert "人工" in reply.text
    assert not talk.last.effects
    talk.press("转人工")
    wish = talk.effect(OpenTicket)
    assert isinstance(wish, OpenTicket)
    assert wish.reason == "declined"


def test_anger_offers_a_human_whose_ticket_is_a_complaint() -> None:
    talk = Talker()
    assert talk.say("你这个傻X机器人，屁用没有").kind is ReplyKind.HANDOFF
    assert not talk.last.effects
    talk.press("转人工")
    wish = talk.effect(OpenTicket)
    assert isinstance(wish, OpenTicket)
    assert wish.kind == "complaint"


def test_while_a_human_has_it_texts_and_files_go_to_the_ticket_and_the_assistant_is_silent() -> None:
    talk = Talker(WITH_HUMAN)
    talk.say("稳岗返还能返多少", source="41")
    assert talk.last.silent
    assert talk.last.effects == (TellTicket(5, "稳岗返还能返多少", None, "41"),)
    talk.say("看这个", file=PHOTO, source="42")
    assert talk.last.silent
    assert talk.last.effects == (TellTicket(5, "看这个", PHOTO, "42"),)
    talk.say("看那个", source="42", edited=True)
    assert talk.last.effects == (TellTicket(5, "看那个", None, "42", edited=True),)


def test_while_a_human_has_it_commands_and_buttons_still_work() -> None:
    talk = Talker(WITH_HUMAN)
    assert talk.say("/policies").kind is ReplyKind.LIST
    assert not talk.last.silent
    assert not talk.last.effects
    assert talk.say(action=f"m:{minds.ENTRY}").measures == (minds.ENTRY,)


def test_bot_gives_the_talk_back_and_the_button_takes_it_to_the_human_again() -> None:
    talk = Talker(WITH_HUMAN)
    reply = talk.say("/bot")
    assert talk.effect(GiveBack) == GiveBack(5)
    assert "HD-20220920-0001" in reply.text
    talk.person = BOT_ON
    assert talk.say("稳岗返还能返多少").kind is not ReplyKind.HANDOFF
    assert not talk.last.effects
    talk.last = Turn(reply, talk.session)
    talk.press("回到人工")
    assert talk.effect(TakeBack) == TakeBack(5)
    talk.say("/human")
    assert talk.effect(TakeBack) == TakeBack(5)


def test_bot_without_a_ticket_says_that_it_is_there() -> None:
    assert Talker().say("/bot").kind is ReplyKind.GREETING


def test_while_a_ticket_waits_the_assistant_answers_what_it_knows_and_everything_reaches_the_ticket() -> None:
    talk = Talker(WAITING)
    reply = talk.say("稳岗返还能返多少", source="41")
    assert minds.ENTRY in reply.measures
    assert TellTicket(5, "稳岗返还能返多少", None, "41") in talk.last.effects
    talk = Talker(WAITING)
    reply = talk.say("官渡区，老王面馆，补贴没到账", source="42")
    assert "已补充到工单HD-20220920-0001" in reply.text
    assert TellTicket(5, "官渡区，老王面馆，补贴没到账", None, "42") in talk.last.effects
    reply = talk.say(file=PHOTO, source="43")
    assert "已补充" in reply.text
    assert talk.last.effects == (TellTicket(5, "", PHOTO, "43"),)


@pytest.mark.parametrize("person", [WAITING, WITH_HUMAN])
def test_a_file_over_20_megabytes_is_refused_with_its_size(person: Person) -> None:
    talk = Talker(person)
    reply = talk.say("看", file=File(kind="document", id="d", size=20 * 1024 * 1024 + 1))
    assert "21MB" in reply.text
    assert "20MB" in reply.text
    assert not talk.last.silent
    assert not talk.last.effects


def test_grades_and_reopening_go_to_the_ticket_they_name() -> None:
    talk = Talker()
    talk.say(action="grade:7:2")
    assert (talk.last.effects, talk.last.silent) == ((GradeTicket(7, 2),), True)
    talk.say(action="reopen:7")
    assert (talk.last.effects, talk.last.silent) == ((ReopenTicket(7),), True)
    for forged in ("grade:7:6", "grade:x:1", "grade:7", "reopen:", "d:claim:7", "human:back"):
        reply = talk.say(action=forged)
        assert not talk.last.effects
        assert not talk.last.silent
        assert reply.text
