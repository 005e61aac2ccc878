"""What a talk remembers survives the database, and older and newer rows are read."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from handlers.session import Dialog, Option, Session, Told
from policy_kb import values
from policy_kb.facts import Range, Unknown, Value, Why
from tests.unit.test_values import VALUES

TOLD = st.builds(Told, value=VALUES.map(values.to_json), words=st.text(max_size=10), turn=st.integers(0, 99))
SESSIONS = st.builds(
    Session,
    turn=st.integers(0, 999),
    focus=st.lists(st.text(max_size=10), max_size=3),
    facts=st.dictionaries(st.text(min_size=1, max_size=10), TOLD, max_size=4),
    dialog=st.none()
    | st.builds(Dialog, measures=st.lists(st.text(max_size=5), max_size=2), asked=st.none() | st.text()),
    options=st.lists(st.builds(Option, label=st.text(max_size=5), action=st.text(max_size=5)), max_size=2),
    offered=st.sampled_from([None, "human"]),
    said=st.lists(st.text(max_size=10), max_size=3),
    enterprise=st.none() | st.integers(1, 9),
    asked_to_keep=st.booleans(),
    waiting=st.none() | st.text(max_size=5),
)


@given(SESSIONS)
def test_a_session_comes_back_from_json_as_it_was(session: Session) -> None:
    back = Session.model_validate_json(session.model_dump_json())
    assert back == session
    assert back.known() == session.known()


def test_an_empty_row_is_a_fresh_talk() -> None:
    assert Session.model_validate_json("{}") == Session()


def test_what_a_newer_version_wrote_besides_is_passed_over() -> None:
    back = Session.model_validate_json('{"turn": 3, "mood": "good", "dialog": {"measures": ["a"], "colour": "red"}}')
    assert back.turn == 3
    assert back.dialog == Dialog(measures=["a"])


def test_known_gives_the_values_and_not_their_json() -> None:
    told: dict[str, Value] = {
        "staff": Range(Decimal(20), None),
        "honest": True,
        "size": "small",
        "sales": Unknown(Why.DECLINED),
    }
    session = Session(facts={name: Told(value=values.to_json(value)) for name, value in told.items()})
    assert session.known() == told


def test_a_copy_shares_nothing_with_its_original() -> None:
    first = Session(focus=["a"], dialog=Dialog(measures=["a"]))
    second = first.model_copy(deep=True)
    second.focus.append("b")
    assert second.dialog is not None
    second.dialog.measures.append("b")
    assert first == Session(focus=["a"], dialog=Dialog(measures=["a"]))
