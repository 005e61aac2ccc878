"""Puts the assistant together: settings → catalogue → model → conversation. The only place that knows all parts."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot import kb_versions, settings
from helpdesk import business_calendar
from helpdesk.business_calendar import Calendar
from helpdesk.house import House
from policy_kb import loader
from policy_kb.catalogues import Catalogue

if TYPE_CHECKING:
    from handlers.conversation import Conversation
    from handlers.person import Person
    from handlers.session import Session
    from handlers.turn import Message, Turn
    from storage.engine import Store

log = structlog.get_logger()


def catalogue(current: settings.Settings) -> Catalogue:
    """The catalogue in force: the published one, else that of the project; whole or not at all.

    Raises loader.CatalogueError naming file and line of every mistake.
    """
    return loader.load(kb_versions.folder(current.home))


def house(current: settings.Settings, known: Catalogue) -> House:
    """What every desk of this installation works with."""
    return House(known, calendar(current))


def calendar(current: settings.Settings) -> Calendar:
    """The helpdesk's working time."""
    return Calendar(business_calendar.hours(current.desk_hours))


def desk_tick(current: settings.Settings, known: Catalogue) -> Callable[["Store", datetime], object]:
    """What the clock does to tickets."""
    from helpdesk import clockwork

    desk = house(current, known)
    return lambda store, now: clockwork.tick(store, desk, now)


def conversation(current: settings.Settings, known: Catalogue | None = None) -> "Living":
    """The assistant ready to talk. Takes 10–20 s: it loads the language model, training it first where none fits."""
    from handlers.conversation import Conversation
    from nlu import knowledge, training, understanding

    follower = kb_versions.Follower(current.home)
    known = known or catalogue(current)
    model = training.model_path(current.model_dir)
    if not model.exists():
        model = training.train(known, current.home, current.model_dir)
    built = knowledge.build(known, current.home / "cache")
    return Living(Conversation(known, understanding.Understander(model, built)), follower, current.home)


class Living:
    """A conversation that takes a newly published catalogue over between two messages, without a restart."""

    def __init__(self, talk: "Conversation", follower: kb_versions.Follower, home: Path) -> None:
        self._talk, self._follower, self._home = talk, follower, home
        self._lock = threading.Lock()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that answers now; its `version` is kept with each answer."""
        return self._talk.catalogue

    def turn(self, message: "Message", session: "Session", as_of: date, person: "Person | None" = None) -> "Turn":
        """One turn with the catalogue in force."""
        with self._lock:
            self._take_over()
            talk = self._talk
        return talk.turn(message, session, as_of, *((person,) if person else ()))

    def _take_over(self) -> None:
        folder = self._follower.changed()
        if folder is None:
            return
        from handlers.conversation import Conversation
        from nlu import knowledge

        try:
            fresh = loader.load(folder)
        except loader.CatalogueError as error:  # a published version was checked; a damaged folder must not stop talks
            log.exception("catalogue.refused", faults=len(error.faults))
            return
        knowledge.use(knowledge.build(fresh, self._home / "cache"))
        self._talk = Conversation(fresh, self._talk.mind)
        log.info("catalogue.changed", version=fresh.version)
