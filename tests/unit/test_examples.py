"""Examples pass or say what is wrong; and all examples of the catalogue pass."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy_kb import examples, fact_texts, loader
from policy_kb.facts import NOT_APPLICABLE, DateRange, Just, Range, Unknown, Value, Why
from tests.fakes.catalogue import catalogue, measure

KB = catalogue()


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("honest", "yes", True),
        ("honest", "no", False),
        ("honest", "unsure", Unknown(Why.UNSURE)),
        ("staff", "30", Decimal(30)),
        ("staff", "20-49", Range(Decimal(20), Decimal(49))),
        ("staff", "300-", Range(Decimal(300), None)),
        ("sales", "-2000万元", Range(None, Decimal(20_000_000))),
        ("sales", "12万元", Decimal(120_000)),
        ("size", "small", "small"),
        ("trade", "just making", Just("making")),
        ("labels", ["giant", "high_tech"], frozenset({"giant", "high_tech"})),
        ("labels", [], frozenset()),
        ("founded", "2022-05-01", date(2022, 5, 1)),
        ("founded", "2022-01-01..", DateRange(date(2022, 1, 1), None)),
        ("export_since", "not_applicable", NOT_APPLICABLE),
    ],
)
def test_values_are_read_as_written(fact: str, text: str | list[str], value: Value) -> None:
    assert fact_texts.parse(KB.facts[fact], text) == value


@pytest.mark.parametrize(
    ("fact", "text", "said"),
    [
        ("honest", "maybe", "honest is yes or no"),
        ("size", "giant", "size has no value 'giant'"),
        ("staff", "many", "'many' is no number"),
        ("size", ["small"], "size takes one value"),
    ],
)
def test_a_value_that_cannot_be_read_is_told(fact: str, text: str | list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fact_texts.parse(KB.facts[fact], text)


REFUND = {"id": "r", "kind": "rate_of", "label": "返还", "rate": "50%", "of": "cost"}
HONEST = {"fact": "honest", "is": "yes", "says": "守信"}


def failures(**example: Any) -> list[str]:
    raw = {"name": "例", "as_of": "2022-09-20", **example}
    kb = catalogue(measure(conditions=HONEST, benefits=[REFUND], examples=[raw]))
    return examples.run(kb.measures["aid"], kb)


def test_an_example_that_comes_out_as_written_passes() -> None:
    assert failures(facts={"honest": "yes", "cost": "12万元"}, verdict="eligible", amount="6万元") == []
    assert failures(facts={}, verdict="needs_info", open=["honest"]) == []
    assert failures(facts={"honest": "no"}, verdict="not_eligible", failing=["honest"], timing="standing") == []
    assert failures(facts={"honest": "yes", "cost": "10万元-12万元"}, amount_min="5万元", amount_max="6万元") == []


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (
            {"facts": {"honest": "no"}, "verdict": "eligible"},
            "verdict is not_eligible (fails: 守信, track only), expected eligible",
        ),
        ({"facts": {}, "verdict": "eligible"}, "verdict is needs_info (open: honest), expected eligible"),
        ({"facts": {"honest": "yes", "cost": "12万元"}, "amount": "7万元"}, "amount is 6万元, expected 7万元"),
        ({"facts": {"honest": "yes"}, "amount": "7万元"}, "amount is not known, expected 7万元"),
        ({"facts": {"honest": "yes"}, "timing": "ended"}, "timing is standing, expected ended"),
        ({"facts": {"honest": "ja"}}, "honest is yes or no, not 'ja'"),
        ({"facts": {"nothing": "yes"}}, "fact `nothing` is not defined"),
        ({"track": "other"}, "there is no track `other`"),
    ],
)
def test_an_example_that_does_not_says_what_came_out(example: dict[str, Any], said: str) -> None:
    assert failures(**example) == [f"aid: example «例»: {said}"]


def test_all_examples_of_the_catalogue_pass() -> None:
    kb = loader.load()
    assert [failure for one in kb.measures.values() for failure in examples.run(one, kb)] == []
