"""Names of claims: who holds a row. A claim's name is new each time, so that a lapsed holder cannot finish it."""

from uuid import uuid4


class LostLeaseError(Exception):
    """The claim on this row lapsed and somebody else may hold it now; the transaction is rolled back."""


def new_owner() -> str:
    """A name no other claim has."""
    return uuid4().hex
