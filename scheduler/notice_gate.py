"""The checks of a reminder or match at the moment of sending: wanted, allowed now, still true."""

import json
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from policy_kb.catalogues import Catalogue
from scheduler import postman, pushes, readers
from scheduler.outbox import Later, Skip
from storage import notices, subscriptions
from storage.notices import REGROUP
from storage.outbox import Claimed
from storage.times import SHANGHAI


class Gate:
    """``catalogue`` gives the one in force. ``today``: the real day, where ``now`` is another."""

    def __init__(self, catalogue: Callable[[], Catalogue], today: Callable[[], date] | None = None) -> None:
        self._catalogue = catalogue
        self._today = today

    def __call__(self, session: Session, item: Claimed, now: datetime) -> Skip | Later | None:
        """Whether it goes out. A message of which only a part still holds is skipped, and the rest is told anew."""
        ids = json.loads(item.row.checks or "{}").get("notices")
        if ids is None:
            return None
        kept = notices.by_id(session, ids)
        found = subscriptions.readers(session, [item.chat.id])
        if not kept or not found:
            return Skip("unsubscribed")
        catalogue, day = self._catalogue(), now.astimezone(SHANGHAI).date()
        [reader] = readers.read(found, catalogue)
        today = self._today() if self._today else day
        why = [postman.outdated(one, reader, catalogue, day, today) for one in kept]
        if all(why):
            return Skip(why[0])
        if any(why) or len(kept) < len(ids):
            return Skip(REGROUP)
        if reader.muted_until is not None and reader.muted_until > now:
            return Later(reader.muted_until)
        quiet = pushes.quiet_until(now)
        return Later(quiet) if quiet is not None else None
