"""``./huiqi db …``: the database's tables, its backup and its retention periods."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import clock, settings
from storage import backup, migrate, retention
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def upgrade() -> None:
    """把数据库的表升级到本程序需要的版本（启动时也会自动升级）。"""
    try:
        with _store() as store:
            done = migrate.upgrade(store)
    except (migrate.DatabaseTooNewError, StoreUnavailableError) as error:
        _fail(error)
    typer.echo(f"数据库{'已升级到' if done else '已经是'}版本 {migrate.head()}")


@app.command()
def status() -> None:
    """数据库现在是哪个版本。"""
    try:
        with _store() as store:
            current = migrate.current(store)
    except StoreUnavailableError as error:
        _fail(error)
    typer.echo(f"现在：{current or '空'}；本程序：{migrate.head()}")


@app.command("backup")
def back_up(file: Annotated[Path, typer.Argument(help="备份写到哪个文件；不能已存在。")]) -> None:
    """把整个数据库备份到一个文件，运行中也可以。"""
    try:
        with _store() as store:
            backup.save(store, file)
    except (backup.BackupError, StoreUnavailableError) as error:
        _fail(error)
    typer.echo(f"已备份到 {file}（{file.stat().st_size} 字节）")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="用哪个备份文件。")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问：现有数据会被备份里的替换。")] = False,
) -> None:
    """用备份替换现有数据库。先停掉机器人。"""
    if not yes:
        typer.confirm("现有数据会全部被备份替换，继续吗？", abort=True)
    try:
        with _store() as store:
            backup.load(store, file)
            migrate.upgrade(store)
    except (backup.BackupError, migrate.DatabaseTooNewError, StoreUnavailableError) as error:
        _fail(error)
    typer.echo("已恢复")


@app.command()
def prune() -> None:
    """删去过了保存期的内容。"""
    try:
        with _store() as store:
            gone = retention.apply(store, clock.now())
    except StoreUnavailableError as error:
        _fail(error)
    for what, number in gone.items():
        typer.echo(f"{what}：{number}")


def _store() -> Store:
    try:
        return Store(settings.load().database_url)
    except DatabaseUrlError as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    from bot import logs

    typer.echo(f"huiqi: {logs.mask_text(str(error))}", err=True)
    raise typer.Exit(1)
