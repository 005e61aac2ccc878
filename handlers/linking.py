"""Binding an enterprise of an official list to its owner by a one-time code: what is recognised and what is said.

The code is looked up where the reply is kept, so that two who come at once cannot both be told yes: a turn only hands
the wish on, and the words below are said with what was found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from handlers.person import Person
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session

_WANTED = re.compile(r"^(?:/link(?:@\w+)?|绑定(?:码|企业)?)[\s:：,，]*(?P<code>[A-Za-z0-9][A-Za-z0-9\s-]{9,22})$")
_ASKED = re.compile(r"^/link(?:@\w+)?$|^绑定(?:企业|码)?$")
SHOWN = 8
"""Facts of the list that are shown before the owner agrees."""


@dataclass(frozen=True)
class TryLinkCode:
    """The owner named a code: tell what it leads to."""

    code: str


@dataclass(frozen=True)
class UseLinkCode:
    """The owner agreed: let the chat speak for the enterprise. ``mark`` stands for the code."""

    mark: str


LinkEffect: TypeAlias = TryLinkCode | UseLinkCode


@dataclass(frozen=True)
class Outcome:
    """What to say: effects are carried out, and where there is one its words are the reply."""

    reply: Reply
    session: Session
    effects: tuple[LinkEffect, ...] = ()


def wanted(text: str, action: str | None, session: Session, person: Person) -> Outcome | None:
    """What somebody who wants to bind an enterprise gets; None where that is not what was said."""
    if action is not None:
        verb, _, mark = action.partition(":")
        if verb != "link":
            return None
        return Outcome(declined(), session) if mark == "no" else Outcome(declined(), session, (UseLinkCode(mark),))
    named, asked = _WANTED.match(text.strip()), _ASKED.match(text.strip())
    if named is None and asked is None:
        return None
    if not person.may_keep:
        return Outcome(_reply("绑定企业请在 Telegram 里和我单独聊，不要在群里发绑定码。"), session)
    if named is None:
        return Outcome(_reply("请把主管部门给您的绑定码发给我，例如：绑定 ABCD-EFGH-JKLM"), session)
    return Outcome(declined(), session, (TryLinkCode(named["code"]),))


def found(name: str, district: str | None, facts: Sequence[tuple[str, str]], mark: str) -> Reply:
    """What a good code leads to, with the question for consent. ``facts``: label and value."""
    where = f"（{district}）" if district else ""
    known = "；".join(f"{label} {value}" for label, value in facts[:SHOWN])
    more = f"等{len(facts)}项" if len(facts) > SHOWN else ""
    lines = [
        f"绑定码对应：{name}{where}。",
        f"主管部门名单里已有：{known}{more}。绑定后这些不再问您。" if facts else "主管部门名单里还没有它的具体情况。",
        "有错随时告诉我，例如“不对，是35个人”；发 /profile 可以查看、修改、删除。",
        "同意我保存这些情况、用来判断您能享受的政策吗？",
    ]
    buttons = (Button("同意绑定", f"link:{mark}"), Button("不是我的企业", "link:no"))
    return _reply("\n".join(lines), *buttons)


def bound(name: str) -> Reply:
    """Done."""
    words = f"已绑定：{name}。现在可以直接问我能享受哪些政策；不想保存了发 /profile 删除。"
    return _reply(words, Button("看看我能享受哪些", "check_all"))


def declined() -> Reply:
    """The owner said no."""
    return _reply("好的，没有绑定，什么也没有保存。")


def wrong(left: int) -> Reply:
    """No such code."""
    tries = f"一小时内还能试{left}次。" if left else "请一小时后再试。"
    return _reply(f"这个绑定码不对，请核对后再发（12位字母和数字）。{tries}")


def too_many() -> Reply:
    """Too many wrong codes."""
    return _reply("错的次数太多了，请一小时后再试，或向发码的单位要新的绑定码。")


def used() -> Reply:
    """Somebody used it."""
    return _reply("这个绑定码已经用过了，请向发码的单位要新的。")


def expired() -> Reply:
    """Its week is over."""
    return _reply("这个绑定码过期了，请向发码的单位要新的。")


def mine(name: str) -> Reply:
    """Bound already."""
    return _reply(f"您已经绑定了{name}。", Button("看看我能享受哪些", "check_all"))


def full(most: int) -> Reply:
    """No room for another enterprise."""
    return _reply(f"您已经保存了{most}家企业，请先发 /profile 删掉不用的，再绑定。")


def _reply(text: str, *buttons: Button) -> Reply:
    return Reply(text, ReplyKind.ANSWER, buttons=buttons)
