"""What every desk works with: the working calendar and the knowledge base."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from helpdesk.business_calendar import Calendar
from policy_kb.catalogues import Catalogue
from storage.ticket_tables import TicketKind

COMPLAINTS = "payment-arrears"
"""Category of the catalogue whose channels take complaints about debts."""

NOTHING = Catalogue.of(documents=(), facts=(), measures=(), figures=(), channels=(), gaps=(), version="", places={})
"""Knows nothing: for a desk that must go on where the catalogue is not at hand."""


@dataclass(frozen=True)
class House:
    """One installation's desk, the same for the terminal, the group and the clock."""

    catalogue: Catalogue = field(default_factory=lambda: NOTHING)
    calendar: Calendar = field(default_factory=Calendar)

    def department(self, measure: str | None, candidates: Iterable[str] = ()) -> str | None:
        """The id of the department that leads (牵头单位) by the catalogue, None where no document names one.

        ``candidates``: what else it may be about, nearest first; asked only where the measure itself names nobody.
        """
        for name in (measure, *candidates):
            entry = self.catalogue.entries.get(name or "")
            if entry is not None and entry.departments.lead:
                return entry.departments.lead[0]
        return None

    def department_name(self, department: str | None) -> str:
        """A department in words; empty where it is not known (any more)."""
        channel = self.catalogue.channels.get(department or "")
        return channel.title if channel else ""

    def title(self, measure: str | None) -> str:
        """A measure in words; empty where it is not in the catalogue (any more)."""
        entry = self.catalogue.entries.get(measure or "")
        return entry.title if entry else ""

    def complaint_channel(self, kind: TicketKind) -> str:
        """The official channel for a complaint of this kind, as the documents name it; empty where none does."""
        if kind is not TicketKind.ARREARS:
            return ""
        services = [c for c in self.catalogue.channels.values() if c.category == COMPLAINTS and c.kind == "service"]
        return services[0].title if services else ""
