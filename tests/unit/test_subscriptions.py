"""What /subscribe and its buttons say and do, without model and database."""

from datetime import date

import pytest

from handlers import calendar, subscriptions
from handlers.person import Enterprise, Person, Subscriptions
from handlers.reply import ACTION_BYTES
from handlers.session import Session, Told
from handlers.subscription_effects import Adjust, Agree, Leave, Mute, Subscribe, Unsubscribe
from handlers.turn import Turn
from policy_kb import fact_texts, loader, values
from policy_kb.catalogues import Catalogue
from scheduler import pushes

DAY, NOW = date(2022, 9, 20), date(2026, 11, 22)
NEW = Subscriptions()
AGREED = Subscriptions(agreed=True, wishes=(("category", "employment"), ("measure", "si-deferral-2022")))


@pytest.fixture(scope="module")
def kb() -> Catalogue:
    return loader.load()


def press(action: str, mine: Subscriptions | None, kb: Catalogue, day: date = DAY) -> Turn:
    verb, _, rest = action.partition(":")
    turn = subscriptions.pressed(verb, rest, Session(), Person(subscriptions=mine), kb, day)
    assert turn is not None
    assert all(len(button.action.encode()) <= ACTION_BYTES for button in turn.reply.buttons)
    return turn


def test_nothing_is_subscribed_to_before_the_person_agreed(kb: Catalogue) -> None:
    asked = press("remind:expansion-subsidy-2022", NEW, kb)
    assert asked.effects == ()
    assert pushes.ENDING in asked.reply.text
    [yes, no] = asked.reply.buttons
    assert press(no.action, NEW, kb).effects == ()
    assert press(yes.action, NEW, kb).effects == (Agree(), Subscribe("measure", "expansion-subsidy-2022"))


def test_who_agreed_before_is_not_asked_again_and_hears_when(kb: Catalogue) -> None:
    turn = press("remind:expansion-subsidy-2022", AGREED, kb)
    assert turn.effects == (Subscribe("measure", "expansion-subsidy-2022"),)
    assert "2022年12月31日，11月18日、12月21日、12月29日提醒" in turn.reply.text


def test_a_rule_awaiting_its_local_notice_is_promised_no_date(kb: Catalogue) -> None:
    text = press("remind:expansion-subsidy-2026", AGREED, kb, NOW).reply.text
    assert "以昆明通知为准" in text
    assert "12月31日" not in text


def test_days_of_a_year_without_calendar_are_told_as_not_announced(kb: Catalogue) -> None:
    text = press("remind:equipment-deduction-2024", AGREED, kb, NOW).reply.text
    assert "2027年12月31日" in text
    assert "待公布" in text
    assert "以官方为准" in text


@pytest.mark.parametrize(
    ("action", "effect"),
    [
        ("sub:all", Subscribe("all")),
        ("sub:category:tax", Subscribe("category", "tax")),
        ("sub:del:category:employment", Unsubscribe("category", "employment")),
        ("unsub:si-deferral-2022", Unsubscribe("measure", "si-deferral-2022")),
        ("unsub:expansion-subsidy-2022", Unsubscribe("category", "employment")),
        ("unsub:small-scale-vat-2022", Adjust(matches=False)),  # nothing subscribed: it came because it fits
        ("mute:7", Mute(7)),
        ("mute:0", Mute(0)),
        ("sub:cap:1", Adjust(most_a_day=1)),
        ("sub:digest:weekly", Adjust(digest="weekly")),
        ("sub:matches:off", Adjust(matches=False)),
        ("push:leave", Leave()),
    ],
)
def test_a_button_does_what_it_says(kb: Catalogue, action: str, effect: object) -> None:
    assert press(action, AGREED, kb).effects == (effect,)


@pytest.mark.parametrize(
    "action",
    [
        "sub:cap:99",
        "sub:digest:hourly",
        "sub:category:nothing",
        "mute:3650",
        "sub:yes:measure:gone",
        "sub:yes:planet:x",
    ],
)
def test_a_made_up_button_does_nothing(kb: Catalogue, action: str) -> None:
    assert press(action, AGREED, kb).effects == ()


def test_what_was_left_can_be_taken_back_with_one_tap(kb: Catalogue) -> None:
    turn = press("unsub:expansion-subsidy-2022", AGREED, kb)
    back = next(button for button in turn.reply.buttons if button.label == "恢复")
    assert press(back.action, AGREED, kb).effects == (Subscribe("category", "employment"),)


def test_settings_of_who_never_agreed_cannot_be_changed(kb: Catalogue) -> None:
    for action in ("mute:7", "sub:cap:1", "sub:matches:off", "push:leave", "unsub:si-deferral-2022"):
        assert press(action, NEW, kb).effects == ()


def test_where_nobody_can_be_written_to_it_says_where_they_can(kb: Catalogue) -> None:
    turn = press("remind:expansion-subsidy-2022", None, kb)
    assert turn.effects == ()
    assert "/subscribe" in turn.reply.text


def test_the_calendar_lists_only_what_may_concern_the_enterprise(kb: Catalogue) -> None:
    told = {"organisation": "individual_business", "industry": "catering", "taxpayer_kind": "small_scale"}
    facts = {name: Told(value=values.to_json(fact_texts.parse(kb.facts[name], text))) for name, text in told.items()}
    person = Person((Enterprise(1, "面馆", facts),), 1, subscriptions=Subscriptions(agreed=True))
    reply = calendar.show(Session(facts=facts), person, kb, DAY)
    assert "small-scale-vat-2022" in reply.measures
    assert "green-mall-hotel-award-2022" not in reply.measures
    assert "mfg-tax-deferral-2022" not in reply.measures
    assert "来源：" in reply.text


def test_the_calendar_says_where_a_date_is_not_certain(kb: Catalogue) -> None:
    text = calendar.show(Session(), Person(subscriptions=AGREED), kb, NOW).text
    line = next(line for line in text.splitlines() if "失业保险稳岗返还" in line)
    assert "以官方为准" in line
    assert "以昆明通知为准" in line


def test_days_of_our_own_arithmetic_are_in_no_calendar(kb: Catalogue) -> None:
    shown = calendar.show(Session(), Person(), kb, date(2023, 3, 1))
    assert "mfg-tax-deferral-2022" not in shown.measures
    assert "ui-rate-cut-2022" in shown.measures
