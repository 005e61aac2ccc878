"""What a talk in the terminal keeps: nothing, until its owner agrees to keep an enterprise."""

from pathlib import Path

import pytest

from bot import terminal
from handlers.keeping import ChangeEnterprise, KeepEnterprise
from handlers.person import Person
from handlers.session import Told
from handlers.turn import Forget, NoteUnanswered

STAFF = Told(value={"number": "20"}, words="20人")


def test_nothing_is_made_before_something_is_to_be_kept(tmp_path: Path) -> None:
    file = tmp_path / "huiqi.db"
    memory = terminal.Memory(f"sqlite:///{file}")
    assert memory.person() == Person(may_keep=True)
    memory.carry_out((NoteUnanswered("问", "unknown"), Forget()))
    assert not file.exists()


def test_what_was_kept_is_there_at_the_next_start_and_gone_once_forgotten(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'huiqi.db'}"
    first = terminal.Memory(url)
    first.carry_out((KeepEnterprise("面馆", {"employees": STAFF}),))
    number = first.person().active
    assert number is not None
    first.carry_out((ChangeEnterprise(number, {"employees": STAFF.model_copy(update={"value": {"number": "30"}})}),))
    first.close()
    second = terminal.Memory(url)
    kept = second.person().enterprise
    assert kept is not None
    assert (kept.name, kept.facts["employees"].value) == ("面馆", {"number": "30"})
    second.carry_out((Forget(),))
    assert second.person().enterprises == ()
    second.close()


def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "huiqi.db").mkdir()
    with pytest.raises(terminal.UNUSABLE):
        terminal.Memory(f"sqlite:///{tmp_path / 'huiqi.db'}").person()
