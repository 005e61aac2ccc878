"""`./huiqi ask`, started as an owner starts it."""

import json
from pathlib import Path

import pytest

from policy_kb import loader
from tests.fakes import commands


def test_a_question_is_answered_as_json_through_the_script(tmp_path: Path) -> None:
    done = commands.installed(tmp_path).run(
        "ask", "科技创新券一年封顶多少", "--as-of", "2022-09-20", "--json", script=True
    )
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert reply["kind"] == "answer"
    assert "30万元" in reply["text"]
    assert "innovation-voucher-2022" in reply["measures"]
    assert reply["citations"][0]["clause"]
    assert reply["buttons"]


def test_a_long_question_with_control_characters_is_answered_in_plain_text(tmp_path: Path) -> None:
    text = "稳岗返还能返多少\x07\x1b[31m" + "呢" * 5000
    done = commands.installed(tmp_path).run("ask", text, "--as-of", "2022-09-20")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stderr


def test_a_day_that_is_none_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    done = commands.Commands(tmp_path).run("ask", "你好", "--as-of", "2022-02-30")
    assert done.returncode == 2
    assert "2022-02-30" in done.stderr


@pytest.mark.parametrize(
    "words", [("ask", "你好"), ("chat",), ("batch", "--in", "cases.jsonl", "--out", "answers.jsonl")]
)
def test_an_unreadable_catalogue_is_refused_at_the_start_with_file_and_line(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    here = commands.Commands(tmp_path)
    where = "facts/core.yml"
    line = len((loader.CATALOGUE_DIR / where).read_text(encoding="utf-8").splitlines()) + 2
    commands.publish_broken(here, where, "\n- {id: new, label: 新, type: number, question: 多少？, lable: 错}\n")
    (tmp_path / "cases.jsonl").write_text('{"turns": ["你好"]}\n', encoding="utf-8")
    done = here.run(*(str(tmp_path / word) if word.endswith(".jsonl") else word for word in words), typed="你好\n")
    assert done.returncode == 1
    assert f"{where}:{line}: " in done.stderr
    assert "lable" in done.stderr
    assert "Traceback" not in done.stderr
    assert "惠企助手" not in done.stdout
    assert not (tmp_path / "answers.jsonl").exists()
