"""So many people who agreed to be written to, each with an enterprise, put into a database in bulk."""

import json
import random
from datetime import UTC, datetime

from sqlalchemy import text

from policy_kb import districts, values
from storage.engine import Store, insert
from storage.enterprise_tables import Enterprise, Ownership
from storage.enterprises import Origin
from storage.subscription_tables import Digest, Subscriber
from storage.tables import Chat, ChatKind

MADE = datetime(2026, 11, 1, tzinfo=UTC)
INDUSTRIES = ("catering", "retail", "manufacturing", "software", "construction", "lodging", "agriculture", "wholesale")


def fill(store: Store, number: int, first: int = 1, seed: int = 1) -> None:
    """Chats ``first``, ``first + 1`` … with consent and facts."""
    dice = random.Random(seed)
    numbers = range(first, first + number)
    with store.write() as session:
        chats = [
            {"id": n, "channel": "telegram", "address": str(n), "kind": ChatKind.PRIVATE, "created_at": MADE}
            for n in numbers
        ]
        firms = [
            {
                "id": n,
                "name": f"昆明第{n}号商行",
                "facts": _facts(dice),
                "origin": Origin.OWNER.value,
                "district": dice.choice(districts.DISTRICTS),
                "version": 1,
                "created_at": MADE,
                "updated_at": MADE,
            }
            for n in numbers
        ]
        people = [
            {"chat_id": n, "consent_at": MADE, "matches": True, "most_a_day": 2, "digest": Digest.OFF} for n in numbers
        ]
        owned = [{"chat_id": n, "enterprise_id": n, "is_active": True, "consent_at": MADE} for n in numbers]
        for table, rows in ((Chat, chats), (Enterprise, firms), (Subscriber, people), (Ownership, owned)):
            for start in range(0, number, 10_000):
                session.execute(insert(session, table), rows[start : start + 10_000])
        if not store.is_sqlite:  # numbers given by hand are unknown to the sequences
            for name in ("chats", "enterprises"):
                last = {"name": name, "last": first + number - 1}
                session.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), last)


def _facts(dice: random.Random) -> str:
    told = {
        "industry": {"choice": dice.choice(INDUSTRIES)},
        "enterprise_size": {"choice": dice.choice(("micro", "small", "medium", "large"))},
        "employees": {"number": str(dice.randrange(1, 400))},
        "private_enterprise": {"yes_no": dice.random() < 0.8},
    }
    assert all(values.from_json(value) is not None for value in told.values())
    return json.dumps({name: {"value": value, "words": "", "from": "owner"} for name, value in told.items()})
