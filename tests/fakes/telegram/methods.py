"""What the bot may call. Each function gets the world and typed parameters and gives the result as JSON."""

import math
import re
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram import forum, inline, markup, objects
from tests.fakes.telegram.markup import BadRequestError
from tests.fakes.telegram.objects import Json
from tests.fakes.telegram.world import Seen, World

INLINE_SECONDS = 10
"""Seconds within which an inline query must be answered."""


class RefusedError(Exception):
    """An answer other than 400: a status, a description, parameters."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def get_me(world: World, given: Json) -> Json:
    return objects.BOT


def set_webhook(world: World, given: Json) -> bool:
    secret = given.get("secret_token", "")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise BadRequestError("secret token contains unallowed characters")
    if given["url"] and not re.match(r"https?://", given["url"]):
        raise BadRequestError("bad webhook: An HTTPS URL must be provided for webhook")
    world.webhook = dict(given)
    _drop(world, given)
    return True


def delete_webhook(world: World, given: Json) -> bool:
    world.webhook = {"url": ""}
    _drop(world, given)
    return True


def _drop(world: World, given: Json) -> None:
    if given.get("drop_pending_updates"):
        world.updates.clear()


def get_webhook_info(world: World, given: Json) -> Json:
    return {
        "url": world.webhook["url"],
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
        **_push_error(world),
    }


def _push_error(world: World) -> Json:
    failed = [call for call in world.calls if call.method == "push" and not call.outcome.startswith("2")]
    if not failed:
        return {}
    word = (
        "Connection refused"
        if not failed[-1].outcome.isdecimal() or failed[-1].outcome == "0"
        else (f"Wrong response from the webhook: {failed[-1].outcome}")
    )
    return {"last_error_date": math.floor(failed[-1].at), "last_error_message": word}


def send_message(world: World, given: Json) -> Json:
    text = markup.checked_text(given["text"], given.get("parse_mode"))
    return _appears(world, given, text)


def _send_file(kind: str) -> Callable[[World, Json], Json]:
    def send(world: World, given: Json) -> Json:
        text = markup.checked_text(given.get("caption", ""), given.get("parse_mode"), markup.CAPTION_LIMIT)
        return _appears(world, given, text, file=forum.resent(world, kind, given[kind]), kind=kind)

    return send


send_document, send_photo = _send_file("document"), _send_file("photo")


def copy_message(world: World, given: Json) -> Json:
    source = world.original(given["from_chat_id"], given["message_id"])
    if "caption" in given:
        given = {**given, "text": markup.checked_text(given["caption"], given.get("parse_mode"), markup.CAPTION_LIMIT)}
    text = given.get("text", source.text)
    return {"message_id": _appears(world, given, text, file=source.file, kind=source.kind)["message_id"]}


def _appears(world: World, given: Json, text: str, file: str | None = None, kind: str | None = None) -> Json:
    chat = _reachable(world, given["chat_id"])
    keyboard = markup.checked_keyboard(given.get("reply_markup"))
    place = forum.place(world, chat, given)
    _in_time(world, chat)
    return _shown(world.post(chat, text, keyboard, file=file, kind=kind, **place))


def _in_time(world: World, chat: int) -> None:
    wait = world.flood.check(chat, world.clock())
    if wait is not None:
        raise RefusedError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


def _reachable(world: World, chat: int) -> int:
    if chat in world.blocked:
        raise RefusedError(403, "Forbidden: bot was blocked by the user")
    if chat in world.moved:
        raise RefusedError(
            400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=world.moved[chat]
        )
    if chat in world.gone or chat == 0:
        raise BadRequestError("chat not found")
    return chat


def _shown(seen: Seen) -> Json:
    content: Json = {"text": seen.text}
    if seen.file is not None:
        content = {"caption": seen.text, "document": {"file_id": "f", "file_unique_id": "f", "file_name": seen.file}}
    if seen.keyboard:
        content["reply_markup"] = {"inline_keyboard": seen.keyboard}
    return objects.message(seen.number, seen.chat, objects.BOT, math.floor(seen.at), **content)


def edit_message_text(world: World, given: Json) -> Json:
    text = markup.checked_text(given["text"], given.get("parse_mode"))
    return _edited(world, given, text)


def edit_message_caption(world: World, given: Json) -> Json:
    text = markup.checked_text(given.get("caption", ""), given.get("parse_mode"), markup.CAPTION_LIMIT)
    return _edited(world, given, text, caption=True)


def edit_message_reply_markup(world: World, given: Json) -> Json:
    return _edited(world, given, None)


def _edited(world: World, given: Json, text: str | None, *, caption: bool = False) -> Json:
    seen = world.message_of(_reachable(world, given["chat_id"]), given["message_id"], "edit")
    if text is not None and caption != (seen.file is not None):
        raise BadRequestError(f"there is no {'caption' if caption else 'text'} in the message to edit")
    keyboard = markup.checked_keyboard(given.get("reply_markup"))
    text = seen.text if text is None else text
    if (text, keyboard) == (seen.text, seen.keyboard):
        raise BadRequestError("message is not modified: specified new message content and reply markup are the same")
    seen.text, seen.keyboard, seen.edits = text, keyboard, seen.edits + 1
    return _shown(seen)


def delete_message(world: World, given: Json) -> bool:
    seen = world.message_of(given["chat_id"], given["message_id"], "delete")
    del world.messages[seen.chat, seen.number]
    return True


def send_chat_action(world: World, given: Json) -> bool:
    if given["action"] not in {"typing", "upload_photo", "upload_document"}:
        raise BadRequestError("wrong parameter action in request")
    _reachable(world, given["chat_id"])
    return True


def answer_callback_query(world: World, given: Json) -> bool:
    if markup.length(given.get("text", "")) > 200:
        raise BadRequestError("MESSAGE_TOO_LONG")
    if given["callback_query_id"] in world.answered:
        raise BadRequestError("query is too old and response timeout expired or query ID is invalid")
    world.answered[given["callback_query_id"]] = given
    return True


def answer_inline_query(world: World, given: Json) -> bool:
    results: list[Json] = given["results"]
    asked_at = world.typing.get(given["inline_query_id"])
    if asked_at is None or world.clock() - asked_at > INLINE_SECONDS:
        raise BadRequestError("query is too old and response timeout expired or query ID is invalid")
    if len(results) > 50:
        raise BadRequestError("RESULTS_TOO_MUCH")
    if len({result.get("id") for result in results}) < len(results):
        raise BadRequestError("RESULT_ID_DUPLICATE")
    for result in results:
        inline.check(result)
    if markup.length(given.get("next_offset", "")) > 64:
        raise BadRequestError("NEXT_OFFSET_INVALID")
    del world.typing[given["inline_query_id"]]
    world.inline[given["inline_query_id"]] = results
    return True


def set_my_commands(world: World, given: Json) -> bool:
    for command in given["commands"]:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise BadRequestError("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise BadRequestError("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands.append(given)
    return True


def accepted(world: World, given: Json) -> bool:
    return True


def get_my_commands(world: World, given: Json) -> list[Json]:
    return world.commands[-1]["commands"] if world.commands else []


def get_chat(world: World, given: Json) -> Json:
    chat = objects.chat(_reachable(world, given["chat_id"]))
    return {**chat, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}


GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def create_forum_topic(world: World, given: Json) -> Json:
    chat = _reachable(world, given["chat_id"])
    _in_time(world, chat)  # its service message counts
    return forum.open_topic(world, chat, given["name"])


def edit_forum_topic(world: World, given: Json) -> bool:
    forum.topic(world, given["chat_id"], given["message_thread_id"])["name"] = given.get("name", "")
    return True


def topic_changed(world: World, given: Json) -> bool:
    forum.topic(world, given["chat_id"], given["message_thread_id"])
    return True


def delete_forum_topic(world: World, given: Json) -> bool:
    forum.drop_topic(world, given["chat_id"], given["message_thread_id"])
    return True


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendVoice": _send_file("voice"),
    "sendVideo": _send_file("video"),
    "sendAudio": _send_file("audio"),
    "getFile": forum.get_file,
    "copyMessage": copy_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "setMyCommands": set_my_commands,
    "deleteMyCommands": accepted,
    "getMyCommands": get_my_commands,
    "setMyDescription": accepted,
    "setMyShortDescription": accepted,
    "getChat": get_chat,
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": topic_changed,
    "reopenForumTopic": topic_changed,
    "deleteForumTopic": delete_forum_topic,
}
