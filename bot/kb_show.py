"""One entry as an owner would see it who asks for it by name."""

from datetime import date

from rapidfuzz import process

from handlers import answers, topics
from handlers.reply import Reply
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Entry


def reply(entry: Entry, catalogue: Catalogue, as_of: date) -> Reply:
    """The reply to a plain question about the entry."""
    topic = topics.Topic(entry=entry, found=entry, score=1.0, named=1.0)
    return answers.answer(topic, "what", catalogue, as_of)


def near(wanted: str, catalogue: Catalogue) -> list[str]:
    """Ids that look like the one wanted."""
    return [name for name, _, _ in process.extract(wanted, list(catalogue.entries), limit=3, score_cutoff=60)]
