"""Telegram's objects as JSON, the few fields that matter, in shapes python-telegram-bot reads."""

from typing import Any

Json = dict[str, Any]

BOT: Json = {
    "id": 4242,
    "is_bot": True,
    "first_name": "惠企助手",
    "username": "huiqi_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}


def user(number: int) -> Json:
    """A person."""
    return {"id": number, "is_bot": False, "first_name": f"用户{number}", "language_code": "zh-hans"}


def chat(number: int) -> Json:
    """A private chat where the number is positive, else a group."""
    if number > 0:
        return {"id": number, "type": "private", "first_name": f"用户{number}"}
    return {"id": number, "type": "supergroup", "title": f"群{number}", "is_forum": True}


def message(number: int, chat_id: int, sender: Json, moment: int, **content: Any) -> Json:
    """A message."""
    return {"message_id": number, "date": moment, "chat": chat(chat_id), "from": sender, **content}


def command_entities(text: str) -> list[Json]:
    """Telegram marks a leading command."""
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]


def callback(query: str, sender: Json, shown: Json, data: str) -> Json:
    """A pressed button."""
    return {"id": query, "from": sender, "message": shown, "chat_instance": "1", "data": data}


def membership(number: int, moment: int, was: str, now: str) -> Json:
    """The bot was blocked, or let in again."""
    bot = {key: BOT[key] for key in ("id", "is_bot", "first_name", "username")}

    def member(status: str) -> Json:
        return {"user": bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}

    return {
        "chat": chat(number),
        "from": user(number),
        "date": moment,
        "old_chat_member": member(was),
        "new_chat_member": member(now),
    }
