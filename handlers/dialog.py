"""“Can I get it, and how much”: facts told are taken in, the verdict is said as far as settled, one question below it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from handlers import answers, asking, compose, computing, hearing, memory, overview, payloads, verdicts
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Dialog, Session
from handlers.topics import SURE_FROM, Topic
from nlu import fact_reading
from nlu.fact_reading import Reading
from nlu.understanding import Understanding
from policy_kb import described, eligibility, money, questions, windows
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure
from policy_kb.facts import Unknown, Why
from policy_kb.questions import Question

_CANCEL = re.compile(r"^(算了|取消|退出|停|不弄了|不测了|先不看了|不用了|不想答了|不做了|重来|重新开始)")
_ASKS = re.compile(r"[吗么呢？?]|什么|哪|怎么|多少|几|谁|何时|能不能|是不是|有没有|可不可以|行不行|给多|咋")
_RESULTS = re.compile(r"^(先)?看(一下)?结果|^结果(呢|是什么)|先看看?(能|可以)")
_WHY = re.compile(r"^(为什么|为啥|咋个|干嘛|干什么)(要|还要)?(问|知道)|^问这个(干|做)")
_WRONG = re.compile(r"^(不对|错了|说错了|不是这样|记错了|你记错了|弄错了|填错了|点错了|选错了)[了啊吧呀，,。！!]*$")


def about(measure: Measure, as_of: date) -> Dialog:
    """A dialog that settles one measure."""
    return Dialog(measures=[measure.id], as_of=as_of.isoformat())


def begin(measure: Measure, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """The check a button asks for."""
    standing = windows.measure_status(measure, catalogue, as_of)
    if not standing.in_force:
        return _over(measure, session, catalogue, as_of)
    session.dialog = about(measure, as_of)
    return verdict(measure, session, catalogue, as_of)


def _over(measure: Measure, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """The measure is not in force (any more): there is nothing to settle."""
    session.dialog = None
    return answers.answer(Topic(measure, measure, 1.0, 1.0), "status", catalogue, as_of)


def carry_on(
    said: Understanding, session: Session, found: Sequence[Topic], catalogue: Catalogue, as_of: date
) -> Reply | None:
    """The next step of a dialog under way. None when the message is about something else: the dialog waits."""
    if overview.asked_for(said.text) and not memory.known(session, catalogue):
        return overview.begin(session, catalogue, as_of)
    if session.dialog is not None:
        if (small := _small(said, session, catalogue, as_of)) is not None:
            return small
        if overview.is_under_way(session):
            return _carry_on_all(said, session, found, catalogue, as_of)
    measure = _measure_in_hand(session, catalogue)
    if measure is None:
        return _gone(session) if session.dialog and not _ASKS.search(said.text) else None
    return _carry_on_one(measure, said, session, found, catalogue, as_of)


def _carry_on_one(
    measure: Measure,
    said: Understanding,
    session: Session,
    found: Sequence[Topic],
    catalogue: Catalogue,
    as_of: date,
) -> Reply | None:
    """The next step of the dialog about one measure."""
    top = found[0] if found else None
    readings = hearing.read(said, measure, session, catalogue)
    relevant = {fact.id for fact in hearing.wanted_facts(measure, catalogue)}
    elsewhere = _elsewhere(said, measure, top, session, readings, relevant)
    if not (elsewhere and _ASKS.search(said.text)):
        readings |= hearing.answered(said, session, readings, catalogue)
    telling = bool(relevant & set(readings)) and not elsewhere
    if not _concerns(said, session, top, telling=telling, elsewhere=elsewhere):
        return None
    if not windows.measure_status(measure, catalogue, as_of).in_force:
        return _over(measure, session, catalogue, as_of) if session.dialog else None
    memory.learn(session, readings, catalogue)
    if not telling and session.dialog and not _ASKS.search(said.text):
        if readings:
            return verdict(measure, session, catalogue, as_of)
        return verdict(measure, session, catalogue, as_of, lead=NOT_UNDERSTOOD, short=True)
    memory.focus(session, Topic(measure, measure, 1.0, 0.0, carried=True), "qualify")
    if set(hearing.sum_facts(measure)) & set(readings) or said.likelihood("compute", "amount") >= 0.5:
        computed = computing.computed(measure, session, catalogue, as_of, None, said.text)
        if computed is not None:
            return computed
    lead = _resumed(session, as_of)
    session.dialog = session.dialog or about(measure, as_of)
    return verdict(measure, session, catalogue, as_of, lead=lead)


def _concerns(said: Understanding, session: Session, top: Topic | None, *, telling: bool, elsewhere: bool) -> bool:
    """Whether a message carries the dialog on (or steps into one), and does not ask for something else."""
    asks_aspect = (
        bool(_ASKS.search(said.text))
        and said.likelihood("qualify", "compute", "tell", "correct", "deny", "affirm") < 0.35
    )
    if session.dialog is not None:
        return not (elsewhere or (asks_aspect and not telling))
    return (
        telling
        and (not asks_aspect or said.label in {"qualify", "compute", "correct"})
        and (said.label == "correct" or not (top and top.named >= 0.25))
    )


NOT_UNDERSTOOD = "这句我没听明白，点下面的选项，或说“不清楚”也行。"


def _small(said: Understanding, session: Session, catalogue: Catalogue, as_of: date) -> Reply | None:
    """Words about the dialog itself: stop, why, results, that was wrong."""
    if _CANCEL.match(said.text):
        return stopped(session)
    if _WHY.match(said.text):
        return why(session, catalogue, as_of)
    if _RESULTS.match(said.text):
        return overview.page("0", session, catalogue, as_of)
    asked = session.dialog.asked if session.dialog else None
    fact = catalogue.facts.get(asked or "")
    if _WRONG.match(said.text) and not (
        fact and fact_reading.answer(fact, said.text, said.quantities) and fact.words.no
    ):
        return edit(session, catalogue)
    return None


def stopped(session: Session) -> Reply:
    """The owner wants to answer no more; nothing told is lost."""
    session.dialog = None
    return Reply("好的，先不确认了。您说过的情况我还记着，随时可以接着问。", ReplyKind.CLARIFY)


def _gone(session: Session) -> Reply:
    """What was being settled is no longer in the catalogue."""
    session.dialog = None
    return Reply(
        "刚才在确认的那项政策已经更新或撤下了，不用再答。您说过的情况我还记着，可以看看现在能享受哪些。",
        ReplyKind.CLARIFY,
        buttons=(Button("我能享受哪些", "check_all"), Button("转人工", "human")),
    )


def _carry_on_all(
    said: Understanding, session: Session, found: Sequence[Topic], catalogue: Catalogue, as_of: date
) -> Reply | None:
    """The next step of the check over all measures."""
    top = found[0] if found else None
    readings = dict(said.told or {})
    asks = bool(_ASKS.search(said.text))
    named = top is not None and not top.carried and top.score >= SURE_FROM
    if asks and (named or not readings):
        return None
    readings |= hearing.answered(said, session, readings, catalogue)
    memory.learn(session, readings, catalogue)
    if readings:
        return overview.step(session, catalogue, as_of, lead=_resumed(session, as_of))
    if session.dialog is not None and session.dialog.asked is None:
        return None  # results are shown, nothing is asked: a new subject
    return overview.ask(session, catalogue, as_of, lead=NOT_UNDERSTOOD)


def _resumed(session: Session, as_of: date) -> str:
    """That an older dialog goes on, where the day is another."""
    dialog = session.dialog
    if dialog is None or not dialog.as_of or dialog.as_of == as_of.isoformat():
        return ""
    since = date.fromisoformat(dialog.as_of)
    dialog.as_of = as_of.isoformat()
    return f"接着{money.day(since)}的确认，按今天（{money.day(as_of)}）的规定算。"


def _elsewhere(
    said: Understanding,
    measure: Measure,
    top: Topic | None,
    session: Session,
    readings: dict[str, Reading],
    relevant: set[str],
) -> bool:
    """Whether a message has left the measure in hand for another entry."""
    if top is None or top.carried or top.entry.id == measure.id or top.score < SURE_FROM:
        return False
    if session.dialog and not _ASKS.search(said.text):
        return False  # a plain statement in a dialog is an answer, whatever else it reminds of
    if said.label == "correct" and said.confidence >= 0.5 and relevant & set(readings):
        return False  # 说错了，失业保险费是20万 is not about the rate of that insurance
    names = (top.entry.title, *top.entry.aliases)
    # The other measure may only be named in the answer (没领过吸纳就业补贴).
    return not any(name in reading.words for name in names for reading in readings.values())


def _measure_in_hand(session: Session, catalogue: Catalogue) -> Measure | None:
    """The measure a dialog settles; without a dialog the one last talked about."""
    names = session.dialog.measures if session.dialog else session.focus[:1]
    return next((catalogue.measures[name] for name in names if name in catalogue.measures), None)


def _question(measure: Measure, session: Session, catalogue: Catalogue, as_of: date) -> Question | None:
    return questions.next_question([measure], memory.known(session, catalogue), catalogue, as_of)


def verdict(
    measure: Measure, session: Session, catalogue: Catalogue, as_of: date, lead: str = "", *, short: bool = False
) -> Reply:
    """The verdict as far as it is settled; below it the one question that still matters. `short`: just these two."""
    known = memory.known(session, catalogue)
    assessment = eligibility.assess(measure, known, catalogue, as_of)
    if (only := described.alone(assessment, known)) is not None:
        measure, assessment = only, eligibility.assess(only, known, catalogue, as_of)
    question = None
    if assessment.verdict in {"needs_info", "partially_eligible"}:
        question = _question(measure, session, catalogue, as_of)
    if session.dialog is not None:
        session.dialog.asked = question.fact.id if question else None
        if question is None:
            session.dialog = None
    if question is not None:
        session.options = []  # 3 is now an answer and not the third of a list shown before
    return verdicts.card(assessment, question, session, catalogue, as_of, lead, short=short)


def pending(session: Session) -> str | None:
    """The fact a dialog waits for."""
    return session.dialog.asked if session.dialog else None


def back(reply: Reply, waiting: str | None, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """A reply to something asked in between, with the question that still waits and the way back to it."""
    dialog = session.dialog
    if waiting is None or dialog is None or dialog.asked is None or reply.kind in _OWN_WAY:
        return reply
    if any(button.action.startswith(("a:", "ov:", "edit:")) for button in reply.buttons):
        return reply
    measure = _measure_in_hand(session, catalogue)
    if overview.is_under_way(session):
        name, question = "能享受哪些", overview.next_question(session, catalogue, as_of)
    elif measure is not None:
        name, question = f"“{measure.title}”", _question(measure, session, catalogue, as_of)
    else:
        return reply
    if question is None:
        session.dialog = None
        return reply
    dialog.asked = question.fact.id
    text = compose.added(reply, f"刚才{name}还没确认完：{question.text}")
    return replace(reply, text=text, buttons=(*reply.buttons, Button("接着确认", "resume")))


def asked_again(lead: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """An answer that cannot be meant: says so, and the question stands again."""
    if pending(session) is None:
        return Reply(lead, ReplyKind.CLARIFY)
    return _next(session, catalogue, as_of, lead, answered=False)


_OWN_WAY = {ReplyKind.ELIGIBILITY, ReplyKind.HANDOFF, ReplyKind.REFUSE}


def resume(session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """Back to the question that waits."""
    lead = _resumed(session, as_of)
    if overview.is_under_way(session):
        return overview.ask(session, catalogue, as_of, lead)
    measure = _measure_in_hand(session, catalogue)
    if measure is None:
        return _gone(session)
    if not windows.measure_status(measure, catalogue, as_of).in_force:
        return _over(measure, session, catalogue, as_of)
    session.dialog = session.dialog or about(measure, as_of)
    return verdict(measure, session, catalogue, as_of, lead)


def button(verb: str, rest: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """An answer, a skip, a why or a stop pressed in a dialog."""
    if verb == "stop":
        return stopped(session)
    if verb == "why":
        return why(session, catalogue, as_of)
    lead = _resumed(session, as_of)
    asked = pending(session)
    name, _, value = rest.partition(":") if verb == "a" else (asked or "", "", "")
    fact = catalogue.facts.get(name)
    if fact is None:
        return _next(session, catalogue, as_of, "这个问题已经更新，换一个问法：", answered=False)
    try:
        told = Unknown(Why.DECLINED) if verb == "skip" else payloads.decode(fact, value)
    except payloads.StalePayloadError:
        return _next(session, catalogue, as_of, "这个选项已经更新，请重新选：", answered=False)
    memory.tell(session, fact.id, told)
    return _next(session, catalogue, as_of, lead, answered=True)


def _unplaced(session: Session) -> Reply:
    """A button of a dialog that is long over."""
    if session.dialog is not None:
        return _gone(session)
    return Reply(
        "记下了。这是之前的问题，现在没有在确认的政策；可以看看您能享受哪些。",
        ReplyKind.CLARIFY,
        buttons=(Button("我能享受哪些", "check_all"), Button("转人工", "human")),
    )


def _next(session: Session, catalogue: Catalogue, as_of: date, lead: str, *, answered: bool) -> Reply:
    if overview.is_under_way(session):
        go = overview.step if answered else overview.ask
        return go(session, catalogue, as_of, lead)
    measure = _measure_in_hand(session, catalogue)
    if measure is None:
        return _unplaced(session)
    if not windows.measure_status(measure, catalogue, as_of).in_force:
        return _over(measure, session, catalogue, as_of)
    session.dialog = session.dialog or about(measure, as_of)
    return verdict(measure, session, catalogue, as_of, lead, short=not answered)


def why(session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """Which conditions need the fact asked for."""
    if overview.is_under_way(session):
        return overview.why(session, catalogue, as_of)
    measure = _measure_in_hand(session, catalogue)
    if measure is None:
        return _gone(session)
    return verdicts.why(measure, pending(session), session, catalogue, as_of)


def edit(session: Session, catalogue: Catalogue) -> Reply:
    """Which of the answers given is to be changed."""
    measure = _measure_in_hand(session, catalogue) if session.dialog and session.dialog.measures else None
    known = [name for name, value in memory.known(session, catalogue).items() if not isinstance(value, Unknown)]
    wanted = hearing.needed_facts(measure, catalogue) if measure else {}
    first = [name for name in known if name in wanted] or known
    if not first:
        return Reply("还没有记下什么，直接说您的情况就行。", ReplyKind.CLARIFY)
    buttons = tuple(Button(catalogue.facts[name].label[:16], f"edit:{name}") for name in first[-MOST_EDITS:])
    return Reply("哪一项要改？点一下，或直接说，例如“不对，是35个人”。", ReplyKind.CLARIFY, buttons=buttons)


MOST_EDITS = 12


def ask_anew(name: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """A fact already answered is asked again; the verdict follows the new answer."""
    fact = catalogue.facts.get(name)
    measure = _measure_in_hand(session, catalogue)
    if fact is None or (measure is None and not overview.is_under_way(session)):
        return edit(session, catalogue)
    if session.dialog is None and measure is not None:
        session.dialog = about(measure, as_of)
    if session.dialog is not None:
        session.dialog.asked = fact.id
    session.options = []
    question = asking.plain(fact)
    if measure is not None:
        without = {key: value for key, value in memory.known(session, catalogue).items() if key != fact.id}
        asked = questions.next_question([measure], without, catalogue, as_of)
        question = asked if asked is not None and asked.fact.id == fact.id else question
    return Reply(
        f"请问：{fact.question}", ReplyKind.ELIGIBILITY, buttons=(*asking.choices(question), Button("不改了", "resume"))
    )
