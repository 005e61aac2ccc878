"""What a talk keeps from a turn: the topic in focus, facts told."""

from handlers.session import Session, Told
from handlers.topics import Topic
from nlu.fact_reading import Reading
from policy_kb import values

FOCUS_DEPTH = 5


def focus(session: Session, topic: Topic, about: str) -> None:
    """The topic comes to the front; the ones before stay reachable (回到刚才那个)."""
    name = topic.entry.id
    session.focus = [name, *(other for other in session.focus if other != name)][:FOCUS_DEPTH]
    session.about = about
    session.point = topic.parts[0][1] if topic.parts else None


def learn(session: Session, readings: dict[str, Reading]) -> None:
    """Facts told in this turn; a later word on the same fact replaces the earlier one."""
    for name, reading in readings.items():
        session.facts[name] = Told(value=values.to_json(reading.value), words=reading.words[:40], turn=session.turn)


def take_over(session: Session, other: Session) -> None:
    """Make `session` what `other` is."""
    for name in type(session).model_fields:
        setattr(session, name, getattr(other, name))
