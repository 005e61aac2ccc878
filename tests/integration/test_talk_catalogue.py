"""Every entry on any day, and whatever odd message is sent."""

from datetime import date

import pytest

from handlers.reply import ReplyKind
from policy_kb import windows
from policy_kb.eligibility import Outward
from tests.fakes.talks import DAY, NOW, Chat, ask, assistant, measures, well_formed


@pytest.mark.parametrize("day", [date(2021, 1, 1), DAY, date(2023, 6, 1), NOW, date(2031, 1, 1)])
def test_every_entry_can_be_shown_on_any_day(day: date) -> None:
    known = assistant().catalogue
    for name in known.entries:
        reply = Chat(day).act(f"m:{name}")
        well_formed(reply)
        if name in known.measures and reply.kind is ReplyKind.ANSWER:
            assert set(reply.measures) <= set(known.entries), name


@pytest.mark.parametrize("day", [DAY, NOW])
def test_every_measure_can_be_checked_on_any_day(day: date) -> None:
    known = assistant().catalogue
    for name, measure in known.measures.items():
        reply = Chat(day).act(f"check:{name}")
        well_formed(reply)
        if not windows.measure_status(measure, known, day).in_force:
            assert reply.verdict is not Outward.ELIGIBLE, name


def test_every_measure_says_how_to_get_it() -> None:
    for name in assistant().catalogue.measures:
        well_formed(Chat().act(f"how:{name}"))


@pytest.mark.parametrize("day", [DAY, NOW, date(2031, 1, 1)])
def test_every_category_can_be_listed_to_its_last_page(day: date) -> None:
    for name in {measure.category for measure in assistant().catalogue.measures.values()}:
        chat = Chat(day)
        reply = chat.act(f"list:{name}")
        pages = 1
        while any(button.label == "更多" for button in reply.buttons):
            well_formed(reply)
            reply = chat.press("更多")
            pages += 1
            assert pages < 30
        well_formed(reply)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t ",
        "😀😀😀",
        "？？？",
        "\x00\x07\x1b[31m",
        "\u202e\u200b\ufeff",
        "<script>alert(1)</script>",
        "/",
        "//////",
        "/nosuchcommand",
        "/稳岗返还",
        "{}[]()*&^%$",
        "0",
        "999999999999999999999999",
        "a" * 5000,
        "稳岗返还能返多少" * 625,
    ],
)
def test_whatever_is_sent_is_answered_and_stored(text: str) -> None:
    chat = Chat()
    well_formed(chat.say(text))
    assert len(chat.session.model_dump_json()) < 20_000
    assert "<script" not in chat.replies[-1].text


def test_a_long_story_around_a_question_is_still_answered() -> None:
    story = "我跟你说嘛，我在盘龙区开了个小厂，开了快十年了，疫情这几年生意难做，但是工人一个都没开除，听人讲"
    reply = ask(story + "稳岗返还能返多少失业保险费？")
    assert "job-retention-refund" in measures(reply.measures)
