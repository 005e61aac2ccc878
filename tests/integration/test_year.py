"""A year of reminders, day by day, against the list in tests/data/year.yml that was written before any run."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from policy_kb import loader
from scheduler import pushes
from storage.engine import Store
from storage.times import SHANGHAI
from tests.fakes.reminded import Town, at

BOOK = Path(__file__).parents[1] / "data" / "year.yml"
REAL = date(2026, 11, 22)
"""The day reviews are judged by."""


@dataclass
class Example:
    """An enterprise of the list, as it is in the database."""

    name: str
    chat: int
    enterprise: int
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)


def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(BOOK.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # plain strings only
    return found


def _move_in(town: Town, written: dict[str, Any]) -> Example:
    wanted = [wish for wish in written["subscriptions"] if wish]
    chat = town.person(written["name"], *wanted, matches=written["matches"] == "yes")
    enterprise = town.enterprise(chat, written["facts"], written["name"])
    return Example(written["name"], chat, enterprise, written.get("changes", {}))


async def _live(town: Town, examples: list[Example], first: date, last: date) -> None:
    day = first
    while day <= last:
        town.go_to(max(town.now, at(day)))
        for one in examples:
            if str(day) in one.changes:
                town.tell(one.chat, one.enterprise, one.changes[str(day)])
        if town.tick():
            await town.send()
        town.tick()  # a second tick of the same day
        day += timedelta(days=1)


async def test_a_year_of_reminders_comes_out_exactly_as_written_by_hand(store: Store) -> None:
    book = _read()
    first, last = date.fromisoformat(book["from"]), date.fromisoformat(book["to"])
    town = Town(store, loader.load(), at(first - timedelta(days=1)), today=REAL)
    town.tick()  # what was in force before is no news
    town.go_to(at(first, 8, 35))
    examples = [_move_in(town, written) for written in book["enterprises"]]

    await _live(town, examples, first, last)

    names = {one.chat: one.name for one in examples}
    expected = {
        (written["name"], each["day"], each["measure"], each["stage"], each.get("date", ""))
        for written in book["enterprises"]
        for each in written["expected"]
    }
    came = [
        (names[one.chat_id], str(one.planned), one.measure, one.stage, str(one.day or "")) for one in town.notices()
    ]
    assert len(came) == len(set(came))
    assert set(came) == expected
    _check_letters(town, names)


def _check_letters(town: Town, names: dict[int, str]) -> None:
    """Everything was sent on its day, outside the quiet hours, before its date, and says nothing unverified."""
    by_key = {row.key: row for row in town.rows()}
    for notice in town.notices():
        row = by_key[notice.outbox_key or ""]
        assert row.state.value == "sent", (row.key, row.reason)
        sent = row.sent_at.astimezone(SHANGHAI)
        assert sent.date() == notice.planned
        assert pushes.quiet_until(sent) is None
        if notice.stage in {"30", "7", "1"}:
            assert notice.day is not None
            assert sent.date() <= notice.day
            assert row.expires_at.astimezone(SHANGHAI) <= at(notice.day, 21)
    assert {one.address for one in town.box.letters} == set(names.values())
    for letter in town.box.letters:
        assert letter.content.text.endswith(pushes.ENDING)
        assert "2023年5月31日" not in letter.content.text, "our own arithmetic, printed nowhere"
        assert re.search(r"来源：", letter.content.text)
        assert {choice.label for choice in letter.content.rows[-1]} == {"调整", "退订"}
