"""What a talk in the terminal keeps: enterprises, once their owner agreed; nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from sqlalchemy import make_url

from bot import effects, people
from handlers.keeping import EnterpriseEffect
from handlers.person import NOBODY, Person
from handlers.turn import Effect, Forget
from storage import chats, migrate
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError
from storage.migrate import DatabaseTooNewError
from storage.tables import ChatKind

CHANNEL, ADDRESS = "terminal", "local"
_KEPT = (*get_args(EnterpriseEffect), Forget)
UNUSABLE = (StoreUnavailableError, DatabaseTooNewError, DatabaseUrlError)
"""Why nothing can be kept."""


class Memory:
    """The database behind a talk. It is opened when first needed, and made when something is to be kept."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._store: Store | None = None

    def person(self) -> Person:
        """Who talks. Raises one of ``UNUSABLE``."""
        if self._store is None and not self._is_there():
            return Person(may_keep=True)
        with self._opened().read() as transaction:
            known = people.load(transaction, CHANNEL, ADDRESS)
        # A ticket is answered where it can be delivered, so none keeps the assistant silent here.
        return replace(NOBODY, enterprises=known.enterprises, active=known.active, may_keep=True)

    def carry_out(self, wanted: Sequence[Effect]) -> None:
        """Keep, change and forget what the turn says. Raises one of ``UNUSABLE``."""
        kept = [effect for effect in wanted if isinstance(effect, _KEPT)]
        if not kept or (self._store is None and not self._is_there() and all(isinstance(one, Forget) for one in kept)):
            return
        now = datetime.now(UTC)
        with self._opened().write() as transaction:
            chat = chats.ensure(transaction, CHANNEL, ADDRESS, ChatKind.PRIVATE, now)
            for effect in kept:
                effects.carry_out(transaction, chat, effect, now)

    def close(self) -> None:
        """Give the database back."""
        if self._store is not None:
            self._store.close()

    def _is_there(self) -> bool:
        url = make_url(self._url)
        return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()

    def _opened(self) -> Store:
        if self._store is None:
            opened = Store(self._url)
            migrate.upgrade(opened)
            self._store = opened
        return self._store
