"""Which parameters each method takes, which it must have, and of what type. Unknown ones are errors."""

import json
from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram.markup import BadRequestError

_MESSAGE: dict[str, type] = {
    "chat_id": int,
    "message_thread_id?": int,
    "parse_mode?": str,
    "entities?": list,
    "link_preview_options?": dict,
    "disable_notification?": bool,
    "protect_content?": bool,
    "reply_parameters?": dict,
    "reply_markup?": dict,
}
_WEBHOOK: dict[str, type] = {
    "secret_token?": str,
    "max_connections?": int,
    "allowed_updates?": list,
    "drop_pending_updates?": bool,
}
_COMMANDS: dict[str, type] = {"scope?": dict, "language_code?": str}
_EDIT: dict[str, type] = {"chat_id": int, "message_id": int, "reply_markup?": dict}

METHODS: dict[str, dict[str, type]] = {
    "getMe": {},
    "getUpdates": {"offset?": int, "limit?": int, "timeout?": int, "allowed_updates?": list},
    "setWebhook": {"url": str, **_WEBHOOK},
    "deleteWebhook": {"drop_pending_updates?": bool},
    "getWebhookInfo": {},
    "sendMessage": {"text": str, **_MESSAGE},
    "sendDocument": {"document": bytes, "caption?": str, **_MESSAGE},
    "sendPhoto": {"photo": bytes, "caption?": str, **_MESSAGE},
    "sendVoice": {"voice": bytes, "caption?": str, **_MESSAGE},
    "sendVideo": {"video": bytes, "caption?": str, **_MESSAGE},
    "sendAudio": {"audio": bytes, "caption?": str, **_MESSAGE},
    "getFile": {"file_id": str},
    "editMessageText": {"text": str, "parse_mode?": str, "entities?": list, "link_preview_options?": dict, **_EDIT},
    "editMessageCaption": {"caption?": str, "parse_mode?": str, "caption_entities?": list, **_EDIT},
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": {"chat_id": int, "message_id": int},
    "copyMessage": {"from_chat_id": int, "message_id": int, "caption?": str, **_MESSAGE},
    "sendChatAction": {"chat_id": int, "action": str, "message_thread_id?": int},
    "answerCallbackQuery": {
        "callback_query_id": str,
        "text?": str,
        "show_alert?": bool,
        "url?": str,
        "cache_time?": int,
    },
    "answerInlineQuery": {
        "inline_query_id": str,
        "results": list,
        "cache_time?": int,
        "is_personal?": bool,
        "next_offset?": str,
        "button?": dict,
    },
    "setMyCommands": {"commands": list, **_COMMANDS},
    "deleteMyCommands": _COMMANDS,
    "getMyCommands": _COMMANDS,
    "setMyDescription": {"description?": str, "language_code?": str},
    "setMyShortDescription": {"short_description?": str, "language_code?": str},
    "getChat": {"chat_id": int},
    "createForumTopic": {"chat_id": int, "name": str, "icon_color?": int},
    "editForumTopic": {"chat_id": int, "message_thread_id": int, "name?": str},
    "closeForumTopic": {"chat_id": int, "message_thread_id": int},
    "reopenForumTopic": {"chat_id": int, "message_thread_id": int},
    "deleteForumTopic": {"chat_id": int, "message_thread_id": int},
}


def parameters(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with their types. Raises ``BadRequestError``."""
    spec = {name.rstrip("?"): kind for name, kind in METHODS[method].items()}
    for name in given:
        if name not in spec:
            raise BadRequestError(f"unknown parameter {name} of {method}")
    for name in METHODS[method]:
        if not name.endswith("?") and name not in given:
            raise BadRequestError(f"parameter {name} of {method} is required")
    return {name: _typed(name, value, spec[name]) for name, value in given.items()}


def _typed(name: str, value: Any, kind: type) -> Any:
    try:
        if kind is str or kind is bytes:
            return value
        decoded = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise BadRequestError(f"can't parse {name}: {value!r}") from error
    if not isinstance(decoded, kind):
        raise BadRequestError(f"{name} must be {kind.__name__}, not {decoded!r}")
    return decoded
