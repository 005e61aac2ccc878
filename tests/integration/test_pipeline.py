"""`config.yml`: the pipeline loads, runs in its order, and each component leaves what the next one needs."""

from datetime import date
from decimal import Decimal

import pytest
import yaml

from nlu import knowledge, training
from nlu.understanding import ACTS, Understanding
from policy_kb.entries import About
from tests.fakes.talks import DAY, assistant


def understand(text: str, day: date = DAY) -> Understanding:
    return assistant()._talk.mind.understand(text, day)


def test_the_pipeline_reads_top_to_bottom_as_designed() -> None:
    names = [step["name"].rsplit(".", 1)[-1] for step in yaml.safe_load(training.CONFIG.read_text("utf-8"))["pipeline"]]
    order = [
        "Normaliser",
        "CatalogueTokenizer",
        "Lemmatiser",
        "SentenceEncoder",
        "IntentClassifier",
        "FactReader",
        "Retriever",
    ]
    assert [name for name in names if name in order] == order


def test_a_message_comes_out_normalised_with_its_original() -> None:
    said = understand("穩崗返還返幾成？")
    assert said.original == "穩崗返還返幾成？"
    assert said.text.startswith("稳岗返还返几成")


def test_labels_are_acts_or_what_can_be_asked() -> None:
    said = understand("稳岗返还能返多少")
    known = ACTS | {about.value for about in About} | {"list"}
    assert {label for label, _ in said.ranking} <= known
    assert 0 <= said.confidence <= 1
    assert said.label == said.ranking[0][0]


def test_numbers_facts_and_entries_are_found_in_one_parse() -> None:
    said = understand("开火锅店的，18个员工，去年营业额300万，稳岗返还有没有份")
    assert said.told is not None
    assert said.told["industry"].value == "catering"
    assert said.told["employees"].value == Decimal(18)
    assert said.told["revenue"].value == Decimal(3_000_000)
    assert len(said.quantities) >= 2
    assert said.hits[0].entry in knowledge.current().catalogue.entries
    assert any(hit.entry.startswith("job-retention-refund") for hit in said.hits[:5])


def test_last_year_depends_on_the_day_of_the_question() -> None:
    first, second = (understand("2021年成立的，去年3月办的执照", day) for day in (DAY, date(2026, 11, 21)))
    assert [one.low for one in first.quantities] != [one.low for one in second.quantities]


def test_pinyin_is_understood_as_the_characters_it_spells() -> None:
    spelt, written = understand("wen gang fan huan neng fan duo shao"), understand("稳岗返还能返多少")
    assert (spelt.text, spelt.label, spelt.ranking) == (written.text, written.label, written.ranking)
    assert [hit.entry for hit in spelt.hits] == [hit.entry for hit in written.hits]


@pytest.mark.parametrize("text", ["", " ", "/", "/greet{}", "\x00", "😀", "好" * 600, "a\u0301\u202e"])
def test_no_message_breaks_the_parse(text: str) -> None:
    assert understand(text).label


def test_a_slash_is_no_way_into_rasas_own_language() -> None:
    assert understand('/unsafe{"x": 1}').confidence < 1.0


def test_the_model_in_use_is_that_of_the_present_data() -> None:
    assistant()
    assert len(training.fingerprint()) == 16


def test_the_same_message_is_understood_the_same_twice() -> None:
    one, other = understand("招了4个应届生能领多少"), understand("招了4个应届生能领多少")
    assert (one.label, one.ranking, one.told) == (other.label, other.ranking, other.told)
    assert [hit.entry for hit in one.hits] == [hit.entry for hit in other.hits]
