"""A sum or count that is known exactly, within two ends, or hardly at all; and how it reads."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from policy_kb import money
from policy_kb.facts import Facts, Range


@dataclass(frozen=True)
class Span:
    """From `low` to `high`, both inclusive and never negative; `high` None is open above."""

    low: Decimal
    high: Decimal | None

    @classmethod
    def of(cls, number: Decimal) -> "Span":
        """Just this number."""
        return cls(number, number)

    @property
    def exact(self) -> bool:
        """Both ends are the same."""
        return self.low == self.high

    def map(self, growing: Callable[[Decimal], Decimal]) -> "Span":
        """Both ends through a function that never falls."""
        return Span(growing(self.low), None if self.high is None else growing(self.high))

    def times(self, other: "Span") -> "Span":
        """The product of both."""
        open_ = self.high is None or other.high is None
        return Span(self.low * other.low, None if open_ else (self.high or _ZERO) * (other.high or _ZERO))

    def at_most(self, limit: "Span") -> "Span":
        """Not more than a limit, which may itself lie within two ends."""
        highs = [high for high in (self.high, limit.high) if high is not None]
        return Span(min(self.low, limit.low), min(highs, default=None))

    def says(self, write: Callable[[Decimal], str] = money.yuan) -> str:
        """10万元, 10万元—25万元, 10万元以上, 不超过30万元."""
        if self.high is None:
            return f"{write(self.low)}以上"
        if self.exact:
            return write(self.low)
        return f"{write(self.low)}—{write(self.high)}" if self.low else f"不超过{write(self.high)}"


_ZERO = Decimal(0)
ANYTHING = Span(_ZERO, None)


def told(name: str, facts: Facts) -> Span | None:
    """The value of a number or sum among the facts, None when nothing is known of it."""
    value = facts.get(name)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Span.of(Decimal(value))
    if isinstance(value, Range):
        return Span(max(value.low or _ZERO, _ZERO), value.high)
    return None
