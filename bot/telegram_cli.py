"""``./huiqi telegram``: the assistant as a Telegram bot."""

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import settings
from bot.roles_named import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot import roles
    from bot.telegram_desk_part import DeskOptions
    from policy_kb.catalogues import Catalogue


def telegram(
    role: Annotated[
        Role, typer.Option(help="这个进程做什么；除 all 以外都需要 PostgreSQL。", case_sensitive=False)
    ] = Role.ALL,
    threads: Annotated[int, typer.Option(min=1, max=64, help="同时处理几个聊天。")] = 4,
) -> None:
    """作为 Telegram 机器人运行，直到收到 SIGTERM 或 Ctrl-C。"""
    from bot import assembly, gates, logs, reminding, roles
    from bot.telegram_http import CannotListenError
    from policy_kb.loader import CatalogueError
    from scheduler.errors import ChannelError
    from scheduler.outbox import TokenRefusedError
    from storage import engine, migrate

    current = settings.load()
    try:
        known = assembly.catalogue(current)
        options = roles.Options(
            token=current.token().get_secret_value(),
            database_url=current.database_url,
            base_url=current.telegram_base_url,
            proxy=current.telegram_proxy,
            role=role,
            threads=threads,
            webhook=_webhook(current),
            listen=current.listen,
            calendar=assembly.calendar(current),
            administrators=current.administrator_ids,
            ticks=(assembly.desk_tick(current, known), reminding.tick(current, known)),
            gates=gates.gates(current, known),
            desk=_desk(current, gates.InForce(current, known)),
            catalogue=gates.InForce(current, known),
        )
        roles.run(options, lambda: assembly.conversation(current, known))
    except settings.SettingsError as error:
        _leave(2, str(error))
    except TokenRefusedError:
        _leave(2, "Telegram 不认这个令牌：请检查 HUIQI_TELEGRAM_TOKEN（或令牌文件），可向 @BotFather 重新取得")
    except (
        roles.AlreadyRunningError,
        roles.NeedsPostgresError,
        CannotListenError,
        engine.DatabaseUrlError,
        CatalogueError,
    ) as error:
        _leave(2, str(error))
    except engine.StoreUnavailableError as error:
        _leave(1, f"连不上数据库，请检查 HUIQI_DATABASE_URL 和数据库是否在运行（{logs.mask_text(str(error))}）")
    except migrate.DatabaseTooNewError as error:
        _leave(1, f"数据库由更新版本的程序建立，请启动那个版本或恢复备份（{error}）")
    except ChannelError as error:
        why = logs.mask_text(str(error))
        _leave(1, f"连不上 Telegram，请检查网络；需要代理时设 HUIQI_TELEGRAM_PROXY（{why}）")
    except roles.ModelUnloadableError as error:
        _leave(1, f"语言模型没能载入，请运行 ./huiqi setup 后再试（{logs.mask_text(str(error))}）")


class WebhookIncompleteError(settings.SettingsError):
    """HUIQI_TELEGRAM_WEBHOOK_URL 要和 HUIQI_TELEGRAM_WEBHOOK_SECRET、HUIQI_LISTEN 一起设"""


def _webhook(current: settings.Settings) -> "roles.Webhook | None":
    from bot import roles

    if current.telegram_webhook_url is None:
        return None
    if current.telegram_webhook_secret is None or current.listen is None:
        raise WebhookIncompleteError(WebhookIncompleteError.__doc__)
    return roles.Webhook(current.telegram_webhook_url, current.telegram_webhook_secret.get_secret_value())


def _desk(current: settings.Settings, in_force: "Callable[[], Catalogue]") -> "DeskOptions | None":
    from bot import assembly
    from bot.telegram_desk_part import DeskOptions

    if current.telegram_desk_chat is None:
        return None
    return DeskOptions(current.telegram_desk_chat, lambda: assembly.house(current, in_force()))


def _leave(status: int, why: str) -> NoReturn:
    typer.echo(f"huiqi: {why}", err=True)
    raise typer.Exit(status)
