"""Into the helpdesk from the terminal: the database brought up to date, and whoever speaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

from bot import assembly, clock, settings
from bot.telegram_updates import CHANNEL
from helpdesk.desk import Desk
from helpdesk.house import House
from helpdesk.states import DeskError
from storage import migrate, staff
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError
from storage.ticket_tables import Staff

As = Annotated[str, typer.Option("--as", metavar="坐席", help="您是谁：姓名或编号，见 ./huiqi staff list。")]


class WhoError(DeskError):
    """请用 --as 写明您是哪位坐席；名单见 ./huiqi staff list，还没有人就先 ./huiqi staff add 姓名 --role administrator"""


@contextmanager
def house() -> Iterator[tuple[Store, House]]:
    """The database and what the desk works with. Says in one line what is wrong, and leaves with 1."""
    current = settings.load()
    try:
        with Store(current.database_url) as store:
            migrate.upgrade(store)
            with store.write() as session:
                staff.ensure_administrators(session, CHANNEL, current.administrator_ids, clock.now())
            yield store, assembly.house(current, assembly.catalogue(current))
    except (DeskError, DatabaseUrlError, StoreUnavailableError, migrate.DatabaseTooNewError) as error:
        fail(error)


@contextmanager
def writing() -> Iterator[Desk]:
    """One act of the desk."""
    with house() as (store, known), store.write() as session:
        yield Desk(session, known, clock.now())


@contextmanager
def reading() -> Iterator[Desk]:
    """One look at the desk."""
    with house() as (store, known), store.read() as session:
        yield Desk(session, known, clock.now())


def speaker(desk: Desk, name: str) -> Staff:
    """Who acts: the colleague named, or the only one there is. Raises ``WhoError`` and ``NoSuchStaffError``."""
    if name:
        return desk.colleague(name)
    everybody = staff.active(desk.session)
    if len(everybody) != 1:
        raise WhoError
    return everybody[0]


def fail(error: Exception) -> NoReturn:
    """Say why not, without a password in it."""
    from bot import logs

    typer.echo(f"huiqi: {logs.mask_text(str(error))}", err=True)
    raise typer.Exit(1)
