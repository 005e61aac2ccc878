"""Times: kept as UTC, shown as Asia/Shanghai."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

SHANGHAI = ZoneInfo("Asia/Shanghai")


class NaiveTimeError(ValueError):
    """A time without a zone was handed to the database; say which zone it is in."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in Python, UTC in the database, whatever the database makes of zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC. Raises ``NaiveTimeError``."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTimeError(f"{NaiveTimeError.__doc__} ({value!r})")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database, which may have dropped the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def shown(moment: datetime) -> str:
    """A moment as an owner or a keeper reads it, in Asia/Shanghai: ``2022-09-20 10:15:00``."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
