"""How long what is kept."""

from datetime import datetime, timedelta

from storage import (
    enterprises,
    inbox,
    link_codes,
    notices,
    outbox,
    sessions,
    ticket_texts,
    transcripts,
    unanswered,
)
from storage.engine import Store

INBOX = timedelta(days=14)  # longer than Telegram may repeat an update
MESSAGES = timedelta(days=90)  # texts; the keys stay
TALKS = timedelta(days=180)
TRANSCRIPTS = timedelta(days=180)
UNANSWERED = timedelta(days=180)
ENTERPRISES = timedelta(days=730)  # after the last change and the last talk
LINK_CODES = timedelta(days=1)  # after they died; wrong guesses as long
NOTICES = timedelta(days=730)  # which reminders were made; not their texts
TICKETS = timedelta(days=365)  # after closing: texts; what happened when stays for counting


def apply(store: Store, now: datetime) -> dict[str, int]:
    """Delete what is older than its period. Returns how many of each."""
    with store.write() as session:
        return {
            "inbox": inbox.forget_before(session, now - INBOX),
            "outbox": outbox.forget_before(session, now - MESSAGES),
            "sessions": sessions.forget_before(session, now - TALKS),
            "enterprises": enterprises.forget_before(session, now - ENTERPRISES),
            "transcripts": transcripts.forget_before(session, now - TRANSCRIPTS),
            "unanswered": unanswered.forget_before(session, now - UNANSWERED),
            "link codes": link_codes.forget_before(session, now - LINK_CODES),
            "notices": notices.forget_before(session, now - NOTICES),
            "tickets": ticket_texts.forget_before(session, now - TICKETS),
        }
