"""Deadlines as a calendar file, time lines as a picture to be drawn, and when they are offered."""

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from handlers import dates
from handlers.reply import ACTION_BYTES, Reply, ReplyKind
from policy_kb.catalogues import Catalogue
from tests.fakes.catalogue import catalogue, measure

DAY = date(2022, 9, 20)
VERIFIED = {"on": "2022-09-01", "by": "甲", "basis": "text", "review_by": "2023-09-01"}
ROUND = {"id": "autumn", "label": "秋季申报", "from": "2022-09-01", "to": "2022-10-31"}


def known(*more: dict[str, Any], **parts: Any) -> Catalogue:
    given = {"in_force": {"to": "2022-12-31"}, "verified": VERIFIED, **parts}
    return catalogue(measure("aid", title="用工补贴", **given), *more)


def calendar_file(there: Catalogue, as_of: date = DAY) -> Reply:
    return dates.calendar_file(there.measures["aid"], there, as_of)


def events(reply: Reply) -> list[Any]:
    assert reply.file is not None
    return list(Calendar.from_ical(reply.file.data.decode()).walk("VEVENT"))


def test_a_deadline_is_a_whole_day_with_two_alarms_in_the_morning() -> None:
    reply = calendar_file(known())
    [event] = events(reply)
    assert reply.file is not None
    assert reply.file.name == "huiqi-aid.ics"
    assert "2022年12月31日" in reply.text
    assert event["summary"] == "用工补贴：执行期限截止"
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2022, 12, 31), date(2023, 1, 1))
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [
        timedelta(days=-6, hours=-15),
        timedelta(hours=-15),
    ]
    assert "来源：" in event["description"]
    assert b"X-WR-TIMEZONE:Asia/Shanghai" in reply.file.data


def test_made_again_later_the_file_replaces_the_first_one() -> None:
    [first], [second] = events(calendar_file(known())), events(calendar_file(known(version=2), DAY + timedelta(days=9)))
    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"]


def test_rounds_and_the_end_of_the_rule_stand_in_one_file_and_past_days_in_none() -> None:
    there = known(windows=[ROUND])
    assert [event["dtstart"].dt.isoformat() for event in events(calendar_file(there))] == ["2022-10-31", "2022-12-31"]
    assert [event["dtstart"].dt.isoformat() for event in events(calendar_file(there, date(2022, 11, 1)))] == [
        "2022-12-31"
    ]


@pytest.mark.parametrize(
    ("parts", "as_of", "word"),
    [
        ({"verified": None}, DAY, "没有核实"),
        ({}, date(2023, 9, 2), "过了复核日期"),
        ({"status": "draft"}, DAY, "草稿"),
        ({"in_force": {"to": "2022-08-31"}}, DAY, "没有还没到的截止日期"),
        ({"in_force": {}}, DAY, "没有还没到的截止日期"),
        (
            {"level": "national", "delivery": "apply", "verified": {**VERIFIED, "basis": "V2"}},
            DAY,
            "昆明的办理通知还没查到",
        ),
    ],
)
def test_what_is_not_certain_is_no_date_but_a_clear_word(parts: dict[str, Any], as_of: date, word: str) -> None:
    reply = calendar_file(known(**parts), as_of)
    assert reply.file is None
    assert word in reply.text
    assert [button.action for button in reply.buttons] == ["human"]


def lineage() -> Catalogue:
    later = measure(
        "aid-2023", title="用工补贴（2023年）", document="doc23", in_force={"from": "2023-01-01", "to": "2023-12-31"}
    )
    first = measure("aid", title="用工补贴", in_force={"to": "2022-12-31"}, verified=VERIFIED, lineage="aids")
    docs = [{"id": "doc23", "issued": "2022-09-10"}]
    return catalogue(first, {**later, "lineage": "aids"}, docs=docs)


def test_the_editions_of_a_rule_are_told_in_words_and_asked_for_as_a_picture() -> None:
    there = lineage()
    reply = dates.timeline("aid", there, DAY)
    assert reply is not None
    assert reply.picture is not None
    assert reply.picture.measures == ("aid", "aid-2023")
    assert "2022年12月31日" in reply.text
    assert "2023年12月31日" in reply.text


def test_what_was_not_issued_yet_is_in_no_picture() -> None:
    reply = dates.timeline("aid", lineage(), date(2022, 9, 1))
    assert reply is not None
    assert reply.picture is not None
    assert reply.picture.measures == ("aid",)


def test_nothing_is_drawn_of_a_name_nobody_knows() -> None:
    assert dates.timeline("nothing", known(), DAY) is None
    assert dates.timeline("tax", known(), DAY) is None


def offered(there: Catalogue, about: str, kind: ReplyKind = ReplyKind.ANSWER, as_of: date = DAY) -> list[str]:
    reply = dates.offered(Reply("到年底。", kind, measures=("aid",)), about, there, as_of)
    return [button.action for button in reply.buttons]


def test_the_file_and_the_picture_are_offered_to_who_asked_until_when() -> None:
    assert offered(lineage(), "until") == ["ics:aid", "pic:aid"]
    assert offered(known(), "until") == ["ics:aid"]
    assert offered(known(), "amount") == []
    assert offered(known(), "until", ReplyKind.LIST) == []
    assert offered(lineage(), "until", ReplyKind.EXPIRED, date(2023, 2, 1)) == ["pic:aid"]


def test_the_longest_id_fits_into_a_button() -> None:
    assert max(len(f"{verb}:{'m' * 40}") for verb in ("ics", "pic")) <= ACTION_BYTES
