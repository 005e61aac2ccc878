"""Lists: by category, by page, by what was told."""

from handlers.reply import ReplyKind
from tests.fakes.talks import Chat, assistant, well_formed


def test_a_category_is_listed_with_what_is_in_force_on_the_day() -> None:
    chat = Chat()
    reply = chat.act("list:employment")
    well_formed(reply)
    assert reply.kind is ReplyKind.LIST
    assert len(reply.measures) >= 3
    assert all(assistant().catalogue.measures[name].category == "employment" for name in reply.measures)
    chosen = chat.say("第二个")
    assert chosen.measures[0] == reply.measures[1]


def test_the_next_page_shows_others() -> None:
    chat = Chat()
    first = chat.act("list:tax")
    second = chat.press("更多")
    well_formed(second)
    assert second.measures
    assert not set(first.measures) & set(second.measures)


def test_what_was_told_narrows_the_list() -> None:
    chat = Chat()
    reply = chat.say("我开火锅店的，个体户，18个员工，没裁过人，有哪些补贴能领")
    well_formed(reply)
    assert reply.kind is ReplyKind.LIST
    assert reply.measures
    assert {"industry", "organisation", "employees", "layoffs_low"} <= set(chat.session.facts)
    profile = chat.say("/profile")
    assert "18人" in profile.text


def test_policies_in_general_are_listed_by_category() -> None:
    chat = Chat()
    reply = chat.say("/policies")
    assert reply.kind is ReplyKind.LIST
    assert chat.press("list:employment").kind is ReplyKind.LIST
