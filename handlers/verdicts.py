"""The verdict card and the sum worked out: conclusion first, the reasons that decide it, what to do next."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from handlers import compose, payloads
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from handlers.topics import Topic
from policy_kb import catalogues, conditions, derivations, eligibility, entries, money, questions, windows, wording
from policy_kb.benefits import RateOf
from policy_kb.catalogues import Catalogue
from policy_kb.eligibility import Assessment, Outward, TrackResult, Verdict
from policy_kb.entries import Delivery, Measure
from policy_kb.facts import Facts, Unknown
from policy_kb.questions import Question
from policy_kb.sums import Meaning, Sum

MOST_TRACKS = 3
"""More ways than this are told by the summary: a list of them would not fit the phone."""
NAMED_AHEAD = 0.15
"""How much liker than the next track one must be to be the one the question names."""
_HUMAN = Button("转人工", "human")
_Pair: TypeAlias = tuple[TrackResult, Sum]


def card(
    assessment: Assessment,
    question: Question | None,
    session: Session,
    catalogue: Catalogue,
    as_of: date,
    lead: str = "",
) -> Reply:
    """The reply for an assessment, with the next question where one still matters."""
    measure = assessment.measure
    standing = windows.measure_status(measure, catalogue, as_of)
    build = {
        Verdict.ELIGIBLE: _eligible,
        Verdict.PARTIALLY_ELIGIBLE: _eligible,
        Verdict.NOT_ELIGIBLE: _not_eligible,
        Verdict.NEEDS_INFO: _open,
    }[assessment.verdict]
    lines = [lead, *build(assessment, session, catalogue)]
    heard = _heard(measure, session, catalogue)
    asked = _asked(question)
    closing = [
        heard,
        wording.validity(standing, measure, catalogue),
        compose.source(_cited(assessment), catalogue),
        *asked,
    ]
    found = assessment.amount
    settled = assessment.verdict is not Verdict.NEEDS_INFO
    exact = settled and found.exact
    return Reply(
        compose.fit(ReplyKind.ELIGIBILITY, [line for line in lines if line], closing),
        ReplyKind.ELIGIBILITY,
        verdict=None if question is not None and not settled else assessment.outward,
        amount=found.low if exact else None,
        amount_min=found.low if settled else None,
        amount_max=found.high if settled else None,
        measures=(measure.id,),
        citations=compose.citations(_cited(assessment), catalogue),
        buttons=_buttons(measure, question),
    )


def _cited(assessment: Assessment) -> list[entries.Citation]:
    return wording.cited(assessment.measure, [assessment.track.track.cite or ""])


def _gains(assessment: Assessment, catalogue: Catalogue) -> str:
    measure = assessment.measure
    tracks = [result.track for result in _possible(assessment)]
    if len(tracks) > MOST_TRACKS:
        return measure.summary
    return wording.all_gains(measure, tracks or list(measure.tracks), catalogue)


def _possible(assessment: Assessment) -> list[TrackResult]:
    """Tracks in force whose conditions hold or still may; where some hold, only those."""
    alive = [one for one in assessment.tracks if one.standing.in_force and one.truth is not False]
    return [one for one in alive if one.truth] or alive


def _workings(assessment: Assessment) -> str:
    told = [line for one in assessment.amount.sums if _worked(one, assessment.measure) for line in one.workings]
    return "算一下：" + "；".join(told) + "。" if told else ""


def _worked(one: Sum, measure: Measure) -> bool:
    """Whether a sum says more than the rule does. Where only what was drawn before is unknown, it is the most there is."""
    caps = [getattr(benefit, "cap", None) for track in measure.tracks for benefit in track.benefits]
    drawn = {cap.used for cap in caps if cap}
    return one.known and drawn.issuperset(one.missing) and (one.high is not None or bool(one.low))


def _eligible(assessment: Assessment, session: Session, catalogue: Catalogue) -> list[str]:
    measure = assessment.measure
    part = "部分" if assessment.verdict is Verdict.PARTIALLY_ELIGIBLE else ""
    met = [result.track.label for result in assessment.tracks if result.truth]
    path = f"（按“{met[0]}”）" if met and len(measure.tracks) > 1 else ""
    lines = [
        f"按您说的情况，{part}符合“{measure.title}”{path}。",
        _workings(assessment) or _gains(assessment, catalogue),
    ]
    lines += [note.says.rstrip("。") + "。" for note in measure.stacking[:1]]
    lines.append(measure.how_to or wording.DELIVERY.get(measure.delivery, ""))
    checks = list(dict.fromkeys(caveat.says for caveat in assessment.caveats))
    lines.append("最终以主管部门审核为准" + (f"（{'；'.join(checks)[:60]}）" if checks else "") + "。")
    return lines


def _not_eligible(assessment: Assessment, session: Session, catalogue: Catalogue) -> list[str]:
    measure = assessment.measure
    lines = [f"按您说的情况，不符合“{measure.title}”的条件。"]
    for one in assessment.failing[:3]:
        told = session.known().get(one.fact or "")
        fact = catalogue.facts.get(one.fact or "")
        yours = f"（您说的是：{wording.fact_value(fact, told)}）" if fact and told is not None else ""
        lines.append(f"· 要求{one.says}{yours}")
    lines.append(measure.summary)
    return lines


def _open(assessment: Assessment, session: Session, catalogue: Catalogue) -> list[str]:
    measure = assessment.measure
    hangs = _hangs_on(assessment)
    lines = [
        f"“{measure.title}”能不能享受，还要看：{'；'.join(hangs[:3])}。"
        if hangs
        else f"“{measure.title}”还差一点信息。"
    ]
    lines.append(_gains(assessment, catalogue))
    return lines


def _hangs_on(assessment: Assessment) -> list[str]:
    """What the verdict still depends on, in words."""
    says = [leaf.says for leaf in assessment.track.undecided if leaf.says]
    return list(dict.fromkeys([*([assessment.open_reason] if assessment.open_reason else []), *says]))


def _premises(result: TrackResult) -> list[str]:
    """The conditions of one track that nothing told has settled; alternatives stand together as one."""
    whole = result.outcome
    parts = whole.parts if isinstance(whole.node, conditions.All) else (whole,)
    return [said for part in parts if part.truth is None and (said := wording.requirements(part.node, "且"))]


def needed_facts(measure: Measure, catalogue: Catalogue) -> dict[str, None]:
    """Facts a measure's conditions and sums depend on, and those from which these are worked out."""
    names = dict.fromkeys(sum_facts(measure))
    for track in measure.tracks:
        names |= {leaf.fact: None for leaf in conditions.leaves(track.conditions) if leaf.fact}
    for name in list(names):
        if name in catalogue.facts:
            names |= dict.fromkeys(derivations.reads(catalogue.facts[name]))
    return {name: None for name in names if name in catalogue.facts}


def sum_facts(measure: Measure) -> list[str]:
    """Facts a measure's sums are computed from."""
    benefits = [one for track in measure.tracks for one in track.benefits]
    return list(dict.fromkeys(name for one in benefits for name in catalogues.benefit_facts(one)))


def _heard(measure: Measure, session: Session, catalogue: Catalogue) -> str:
    """Facts for this measure read from this turn's words, shown so that a misreading can be corrected."""
    parts, wanted = [], needed_facts(measure, catalogue)
    for name, told in session.facts.items():
        fact = catalogue.facts.get(name)
        value = session.known()[name]
        if fact and name in wanted and told.turn == session.turn and not isinstance(value, Unknown):
            parts.append(f"{fact.label}={wording.fact_value(fact, value)}")
    return f"（我记下：{'，'.join(parts[:4])}；不对请直接改）" if parts else ""


def _asked(question: Question | None) -> list[str]:
    return [f"请问：{question.text}"] if question else []


def _buttons(measure: Measure, question: Question | None) -> tuple[Button, ...]:
    if question is None:
        how = (
            (Button("怎么办", f"how:{measure.id}"),) if measure.delivery is not Delivery.NONE or measure.how_to else ()
        )
        return (*how, _HUMAN)
    name = question.fact.id
    choices = tuple(Button(one.label[:20], f"a:{name}:{payloads.encode(one.value)}") for one in question.options)
    return (*choices, Button("不清楚", f"a:{name}:unsure"), Button("为什么问", "why"), Button("先不答了", "stop"))


def why(measure: Measure, asked: str | None, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """Which conditions need the fact asked for."""
    reasons = questions.why(asked, [measure], session.known(), catalogue, as_of) if asked else ()
    says = "；".join(dict.fromkeys(reason.says for reason in reasons))
    text = f"因为条件里写着：{says}。" if says else "这一项会影响能不能享受。"
    question = questions.next_question([measure], session.known(), catalogue, as_of)
    return Reply(
        compose.fit(ReplyKind.ELIGIBILITY, [text], _asked(question)),
        ReplyKind.ELIGIBILITY,
        measures=(measure.id,),
        buttons=_buttons(measure, question),
    )


def computed(
    measure: Measure,
    session: Session,
    catalogue: Catalogue,
    as_of: date,
    topic: Topic | None,
    text: str = "",
) -> Reply | None:
    """The sum for the numbers told, with workings. None where no benefit can be worked out from them."""
    facts = session.known()
    assessment = eligibility.assess(measure, facts, catalogue, as_of)
    if assessment.verdict is Verdict.NOT_ELIGIBLE:
        return card(assessment, None, session, catalogue, as_of)
    sums = [(result, one) for result in _possible(assessment) for one in result.sums if one.workings]
    usable = [(result, one) for result, one in sums if _worked(one, measure)]
    usable = _asked_for(_named_track(usable, topic), session)
    if not usable:
        return None
    reply = _sum_reply(measure, assessment, usable, session, catalogue, as_of)
    return _compared(reply, usable, facts) if _COMPARES.search(text) else reply


_COMPARES = re.compile(r"(比|跟|和).{0,4}(以前|原来|从前|原先|过去|之前|老)|多(拿|领|返|得|退|了)|相差|差多少")


def _compared(reply: Reply, usable: Sequence[_Pair], facts: Facts) -> Reply:
    """The same reply with what the new share brings over the one it replaced, said first."""
    for result, one in usable:
        benefit = next((b for b in result.track.benefits if b.id == one.benefit), None)
        if (
            isinstance(benefit, RateOf)
            and benefit.was is not None
            and isinstance(base := facts.get(benefit.of), Decimal)
        ):
            more = base * (benefit.rate - benefit.was)
            line = (
                f"比原来的{money.share(benefit.was)}多{money.yuan(more)}"
                f"（{money.yuan(base)} ×（{money.share(benefit.rate)} − {money.share(benefit.was)}）= {money.yuan(more)}）。"
            )
            return replace(reply, text=f"{line}\n{reply.text}", amount=more, amount_min=more, amount_max=more)
    return reply


def _named_track(usable: list[_Pair], topic: Topic | None) -> list[_Pair]:
    """Where the question names one track well before the others, that one; else all: no share is picked by chance."""
    if topic is None:
        return usable
    tracks = {result.track.id for result, _ in usable}
    likeness = {part: score for _, part, score in reversed(topic.parts) if part in tracks}
    ranked = sorted(likeness.items(), key=lambda item: -item[1])
    first = {part for _, part, _ in topic.parts[:2]}
    if not ranked or ranked[0][0] not in first or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < NAMED_AHEAD):
        return usable
    return [pair for pair in usable if pair[0].track.id == ranked[0][0]]


def _asked_for(usable: list[_Pair], session: Session) -> list[_Pair]:
    """Where numbers were told for some sums, those sums: 招了三个人 does not ask for the fixed sum of the self-employed."""

    def fed(pair: _Pair) -> bool:
        benefit = next(b for b in pair[0].track.benefits if b.id == pair[1].benefit)
        return any(name in session.facts for name in catalogues.benefit_facts(benefit))

    return [pair for pair in usable if fed(pair)] or usable


def _sum_reply(
    measure: Measure,
    assessment: Assessment,
    usable: Sequence[_Pair],
    session: Session,
    catalogue: Catalogue,
    as_of: date,
) -> Reply:
    sums: list[Sum] = [one for _, one in usable]
    distinct = {(one.low, one.high) for one in sums}
    first = sums[0]
    single = len(distinct) == 1
    lines = []
    if single:
        about = f"（{usable[0][0].track.label}）" if len(measure.tracks) > 1 else ""
        lines.append(f"{measure.title}{about}：{_headline(first)}")
        lines.append("算法：" + "；".join(first.workings) + "。")
    else:
        lines.append(f"{measure.title}，按不同情况：")
        seen = set()
        for result, one in usable:
            if (one.low, one.high) not in seen:
                seen.add((one.low, one.high))
                lines.append(f"· {result.track.label}：{'；'.join(one.workings)}")
    hangs = [one for one in _premises(usable[0][0]) if all(one in _premises(other) for other, _ in usable[1:])]
    if assessment.verdict is not Verdict.ELIGIBLE and hangs:
        lines.append(("前提：" if single else "都要：") + "；".join(hangs[:3]) + "。")
    lines += [note.says.rstrip("。") + "。" for note in measure.stacking[:1]]
    standing = windows.measure_status(measure, catalogue, as_of)
    cited = wording.cited(measure, [usable[0][0].track.cite or ""])
    closing = [
        "以主管部门审核为准。" + wording.validity(standing, measure, catalogue),
        compose.source(cited, catalogue),
    ]
    exact = single and first.low is not None and first.low == first.high
    most = single and (first.up_to or bool(first.missing))  # missing: what was drawn before; the most is told with it
    value = first.high if most else first.low
    return Reply(
        compose.fit(ReplyKind.COMPUTE, lines, closing),
        ReplyKind.COMPUTE,
        verdict=Outward.ELIGIBLE if assessment.verdict is Verdict.ELIGIBLE else None,
        amount=value if exact or most else None,
        amount_min=min((one.low for one in sums if one.low is not None), default=None),
        amount_max=max((one.high for one in sums if one.high is not None), default=None),
        measures=(measure.id,),
        citations=compose.citations(cited, catalogue),
        buttons=(Button("我能享受吗", f"check:{measure.id}"), _HUMAN),
    )


_VERBS = {
    Meaning.RECEIVE: "可得",
    Meaning.SAVE: "可少缴",
    Meaning.PAY: "应缴",
    Meaning.DEDUCT: "可扣除",
    Meaning.DEFER: "可缓缴",
}


def _headline(one: Sum) -> str:
    verb = _VERBS[one.meaning]
    if one.low is not None and one.low == one.high:
        text = f"{verb}{money.yuan(one.low)}"
    elif one.high is not None and (one.up_to or not one.low):
        text = f"最高{verb}{money.yuan(one.high)}"
    elif one.low is not None and one.high is not None:
        text = f"{verb}{money.yuan(one.low)}—{money.yuan(one.high)}"
    else:
        text = f"{verb}至少{money.yuan(one.low)}" if one.low is not None else verb
    if one.saved and one.saved[0] == one.saved[1]:
        text += f"（少缴{money.yuan(one.saved[0])}）"
    return text + "。"
