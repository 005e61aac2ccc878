"""What is known of one enterprise: what it said, what follows from that, and what does not apply to it."""

from dataclasses import dataclass, field
from datetime import date

from policy_kb import derivations, kleene
from policy_kb.catalogues import Catalogue
from policy_kb.facts import NOT_APPLICABLE, UNKNOWN, Fact, Facts, Unknown, Value


@dataclass
class Enterprise:
    """Facts told, completed by derivation and `applies_when`. `as_of` chooses the parameters of derivations.

    What was told wins, also over `applies_when`: who says how the business registered is believed. A told broader
    value (中小微) is narrowed by a derived one under it (小型).
    """

    told: Facts
    catalogue: Catalogue
    as_of: date | None = None
    _values: Facts = field(default_factory=dict, repr=False)

    def value(self, name: str) -> Value:
        """The value of a fact, worked out once."""
        if name not in self._values:
            self._values[name] = self.told.get(name, UNKNOWN)  # while it is worked out, it stands for itself
            self._values[name] = self._worked_out(name)
        return self._values[name]

    def _worked_out(self, name: str) -> Value:
        told = self.told.get(name, UNKNOWN)
        fact = self.catalogue.facts.get(name)
        if fact is None:
            return told
        if fact.derive and (isinstance(told, Unknown) or _broad(fact, told)):
            told = _closer(fact, told, derivations.derive(fact, self.value, self.catalogue, self.as_of))
        if isinstance(told, Unknown) and fact.applies_when and self._has_no_meaning(fact):
            return NOT_APPLICABLE
        return told

    def _has_no_meaning(self, fact: Fact) -> bool:
        when = fact.applies_when
        if when is None or when.fact not in self.catalogue.facts:
            return False
        gate = self.catalogue.facts[when.fact]
        return kleene.among(frozenset(when.one_of), gate, self.value(when.fact)) is False


def _broad(fact: Fact, value: Value) -> bool:
    return isinstance(value, str) and value in fact.values and len(fact.kinds[value]) > 1


def _closer(fact: Fact, told: Value, derived: Value) -> Value:
    """The derived value where nothing was told, or where it says more of the same than what was told."""
    if isinstance(told, Unknown):
        return told if isinstance(derived, Unknown) else derived
    if isinstance(derived, str) and derived in fact.values and isinstance(told, str) and told in fact.broader[derived]:
        return derived
    return told
