"""A sum worked out from the numbers told: headline, workings, premises, what is missing."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from handlers import compose, memory, verdicts
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from handlers.topics import Topic
from policy_kb import catalogues, eligibility, money, windows, wording
from policy_kb.benefits import RateOf
from policy_kb.catalogues import Catalogue
from policy_kb.eligibility import Assessment, Outward, TrackResult, Verdict
from policy_kb.entries import Measure
from policy_kb.facts import Facts
from policy_kb.sums import Meaning, Sum

NAMED_AHEAD = 0.15
"""How much liker than the next track one must be to be the one the question names."""
_HUMAN = Button("转人工", "human")
_Pair: TypeAlias = tuple[TrackResult, Sum]


def computed(
    measure: Measure,
    session: Session,
    catalogue: Catalogue,
    as_of: date,
    topic: Topic | None,
    text: str = "",
) -> Reply | None:
    """The sum for the numbers told, with workings. None where no benefit can be worked out from them."""
    facts = memory.known(session, catalogue)
    assessment = eligibility.assess(measure, facts, catalogue, as_of)
    if assessment.verdict is Verdict.NOT_ELIGIBLE:
        return verdicts.card(assessment, None, session, catalogue, as_of)
    sums = [(result, one) for result in verdicts.possible(assessment) for one in result.sums if one.workings]
    usable = [(result, one) for result, one in sums if verdicts.worked(one, measure)]
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
    lines: list[str] = []
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
    hangs = [
        one
        for one in verdicts.premises(usable[0][0])
        if all(one in verdicts.premises(other) for other, _ in usable[1:])
    ]
    if assessment.verdict is not Verdict.ELIGIBLE and hangs:
        lines.append(("前提：" if single else "都要：") + "；".join(hangs[:3]) + "。")
    lines += [_missing(sums, catalogue), *(note.says.rstrip("。") + "。" for note in measure.stacking[:1])]
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
        compose.fit(ReplyKind.COMPUTE, [line for line in lines if line], closing),
        ReplyKind.COMPUTE,
        verdict=Outward.ELIGIBLE if assessment.verdict is Verdict.ELIGIBLE else None,
        amount=value if exact or most else None,
        amount_min=min((one.low for one in sums if one.low is not None), default=None),
        amount_max=max((one.high for one in sums if one.high is not None), default=None),
        measures=(measure.id,),
        citations=compose.citations(cited, catalogue),
        buttons=(Button("我能享受吗", f"check:{measure.id}"), _HUMAN),
    )


def _missing(sums: Sequence[Sum], catalogue: Catalogue) -> str:
    """Numbers not told that would make the sum exact."""
    names = dict.fromkeys(name for one in sums for name in one.missing if name in catalogue.facts)
    labels = [catalogue.facts[name].label for name in names]
    return f"还没说{'、'.join(labels[:2])}，说了能算准。" if labels else ""


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
        text = f"{verb}{money.both(one.low)}"
    elif one.high is not None and (one.up_to or not one.low):
        text = f"最高{verb}{money.yuan(one.high)}"
    elif one.low is not None and one.high is not None:
        text = f"{verb}{money.yuan(one.low)}—{money.yuan(one.high)}"
    else:
        text = f"{verb}至少{money.yuan(one.low)}" if one.low is not None else verb
    if one.saved and one.saved[0] == one.saved[1]:
        text += f"（少缴{money.yuan(one.saved[0])}）"
    return text + "。"
