"""``./huiqi kb proposals …``: questions that staff answered and the knowledge base did not; a keeper decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from bot import clock, kb_tables, settings
from storage import events, migrate, proposals, times
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError
from storage.ticket_tables import KbProposal, ProposalState, Ticket

app = typer.Typer(no_args_is_help=True, add_completion=False)

STATES = {ProposalState.WAITING: "待定", ProposalState.ACCEPTED: "已采纳", ProposalState.REJECTED: "不采纳"}
Number = Annotated[int, typer.Argument(metavar="编号", help="见 kb proposals list。")]
By = Annotated[str, typer.Option("--by", help="谁决定的。")]


class ProposalError(Exception):
    """没有这条提议，或已经有人决定过了"""


@app.command("list")
def list_(everything: Annotated[bool, typer.Option("--all", help="已经决定的也列。")] = False) -> None:
    """列出等人决定的问答。"""
    wanted = () if everything else (ProposalState.WAITING,)
    with _session() as session:
        found = proposals.listed(session, *wanted)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("编号", "状态", "时间", "事项", "问题"):
        table.add_column(column, overflow="fold", no_wrap=column != "问题")
    for one in found:
        shown = (str(one.id), STATES[one.state], times.shown(one.created_at)[:10], one.measure or "（没有）")
        table.add_row(*shown, Text(one.question or "（内容已删除）"))
    kb_tables.console().print(table if found else "没有等人决定的问答。")


@app.command("show")
def show(number: Number) -> None:
    """看一条：问题、答复、事项、依据。"""
    with _session() as session:
        one = _one(session, number)
        ticket = session.get(Ticket, one.ticket_id) if one.ticket_id else None
    for label, text in (
        ("状态", STATES[one.state] + (f"，{one.reviewed_by}" if one.reviewed_by else "")),
        ("工单", ticket.number if ticket else "—"),
        ("问题", one.question),
        ("答复", one.answer),
        ("事项", one.measure or "（知识库里没有对应的）"),
        ("牵头单位", one.department or "—"),
        ("依据", one.citation or "待填"),
        ("原因", one.why),
    ):
        if text:
            typer.echo(f"{label}：{text}")


@app.command("accept")
def accept(
    number: Number,
    by: By,
    cite: Annotated[str, typer.Option("--cite", metavar="引文", help="这一条已有的哪处引文；不写则待填。")] = "",
    measure: Annotated[str, typer.Option("--measure", metavar="编号", help="改归哪一条政策。")] = "",
    answer: Annotated[str, typer.Option("--answer", metavar="文字", help="改写后的答复。")] = "",
) -> None:
    """采纳：写成草稿（知识库的一份副本，只多这一处），等人核对、补依据。现行知识库不动。"""
    from bot import kb_proposals, kb_versions
    from policy_kb import loader

    home = settings.load().home
    source = kb_versions.folder(home)
    known = loader.load(source)
    if measure and measure not in known.measures:
        raise typer.BadParameter(f"没有 {measure}", param_hint="--measure")
    try:
        with _session() as session:
            one = _one(session, number)
            _decide(session, one, ProposalState.ACCEPTED, by, cite=cite)
            ticket = session.get(Ticket, one.ticket_id) if one.ticket_id else None
            draft = kb_proposals.Draft(
                name=(ticket.number if ticket else f"proposal-{one.id}").lower(),
                question=one.question,
                answer=answer or one.answer,
                measure=measure or one.measure,
                department=one.department,
                cite=cite,
            )
            folder, path = kb_proposals.write(draft, known, source, home)
    except kb_proposals.AlreadyDraftedError as error:
        _fail(error)
    typer.echo(f"草稿在 {path}")
    typer.echo(f"补上依据后检查：./huiqi kb check --catalogue {folder}；比较：./huiqi kb diff {source} {folder}")


@app.command("reject")
def reject(number: Number, by: By, why: Annotated[str, typer.Option("--why", help="为什么。")] = "") -> None:
    """不采纳。"""
    with _session() as session:
        _decide(session, _one(session, number), ProposalState.REJECTED, by, why=why)
    typer.echo(f"{number} 不采纳")


def _decide(session: Session, one: KbProposal, state: ProposalState, by: str, *, why: str = "", cite: str = "") -> None:
    now = clock.now()
    if not proposals.decide(session, one.id, state, by, now, why=why, citation=cite):
        raise ProposalError(f"{ProposalError.__doc__}（{one.id}）")
    events.add(session, f"kb.proposal.{state.value}", now, f"keeper:{by}", proposal=one.id)


def _one(session: Session, number: int) -> KbProposal:
    found = proposals.get(session, number)
    if found is None:
        raise ProposalError(f"{ProposalError.__doc__}（{number}）")
    return found


@contextmanager
def _session() -> Iterator[Session]:
    try:
        with Store(settings.load().database_url) as store:
            migrate.upgrade(store)
            with store.write() as session:
                yield session
    except (ProposalError, DatabaseUrlError, StoreUnavailableError, migrate.DatabaseTooNewError) as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    from bot import logs

    typer.echo(f"huiqi: {logs.mask_text(str(error))}", err=True)
    raise typer.Exit(1)
