"""Replies as Telegram messages."""

from hypothesis import given
from hypothesis import strategies as st

from bot import telegram_render
from handlers.reply import Button, Reply, ReplyKind
from scheduler.content import Attachment, Choice, Content

HUNDRED = "一二三四五六七八九十" * 10


def test_a_long_reply_is_cut_between_paragraphs_and_its_buttons_stay_at_the_end() -> None:
    reply = Reply(text=f"{HUNDRED}\n\n" * 60, kind=ReplyKind.ANSWER, buttons=(Button("好", "ok"),))
    parts = telegram_render.contents(reply)
    assert [len(part.text) <= 4096 for part in parts] == [True, True]
    assert all(part.text.endswith("十") for part in parts)
    assert [len(part.rows) for part in parts] == [0, 1]


@given(st.text(min_size=1, max_size=400), st.integers(10, 60))
def test_no_piece_is_too_long_or_empty_and_nothing_is_lost(text: str, limit: int) -> None:
    pieces = list(telegram_render.split(text, limit))
    assert all(0 < telegram_render.units(piece) <= limit for piece in pieces)
    if text.strip():
        assert "".join("".join(pieces).split()) == "".join(text.split())


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    assert telegram_render.as_html('<b>"5" & 6 > 4</b>') == '&lt;b&gt;"5" &amp; 6 &gt; 4&lt;/b&gt;'


def test_short_buttons_share_a_row_and_long_ones_do_not() -> None:
    labels = ["是", "否", "不清楚", "餐饮、零售、旅游、民航、公路水路铁路运输"]
    rows = telegram_render.keyboard(tuple(Button(label, label[:4]) for label in labels))
    assert [[choice.label for choice in row] for row in rows] == [labels[:3], labels[3:]]


def test_a_link_and_an_action_become_the_right_buttons() -> None:
    content = Content(text="x", rows=((Choice(label="原文", url="https://e.cn"), Choice(label="问", action="a:1")),))
    markup = telegram_render.markup(content)
    assert markup is not None
    link, action = markup.inline_keyboard[0]
    assert (link.url, link.callback_data, action.url, action.callback_data) == ("https://e.cn", None, None, "a:1")


def test_a_button_of_a_list_replaces_the_list_and_one_that_asks_something_new_does_not() -> None:
    listing, answer = Reply(text="a", kind=ReplyKind.LIST), Reply(text="a", kind=ReplyKind.ANSWER)
    assert telegram_render.contents(listing, "5")[0].edits == "5"
    assert telegram_render.contents(listing)[0].edits is None
    assert telegram_render.contents(answer, "5")[0].edits is None


def test_content_survives_the_outbox() -> None:
    content = Content(text="x", rows=((Choice(label="问", action="a"),),), edits="5", quiet=True)
    assert Content.from_json(content.as_json()) == content


def test_a_file_carries_a_short_text_below_it_and_follows_a_long_one() -> None:
    file = Attachment.model_construct(name="a.ics", data=b"BEGIN")
    short = Reply(text="一行", kind=ReplyKind.LIST, buttons=(Button("好", "ok"),))
    [one] = telegram_render.contents(short, pressed="5", attachment=file)
    assert (one.text, one.edits, len(one.rows)) == ("一行", None, 1)
    assert one.attachment == file
    long = Reply(text="头一行\n" + HUNDRED * 11, kind=ReplyKind.LIST, buttons=(Button("好", "ok"),))
    ahead, below = telegram_render.contents(long, attachment=file)
    assert (ahead.attachment, len(ahead.rows)) == (None, 0)
    assert (below.text, below.attachment, len(below.rows)) == ("头一行", file, 1)
    assert Content.from_json(below.as_json()) == below
