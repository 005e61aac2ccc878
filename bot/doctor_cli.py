"""``./huiqi doctor``: what is wrong with this installation and how to mend it."""

import typer

from bot import settings


def doctor() -> None:
    """检查设置、数据库、知识库、模型、令牌、时钟和磁盘。有问题时退出码为 1。"""
    from bot import doctor as checks

    sick = False
    for finding in checks.look(settings.load()):
        sick = sick or bool(finding.mend)
        typer.echo(f"{'✗' if finding.mend else '✓'} {finding.what}：{finding.found}")
        if finding.mend:
            typer.echo(f"    → {finding.mend}")
    raise typer.Exit(1 if sick else 0)
