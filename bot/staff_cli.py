"""``./huiqi staff …``: who works at the helpdesk."""

from typing import Annotated

import typer
from rich.table import Table

from bot import desk_access, kb_tables
from bot.desk_access import As
from bot.telegram_updates import CHANNEL
from helpdesk import states
from helpdesk.desk import Desk
from helpdesk.roster import Roster
from helpdesk.states import Role
from storage import staff, times

app = typer.Typer(no_args_is_help=True, add_completion=False)

Who = Annotated[str, typer.Argument(metavar="坐席", help="姓名或编号。")]
RoleOf = Annotated[Role, typer.Option("--role", help="坐席 agent、组长 lead、主管 supervisor、管理员 administrator。")]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="姓名", help="同事看到的名字；用户看不到。")],
    role: RoleOf = Role.AGENT,
    telegram: Annotated[str, typer.Option("--telegram", metavar="编号", help="Telegram 用户编号，如 123456。")] = "",
    as_: As = "",
) -> None:
    """添加坐席。第一位管理员不用 --as；以后由管理员添加。"""
    if telegram and not telegram.isdecimal():
        raise typer.BadParameter("应是一串数字", param_hint="--telegram")
    with desk_access.writing() as desk:
        found = _roster(desk, as_).hire(name, role, CHANNEL if telegram else None, telegram or None)
        typer.echo(f"已添加 {found.id} {found.name}（{states.ROLES[found.role]}）")


@app.command("list")
def list_() -> None:
    """列出坐席。"""
    with desk_access.reading() as desk:
        everybody = staff.listed(desk.session)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("编号", "姓名", "角色", "在岗", "Telegram", "添加时间"):
        table.add_column(column, no_wrap=True)
    for one in everybody:
        shown = (str(one.id), one.name, states.ROLES[one.role], "是" if one.active else "否", one.address or "")
        table.add_row(*shown, times.shown(one.created_at))
    kb_tables.console().print(table if everybody else "还没有坐席：./huiqi staff add 姓名 --role administrator")


@app.command("role")
def role(
    who: Who,
    to: Annotated[Role, typer.Argument(metavar="角色", help="agent、lead、supervisor、administrator。")],
    as_: As = "",
) -> None:
    """改一个人的角色。"""
    with desk_access.writing() as desk:
        found = _roster(desk, as_).change_role(desk.colleague(who), to)
        typer.echo(f"{found.name} 现在是{states.ROLES[found.role]}")


@app.command("remove")
def remove(who: Who, as_: As = "") -> None:
    """一个人离岗；手里的工单退回待办。"""
    with desk_access.writing() as desk:
        gone = desk.colleague(who)
        returned = _roster(desk, as_).dismiss(gone)
        typer.echo(f"{gone.name} 已离岗" + (f"，{returned} 张工单退回待办" if returned else ""))


def _roster(desk: Desk, as_: str) -> Roster:
    return Roster(desk, desk.colleague(as_) if as_ else None)
