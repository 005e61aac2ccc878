"""What may be wrong with an installation, looked at one by one; each finding says how to mend it."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from bot import logs, settings
from storage import migrate
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError

DISK = 1_000_000_000  # bytes that should be free
SKEW = 60  # seconds by which the clock may be wrong


@dataclass(frozen=True)
class Finding:
    """``mend``: how to put it right; empty where nothing is wrong."""

    what: str
    found: str
    mend: str = ""


def look(current: settings.Settings) -> Iterator[Finding]:
    """Every check in turn; one that fails by surprise is a finding, too."""
    for name, check in CHECKS:
        try:
            yield check(current)
        except Exception as error:  # the doctor reports whatever is wrong
            yield Finding(
                name, f"检查时出错：{logs.mask_text(f'{type(error).__name__} {error}')}", "请把这一行报告给开发者"
            )


def _settings(current: settings.Settings) -> Finding:
    if current.telegram_webhook_url is None:
        return Finding("设置", "没有写错的")
    missing = [
        name
        for name, value in (
            ("HUIQI_TELEGRAM_WEBHOOK_SECRET", current.telegram_webhook_secret),
            ("HUIQI_LISTEN", current.listen),
        )
        if value is None
    ]
    if missing:
        return Finding("设置", "webhook 没有设全", f"再设 {'、'.join(missing)}；或去掉 HUIQI_TELEGRAM_WEBHOOK_URL")
    return Finding("设置", f"没有写错的；消息由 Telegram 推送到 {current.telegram_webhook_url}")


def _home(current: settings.Settings) -> Finding:
    folder = current.home
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Finding("数据目录", f"{folder} 建不了（{error.strerror}）", "换一个目录：设 HUIQI_HOME")
    if not os.access(folder, os.W_OK):
        return Finding("数据目录", f"{folder} 不能写", "改目录权限，或设 HUIQI_HOME")
    return Finding("数据目录", str(folder))


def _disk(current: settings.Settings) -> Finding:
    free = shutil.disk_usage(current.home if current.home.exists() else current.home.parent).free
    found = f"剩余 {free / 1e9:.1f} GB"
    return Finding("磁盘", found, "" if free >= DISK else "清理磁盘，或把 HUIQI_HOME 设到别的盘")


def _database(current: settings.Settings) -> Finding:
    try:
        store = Store(current.database_url)
    except DatabaseUrlError as error:
        return Finding("数据库", "地址写错", str(error))
    try:
        revision = migrate.current(store)
    except StoreUnavailableError as error:
        why = logs.mask_text(str(error))
        return Finding("数据库", f"连不上（{why}）", "启动数据库，或检查 HUIQI_DATABASE_URL")
    finally:
        store.close()
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    if revision == migrate.head():
        return Finding("数据库", f"{kind}，版本 {revision}")
    return Finding(
        "数据库",
        f"{kind}，版本 {revision or '空'}，本程序要 {migrate.head()}",
        "运行 ./huiqi db upgrade（启动时也会自动升级）",
    )


def _catalogue(current: settings.Settings) -> Finding:
    from bot import assembly
    from policy_kb.loader import CatalogueError

    try:
        known = assembly.catalogue(current)
    except CatalogueError as error:
        return Finding("知识库", "读不进来", f"{error}\n运行 ./huiqi kb check")
    return Finding("知识库", f"{len(known.measures)} 项政策，版本 {known.version[:12]}")


def _model(current: settings.Settings) -> Finding:
    from nlu import training

    model = training.model_path(current.model_dir)
    if not model.exists():
        return Finding("语言模型", "还没有训练", "运行 ./huiqi setup")
    return Finding("语言模型", model.name)


def _token(current: settings.Settings) -> Finding:
    from bot.telegram import Telegram
    from scheduler.errors import ChannelError
    from scheduler.outbox import TokenRefusedError

    try:
        token = current.token().get_secret_value()
    except settings.SettingsError as error:
        return Finding("Telegram 令牌", "没有", str(error))

    async def ask() -> tuple[str, str]:
        async with Telegram(token, base_url=current.telegram_base_url, proxy=current.telegram_proxy) as telegram:
            return (await telegram.me()).username, await telegram.pushing_trouble()

    try:
        name, trouble = asyncio.run(ask())
        mend = (
            "看 HUIQI_TELEGRAM_WEBHOOK_URL 能不能从外面用 HTTPS 打开，反向代理有没有转到 HUIQI_LISTEN"
            if trouble
            else ""
        )
        return Finding("Telegram 令牌", f"@{name}{f'；推送失败：{logs.mask_text(trouble)}' if trouble else ''}", mend)
    except TokenRefusedError:
        return Finding("Telegram 令牌", "Telegram 不认", "向 @BotFather 核对或重新取得令牌")
    except ChannelError as error:
        return Finding(
            "Telegram 令牌",
            f"连不上 Telegram（{logs.mask_text(str(error))}）",
            "检查网络；需要代理时设 HUIQI_TELEGRAM_PROXY",
        )


def _clock(current: settings.Settings) -> Finding:
    from bot.telegram import OFFICIAL

    root = (current.telegram_base_url or OFFICIAL).removesuffix("/bot")
    try:
        with httpx.Client(proxy=current.telegram_proxy, timeout=10) as client:
            told = client.get(f"{root}/").headers.get("date")
    except httpx.HTTPError as error:
        return Finding("时钟", f"无从比较（{type(error).__name__}）", "先让 Telegram 连得上")
    if told is None:
        return Finding("时钟", "无从比较：对方没有报时")
    skew = (datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds()
    return Finding(
        "时钟",
        f"相差 {abs(skew):.0f} 秒",
        "" if abs(skew) <= SKEW else "校准系统时间（打开 NTP）：日期错了，期限就会答错",
    )


CHECKS: tuple[tuple[str, Callable[[settings.Settings], Finding]], ...] = (
    ("设置", _settings),
    ("数据目录", _home),
    ("磁盘", _disk),
    ("数据库", _database),
    ("知识库", _catalogue),
    ("语言模型", _model),
    ("Telegram 令牌", _token),
    ("时钟", _clock),
)
