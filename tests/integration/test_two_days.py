"""Measures of the plan of 2022, asked for when it was new and years later: status, end and successor are right."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.talks import DAY, NOW, ask, assistant, measures

ROWS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "data" / "two-days.yml").read_text(encoding="utf-8")
)
DAYS = {"on_2022_09_20": DAY, "on_2026_11_21": NOW}


def _stands(wanted: str | list[str], text: str) -> bool:
    return any(one in text for one in ([wanted] if isinstance(wanted, str) else wanted))


@pytest.mark.parametrize(("key", "day"), DAYS.items(), ids=DAYS)
@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_status_of_a_measure_is_right_on_the_day(row: dict[str, Any], key: str, day: date) -> None:
    expected = row[key]
    reply = ask(row["question"], day=day)
    assert reply.kind.value in expected["kinds"], reply.text
    line = assistant().catalogue.measures[row["id"]].lineage or row["id"]
    assert line in measures(reply.measures), reply.text
    assert not [one for one in expected["must"] if not _stands(one, reply.text)], reply.text
    assert not [one for one in expected.get("must_not", []) if one in reply.text], reply.text


def test_twenty_five_different_measures_are_asked_for() -> None:
    assert len({row["id"] for row in ROWS}) == 25
