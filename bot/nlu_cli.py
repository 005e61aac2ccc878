"""`./huiqi nlu …`: train the language model, test it, report."""

from typing import Annotated

import typer

from bot import settings

app = typer.Typer(no_args_is_help=True)


@app.command()
def train(
    if_changed: Annotated[bool, typer.Option("--if-changed", help="只在数据变了时训练。")] = False,
) -> None:
    """训练语言模型（2 核约一分钟）。"""
    from bot import assembly
    from nlu import training

    current = settings.load()
    target = training.model_path(current.model_dir)
    if if_changed and target.exists():
        typer.echo(f"模型已是最新：{target.name}", err=True)
        return
    made = training.train(assembly.catalogue(current), current.home, current.model_dir)
    typer.echo(f"训练完成：{made.name}", err=True)
