"""Which answers are kept for the keepers because nothing in the catalogue came near the words."""

import pytest

from handlers import relevance
from handlers.reply import Reply, ReplyKind
from nlu.understanding import Understanding
from policy_kb.search import Hit

LONG, SHORT = "三百来万的工程，我们这种小施工队有没得机会", "那上限呢"


def said(text: str, score: float) -> Understanding:
    return Understanding(text, text, "what", 0.5, hits=(Hit("rent", score, 0.0, ()),))


@pytest.mark.parametrize(
    ("text", "score", "kind", "kept"),
    [
        (LONG, 0.34, ReplyKind.ANSWER, True),
        (LONG, 0.34, ReplyKind.COMPUTE, True),
        (LONG, 0.34, ReplyKind.EXPIRED, True),
        (LONG, 0.35, ReplyKind.ANSWER, False),
        (SHORT, 0.1, ReplyKind.ANSWER, False),  # leans on the talk
        (LONG, 0.1, ReplyKind.LIST, False),  # asks about no entry
        (LONG, 0.1, ReplyKind.OUT_OF_SCOPE, False),
        (LONG, 0.1, ReplyKind.ELIGIBILITY, False),  # an answer to a question of ours
    ],
)
def test_an_answer_far_from_every_entry_is_unsure(text: str, score: float, kind: ReplyKind, kept: bool) -> None:
    assert relevance.unsure(said(text, score), Reply(text="…", kind=kind)) is kept


def test_an_answer_without_any_entry_is_unsure() -> None:
    nothing = Understanding(LONG, LONG, "what", 0.5)
    assert relevance.unsure(nothing, Reply(text="…", kind=ReplyKind.ANSWER))
