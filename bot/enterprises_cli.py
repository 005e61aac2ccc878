"""``./huiqi enterprises …``: lists of enterprises brought in, looked at, taken out; one-time codes for their owners."""

import getpass
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn

import typer

from bot import assembly, clock, credit_codes, enterprise_lists, progress, settings, sheets
from policy_kb import districts, values
from policy_kb.catalogues import Catalogue
from storage import enterprises, events, link_codes, masking, migrate, registers, times
from storage.engine import DatabaseUrlError, Store, StoreUnavailableError

app = typer.Typer(no_args_is_help=True, add_completion=False)

SHOWN_FAULTS = 30
ORIGINS = {enterprises.Origin.OWNER: "企业主自己填的", enterprises.Origin.IMPORT: "名单导入"}
Number = Annotated[int, typer.Argument(help="企业编号，见 enterprises list。")]
Destination = Annotated[Path, typer.Argument(help="写到哪个文件；不能已存在。")]


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="写到哪个文件（.xlsx 或 .csv）；不能已存在。")] = Path(
        "企业名单模板.xlsx"
    ),
    *,
    every: Annotated[bool, typer.Option("--all", help="列出知识库的全部事实，不只是常用的。")] = False,
) -> None:
    """写一个名单模板：列名、可选值、填法说明。"""
    facts = enterprise_lists.columns(_catalogue(), every=every)
    headings = [enterprise_lists.KEY, enterprise_lists.NAME, enterprise_lists.DISTRICT]
    lists: dict[int, Sequence[str]] = {3: list(districts.DISTRICTS)}
    for place, fact in enumerate(facts, len(headings) + 1):
        if allowed := enterprise_lists.allowed(fact):
            lists[place] = allowed
    headings += [enterprise_lists.heading(fact) for fact in facts]
    with _writing(file):
        if file.suffix.lower() == ".csv":
            with sheets.csv_writer(file) as out:
                out.row(headings)
        else:
            sheets.write_workbook(file, [headings], lists, list(enterprise_lists.notes(facts)))
    typer.echo(f"已写 {file}（{len(headings)} 列）")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV 或 .xlsx 名单。")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查、只算会改多少，不写入。")] = False,
    skip: Annotated[list[str] | None, typer.Option(help="名单里不要的列，可写多次。")] = None,
    encoding: Annotated[str | None, typer.Option(help="CSV 的编码；不写则自动认 UTF-8 和 GBK。")] = None,
    by: Annotated[str, typer.Option("--by", help="谁导入的，记入日志。")] = "",
) -> None:
    """导入企业名单：有一处错就一家也不导入；同一家企业（按信用代码）更新旧的。"""
    began, now, current = time.perf_counter(), clock.now(), settings.load()
    reader = enterprise_lists.Reader(_catalogue(), now.date(), frozenset(skip or ()))
    with _store() as store, tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        key = _key(store, current.home)
        number, faults = _check(file, encoding, reader, key, spool, now)
        if faults:
            _refuse(faults, number)
        checked = time.perf_counter()
        counts = _take_in(store, spool, number, credit_codes.fingerprint(key), by or getpass.getuser(), dry=dry_run)
    _tell_understood(reader)
    seconds = f"检查 {checked - began:.1f} 秒，写入 {time.perf_counter() - checked:.1f} 秒"
    would = "试运行，没有写入：会" if dry_run else "已"
    typer.echo(f"{would}新增 {counts.added} 家，更新 {counts.changed} 家，不变 {counts.same} 家（{seconds}）")


def _check(
    file: Path, encoding: str | None, reader: enterprise_lists.Reader, key: bytes, spool: IO[str], now: datetime
) -> tuple[int, list[enterprise_lists.Fault]]:
    """Read the whole file before anything is written. Returns how many rows and what is wrong."""
    faults: list[enterprise_lists.Fault] = []
    number, headed, shown = 0, False, 0
    try:
        with progress.bar("检查名单", 100) as step:
            for row in sheets.read(file, encoding):
                if not headed:
                    headed, faults = True, reader.headings(row)
                    if faults:
                        return 0, faults
                    continue
                number += 1
                found = reader.row(row)
                if isinstance(found, enterprise_lists.Listed):
                    spool.write(_spooled(found, key, now))
                else:
                    faults += found
                while shown < int(min(row.done, 1) * 100):
                    step()
                    shown += 1
    except sheets.SheetError as error:
        _fail(str(error))
    if not number:
        _fail("名单里没有企业：第一行是列名，从第二行起每行一家")
    return number, faults


def _spooled(found: enterprise_lists.Listed, key: bytes, now: datetime) -> str:
    facts = {
        name: {"value": values.to_json(value), "words": words if len(words) < 7 else masking.mask(words)}
        for name, (value, words) in found.facts.items()
    }
    line = [
        credit_codes.hashed(found.code, key),
        masking.mask(found.name)[:80],
        found.district,
        registers.written(facts, now),
    ]
    return json.dumps(line, ensure_ascii=False) + "\n"


def _take_in(store: Store, spool: IO[str], number: int, mark: str, by: str, *, dry: bool) -> registers.Counts:
    now, counts = clock.now(), registers.Counts()
    spool.seek(0)
    entries = (registers.Entry(*json.loads(line)) for line in spool)
    with progress.bar("试算" if dry else "写入", -(-number // registers.BATCH)) as step, store.write() as session:
        for done in registers.take_in(session, entries, now):
            counts = done
            step()
        if dry:
            session.rollback()
        else:
            events.add(session, registers.IMPORTED, now, None, key=mark, by=by[:64], **asdict(counts))
    return counts


def _refuse(faults: list[enterprise_lists.Fault], number: int) -> NoReturn:
    for fault in faults[:SHOWN_FAULTS]:
        typer.echo(str(fault), err=True)
    if len(faults) > SHOWN_FAULTS:
        by_column = Counter(f"{fault.column or '整行'}" for fault in faults).most_common(8)
        typer.echo(f"……共 {len(faults)} 处：{'、'.join(f'{name} {times_}' for name, times_ in by_column)}", err=True)
    rows = len({fault.row for fault in faults})
    _fail(f"{number} 家里 {rows} 行有错，一家也没有导入；改好再来" if number else "列名有错，没有导入；改好再来")


def _tell_understood(reader: enterprise_lists.Reader) -> None:
    if reader.understood:
        typer.echo("这些写法不是模板里的值，按下面的意思读了（不对请改名单再导入）：")
        for (heading, cell), label in list(reader.understood.items())[:20]:
            typer.echo(f"  {heading}：{masking.mask(cell)[:30]} → {label}")
        if len(reader.understood) > 20:
            typer.echo(f"  ……共 {len(reader.understood)} 种")


@app.command("list")
def list_(
    district: Annotated[str | None, typer.Option(help="只看这个县（市）区。")] = None,
    limit: Annotated[int, typer.Option(min=1, help="最多几家。")] = 20,
    after: Annotated[int, typer.Option(min=0, help="从这个编号之后开始。")] = 0,
) -> None:
    """企业总数，和按编号排的企业。"""
    with _store() as store, store.read() as session:
        counts = registers.count(session)
        page = registers.page(session, after, limit, _district(district))
    by_origin: Counter[str] = Counter()
    for (origin, _), number in counts.items():
        by_origin[origin] += number
    typer.echo(
        "　".join(f"{ORIGINS[enterprises.Origin(name)]} {n} 家" for name, n in by_origin.items()) or "还没有企业"
    )
    for one in page:
        owned = "已绑定" if one.owners else ""
        name = one.name if one.origin == enterprises.Origin.IMPORT else "（企业主自己填的）"
        typer.echo(f"{one.number:>7}  {one.district or '':<6}  {name}  {owned}".rstrip())


@app.command()
def show(number: Number) -> None:
    """看一家企业：名单里有什么，有没有绑定。企业主自己说的只列名目。"""
    catalogue = _catalogue()
    with _store() as store, store.read() as session:
        one = registers.find(session, number)
    if one is None:
        _fail(f"没有编号 {number} 的企业，见 ./huiqi enterprises list")
    listed = one.origin == enterprises.Origin.IMPORT
    typer.echo(f"{one.number}  {one.name if listed else ORIGINS[enterprises.Origin.OWNER]}")
    typer.echo(f"所在地：{one.district or '未填'}\n绑定：{f'{one.owners} 人' if one.owners else '还没有'}")
    typer.echo(f"第 {one.version} 版，{times.shown(one.updated_at)}")
    for name, told in one.facts.items():
        fact = catalogue.facts.get(name)
        if fact is None:
            continue
        mine = told.get("from") == enterprises.Origin.IMPORT
        value = enterprise_lists.written(fact, told["value"]) if mine else "（企业主自己说的，不显示）"
        typer.echo(f"  {fact.label}：{value}  {told.get('at', '') if mine else ''}".rstrip())


@app.command()
def export(
    file: Destination, district: Annotated[str | None, typer.Option(help="只要这个县（市）区。")] = None
) -> None:
    """把名单导入的企业写成 CSV。没有信用代码（库里没有），没有企业主自己说的情况。"""
    facts = enterprise_lists.columns(_catalogue(), every=True)
    number, after, chosen = 0, 0, _district(district)
    with _store() as store, _writing(file), sheets.csv_writer(file) as out:
        used = [fact for fact in facts if fact.profile]
        out.row(["编号", "企业名称", "所在县（市）区", "绑定人数", *map(enterprise_lists.heading, used)])
        while True:
            with store.read() as session:
                page = registers.page(session, after, 2000, chosen)
            if not page:
                break
            after = page[-1].number
            for one in page:
                if one.origin == enterprises.Origin.IMPORT:
                    out.row(_exported(one, used))
                    number += 1
    typer.echo(f"已写 {file}（{number} 家）")


def _exported(one: registers.Shown, facts: list[Any]) -> list[object]:
    cells = []
    for fact in facts:
        told = one.facts.get(fact.id, {})
        listed = told.get("from") == enterprises.Origin.IMPORT
        cells.append(enterprise_lists.written(fact, told["value"]) if listed else "")
    return [one.number, one.name, one.district, one.owners, *cells]


@app.command()
def code(number: Number) -> None:
    """给一家名单里的企业生成一次性绑定码：7天内有效，只显示这一次，旧码作废。"""
    now = clock.now()
    with _store() as store, store.write() as session:
        one = registers.find(session, number)
        if one is None or one.origin != enterprises.Origin.IMPORT:
            _fail(f"名单里没有编号 {number} 的企业，见 ./huiqi enterprises list")
        made = link_codes.issue(session, number, now)
        events.add(session, "link.issued", now, None, enterprise=number)
    typer.echo(f"{one.name}\n绑定码：{made}（到 {times.shown(now + link_codes.LIFE)} 为止，用一次）")
    typer.echo(f"请企业主在聊天里发：绑定 {made}")


def _catalogue() -> Catalogue:
    return assembly.catalogue(settings.load())


def _key(store: Store, home: Path) -> bytes:
    with store.read() as session:
        last = registers.last_key(session)
    try:
        key = credit_codes.key(home / "register.key", make=last is None)
    except credit_codes.NoKeyError as error:
        _fail(str(error))
    if last is not None and credit_codes.fingerprint(key) != last:
        _fail(f"密钥文件 {home / 'register.key'} 不是上次导入用的那个：用它会把每家企业都当成新的。请从备份恢复")
    return key


def _district(text: str | None) -> str | None:
    try:
        return None if text is None else districts.read(text)
    except districts.NoSuchDistrictError as error:
        _fail(str(error))


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        if file.exists():
            raise FileExistsError
        yield
    except FileExistsError:
        _fail(f"{file} 已经存在：换个文件名，或先移走它")
    except OSError as error:
        _fail(f"写不了 {file}（{error.strerror}）")


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
