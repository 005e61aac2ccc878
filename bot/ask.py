"""`./huiqi ask`: one question, one answer."""

import json
from datetime import datetime
from typing import Annotated

import typer

from bot import clock, settings


def ask(
    question: Annotated[str, typer.Argument(help="问题，如：没裁员能返多少失业保险？")],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规定回答。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出完整的 JSON。")] = False,
) -> None:
    """问一句，答一句。"""
    from bot import assembly
    from handlers.session import Session
    from handlers.turn import Message

    day = as_of.date() if as_of else clock.today()
    turn = assembly.conversation(settings.load()).turn(Message(text=question), Session(), day)
    if as_json:
        typer.echo(json.dumps(turn.reply.as_json(), ensure_ascii=False, indent=2))
        return
    typer.echo(turn.reply.text)
    for number, button in enumerate(turn.reply.buttons, 1):
        typer.echo(f"  [{number}] {button.label}")
