"""What a talk keeps from a turn: the topic in focus, facts told, and how these are said back."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from handlers import compose
from handlers.reply import Reply, ReplyKind
from handlers.session import Session, Told
from handlers.topics import Topic
from nlu.fact_reading import Reading
from policy_kb import values, wording
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Fact, Facts, FactType, Unknown, Value
from storage import masking

FOCUS_DEPTH = 5
SAID_BACK = 6
"""Facts said back in one line; more would push the answer off the phone."""


def focus(session: Session, topic: Topic, about: str) -> None:
    """The topic comes to the front; the ones before stay reachable (回到刚才那个)."""
    name = topic.entry.id
    session.focus = [name, *(other for other in session.focus if other != name)][:FOCUS_DEPTH]
    session.about = about


def put_in_front(session: Session, names: Sequence[str]) -> None:
    """Several topics come to the front together, in their order."""
    session.focus = [*names, *(other for other in session.focus if other not in names)][:FOCUS_DEPTH]


def known(session: Session, catalogue: Catalogue) -> Facts:
    """The facts told, as far as the catalogue of today still has them with these values."""
    found = session.known()
    return {
        name: value
        for name, value in found.items()
        if name in catalogue.facts and values.belongs(value, catalogue.facts[name])
    }


def learn(session: Session, readings: Mapping[str, Reading], catalogue: Catalogue) -> None:
    """Facts told in this turn; a later word on the same fact replaces the earlier one, unless it only says less."""
    for name, reading in readings.items():
        if name in catalogue.facts and not _says_less(name, reading.value, session, catalogue):
            tell(session, name, reading.value, reading.words)


def tell(session: Session, name: str, value: Value, words: str = "") -> None:
    """One fact told in this turn. `words` are those it was read from; a button has none."""
    old, raw = session.facts.get(name), values.to_json(value)
    if old is not None and old.value == raw:
        return
    before = None
    if old is not None:
        before = old.before if old.turn == session.turn else old.value
    session.facts[name] = Told(value=raw, words=masking.mask(words)[:40], turn=session.turn, before=before)


def _says_less(name: str, value: Value, session: Session, catalogue: Catalogue) -> bool:
    """Whether the owner only said more roughly what is known more closely (小微 after 小型)."""
    old = session.facts.get(name)
    if old is None or old.turn == session.turn or isinstance(value, Unknown):
        return False
    held = values.from_json(old.value)
    return held != value and values.within(held, value, catalogue.facts[name])


def heard(session: Session, catalogue: Catalogue, first: Container[str] = ()) -> str:
    """Facts read from this turn's words and what they changed, so that a misreading can be corrected. Empty: none.

    `first`: the facts that matter most here.
    """
    fresh = [(name, told) for name, told in session.facts.items() if told.turn == session.turn]
    fresh.sort(key=lambda pair: pair[0] not in first)
    said = [_said(catalogue.facts[name], told) for name, told in fresh if name in catalogue.facts]
    parts = [part for part in said if part]
    if not parts:
        return ""
    more = "等" if len(parts) > SAID_BACK else ""
    return f"记下了：{'、'.join(parts[:SAID_BACK])}{more}。说错了直接改。"


_SAYS_BACK = {ReplyKind.ELIGIBILITY, ReplyKind.COMPUTE, ReplyKind.LIST, ReplyKind.ANSWER, ReplyKind.CONTACT}


def said_back(reply: Reply, session: Session, catalogue: Catalogue) -> Reply:
    """The reply with what was read from this turn's words, where it is not said already."""
    line = heard(session, catalogue)
    if not line or "记下了：" in reply.text or reply.kind not in _SAYS_BACK:
        return reply
    return replace(reply, text=compose.added(reply, line))


def _said(fact: Fact, told: Told) -> str:
    """20人, 餐饮业, 职工人数从20人改成35人. What a button says is said back only where it changes something."""
    value = values.from_json(told.value)
    if isinstance(value, Unknown):
        return ""
    before = values.from_json(told.before) if told.before is not None else None
    if before is not None and not isinstance(before, Unknown) and not values.within(value, before, fact):
        if not values.belongs(before, fact):
            return plainly(fact, value)
        return f"{fact.label}从{wording.fact_value(fact, before)}改成{wording.fact_value(fact, value)}"
    return plainly(fact, value) if told.words else ""


def plainly(fact: Fact, value: Value) -> str:
    """A fact and its value as short as they can be understood: 餐饮业, 职工人数20人, 不裁员、少裁员：是."""
    said = wording.fact_value(fact, value)
    match fact.type:
        case FactType.CHOICE if said not in {"都不是", "大型", "中型", "小型", "微型", "小微", "中小微"}:
            return said
        case FactType.YES_NO | FactType.CHOICES | FactType.CHOICE | FactType.DATE:
            return f"{fact.label}：{said}"
    return f"{fact.label}{said}"


def take_over(session: Session, other: Session) -> None:
    """Make `session` what `other` is."""
    for name in type(session).model_fields:
        setattr(session, name, getattr(other, name))
