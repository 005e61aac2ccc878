"""The command line: which words there are and where each is written. Only the one asked for is imported."""

import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer
from typer import rich_utils


@dataclass(frozen=True)
class Command:
    """One word after ``./huiqi``: ``attribute`` of ``module`` is a function, or a typer app with words of its own."""

    name: str
    module: str
    attribute: str
    help: str
    panel: str
    is_service: bool = False


OWNERS, KEEPERS = "问政策", "管理与维护"
COMMANDS = (
    Command("chat", "bot.chat", "chat", "在终端里和助手聊天，不需要账号。", OWNERS),
    Command("ask", "bot.ask", "ask", "问一句，答一句。", OWNERS),
    Command("batch", "bot.batch", "batch", "从文件读入一批问题，把回答写进文件（JSONL）。", OWNERS),
    Command("telegram", "bot.telegram_cli", "telegram", "作为 Telegram 机器人运行。", OWNERS, is_service=True),
    Command("fake-telegram", "bot.fake_telegram_cli", "fake_telegram", "不用账号试 Telegram 机器人。", KEEPERS),
    Command("doctor", "bot.doctor_cli", "doctor", "检查安装：哪里不对、怎么修。", KEEPERS),
    Command("audit", "bot.audit", "audit", "核对一批回答：数字有出处、没照抄、长短合适。", KEEPERS),
    Command("kb", "bot.kb_cli", "app", "知识库：检查、查看政策条目。", KEEPERS),
    Command("nlu", "bot.nlu_cli", "app", "语言理解：训练、测试。", KEEPERS),
    Command("db", "bot.db_cli", "app", "数据库：建表与升级。", KEEPERS),
    Command("desk", "bot.desk_cli", "app", "人工服务台：工单队列、答复、办结、报表。", KEEPERS),
    Command("staff", "bot.staff_cli", "app", "坐席名单：添加、改角色、离岗。", KEEPERS),
    Command("outbox", "bot.outbox_cli", "app", "发件箱：查看、重发消息。", KEEPERS),
    Command("enterprises", "bot.enterprises_cli", "app", "企业名单：导入、查看、导出、绑定码。", KEEPERS),
    Command("clock", "bot.clock_cli", "run", "提醒时钟：看某一天会提醒谁、提醒什么、为什么。", KEEPERS),
    Command("campaign", "bot.campaign_cli", "app", "群发：选人、预览、批准、开始、停下、统计。", KEEPERS),
)

ABOUT = "惠企助手：告诉企业主能享受哪些纾困惠企政策、能拿多少、到哪天、找谁办。每句话都注明文件和条款。"
ABOUT_SCRIPT = "另有：./huiqi setup 只做准备；./huiqi test 运行全部检查；./huiqi lock 重新锁定软件包版本。"


def build(wanted: str | None) -> typer.Typer:
    """The application, with command ``wanted`` imported and every other one present by name and help only."""
    app = typer.Typer(
        name="huiqi",
        help=ABOUT,
        epilog=ABOUT_SCRIPT,
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,  # it would print local variables, tokens among them
    )
    app.callback()(_nothing)  # makes a group even of a single command
    for command in COMMANDS:
        if command.name == wanted:
            _attach(app, command)
        else:
            app.command(command.name, help=command.help, rich_help_panel=command.panel)(_nothing)
    return app


def main(arguments: Sequence[str]) -> int:
    """Run the command that ``arguments`` name. Returns the exit status: 0 fine, 1 failed, 2 wrongly called or set."""
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    command = next((command for command in COMMANDS if command.name == wanted), None)
    _speak_chinese()
    try:
        if command:
            _prepare(command)
        elif wanted:
            raise SystemExit(_unknown(wanted))
        build(wanted)(list(arguments) or ["--help"], prog_name="./huiqi")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BrokenPipeError:  # `./huiqi … | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except _refusals() as error:
        typer.echo(f"huiqi: 知识库有错，没有载入；改好下面这些再运行\n{error}", err=True)
        return 1
    return 0


def _refusals() -> type[Exception]:
    # Python asks only once something was raised: `--help` does not wait for the import.
    from policy_kb import loader

    return loader.CatalogueError


def _attach(app: typer.Typer, command: Command) -> None:
    target = getattr(importlib.import_module(command.module), command.attribute)
    if isinstance(target, typer.Typer):
        app.add_typer(target, name=command.name, help=command.help, rich_help_panel=command.panel)
    else:
        app.command(command.name, help=command.help, rich_help_panel=command.panel)(target)


def _prepare(command: Command) -> None:
    # Imported here: they take longer than all the rest of `--help`.
    from bot import logs, settings

    try:
        current = settings.load()
    except settings.SettingsError as error:
        typer.echo(f"huiqi: 设置有误\n{error}", err=True)
        raise SystemExit(2) from None
    usual = settings.LogLevel.INFO if command.is_service else settings.LogLevel.WARNING
    logs.configure(current.log_level or usual, current.log_format)


def _unknown(word: str) -> int:
    near = difflib.get_close_matches(word, [command.name for command in COMMANDS], n=1)
    guess = f"是不是 ./huiqi {near[0]}？" if near else "./huiqi --help 列出全部命令。"
    typer.echo(f"huiqi: 没有“{word}”这个命令，{guess}", err=True)
    return 2


def _nothing() -> None:
    """Stand in for a command that is not the one asked for."""


def _speak_chinese() -> None:
    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "没看懂"
    rich_utils.RICH_HELP = "[blue]{command_path} {help_option}[/] 列出用法。"
