"""`./huiqi nlu …`: train the language model, test it, report on the test, list the questions without an answer."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import settings

if TYPE_CHECKING:
    from nlu.results import Guess

app = typer.Typer(no_args_is_help=True)

EXAMPLES = 2  # shown of each confusion


@app.command()
def train(
    if_changed: Annotated[bool, typer.Option("--if-changed", help="只在数据变了时训练。")] = False,
) -> None:
    """训练语言模型（2 核两三分钟）。"""
    from bot import assembly
    from nlu import training

    current = settings.load()
    target = training.model_path(current.model_dir)
    if if_changed and target.exists():
        typer.echo(f"模型已是最新：{target.name}", err=True)
        return
    made = training.train(assembly.catalogue(current), current.home, current.model_dir)
    typer.echo(f"训练完成：{made.name}", err=True)


@app.command("test")
def cross_validate(
    folds: Annotated[int, typer.Option(min=2, max=20, help="分成几份，轮流留一份做考题。")] = 5,
) -> None:
    """交叉验证：轮流拿一部分例句训练、用其余的考它（2 核约十分钟）。"""
    from bot import assembly
    from nlu import crossval

    current = settings.load()

    def begins(number: int) -> None:
        typer.echo(f"第 {number} 份，共 {folds} 份：训练，再依次考训练过的和留下的", err=True)

    crossval.run(assembly.catalogue(current), current.home, folds, begins)
    report()


@app.command()
def report(
    everything: Annotated[bool, typer.Option("--all", help="列出每一类，不只是最弱的。")] = False,
) -> None:
    """上次交叉验证的结果：各类对错、最常见的认错，并画两张图。"""
    from bot import nlu_pictures
    from nlu import crossval, results

    folder = crossval.folder(settings.load().home)
    guesses = results.read(folder)
    if not guesses:
        _fail("还没有交叉验证的结果：先运行 ./huiqi nlu test")
    typer.echo(f"{len(guesses)} 个例句，认对 {results.share_right(guesses):.1%}")
    _table(guesses, None if everything else 12)
    _confusions(guesses, 10)
    for path in nlu_pictures.draw(guesses, folder):
        typer.echo(f"图：{path}")


def _table(guesses: "list[Guess]", most: int | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from nlu import labels, results

    rows = results.rows(guesses)
    table = Table(title="各类，弱的在前" if most is None else f"最弱的 {min(most, len(rows))} 类")
    for heading in ("类", "", "例句", "认成它的里有多少对", "它的里认出多少", "F1"):
        table.add_column(heading, justify="left" if heading in {"类", ""} else "right")
    for row in rows[:most]:
        shares = (f"{share:.1%}" for share in (row.precision, row.recall))
        table.add_row(labels.name(row.label), row.label, str(row.examples), *shares, f"{row.f1:.3f}")
    Console().print(table)


def _confusions(guesses: "list[Guess]", most: int) -> None:
    from nlu import labels, results

    found = results.confusions(guesses)
    typer.echo("最常见的认错：" if found else "没有认错的。")
    for pair in found[:most]:
        typer.echo(f"{len(pair.guesses):>4} 次　{labels.name(pair.label)} → {labels.name(pair.guess)}")
        for guess in pair.guesses[:EXAMPLES]:
            typer.echo(f"　　　　{guess.text}（把握 {guess.confidence:.0%}）")


@app.command()
def unanswered(
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="只看这天起的（北京时间）。")] = None,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="最多看最近几条。")] = 2000,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """没答上、要追问和没把握的问题，相近的归在一起，多的在前；给补充知识库的人看。"""
    from bot import nlu_unanswered
    from storage import times
    from storage.engine import DatabaseUrlError, StoreUnavailableError

    current = settings.load()
    begin = since.replace(tzinfo=times.SHANGHAI) if since else None
    try:
        questions = nlu_unanswered.questions(current, begin, limit)
    except (DatabaseUrlError, StoreUnavailableError) as error:
        from bot import logs

        _fail(logs.mask_text(str(error)))
    groups = nlu_unanswered.grouped(current, questions) if questions else []
    if as_json:
        typer.echo(json.dumps([group.as_json() for group in groups], ensure_ascii=False, indent=2))
    elif groups:
        typer.echo(nlu_unanswered.told(groups))
    else:
        typer.echo("这段时间没有没答上的问题。" if begin else "还没有没答上的问题。")


def _fail(words: str) -> NoReturn:
    typer.echo(f"huiqi: {words}", err=True)
    raise typer.Exit(1)
