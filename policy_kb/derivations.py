"""Facts worked out from other facts when the owner did not say them."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from policy_kb.catalogues import Catalogue
from policy_kb.facts import UNKNOWN, Fact, Value

Look: TypeAlias = Callable[[str], Value]
"""The value of another fact, by id."""

INPUTS: dict[str, tuple[str, ...]] = {}
"""Derivation → the facts it looks at, the easiest first."""

_RULES: dict[str, Callable[[Fact, Look, Catalogue, date | None], Value]] = {}


def derive(fact: Fact, look: Look, catalogue: Catalogue, as_of: date | None) -> Value:
    """The value of a fact that has `derive`, as far as its inputs settle it. An unknown rule derives nothing."""
    rule = _RULES.get(fact.derive or "")
    return rule(fact, look, catalogue, as_of) if rule else UNKNOWN
