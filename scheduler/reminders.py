"""Who is to be told what on a day, and why. Pure: the clock writes down what is planned here, the dry run prints it.

Of dates: who subscribed, as far as the facts known do not rule it out. Of what is new: whose enterprise it fits
(`match`), and who subscribed to it or its category. A rule awaiting its local notice goes to subscribers alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from policy_kb import deadlines, evaluation, windows, working_days
from policy_kb.catalogues import Catalogue
from policy_kb.deadlines import Occasion, Stage
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Kind, Measure
from policy_kb.population import Population
from scheduler import matching
from scheduler.matching import Fit
from scheduler.readers import Firm, Reader, Wish
from storage.notices import NewNotice
from storage.subscription_tables import Scope


@dataclass(frozen=True)
class Planned:
    """One thing to tell one person. `why`: in words, for whoever looks after it."""

    chat: int
    measure: Measure
    stage: Stage
    planned: date
    deadline: str = ""
    day: date | None = None
    firm: int | None = None
    why: str = ""
    provisional: bool = False

    @property
    def key(self) -> str:
        """Once for ever: late, double and missed ticks do no harm."""
        if self.stage is Stage.MATCH:
            return f"match:{self.measure.id}:{self.measure.version}:{self.chat}"
        return f"remind:{self.measure.id}:{self.deadline}:{self.stage.value}:{self.chat}"

    def notice(self) -> NewNotice:
        """As it is kept."""
        return NewNotice(
            self.key,
            self.chat,
            self.measure.id,
            self.measure.version,
            self.stage.value,
            self.planned,
            self.deadline,
            self.day,
            self.firm,
        )


@dataclass(frozen=True)
class Plan:
    """What is to be told on a day; `announces`: measures that count as told of from now on; `withheld`: what is not."""

    planned: tuple[Planned, ...] = ()
    announces: Mapping[str, int] = field(default_factory=dict)
    withheld: tuple[Occasion, ...] = ()


def plan(readers: Sequence[Reader], catalogue: Catalogue, day: date, today: date, announced: Mapping[str, int]) -> Plan:
    """All that is due on `day`; on a day off nothing. `today` is the real day: reviews are judged by it.

    `announced`: measure → version told of before. Where it is empty nothing is news: what is in force is only noted.
    """
    if not working_days.is_working(day):
        return Plan()
    due = deadlines.occasions(catalogue, day, today)
    told = [one for one in due if not one.withheld]
    fresh = news(catalogue, day, today, announced)
    planned = list(_dates(readers, told, catalogue, day))
    if announced:
        replaced = {(one.chat, occasion.by) for one, occasion in _with(planned, told)}
        planned += _news(readers, [one for one in fresh if not one.withheld], catalogue, day, replaced)
    withheld = tuple(one for one in (*due, *(fresh if announced else ())) if one.withheld)
    return Plan(tuple(planned), {one.measure.id: one.measure.version for one in fresh}, withheld)


def _with(planned: Iterable[Planned], told: Iterable[Occasion]) -> Iterator[tuple[Planned, Occasion]]:
    """What is planned about a replacement, with its occasion."""
    by_id = {(one.measure.id, one.id): one for one in told if one.stage is Stage.REPLACED}
    for one in planned:
        if one.stage is Stage.REPLACED:
            yield one, by_id[one.measure.id, one.deadline]


# Dates


def _dates(readers: Sequence[Reader], told: Sequence[Occasion], catalogue: Catalogue, day: date) -> Iterator[Planned]:
    for reader in readers if told else ():
        firms = [_Known(firm, Enterprise(firm.facts, catalogue, day)) for firm in reader.firms if firm.facts]
        for occasion in told:
            wish = reader.wish(occasion.measure, catalogue, occasion.since)
            if wish is None:
                continue
            concerned = _concerns(wish, occasion, firms)
            if concerned is not None:
                yield _planned(reader, occasion, day, wish, concerned, catalogue)


@dataclass(frozen=True)
class _Known:
    """An enterprise with its facts worked out."""

    firm: Firm
    enterprise: Enterprise


_ANYBODY = 0


def _concerns(wish: Wish, occasion: Occasion, firms: Sequence[_Known]) -> int | None:
    """The enterprise an occasion concerns (`_ANYBODY`: none in particular), None where it concerns none of them."""
    measure = occasion.measure
    if wish.scope is Scope.ALL and not _is_for_all(occasion):
        return None
    if not firms:
        return _ANYBODY
    for one in firms:
        if _touches(wish, occasion, one.enterprise):
            return one.firm.number
    if wish.scope is Scope.MEASURE and all(_ruled_out(measure, one.enterprise) for one in firms):
        return _ANYBODY  # asked for all the same
    return None


def _is_for_all(occasion: Occasion) -> bool:
    """Whether who asked for all dates is told: of claims, and of days others must keep to, not of services."""
    if occasion.measure.kind is Kind.CLAIM:
        return True
    return occasion.measure.kind is Kind.RULE and occasion.deadline is not None


def _touches(wish: Wish, occasion: Occasion, enterprise: Enterprise) -> bool:
    names = occasion.deadline.tracks if occasion.deadline else ()
    tracks = [one for one in occasion.measure.tracks if not names or one.id in names]
    if wish.scope is Scope.ALL:
        return any(one.conditions is None or matching.fit_of(one, enterprise) is not None for one in tracks)
    return any(evaluation.outcome(one.conditions, enterprise).truth is not False for one in tracks)


def _ruled_out(measure: Measure, enterprise: Enterprise) -> bool:
    return all(evaluation.outcome(one.conditions, enterprise).truth is False for one in measure.tracks)


def _planned(reader: Reader, occasion: Occasion, day: date, wish: Wish, firm: int, catalogue: Catalogue) -> Planned:
    why = f"{_asked(wish, catalogue)}；{_reason(occasion)}"
    if occasion.since < day:
        why += f"（{occasion.since}该提醒，补发）"
    return Planned(
        reader.chat,
        occasion.measure,
        occasion.stage,
        day,
        occasion.id,
        occasion.day,
        firm or None,
        why,
        occasion.provisional,
    )


def _asked(wish: Wish, catalogue: Catalogue) -> str:
    match wish.scope:
        case Scope.MEASURE:
            known = catalogue.measures.get(wish.name)
            return f"订阅了“{known.title if known else wish.name}”"
        case Scope.CATEGORY:
            return f"订阅了类别 {wish.name}"
    return "订阅了全部到期提醒"


def _reason(occasion: Occasion) -> str:
    match occasion.stage:
        case Stage.OPENED if occasion.deadline:
            return f"{occasion.deadline.label}今天开始，到{occasion.day}"
        case Stage.OPENED:
            return "新政策开始执行"
        case Stage.CHANGED:
            return f"内容有变（第{occasion.measure.version}版）"
        case Stage.ENDED:
            return f"执行到{occasion.day}，已到期"
        case Stage.REPLACED:
            return f"自{occasion.day}起由 {occasion.by or '新规定'} 替代"
    marked = "，跨到的年份工作日未公布，暂按周一至周五" if occasion.provisional else ""
    label = occasion.deadline.label if occasion.deadline else ""
    return f"{label}{occasion.day}，还有{occasion.stage.value}个工作日{marked}"


# What is new


def news(catalogue: Catalogue, day: date, today: date, announced: Mapping[str, int]) -> list[Occasion]:
    """Measures in force on `day` whose version was not announced before, as opened or changed."""
    found = []
    for measure in catalogue.measures.values():
        before = announced.get(measure.id, 0)
        if measure.kind is Kind.DIRECTION or measure.version <= before or deadlines.refusal(measure, today):
            continue
        if windows.measure_status(measure, catalogue, day).in_force:
            _, exact = deadlines.became_known(measure, catalogue)
            hearsay = "" if exact or day == today else "文件的发布日未核实"
            stage = Stage.CHANGED if before else Stage.OPENED
            found.append(Occasion(measure, stage, day, withheld=hearsay))
    return found


def _news(
    readers: Sequence[Reader],
    fresh: Sequence[Occasion],
    catalogue: Catalogue,
    day: date,
    replaced: set[tuple[int, str | None]],
) -> Iterator[Planned]:
    """Matches first; who has none is told where he subscribed. Who was told that it replaces another hears no more."""
    matched = set()
    for one in matches(readers, [occasion.measure for occasion in fresh], catalogue, day):
        if (one.chat, one.measure.id) not in replaced:
            matched.add((one.chat, one.measure.id))
            yield one
    for reader in readers if fresh else ():
        firms = [_Known(firm, Enterprise(firm.facts, catalogue, day)) for firm in reader.firms if firm.facts]
        for occasion in fresh:
            name = occasion.measure.id
            wish = reader.wish(occasion.measure, catalogue, day)
            if wish is None or (reader.chat, name) in matched or (reader.chat, name) in replaced:
                continue
            if wish.scope is Scope.ALL or (wish.scope is Scope.CATEGORY and occasion.measure.kind is not Kind.CLAIM):
                continue
            concerned = _concerns(wish, occasion, firms)
            if concerned is not None:
                yield _planned(reader, occasion, day, wish, concerned, catalogue)


def matches(
    readers: Sequence[Reader], measures: Iterable[Measure], catalogue: Catalogue, day: date
) -> Iterator[Planned]:
    """Measures that fit the enterprises of those who want to be told, once a person and measure."""
    wanted = [(reader, firm) for reader in readers if reader.matches for firm in reader.firms if firm.facts]
    chosen = [one for one in measures if one.kind is Kind.CLAIM]
    if not wanted or not chosen:
        return
    crowd = Population([firm.facts for _, firm in wanted], catalogue, day)
    told: set[tuple[int, str]] = set()
    for found in matching.of_many(chosen, crowd):
        for position, fit in found:
            reader, firm = wanted[position]
            if (reader.chat, found.measure.id) not in told and may_be_told(reader, found.measure, catalogue):
                told.add((reader.chat, found.measure.id))
                yield _match(reader, firm, found.measure, fit, day)


def of_profile(reader: Reader, firm: Firm, catalogue: Catalogue, day: date, today: date) -> list[Planned]:
    """Measures that fit one enterprise whose facts changed."""
    if not reader.matches or not firm.facts:
        return []
    chosen = [one for one in matching.claims(catalogue, day) if not deadlines.refusal(one, today)]
    found = matching.of_one(chosen, firm.facts, catalogue, day)
    return [
        _match(reader, firm, one, found[one.id], day)
        for one in chosen
        if one.id in found and may_be_told(reader, one, catalogue)
    ]


def may_be_told(reader: Reader, measure: Measure, catalogue: Catalogue) -> bool:
    """A national rule that nobody here has confirmed yet is told to who subscribed to it, and to nobody else."""
    return not deadlines.awaits_local_notice(measure) or reader.wish(measure, catalogue) is not None


def _match(reader: Reader, firm: Firm, measure: Measure, fit: Fit, day: date) -> Planned:
    named = f"“{firm.name}”" if firm.name else "企业"
    left = "符合" if fit.eligible else f"还差{len(fit.questions)}个问题：{'、'.join(fit.questions)}"
    return Planned(
        reader.chat, measure, Stage.MATCH, day, f"v{measure.version}", firm=firm.number, why=f"{named}{left}"
    )


def once(planned: Iterable[Planned], told: set[str]) -> list[Planned]:
    """What was not told before; `told` grows by it."""
    fresh = []
    for one in planned:
        if one.key not in told:
            told.add(one.key)
            fresh.append(one)
    return fresh


def before_the_first(reader: Reader) -> Reader:
    """The same reader as if all subscriptions had always been there, for looking at days long past."""
    return replace(reader, wishes=tuple(replace(one, since=date.min) for one in reader.wishes))
