"""Carries out what owners want with link codes, in the transaction of the reply, and says what came of it."""

import json
from datetime import datetime

from sqlalchemy.orm import Session as Transaction

from bot import telegram_render
from handlers import linking
from handlers.linking import LinkEffect, TryLinkCode, UseLinkCode
from handlers.reply import Reply
from policy_kb import values, wording
from policy_kb.catalogues import Catalogue
from storage import enterprises, events, link_codes
from storage.content import Content
from storage.enterprise_tables import Enterprise
from storage.link_codes import Found, Standing
from storage.tables import Chat


def carry_out(transaction: Transaction, chat: Chat, effect: LinkEffect, now: datetime, catalogue: Catalogue) -> Content:
    """Look a code up, or use it. Returns the words for what was found."""
    match effect:
        case TryLinkCode(code):
            reply = _tried(link_codes.look(transaction, chat.id, code, now), catalogue)
        case UseLinkCode(mark):
            reply = _used(transaction, chat, mark, now)
    return telegram_render.contents(reply)[0]


def _tried(found: Found, catalogue: Catalogue) -> Reply:
    if found.standing is Standing.GOOD and found.enterprise is not None:
        kept = found.enterprise
        return linking.found(kept.name, kept.district, _listed(kept, catalogue), found.mark)
    return _refused(found)


def _used(transaction: Transaction, chat: Chat, mark: str, now: datetime) -> Reply:
    if len(enterprises.of_chat(transaction, chat.id)) >= enterprises.MOST:
        return linking.full(enterprises.MOST)
    found = link_codes.use(transaction, chat.id, mark, now)
    if found.standing is not Standing.GOOD or found.enterprise is None:
        return _refused(found)
    enterprises.link(transaction, chat.id, found.enterprise.id, now)
    subject = f"{chat.channel}:{chat.address}"
    events.add(transaction, "link.used", now, subject, enterprise=found.enterprise.id)
    return linking.bound(found.enterprise.name)


def _refused(found: Found) -> Reply:
    match found.standing:
        case Standing.TOO_MANY:
            return linking.too_many()
        case Standing.USED:
            return linking.used()
        case Standing.EXPIRED:
            return linking.expired()
        case Standing.MINE if found.enterprise is not None:
            return linking.mine(found.enterprise.name)
    return linking.wrong(found.left)


def _listed(kept: Enterprise, catalogue: Catalogue) -> list[tuple[str, str]]:
    """What the list says; what another owner of the same enterprise told is theirs."""
    shown = []
    for name, told in json.loads(kept.facts).items():
        fact = catalogue.facts.get(name)
        if fact is not None and told.get("from") == enterprises.Origin.IMPORT:
            shown.append((fact.label, wording.fact_value(fact, values.from_json(told["value"]))))
    return shown
