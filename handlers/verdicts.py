"""The verdict card and the sum worked out: conclusion first, the reasons that decide it, what to do next."""

from datetime import date

from handlers import alternatives, asking, compose, hearing, memory
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from policy_kb import (
    conditions,
    eligibility,
    entries,
    evaluation,
    money,
    questions,
    shortfalls,
    windows,
    wording,
)
from policy_kb.catalogues import Catalogue
from policy_kb.eligibility import Assessment, Outward, Timing, TrackResult, Verdict
from policy_kb.enterprises import Enterprise
from policy_kb.entries import Delivery, Measure
from policy_kb.facts import Facts
from policy_kb.questions import Question
from policy_kb.sums import Sum
from policy_kb.windows import Round

MOST_TRACKS = 3
"""More ways than this are told by the summary: a list of them would not fit the phone."""
_HUMAN = Button("转人工", "human")


def card(
    assessment: Assessment,
    question: Question | None,
    session: Session,
    catalogue: Catalogue,
    as_of: date,
    lead: str = "",
    *,
    short: bool = False,
) -> Reply:
    """The reply for an assessment, with the next question where one still matters.

    `short`: the conclusion and the question alone, where the rest was said a moment ago.
    """
    measure = assessment.measure
    standing = windows.measure_status(measure, catalogue, as_of)
    facts = memory.known(session, catalogue)
    nearest = None
    match assessment.verdict:
        case Verdict.NOT_ELIGIBLE:
            nearest = alternatives.nearest(measure, facts, catalogue, as_of)
            lines = _not_eligible(assessment, nearest, facts, catalogue, as_of)
        case Verdict.NEEDS_INFO:
            lines = _open(assessment, question, facts, catalogue)
        case _:
            lines = _eligible(assessment, catalogue)
    also = wording.cited(nearest.measure)[:1] if nearest else []  # what fits instead is told with its own source
    cited = [*_cited(assessment), *also]
    lines, full = (
        (lines[:1], [])
        if short
        else (
            lines,
            [
                memory.heard(session, catalogue, hearing.needed_facts(measure, catalogue)),
                _deadline(measure, as_of) + wording.validity(standing, measure, catalogue),
                compose.source(cited, catalogue),
            ],
        )
    )
    closing = [*full, *asking.lines(question)]
    found = assessment.amount
    settled = assessment.verdict is not Verdict.NEEDS_INFO
    exact = settled and found.exact
    return Reply(
        compose.fit(ReplyKind.ELIGIBILITY, [line for line in (lead, *lines) if line], closing),
        ReplyKind.ELIGIBILITY,
        verdict=None if question is not None and not settled else assessment.outward,
        amount=found.low if exact else None,
        amount_min=found.low if settled else None,
        amount_max=found.high if settled else None,
        measures=(measure.id, *([nearest.measure.id] if nearest else [])),
        citations=compose.citations(cited, catalogue),
        buttons=_buttons(assessment, question, nearest, facts, as_of, catalogue),
    )


def _deadline(measure: Measure, as_of: date) -> str:
    """The round of application that is open or comes next, apart from validity."""
    for one in windows.windows_on(measure, as_of):
        window = one.window
        note = f"（{window.conditional}）" if window.conditional else ""
        match one.state:
            case Round.OPEN | Round.CLOSING if window.to:
                left = f"，还有{one.days}天" if one.state is Round.CLOSING else ""
                return f"{window.label}：{money.day(window.to)}前{left}{note}。"
            case Round.UPCOMING if window.from_:
                return f"{window.label}：{money.day(window.from_)}开始{note}。"
    return ""


def _cited(assessment: Assessment) -> list[entries.Citation]:
    return wording.cited(assessment.measure, [assessment.track.track.cite or ""])


def _gains(assessment: Assessment, catalogue: Catalogue) -> str:
    measure = assessment.measure
    tracks = [result.track for result in possible(assessment)]
    if len(tracks) > MOST_TRACKS:
        return measure.summary
    return wording.all_gains(measure, tracks or list(measure.tracks), catalogue)


def _workings(assessment: Assessment) -> str:
    told = [line for one in assessment.amount.sums if worked(one, assessment.measure) for line in one.workings]
    return "算一下：" + "；".join(told) + "。" if told else ""


def _eligible(assessment: Assessment, catalogue: Catalogue) -> list[str]:
    measure = assessment.measure
    part = "部分" if assessment.verdict is Verdict.PARTIALLY_ELIGIBLE else ""
    met = [result.track.label for result in assessment.tracks if result.truth]
    path = f"（按“{'”“'.join(met[:MOST_TRACKS])}”）" if met and len(measure.tracks) > 1 else ""
    lines = [
        f"按您说的情况，{part}符合“{measure.title}”{path}。",
        _workings(assessment) or _gains(assessment, catalogue),
        _lacking(assessment, catalogue),
        _reasons(assessment),
    ]
    lines += [note.says.rstrip("。") + "。" for note in measure.stacking[:2]]
    lines.append(_next_step(measure, catalogue))
    checks = list(dict.fromkeys(caveat.says for caveat in assessment.caveats))
    lines.append("最终以主管部门审核为准" + (f"（{'；'.join(checks)[:60]}）" if checks else "") + "。")
    return lines


def _next_step(measure: Measure, catalogue: Catalogue) -> str:
    """What to do now."""
    step = measure.how_to or wording.DELIVERY.get(measure.delivery, "")
    return step or f"怎么办理问{wording.contact(measure, catalogue)}（以官方为准）。"


def _lacking(assessment: Assessment, catalogue: Catalogue) -> str:
    """Numbers without which the sum is only a rule or a range."""
    holds = {one.benefit for result in possible(assessment) for one in result.sums}
    names = [name for one in assessment.amount.sums if one.benefit in holds for name in one.missing]
    labels = list(dict.fromkeys(catalogue.facts[name].label for name in names if name in catalogue.facts))
    return f"告诉我{'、'.join(labels[:2])}，就能算出金额。" if labels else ""


def _reasons(assessment: Assessment) -> str:
    """The conditions met that decide it, each with the clause it stands in."""
    measure = assessment.measure
    by_clause: dict[str, list[str]] = {}
    for leaf in evaluation.holding(assessment.trace):
        if leaf.truth and leaf.says:
            by_clause.setdefault(_clause(measure, leaf.cite), []).append(leaf.says)
    parts = [f"{'、'.join(dict.fromkeys(says))}{where}" for where, says in by_clause.items()]
    return f"符合的条件：{'；'.join(parts)}。" if parts else ""


def _clause(measure: Measure, cite: str | None) -> str:
    """（稳岗就业 二（三））, the clause a condition stands in."""
    citation = measure.cites.get(cite or "") or next(iter(measure.cites.values()), None)
    if citation is None:
        return ""
    where = " ".join(filter(None, (citation.section, citation.clause)))
    return f"〔{where}〕" if where else ""


def _not_eligible(
    assessment: Assessment, nearest: Assessment | None, facts: Facts, catalogue: Catalogue, as_of: date
) -> list[str]:
    measure = assessment.measure
    enterprise = Enterprise(facts, catalogue, as_of)
    lines = [f"按您说的情况，不符合“{measure.title}”的条件。"]
    for one in assessment.failing[:3]:
        if one.leaf is not None:
            yours = shortfalls.says(one.leaf, enterprise)
            lines.append(f"· 要求{one.says}{_clause(measure, one.cite)}" + (f"（{yours}）" if yours else ""))
    if nearest is not None:
        fits = "符合" if nearest.outward is Outward.ELIGIBLE else "可能符合"
        lines.append(f"可以看看{fits}的“{nearest.measure.title}”：{nearest.measure.summary}")
    lines.append(measure.summary)
    return lines


def _open(assessment: Assessment, question: Question | None, facts: Facts, catalogue: Catalogue) -> list[str]:
    measure = assessment.measure
    hangs = _hangs_on(assessment, catalogue)
    lines = [
        f"“{measure.title}”能不能享受，还要看：{'；'.join(hangs[:3])}。"
        if hangs
        else f"“{measure.title}”还差一点信息。"
    ]
    lines.append(_gains(assessment, catalogue))
    unsure = [catalogue.facts[name].label for name in eligibility.parked(assessment, facts)]
    if question is None and unsure:
        lines.append(f"{'、'.join(unsure[:3])}弄清楚了随时告诉我，或问{wording.contact(measure, catalogue)}。")
    lines += [note.says.rstrip("。") + "。" for note in measure.stacking[:1] if question is None]
    return lines


def _hangs_on(assessment: Assessment, catalogue: Catalogue) -> list[str]:
    """What the verdict still depends on, in words."""
    ways = possible(assessment) or [assessment.track]
    shared = [one for one in premises(ways[0]) if all(one in premises(other) for other in ways[1:])]
    which = ["您属于下面哪一种"] if 1 < len(ways) <= MOST_TRACKS else []
    says = [*shared, *which] or [catalogue.facts[name].label for name in assessment.open if name in catalogue.facts]
    says = says or [leaf.says for leaf in assessment.track.undecided if leaf.says]
    return list(dict.fromkeys([*([assessment.open_reason] if assessment.open_reason else []), *says]))


def _buttons(
    assessment: Assessment,
    question: Question | None,
    nearest: Assessment | None,
    facts: Facts,
    as_of: date,
    catalogue: Catalogue,
) -> tuple[Button, ...]:
    change = (_CHANGE,) if any(name in facts for name in hearing.needed_facts(assessment.measure, catalogue)) else ()
    if question is not None:
        return (*asking.buttons(question), *change)
    measure = assessment.measure
    if nearest is not None:
        return (Button(f"看{nearest.measure.title}"[:20], f"check:{nearest.measure.id}"), *change, _HUMAN)
    how = (Button("怎么办", f"how:{measure.id}"),) if measure.delivery is not Delivery.NONE or measure.how_to else ()
    told = assessment.verdict is not Verdict.NOT_ELIGIBLE
    remind = (Button("提醒我", f"remind:{measure.id}"),) if told and has_deadline(assessment, as_of) else ()
    return (*how, *remind, *change, _HUMAN)


_CHANGE = Button("改答案", "edit")


def has_deadline(assessment: Assessment, as_of: date) -> bool:
    """Whether there is a day to be reminded of: a round that is open or comes, or a printed end."""
    if assessment.timing in {Timing.ENDED, Timing.UNCONFIRMED, Timing.NOT_KNOWN}:
        return False
    rounds = [one for one in windows.windows_on(assessment.measure, as_of) if one.window.remind]
    if any(one.state is Round.UPCOMING or one.days is not None for one in rounds):
        return True
    return assessment.standing.to is not None and assessment.standing.to >= as_of


def why(measure: Measure, asked: str | None, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """Which conditions need the fact asked for."""
    facts = memory.known(session, catalogue)
    reasons = questions.why(asked, [measure], facts, catalogue, as_of) if asked else ()
    says = [f"{reason.says}{_clause(measure, reason.cite)}" for reason in reasons]
    fact = catalogue.facts.get(asked or "")
    text = f"因为条件里写着：{'；'.join(dict.fromkeys(says))}。" if says else "这一项会影响能不能享受。"
    help_ = fact.help if fact and fact.help else ""
    question = questions.next_question([measure], facts, catalogue, as_of)
    return Reply(
        compose.fit(ReplyKind.ELIGIBILITY, [text, help_] if help_ else [text], asking.lines(question)),
        ReplyKind.ELIGIBILITY,
        measures=(measure.id,),
        buttons=asking.buttons(question) if question else (_HUMAN,),
    )


def possible(assessment: Assessment) -> list[TrackResult]:
    """Tracks in force whose conditions hold or still may; where some hold, only those."""
    alive = [one for one in assessment.tracks if one.standing.in_force and one.truth is not False]
    return [one for one in alive if one.truth] or alive


def worked(one: Sum, measure: Measure) -> bool:
    """Whether a sum says more than the rule does. Where only what was drawn before is unknown, it is the most there is."""
    caps = [getattr(benefit, "cap", None) for track in measure.tracks for benefit in track.benefits]
    drawn = {cap.used for cap in caps if cap}
    return one.known and drawn.issuperset(one.missing) and (one.high is not None or bool(one.low))


def premises(result: TrackResult) -> list[str]:
    """The conditions of one track that nothing told has settled; alternatives stand together as one."""
    whole = result.outcome
    parts = whole.parts if isinstance(whole.node, conditions.All) else (whole,)
    return [said for part in parts if part.truth is None and (said := wording.requirements(part.node, "且"))]
