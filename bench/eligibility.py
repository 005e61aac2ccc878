"""How quick the engine is, and how few questions it needs. Run by hand: `.venv/bin/python -m bench.eligibility`.

Enterprises are made up at random over the facts of the kept catalogue, always the same ones (`--seed`).
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bench import openfisca
from policy_kb import eligibility, evaluation, kleene, loader, population, questions, windows
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import leaves
from policy_kb.eligibility import Outward
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Kind, Measure
from policy_kb.facts import NOT_APPLICABLE, Fact, Facts, FactType, Just, Range, Unknown, Value, Why
from policy_kb.questions import Question

STAFF = [0, 1, 3, 8, 15, 25, 45, 80, 150, 299, 300, 500, 1200]
SUMS = [0, 20_000, 60_000, 300_000, 900_000, 3_000_000, 8_000_000, 25_000_000, 90_000_000, 450_000_000]


def exact(rng: random.Random, fact: Fact) -> Value:
    """A value of a fact as it might be; yes is rarer than no, as it is for most measures' own facts."""
    match fact.type:
        case FactType.YES_NO:
            return rng.random() < 0.4
        case FactType.CHOICE:
            name = rng.choice([name for name, one in fact.values.items() if one.asked and not one.whole])
            return Just(name) if len(fact.kinds[name]) > 1 else name
        case FactType.CHOICES:
            return frozenset(name for name, one in fact.values.items() if one.asked and rng.random() < 0.2)
        case FactType.DATE:
            return date(rng.randint(2015, 2022), rng.randint(1, 12), 15)
        case FactType.MONEY:
            return Decimal(rng.choice(SUMS))
    return Decimal(rng.choice(STAFF)) / (100 if fact.unit == "%" else 1)


def enterprise(rng: random.Random, kb: Catalogue) -> Facts:
    """An enterprise of which everything is known, but what follows from other facts."""
    found: Facts = {fact.id: exact(rng, fact) for fact in kb.facts.values()}
    for fact in kb.facts.values():
        gate = fact.applies_when
        if gate and kleene.among(frozenset(gate.one_of), kb.facts[gate.fact], found[gate.fact]) is False:
            found[fact.id] = NOT_APPLICABLE
    return {name: value for name, value in found.items() if value is not NOT_APPLICABLE}


def partly(rng: random.Random, of: Facts) -> Facts:
    """Some of it told, some in brackets, some not known."""
    found: Facts = {}
    for name, value in of.items():
        chance = rng.random()
        if chance < 0.25:
            found[name] = value
        elif chance < 0.35 and isinstance(value, Decimal):
            found[name] = Range(value * 9 // 10, value * 2)
        elif chance < 0.4:
            found[name] = Unknown(Why.UNSURE)
    return found


def claims(kb: Catalogue, day: date) -> list[Measure]:
    """The measures an owner can claim on that day."""
    return [
        one for one in kb.measures.values() if one.kind is Kind.CLAIM and windows.measure_status(one, kb, day).in_force
    ]


def relevant(measures: list[Measure], kb: Catalogue, day: date) -> list[str]:
    """Every fact of the owner's that the live tracks name, in the order of the files."""
    names = {
        leaf.fact
        for measure in measures
        for track in measure.tracks
        if windows.status(track, measure, kb, day).in_force
        for leaf in leaves(track.conditions)
        if evaluation.is_owners(leaf)
    }
    return [name for name in kb.facts if name in names]


def answer(question: Question, of: Facts) -> Value:
    """What this enterprise taps, or types where nothing fits."""
    value = of.get(question.fact.id, Unknown(Why.UNSURE))
    for option in question.options:
        if option.value == value or (isinstance(option.value, Range) and _within(value, option.value)):
            return option.value
    return value


def _within(value: Value, bracket: Range) -> bool:
    if not isinstance(value, Decimal):
        return False
    above = bracket.low is None or (value >= bracket.low if bracket.low_inclusive else value > bracket.low)
    below = bracket.high is None or (value <= bracket.high if bracket.high_inclusive else value < bracket.high)
    return above and below


def settled(measures: list[Measure], facts: Facts, kb: Catalogue, day: date) -> bool:
    """Whether no answer of the owner changes anything any more."""
    return questions.next_question(measures, facts, kb, day) is None


def talk(measures: list[Measure], of: Facts, kb: Catalogue, day: date, took: list[float]) -> tuple[int, Facts]:
    """Number of questions until everything is settled, and what was answered."""
    facts: Facts = {}
    count = 0
    while True:
        begun = time.process_time()
        question = questions.next_question(measures, facts, kb, day)
        took.append(time.process_time() - begun)
        if question is None:
            return count, facts
        count += 1
        facts[question.fact.id] = answer(question, of)


def needed_in_order(order: list[str], measures: list[Measure], of: Facts, kb: Catalogue, day: date) -> int:
    """Questions asked in fixed order when only those are left out that can no longer matter."""
    facts: Facts = {}
    count = 0
    for name in order:
        value = Enterprise(facts, kb, day).value(name)
        if not isinstance(value, Unknown):
            continue
        if any(name in one.open for one in eligibility.assess_all(measures, facts, kb, day)):
            facts[name] = of.get(name, Unknown(Why.UNSURE))
            count += 1
    return count


def dialogs(kb: Catalogue, day: date, crowd: list[Facts]) -> Iterator[str]:
    """Questions to settle every claim, against asking everything."""
    measures = claims(kb, day)
    order = relevant(measures, kb, day)
    took: list[float] = []
    asked, fixed, wrong = [], [], 0
    for i, of in enumerate(crowd):
        count, facts = talk(measures, of, kb, day, took)
        asked.append(count)
        for one in measures:
            known = eligibility.assess(one, of, kb, day).outward
            wrong += eligibility.assess(one, facts, kb, day).outward not in {known, Outward.DEPENDS}
        if i < 20:
            fixed.append(needed_in_order(order, measures, of, kb, day))
    mean = statistics.mean(asked)
    took.sort()
    yield f"{len(measures)} claims in force on {day}, {len(order)} relevant facts, {len(crowd)} enterprises"
    yield f"questions to settle all: mean {mean:.1f}, median {statistics.median(asked)}, most {max(asked)}"
    yield f"  = {mean / len(order):.0%} of asking every relevant fact in fixed order ({len(order)})"
    in_order = statistics.mean(fixed)
    yield f"  fixed order without what no longer matters (20 enterprises): mean {in_order:.1f}"
    yield f"verdicts other than with everything known: {wrong}"
    half, most = took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000
    yield f"choosing a question (processor time): median {half:.1f} ms, 99 % under {most:.1f} ms, longest {took[-1] * 1000:.1f} ms"


def batch(kb: Catalogue, day: date, told: list[Facts]) -> Iterator[str]:
    """Assessments a minute, columns built in the same time."""
    measures = list(kb.measures.values())
    begun = time.process_time()
    crowd = population.Population(told, kb, day)
    codes = population.assess(measures, crowd)
    first = time.process_time() - begun
    begun = time.process_time()
    population.assess(measures, crowd)
    again = time.process_time() - begun
    yield f"batch: {len(measures)} measures × {len(told)} enterprises = {codes.size} assessments"
    yield f"  with building the columns {first:.2f} s of one core: {codes.size / first * 60 / 1e6:,.0f} million a minute"
    yield f"  columns there already {again:.2f} s: {codes.size / again * 60 / 1e6:,.0f} million a minute"
    begun = time.process_time()
    for facts in told[:50]:
        eligibility.assess_all(measures, facts, kb, day)
    single = (time.process_time() - begun) / 50 / len(measures)
    yield f"  single form with trace and amounts: {single * 1e6:.0f} µs an assessment"


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--day", type=date.fromisoformat, default=date(2022, 9, 20))
    arguments.add_argument("--enterprises", type=int, default=500, help="talks to hold")
    arguments.add_argument("--batch", type=int, default=100_000, help="enterprises of the batch")
    arguments.add_argument("--openfisca", metavar="PYTHON", help="a Python that has openfisca-core, to run beside")
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    kb, rng = loader.load(), random.Random(chosen.seed)
    crowd = [enterprise(rng, kb) for _ in range(max(chosen.enterprises, 1000))]
    told = [partly(rng, rng.choice(crowd)) for _ in range(chosen.batch)]
    for line in batch(kb, chosen.day, told):
        print(line, flush=True)
    for line in openfisca.beside(kb, chosen.day, told, chosen.openfisca) if chosen.openfisca else ():
        print(line, flush=True)
    for line in dialogs(kb, chosen.day, crowd[: chosen.enterprises]):
        print(line, flush=True)


if __name__ == "__main__":
    main()
