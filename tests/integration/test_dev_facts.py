"""The development cases of kinds eligibility and compute, fed with facts instead of text: all of them, by the scorer."""

import importlib.util
import json
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from handlers import computing, dialog
from handlers.reply import Reply, ReplyKind
from handlers.session import Session, Told
from policy_kb import fact_texts, loader, values
from policy_kb.catalogues import Catalogue

EVAL = Path(__file__).parents[3] / "shared" / "eval"
CASES = EVAL / "dev.jsonl"
FACTS = yaml.load(
    (Path(__file__).parents[1] / "data" / "dev-facts.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
if not CASES.exists():
    pytest.skip("the development cases do not lie beside this checkout", allow_module_level=True)


def cases() -> dict[str, dict[str, Any]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    found = {case["id"]: case for case in map(json.loads, filter(str.strip, lines))}
    return {name: case for name, case in found.items() if case["kind"] in {"eligibility", "compute"}}


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", EVAL / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


KNOWN = loader.load()
SCORE = scorer()


def test_every_case_has_its_facts_and_no_other() -> None:
    assert FACTS.keys() == cases().keys()


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_case_fed_with_facts_is_answered_rightly(name: str) -> None:
    case = cases()[name]
    reply = answer(FACTS[name], date.fromisoformat(case["as_of"]), KNOWN)
    judged = SCORE.judge(case, [{}] * (len(case["turns"]) - 1) + [reply.as_json()])
    assert all(judged.values()), (judged, reply.text)


def answer(entry: dict[str, Any], as_of: date, kb: Catalogue) -> Reply:
    """The verdict, or the sum where one is asked for."""
    if "figure" in entry:
        says = [point.says for point in kb.figures[entry["figure"]].points]
        return Reply("\n".join(says), ReplyKind.ANSWER)
    measure = kb.measures[entry["measure"]]
    told = {name: fact_texts.parse(kb.facts[name], text) for name, text in entry["facts"].items()}
    session = Session(facts={name: Told(value=values.to_json(value)) for name, value in told.items()})
    asks = entry.get("asks")
    if asks:
        text = "比原来多拿多少" if asks == "more" else "能拿多少"
        computed = computing.computed(measure, session, kb, as_of, None, text)
        assert computed is not None
        return computed
    return dialog.begin(measure, session, kb, as_of)
