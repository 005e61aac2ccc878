"""`./huiqi chat`: a talk in the terminal. The prompt comes at once; the language model loads behind it."""

import sys
import threading
from concurrent.futures import Future
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import clock, settings

if TYPE_CHECKING:
    from rich.console import Console

    from handlers.person import Person
    from handlers.reply import Button, Reply
    from handlers.turn import Effect, Talk
    from policy_kb.catalogues import Catalogue

HISTORY = "chat-history"
FILES = "files"
WELCOME = "惠企助手 · 直接输入问题；输入数字选按钮；/new 重新开始；/quit 退出。按{day}的规定回答。"


def chat(
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规定回答。")
    ] = None,
) -> None:
    """在终端里和助手聊天，不需要账号。"""
    from rich.console import Console

    from bot import assembly

    current = settings.load()
    day = as_of.date() if as_of else clock.today()
    console = Console(highlight=False)
    loading = _load_behind(
        current, assembly.catalogue(current)
    )  # a catalogue with mistakes is refused here, at the start
    console.print(WELCOME.format(day=day.isoformat()), style="dim")
    _talk(console, loading, _Prompt(current.home), day, current)


def _load_behind(current: settings.Settings, known: "Catalogue") -> "Future[Talk]":
    """Load the assistant in a thread that does not keep a leaving user waiting."""
    loading: Future[Talk] = Future()

    def load() -> None:
        try:
            from bot import assembly

            loading.set_result(assembly.conversation(current, known))
        except BaseException as error:  # handed over to the talk, which says it
            loading.set_exception(error)

    threading.Thread(target=load, name="load-model", daemon=True).start()
    return loading


class _Prompt:
    """Reads a line: with history and editing on a terminal, plainly from a pipe."""

    def __init__(self, home: Path) -> None:
        self._session = None
        if sys.stdin.isatty():
            from prompt_toolkit import PromptSession
            from prompt_toolkit.history import FileHistory

            home.mkdir(parents=True, exist_ok=True)
            self._session = PromptSession[str](history=FileHistory(str(home / HISTORY)))

    def __call__(self) -> str | None:
        """The next line, or None at the end."""
        try:
            if self._session:
                return self._session.prompt("您：")
            line = sys.stdin.readline()
            return line.rstrip("\n") if line else None
        except (EOFError, KeyboardInterrupt):
            return None


def _talk(console: "Console", loading: "Future[Talk]", ask: _Prompt, day: date, current: settings.Settings) -> None:
    buttons: tuple[Button, ...] = ()
    session = None
    keeper: _Keeper | None = None
    while (line := ask()) is not None:
        text = line.strip()
        if text in {"/quit", "/exit", "退出"}:
            return
        if text == "/new":
            session, buttons = None, ()
            console.print("好，重新开始。", style="dim")
            continue
        if not loading.done():
            with console.status("正在加载语言模型……"):
                loading.exception()
        talk = loading.result()
        from handlers.session import Session
        from handlers.turn import Message

        keeper = keeper or _Keeper(console, current)
        action = _pressed(text, buttons)
        turn = talk.turn(Message(text=text, action=action), session or Session(), day, keeper.person())
        keeper.keep(turn.effects)
        session, buttons = turn.session, turn.reply.buttons
        _show(console, turn.reply)
        if turn.reply.file or turn.reply.picture:
            _lay_down(console, turn.reply, getattr(talk, "catalogue", None), current.home / FILES)


class _Keeper:
    """Keeps enterprises in the database; where that cannot be used, says so once and the talk goes on without."""

    def __init__(self, console: "Console", current: settings.Settings) -> None:
        from bot import terminal

        self._console, self._home = console, current.home
        self._unusable = terminal.UNUSABLE
        self._memory: terminal.Memory | None = terminal.Memory(current.database_url)

    def person(self) -> "Person":
        from handlers.person import NOBODY

        try:
            return self._memory.person() if self._memory else NOBODY
        except self._unusable as error:
            self._without(error)
            return NOBODY

    def keep(self, effects: "tuple[Effect, ...]") -> None:
        from handlers.turn import Forget

        if any(isinstance(effect, Forget) for effect in effects):
            (self._home / HISTORY).unlink(missing_ok=True)
        try:
            if self._memory:
                self._memory.carry_out(effects)
        except self._unusable as error:
            self._without(error)

    def _without(self, error: Exception) -> None:
        self._memory = None
        self._console.print(f"数据库用不了，这次说的情况不会保存：{error}", style="yellow")


def _pressed(text: str, buttons: "tuple[Button, ...]") -> str | None:
    """The action of the button whose number was typed; a number beyond the buttons is just text."""
    if text.isdigit() and 1 <= int(text) <= len(buttons):
        return buttons[int(text) - 1].action or None
    return None


def _show(console: "Console", reply: "Reply") -> None:
    from rich.panel import Panel
    from rich.text import Text

    console.print(Panel(Text(reply.text), title="惠企助手", title_align="left", border_style="cyan"))
    if reply.buttons:
        labels = "  ".join(f"[{number}] {button.label}" for number, button in enumerate(reply.buttons, 1))
        console.print(Text(labels, style="cyan"))
    for button in reply.buttons:
        if button.url:
            console.print(Text(f"{button.label}：{button.url}", style="dim"))


def _lay_down(console: "Console", reply: "Reply", catalogue: "Catalogue | None", folder: Path) -> None:
    """A terminal shows no files: they are put into a folder."""
    from bot.pictures import Painter

    attached = Painter().attached(reply, catalogue)
    if attached is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / attached.name).write_bytes(attached.data)
    except OSError as error:
        console.print(f"文件存不下来：{error.strerror}", style="yellow")
    else:
        console.print(f"文件：{folder / attached.name}", style="dim")
