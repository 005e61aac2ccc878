"""The verdict beside an answer: what was told may have settled it, whatever was asked just now."""

from dataclasses import replace
from datetime import date

from handlers import hearing, memory
from handlers.reply import DEFAULT_LENGTH_LIMIT, Reply, ReplyKind
from handlers.session import Session
from policy_kb import described, eligibility
from policy_kb.catalogues import Catalogue
from policy_kb.eligibility import Assessment, Verdict
from policy_kb.entries import Measure


def beside(
    reply: Reply, measure: Measure, session: Session, catalogue: Catalogue, as_of: date, *, asked: bool = False
) -> Reply:
    """An answer about a measure with the verdict as far as what was told settles it; unchanged where nothing was.

    `asked`: it was asked whether one qualifies, so an open verdict is told too.
    """
    facts = memory.known(session, catalogue)
    told = hearing.needed_facts(measure, catalogue).keys() & facts.keys()
    before = any(session.facts[name].turn < session.turn for name in told)
    if not (before or (told and asked)) or reply.kind is not ReplyKind.ANSWER:
        return reply  # a question that only names an audience tells nothing of oneself
    assessment = eligibility.assess(measure, facts, catalogue, as_of)
    if (only := described.alone(assessment, facts)) is not None:
        assessment = eligibility.assess(only, facts, catalogue, as_of)
    checked = asked or (session.dialog is not None and measure.id in session.dialog.measures)
    if assessment.verdict is Verdict.NEEDS_INFO and not checked:
        return reply
    longer = f"{_line(assessment)}\n{reply.text}".strip()
    fits = len(longer) <= DEFAULT_LENGTH_LIMIT
    return replace(reply, verdict=assessment.outward, text=longer if fits else reply.text)


def _line(assessment: Assessment) -> str:
    if assessment.verdict is Verdict.ELIGIBLE:
        return "按您说的情况符合条件，以主管部门审核为准。"
    if assessment.verdict is Verdict.NOT_ELIGIBLE and assessment.failing:
        return f"按您说的情况不符合：要求{'；'.join(one.says for one in assessment.failing[:2])}。"
    return ""
