"""Can I get it: one measure settled by buttons and by words."""

from handlers.reply import ReplyKind
from policy_kb.eligibility import Outward
from tests.fakes.talks import NOW, Chat, over_for_good, well_formed


def test_a_check_by_buttons_ends_in_a_verdict() -> None:
    chat = Chat()
    chat.say("一次性扩岗补助一个人多少钱")
    reply = chat.press("我能享受吗")
    seen = []
    while reply.verdict is None:
        well_formed(reply)
        assert reply.kind is ReplyKind.ELIGIBILITY
        answers = [one for one in reply.buttons if one.action.startswith("a:")]
        assert answers
        fact = answers[0].action.split(":")[1]
        assert fact not in seen, "asked twice"
        seen.append(fact)
        wanted = {"got_hiring_subsidy": "no", "young_hires": "graduate_this_year"}.get(fact, "yes")
        reply = chat.press(f"a:{fact}:{wanted}")
    assert seen
    assert reply.verdict is Outward.ELIGIBLE
    assert chat.session.dialog is None
    assert reply.measures == ("expansion-subsidy-2022",)


def test_one_failing_condition_settles_it_and_is_named() -> None:
    chat = Chat()
    chat.act("check:expansion-subsidy-2022")
    reply = chat.act("a:labour_contract:no")
    assert reply.verdict is Outward.NOT_ELIGIBLE
    assert "合同" in reply.text


def test_why_explains_and_asks_again() -> None:
    chat = Chat()
    first = chat.act("check:expansion-subsidy-2022")
    asked = [one.action for one in first.buttons if one.action.startswith("a:")]
    reply = chat.act("why")
    assert reply.kind is ReplyKind.ELIGIBILITY
    assert [one.action for one in reply.buttons if one.action.startswith("a:")] == asked
    assert chat.session.dialog is not None


def test_stop_ends_the_dialog_and_keeps_what_was_told() -> None:
    chat = Chat()
    chat.act("check:expansion-subsidy-2022")
    chat.act("a:labour_contract:yes")
    chat.act("stop")
    assert chat.session.dialog is None
    assert "labour_contract" in chat.session.facts


def test_a_question_may_be_skipped_and_is_not_asked_again() -> None:
    chat = Chat()
    chat.act("check:expansion-subsidy-2022")
    assert chat.session.dialog is not None
    first = chat.session.dialog.asked
    chat.act("skip")
    assert chat.session.dialog is not None
    assert chat.session.dialog.asked != first


def test_a_button_of_an_older_catalogue_is_told_as_such() -> None:
    chat = Chat()
    for action in ("m:gone-2019", "check:gone-2019", "nonsense", "", ":", "a:gone:yes", "list:gone", "a::", "how:"):
        well_formed(chat.act(action))


def test_a_bracket_that_is_gone_is_asked_anew() -> None:
    chat = Chat()
    chat.act("check:job-retention-refund-2022")
    reply = chat.act("a:enterprise_size:gigantic")
    well_formed(reply)
    assert "enterprise_size" not in chat.session.facts


def test_answers_in_words_settle_it_too() -> None:
    chat = Chat()
    chat.say("我们能拿稳岗返还吗")
    for _ in range(6):
        if chat.session.dialog is None or chat.session.dialog.asked is None:
            break
        asked = chat.session.dialog.asked
        said = {
            "organisation": "是公司",
            "enterprise_size": "小型企业",
            "layoffs_low": "没裁过人",
            "insured_as": "按单位参保",
            "employees": "30个",
            "industry": "餐饮业",
            "revenue": "500万",
        }.get(asked, "是")
        chat.say(said)
        assert asked in chat.session.facts, (asked, said)
    assert chat.replies[-1].verdict is Outward.ELIGIBLE


def test_a_correction_changes_the_verdict() -> None:
    chat = Chat()
    first = chat.say("我们是小型企业，公司，没裁员，能享受稳岗返还吗")
    assert first.verdict is Outward.ELIGIBLE
    second = chat.say("不对，我们去年裁了很多人")
    assert second.verdict in {Outward.NOT_ELIGIBLE, Outward.DEPENDS}


def test_a_rule_that_is_over_is_not_checked_but_told_as_over() -> None:
    for name in over_for_good()[:3]:
        reply = Chat(NOW).act(f"check:{name}")
        assert reply.kind is ReplyKind.EXPIRED
        assert reply.verdict is not Outward.ELIGIBLE
