"""Talks about facts, sums and days with the real assistant: asserted are facts, not whole sentences."""

import re
from datetime import date
from decimal import Decimal

import pytest

from handlers.reply import ReplyKind
from tests.fakes.talks import NOW, Chat, ask, assistant, measures, over_for_good, well_formed


@pytest.mark.parametrize(
    ("question", "measure", "facts"),
    [
        ("稳岗返还能返多少", "job-retention-refund", ["90%", "50%"]),
        ("一次性扩岗补助一个人多少钱", "expansion-subsidy", ["1500元"]),
        ("科技创新券一年封顶多少", "innovation-voucher-2022", ["30万元"]),
        ("稳岗返还到哪天截止", "job-retention-refund", ["2022年12月31日"]),
        ("稳岗返还要不要申请", "job-retention-refund", ["免申即享"]),
    ],
)
def test_a_fact_is_answered_with_its_source(question: str, measure: str, facts: list[str]) -> None:
    reply = ask(question)
    well_formed(reply)
    assert reply.kind is ReplyKind.ANSWER
    assert measure in measures(reply.measures)
    assert not [fact for fact in facts if fact not in reply.text]
    assert reply.citations[0].clause


def test_who_is_responsible_names_the_department() -> None:
    reply = ask("稳岗返还归哪个部门管")
    well_formed(reply)
    assert reply.kind is ReplyKind.CONTACT
    assert "人力资源" in reply.text


def test_dialect_and_traditional_characters_are_understood() -> None:
    for question in ("稳岗返还给有我们律所的份", "穩崗返還返多少"):
        assert "job-retention-refund" in measures(ask(question).measures)


def test_the_day_is_said_with_the_answer() -> None:
    assert "2022" in ask("一次性扩岗补助怎么拿").text


def test_a_share_is_worked_out_and_shown() -> None:
    reply = ask("我们是中型企业，没裁员，去年交了12万失业保险费，稳岗返还能返多少")
    well_formed(reply)
    assert Decimal(108_000) in {reply.amount, reply.amount_max}
    assert "10.8万元" in reply.text
    assert "90%" in reply.text
    assert "12万元" in reply.text


def test_a_cap_is_applied_and_told() -> None:
    reply = ask("我们是科技型企业，跟大学做检测，交易额80万，创新券能兑多少")
    well_formed(reply)
    assert reply.kind is ReplyKind.COMPUTE
    assert reply.amount == reply.amount_max == Decimal(300_000)
    assert "40万元" in reply.text  # what it would be without the cap
    assert "30万元" in reply.text


def test_a_sum_a_head_is_multiplied() -> None:
    reply = ask("今年招了4个应届毕业生，签了合同也参加了失业保险，扩岗补助能拿多少钱")
    well_formed(reply)
    assert Decimal(6000) in {reply.amount, reply.amount_max}
    assert "6000元" in reply.text


def test_a_sum_names_the_premises_of_its_own_track() -> None:
    reply = ask("开火锅店的，没裁过人，去年失业保险费交了3万2，稳岗返还能返多少")
    well_formed(reply)
    assert "2.88万元" in reply.text
    assert "划型为大型" not in reply.text  # a condition of the other track, with its other share
    assert reply.amount != Decimal(16_000)  # what a large firm would get


def test_what_the_new_share_brings_over_the_old_one_is_worked_out() -> None:
    reply = ask("我们是小型企业，没裁员，去年失业保险费交了10万，稳岗返还比以前多拿多少")
    well_formed(reply)
    assert "60%" in reply.text
    assert reply.amount == Decimal(30_000)


def test_another_number_gives_another_sum() -> None:
    chat = Chat()
    chat.say("我们是中型企业，没裁员，去年交了12万失业保险费，稳岗返还能返多少")
    reply = chat.say("说错了，失业保险费是20万")
    assert Decimal(180_000) in {reply.amount, reply.amount_max}


def test_a_bare_number_corrects_the_one_sum_there_is() -> None:
    reply = ask("我们是中型企业，没裁员，去年交了12万失业保险费，稳岗返还能返多少", "不对，是20万")
    assert Decimal(180_000) in {reply.amount, reply.amount_max}


def test_on_another_day_the_rule_of_that_day_is_told() -> None:
    then, now = ask("一次性扩岗补助一个人多少钱"), ask("一次性扩岗补助一个人多少钱", day=NOW)
    well_formed(now)
    assert "expansion-subsidy-2022" in then.measures
    assert {"expansion-subsidy-2026", "expansion-subsidy-2025"} & set(now.measures)
    assert now.kind is ReplyKind.EXPIRED or now.measures[0] != "expansion-subsidy-2022"


def test_a_rule_that_ended_without_a_successor_is_told_as_ended_with_its_day() -> None:
    for name in over_for_good()[:5]:
        reply = Chat(NOW).act(f"m:{name}")
        well_formed(reply)
        assert reply.kind is ReplyKind.EXPIRED
        assert re.search(r"20\d\d年\d+月\d+日", reply.text)


def test_a_rule_that_was_replaced_names_what_counts_now() -> None:
    reply = ask("2022年的一次性扩岗补助还能申请吗", day=NOW)
    well_formed(reply)
    assert "expansion-subsidy" in measures(reply.measures)
    assert re.search(r"到期|替代|不再|现行|目前", reply.text)


def test_before_it_was_issued_a_rule_is_not_known() -> None:
    reply = ask("一次性扩岗补助一个人多少钱", day=date(2022, 5, 1))
    well_formed(reply)
    assert reply.kind in {ReplyKind.NOT_YET, ReplyKind.UNKNOWN, ReplyKind.OUT_OF_SCOPE}
    assert "1500" not in reply.text or reply.kind is ReplyKind.NOT_YET


def test_a_rule_of_later_is_not_told_on_an_earlier_day() -> None:
    later = [m.id for m in assistant().catalogue.measures.values() if m.id.endswith(("-2025", "-2026", "-2024"))]
    for question in ("稳岗返还能返多少", "失业保险费率是多少", "扩岗补助多少钱一个", "有哪些补贴"):
        assert not set(ask(question).measures) & set(later)
