"""Telegram's updates, read from raw JSON into what matters to a conversation. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.content import File, FileKind
from storage.inbox import RawUpdate
from storage.tables import ChatKind

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "inline_query")
CHANNEL = "telegram"


class UnreadableUpdateError(ValueError):
    """An update has not the shape that Telegram documents."""


class What(StrEnum):
    """What an update is to us."""

    SAID = "said"
    PRESSED = "pressed"
    SENT_A_FILE = "sent a file"
    EDITED = "edited"
    BLOCKED = "blocked"
    LET_IN = "let in"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Me:
    """The bot itself, as groups address it."""

    number: int
    username: str


@dataclass(frozen=True)
class Incoming:
    """``speaker`` is empty in private chats, where it is the chat. ``message``: id of the message of the button.

    ``source``: id of the message itself; ``attached``: its file, where files can be sent on.
    """

    what: What
    chat: str = ""
    kind: ChatKind = ChatKind.PRIVATE
    speaker: str = ""
    text: str = ""
    action: str | None = None
    message: str | None = None
    file: str = ""
    source: str = ""
    attached: File | None = None


SENT_ON: tuple[FileKind, ...] = ("photo", "document", "voice", "video", "audio")
FILES = {
    "photo": "图片",
    "voice": "语音",
    "audio": "音频",
    "video": "视频",
    "video_note": "视频",
    "document": "文件",
    "sticker": "表情",
    "animation": "动图",
    "location": "位置",
    "venue": "位置",
    "contact": "名片",
    "poll": "投票",
    "dice": "骰子",
}


def raw(update: Mapping[str, Any]) -> RawUpdate:
    """As the inbox keeps it. Whatever is wrong inside, the number is all that is needed to keep it."""
    try:
        chat = str(_chat_of(update)["id"])
    except (KeyError, TypeError, StopIteration):
        chat = None
    return RawUpdate(int(update["update_id"]), chat, json.dumps(update, ensure_ascii=False))


def _chat_of(update: Mapping[str, Any]) -> Mapping[str, Any]:
    body: Mapping[str, Any] = next(update[name] for name in ALLOWED if name in update)
    chat: Mapping[str, Any] = body["chat"] if "chat" in body else body["message"]["chat"]
    return chat


def read(payload: str, me: Me) -> Incoming:
    """What the update says. Raises ``UnreadableUpdateError``."""
    try:
        update: dict[str, Any] = dict(json.loads(payload).items())
        if "message" in update:
            return _message(update["message"], me)
        if "edited_message" in update:
            return _edited(update["edited_message"], me)
        if "callback_query" in update:
            return _pressed(update["callback_query"])
        if "my_chat_member" in update:
            return _membership(update["my_chat_member"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableUpdateError(f"{UnreadableUpdateError.__doc__} ({type(error).__name__}: {error})") from error
    return Incoming(What.NOTHING)


def _message(message: Mapping[str, Any], me: Me) -> Incoming:
    chat, kind, speaker = _place(message["chat"], message.get("from", {}))
    text = _bare(message.get("text") or message.get("caption") or "", me)
    if kind is ChatKind.GROUP and not _addressed(message, me):
        return Incoming(What.NOTHING, chat, kind, speaker)
    source, attached = str(message.get("message_id", "")), attachment(message)
    if text:
        return Incoming(What.SAID, chat, kind, speaker, text=text, source=source, attached=attached)
    file = next((word for name, word in FILES.items() if name in message), "")
    what = What.SENT_A_FILE if file else What.NOTHING
    return Incoming(what, chat, kind, speaker, file=file, source=source, attached=attached)


def _edited(message: Mapping[str, Any], me: Me) -> Incoming:
    """Only where one person talks: in a group nobody waits for it."""
    chat, kind, speaker = _place(message["chat"], message.get("from", {}))
    text = _bare(message.get("text") or message.get("caption") or "", me)
    if kind is ChatKind.GROUP:
        return Incoming(What.NOTHING, chat, kind, speaker)
    return Incoming(What.EDITED, chat, kind, speaker, text=text, source=str(message["message_id"]))


def attachment(message: Mapping[str, Any]) -> File | None:
    """The file of a message, by the id under which it can be sent on."""
    kind = next((kind for kind in SENT_ON if kind in message), None)
    if kind is None or "animation" in message:
        return None
    found = message[kind][-1] if kind == "photo" else message[kind]  # the largest of a picture's sizes
    return File(kind=kind, id=str(found["file_id"]), name=found.get("file_name"), size=found.get("file_size"))


def _place(chat: Mapping[str, Any], sender: Mapping[str, Any]) -> tuple[str, ChatKind, str]:
    address = str(int(chat["id"]))
    if chat["type"] == "private":
        return address, ChatKind.PRIVATE, ""
    return address, ChatKind.GROUP, str(sender.get("id", ""))


def _addressed(message: Mapping[str, Any], me: Me) -> bool:
    text: str = message.get("text") or message.get("caption") or ""
    answered = message.get("reply_to_message", {}).get("from", {}).get("id")
    if answered == me.number or f"@{me.username}".lower() in text.lower():
        return True
    return text.startswith("/") and "@" not in text.split(maxsplit=1)[0]


def _bare(text: str, me: Me) -> str:
    """Without the bot's name: ``/start@huiqi_bot x`` is ``/start x``, ``@huiqi_bot 补贴`` is ``补贴``."""
    name = f"@{me.username}".lower()
    at = text.lower().find(name)
    if me.username and at >= 0:
        text = text[:at] + text[at + len(name) :]
    return text.strip()


def _pressed(query: Mapping[str, Any]) -> Incoming:
    message = query["message"]
    chat, kind, speaker = _place(message["chat"], query["from"])
    action = str(query["data"])
    return Incoming(What.PRESSED, chat, kind, speaker, action=action, message=str(int(message["message_id"])))


def _membership(change: Mapping[str, Any]) -> Incoming:
    chat, kind, _ = _place(change["chat"], change["from"])
    out = change["new_chat_member"]["status"] in ("kicked", "left")
    return Incoming(What.BLOCKED if out else What.LET_IN, chat, kind)
