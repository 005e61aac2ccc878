"""/calendar: the next dates and the rounds that are open, for what is known of the person; each with source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers import compose, memory
from handlers.person import Person
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from policy_kb import deadlines, evaluation, money, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.deadlines import Deadline, What
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Kind, Measure
from scheduler import matching
from scheduler.readers import Wish, covers
from storage.subscription_tables import Scope

MOST = 10
BUTTONS = 3
FAR = timedelta(days=366)
"""Later dates are not worth a line."""


@dataclass(frozen=True)
class Row:
    """A date with whether it was subscribed to."""

    deadline: Deadline
    subscribed: bool

    @property
    def is_open(self) -> bool:
        """Whether it is a round that can be applied for."""
        return self.deadline.what is What.APPLICATION


def show(session: Session, person: Person, catalogue: Catalogue, as_of: date) -> Reply:
    """The dates to come, nearest first."""
    facts = memory.known(session, catalogue)
    enterprise = Enterprise(facts, catalogue, as_of) if facts else None
    wishes = person.subscriptions.wishes if person.subscriptions else ()
    found = sorted(rows(enterprise, wishes, catalogue, as_of), key=lambda row: (row.deadline.on, row.deadline.id))
    if not found:
        return _nothing(catalogue, as_of, known=bool(facts))
    shown = found[:MOST]
    whose = "跟您情况有关的" if facts else "已收录政策里（说说行业、规模等情况，我只列跟您有关的）"
    lines = [f"{whose}，{money.day(as_of)}起最近的日期："]
    lines += [_line(row, as_of) for row in shown]
    if len(found) > MOST:
        lines.append(f"还有{len(found) - MOST}个更晚的。")
    lines.append("执行期限不一定是交材料的最后一天，以主管部门通知为准。")
    measures = list({row.deadline.measure.id: row.deadline.measure for row in shown}.values())
    cited = [one for measure in measures for one in wording.cited(measure)]
    return Reply(
        compose.fit(ReplyKind.LIST, lines, [compose.source(compose.documents_once(cited), catalogue)]),
        ReplyKind.LIST,
        measures=tuple(measure.id for measure in measures),
        citations=compose.citations(cited, catalogue),
        buttons=tuple(_buttons(shown, person)),
    )


def rows(
    enterprise: Enterprise | None, wishes: tuple[tuple[str, str], ...], catalogue: Catalogue, as_of: date
) -> Iterator[Row]:
    """Dates within a year: those subscribed to, and those of claims that may concern the enterprise."""
    for measure in catalogue.measures.values():
        asked = any(
            covers(Wish(Scope(scope), name, date.min), measure, catalogue) for scope, name in wishes if scope != "all"
        )
        if not asked and measure.kind not in {Kind.CLAIM, Kind.RULE}:
            continue
        for one in deadlines.upcoming(measure, catalogue, as_of, as_of):
            if one.on <= as_of + FAR and _is_now(one, catalogue, as_of) and _concerns(one, enterprise, asked=asked):
                yield Row(one, asked)


def _is_now(one: Deadline, catalogue: Catalogue, as_of: date) -> bool:
    """Whether the rule counts, or will by then; what has been replaced has no dates."""
    state = windows.measure_status(one.measure, catalogue, as_of).state
    return state in {windows.State.IN_FORCE, windows.State.NOT_YET}


def _concerns(one: Deadline, enterprise: Enterprise | None, *, asked: bool) -> bool:
    if enterprise is None:
        return True
    tracks = [track for track in one.measure.tracks if not one.tracks or track.id in one.tracks]
    if asked:
        return any(evaluation.outcome(track.conditions, enterprise).truth is not False for track in tracks)
    return any(track.conditions is None or matching.fit_of(track, enterprise) is not None for track in tracks)


def _line(row: Row, as_of: date) -> str:
    one = row.deadline
    left = (one.on - as_of).days
    days = "今天" if left == 0 else f"还有{left}天"
    official = "，以官方为准" if one.measure.verified and one.measure.verified.basis == "V2" else ""
    local = "，昆明的办理时间以昆明通知为准" if deadlines.awaits_local_notice(one.measure) else ""
    mark = "（已订阅）" if row.subscribed else ""
    return f"· {money.day(one.on)}（{days}）{one.measure.title}：{_what(one)}{official}{local}{mark}"


def _what(one: Deadline) -> str:
    match one.what:
        case What.VALIDITY:
            return "执行期限到"
        case What.ROUND:
            return f"{one.label}（评审日，不是交材料截止日）"
        case What.PAYMENT:
            return f"{one.label}，最晚这天"
    begins = f"{money.day(one.from_)}开始，" if one.from_ else ""
    return f"{one.label}，{begins}这天截止"


def _buttons(shown: list[Row], person: Person) -> Iterator[Button]:
    if person.subscriptions is None:
        return
    names: dict[str, Measure] = {row.deadline.measure.id: row.deadline.measure for row in shown if not row.subscribed}
    for measure in list(names.values())[:BUTTONS]:
        yield Button(f"提醒我：{measure.title}"[:20], f"remind:{measure.id}")
    if ("all", "") not in person.subscriptions.wishes:
        yield Button("全部到期都提醒", "sub:all")
    yield Button("我的订阅", "sub")


def _nothing(catalogue: Catalogue, as_of: date, *, known: bool) -> Reply:
    about = "跟您情况有关的政策里" if known else "已收录的政策里"
    return Reply(
        f"{about}，{money.day(as_of)}起一年内没有写明、核实过的到期日。文件没写日期的，有变化时可以提醒您。",
        ReplyKind.LIST,
        buttons=(Button("按类别看政策", "list:all"), Button("我的订阅", "sub")),
    )
