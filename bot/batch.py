"""`./huiqi batch`: questions from a file, answers into a file, one JSON object a line. Each case is a new user."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import clock, settings

if TYPE_CHECKING:
    from handlers.turn import Talk


@dataclass(frozen=True)
class Case:
    """A talk to hold: its turns in order, on one day."""

    id: str
    as_of: date
    turns: tuple[str, ...]


class BadCase(Exception):
    """A line that is no case."""


def read_case(line: str) -> Case:
    """One line of the input. Raises BadCase with what is wrong and how to mend it."""
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadCase(f"不是合法的 JSON（{error.msg}，第 {error.colno} 列）") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("turns"), list) or not raw["turns"]:
        raise BadCase('缺少 "turns"：应是至少一句话的列表')
    if not all(isinstance(turn, str) for turn in raw["turns"]):
        raise BadCase('"turns" 里应全是文字')
    try:
        day = date.fromisoformat(raw["as_of"]) if raw.get("as_of") else clock.today()
    except (TypeError, ValueError) as error:
        raise BadCase('"as_of" 应写成 2022-09-20') from error
    return Case(str(raw.get("id", "")), day, tuple(raw["turns"]))


def answer(case: Case, talk: "Talk") -> dict[str, Any]:
    """Hold the talk; the reply to every turn with its time in milliseconds."""
    from handlers.session import Session
    from handlers.turn import Message

    session, replies = Session(), []
    for text in case.turns:
        started = time.perf_counter()
        turn = talk.turn(Message(text=text), session, case.as_of)
        session = turn.session
        elapsed = (time.perf_counter() - started) * 1000
        replies.append({**turn.reply.as_json(), "elapsed_ms": round(elapsed, 1)})
    return {"id": case.id, "replies": replies}


def cases(path: Path) -> Iterator[tuple[int, Case | BadCase]]:
    """Every non-blank line with its number, read as a case or refused with the reason."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, read_case(line)
                except BadCase as error:
                    yield number, error


def batch(
    source: Annotated[Path, typer.Option("--in", exists=True, dir_okay=False, help="问题文件，每行一个 JSON。")],
    target: Annotated[Path, typer.Option("--out", dir_okay=False, help="回答写到哪里。")],
) -> None:
    """从文件读入一批问题，把回答写进文件（JSONL）。"""
    from bot import assembly
    from bot.progress import bar

    talk = assembly.conversation(settings.load())
    everything = list(cases(source))
    refused = 0
    with target.open("w", encoding="utf-8") as out, bar("回答", len(everything)) as step:
        for number, case in everything:
            if isinstance(case, BadCase):
                refused += 1
                typer.echo(f"{source.name} 第 {number} 行：{case}，已跳过", err=True)
            else:
                out.write(json.dumps(answer(case, talk), ensure_ascii=False) + "\n")
            step()
    if refused:
        typer.echo(f"共 {len(everything)} 行，{refused} 行没法读，其余已回答", err=True)
        raise typer.Exit(1)
