"""``./huiqi desk …``: the helpdesk in the terminal, a command at a time or as a talk of its own."""

import shlex
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot import clock, desk_access, desk_tables, kb_tables
from bot.desk_access import As
from helpdesk import canned, states, wording
from helpdesk.desk import Desk, Replied
from helpdesk.states import Priority
from storage.ticket_tables import LIVE, Staff, Ticket, TicketState

app = typer.Typer(add_completion=False)

Number = Annotated[str, typer.Argument(metavar="工单号", help="HD-20261121-0007，或末几位 7。")]
Words = Annotated[list[str] | None, typer.Argument(metavar="文字")]
Why = Annotated[str, typer.Option("--why", help="原因，同事可见。")]


@app.callback(invoke_without_command=True)
def desk(context: typer.Context, as_: As = "") -> None:
    """工单：队列、领取、答复、转办、办结、查找、报表。不带命令则进入对话。"""
    context.obj = as_
    if context.invoked_subcommand is None:
        _loop(as_)


@app.command("queue")
def queue(
    everything: Annotated[bool, typer.Option("--all", help="办结、关闭的也列。")] = False,
) -> None:
    """待办的工单，最急的在前。"""
    with desk_access.reading() as at:
        kb_tables.console().print(desk_tables.queue(at.queue(tuple(TicketState) if everything else LIVE), at.now))


@app.command("show")
def show(number: Number) -> None:
    """看一张工单：情况、时限、全部经过和送达情况。"""
    with desk_access.reading() as at:
        kb_tables.console().print(desk_tables.full(at, at.find(number)))


@app.command("claim")
def claim(context: typer.Context, number: Number, as_: As = "") -> None:
    """领取。别人已领的会告诉您是谁。"""
    with desk_access.writing() as at:
        ticket = at.claim(at.find(number), _who(at, context, as_))
        typer.echo(f"已领取 {wording.number_and_subject(ticket)}")


@app.command("reply")
def reply(
    context: typer.Context,
    number: Number,
    words: Words = None,
    ready: Annotated[str, typer.Option("--canned", metavar="编号", help="用现成答复，见 desk canned。")] = "",
    as_: As = "",
) -> None:
    """答复用户；没人领的工单同时归您。"""
    with desk_access.writing() as at:
        own = _text(words)
        known = canned.get(at.house, ready, at.now).text if ready else ""
        text = "\n".join(filter(None, (own, known)))
        sent = at.reply(at.find(number), _who(at, context, as_), text, ready="" if own else ready)
        _sent(sent)


def _sent(sent: Replied) -> None:
    for warning in sent.warnings:
        typer.echo(warning, err=True)
    typer.echo(f"已排入待发（{sent.key}）；送达情况见 desk show")


@app.command("note")
def note(context: typer.Context, number: Number, words: Words = None, as_: As = "") -> None:
    """内部备注，用户看不到。"""
    with desk_access.writing() as at:
        at.note(at.find(number), _who(at, context, as_), _text(words))
        typer.echo("已备注")


@app.command("transfer")
def transfer(
    context: typer.Context,
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="坐席", help="转给谁；不写则退回待办。")] = "",
    department: Annotated[str, typer.Option("--department", help="改成哪个单位牵头（知识库渠道编号）。")] = "",
    why: Why = "",
    as_: As = "",
) -> None:
    """转给同事，或换个牵头单位。"""
    with desk_access.writing() as at:
        staff, receiver = _who(at, context, as_), at.colleague(to) if to else None
        ticket = at.transfer(at.find(number), staff, receiver, department or None, why)
        typer.echo(f"{ticket.number} 已转给 {receiver.name if receiver else '待办'}")


@app.command("release")
def release(context: typer.Context, number: Number, why: Why = "", as_: As = "") -> None:
    """退回待办。"""
    _act(context, number, as_, lambda at, ticket, who: at.release(ticket, who, why), "已退回待办")


@app.command("resolve")
def resolve(context: typer.Context, number: Number, words: Words = None, as_: As = "") -> None:
    """办结：告诉用户结果并请他评价；咨询类的问答会送去供知识库采纳。"""
    with desk_access.writing() as at:
        done = at.resolve(at.find(number), _who(at, context, as_), _text(words))
        typer.echo("已办结")
        if done.proposal is not None:
            typer.echo(f"问答已送审：./huiqi kb proposals show {done.proposal.id}")


@app.command("close")
def close(context: typer.Context, number: Number, why: Why = "", as_: As = "") -> None:
    """关闭已办结的工单。"""
    _act(context, number, as_, lambda at, ticket, who: at.close(ticket, who, why), "已关闭")


@app.command("reopen")
def reopen(context: typer.Context, number: Number, why: Why = "", as_: As = "") -> None:
    """重新打开。"""
    _act(context, number, as_, lambda at, ticket, who: at.reopen(ticket, who, why), "已重新打开")


@app.command("priority")
def priority(
    context: typer.Context,
    number: Number,
    level: Annotated[Priority, typer.Argument(metavar="缓急", help="urgent、high、normal、low。")],
    as_: As = "",
) -> None:
    """改缓急；时限跟着变。"""
    words = f"已改为{states.PRIORITIES[level]}"
    _act(context, number, as_, lambda at, ticket, who: at.prioritise(ticket, who, level), words)


@app.command("search")
def search(words: Words = None) -> None:
    """按号码、事项或说过的话查找；几个词都要有。"""
    with desk_access.reading() as at:
        kb_tables.console().print(desk_tables.found(at.search(_text(words))))


@app.command("canned")
def canned_(
    number: Annotated[str, typer.Option("--for", metavar="工单号", help="给哪张工单用：先列它的事项。")] = "",
    words: Words = None,
) -> None:
    """知识库里的现成答复，都带出处和日期；用 desk reply --canned 编号 发出。"""
    with desk_access.reading() as at:
        ticket = at.find(number) if number else None
        kb_tables.console().print(desk_tables.ready_answers(at.canned(ticket, _text(words))))


@app.command("report")
def report(
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪天（含）；默认30天前。")
    ] = None,
    to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="到哪天（含）；默认今天。")] = None,
    picture: Annotated[Path | None, typer.Option("--picture", metavar="图片.png", help="另画成一张图。")] = None,
) -> None:
    """报表：工单量、用时、超时、评价、没答上的问题。"""
    from bot import desk_report
    from helpdesk import reports

    last = to.date() if to else clock.today()
    first = from_.date() if from_ else last - timedelta(days=29)
    if first > last:
        raise typer.BadParameter("要早于或等于 --to", param_hint="--from")
    with desk_access.reading() as at:
        counted = reports.report(at.session, at.house, first, last)
    kb_tables.console().print(desk_report.tables(counted))
    if picture is not None:
        desk_report.draw(counted, picture)
        typer.echo(f"{picture}：{first} 至 {last}")


# Shared by the commands


def _who(at: Desk, context: typer.Context, as_: str) -> Staff:
    return desk_access.speaker(at, as_ or context.obj or "")


def _act(
    context: typer.Context, number: str, as_: str, act: Callable[[Desk, Ticket, Staff], Ticket], said: str
) -> None:
    with desk_access.writing() as at:
        ticket = act(at, at.find(number), _who(at, context, as_))
        typer.echo(f"{ticket.number} {said}")


def _text(words: list[str] | None) -> str:
    return " ".join(words or ()).replace("\\n", "\n")


def _loop(as_: str) -> None:
    """Commands one after the other, until the end of the input."""
    with desk_access.reading() as at:
        who = desk_access.speaker(at, as_)
        lines = at.queue()
    typer.echo(f"{who.name}（{states.ROLES[who.role]}），待办 {len(lines)} 张。命令：queue、show、claim、reply、note、")
    typer.echo(
        "transfer、release、resolve、reopen、close、priority、search、canned、report；--help 看用法；quit 离开。"
    )
    while (line := _line()) is not None:
        words = _split(line)
        if not words:
            continue
        if words[0] in {"quit", "exit", "离开", "退出"}:
            return
        if words[0] not in _commands() and not words[0].startswith("-"):
            typer.echo(f"huiqi: 没有“{words[0]}”这个命令；--help 列出全部", err=True)
            continue
        _run(["--as", str(who.id), *words])


def _commands() -> set[str]:
    return {command.name or "" for command in app.registered_commands}


def _line() -> str | None:
    """The next line; None at the end."""
    try:
        return input("工单> " if sys.stdin.isatty() else "")
    except (EOFError, KeyboardInterrupt):
        return None


def _split(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""  # \n stays, for a new line in what is said
    try:
        return list(lexer)
    except ValueError:  # a single quotation mark in what is said
        return line.split()


def _run(words: list[str]) -> None:
    """One command; a wrong one must not end the talk."""
    try:
        app(words, prog_name="desk", standalone_mode=True)
    except SystemExit:
        return
