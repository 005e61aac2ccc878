"""What Rasa returned, typed; nothing of it may be missing or odd enough to raise."""

from datetime import date

import pytest

from nlu import fact_reading, quantities, understanding
from policy_kb.search import Hit

PARSED = {
    "text": "稳岗返还返多少",
    "original": "稳崗返還返多少",
    "intent": {"name": "amount", "confidence": 0.8},
    "intent_ranking": [
        {"name": "tell", "confidence": 0.1},
        {"name": "amount", "confidence": 0.8},
        {"name": "compute", "confidence": 0.05},
    ],
    "hits": [Hit("job-retention-refund-2022", 0.9, 0.5, ())],
    "quantities": quantities.read("20个人", date(2022, 9, 20)),
    "told": {"honest": fact_reading.Reading(value=True, words="守信")},
}


def test_a_parse_is_read_whole() -> None:
    said = understanding.read(PARSED)
    assert (said.text, said.original, said.label, said.confidence) == (
        "稳岗返还返多少",
        "稳崗返還返多少",
        "amount",
        0.8,
    )
    assert [hit.entry for hit in said.hits] == ["job-retention-refund-2022"]
    assert len(said.quantities) == 1
    assert said.told is not None
    assert said.told["honest"].value is True


def test_an_empty_parse_is_outside_our_subject() -> None:
    for parsed in ({}, {"intent": None, "intent_ranking": None, "hits": None, "told": None, "text": None}):
        said = understanding.read(parsed)
        assert (said.label, said.confidence, said.text, said.hits, said.told) == ("out_of_scope", 0.0, "", (), {})
        assert said.about == "what"


def test_likelihoods_add_up() -> None:
    said = understanding.read(PARSED)
    assert said.likelihood("amount", "compute") == pytest.approx(0.85)
    assert said.likelihood("nothing") == 0
    assert said.likelihood() == 0


def test_what_is_asked_about_passes_over_acts() -> None:
    assert understanding.read(PARSED).about == "amount"
    only_acts = {"intent_ranking": [{"name": "greet", "confidence": 0.9}, {"name": "tell", "confidence": 0.1}]}
    assert understanding.read(only_acts).about == "what"
