"""Fixtures of the acceptance tests."""

from tests.fakes.telegram_bots import database_url, fake, port, start, world

__all__ = ["database_url", "fake", "port", "start", "world"]
