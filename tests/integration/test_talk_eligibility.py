"""Can I get it: one measure settled by buttons and by words."""

from decimal import Decimal

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


# ---- what a verdict says --------------------------------------------------------------------------------------------


def test_a_yes_names_its_conditions_with_their_clause_its_sum_what_excludes_it_and_what_to_do() -> None:
    chat = Chat()
    chat.say("今年招了4个应届毕业生，签了合同也参加了失业保险，没领过吸纳就业补贴")
    reply = chat.act("check:expansion-subsidy-2022")
    well_formed(reply)
    assert reply.text.splitlines()[0].startswith("按您说的情况，符合")
    assert "6000元" in reply.text
    assert "4人 × 1500元" in reply.text
    assert "二（四）〕" in reply.text
    assert "吸纳就业补贴只能享受一样" in reply.text
    assert "审核为准" in reply.text
    assert "2022年12月31日" in reply.text
    assert "人社部门" in reply.text
    assert {"怎么办", "提醒我", "转人工"} <= {button.label for button in reply.buttons}
    assert reply.amount == Decimal(6000)


def test_a_sum_that_lacks_a_number_names_it() -> None:
    chat = Chat()
    chat.act("check:job-retention-refund-2022")
    reply = chat.say("我们是小型企业，公司，没裁员")
    assert reply.verdict is Outward.ELIGIBLE
    assert "告诉我上年实缴失业保险费" in reply.text


def test_a_no_says_by_how_much_and_where_the_condition_stands() -> None:
    chat = Chat()
    chat.act("check:rent-waiver-state-owned-2022")
    reply = chat.say("餐饮业的公司，320人，营收1.2亿，租的是市属国企的铺面")
    well_formed(reply)
    assert reply.verdict is Outward.NOT_ELIGIBLE
    for words in ("320人", "300人", "超20人", "大型", "财政惠企 二（五）"):
        assert words in reply.text
    assert "提醒我" not in [button.label for button in reply.buttons]


def test_a_no_names_the_nearest_measure_that_fits() -> None:
    chat = Chat()
    chat.say("我们是餐饮业的公司，中型企业，没裁员，去年失业保险费交了10万")
    reply = chat.act("check:expansion-subsidy-2022")
    reply = chat.act("a:labour_contract:no")
    assert reply.verdict is Outward.NOT_ELIGIBLE
    other = next(button for button in reply.buttons if button.action.startswith("check:"))
    assert "可以看看" in reply.text
    found = chat.act(other.action)
    assert found.verdict is not Outward.NOT_ELIGIBLE
    assert found.measures[0] != "expansion-subsidy-2022"


def test_what_only_other_ways_would_need_is_no_caveat() -> None:
    chat = Chat()
    chat.act("check:si-deferral-2022")
    reply = chat.say("我们是纺织公司，生意差得很，困难得很")
    assert reply.verdict is Outward.ELIGIBLE
    assert "名单文件没列" not in reply.text


def test_a_round_that_comes_is_told_and_can_be_reminded_of() -> None:
    reply = Chat().act("check:high-tech-batches-2022")
    assert "2022年9月30日" in reply.text
    assert "提醒我" in [button.label for button in reply.buttons]


def test_what_was_drawn_this_year_is_taken_off() -> None:
    chat = Chat()
    reply = chat.say("我们是科技型企业，今年创新券已经兑了22万，又和高校签了一单40万的检测，还能兑多少")
    assert reply.amount == Decimal(80_000)
    assert "还剩8万元" in reply.text


def test_the_standard_for_each_counts_before_the_cap_for_all() -> None:
    reply = Chat().say(
        "我们是创业园，免了26家毕业3年内大学生公司的租，免了半年，都注册了，每家实际减了1万2，园区能领多少场租补贴"
    )
    assert reply.amount == Decimal(200_000)
    assert "最高" not in reply.text.splitlines()[0]
