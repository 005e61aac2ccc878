"""The checks at the moment of sending that this installation makes, and the catalogue they go by."""

import threading

import structlog

from bot import kb_versions, settings
from policy_kb import loader
from policy_kb.catalogues import Catalogue
from scheduler import campaigns, notice_gate
from scheduler.outbox import Gate

log = structlog.get_logger()


class InForce:
    """Gives the catalogue in force: a newly published one from its next call on. Safe from any thread."""

    def __init__(self, current: settings.Settings, known: Catalogue) -> None:
        self._follower = kb_versions.Follower(current.home)
        self._known = known
        self._lock = threading.Lock()

    def __call__(self) -> Catalogue:
        """The catalogue as it is now. One that cannot be read leaves the last one in force."""
        with self._lock:
            folder = self._follower.changed()
            if folder is not None:
                try:
                    self._known = loader.load(folder)
                except loader.CatalogueError as error:
                    log.exception("catalogue.refused", faults=len(error.faults))
            return self._known


def gates(current: settings.Settings, known: Catalogue) -> tuple[Gate, ...]:
    """All of them, in the order they are asked."""
    in_force = InForce(current, known)
    return (campaigns.Gate(in_force), notice_gate.Gate(in_force))
