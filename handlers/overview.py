"""“What can I get”, over all measures: a few questions, then what is settled, and the offer to go on."""

import re
from dataclasses import dataclass
from datetime import date

from handlers import asking, compose, memory
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Dialog, Option, Session
from policy_kb import eligibility, money, questions, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.eligibility import Assessment, Verdict
from policy_kb.entries import Kind, Measure
from policy_kb.facts import Facts, Unknown
from policy_kb.questions import Question
from policy_kb.sums import Meaning, Sum

ROUND = 5
"""Questions after which results are shown."""
PAGE = 6
BRINGS = 26
"""Characters of a measure's gain in a list."""
RESULTS = Button("先看结果", "ov:page:0")
GO_ON = Button("接着问", "ov:go")


@dataclass(frozen=True)
class Settled:
    """How all measures in force stand: those that fit, those that may, and those that do not."""

    fits: list[Assessment]
    may: list[Assessment]
    not_: list[Assessment]

    @property
    def shown(self) -> list[Assessment]:
        """What a list shows, best first."""
        return [*self.fits, *self.may]


def claims(catalogue: Catalogue, as_of: date) -> list[Measure]:
    """What an owner can claim on the day."""
    return [
        one
        for one in catalogue.measures.values()
        if one.kind is Kind.CLAIM and windows.measure_status(one, catalogue, as_of).in_force
    ]


def settled(facts: Facts, catalogue: Catalogue, as_of: date) -> Settled:
    """All measures in force held against what is known."""
    fits, may, not_ = [], [], []
    for one in eligibility.assess_all(claims(catalogue, as_of), facts, catalogue, as_of):
        match one.verdict:
            case Verdict.ELIGIBLE | Verdict.PARTIALLY_ELIGIBLE:
                fits.append(one)
            case Verdict.NEEDS_INFO:
                may.append(one)
            case _:
                not_.append(one)
    fits.sort(key=lambda one: -(one.amount.high or 0))
    may.sort(key=lambda one: _distance(one, facts))
    return Settled(fits, may, not_)


def _distance(one: Assessment, facts: Facts) -> tuple[float, int]:
    """How far it is from being settled: the share of its conditions that is still open, then their number."""
    leaves = [leaf for leaf in one.track.outcome.leaves() if leaf.fact]
    met = sum(leaf.truth is True for leaf in leaves)
    return -met / (len(one.open) + met or 1), len(one.open)


_ALL = re.compile(
    r"^(请问|帮我看看|帮我查查|看看|查查|想问)?(我|我们|咱|咱们|俺)(家|这个|这种)?(小)?(店|厂|公司|企业)?(能|可以|够格?)?"
    r"(享受|领|拿|申请|用)(得?到)?(哪些|什么|哪样|些什么|啥子?)(惠企)?(政策|补贴|优惠|补助|扶持|奖补|好处|钱)?[呢啊呀吗？?。]*$"
)


def asked_for(text: str) -> bool:
    """Whether a message asks what oneself can have, and nothing else."""
    return bool(_ALL.match(text))


def begin(session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """The check over everything begins, or begins anew with what is known."""
    session.dialog = Dialog(as_of=as_of.isoformat())
    return ask(session, catalogue, as_of)


def is_under_way(session: Session) -> bool:
    """Whether the dialog is about all measures."""
    return session.dialog is not None and not session.dialog.measures


def next_question(session: Session, catalogue: Catalogue, as_of: date) -> Question | None:
    """The question that decides most over all measures. 5–20 ms."""
    return questions.next_question(claims(catalogue, as_of), memory.known(session, catalogue), catalogue, as_of)


def step(session: Session, catalogue: Catalogue, as_of: date, lead: str = "") -> Reply:
    """After an answer: the next question, or what is settled where enough was asked."""
    if session.dialog is not None:
        session.dialog.answered += 1
        if session.dialog.answered >= ROUND:
            return page("0", session, catalogue, as_of, lead)
    return ask(session, catalogue, as_of, lead)


def ask(session: Session, catalogue: Catalogue, as_of: date, lead: str = "") -> Reply:
    """The next question, with how far things are."""
    session.dialog = session.dialog or Dialog(as_of=as_of.isoformat())
    question = next_question(session, catalogue, as_of)
    if question is None:
        return page("0", session, catalogue, as_of, lead)
    session.dialog.asked, session.options = question.fact.id, []
    facts = memory.known(session, catalogue)
    if any(not isinstance(value, Unknown) for value in facts.values()):
        found = settled(facts, catalogue, as_of)
        so_far = f"到目前：符合{len(found.fits)}项，可能{len(found.may)}项，已排除{len(found.not_)}项。"
    else:
        so_far = f"我问几个问题（先问{ROUND}个），看您能享受哪些；点按钮或直接说都行。"
    return Reply(
        compose.fit(
            ReplyKind.ELIGIBILITY, [lead, so_far] if lead else [so_far],
            [memory.heard(session, catalogue), *asking.lines(question)],
        ),
        ReplyKind.ELIGIBILITY,
        buttons=(*asking.choices(question), asking.WHY, RESULTS, asking.STOP),
    )  # fmt: skip


def page(rest: str, session: Session, catalogue: Catalogue, as_of: date, lead: str = "") -> Reply:
    """What is settled, a page at a time; the questions may go on afterwards."""
    number = int(rest) if rest.isdigit() else 0
    found = settled(memory.known(session, catalogue), catalogue, as_of)
    shown = found.shown[number * PAGE : (number + 1) * PAGE]
    if session.dialog is not None:
        session.dialog.asked, session.dialog.answered = None, 0
    goes_on = next_question(session, catalogue, as_of) is not None
    lines = [lead] if lead else []
    lines.append(
        f"按您说的情况，{money.day(as_of)}：符合{len(found.fits)}项，可能符合{len(found.may)}项，不符合{len(found.not_)}项。"
    )
    for i, one in enumerate(shown, 1):
        mark = "【符合】" if one in found.fits else "【可能】"
        lines.append(f"{i}. {mark}{one.measure.title}：{brings(one, catalogue)}")
    closing = ["点名称看细节，最终以主管部门审核为准。", memory.heard(session, catalogue)]
    if goes_on:
        closing.append("还没定的可以接着问，随时能停。")
    actions = [(one.measure.title, f"check:{one.measure.id}") for one in shown]
    if len(found.shown) > (number + 1) * PAGE:
        actions.append(("更多", f"ov:page:{number + 1}"))
    session.options = [Option(label=label, action=action) for label, action in actions]
    buttons = [Button(label[:16], action) for label, action in actions]
    if goes_on:
        buttons.append(GO_ON)
    if found.not_:
        buttons.append(Button("不符合的", "ov:not:0"))
    cited = [citation for one in shown for citation in wording.cited(one.measure)]
    return Reply(
        compose.fit(ReplyKind.LIST, lines, [*closing, compose.source(compose.documents_once(cited), catalogue)]),
        ReplyKind.LIST,
        measures=tuple(one.measure.id for one in shown),
        citations=compose.citations(cited, catalogue),
        buttons=tuple(buttons),
    )


def refused(rest: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """What does not fit and the condition that decides it, a page at a time."""
    number = int(rest) if rest.isdigit() else 0
    facts = memory.known(session, catalogue)
    found = settled(facts, catalogue, as_of).not_
    shown = found[number * 2 * PAGE : (number + 1) * 2 * PAGE]
    lines = [f"不符合的{len(found)}项："]
    for one in shown:
        why = one.failing[0].says if one.failing else ""
        lines.append(f"· {one.measure.title}：要求{why}" if why else f"· {one.measure.title}")
    more = len(found) > (number + 1) * 2 * PAGE
    buttons = ((Button("更多", f"ov:not:{number + 1}"),) if more else ()) + (Button("回到结果", "ov:page:0"),)
    lines.append("哪一条跟您的实际不符，直接说，我重新算。")
    return Reply(
        compose.fit(ReplyKind.LIST, lines),
        ReplyKind.LIST,
        measures=tuple(one.measure.id for one in shown),
        buttons=buttons,
    )


def pressed(rest: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """A button of the overview. `rest`: what stands behind ov:."""
    verb, _, number = rest.partition(":")
    if verb == "go":
        session.dialog = Dialog(as_of=as_of.isoformat())
        return ask(session, catalogue, as_of)
    if verb == "not":
        return refused(number, session, catalogue, as_of)
    return page(number, session, catalogue, as_of)


def why(session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """Which measures need the fact asked for."""
    asked = session.dialog.asked if session.dialog else None
    facts = memory.known(session, catalogue)
    reasons = questions.why(asked, claims(catalogue, as_of), facts, catalogue, as_of) if asked else ()
    by_measure = {one.measure: one.says for one in reversed(reasons)}
    named = [f"· {catalogue.measures[name].title}：{says}" for name, says in list(by_measure.items())[:4]]
    rest = f"等{len(by_measure)}项" if len(by_measure) > len(named) else ""
    question = next_question(session, catalogue, as_of)
    lines = [f"因为这些政策{rest}要看这一项：", *named] if named else ["这一项会影响能不能享受。"]
    return Reply(
        compose.fit(ReplyKind.ELIGIBILITY, lines, asking.lines(question)),
        ReplyKind.ELIGIBILITY,
        buttons=(*asking.choices(question), RESULTS, asking.STOP) if question else (),
    )


_VERBS = {Meaning.RECEIVE: "", Meaning.SAVE: "少缴", Meaning.PAY: "应缴", Meaning.DEDUCT: "扣除", Meaning.DEFER: "缓缴"}


def brings(assessment: Assessment, catalogue: Catalogue) -> str:
    """What a measure brings, in a few words: the sum where it is known, else the rule."""
    sums = [one for one in assessment.amount.sums if one.known and not one.missing]
    if len(sums) == 1 and (text := _sum(sums[0])):
        return text
    gains = [wording.benefit(one, catalogue).removeprefix(f"{one.label}：") for one in assessment.track.track.benefits]
    gain = "；".join(gains) or assessment.measure.summary
    return gain if len(gain) <= BRINGS else gain[: BRINGS - 1].rstrip("，；、：") + "…"


def _sum(one: Sum) -> str:
    per = {"month": "每月", "year": "每年"}.get(one.per, "")
    verb = _VERBS[one.meaning]
    if one.low is not None and one.low == one.high:
        return f"{per}{verb}{money.yuan(one.low)}"
    if one.high is not None:
        return f"{per}最高{verb}{money.yuan(one.high)}"
    return ""
