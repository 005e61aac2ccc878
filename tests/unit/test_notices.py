"""What reminders and matches say."""

import re
from datetime import date

import pytest

from handlers import notices
from handlers.notices import Item, On
from handlers.reply import ACTION_BYTES
from policy_kb import deadlines, fact_texts, loader
from policy_kb.deadlines import Stage
from policy_kb.facts import Facts
from scheduler import pushes
from storage.content import Content

KB = loader.load()
NOW = date(2026, 11, 19)
DATES = re.compile(r"\d{4}年\d+月\d+日|\d{4}-\d\d-\d\d")
FIRM = {"organisation": "enterprise", "enterprise_size": "small", "layoffs_low": "yes", "ui_paid_months": "12"}


def told(written: dict[str, str]) -> Facts:
    return {name: fact_texts.parse(KB.facts[name], text) for name, text in written.items()}


def item(measure: str, stage: Stage, day: date, facts: Facts | None = None, of: str = "") -> Item:
    found = KB.measures[measure]
    known = deadlines.of(found, KB, day)
    deadline = next((one for one in known if one.id.startswith(of)), None) if of else None
    return Item(found, stage, deadline, deadline.on if deadline else None, facts or {})


def said(content: Content) -> str:
    assert content.text.endswith(pushes.ENDING)
    assert "来源：" in content.text
    assert [choice.label for choice in content.rows[-1]] == ["调整", "退订"]
    for row in content.rows:
        assert all(len(choice.action.encode()) <= ACTION_BYTES for choice in row)
    return content.text


def single(one: Item, day: date, *, is_live: bool = True) -> str:
    return said(notices.single(one, On(KB, day, is_live)))


@pytest.mark.parametrize("stage", [Stage.BEFORE_30, Stage.OPENED, Stage.CHANGED, Stage.MATCH])
def test_of_a_rule_awaiting_its_local_notice_neither_date_nor_account_is_told(stage: Stage) -> None:
    facts = told({**FIRM, "unemployment_premium_paid": "8000元"})
    one = item("job-retention-refund-2026", stage, NOW, facts, "to-" if stage is Stage.BEFORE_30 else "")
    for text in (single(one, NOW), said(notices.digest([one, one], On(KB, NOW)))):
        assert "以昆明通知为准" in text
        assert not DATES.search(text)
        assert "账户" not in text


def test_a_date_seen_only_second_hand_is_told_as_such() -> None:
    text = single(item("west-region-cit-15", Stage.BEFORE_7, date(2030, 12, 20), of="to-"), date(2030, 12, 20))
    assert "2030年12月31日" in text
    assert "以官方为准" in text
    assert "待公布" in text, "the year has no calendar yet"


def test_a_day_of_review_is_no_day_to_hand_in() -> None:
    text = single(item("high-tech-batches-2022", Stage.BEFORE_7, date(2022, 9, 21), of="third"), date(2022, 9, 21))
    assert "2022年9月30日" in text
    assert "还有7个工作日" in text
    assert "不是交材料的截止日" in text


def test_a_date_names_the_audience_the_facts_leave() -> None:
    facts = told({"organisation": "enterprise", "industry": "catering", "pension_deferred_before": "yes"})
    text = single(item("si-deferral-2022", Stage.BEFORE_30, date(2022, 11, 18), facts, "to-2022"), date(2022, 11, 18))
    assert "（5个特困行业企业：养老保险费延续缓缴）" in text
    assert "最后一个工作日是12月30日" in text


def test_our_own_arithmetic_is_not_told() -> None:
    text = single(item("mfg-tax-deferral-2022-17", Stage.OPENED, date(2022, 9, 14)), date(2022, 9, 14))
    assert "2023" not in text


def test_what_replaces_a_rule_stands_with_its_source() -> None:
    old = item("six-taxes-two-fees-2022", Stage.REPLACED, date(2023, 8, 2))
    text = single(Item(old.measure, old.stage, None, date(2023, 1, 1), {}), date(2023, 8, 2), is_live=False)
    assert "自2023年1月1日起由新规定替代" in text
    assert "财政部税务总局公告2023年第12号·第二条（2023-08-02）" in text


def test_a_successor_whose_day_of_issue_is_a_stand_in_is_not_named_for_a_day_long_past() -> None:
    ended = item("small-scale-vat-2022", Stage.ENDED, date(2023, 1, 3), of="to-")
    past, live = (single(ended, date(2023, 1, 3), is_live=is_live) for is_live in (False, True))
    assert "现行规定" not in past
    assert "有没有延续以官方为准" in past
    assert "现行规定" in live


def test_the_end_of_a_deferral_says_that_the_sums_are_owed() -> None:
    facts = told({"organisation": "enterprise", "industry": "textile", "in_difficulty": "yes"})
    ended = item("si-deferral-2022", Stage.ENDED, date(2023, 5, 4), facts, "to-2023")
    assert "缓缴不是减免" in single(ended, date(2023, 5, 4))


def test_a_digest_puts_the_nearest_first_and_says_when_there_is_more() -> None:
    day = date(2022, 12, 21)
    many = [item(one.id, Stage.OPENED, day) for one in list(KB.measures.values())[:20]]
    near = item("expansion-subsidy-2022", Stage.BEFORE_7, day, of="to-")
    text = said(notices.digest([*many, near], On(KB, day)))
    assert "1. 一次性扩岗补助" in text
    assert "还有9条" in text
    assert len(text) <= 1500
