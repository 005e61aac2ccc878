"""`./huiqi chat`: a talk through a pipe, and the prompt on a real terminal."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path

from tests.fakes import commands

PROMPT = "您："
PROMPT_WITHIN = 30.0
"""Seconds, on a busy machine; alone it takes about two."""


def test_a_talk_through_a_pipe(tmp_path: Path) -> None:
    typed = ["一次性扩岗补助一个人多少钱", "1", "", "99", "/new", "1", "你好", "/quit", "科技创新券一年封顶多少"]
    done = commands.installed(tmp_path).run("chat", "--as-of", "2022-09-20", typed="\n".join(typed) + "\n")
    assert done.returncode == 0, done.stderr
    out = done.stdout
    assert "2022-09-20" in out.splitlines()[0]
    before, after = out.split("重新开始。", 1)
    assert "1500元" in before
    assert "[1] 我能享受吗" in before
    assert before.count("惠企助手") >= 4  # the welcome, the answer, the dialog, the blank line and the stray number
    assert "要" in before.split("[1] 我能享受吗", 1)[1]
    assert "1500元" not in after  # the number 1 pressed no button of the talk before
    assert "30万元" not in after  # nothing is read after /quit
    assert "Traceback" not in done.stderr


STORY = "我们是小型企业，公司，没裁员，去年失业保险费交了10万，稳岗返还能返多少"


def test_a_second_start_remembers_what_the_owner_agreed_to_and_nothing_else(tmp_path: Path) -> None:
    here = commands.installed(tmp_path)
    first = here.run("chat", "--as-of", "2022-09-20", typed=f"{STORY}\n不对，是20万\n/profile\n3\n/quit\n").stdout
    assert "记住我的情况" in first
    assert "记住了：" in first
    typed = "稳岗返还我能享受吗\n/profile\n/forget\n/profile\n/quit\n"
    second = here.run("chat", "--as-of", "2022-09-20", typed=typed).stdout
    before, after = second.split("已删除", 1)
    assert "18万元" in before
    assert "已保存" in before
    assert "还没有记下" in after


def test_without_a_usable_database_the_talk_goes_on_and_says_so(tmp_path: Path) -> None:
    here = commands.installed(tmp_path)
    (here.home / "huiqi.db").mkdir()
    done = here.run("chat", "--as-of", "2022-09-20", typed="你好\n稳岗返还到哪天截止\n/quit\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("不会保存") == 1
    assert "2022年12月31日" in done.stdout


def test_the_prompt_stands_on_a_terminal_before_the_model_is_loaded_and_can_be_left_at_once(tmp_path: Path) -> None:
    here = commands.installed(tmp_path)
    ours, theirs = pty.openpty()
    started = time.monotonic()
    environment = {**here.environment, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(here.python("chat"), stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    try:
        shown = _read_until(ours, PROMPT, started + PROMPT_WITHIN)
        assert PROMPT in shown
        os.write(ours, b"\x04")  # Ctrl-D
        _drain(ours)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read_until(terminal: int, words: str, deadline: float) -> str:
    seen = b""
    while words not in seen.decode("utf-8", "ignore") and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 4096)
    return seen.decode("utf-8", "ignore")


def _drain(terminal: int) -> None:
    """Read what is still written, so that the leaving process does not wait for us."""
    while select.select([terminal], [], [], 2.0)[0]:
        try:
            if not os.read(terminal, 4096):
                return
        except OSError:  # the other end is closed
            return
