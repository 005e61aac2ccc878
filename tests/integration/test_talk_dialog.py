"""A dialog that does not go straight: contradictions, impossible numbers, questions in between, pauses, another catalogue."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from handlers.conversation import Conversation
from handlers.reply import Reply, ReplyKind
from handlers.session import Session
from handlers.turn import Message
from policy_kb import values
from policy_kb.eligibility import Outward
from policy_kb.facts import Unknown, Why
from tests.fakes.talks import DAY, NOW, Chat, assistant, mind, well_formed

REFUND, HIRES = "job-retention-refund-2022", "expansion-subsidy-2022"


def value(chat: Chat, name: str) -> Any:
    return values.from_json(chat.session.facts[name].value)


def asked(chat: Chat) -> str | None:
    return chat.session.dialog.asked if chat.session.dialog else None


# ---- what was said differently --------------------------------------------------------------------------------------


def test_the_later_of_two_answers_counts_and_the_reply_says_what_changed() -> None:
    chat = Chat()
    chat.say("我们制造业的公司，320个员工，没裁员，能享受稳岗返还吗")
    reply = chat.say("不对，是35个人")
    assert value(chat, "employees") == Decimal(35)
    assert "320人" in reply.text
    assert "35人" in reply.text
    assert reply.kind is ReplyKind.ELIGIBILITY


def test_a_button_that_contradicts_an_answer_says_what_changed() -> None:
    chat = Chat()
    chat.act(f"check:{REFUND}")
    chat.act("a:layoffs_low:yes")
    reply = chat.act("a:layoffs_low:no")
    assert reply.verdict is Outward.NOT_ELIGIBLE
    assert "从是改成否" in reply.text


def test_saying_the_same_more_roughly_takes_nothing_back() -> None:
    chat = Chat()
    chat.say("我们是小型企业，没裁员，能享受稳岗返还吗")
    chat.say("就是小微企业嘛")
    assert value(chat, "enterprise_size") == "small"


def test_several_facts_in_one_message_are_said_back() -> None:
    chat = Chat()
    chat.act(f"check:{REFUND}")
    reply = chat.say("我开火锅店的，二十来个员工，没裁过人")
    assert {"industry", "employees", "layoffs_low"} <= set(chat.session.facts)
    assert "记下了：" in reply.text
    assert "餐饮业" in reply.text
    assert "不裁员" in reply.text


# ---- impossible numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["-5人", "负5人", "0人", "10亿人", "我们有十亿人", "员工0个人"])
def test_an_impossible_number_is_told_and_the_old_one_stays(text: str) -> None:
    chat = Chat()
    chat.say("我们制造业的公司，320个员工，没裁员，能享受稳岗返还吗")
    reply = chat.say(text)
    well_formed(reply)
    assert "不像职工人数" in reply.text
    assert "320人" in reply.text
    assert value(chat, "employees") == Decimal(320)


def test_an_impossible_number_in_a_dialog_leaves_the_question_standing() -> None:
    chat = Chat()
    first = chat.act(f"check:{REFUND}")
    reply = chat.say("10亿人")
    well_formed(reply)
    assert "不像" in reply.text
    assert "employees" not in chat.session.facts
    assert reply.text.splitlines()[-1] == first.text.splitlines()[-1]


def test_an_impossible_number_among_other_facts_does_not_lose_these() -> None:
    chat = Chat()
    chat.act(f"check:{REFUND}")
    reply = chat.say("我们是小型公司，没裁员，有10亿人")
    assert "不像职工人数" in reply.text
    assert "employees" not in chat.session.facts
    assert value(chat, "layoffs_low") is True


# ---- what was not asked ---------------------------------------------------------------------------------------------


def test_an_answer_to_a_question_not_asked_is_kept_and_the_question_stands() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    before = asked(chat)
    reply = chat.say("我们公司有20个员工")
    assert asked(chat) == before
    assert value(chat, "employees") == Decimal(20)
    assert "20人" in reply.text
    assert "请问：" in reply.text


def test_words_that_answer_nothing_are_told_and_the_question_stands() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    before = asked(chat)
    reply = chat.say("我想想啊")
    assert asked(chat) == before
    assert reply.kind is ReplyKind.ELIGIBILITY
    assert "请问：" in reply.text


@pytest.mark.parametrize(("text", "why"), [("不清楚", Why.UNSURE), ("这个不方便说", Why.DECLINED)])
def test_what_is_not_known_or_not_told_is_parked_and_the_rest_goes_on(text: str, why: Why) -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    first = asked(chat)
    assert first is not None
    chat.say(text)
    assert value(chat, first) == Unknown(why)
    assert asked(chat) not in {None, first}


def test_with_everything_parked_the_verdict_names_what_it_hangs_on() -> None:
    chat = Chat()
    reply = chat.act(f"check:{HIRES}")
    while chat.session.dialog is not None:
        reply = chat.say("不清楚")
    assert reply.verdict is Outward.DEPENDS
    assert "合同" in reply.text
    assert "随时告诉我" in reply.text


# ---- in between -----------------------------------------------------------------------------------------------------


def test_after_a_question_in_between_the_pending_one_is_said_again_and_can_be_answered() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    before = asked(chat)
    reply = chat.say("科技创新券一年封顶多少？")
    well_formed(reply)
    assert "30万元" in reply.text
    assert "扩岗补助" in reply.text
    assert reply.buttons[-1].label == "接着确认"
    back = chat.press("接着确认")
    assert asked(chat) == before
    assert back.kind is ReplyKind.ELIGIBILITY
    chat.say("科技创新券归哪个部门管？")
    answered = chat.say("招的应届生")
    assert answered.measures == (HIRES,)
    assert value(chat, "young_hires") == "graduate_this_year"


def test_a_question_about_the_measure_itself_is_answered_in_between() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    reply = chat.say("这个到哪天截止？")
    assert "2022年12月31日" in reply.text
    assert chat.session.dialog is not None


@pytest.mark.parametrize("text", ["算了", "取消", "先不弄了，不想答了", "不测了"])
def test_cancelling_in_words_ends_the_dialog_and_loses_nothing(text: str) -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    chat.say("签了合同")
    chat.say(text if text != "先不弄了，不想答了" else "不想答了")
    assert chat.session.dialog is None
    assert value(chat, "labour_contract") is True


def test_why_in_words_names_the_condition_with_its_clause() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    reply = chat.say("为什么要问这个")
    assert "毕业" in reply.text
    assert "二（四）" in reply.text
    assert asked(chat) == "young_hires"


# ---- an answer is changed -------------------------------------------------------------------------------------------


def test_an_answer_can_be_picked_and_given_anew() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    chat.press("毕业年度高校毕业生（应届）")
    chat.act("a:labour_contract:no")
    assert chat.replies[-1].verdict is Outward.NOT_ELIGIBLE
    chat.press("改答案")
    chat.press("签订劳动合同")
    reply = chat.press("是")
    assert reply.verdict is None
    assert value(chat, "labour_contract") is True
    assert "从否改成是" in reply.text


def test_that_was_wrong_asks_which_answer() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    chat.say("招的应届生")
    reply = chat.say("说错了")
    assert any(button.action == "edit:young_hires" for button in reply.buttons)


# ---- days later, and another catalogue ------------------------------------------------------------------------------


def test_a_dialog_goes_on_days_later_and_says_so() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    chat.say("招的应届生")
    chat.day = date(2022, 9, 28)
    reply = chat.say("签了合同")
    assert "9月20日" in reply.text
    assert "9月28日" in reply.text
    assert value(chat, "young_hires") == "graduate_this_year"


def test_a_dialog_whose_measure_has_ended_meanwhile_is_told_so() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    chat.day = NOW
    reply = chat.say("签了合同")
    assert reply.kind is ReplyKind.EXPIRED
    assert chat.session.dialog is None


def without(*, measure: str = "", fact: str = "", choice: tuple[str, str] = ("", "")) -> Conversation:
    """The assistant after an entry was taken out of the catalogue."""
    held = assistant().catalogue
    facts = {name: one for name, one in held.facts.items() if name != fact}
    if choice[0]:
        old = facts[choice[0]]
        facts[old.id] = old.model_copy(update={"values": {k: v for k, v in old.values.items() if k != choice[1]}})
    measures = {name: one for name, one in held.measures.items() if name != measure}
    return Conversation(replace(held, facts=facts, measures=measures), mind())


def after(chat: Chat, talk: Conversation, *, text: str = "", action: str | None = None) -> tuple[Reply, Session]:
    turn = talk.turn(Message(text=text, action=action), chat.session, DAY)
    return turn.reply, turn.session


def test_a_measure_gone_meanwhile_ends_the_dialog_with_a_word_and_keeps_the_facts() -> None:
    chat = Chat()
    chat.act(f"check:{HIRES}")
    chat.say("招的应届生")
    for text, action in [("签了合同", None), ("", "a:labour_contract:yes"), ("", "resume"), ("", "why")]:
        reply, session = after(chat, without(measure=HIRES), text=text, action=action)
        assert "更新或撤下" in reply.text, (text, action)
        assert session.dialog is None
        assert "young_hires" in session.facts


def test_a_fact_gone_meanwhile_is_passed_over() -> None:
    chat = Chat()
    chat.act(f"check:{REFUND}")
    chat.act("a:layoffs_low:yes")
    chat.session.facts["gone"] = chat.session.facts["layoffs_low"]
    reply = chat.say("是公司")
    assert reply.kind is ReplyKind.ELIGIBILITY
    assert chat.act("a:gone:yes").kind is ReplyKind.ELIGIBILITY
    assert "gone" not in chat.act("pf:show").text
    assert "gone" in chat.session.facts  # should it come back, it is there


def test_an_answer_that_is_gone_meanwhile_is_asked_anew() -> None:
    chat = Chat()
    chat.act(f"check:{REFUND}")
    chat.act("a:enterprise_size:medium")
    chat.act("a:organisation:enterprise")
    talk = without(choice=("enterprise_size", "medium"))
    reply, session = after(chat, talk, action="a:layoffs_low:yes")
    assert reply.verdict is None
    assert session.dialog is not None
    reply, _ = after(chat, talk, action="a:enterprise_size:medium")
    assert "已经更新" in reply.text


def test_a_bracket_of_an_older_catalogue_still_means_what_it_said() -> None:
    chat = Chat()
    chat.act(f"check:{REFUND}")
    reply = chat.act("a:employees:[17,23]")
    well_formed(reply)
    assert "employees" in chat.session.facts
