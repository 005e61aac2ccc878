"""Reminders and matches as a job of this installation's clock."""

from datetime import datetime

from bot import gates, settings
from bot.chores import Tick
from policy_kb.catalogues import Catalogue
from storage.engine import Store


def tick(current: settings.Settings, known: Catalogue) -> Tick:
    """What the clock looks at: plans the day once, matches changed profiles, makes messages."""
    from handlers import notices
    from scheduler.reminding import Reminding

    in_force = gates.InForce(current, known)
    job: Reminding | None = None  # remembers which day it has planned

    def reminders(store: Store, now: datetime) -> int:
        nonlocal job
        job = job or Reminding(store, in_force, notices.content)
        return job.run(now)

    return reminders
