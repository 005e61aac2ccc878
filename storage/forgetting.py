"""/forget: a person's words go, what happened stays behind a token that leads nowhere."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from storage import campaigns, enterprises, events, sessions, subscriptions, ticket_texts
from storage.outbox import OPEN
from storage.tables import Chat, Event, Inbox, InboxState, Lane, Outbox, OutboxState, Transcript, Unanswered


def erase(session: Session, chat: Chat, now: datetime) -> None:
    """Erase sessions, enterprises, subscriptions, transcripts, ticket texts and old messages of a chat.

    Replies still to be sent stay until they are sent; reminders are not sent any more. The token is random, kept
    nowhere else, so nobody can lead audit rows back to the person.
    """
    sessions.forget(session, chat.id)
    enterprises.drop_all(session, chat.id, now)
    campaigns.forget(session, chat.id)
    subscriptions.leave(session, chat.id)
    waiting = (Outbox.chat_id == chat.id, Outbox.lane == Lane.REMINDER, Outbox.state == OutboxState.READY)
    session.execute(update(Outbox).where(*waiting).values(state=OutboxState.SKIPPED, reason="forgotten"))
    session.execute(delete(Transcript).where(Transcript.chat_id == chat.id))
    session.execute(delete(Unanswered).where(Unanswered.chat_id == chat.id))
    ticket_texts.forget(session, chat.id, now)
    settled = Outbox.state.not_in(OPEN)
    session.execute(update(Outbox).where(Outbox.chat_id == chat.id, settled).values(content=""))
    read = (InboxState.DONE, InboxState.DEAD, InboxState.LEASED)  # leased: the update that asks for this
    mine = (Inbox.channel == chat.channel, Inbox.chat == chat.address, Inbox.state.in_(read))
    session.execute(update(Inbox).where(*mine).values(payload="{}", error=None))
    subject = f"{chat.channel}:{chat.address}"
    token = f"gone:{uuid4().hex}"
    session.execute(update(Event).where(Event.subject == subject).values(subject=token))
    events.add(session, "forgotten", now, token)
