"""Looking measures up by a few letters, and the cards Telegram shows of them."""

from datetime import date
from typing import Any

from bot import telegram_inline
from bot.telegram_updates import Me
from handlers import lookup
from handlers.reply import DEFAULT_LENGTH_LIMIT
from policy_kb.catalogues import Catalogue
from tests.fakes.catalogue import catalogue, measure
from tests.fakes.telegram import inline

DAY = date(2022, 9, 20)


def rule(name: str, title: str, **more: Any) -> dict[str, Any]:
    return measure(name, title=title, **more)


def known() -> Catalogue:
    return catalogue(
        rule("aid-2021", "一次性用工补贴", lineage="aid", in_force={"to": "2021-12-31"}, document="old"),
        rule("aid-2022", "一次性用工补贴（2022年）", lineage="aid", in_force={"to": "2022-12-31"}, aliases=["扩岗钱"]),
        rule("rent", "房租减免", in_force={"to": "2022-10-31"}),
        rule("loan", "贷款贴息", in_force={"from": "2023-01-01"}),
        rule("later", "房租补助", document="later"),
        docs=[{"id": "old", "issued": "2021-01-01"}, {"id": "later", "issued": "2022-10-01"}],
    )


def found(typed: str, as_of: date = DAY) -> list[str]:
    return [card.measure for card in lookup.cards(typed, known(), as_of)]


def test_a_few_letters_of_a_name_or_of_what_people_call_it_are_enough() -> None:
    assert found("用工") == ["aid-2022"]
    assert found("扩岗钱") == ["aid-2022"]
    assert found(" 房 租 ") == ["rent"]
    assert found("一次性用工的补贴") == ["aid-2022"]
    assert found("炒菜") == []


def test_of_several_editions_the_one_in_force_is_shown_else_the_last() -> None:
    assert found("用工补贴", date(2021, 6, 1)) == ["aid-2021"]
    assert found("用工补贴", DAY) == ["aid-2022"]


def test_what_was_not_issued_yet_is_not_found() -> None:
    assert found("房租", DAY) == ["rent"]
    assert set(found("房租", date(2022, 10, 2))) == {"later", "rent"}


def test_where_nothing_is_typed_yet_what_ends_first_comes_first() -> None:
    assert found("")[:2] == ["rent", "aid-2022"]


def test_no_more_than_ten_and_nothing_endless_is_looked_at() -> None:
    many = catalogue(*(rule(f"aid{number}", f"补贴{number}") for number in range(15)))
    assert len(lookup.cards("补贴", many, DAY)) == 10
    assert lookup.cards("贴" * 100_000, many, DAY) == []


def test_a_card_says_until_when_and_by_which_document() -> None:
    [card] = lookup.cards("房租减免", known(), DAY)
    assert "2022年10月31日" in card.line
    assert "来源：试行办法" in card.text
    assert len(card.line) <= lookup.LINE
    assert len(card.text) <= DEFAULT_LENGTH_LIMIT


def test_a_card_is_taken_by_telegram_and_leads_back_to_the_bot() -> None:
    card = lookup.Card("m" * 40, "<b>小于", "一行", "一 < 二 & 三")
    shown = telegram_inline.article(card, Me(4242, "huiqi_test_bot")).to_dict()
    inline.check(shown)
    assert shown["input_message_content"]["message_text"] == "一 &lt; 二 &amp; 三"
    [[button]] = shown["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/huiqi_test_bot?start=measure_" + "m" * 40
    assert len("measure_" + "m" * 40) <= 64  # what Telegram hands over of a deep link
