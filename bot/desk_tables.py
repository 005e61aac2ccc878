"""What `huiqi desk` prints: the queue, one ticket with all that happened. Rich tables on a terminal, plain lines elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from helpdesk import canned, grades, service_levels, states, wording
from helpdesk.desk import Desk, Line
from storage import ticket_targets, tickets, times
from storage.tables import Outbox, OutboxState
from storage.ticket_tables import Actor, Ticket, TicketEvent, TicketGrade

DELIVERY = {
    OutboxState.READY: "待发",
    OutboxState.LEASED: "正在发",
    OutboxState.SENDING: "正在发",
    OutboxState.SENT: "已送出",
    OutboxState.DEAD: "没送到",
    OutboxState.SKIPPED: "没送",
    OutboxState.UNKNOWN: "不知是否送到",
}
_FAILED = (OutboxState.DEAD, OutboxState.SKIPPED, OutboxState.UNKNOWN)
_STYLES = {Actor.OWNER: "cyan", Actor.STAFF: "", Actor.SYSTEM: "dim"}


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in {"工单", "状态", "缓急", "时限"})
    return table


def queue(lines: Sequence[Line], now: datetime) -> RenderableType:
    """One line a ticket; what is late stands in red."""
    if not lines:
        return Text("没有待办的工单。")
    table = _table("工单", "状态", "缓急", "时限", "经办", "用户", "事项")
    for line in lines:
        ticket = line.ticket
        due = Text("—")
        if line.due is not None:
            late = "超时 " if line.is_late else ""
            due = Text(late + wording.moment(line.due.at), style="red" if line.is_late else "")
        state, priority = states.STATES[ticket.state], states.PRIORITIES[ticket.priority]
        who = (line.assignee or "—", wording.alias(ticket))
        table.add_row(ticket.number, state, priority, due, *who, ticket.subject or "（内容已删除）")
    return table


def found(tickets_: Sequence[Ticket]) -> RenderableType:
    """What a search found."""
    if not tickets_:
        return Text("没有找到。")
    table = _table("工单", "状态", "用户", "事项")
    for ticket in tickets_:
        table.add_row(ticket.number, states.STATES[ticket.state], wording.alias(ticket), ticket.subject)
    return table


def full(desk: Desk, ticket: Ticket) -> RenderableType:
    """Everything about a ticket."""
    head = Table(box=None, show_header=False, pad_edge=False)
    head.add_column(style="bold", no_wrap=True)
    head.add_column(overflow="fold")
    for label, text in desk.card(ticket):
        head.add_row(label, Text(text))
    for label, told in _promises(desk, ticket):
        head.add_row(label, told)
    parts: list[RenderableType] = [head]
    if ticket.transcript:
        parts.append(Panel(Text(ticket.transcript), title="转人工前说的", title_align="left", expand=False))
    parts.append(_log(desk, ticket))
    return Group(*parts)


def _promises(desk: Desk, ticket: Ticket) -> list[tuple[str, Text]]:
    rows = []
    for target in ticket_targets.of_ticket(desk.session, ticket.id):
        name = service_levels.WORDS[target.promise]
        if target.breached_at is not None:
            rows.append(
                (name, Text(f"超时（应在{wording.moment(target.due_at)}前）" if target.due_at else "超时", "red"))
            )
        elif target.met_at is not None:
            rows.append((name, Text("按时", "green")))
        elif target.due_at is None:
            rows.append((name, Text("等用户回复，暂停计时", "dim")))
        else:
            unsure = "（暂定）" if target.provisional else ""
            rows.append((name, Text(f"{wording.moment(target.due_at)}前{unsure}")))
    follow = ticket_targets.follow_up(desk.session, ticket.id)
    if follow is not None:
        done = "已回访" if follow.done_at else "不用了" if follow.withdrawn_at else f"{wording.moment(follow.due_at)}前"
        late = "，超时" if follow.breached_at else ""
        rows.append(("回访", Text(done + late, "red" if late and not follow.done_at else "")))
    graded = desk.session.get(TicketGrade, ticket.id)
    if graded is not None:
        rows.append(("评价", Text(f"{grades.WORDS[grades.Grade(graded.grade)]} {graded.words}".rstrip())))
    return rows


def _log(desk: Desk, ticket: Ticket) -> Table:
    names, sent = desk.names(), tickets.deliveries(desk.session, ticket.id)
    table = _table("时间", "经过", "送达")
    for event in tickets.events_of(desk.session, ticket.id):
        said = Text(wording.line(event, ticket, names), style=_STYLES[event.actor])
        table.add_row(times.shown(event.at)[5:16], said, _delivery(event, sent))
    return table


def _delivery(event: TicketEvent, sent: Mapping[int, Outbox]) -> Text:
    row = sent.get(event.id)
    if row is None:
        return Text("")
    if row.state not in _FAILED:
        return Text(DELIVERY[row.state], style="green" if row.state is OutboxState.SENT else "dim")
    return Text(f"{DELIVERY[row.state]}：{wording.failure(row.reason or '')}", style="red")


def ready_answers(answers: Sequence[canned.Canned]) -> RenderableType:
    """Ready answers with the id to send them by."""
    if not answers:
        return Text("知识库里没有现成的答复。")
    table = _table("编号", "答复")
    for one in answers:
        table.add_row(one.id, Text(one.text))
    return table
