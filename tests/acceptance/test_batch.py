"""`./huiqi batch`: one start answers every odd line there is; a line that is no case is named and stops no other."""

import json
import subprocess
from typing import Any

import pytest

from tests.fakes import commands

DAY = "2022-09-20"
LINES = [
    json.dumps({"id": "facts", "as_of": DAY, "turns": ["稳岗返还能返多少"], "kind": "answer", "must": ["90%"]}),
    "{broken",
    json.dumps({"id": "empty", "as_of": DAY, "turns": [""]}),
    json.dumps({"id": "blank", "as_of": DAY, "turns": [" \n\t　"]}),
    "",
    json.dumps({"id": "long", "as_of": DAY, "turns": ["长" * 5000]}),
    json.dumps({"id": "control", "as_of": DAY, "turns": ["\x00\x01\x1b[2J\u202e稳岗返还"]}),
    json.dumps({"id": "emoji", "as_of": DAY, "turns": ["😀🎉"]}, ensure_ascii=False),
    json.dumps({"as_of": DAY, "turns": []}),
    json.dumps({"id": "talk", "as_of": DAY, "turns": ["一次性扩岗补助一个人多少钱", "归哪个部门管", "谢谢"]}),
    json.dumps({"id": "day", "as_of": "yesterday", "turns": ["你好"]}),
    json.dumps({"id": "later", "as_of": "2026-11-21", "turns": ["一次性扩岗补助一个人多少钱"]}),
    json.dumps({"id": "fresh", "as_of": DAY, "turns": ["那到哪天截止呢"]}),
]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("batch")
    (folder / "in.jsonl").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    paths = ("--in", str(folder / "in.jsonl"), "--out", str(folder / "out.jsonl"))
    process = commands.installed(folder / "home").run("batch", *paths)
    return process, [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


Done = tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]


def replies(done: Done, case: str) -> list[dict[str, Any]]:
    (answer,) = [row for row in done[1] if row["id"] == case]
    found: list[dict[str, Any]] = answer["replies"]
    return found


def test_lines_that_are_no_cases_are_named_by_number_and_the_exit_status_is_1(done: Done) -> None:
    process, _ = done
    assert process.returncode == 1, process.stderr
    assert [number for number in range(1, 14) if f"第 {number} 行" in process.stderr] == [2, 9, 11]
    assert "Traceback" not in process.stderr


def test_every_other_line_is_answered_in_order(done: Done) -> None:
    assert [row["id"] for row in done[1]] == [
        *("facts", "empty", "blank", "long", "control", "emoji", "talk", "later", "fresh"),
    ]


def test_every_reply_has_the_keys_of_the_contract(done: Done) -> None:
    keys = {"text", "kind", "verdict", "amount", "measures", "citations", "buttons", "elapsed_ms"}
    for row in done[1]:
        for reply in row["replies"]:
            assert keys <= reply.keys()
            assert reply["text"].strip()
            assert reply["elapsed_ms"] >= 0


def test_one_reply_comes_for_each_turn(done: Done) -> None:
    first, second, third = replies(done, "talk")
    assert "1500元" in first["text"]
    assert second["kind"] == "contact"
    assert "expansion-subsidy-2022" in second["measures"]
    assert third["kind"] == "greeting"


def test_each_case_is_a_new_user(done: Done) -> None:
    (reply,) = replies(done, "fresh")
    assert "expansion-subsidy-2022" not in reply["measures"]


def test_the_day_of_the_case_decides(done: Done) -> None:
    (now,) = replies(done, "later")
    assert {"expansion-subsidy-2025", "expansion-subsidy-2026"} & set(now["measures"])


@pytest.mark.parametrize("case", ["empty", "blank", "emoji"])
def test_a_message_without_words_is_asked_back(done: Done, case: str) -> None:
    assert replies(done, case)[0]["kind"] == "out_of_scope"


def test_control_characters_never_come_back(done: Done) -> None:
    for row in done[1]:
        for reply in row["replies"]:
            assert not any(ord(char) < 32 and char != "\n" for char in reply["text"])
            assert "\u202e" not in reply["text"]
