"""What a check found: faults, warnings and counts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from policy_kb.catalogues import Catalogue
from policy_kb.documents import Document
from policy_kb.entries import Entry
from policy_kb.facts import Fact
from policy_kb.loader import Fault
from policy_kb.parameters import Parameter
from policy_kb.sources import Source

Placed = Entry | Fact | Document | Parameter
"""What stands in a file of its own or as an item of one."""
Where = tuple[str | int, ...]
"""The way to a part of it: ("points", 0, "says")."""


@dataclass
class Findings:
    """Faults must be mended; warnings are looked at. `counts` tells how much was checked, and against what."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class Desk:
    """What every check works on: the catalogue, the texts at hand (by document id), the day, and the findings."""

    catalogue: Catalogue
    texts: dict[str, Source]
    as_of: date
    strict: bool = False
    unread: tuple[Fault, ...] = ()  # mistakes of the loader: what is missing may just stand in a file it could not read
    findings: Findings = field(default_factory=Findings)

    def fault(self, of: Placed, where: Where, what: str, mend: str = "", why: str = "") -> None:
        """A mistake at that place of an entry, a fact or a document."""
        self.findings.faults.append(self._fault(of, where, what, mend, why))

    def warn(self, of: Placed, where: Where, what: str, mend: str = "", why: str = "") -> None:
        """Something to look at."""
        self.findings.warnings.append(self._fault(of, where, what, mend, why))

    def lack(self, of: Placed, where: Where, what: str, mend: str = "", why: str = "") -> None:
        """Something not there yet: a warning while the catalogue is being written, a fault in the end."""
        (self.fault if self.strict else self.warn)(of, where, what, mend, why)

    def _fault(self, of: Placed, where: Where, what: str, mend: str, why: str) -> Fault:
        lines, base = self.catalogue.place(of, *where)
        return lines.fault(base, what, mend, why)
