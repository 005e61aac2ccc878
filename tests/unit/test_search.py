"""Retrieval over a small catalogue, with an encoder that only counts letters: the ranking is worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_kb import search
from policy_kb.search import Role, Vector
from tests.fakes import catalogue

POINTS = [
    {"id": "rate", "about": "amount", "says": "按失业保险费的90%返还。", "asks": ["稳岗返还返几成"]},
    {"id": "until", "about": "until", "says": "到2022年底。", "asks": ["稳岗返还哪天截止"]},
]
REFUND = catalogue.measure(
    "refund",
    title="稳岗返还",
    aliases=["稳岗补贴"],
    questions=["没裁员政府给钱吗"],
    points=POINTS,
    silent=[{"what": "哪天到账", "asks": ["稳岗返还的钱几时到账"]}],
)
RENT = catalogue.measure("rent", title="房租减免", aliases=["免租"], questions=["国有房子能免几个月租"])
KNOWN = catalogue.catalogue(REFUND, RENT)


def encode(texts: Sequence[str]) -> Vector:
    """A letter is a direction: texts with the same letters lie near each other."""
    rows = np.full((len(texts), 64), 0.01, dtype=np.float32)
    for row, text in enumerate(texts):
        for letter in text:
            rows[row, ord(letter) % 64] += 1
    return rows


INDEX = search.Index(KNOWN, encode, encode, list)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("稳岗返还返多少", "refund"),
        ("稳岗补贴", "refund"),
        ("没裁员给不给钱", "refund"),
        ("房租能免几个月", "rent"),
        ("免租", "rent"),
    ],
)
def test_a_question_finds_its_measure(text: str, entry: str) -> None:
    assert INDEX.search(text)[0].entry == entry


def test_a_question_in_the_words_of_the_catalogue_scores_near_one() -> None:
    assert INDEX.search("没裁员政府给钱吗")[0].score > 0.9
    assert INDEX.search("天上的星星几颗")[0].score < 0.5


def test_hits_come_best_first_and_once_each() -> None:
    hits = INDEX.search("稳岗返还和房租减免")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.entry for hit in hits}) == len(hits) <= 2


def test_naming_an_entry_is_seen_and_measured() -> None:
    assert INDEX.search("稳岗返还")[0].named == 1.0
    assert INDEX.search("稳岗返还返多少")[0].named == pytest.approx(4 / 7)
    assert INDEX.search("没裁员给不给钱")[0].named == 0.0


def test_the_statement_that_answers_comes_first() -> None:
    assert INDEX.parts("refund", "稳岗返还哪天截止")[0][:2] == (Role.ASK, "until")
    assert INDEX.parts("refund", "稳岗返还返几成")[0][:2] == (Role.ASK, "rate")


def test_what_the_documents_do_not_say_is_found_too() -> None:
    assert INDEX.parts("refund", "稳岗返还的钱几时到账")[0][:2] == (Role.SILENCE, "0")


def test_a_long_message_is_read_clause_by_clause() -> None:
    text = "我是开小店的说来话长前前后后折腾了三个多月，没裁员政府给钱吗"
    assert "没裁员政府给钱吗" in search.clauses(text)
    assert INDEX.search(text)[0].entry == "refund"
    assert search.clauses("没裁员，政府给钱吗") == []


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_no_text_breaks_the_search(text: str) -> None:
    for hit in INDEX.search(text):
        assert hit.entry in KNOWN.entries
        assert np.isfinite(hit.score)
        assert 0 <= hit.named <= 1


def test_every_text_of_an_entry_is_compared_in_its_role() -> None:
    roles = {(text.role, text.part) for text in search.texts_of(KNOWN.measures["refund"])}
    assert roles >= {(Role.NAME, None), (Role.QUESTION, None), (Role.ASK, "rate"), (Role.STATEMENT, "rate")}
    assert (Role.SILENCE, "0") in roles
