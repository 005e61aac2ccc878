"""Today and now, in the one time zone. Handed down as arguments; nothing below asks a clock itself."""

from datetime import date, datetime

from storage.times import SHANGHAI


def now() -> datetime:
    """This moment in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


def today() -> date:
    """This day in Asia/Shanghai."""
    return now().date()
