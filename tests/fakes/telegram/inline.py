"""Results of inline queries, as strictly as Telegram takes them; articles are the only kind known here."""

from tests.fakes.telegram import markup
from tests.fakes.telegram.markup import BadRequestError
from tests.fakes.telegram.objects import Json

ARTICLE = {
    "type",
    "id",
    "title",
    "input_message_content",
    "reply_markup",
    "url",
    "description",
    "thumbnail_url",
    "thumbnail_width",
    "thumbnail_height",
}
TEXT = {"message_text", "parse_mode", "entities", "link_preview_options"}


def check(result: Json) -> None:
    """Raises ``BadRequestError`` where Telegram would refuse this result."""
    if result.get("type") != "article":
        raise BadRequestError("can't parse inline query result: unsupported type")
    if unknown := set(result) - ARTICLE:
        raise BadRequestError(f"unknown field {min(unknown)} of InlineQueryResultArticle")
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise BadRequestError("RESULT_ID_INVALID")
    if not result.get("title"):
        raise BadRequestError('can\'t parse inline query result: Field "title" must be non-empty')
    content = result.get("input_message_content")
    if not isinstance(content, dict) or set(content) - TEXT or "message_text" not in content:
        raise BadRequestError("MESSAGE_CONTENT_INVALID")
    markup.checked_text(content["message_text"], content.get("parse_mode"))
    markup.checked_keyboard(result.get("reply_markup"))
