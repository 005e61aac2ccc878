"""By how much a condition is missed, in words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy_kb import loader, shortfalls
from policy_kb.catalogues import Catalogue
from policy_kb.conditions import Leaf
from policy_kb.enterprises import Enterprise
from policy_kb.facts import NOT_APPLICABLE, Facts, Range, Unknown, Value
from tests.fakes.catalogue import catalogue

KB = catalogue()
DAY = date(2022, 9, 20)


def says(fact: str, value: Value, **how: Any) -> str:
    leaf = Leaf.model_validate({"fact": fact, "says": "条件", **how})
    return shortfalls.says(leaf, Enterprise({fact: value}, KB, DAY))


@pytest.mark.parametrize(
    ("value", "how", "expected"),
    [
        (Decimal(320), {"at_most": "300"}, "您的是320人，上限300人，超20人"),
        (Decimal(300), {"less_than": "300"}, "您的是300人，要不到300人"),
        (Decimal(320), {"less_than": "300"}, "您的是320人，要不到300人，超20人"),
        (Decimal(15), {"at_least": "20"}, "您的是15人，至少要20人，差5人"),
        (Decimal(20), {"more_than": "20"}, "您的是20人，要超过20人"),
        (Decimal(60), {"between": {"low": "20", "high": "50"}}, "您的是60人，上限50人，超10人"),
        (Decimal(10), {"between": {"low": "20", "high": "50"}}, "您的是10人，至少要20人，差10人"),
        (Range(Decimal(320), Decimal(400)), {"at_most": "300"}, "您的是320人—400人，上限300人，至少超20人"),
        (Range(None, Decimal(15)), {"at_least": "20"}, "您的是15人以下，至少要20人，至少差5人"),
    ],
)
def test_a_number_is_told_with_its_limit_and_the_difference(value: Value, how: dict[str, Any], expected: str) -> None:
    assert says("staff", value, **how) == expected


def test_sums_and_shares_keep_their_units() -> None:
    assert says("sales", Decimal(3_500_000), at_most="300万元") == "您的是350万元，上限300万元，超50万元"


def test_yes_and_no_choices_days_and_what_does_not_apply() -> None:
    assert says("honest", value=False, **{"is": "yes"}) == "您说的是：否"
    assert says("size", "medium", one_of=["small_micro"]) == "您的是中型"
    assert says("founded", date(2023, 1, 1), before="2022-01-01") == "您的是2023年1月1日，要在2022年1月1日之前"
    assert says("export_since", NOT_APPLICABLE, at_least="3") == "对您不适用"
    assert says("staff", Unknown(), at_least="3") == ""


@pytest.fixture(scope="module")
def kept() -> Catalogue:
    return loader.load()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"industry": "manufacturing", "employees": Decimal(320), "revenue": Decimal(30_000_000)},
            ["中型", "320人", "300人", "超20人", "3000万元", "2000万元"],
        ),
        ({"enterprise_size": "medium"}, ["中型"]),
    ],
)
def test_a_size_worked_out_names_the_lines_it_lies_above(kept: Catalogue, facts: Facts, expected: list[str]) -> None:
    leaf = Leaf.model_validate({"fact": "enterprise_size", "says": "小微", "one_of": ["small_micro"]})
    said = shortfalls.says(leaf, Enterprise(facts, kept, DAY))
    assert not [word for word in expected if word not in said], said
