"""The real assistant, loaded once a test run: the real catalogue, the real language model, no channel and no database."""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from bot import assembly, settings
from handlers import reply as replies
from handlers.conversation import Understands
from handlers.person import NOBODY, Person
from handlers.reply import Reply, ReplyKind
from handlers.session import Session
from handlers.turn import Effect, Message
from policy_kb import windows

DAY = date(2022, 9, 20)
"""The plans of August 2022 are in force, nothing that came after is known."""
NOW = date(2026, 11, 21)


@cache
def assistant() -> assembly.Living:
    """Takes 10–20 s. The catalogue is that of the repository, whatever is published on this machine."""
    usual = settings.load()
    home = Path(tempfile.mkdtemp(prefix="huiqi-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    vectors = usual.home / "cache" / "vectors.npz"
    if vectors.exists():  # made when the model was trained; making them again takes a minute
        (home / "cache").mkdir()
        shutil.copy(vectors, home / "cache")
    return assembly.conversation(settings.Settings(home=home, model_dir=usual.model_dir))


def mind() -> Understands:
    """Its understanding, for a conversation over another catalogue."""
    return assistant()._talk.mind


@dataclass
class Chat:
    """A talk with the assistant. Between two turns the session goes through JSON, as it does in the database."""

    day: date = DAY
    session: Session = field(default_factory=Session)
    person: Person = NOBODY
    effects: tuple[Effect, ...] = ()
    replies: list[Reply] = field(default_factory=list)

    def say(self, text: str, *more: str) -> Reply:
        """Say one thing after the other; the last reply."""
        reply = self._turn(Message(text=text))
        for other in more:
            reply = self._turn(Message(text=other))
        return reply

    def press(self, wanted: str) -> Reply:
        """Press a button of the last reply: by its label, or by the beginning of its action."""
        buttons = self.replies[-1].buttons
        found = [one for one in buttons if wanted == one.label or (one.action and one.action.startswith(wanted))]
        assert found, f"no button {wanted} among {[(one.label, one.action) for one in buttons]}"
        return self._turn(Message(action=found[0].action))

    def act(self, action: str) -> Reply:
        """Press a button that may have been shown long ago."""
        return self._turn(Message(action=action))

    def _turn(self, message: Message) -> Reply:
        turn = assistant().turn(message, self.session, self.day, self.person)
        self.session = Session.model_validate_json(turn.session.model_dump_json())
        self.effects = turn.effects
        self.replies.append(turn.reply)
        return turn.reply


def ask(*texts: str, day: date = DAY) -> Reply:
    """The reply to the last of some messages of a new talk."""
    first, *more = texts
    return Chat(day).say(first, *more)


def well_formed(reply: Reply) -> None:
    """Assert what every reply of the contract fulfils."""
    known = assistant().catalogue
    assert reply.text.strip()
    assert len(reply.text) <= replies.LENGTH_LIMITS.get(reply.kind, replies.DEFAULT_LENGTH_LIMIT)
    assert "None" not in reply.text
    assert all(name in known.entries for name in reply.measures)
    if reply.kind in {ReplyKind.ANSWER, ReplyKind.COMPUTE, ReplyKind.EXPIRED, ReplyKind.NOT_YET}:
        assert reply.citations
        assert "来源：" in reply.text


def over_for_good() -> list[str]:
    """Measures that ended on a printed day and that nothing follows."""
    known = assistant().catalogue
    return [
        measure.id
        for measure in known.measures.values()
        if windows.measure_status(measure, known, NOW).state is windows.State.ENDED
        and windows.current(measure, known, NOW) is None
    ]


def measures(names: Sequence[str]) -> list[str]:
    """The lines of measures these ids belong to: 2022 and 2026 editions of a subsidy are one."""
    known = assistant().catalogue.measures
    return [(known[name].lineage or name) if name in known else name for name in names]
