"""The same rules in OpenFisca-core, for `bench.eligibility --openfisca PYTHON`: run by that other Python, imports nothing
of ours. Usage: openfisca_side.py RULES.json COLUMNS.npz. Prints a JSON line.

OpenFisca knows no unknown: a fact nobody told is its default (no, 0, the first value).
"""

# mypy: ignore-errors

import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

MONTH = "2022-09"


def test(node, firm, period):
    """The truth of a node over all enterprises, two-valued."""
    if "all" in node:
        return np.logical_and.reduce([test(part, firm, period) for part in node["all"]])
    if "any" in node:
        return np.logical_or.reduce([test(part, firm, period) for part in node["any"]])
    if "not" in node:
        return ~test(node["not"], firm, period)
    if "of" in node:
        return sum(test(part, firm, period).astype(int) for part in node["of"]) >= node["n"]
    value, operator, edge = firm(node["fact"], period), node["operator"], node["edge"]
    if operator == "among":
        return np.isin(value, edge)
    return {
        "at_least": lambda: value >= edge,
        "more_than": lambda: value > edge,
        "at_most": lambda: value <= edge,
        "less_than": lambda: value < edge,
        "between": lambda: (value >= edge[0]) & (value <= edge[1]),
    }[operator]()


def measure(name, trees, entity):
    """A yes/no variable that holds when one of the trees does."""

    def formula(firm, period):
        return np.logical_or.reduce([test(tree, firm, period) for tree in trees])

    parts = {"value_type": bool, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), {**parts, "formula": formula})


def main():
    """Build the system, calculate every measure, print seconds and counts."""
    rules = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    columns = np.load(sys.argv[2])
    entity = build_entity("firm", "firms", "an enterprise", is_person=True)
    system = TaxBenefitSystem([entity])
    for fact, kind in rules["facts"].items():
        parts = {"value_type": {"bool": bool, "int": int, "float": float}[kind], "entity": entity, "label": fact}
        system.add_variable(type(fact, (Variable,), {**parts, "definition_period": DateUnit.MONTH}))
    for name, trees in rules["measures"].items():
        system.add_variable(measure(name, trees, entity))
    size = len(columns[columns.files[0]])
    begun = time.process_time()
    simulation = SimulationBuilder().build_default_simulation(system, size)
    for fact in columns.files:
        simulation.set_input(fact, MONTH, columns[fact])
    found = {name: simulation.calculate(name, MONTH) for name in rules["measures"]}
    took = time.process_time() - begun
    np.savez(sys.argv[2], **found)
    print(json.dumps({"seconds": took}))


if __name__ == "__main__":
    main()
