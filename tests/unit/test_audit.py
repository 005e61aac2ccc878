"""The audit of replies: an invented figure, an invented day and a pasted clause are found; honest replies pass."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot import audit, cli
from policy_kb import loader, sources

RIGHT = Path(__file__).parents[1] / "data" / "right"
KNOWN = loader.load(RIGHT / "catalogue")
NAME = "hiring-2022"


def reply(text: str, *measures: str) -> dict[str, Any]:
    return {"text": text, "kind": "answer", "measures": list(measures or [NAME])}


def foreign(text: str, turns: tuple[str, ...] = (), *measures: str) -> list[str]:
    backed = audit.backing(reply(text, *measures), turns, KNOWN)
    return list(audit.foreign(text, backed))


def test_figures_and_days_of_the_measure_cited_pass() -> None:
    measure = KNOWN.measures[NAME]
    assert foreign(measure.summary) == []
    assert foreign("执行期限至2022年12月31日。") == []


def test_an_invented_figure_or_day_is_found() -> None:
    assert foreign("每人给9876元。") == ["9876元"]
    assert foreign("到2031年4月17日。") == ["2031年4月17日"]


def test_the_owners_own_numbers_and_workings_shown_pass() -> None:
    assert foreign("您说的9876元。", ("去年交了9876元",)) == []
    assert foreign("9876元 × 50% = 4938元", ("去年交了9876元，按50%",)) == []


def test_a_figure_of_a_measure_that_is_not_cited_is_foreign() -> None:
    figures = KNOWN.measures[NAME].summary
    backed = audit.backing({"text": figures, "kind": "answer", "measures": []}, (), KNOWN)
    assert list(audit.foreign(figures, backed))


def test_the_line_of_the_source_is_not_audited() -> None:
    assert foreign("好。\n来源：某文件（2031-04-17）") == []


def test_hotlines_pass() -> None:
    assert foreign("请拨12345或12333。") == []


def test_a_paste_of_more_than_40_characters_is_found_whatever_its_punctuation() -> None:
    clause = sources.plain("".join(chr(0x4E00 + number) for number in range(60)))
    assert audit.pasted(clause[:40], [clause]) is None
    assert audit.pasted("前" + clause[:41] + "后", [clause]) == clause[:41]
    assert audit.pasted("短", [clause]) is None


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *replies: dict[str, Any]) -> int:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path / "home"))
    catalogue = tmp_path / "home" / "kb" / "versions" / "v" / "catalogue"
    catalogue.parent.mkdir(parents=True)
    catalogue.symlink_to(RIGHT / "catalogue")
    (tmp_path / "home" / "kb" / "current").write_text("v", encoding="utf-8")
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text(json.dumps({"id": "one", "turns": ["问"] * len(replies)}) + "\n", encoding="utf-8")
    answers.write_text(json.dumps({"id": "one", "replies": replies}) + "\n", encoding="utf-8")
    return cli.main(["audit", str(questions), str(answers), "--sources", str(RIGHT / "texts")])


def test_the_command_passes_honest_replies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, monkeypatch, reply("到2022年12月31日。")) == 0
    assert "0 处" in capsys.readouterr().out


def test_the_command_names_the_case_and_the_fault_and_leaves_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, monkeypatch, reply("每人给9876元。")) == 1
    out = capsys.readouterr().out
    assert "one" in out
    assert "9876元" in out


def test_answers_that_are_too_long_at_the_median_leave_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, monkeypatch, reply("好" * 300)) == 1
    assert "300" in capsys.readouterr().out
