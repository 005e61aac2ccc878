"""Numbers that cannot be meant are told apart from those that can."""

from datetime import date
from decimal import Decimal

import pytest

from handlers import asking
from handlers.session import Dialog, Session, Told
from nlu import fact_reading, normalise, quantities
from nlu.understanding import Understanding
from policy_kb import loader, values
from policy_kb.catalogues import Catalogue

DAY = date(2022, 9, 20)


@pytest.fixture(scope="module")
def kept() -> Catalogue:
    return loader.load()


def said(text: str, kept: Catalogue) -> Understanding:
    plain = normalise.normalise(text).text
    found = tuple(quantities.read(plain, DAY))
    return Understanding(plain, text, "tell", 1.0, quantities=found, told=fact_reading.read(plain, found, kept))


def talk(asked: str | None = None) -> Session:
    return Session(dialog=Dialog(measures=["x"], asked=asked)) if asked else Session()


@pytest.mark.parametrize(
    ("text", "asked", "words"),
    [
        ("-5人", None, "-5人"),
        ("负5人", None, "负5人"),
        ("0人", None, "0人"),
        ("10亿人", None, "10亿人"),
        ("员工-3人", None, "-3人"),
        ("-5", "employees", "-5"),
        ("0", "employees", "0"),
        ("1000000001", "employees", "1000000001"),
        ("-20万", "unemployment_premium_paid", "-20万"),
        ("150%", "layoff_rate", "150%"),
        ("700个月", "ui_paid_months", "700个月"),
    ],
)
def test_an_impossible_number_is_found_and_left_out(text: str, asked: str | None, words: str, kept: Catalogue) -> None:
    sifted, odd = asking.sift(said(text, kept), talk(asked), kept)
    assert odd is not None
    assert odd.words == words
    assert not sifted.quantities
    assert not sifted.told


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("35人", None),
        ("1人", "employees"),
        ("0", "graduate_hires"),
        ("20-49人", "employees"),
        ("20人-30人", "employees"),
        ("一百万人", "employees"),
        ("2022-09-20", "employees"),
        ("去年交了12万失业保险费", "unemployment_premium_paid"),
        ("50%", "layoff_rate"),
        ("没有数字", "employees"),
        ("项目10亿", "employees"),
    ],
)
def test_a_possible_number_is_left_alone(text: str, asked: str | None, kept: Catalogue) -> None:
    before = said(text, kept)
    assert asking.sift(before, talk(asked), kept) == (before, None)


def test_the_doubt_names_the_limits_and_what_counts_meanwhile(kept: Catalogue) -> None:
    _, odd = asking.sift(said("10亿人", kept), talk(), kept)
    assert odd is not None
    session = Session(facts={"employees": Told(value=values.to_json(Decimal(20)))})
    text = asking.doubt(odd, session)
    assert "10亿人" in text
    assert "100万人" in text
    assert "1人" in text
    assert "20人" in text
    assert "20人" not in asking.doubt(odd, Session())
