"""Facts worked out from other facts when the owner did not say them.

A derivation never guesses: what its inputs leave open stays unknown, or becomes the broader value (中小微) that all
possible outcomes share.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from policy_kb import kleene, sizes
from policy_kb.catalogues import Catalogue
from policy_kb.facts import UNKNOWN, Fact, Range, Value

Look: TypeAlias = Callable[[str], Value]
"""The value of another fact, by id."""

SIX_TAXES = (
    "tax_urban_construction",
    "tax_property",
    "tax_land_use",
    "tax_stamp",
    "tax_resource",
    "tax_farmland",
    "fee_education",
    "fee_local_education",
)


def derive(fact: Fact, look: Look, catalogue: Catalogue, as_of: date | None) -> Value:
    """The value of a fact that has `derive`, as far as its inputs settle it. An unknown rule derives nothing."""
    rule = _RULES.get(fact.derive or "")
    return rule(fact, look, catalogue, as_of) if rule else UNKNOWN


def _size_standard(fact: Fact, look: Look, catalogue: Catalogue, as_of: date | None) -> Value:
    return sizes.standard(fact, look, catalogue, as_of).value


def size_standard(look: Look, catalogue: Catalogue, as_of: date | None) -> sizes.Reading:
    """The size of an enterprise with the rows it was read from, its caveat and what is missing (`enterprise_size`)."""
    return sizes.standard(catalogue.facts["enterprise_size"], look, catalogue, as_of)


def _small_low_profit(_fact: Fact, look: Look, catalogue: Catalogue, as_of: date | None) -> Value:
    """小型微利企业: every number at most its limit, and no restricted or prohibited industry."""
    parameter = catalogue.parameters.get("small-low-profit")
    dated = parameter.on(as_of, catalogue.documents) if parameter else None
    if dated is None:
        return UNKNOWN
    within = [kleene.negation(kleene.exceeds(sizes.measured(look(name)), most)) for name, most in dated.numbers.items()]
    restricted = look("restricted_industry")
    within.append(not restricted if isinstance(restricted, bool) else None)
    truth = kleene.conjunction(within)
    return UNKNOWN if truth is None else truth


def _retention_rate(_fact: Fact, look: Look, _catalogue: Catalogue, _as_of: date | None) -> Value:
    """留用率: those kept over those who were there, as a share of 1."""
    kept, all_ = sizes.measured(look("retained_interns")), sizes.measured(look("interns"))
    if not all_.low or all_.high is None or kept.low is None or kept.high is None or kept.high > all_.low:
        return UNKNOWN
    low, high = kept.low / all_.high, kept.high / all_.low
    return low if low == high else Range(low, high)


def _six_taxes_due(_fact: Fact, look: Look, _catalogue: Catalogue, _as_of: date | None) -> Value:
    """The parts of 六税两费 that were told, together. Nobody pays all of them, so those not told count as none."""
    told = [value for name in SIX_TAXES if isinstance(value := look(name), Decimal)]
    return sum(told, Decimal(0)) if told else UNKNOWN


_RULES: dict[str, Callable[[Fact, Look, Catalogue, date | None], Value]] = {
    "size_standard": _size_standard,
    "small_low_profit": _small_low_profit,
    "retention_rate": _retention_rate,
    "six_taxes_due": _six_taxes_due,
}

_INPUTS: dict[str, tuple[str, ...]] = {
    "size_standard": ("industry", "employees", "revenue", "total_assets"),
    "small_low_profit": ("restricted_industry", "employees", "taxable_income", "total_assets"),
    "retention_rate": ("retained_interns", "interns"),
    "six_taxes_due": SIX_TAXES,
}


def reads(fact: Fact) -> tuple[str, ...]:
    """The facts a derived fact is worked out from."""
    return _INPUTS.get(fact.derive or "", ())


def inputs(fact: Fact, look: Look, catalogue: Catalogue, as_of: date | None) -> tuple[str, ...]:
    """Facts that would tell more of a derived fact, those the owner knows best first."""
    if fact.derive == "size_standard":
        names = sizes.standard(fact, look, catalogue, as_of).missing
    else:
        names = tuple(name for name in reads(fact) if not _settled(look(name)))
    known = [name for name in names if name in catalogue.facts]
    return tuple(sorted(known, key=lambda name: catalogue.facts[name].effort))


def _settled(value: Value) -> bool:
    return isinstance(value, Decimal | bool)
