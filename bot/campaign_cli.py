"""``./huiqi campaign …``: write to many: audience, preview, test, approval by a second person, start, stop, figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot import assembly, campaign_desk, campaign_options, clock, outbox_cli, progress, settings, sheets
from bot.campaign_options import (
    By,
    Categories,
    Districts,
    Industries,
    Measure,
    NotAfter,
    Number,
    Query,
    Sizes,
    Spread,
    Text,
    TextFile,
    Title,
    Verdict,
    Where,
)
from policy_kb.catalogues import Catalogue
from scheduler import campaign_copies, campaigns
from scheduler.audiences import AudienceError
from scheduler.campaign_copies import CampaignError
from storage import campaigns as kept
from storage import chats, events, migrate, outbox
from storage.campaign_tables import Campaign
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError
from storage.outbox import NewMessage
from storage.tables import Lane
from storage.times import shown

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def new(
    title: Title,
    by: By,
    *,
    text: Text = None,
    text_file: TextFile = None,
    measure: Measure = None,
    verdict: Verdict = None,
    district: Districts = None,
    industry: Industries = None,
    size: Sizes = None,
    where: Where = None,
    category: Categories = None,
    not_after: NotAfter = None,
    audience: Query = None,
    spread: Spread = None,
) -> None:
    """写一个新的群发（草稿）。"""
    catalogue, now = _catalogue(), clock.now()
    with _told(), _store() as store, store.write() as session:
        query = campaign_options.query(
            audience, catalogue, measure, verdict, district, industry, size, where, category, not_after
        )
        campaign = Campaign(
            title=(title or "").strip()[:80] or "未命名",
            text=campaign_options.text(text, text_file, measure, catalogue, now),
            measure=measure,
            measure_version=campaign_options.version(measure, catalogue),
            audience=campaign_options.checked(query, catalogue),
            state=kept.DRAFT,
            spread_minutes=round((spread or 0) * 60),
            total=0,
            created_by=campaign_options.name(by),
            created_at=now,
        )
        session.add(campaign)
        session.flush()
        events.add(session, "campaign.made", now, None, campaign=campaign.id, by=campaign.created_by)
        number = campaign.id
    typer.echo(f"群发 {number} 已存为草稿。先看：./huiqi campaign preview {number}")


@app.command()
def edit(
    number: Number,
    by: By,
    *,
    title: Title = None,
    text: Text = None,
    text_file: TextFile = None,
    measure: Measure = None,
    verdict: Verdict = None,
    district: Districts = None,
    industry: Industries = None,
    size: Sizes = None,
    where: Where = None,
    category: Categories = None,
    not_after: NotAfter = None,
    audience: Query = None,
    spread: Spread = None,
) -> None:
    """改草稿；改了内容或人群，原来的批准作废。"""
    catalogue, now = _catalogue(), clock.now()
    with _told(), _store() as store, store.write() as session:
        campaign = kept.get(session, number, lock=True)
        if campaign.state != kept.DRAFT:
            raise CampaignError(f"群发 {number} 已经开始，不能再改：停下它，另做一个")
        about = measure or campaign.measure
        if audience or verdict or district or industry or size or where or category or not_after:
            query = campaign_options.query(
                audience, catalogue, about, verdict, district, industry, size, where, category, not_after
            )
            campaign.audience = campaign_options.checked(query, catalogue)
        if text or text_file or measure:
            campaign.text = campaign_options.text(text, text_file, about, catalogue, now)
            campaign.measure, campaign.measure_version = about, campaign_options.version(about, catalogue)
        campaign.title = title.strip()[:80] if title else campaign.title
        campaign.spread_minutes = round(spread * 60) if spread is not None else campaign.spread_minutes
        campaign.created_by = campaign_options.name(by)  # who changed it last cannot approve it
        void = campaign.seal is not None
        campaign.approved_by = campaign.approved_at = campaign.seal = None
        events.add(session, "campaign.changed", now, None, campaign=number, by=campaign.created_by)
    typer.echo(f"群发 {number} 已改" + ("，原来的批准作废" if void else ""))


@app.command()
def preview(number: Number) -> None:
    """会发给多少人、哪些地方和行业、要多久、正文什么样；不发任何东西。"""
    catalogue = _catalogue()
    with _told(), _store() as store, store.read() as session:
        campaign = kept.get(session, number)
        found = campaigns.preview(session, campaign, catalogue, clock.now())
    typer.echo(campaign_desk.preview(campaign, found, catalogue))


@app.command()
def test(
    number: Number, to: Annotated[str, typer.Option("--to", help="发给哪个 Telegram 号（先和机器人说过话）。")]
) -> None:
    """先发一条给自己看。"""
    now = clock.now()
    with _told(), _store() as store, store.write() as session:
        campaign = kept.get(session, number)
        chat = chats.find(session, "telegram", to)
        if chat is None:
            raise CampaignError(f"没有和 {to} 聊过：请先用这个号给机器人发一句话")
        message = campaign_copies.content(campaign)
        shown_ = message.model_copy(update={"text": f"【测试】{message.text}"}).as_json()
        key = f"campaign-test:{number}:{chat.id}:{now.timestamp():.3f}"
        outbox.put(session, [NewMessage(key, chat.id, Lane.TICKET, shown_)], now)
    typer.echo("测试消息已排入待发")


@app.command()
def approve(number: Number, by: By, *, yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False) -> None:
    """由第二个人批准；批准的是此刻的正文和人群，以后改了就作废。"""
    catalogue, now = _catalogue(), clock.now()
    with _told(), _store() as store:
        if not yes:
            with store.read() as session:
                campaign = kept.get(session, number)
                found = campaigns.preview(session, campaign, catalogue, now)
            typer.echo(campaign_desk.preview(campaign, found, catalogue))
            typer.confirm("批准发给这些人吗？", abort=True)
        campaign = campaigns.approve(store, number, campaign_options.name(by), catalogue, now)
    typer.echo(f"已批准，共 {campaign.total} 人。开始：./huiqi campaign start {number} --by 姓名")


@app.command()
def start(
    number: Number,
    by: By,
    at: Annotated[str | None, typer.Option(help="从什么时候起发，如 '2026-11-23 09:00'；不写为现在。")] = None,
) -> None:
    """排入发件箱开始发；中断了再运行一次会补齐，不会重复。"""
    catalogue, now = _catalogue(), clock.now()
    with _told(), _store() as store:
        with store.read() as session:
            total = kept.get(session, number).total
        with _rows("排入发件箱", total) as step:
            who, when = campaign_options.name(by), campaign_options.moment(at, now)
            added = campaigns.start(store, number, who, catalogue, now, at=when, progress=step)
        typer.echo(f"新排入 {added} 条")
        typer.echo(campaign_desk.told(store, number))


@app.command()
def stop(number: Number, by: By) -> None:
    """马上停下；只有正在路上的几条还会到。"""
    with _told(), _store() as store:
        campaigns.stop(store, number, campaign_options.name(by), clock.now())
        typer.echo(campaign_desk.told(store, number))


@app.command()
def resume(number: Number, by: By) -> None:
    """停下的继续发，从现在起重新排时间。"""
    catalogue = _catalogue()
    with _told(), _store() as store:
        with store.read() as session:
            total = kept.get(session, number).total
        with _rows("重新排", total) as step:
            left = campaigns.resume(store, number, campaign_options.name(by), catalogue, clock.now(), step)
        typer.echo(f"继续发，还有 {left} 人")


@app.command()
def status(number: Annotated[int | None, typer.Argument(help="群发编号；不写则列出最近的。")] = None) -> None:
    """发了多少、跳过和失败的原因、不知是否送达的、按了哪些按钮。"""
    with _told(), _store() as store:
        typer.echo(campaign_desk.listed(store) if number is None else campaign_desk.told(store, number))


@app.command("list")
def list_() -> None:
    """最近的群发。"""
    status(None)


@app.command()
def export(number: Number, file: Annotated[Path, typer.Argument(help="写到哪个文件；不能已存在。")]) -> None:
    """把每个人的结果写成 CSV；没有姓名，没有号码。"""
    with _told(), _store() as store:
        with store.read() as session:
            total = kept.get(session, number).total
        try:
            _export(store, number, file, total)
        except FileExistsError:
            raise CampaignError(f"{file} 已经存在：换个文件名，或先移走它") from None
        except OSError as error:
            raise CampaignError(f"写不了 {file}（{error.strerror}）") from error
    typer.echo(f"已写 {file}（{total} 人）")


def _export(store: Store, number: int, file: Path, total: int) -> None:
    after = -1
    with sheets.csv_writer(file) as out, _rows("导出", total) as step:
        out.row(["序号", "结果", "原因", "发出时间", "所在县（市）区", "按了的按钮"])
        while True:
            with store.read() as session:
                lines = kept.lines(session, number, after)
            if not lines:
                return
            for one in lines:
                result = outbox_cli.WORDS[one.state] if one.state else "未排入"
                reason = campaign_desk.REASONS.get((one.reason or "").partition(":")[0], one.reason or "")
                pressed = "、".join(campaign_desk.BUTTONS.get(name, name) for name in one.clicks)
                sent = shown(one.sent_at) if one.sent_at else ""
                out.row([one.position + 1, result, reason, sent, one.district, pressed])
            after = lines[-1].position
            step(len(lines))


# ---- around


@contextmanager
def _rows(words: str, total: int) -> Iterator[Any]:
    """A progress bar that moves by rows."""
    with progress.bar(words, 100) as step:
        done = shown_steps = 0

        def move(rows: int) -> None:
            nonlocal done, shown_steps
            done += rows
            while total and shown_steps < min(100, done * 100 // total):
                step()
                shown_steps += 1

        yield move


def _catalogue() -> Catalogue:
    return assembly.catalogue(settings.load())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (CampaignError, AudienceError, kept.NoSuchCampaignError) as error:
        _fail(str(error))


@contextmanager
def _store() -> Iterator[Store]:
    try:
        with Store(settings.load().database_url) as store:
            migrate.upgrade(store)
            yield store
    except (DatabaseUrlError, StoreUnavailableError, migrate.DatabaseTooNewError) as error:
        from bot import logs

        _fail(logs.mask_text(str(error)))


def _fail(why: str) -> NoReturn:
    typer.echo(f"huiqi: {why}", err=True)
    raise typer.Exit(1)
