"""Whether a message is about what was found for it, about something else of ours, or none of our business."""

from handlers import topics
from handlers.reply import Reply, ReplyKind
from handlers.topics import Topic
from nlu import subject
from nlu.understanding import Understanding


def fits(said: Understanding, top: Topic | None) -> float:
    """How surely a message is about a topic: its likeness, less what the classifier takes for talk of other things."""
    if top is None:
        return 0.0
    if top.carried or _borne(top) or (top.named >= NAMED_ENOUGH and top.named * len(said.text) >= topics.SHORTEST_NAME):
        return top.score
    return top.score - OTHER_TALK * said.likelihood(
        "out_of_scope", "greet", "thanks", "bye", "affirm", "deny", "cancel"
    )


def _borne(top: Topic) -> bool:
    """Whether facts told speak for the topic, beside words that do: 北京 alone is no shop opened there."""
    return top.borne >= BORNE_ENOUGH and top.score - top.borne >= WORDS_BESIDE


def answerable(said: Understanding, top: Topic | None) -> bool:
    """Whether a topic may be answered: near enough, and the message speaks of our subject at all."""
    sure = fits(said, top)
    if top is not None and (top.carried or top.named > 0 or _borne(top) or subject.speaks(said.text)):
        return sure >= topics.ANSWERED_FROM or top.score >= topics.SURE_FROM
    return sure >= STRANGE_FROM


def outside(said: Understanding, top: Topic | None) -> bool:
    """Whether a message is none of our business."""
    if answerable(said, top) or (said.label == "tell" and said.confidence >= 0.5 and said.told):
        return False
    return not subject.speaks(said.text) or (said.label == "out_of_scope" and said.confidence >= 0.6)


def unsure(said: Understanding, reply: Reply) -> bool:
    """Whether an answer was given though nothing in the catalogue came near the words; short ones lean on the talk."""
    told = reply.kind in {ReplyKind.ANSWER, ReplyKind.COMPUTE, ReplyKind.CONTACT, ReplyKind.EXPIRED, ReplyKind.NOT_YET}
    return told and len(said.text) > topics.SHORT and (not said.hits or said.hits[0].score < UNSURE_BELOW)


UNSURE_BELOW = 0.35
"""Likeness of the nearest entry: of the development questions a sixth lie below, of lines from outside nine in ten."""
NAMED_ENOUGH = 0.2
BORNE_ENOUGH, WORDS_BESIDE = 0.08, 0.24
OTHER_TALK = 0.35
STRANGE_FROM = 0.42
"""Set on the development cases and the lines from outside: docs/decisions/0007."""
