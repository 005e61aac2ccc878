"""What is kept comes into a talk and what is learnt goes out of it."""

from decimal import Decimal

from handlers import keeping
from handlers.keeping import ChangeEnterprise
from handlers.person import NOBODY, Enterprise, Person
from handlers.session import Session, Told
from policy_kb import values
from policy_kb.facts import Unknown, Value, Why


def told(value: Value, turn: int = 0) -> Told:
    return Told(value=values.to_json(value), turn=turn)


STAFF, HONEST = told(Decimal(20)), told(value=True)
UNSURE = told(Unknown(Why.UNSURE))
ONE = Person((Enterprise(1, "甲", {"staff": STAFF}),), active=1, may_keep=True)
TWO = Person((Enterprise(1, "甲", {"staff": STAFF}), Enterprise(2, "乙", {"honest": HONEST})), active=2, may_keep=True)


def test_a_stranger_keeps_what_the_talk_knows() -> None:
    session = Session(facts={"staff": STAFF})
    keeping.recall(session, NOBODY)
    assert session.facts == {"staff": STAFF}
    assert keeping.learnt(session, NOBODY) == ()


def test_a_new_talk_begins_with_what_is_kept() -> None:
    session = Session()
    keeping.recall(session, ONE)
    assert (session.facts, session.enterprise) == ({"staff": STAFF}, 1)
    assert keeping.learnt(session, ONE) == ()


def test_what_the_talk_knew_before_consent_is_kept_too() -> None:
    session = Session(facts={"honest": HONEST, "staff": told(Decimal(99)), "cost": UNSURE})
    keeping.recall(session, ONE)
    assert session.facts == {"honest": HONEST, "staff": STAFF, "cost": UNSURE}
    assert keeping.learnt(session, ONE) == (ChangeEnterprise(1, {"honest": HONEST}),)


def test_what_was_deleted_elsewhere_is_forgotten_here_and_unsure_answers_stay() -> None:
    session = Session(facts={"honest": HONEST, "staff": STAFF, "cost": UNSURE}, enterprise=1)
    keeping.recall(session, ONE)
    assert session.facts == {"staff": STAFF, "cost": UNSURE}


def test_another_enterprise_brings_its_own_facts_alone() -> None:
    session = Session(facts={"staff": STAFF, "cost": UNSURE}, enterprise=1)
    keeping.recall(session, TWO)
    assert (session.facts, session.enterprise) == ({"honest": HONEST}, 2)


def test_an_enterprise_that_is_gone_takes_its_facts_along() -> None:
    session = Session(facts={"staff": STAFF}, enterprise=1)
    keeping.recall(session, Person(may_keep=True))
    assert (session.facts, session.enterprise) == ({}, None)


def test_right_after_consent_what_is_kept_is_already_the_truth() -> None:
    session = Session(facts={"honest": HONEST, "cost": UNSURE}, enterprise=keeping.JUST_KEPT)
    keeping.recall(session, ONE)
    assert (session.facts, session.enterprise) == ({"staff": STAFF, "cost": UNSURE}, 1)


def test_where_keeping_failed_the_talk_still_knows() -> None:
    session = Session(facts={"honest": HONEST}, enterprise=keeping.JUST_KEPT)
    keeping.recall(session, Person(may_keep=True))
    assert (session.facts, session.enterprise) == ({"honest": HONEST}, None)


def test_only_what_is_new_and_known_is_kept() -> None:
    session = Session(enterprise=1)
    keeping.recall(session, ONE)
    session.facts["cost"] = UNSURE
    assert keeping.learnt(session, ONE) == ()
    session.facts["staff"] = changed = told(Decimal(35), turn=3)
    assert keeping.learnt(session, ONE) == (ChangeEnterprise(1, {"staff": changed}),)


def test_without_an_enterprise_the_next_one_is_active() -> None:
    assert keeping.without(TWO, 2).active == 1
    assert keeping.without(TWO, 1).active == 2
    assert keeping.without(ONE, 1).active is None
