"""Updates of the staff's group, read from raw JSON into what a desk makes of them. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot import telegram_updates
from bot.telegram_updates import Me, UnreadableUpdateError
from storage.content import File

COMMAND = re.compile(r"/([a-zA-Z_]+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


class Deed(StrEnum):
    """What an update of the group is to the desk."""

    WROTE = "wrote"  # chatter, unless it answers a message of ours
    COMMANDED = "commanded"
    PRESSED = "pressed"
    EDITED = "edited"
    TOPIC_MADE = "topic made"  # by the bot itself
    BOT_LEFT = "bot left"
    BOT_CAME = "bot came"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Happening:
    """``thread``: the topic, empty outside of all; ``source``: the message's id.

    ``answered``: the id of our message that this one answers, and only that: in a topic every message that answers
    nothing names the topic's opening as answered. ``action`` and ``query``: a pressed button and what to tell its
    presser by.
    """

    deed: Deed
    sender: str = ""
    thread: str = ""
    source: str = ""
    text: str = ""
    command: str = ""
    file: File | None = None
    other: str = ""  # the word for something that cannot be sent on
    answered: str = ""
    action: str = ""
    query: str = ""
    name: str = ""


def read(payload: str, me: Me) -> Happening:
    """What the update says. Raises ``UnreadableUpdateError``."""
    try:
        update: dict[str, Any] = dict(json.loads(payload).items())
        if "message" in update:
            return _message(update["message"], me)
        if "edited_message" in update:
            body = update["edited_message"]
            return Happening(Deed.EDITED, _sender(body), _thread(body), str(body["message_id"]), text=_text(body))
        if "callback_query" in update:
            return _pressed(update["callback_query"])
        if "my_chat_member" in update:
            out = update["my_chat_member"]["new_chat_member"]["status"] in ("kicked", "left")
            return Happening(Deed.BOT_LEFT if out else Deed.BOT_CAME)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableUpdateError(f"{UnreadableUpdateError.__doc__} ({type(error).__name__}: {error})") from error
    return Happening(Deed.NOTHING)


def _message(body: Mapping[str, Any], me: Me) -> Happening:
    sender, thread, source = _sender(body), _thread(body), str(body["message_id"])
    if "forum_topic_created" in body:
        mine = sender == str(me.number)
        name = str(body["forum_topic_created"]["name"])
        return Happening(Deed.TOPIC_MADE if mine else Deed.NOTHING, sender, thread, source, name=name)
    text = _text(body)
    answered = _answered(body, me)
    found = COMMAND.fullmatch(text)
    if found and (found[2] is None or found[2].lower() == me.username.lower()):
        rest = (found[3] or "").strip()
        command = found[1].lower()
        file = telegram_updates.attachment(body)
        return Happening(Deed.COMMANDED, sender, thread, source, rest, command=command, file=file, answered=answered)
    file = telegram_updates.attachment(body)
    other = "" if file else next((word for kind, word in telegram_updates.FILES.items() if kind in body), "")
    if not text and not file and not other:
        return Happening(Deed.NOTHING)
    return Happening(Deed.WROTE, sender, thread, source, text, file=file, other=other, answered=answered)


def _sender(body: Mapping[str, Any]) -> str:
    return str(body.get("from", {}).get("id", ""))


def _thread(body: Mapping[str, Any]) -> str:
    return str(body["message_thread_id"]) if body.get("is_topic_message") else ""


def _text(body: Mapping[str, Any]) -> str:
    return str(body.get("text") or body.get("caption") or "").strip()


def _answered(body: Mapping[str, Any], me: Me) -> str:
    other: Mapping[str, Any] = body.get("reply_to_message") or {}
    if not other or "forum_topic_created" in other or other.get("from", {}).get("id") != me.number:
        return ""
    return str(other["message_id"])


def _pressed(query: Mapping[str, Any]) -> Happening:
    body = query["message"]
    return Happening(
        Deed.PRESSED,
        str(query["from"]["id"]),
        _thread(body),
        str(int(body["message_id"])),
        action=str(query["data"]),
        query=str(query["id"]),
    )
