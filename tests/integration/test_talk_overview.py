"""What can I get, over all measures: a few questions, what is settled, and on."""

import pytest

from handlers import overview
from handlers.reply import Reply, ReplyKind
from policy_kb.eligibility import Outward
from tests.fakes.talks import NOW, Chat, assistant, well_formed


def answer(chat: Chat, last: Reply) -> Reply:
    """Press the first answer offered, or say that it is not known."""
    pressed = next(button for button in last.buttons if button.action.startswith("a:"))
    return chat.act(pressed.action)


def round_of(chat: Chat, reply: Reply) -> tuple[Reply, int]:
    """Answer until results are shown."""
    count = 0
    while reply.kind is ReplyKind.ELIGIBILITY:
        well_formed(reply)
        reply = answer(chat, reply)
        count += 1
        assert count < 20
    return reply, count


@pytest.mark.parametrize("text", ["/check", "我们能享受哪些政策", "我能领哪些补贴"])
def test_it_asks_what_decides_most(text: str) -> None:
    reply = Chat().say(text)
    well_formed(reply)
    assert reply.kind is ReplyKind.ELIGIBILITY
    assert reply.verdict is None
    assert "请问：" in reply.text
    assert {"为什么问", "先看结果", "先不答了", "不清楚"} <= {button.label for button in reply.buttons}


def test_after_five_questions_it_shows_what_is_settled_and_offers_to_go_on() -> None:
    chat = Chat()
    reply, count = round_of(chat, chat.say("/check"))
    well_formed(reply)
    assert count == overview.ROUND
    assert "符合" in reply.text
    assert "不符合" in reply.text
    assert reply.measures
    before = set(chat.session.facts)
    more, _ = round_of(chat, chat.press("接着问"))
    assert more.kind is ReplyKind.LIST
    assert len(chat.session.facts) > len(before)


def test_results_are_the_verdicts_of_the_engine_and_open_one_by_one() -> None:
    chat = Chat()
    chat.say("/check", "餐饮业的公司，20个人，小型企业", "没裁过人")
    reply = chat.press("先看结果")
    found = overview.settled(chat.session.known(), assistant().catalogue, chat.day)
    assert "job-retention-refund-2022" in {one.measure.id for one in found.fits}
    assert reply.text.count("【符合】") == min(len(found.fits), overview.PAGE)
    assert chat.act("check:job-retention-refund-2022").verdict is Outward.ELIGIBLE


def test_pages_lead_to_everything_that_fits_or_may() -> None:
    chat = Chat()
    chat.say("/check", "我开火锅店的，二十来个员工，没裁过人")
    reply = chat.press("先看结果")
    found = overview.settled(chat.session.known(), assistant().catalogue, chat.day)
    seen = list(reply.measures)
    while any(button.label == "更多" for button in reply.buttons):
        well_formed(reply)
        reply = chat.press("更多")
        seen += reply.measures
    assert seen == [one.measure.id for one in found.shown]


def test_the_number_of_a_line_opens_it() -> None:
    chat = Chat()
    chat.say("/check", "我开火锅店的，二十来个员工，没裁过人")
    first = chat.press("先看结果")
    assert chat.say("第二个").measures == (first.measures[1],)


def test_what_does_not_fit_is_listed_with_the_condition_that_fails() -> None:
    chat = Chat()
    chat.say("/check", "我开火锅店的，二十来个员工，没裁过人")
    chat.press("先看结果")
    reply = chat.press("不符合的")
    well_formed(reply)
    assert "要求" in reply.text
    assert "制造业" in reply.text


def test_free_text_answers_and_a_question_in_between_comes_back() -> None:
    chat = Chat()
    chat.say("/check")
    reply = chat.say("我开火锅店的，二十来个员工，没裁过人")
    assert "记下了：" in reply.text
    assert {"industry", "employees", "layoffs_low"} <= set(chat.session.facts)
    between = chat.say("科技创新券一年封顶多少？")
    assert "30万元" in between.text
    assert "接着确认" in [button.label for button in between.buttons]
    assert chat.press("接着确认").kind is ReplyKind.ELIGIBILITY
    assert chat.say("不想答了").kind is ReplyKind.CLARIFY
    assert chat.session.dialog is None
    assert "industry" in chat.session.facts


def test_why_names_measures_that_need_the_answer() -> None:
    chat = Chat()
    chat.say("/check")
    reply = chat.press("为什么问")
    well_formed(reply)
    assert "：" in reply.text
    assert "请问：" in reply.text


def test_what_is_known_is_not_asked() -> None:
    chat = Chat()
    chat.say("我开火锅店的，二十来个员工，没裁过人，有哪些补贴能领")
    assert "check_all" in [button.action for button in chat.replies[-1].buttons]
    known = set(chat.session.facts)
    reply = chat.act("check_all")
    asked = set()
    while reply.kind is ReplyKind.ELIGIBILITY:
        assert chat.session.dialog is not None
        asked.add(chat.session.dialog.asked)
        reply = chat.act(f"a:{chat.session.dialog.asked}:unsure")
    assert not asked & known


def test_it_works_on_another_day_and_with_nothing_told() -> None:
    chat = Chat(NOW)
    chat.say("/check")
    reply = chat.press("先看结果")
    well_formed(reply)
    assert reply.kind is ReplyKind.LIST
