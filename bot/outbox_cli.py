"""``./huiqi outbox …``: what is to be sent, what was, what could not be; sending again by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer
from sqlalchemy.orm import Session

from bot import clock, settings
from storage import events, outbox, times
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError
from storage.outbox import Claimed
from storage.tables import Lane, OutboxState

app = typer.Typer(no_args_is_help=True, add_completion=False)

TROUBLED = (OutboxState.DEAD, OutboxState.UNKNOWN)
WORDS = {
    OutboxState.READY: "待发",
    OutboxState.LEASED: "已领取",
    OutboxState.SENDING: "正在发",
    OutboxState.SENT: "已发出",
    OutboxState.DEAD: "发不出",
    OutboxState.SKIPPED: "已跳过",
    OutboxState.UNKNOWN: "不知是否送达",
}
LANES = {Lane.INTERACTIVE: "回复", Lane.TICKET: "工单", Lane.REMINDER: "提醒", Lane.BULK: "群发"}

Number = Annotated[int, typer.Argument(help="消息编号，见 outbox list。")]


@app.command("list")
def list_(
    state: Annotated[
        list[OutboxState] | None, typer.Option(help="只看这些状态；不写则看发不出的和不知是否送达的。")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="最多几条。")] = 50,
) -> None:
    """列出消息，新的在前。"""
    with _store() as store, store.read() as session:
        counts = outbox.counts(session)
        items = outbox.listed(session, state or TROUBLED, limit)
    typer.echo("　".join(f"{WORDS[OutboxState(name)]} {number}" for name, number in counts.items()) or "发件箱是空的")
    for item in items:
        typer.echo(_line(item))


@app.command()
def show(number: Number) -> None:
    """看一条消息的全部情况。"""
    with _store() as store, store.read() as session:
        item = _found(session, number)
    row = item.row
    typer.echo(_line(item))
    typer.echo(f"键：{row.key}\n聊天：{item.chat.channel} {item.chat.address}\n试过：{row.attempts} 次")
    if row.sent_at:
        typer.echo(f"发出：{times.shown(row.sent_at)}")
    typer.echo(json.dumps(json.loads(row.content), ensure_ascii=False, indent=2) if row.content else "（内容已清除）")


@app.command()
def resend(number: Number) -> None:
    """把发不出、已跳过或不知是否送达的消息再发一次。"""
    now = clock.now()
    try:
        with _store() as store, store.write() as session:
            row = outbox.resend(session, number, now)
            events.add(session, "outbox.resent", now, None, outbox=number, key=row.key)
    except (outbox.NoSuchMessageError, outbox.NotResendableError) as error:
        _fail(error)
    typer.echo(f"{number} 已排入待发")


def _line(item: Claimed) -> str:
    row = item.row
    parts = [f"{row.id:>6}", times.shown(row.created_at), LANES[Lane(row.lane)], WORDS[row.state], row.reason or ""]
    return "  ".join(parts).rstrip()


def _found(session: Session, number: int) -> Claimed:
    try:
        return outbox.find(session, number)
    except outbox.NoSuchMessageError as error:
        _fail(error)


@contextmanager
def _store() -> Iterator[Store]:
    try:
        with Store(settings.load().database_url) as store:
            yield store
    except (DatabaseUrlError, StoreUnavailableError) as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    from bot import logs

    typer.echo(f"huiqi: {logs.mask_text(str(error))}", err=True)
    raise typer.Exit(1)
