"""What must hold for every condition and every enterprise, tried on thousands of random ones against brute force."""

import random
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from policy_kb import eligibility, evaluation, questions
from policy_kb.conditions import Condition
from policy_kb.eligibility import Outward
from policy_kb.facts import Facts, Unknown
from tests.fakes import worlds
from tests.fakes.catalogue import catalogue, measure

KB = catalogue()
DAY = date(2022, 9, 20)
ADAPTER: TypeAdapter[Condition] = TypeAdapter(Condition)
SEEDS = st.integers(0, 2**48)
MANY = settings(max_examples=10_000, deadline=None, derandomize=True)
SOME = settings(max_examples=1_500, deadline=None, derandomize=True)
FEW = settings(max_examples=300, deadline=None, derandomize=True)


def truth(raw: dict[str, Any], facts: Facts) -> bool | None:
    return evaluation.evaluate(ADAPTER.validate_python(raw), facts, KB).truth


def possible(raw: dict[str, Any], facts: Facts) -> set[bool]:
    """The truths the condition has over all worlds the facts may be about."""
    found: set[bool] = set()
    for world in worlds.completions(facts, worlds.facts_of(raw)):
        found.add(worlds.holds(raw, world))
        if len(found) == 2:
            break
    return found


@MANY
@given(SEEDS)
def test_a_decided_condition_is_decided_in_every_world_it_may_be(seed: int) -> None:
    rng = random.Random(seed)
    raw, world = worlds.condition(rng), worlds.world(rng)
    facts = worlds.told(rng, world)
    found = truth(raw, facts)
    if found is not None:
        assert possible(raw, facts) == {found}


@SOME
@given(SEEDS)
def test_where_no_fact_is_used_twice_nothing_decided_is_missed(seed: int) -> None:
    rng = random.Random(seed)
    raw, world = worlds.condition(rng, once=True), worlds.world(rng)
    facts = worlds.told(rng, world)
    if "export_since" in worlds.facts_of(raw):
        facts["exporter"] = world["exporter"]  # one decides whether the other applies: that is using it twice
    both = possible(raw, facts)
    assert truth(raw, facts) == (both.pop() if len(both) == 1 else None)


@SOME
@given(SEEDS)
def test_with_everything_known_everything_is_decided_rightly(seed: int) -> None:
    rng = random.Random(seed)
    raw, world = worlds.condition(rng, 6), worlds.world(rng)
    assert truth(raw, worlds.everything(world)) == worlds.holds(raw, world)


def random_measure(rng: random.Random, name: str = "aid") -> dict[str, Any]:
    tracks = [
        {
            "id": f"t{i}",
            "label": "类",
            "conditions": worlds.condition(rng),
            "in_force": rng.choice([{}, {"to": "2022-12-31"}, {"to": "2022-09-19"}, {"from": "2022-10-01"}]),
        }
        for i in range(rng.randint(1, 3))
    ]
    return measure(name, tracks=tracks, tracks_are=rng.choice(["alternatives", "alternatives", "parts"]))


@SOME
@given(SEEDS)
def test_an_answer_never_turns_a_verdict_and_taking_it_back_never_decides_one(seed: int) -> None:
    rng = random.Random(seed)
    kb, world = catalogue(random_measure(rng)), worlds.world(rng)
    before = worlds.told(rng, world)
    after = worlds.closer(rng, before, world)
    first = eligibility.assess(kb.measures["aid"], before, kb, DAY).outward
    second = eligibility.assess(kb.measures["aid"], after, kb, DAY).outward
    assert first in {second, Outward.DEPENDS}


@SOME
@given(SEEDS)
def test_the_conditions_named_as_reasons_are_enough_by_themselves(seed: int) -> None:
    rng = random.Random(seed)
    raw, world = worlds.condition(rng), worlds.world(rng)
    facts = worlds.everything(world)
    found = evaluation.evaluate(ADAPTER.validate_python(raw), facts, KB)
    reasons = evaluation.holding(found)
    assert all(leaf.truth is not None for leaf in reasons)
    assert bool(reasons) <= (found.truth is True)
    if found.truth and not found.neutral:
        told = {name: facts[name] for name in ({leaf.fact for leaf in reasons} | {"exporter"}) if name in facts}
        assert truth(raw, told) is True


@FEW
@given(SEEDS)
def test_the_order_of_answers_and_measures_never_matters(seed: int) -> None:
    rng = random.Random(seed)
    kb = catalogue(*(random_measure(rng, f"m{i}") for i in range(3)))
    facts = worlds.told(rng, worlds.world(rng))
    shuffled = rng.sample(list(facts.items()), len(facts))
    first = eligibility.assess_all(kb.measures.values(), facts, kb, DAY)
    second = eligibility.assess_all(reversed(kb.measures.values()), dict(shuffled), kb, DAY)
    assert first == tuple(reversed(second))


@FEW
@given(SEEDS)
def test_open_names_exactly_the_facts_without_which_nothing_changes(seed: int) -> None:
    """An open verdict has open facts, a decided one has none; and answering all of them decides it."""
    rng = random.Random(seed)
    kb, world = catalogue(random_measure(rng)), worlds.world(rng)
    facts = worlds.told(rng, world)
    found = eligibility.assess(kb.measures["aid"], facts, kb, DAY)
    assert bool(found.open) == (found.outward is Outward.DEPENDS) or found.verdict == "partially_eligible"
    full = worlds.everything(world)
    answered = {**facts, **{name: full[name] for name in (*found.open, "exporter") if name in full}}
    assert eligibility.assess(kb.measures["aid"], answered, kb, DAY).outward is not Outward.DEPENDS


@FEW
@given(SEEDS)
def test_asking_ends_with_every_verdict_as_if_everything_had_been_told(seed: int) -> None:
    rng = random.Random(seed)
    kb, world = catalogue(*(random_measure(rng, f"m{i}") for i in range(3))), worlds.world(rng)
    full = worlds.everything(world)
    said = worlds.told(rng, world, knows=0.2)
    facts: Facts = {name: value for name, value in said.items() if not isinstance(value, Unknown)}
    asked: list[str] = []
    while found := questions.next_question(kb.measures.values(), facts, kb, DAY):
        name = found.fact.id
        fits = [one.value for one in found.options if not evaluation_differs(name, one.value, world)]
        facts[name] = fits[0] if fits and rng.random() < 0.5 else full[name]
        asked.append(name)
        assert len(asked) < 40
    for one in kb.measures.values():
        expected = eligibility.assess(one, full, kb, DAY)
        assert eligibility.assess(one, facts, kb, DAY).verdict == expected.verdict


def evaluation_differs(name: str, value: Any, world: worlds.World) -> bool:
    """Whether an answer offered is not true of the world."""
    return all(other != world for other in ({**world, **one} for one in worlds.completions({name: value}, {name})))
