"""Which measures fit: one enterprise and many the same; questions, selections and authorities kept apart."""

import random
from datetime import date
from typing import Any

import pytest

from bench import eligibility as crowd
from policy_kb import loader
from policy_kb.facts import UNKNOWN, Facts, Unknown, Why
from policy_kb.population import Population
from scheduler import matching
from tests.fakes.catalogue import catalogue, measure

DAY = date(2022, 9, 20)
STAFF: dict[str, Any] = {"fact": "staff", "at_least": "20", "says": "20人以上"}
HONEST: dict[str, Any] = {"fact": "honest", "is": "yes", "says": "守信"}
EXPORTER: dict[str, Any] = {"fact": "exporter", "is": "yes", "says": "出口"}
FOUNDED: dict[str, Any] = {"fact": "founded", "before": "2022-01-01", "says": "早成立"}


def questions(conditions: Any, facts: Facts, **more: Any) -> tuple[str, ...] | None:
    kb = catalogue(measure(conditions=conditions, **more))
    found = matching.of_one(matching.claims(kb, DAY), facts, kb, DAY).get("aid")
    return found.questions if found else None


@pytest.mark.parametrize(
    ("conditions", "facts", "missing"),
    [
        (HONEST, {"honest": True}, ()),
        (HONEST, {"honest": False}, None),
        (HONEST, {}, None),  # nothing told speaks for it
        (None, {"honest": True}, None),  # everybody: no match, and no push to all
        ({"all": [HONEST, EXPORTER]}, {"honest": True}, ("exporter",)),
        ({"all": [HONEST, EXPORTER, FOUNDED]}, {"honest": True}, ("exporter", "founded")),
        ({"all": [HONEST, EXPORTER, FOUNDED, STAFF]}, {"honest": True}, None),  # three away
        ({"all": [HONEST, {"any": [EXPORTER, {"all": [FOUNDED, STAFF]}]}]}, {"honest": True}, ("exporter",)),
        ({"at_least_n": 2, "of": [HONEST, EXPORTER, FOUNDED]}, {"honest": True}, ("exporter",)),
        ({"all": [HONEST, {"not": EXPORTER}]}, {"honest": True}, ("exporter",)),
        ({"all": [HONEST, {**EXPORTER, "checked_by": "department"}]}, {"honest": True}, None),
        ({"all": [HONEST, {"says": "择优", "selective": "true"}]}, {"honest": True}, None),
        ({"all": [HONEST, {"says": "信用", "formal": "true"}]}, {"honest": True}, ()),
        ({"all": [HONEST, EXPORTER]}, {"honest": True, "exporter": Unknown(Why.UNSURE)}, None),  # not asked again
    ],
)
def test_it_fits_when_no_more_than_two_answers_are_missing(
    conditions: Any, facts: Facts, missing: tuple[str, ...] | None
) -> None:
    assert questions(conditions, facts) == missing


def test_a_rule_that_has_ended_or_is_unconfirmed_fits_nobody() -> None:
    told: Facts = {"honest": True}
    assert questions(HONEST, told, in_force={"to": "2022-09-19"}) is None
    assert questions(HONEST, told, in_force={"to": "2022-09-20"}) == ()
    assert questions(HONEST, told, in_force={"from": "2022-09-21"}) is None
    assert questions(HONEST, told, in_force={"unconfirmed_from": "2022-09-01"}) is None


def test_many_at_once_fit_just_as_each_alone() -> None:
    kb, rng = loader.load(), random.Random(8)
    whole = [crowd.enterprise(rng, kb) for _ in range(60)]
    told = [crowd.partly(rng, rng.choice(whole)) for _ in range(300)]
    told += [{}, {"organisation": UNKNOWN}]
    for day in (DAY, date(2026, 11, 22)):
        measures = matching.claims(kb, day)
        together: list[dict[str, matching.Fit]] = [{} for _ in told]
        for found in matching.of_many(measures, Population(told, kb, day)):
            for position, fit in found:
                together[position][found.measure.id] = fit
        assert together == [matching.of_one(measures, facts, kb, day) for facts in told]
        assert sum(map(len, together)) > len(told) / 2
