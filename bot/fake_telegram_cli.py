"""``./huiqi fake-telegram``: try the bot without an account: a fake Bot API, and a terminal that plays its user."""

import threading
import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

HELP = """假的 Telegram 已在 {root} 运行。另开一个终端启动机器人：

  HUIQI_TELEGRAM_BASE_URL={root} HUIQI_TELEGRAM_TOKEN={token} ./huiqi telegram

这里输入的话由用户 {person} 发出；输入数字按下最近一条消息的按钮；/as 8 换成用户 8；
/inline 稳岗 像在别的聊天里那样查政策；/quit 退出。"""


def fake_telegram(
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口；0 为任意空闲端口。")] = 8081,
    person: Annotated[int, typer.Option(min=1, help="以几号用户说话。")] = 7,
) -> None:
    """不用 Telegram 账号试机器人：在终端里扮演用户。"""
    try:
        from tests.fakes.telegram import server
    except ModuleNotFoundError as error:
        typer.echo(f"huiqi: 这个命令要在项目目录里、装好测试工具后运行（./huiqi test）；缺 {error.name}", err=True)
        raise typer.Exit(1) from None

    with server.running(port=port) as fake:
        root = fake.base_url.removesuffix("/bot")
        typer.echo(HELP.format(root=root, token=fake.token, person=person))
        phone = _Phone(fake.world, person)
        threading.Thread(target=phone.show_for_ever, daemon=True).start()
        phone.talk()


class _Phone:
    """One person's screen and keyboard."""

    def __init__(self, world: "World", person: int) -> None:
        self._world = world
        self._person = person
        self._shown: dict[int, int] = {}  # message → how often edited when it was shown

    def show_for_ever(self) -> None:
        """Print the bot's messages as they come and change."""
        while True:
            time.sleep(0.1)
            for seen in self._world.sees(self._person):
                if self._shown.get(seen.number) != seen.edits:
                    self._shown[seen.number] = seen.edits
                    typer.echo(f"\n惠企助手{'（改）' if seen.edits else ''}：{seen.text}")
                    if seen.file:
                        typer.echo(f"  （文件 {seen.file}）")
                    for number, label in enumerate(seen.labels, 1):
                        typer.echo(f"  [{number}] {label}")

    def talk(self) -> None:
        """Read what the person types until /quit or the end of input."""
        while True:
            try:
                line = input().strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line == "/quit":
                return
            self._do(line)

    def _do(self, line: str) -> None:
        if line.startswith("/as ") and line[4:].isdecimal():
            self._person = int(line[4:])
            self._shown.clear()
        elif line.startswith("/inline"):
            self._look_up(line.removeprefix("/inline").strip())
        elif line.isdecimal() and (labels := self._labels()) and 1 <= int(line) <= len(labels):
            self._press(labels[int(line) - 1])
        elif line:
            self._world.says(self._person, line)

    def _look_up(self, words: str) -> None:
        query = self._world.asks_inline(self._person, words)
        if not self._world.until(lambda: query in self._world.inline, 5):
            typer.echo("（没有回应）")
        for card in self._world.inline.get(query, []):
            typer.echo(f"  · {card['title']}：{card.get('description', '')}")

    def _press(self, label: str) -> None:
        try:
            self._world.presses(self._person, label)
        except LookupError:
            typer.echo("（这个按钮打开网页，这里打不开）")

    def _labels(self) -> list[str]:
        seen = self._world.sees(self._person)
        return seen[-1].labels if seen else []
