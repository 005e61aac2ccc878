"""``./huiqi clock``: what would be sent on any day, to whom and why. Nothing is written and nothing sent."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import yaml

from bot import assembly, clock, progress, settings
from policy_kb import fact_texts
from policy_kb.catalogues import Catalogue
from policy_kb.deadlines import Occasion
from policy_kb.facts import Facts
from scheduler import postman, readers, rehearsal, reminders
from scheduler.readers import Firm, Reader, Wish
from scheduler.rehearsal import Day, People
from scheduler.reminders import Planned
from storage import migrate, notices, subscriptions
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError
from storage.subscription_tables import Notice, Scope
from storage.times import SHANGHAI

LINES = 200
"""Lines of one day that are printed, unless all are wanted."""

AHEAD = timedelta(days=60)
"""How far is looked for the next reminder, where a day has none."""


def run(
    as_of: Annotated[str | None, typer.Option(help="看哪一天，如 2022-12-01；不写就是今天。")] = None,
    until: Annotated[str | None, typer.Option(help="一直看到哪一天（含）。")] = None,
    people: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="不看数据库里的人，看这个文件里的（写法见 tests/data/year.yml）。"
        ),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看不发。时钟本身随 ./huiqi telegram 运行。")] = False,
    text: Annotated[bool, typer.Option("--text", help="连消息全文一起打印。")] = False,
    everything: Annotated[bool, typer.Option("--all", help="一天再多也全部列出。")] = False,
) -> None:
    """看某一天（或一段日子）会提醒谁、提醒什么、为什么，哪些不发、为什么。"""
    if not dry_run:
        _fail("时钟随 ./huiqi telegram 运行；在这里只能看，请加 --dry-run", 2)
    today = clock.today()
    first = _day(as_of, "--as-of") if as_of else today
    last = _day(until, "--until") if until else first
    if last < first:
        _fail("--until 早于 --as-of", 2)
    catalogue = assembly.catalogue(settings.load())
    town = _written(people, catalogue) if people else _kept(catalogue, first, today)
    lines = None if everything else LINES
    total: Counter[str] = Counter()
    with progress.bar("逐日推演", (last - first).days + 1) as step:
        for day in rehearsal.rehearse(town.people, catalogue, first, last, today, town.announced, town.told):
            step()
            total.update(one.stage.value for one in day.planned)
            shown = day if first == last else day.without_repeats()
            if shown.planned or shown.withheld or first == last:
                _show(shown, town, catalogue, today, lines=lines, text=text)
    if first == last and not total:
        _next(town, catalogue, first, today)
    stages = "，".join(f"{name} {number}" for name, number in sorted(total.items()))
    typer.echo(f"共{sum(total.values())}条提醒" + (f"（{stages}）" if stages else "") + "；没有写入，也没有发送")


class _Town:
    """The people looked at, and what the clock has done for them already (None: not known)."""

    def __init__(
        self,
        people: People,
        names: dict[int, str],
        announced: dict[str, int] | None = None,
        told: set[str] | None = None,
    ) -> None:
        self.people, self.names, self.announced, self.told = people, names, announced, told


def _kept(catalogue: Catalogue, first: date, today: date) -> _Town:
    """Those in the database. Of a day that is not today, subscriptions count as made long before."""
    url = settings.load().database_url
    try:
        with Store(url) as store:
            if store.is_sqlite and store.url.database and not Path(store.url.database).exists():
                typer.echo("还没有数据库，没有人订阅")
                return _Town(lambda _: ((), ()), {})
            if migrate.current(store) != migrate.head():
                _fail("数据库要先升级：./huiqi db upgrade")
            with store.read() as session:
                kept = subscriptions.readers(session)
                found = [one for one in readers.read(kept, catalogue) if not one.blocked]
                announced, changed = notices.announced(session), notices.changed_enterprises(session, 1_000_000)
                names = {one.chat.id: f"{one.chat.channel}:{one.chat.address}" for one in kept}
                if first != today:
                    found = [reminders.before_the_first(one) for one in found]
                    return _Town(lambda _: (found, ()), names)
                due = reminders.plan(found, catalogue, first, today, announced).planned
                told = notices.known(session, [one.key for one in due])
    except (DatabaseUrlError, StoreUnavailableError) as error:
        from bot import logs

        _fail(logs.mask_text(str(error)))
    numbers = [one.id for one in changed]
    return _Town(lambda day: (found, numbers if day == first else ()), names, announced, told)


def _written(path: Path, catalogue: Catalogue) -> _Town:
    """Those of a file: name, facts, since, subscriptions, matches, and changes of facts by day."""
    try:
        book = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - plain strings only
        people = {number: _Example(number, raw, catalogue) for number, raw in enumerate(book["enterprises"], 1)}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        _fail(f"读不懂 {path}：{type(error).__name__} {error}")

    def on(day: date) -> tuple[Sequence[Reader], Sequence[int]]:
        present = [one for one in people.values() if one.since <= day]
        return [one.reader(day) for one in present], [one.number for one in present if day in one.changes]

    return _Town(on, {number: one.name for number, one in people.items()})


class _Example:
    """Somebody of a file."""

    def __init__(self, number: int, raw: dict[str, Any], catalogue: Catalogue) -> None:
        self.number, self.name = number, str(raw["name"])
        self.since = date.fromisoformat(raw.get("since", "1970-01-01"))
        self.matches = raw.get("matches", "yes") == "yes"
        self.wishes = tuple(self._wish(text) for text in raw.get("subscriptions") or () if text)
        self.facts = _facts(raw.get("facts") or {}, catalogue)
        self.changes = {
            date.fromisoformat(day): _facts(told, catalogue) for day, told in (raw.get("changes") or {}).items()
        }

    def _wish(self, text: str) -> Wish:
        scope, _, name = text.partition(" ")
        return Wish(Scope(scope), name, self.since)

    def reader(self, day: date) -> Reader:
        facts = dict(self.facts)
        for when, told in sorted(self.changes.items()):
            if when <= day:
                facts |= told
        return Reader(self.number, self.matches, self.wishes, (Firm(self.number, self.name, 1, facts),))


def _facts(written: dict[str, Any], catalogue: Catalogue) -> Facts:
    return {name: fact_texts.parse(catalogue.facts[name], text) for name, text in written.items()}


# What is printed


def _show(day: Day, town: _Town, catalogue: Catalogue, today: date, *, lines: int | None, text: bool) -> None:
    typer.echo(f"{day.day}（周{'一二三四五六日'[day.day.weekday()]}）：{len(day.planned)}条")
    for one in day.planned[:lines]:
        typer.echo(f"  → {town.names.get(one.chat, one.chat)}  [{one.stage.value}] {one.measure.title}：{one.why}")
    if lines is not None and len(day.planned) > lines:
        typer.echo(f"  → 还有{len(day.planned) - lines}条，加 --all 全部列出")
    for occasion in day.withheld:
        typer.echo(f"  × 不发 [{occasion.stage.value}] {_about(occasion)}：{occasion.withheld}")
    if text:
        _texts(day, town, catalogue, today)


def _next(town: _Town, catalogue: Catalogue, after: date, today: date) -> None:
    """Where there is nothing on a day: when there is something next."""
    ahead = rehearsal.rehearse(town.people, catalogue, after, after + AHEAD, today, town.announced, town.told)
    found = next((day for day in ahead if day.planned), None)
    if found is not None:
        typer.echo(f"下一次是{found.day}，{len(found.planned)}条")


def _about(occasion: Occasion) -> str:
    label = f"（{occasion.deadline.label}{occasion.day}）" if occasion.deadline else ""
    return f"{occasion.measure.title}{label}"


def _texts(day: Day, town: _Town, catalogue: Catalogue, today: date) -> None:
    from handlers import notices as texts

    now = datetime.combine(day.day, time(9), SHANGHAI)
    people = {reader.chat: reader for reader in town.people(day.day)[0]}
    by_chat: dict[int, list[Planned]] = {}
    for one in day.planned:
        by_chat.setdefault(one.chat, []).append(one)
    for chat, planned in by_chat.items():
        rows = [Notice(id=number, **vars(one.notice())) for number, one in enumerate(planned, 1)]
        for letter in postman.letters(rows, people[chat], now, 0):
            content = texts.content(letter.notices, people[chat], catalogue, day.day, today)
            typer.echo(f"  ┌ 给 {town.names.get(chat, chat)}，{letter.expires_at:%Y-%m-%d %H:%M} 前有效")
            typer.echo("\n".join(f"  │ {line}" for line in content.text.splitlines()))
            typer.echo("  └ " + "  ".join(f"[{choice.label}]" for row in content.rows for choice in row))


def _day(written: str, option: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        _fail(f"{option} 应写成 2022-12-01", 2)


def _fail(why: str, status: int = 1) -> NoReturn:
    typer.echo(f"huiqi: {why}", err=True)
    raise typer.Exit(status)
