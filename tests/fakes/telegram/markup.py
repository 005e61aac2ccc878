"""Telegram's HTML and keyboards, read as strictly as Telegram reads them."""

import re
from html.parser import HTMLParser
from typing import Any

TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_BYTES = 64
TARGETS = ("callback_data", "url", "switch_inline_query", "switch_inline_query_current_chat")


class BadRequestError(Exception):
    """What Telegram answers with status 400."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise BadRequestError(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise BadRequestError(f'can\'t parse entities: Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data


def plain(text: str, parse_mode: str | None) -> str:
    """What a person sees of ``text``. Raises ``BadRequestError``."""
    if parse_mode is None:
        return text
    if parse_mode != "HTML":
        raise BadRequestError("unsupported parse_mode")
    if re.search(r"<(?!/?[a-z])", text):  # the parser would take it for a letter; Telegram does not
        raise BadRequestError("can't parse entities: Unsupported start tag")
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError as error:
        raise BadRequestError("can't parse entities") from error
    if reader.open:
        raise BadRequestError(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{reader.open[-1]}\""
        )
    return reader.text


def length(text: str) -> int:
    """Telegram counts UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def checked_text(text: str, parse_mode: str | None, limit: int = TEXT_LIMIT) -> str:
    """The visible text, neither empty nor too long. Raises ``BadRequestError``."""
    visible = plain(text, parse_mode)
    if limit == TEXT_LIMIT and not visible.strip():
        raise BadRequestError("message text is empty")
    if length(visible) > limit:
        raise BadRequestError("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    return visible


def checked_keyboard(markup: Any) -> list[list[dict[str, Any]]]:
    """The rows of an inline keyboard. Raises ``BadRequestError``."""
    if markup is None:
        return []
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        raise BadRequestError("object expected as reply markup")
    rows: list[list[dict[str, Any]]] = markup["inline_keyboard"]
    for button in [button for row in rows for button in row]:
        _check_button(button)
    if any(len(row) > 8 for row in rows) or sum(map(len, rows)) > 100:
        raise BadRequestError("reply markup is too long")
    return [row for row in rows if row]


def _check_button(button: dict[str, Any]) -> None:
    if not button.get("text"):
        raise BadRequestError('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if sum(target in button for target in TARGETS) != 1:
        raise BadRequestError("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= DATA_BYTES:
        raise BadRequestError("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not url.startswith(("https://", "http://", "tg://")):
        raise BadRequestError("inline keyboard button URL is invalid")
