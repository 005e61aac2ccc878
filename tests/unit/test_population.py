"""The batch form says of each enterprise what the single form says of it."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from policy_kb import eligibility, evaluation, loader, population
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import Condition
from policy_kb.facts import NOT_APPLICABLE, Facts, FactType, Range, Unknown, Value, Why
from policy_kb.population import VERDICTS, Population
from tests.fakes import worlds
from tests.fakes.catalogue import catalogue, measure
from tests.unit.test_eligibility_properties import random_measure

KB = catalogue()
DAY = date(2022, 9, 20)
ADAPTER: TypeAdapter[Condition] = TypeAdapter(Condition)
SEEDS = st.integers(0, 2**48)
TRUTHS = {True: 1, None: 0, False: -1}


def crowd(rng: random.Random, size: int) -> list[Facts]:
    return [worlds.told(rng, worlds.world(rng)) for _ in range(size)]


def marked(rng: random.Random, raw: dict[str, Any]) -> dict[str, Any]:
    """The same condition with some leaves formal, selective, or for the authority."""
    if "fact" in raw:
        return {**raw, **rng.choice([{}, {}, {}, {"formal": True}, {"checked_by": "department"}])}
    if "not" in raw:
        return {"not": marked(rng, raw["not"])}
    key = next(name for name in ("all", "any", "of") if name in raw)
    extra = rng.choice([[], [], [], [{"says": "审核", "formal": True}], [{"says": "择优", "selective": True}]])
    return {**raw, key: [*(marked(rng, part) for part in raw[key]), *extra]}


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(SEEDS)
def test_truths_are_those_of_the_single_form(seed: int) -> None:
    rng = random.Random(seed)
    condition = ADAPTER.validate_python(marked(rng, worlds.condition(rng, 5)))
    told = crowd(rng, 8)
    single = [TRUTHS[evaluation.evaluate(condition, facts, KB).truth] for facts in told]
    assert population.truths(condition, Population(told, KB, DAY)).tolist() == single


@settings(max_examples=500, deadline=None, derandomize=True)
@given(SEEDS)
def test_verdicts_are_those_of_the_single_form(seed: int) -> None:
    rng = random.Random(seed)
    other = {"measure": "m0", "measure_verdict": rng.choice(["eligible", "not_eligible"]), "says": "另一项"}
    raw = [random_measure(rng, f"m{i}") for i in range(3)]
    raw[1]["tracks"][0]["conditions"] = {rng.choice(["all", "any"]): [other, worlds.condition(rng)]}
    raw[2]["kind"] = rng.choice(["claim", "direction"])
    kb = catalogue(*raw)
    day = rng.choice([DAY, date(2022, 8, 1), date(2026, 11, 21)])
    told = crowd(rng, 6)
    codes = population.assess(kb.measures.values(), Population(told, kb, day))
    for i, one in enumerate(kb.measures.values()):
        single = [eligibility.assess(one, facts, kb, day).verdict for facts in told]
        assert [VERDICTS[code] for code in codes[i]] == single


@pytest.mark.parametrize(
    "value",
    [
        Decimal("0.00001"),  # too fine for a position: tested by the single form
        Decimal(10) ** 15,
        Range(Decimal("0.00001"), None),
        NOT_APPLICABLE,
        Unknown(Why.DECLINED),
        "many",
    ],
)
def test_values_without_a_position_are_tested_too(value: Value) -> None:
    told: list[Facts] = [{"sales": value}, {"sales": Decimal(5)}, {}]
    for raw in ({"at_least": "5"}, {"less_than": "5"}, {"between": {"low": "1", "high": "5"}}, {"at_most": "0.00001"}):
        condition = ADAPTER.validate_python({"fact": "sales", "says": "营收", **raw})
        single = [TRUTHS[evaluation.evaluate(condition, facts, KB).truth] for facts in told]
        assert population.truths(condition, Population(told, KB, DAY)).tolist() == single


def test_measures_that_wait_for_each_other_stay_open_and_no_measures_give_no_rows() -> None:
    def waiting(name: str, other: str) -> dict[str, Any]:
        return measure(name, conditions={"measure": other, "measure_verdict": "eligible", "says": "另一项"})

    kb = catalogue(waiting("a", "b"), waiting("b", "a"))
    crowd_ = Population([{}], kb, DAY)
    assert population.assess(kb.measures.values(), crowd_).tolist() == [[1], [1]]
    assert population.assess([], crowd_).shape == (0, 1)


def random_facts(rng: random.Random, kb: Catalogue) -> Facts:
    """Answers to some questions of the kept catalogue, as owners give them."""
    found: Facts = {}
    for fact in kb.facts.values():
        if rng.random() < 0.5:
            continue
        number = Decimal(rng.choice([0, 1, 2, 5, 20, 50, 100, 300, 301, 1000])) * rng.choice([1, 10_000])
        match fact.type:
            case FactType.YES_NO:
                found[fact.id] = rng.random() < 0.5
            case FactType.CHOICE:
                found[fact.id] = rng.choice(sorted(fact.values))
            case FactType.CHOICES:
                found[fact.id] = frozenset(rng.sample(sorted(fact.values), 1))
            case FactType.DATE:
                found[fact.id] = date(rng.randint(2019, 2026), rng.randint(1, 12), 1)
            case _:
                answers: list[Value] = [number, Range(number, number * 2), Unknown(Why.UNSURE)]
                found[fact.id] = rng.choice(answers)
    return found


@pytest.mark.parametrize("day", [DAY, date(2023, 2, 1), date(2026, 11, 21)])
def test_the_kept_catalogue_gives_the_same_verdicts_both_ways(day: date) -> None:
    kb, rng = loader.load(), random.Random(day.toordinal())
    told = [random_facts(rng, kb) for _ in range(25)]
    codes = population.assess(kb.measures.values(), Population(told, kb, day))
    single = [
        [VERDICTS.index(one.verdict) for one in eligibility.assess_all(kb.measures.values(), facts, kb, day)]
        for facts in told
    ]
    assert np.array_equal(codes.T, np.array(single))
