"""People who agreed to be written to, for tests: a chat with consent and perhaps an enterprise."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage import chats, enterprises, subscriptions
from storage.campaign_tables import Campaign
from storage.campaigns import DRAFT
from storage.engine import Store
from storage.enterprise_tables import Enterprise
from storage.tables import ChatKind


def agreed(
    store: Store,
    address: int,
    now: datetime,
    district: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Somebody who agreed, with an enterprise where there are facts or a district. Returns the chat's number."""
    with store.write() as session:
        chat = chats.ensure(session, "telegram", str(address), ChatKind.PRIVATE, now)
        subscriptions.agree(session, chat.id, now)
        if facts is not None or district is not None:
            told = {name: {"value": value, "words": ""} for name, value in (facts or {}).items()}
            kept = enterprises.create(session, chat.id, "甲", told, now)
            session.get_one(Enterprise, kept.id).district = district
        return chat.id


def drafted(store: Store, now: datetime, *, text: str = "稳岗返还开始了。", by: str = "甲", **more: Any) -> int:
    """A draft. ``audience``: the query as plain JSON. Returns its number."""
    values = {"measure": None, "measure_version": None, "spread_minutes": 0, **more}
    values["audience"] = json.dumps(values.get("audience", {}), ensure_ascii=False)
    with store.write() as session:
        campaign = Campaign(title="测试", text=text, state=DRAFT, total=0, created_by=by, created_at=now, **values)
        session.add(campaign)
        session.flush()
        return campaign.id
