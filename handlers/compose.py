"""Putting a reply together: conclusion first, within the length a phone shows, source and date last."""

import re
from collections.abc import Iterable, Sequence

from handlers.reply import DEFAULT_LENGTH_LIMIT, LENGTH_LIMITS, Citation, Reply, ReplyKind
from policy_kb import entries, wording
from policy_kb.catalogues import Catalogue

COMFORTABLE = 190
"""Characters of body after which nothing optional is added: most answers should fit without scrolling."""


def body(needed: Sequence[str], optional: Iterable[str] = (), comfortable: int = COMFORTABLE) -> list[str]:
    """Needed sentences, and as many optional ones as still read comfortably; repeats are left out."""
    lines = list(dict.fromkeys(line for line in needed if line))
    for line in optional:
        if line and line not in lines and not _repeats(line, lines) and sum(map(len, lines)) + len(line) <= comfortable:
            lines.append(line)
    return lines


_NUMBER = re.compile(r"\d+(?:\.\d+)?[万亿%‰]?")


def _repeats(line: str, lines: Sequence[str]) -> bool:
    """Whether a line says nothing new: its words stand there already, or all its figures do."""
    core = line.rstrip("。")
    if any(core in other or other.rstrip("。") in line for other in lines):
        return True
    figures = set(_NUMBER.findall(line))
    return bool(figures) and figures <= set(_NUMBER.findall("".join(lines)))


def fit(kind: ReplyKind, lines: Sequence[str], last: Sequence[str] = ()) -> str:
    """Join lines, dropping from the end of the body what does not fit; the last lines (validity, source) stay."""
    limit = LENGTH_LIMITS.get(kind, DEFAULT_LENGTH_LIMIT)
    kept, closing = list(lines), [line for line in last if line]
    while len(kept) > 1 and len("\n".join((*kept, *closing))) > limit:
        kept.pop()
    text = "\n".join((*kept, *closing))
    if len(text) <= limit:
        return text
    tail = "\n".join(closing)
    room = limit - len(tail) - 2
    return kept[0][:room].rstrip("，、；") + "…\n" + tail


def added(reply: Reply, line: str) -> str:
    """The text of a reply with one more line, as long as the phone still shows it all; else the text alone."""
    longer = f"{reply.text}\n{line}"
    return longer if line and len(longer) <= LENGTH_LIMITS.get(reply.kind, DEFAULT_LENGTH_LIMIT) else reply.text


def ahead(reply: Reply, line: str) -> str:
    """The text of a reply behind a line that must be read, as far as the phone shows both."""
    return f"{line}\n{reply.text}"[: LENGTH_LIMITS.get(reply.kind, DEFAULT_LENGTH_LIMIT)]


def citations(cited: Sequence[entries.Citation], catalogue: Catalogue) -> tuple[Citation, ...]:
    """Citations in the form of the reply contract."""
    return tuple(Citation(catalogue.documents[c.document].title, c.section, c.clause) for c in cited)


def source(cited: Sequence[entries.Citation], catalogue: Catalogue) -> str:
    """The source line."""
    return wording.source(cited, catalogue)


def documents_once(cited: Sequence[entries.Citation]) -> list[entries.Citation]:
    """The first citation of each document."""
    seen: dict[str, entries.Citation] = {}
    for citation in cited:
        seen.setdefault(citation.document, citation)
    return list(seen.values())
