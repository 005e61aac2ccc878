"""Replies as messages, and messages as Telegram wants them: pieces of 4,096 letters, escaped, with buttons. Pure."""

import html
from collections.abc import Iterator

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.reply import Button, Reply, ReplyKind
from scheduler.content import Attachment, Choice, Content

LONGEST = 4096  # UTF-16 code units, as Telegram counts
CAPTION = 1024  # the same, below a file
ROW = 22  # Chinese characters that fit beside each other on a phone
Rows = tuple[tuple[Choice, ...], ...]
# A pressed button refines these: the old message is replaced instead of repeated.
REFINED = (ReplyKind.LIST, ReplyKind.CLARIFY)


def contents(reply: Reply, pressed: str | None = None, attachment: Attachment | None = None) -> list[Content]:
    """The messages that make up a reply; ``pressed``: the message whose button was pressed."""
    pieces = list(split(reply.text))
    rows = keyboard(reply.buttons)
    if attachment is not None:
        return _with_file(pieces, rows, attachment)
    edits = pressed if len(pieces) == 1 and reply.kind in REFINED else None
    last = len(pieces) - 1
    return [
        Content(text=piece, rows=rows if number == last else (), edits=edits) for number, piece in enumerate(pieces)
    ]


def _with_file(pieces: list[str], rows: Rows, attachment: Attachment) -> list[Content]:
    """The file with the text below it; a text too long for that goes ahead, and its first line below the file."""
    ahead = [] if len(pieces) == 1 and units(pieces[0]) <= CAPTION else pieces
    below = next(split(pieces[0].partition("\n")[0], CAPTION)) if ahead else pieces[0]
    return [*(Content(text=piece) for piece in ahead), Content(text=below, rows=rows, attachment=attachment)]


def split(text: str, limit: int = LONGEST) -> Iterator[str]:
    """Pieces of at most ``limit`` code units, cut at a blank line, else a line, else a sentence, else anywhere."""
    rest = text.strip() or "…"
    while units(rest) > limit:
        head = _fitting(rest, limit)
        cut = next((at + len(mark) for mark in ("\n\n", "\n", "。", "；") if (at := head.rfind(mark)) > 0), len(head))
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def _fitting(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore")


def keyboard(buttons: tuple[Button, ...]) -> Rows:
    """Buttons in rows: short ones share a row, long ones have their own."""
    rows: list[list[Choice]] = []
    width = 0
    for button in buttons:
        size = max(4, len(button.label)) + 2
        if not rows or width + size > ROW or len(rows[-1]) == 4:
            rows.append([])
            width = 0
        rows[-1].append(Choice(label=button.label, action=button.action, url=button.url))
        width += size
    return tuple(tuple(row) for row in rows)


def as_html(text: str) -> str:
    """Escaped; our texts carry no markup of their own."""
    return html.escape(text, quote=False)


def markup(content: Content) -> InlineKeyboardMarkup | None:
    """The buttons as Telegram's keyboard."""
    if not content.rows:
        return None
    return InlineKeyboardMarkup([[_button(choice) for choice in row] for row in content.rows])


def _button(choice: Choice) -> InlineKeyboardButton:
    if choice.url:
        return InlineKeyboardButton(choice.label, url=choice.url)
    return InlineKeyboardButton(choice.label, callback_data=choice.action or "noop")
