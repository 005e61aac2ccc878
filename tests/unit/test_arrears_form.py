"""The form of a complaint about a debt: asked one by one, read from one message, limits of the official channel."""

from datetime import date

import pytest

from handlers import arrears
from handlers.reply import ReplyKind
from handlers.ticket_effects import OpenTicket
from tests.unit.test_handoff import Talker

NOW = date(2026, 11, 22)


def test_one_question_after_the_other_until_it_can_be_submitted() -> None:
    talk = Talker()
    reply = talk.say("我要投诉，某某局欠我们钱不给")
    assert "多少钱" in reply.text
    assert "已记下欠款方：某某局；欠款方是：机关、事业单位" in reply.text
    assert "从什么时候" in talk.say("86万").text
    assert "合同" in talk.say("2021年3月").text
    reply = talk.press("有合同")
    for part in ("某某局", "86万", "2021年3月", "有合同", "云南省民营企业投诉中心", "小企业之间的不在内", "人工"):
        assert part in reply.text
    assert len(reply.text) <= 450
    talk.press("提交")
    wish = talk.effect(OpenTicket)
    assert isinstance(wish, OpenTicket)
    assert wish.kind == "arrears"
    assert dict(wish.details) == {
        "欠款方": "某某局",
        "欠款方是": "机关、事业单位",
        "金额": "86万元",
        "从何时起": "2021年3月",
        "合同": "有合同",
    }
    assert talk.session.form is None


def test_all_of_it_may_be_said_in_one_message() -> None:
    talk = Talker()
    reply = talk.say("我要投诉官渡区某某局欠我们工程款86万，从2021年3月拖到现在，有合同，帮我要")
    assert reply.kind is ReplyKind.HANDOFF
    assert [button.label for button in reply.buttons] == ["提交", "重填", "不投诉了"]
    assert "官渡区某某局" in reply.text


@pytest.mark.parametrize(
    "question",
    [
        "拖欠账款怎么投诉",
        "单位欠钱不给能投诉吗",
        "2020年就投诉过被拖欠，到现在没办结，这种旧件还管不管",
        "欠我们的数目大，对方说一下子还不清要签协议慢慢还，最多能给他拖多长",
        "我要投诉,给我找个能管事的人",
        "高速口把我们货车卡住不让走，打哪个号投诉",
        "我要投诉老板拖欠我们工资",
        "某事业单位欠我们货款180万拖了快一年,按清欠的时间表这种规模的应该什么时候清完?",
    ],
)
def test_a_question_about_complaining_is_no_complaint(question: str) -> None:
    assert not arrears.wanted(question)


@pytest.mark.parametrize(
    "complaint",
    [
        "我要投诉住建局欠我们工程款",
        "帮我投诉一下，开发商拖着货款不给，我要投诉",
        "甲方欠我们货款，帮我们追",
        "我想举报某某公司拖欠货款",
        "医院欠我30万药款一直不给，我要登记投诉",
    ],
)
def test_a_complaint_opens_the_form(complaint: str) -> None:
    assert arrears.wanted(complaint)


@pytest.mark.parametrize("sort", ["中小企业", "个人"])
def test_a_debt_of_a_small_firm_or_a_person_is_not_taken_and_a_human_is_offered(sort: str) -> None:
    talk = Talker()
    talk.say("我要投诉，老王五金欠我们货款")
    reply = talk.press(sort)
    assert "不受理" in reply.text
    assert [button.label for button in reply.buttons] == ["转人工"]
    assert talk.session.form is None
    assert not talk.last.effects


def test_limits_and_channels_are_those_known_on_the_day() -> None:
    talk = Talker()
    talk.say("我要投诉，老王五金欠我们货款")
    assert "条例" not in talk.press("中小企业").text  # the regulation of 2025 is not known in 2022
    now = arrears.typed("我要投诉，小公司欠我们货款", talk.session, talk.talk.catalogue, NOW)
    assert now is not None
    assert "条例" in now.reply.text


def test_what_cannot_be_read_is_asked_once_more_and_then_kept_as_said() -> None:
    talk = Talker()
    talk.say("我要投诉住建局欠我们工程款")
    reply = talk.say("挺多的")
    assert "没看出金额" in reply.text
    assert "从什么时候" in talk.say("挺多的").text
    assert talk.say("不清楚").text.count("说不清") == 1


def test_a_question_in_the_middle_is_answered_and_the_form_waits() -> None:
    talk = Talker()
    talk.say("我要投诉住建局欠我们工程款")
    assert talk.say("稳岗返还能返多少").kind is not ReplyKind.HANDOFF
    assert "从什么时候" in talk.say("86万").text


def test_it_can_be_dropped_and_begun_anew_and_old_buttons_say_so() -> None:
    talk = Talker()
    talk.say("我要投诉住建局欠我们工程款")
    assert "没有登记" in talk.say("算了").text
    assert "已经结束" in talk.say(action="arrears:submit").text
    assert not talk.last.effects
    assert "谁欠您" in talk.press("登记拖欠投诉").text


def test_numbers_of_people_are_masked_in_the_form() -> None:
    talk = Talker()
    talk.say("我要投诉住建局欠我们工程款")
    talk.say("记不得了，问13812345678")
    talk.say("问13812345678")
    assert "13812345678" not in talk.session.model_dump_json()


def test_the_form_names_only_what_the_catalogue_has() -> None:
    catalogue = Talker().talk.catalogue
    for name, point in (*arrears.CHANNELS, arrears.LIMITS):
        assert point in {one.id for one in catalogue.entries[name].points}
    assert arrears.LEAD in catalogue.entries
