"""“Can I get it, and how much”: facts told are taken in, the verdict is said as far as settled, one question below it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from handlers import answers, compose, memory, payloads, verdicts
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Dialog, Session, Told
from handlers.topics import SURE_FROM, Topic
from nlu import fact_reading
from nlu.fact_reading import Reading
from nlu.understanding import Understanding
from policy_kb import derivations, eligibility, questions, values, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure
from policy_kb.facts import Fact, Unknown, Why

_CANCEL = re.compile(r"^(算了|取消|退出|停|不弄了|不测了|先不看了|不用了|不想答了|不做了|重来|重新开始)")
_ASKS = re.compile(r"[吗么呢？?]|什么|哪|怎么|多少|几|能不能|是不是|有没有|可不可以|行不行|给多|咋")
_CAN = re.compile(
    r"能不能|可不可以|行不行|有没有份|有份|够格|够不够|符合|拿得到|拿不拿得到|领得到|给不给|"
    r"(能|可以|可|算|还给).{0,14}([吗么不吧噶没]|[？?])|享受|申请|还能|是不是可以|有我.{0,2}份"
)
_LISTS = re.compile(r"哪些|哪几|是哪|名单|有几个|几个行业|叫什么")
_PERSONAL = re.compile(r"我|咱|俺|本(公司|店|厂|人|单位)|你看|帮我|集团|老板|自己")


def wanted_facts(measure: Measure, catalogue: Catalogue) -> list[Fact]:
    """Facts a measure's conditions and sums depend on."""
    return [catalogue.facts[name] for name in verdicts.needed_facts(measure, catalogue)]


def read(said: Understanding, measure: Measure | None, session: Session, catalogue: Catalogue) -> dict[str, Reading]:
    """Facts in a message: by phrase, by cue, and, for the measure in hand, the one sum or number it asks for."""
    readings = dict(said.told or {})
    if measure is not None:
        cued = fact_reading.bind(said.text, said.quantities, wanted_facts(measure, catalogue))
        left = [q for q in said.quantities if q.start not in {reading.at for reading in cued.values()}]
        sums = [catalogue.facts[name] for name in verdicts.sum_facts(measure) if name in catalogue.facts]
        if not derived_told(sums, cued):
            cued |= fact_reading.bind(said.text, left, [fact for fact in sums if fact.id not in cued], alone=True)
        readings |= cued
    return readings


def derived_told(sums: Sequence[Fact], readings: dict[str, Reading]) -> bool:
    """Whether the parts of a sum were told, so that no bare number may stand for the whole."""
    return any(part in readings for fact in sums for part in derivations.reads(fact))


def start(said: Understanding, topic: Topic, session: Session, catalogue: Catalogue, as_of: date) -> Reply | None:
    """The verdict or sum for a measure just named, where the question is about the owner's own case."""
    measure = topic.entry
    if not isinstance(measure, Measure):
        return None
    readings = read(said, measure, session, catalogue)
    relevant = {fact.id for fact in wanted_facts(measure, catalogue)}
    told_here = {name: reading for name, reading in readings.items() if name in relevant}
    own = bool(_PERSONAL.search(said.text)) or topic.carried or bool(told_here)
    computes = said.likelihood("compute") >= 0.35 and bool(told_here)
    known_here = relevant & (set(told_here) | set(session.facts))
    own = own or bool(known_here)
    can = bool(_CAN.search(said.text)) and bool(known_here) and not _LISTS.search(said.text)
    qualifies = own and not _LISTS.search(said.text) and (said.likelihood("qualify", "tell") >= 0.4 or can)
    sums = set(verdicts.sum_facts(measure)) | {
        part
        for name in verdicts.sum_facts(measure)
        if name in catalogue.facts
        for part in derivations.reads(catalogue.facts[name])
    }
    if own:
        memory.learn(session, readings)
    asks_sum = bool(sums & set(told_here)) and said.likelihood("compute", "amount", "tell", "qualify") >= 0.3
    if not (computes or qualifies or asks_sum):
        return None
    in_view = answers.tracks_in_view(
        topic, measure, answers.best_points(topic, measure.points, said.about), catalogue, as_of
    )
    if not relevant or not any(windows.status(track, measure, catalogue, as_of).in_force for track in in_view):
        return None
    memory.learn(session, readings)
    if computes or asks_sum:
        if (reply := verdicts.computed(measure, session, catalogue, as_of, topic, said.text)) is not None:
            return reply
        if not qualifies:
            return None
    session.dialog = Dialog(measures=[measure.id], as_of=as_of.isoformat())
    return verdict(measure, session, catalogue, as_of)


def knows_enough(said: Understanding, measure: Measure, session: Session, catalogue: Catalogue) -> bool:
    """Whether facts told before settle more than what the documents leave open (还能兑吗, with the sum used up told)."""
    told = set(session.facts) | set(said.told or {})
    return (
        bool(_CAN.search(said.text))
        and not _LISTS.search(said.text)
        and any(fact.id in told for fact in wanted_facts(measure, catalogue))
    )


def begin(measure: Measure, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """The check a button asks for."""
    standing = windows.measure_status(measure, catalogue, as_of)
    if not standing.in_force:
        return answers.answer(Topic(measure, measure, 1.0, 1.0), "status", catalogue, as_of)
    session.dialog = Dialog(measures=[measure.id], as_of=as_of.isoformat())
    return verdict(measure, session, catalogue, as_of)


def carry_on(
    said: Understanding, session: Session, found: Sequence[Topic], catalogue: Catalogue, as_of: date
) -> Reply | None:
    """The next step of a dialog under way. None when the message is about something else: the dialog waits."""
    measure = _measure_in_hand(session, catalogue)
    if measure is None:
        return None
    if session.dialog and _CANCEL.match(said.text):
        session.dialog = None
        return Reply("好的，先不确认了。您说过的情况我还记着，随时可以接着问。", ReplyKind.CLARIFY)
    top = found[0] if found else None
    readings = read(said, measure, session, catalogue)
    relevant = {fact.id for fact in wanted_facts(measure, catalogue)}
    elsewhere = _elsewhere(said, measure, top, session, readings, relevant)
    asked = catalogue.facts.get(session.dialog.asked or "") if session.dialog else None
    changes_subject = elsewhere and bool(_ASKS.search(said.text))
    if asked is not None and asked.id not in readings and not changes_subject:
        answered = fact_reading.answer(asked, said.text, said.quantities)
        readings |= {asked.id: answered} if answered else {}
    telling = bool(relevant & set(readings)) and not elsewhere
    asks_aspect = (
        bool(_ASKS.search(said.text))
        and said.likelihood("qualify", "compute", "tell", "correct", "deny", "affirm") < 0.35
    )
    if session.dialog is None:
        steps_in = (
            telling
            and (not asks_aspect or said.label in {"qualify", "compute", "correct"})
            and (said.label == "correct" or not (top and top.named >= 0.25))
        )
        if not steps_in:
            return None
    elif elsewhere or (asks_aspect and not telling):
        return None
    if not telling and session.dialog and not _ASKS.search(said.text):
        memory.learn(session, readings)
        return verdict(measure, session, catalogue, as_of, lead="这句我没听明白。" if not readings else "记下了。")
    memory.learn(session, readings)
    memory.focus(session, Topic(measure, measure, 1.0, 0.0, carried=True), "qualify")
    if not windows.measure_status(measure, catalogue, as_of).in_force:
        return None
    if set(verdicts.sum_facts(measure)) & set(readings) or said.likelihood("compute", "amount") >= 0.5:
        computed = verdicts.computed(measure, session, catalogue, as_of, None, said.text)
        if computed is not None:
            return computed
    session.dialog = session.dialog or Dialog(measures=[measure.id], as_of=as_of.isoformat())
    return verdict(measure, session, catalogue, as_of)


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
    names: Iterable[str] = [*(session.dialog.measures if session.dialog else []), *session.focus[:1]]
    return next((catalogue.measures[name] for name in names if name in catalogue.measures), None)


def verdict(measure: Measure, session: Session, catalogue: Catalogue, as_of: date, lead: str = "") -> Reply:
    """The verdict as far as it is settled; below it the one question that still matters."""
    assessment = eligibility.assess(measure, session.known(), catalogue, as_of)
    question = None
    if assessment.verdict in {"needs_info", "partially_eligible"}:
        question = questions.next_question([measure], session.known(), catalogue, as_of)
    if session.dialog is not None:
        session.dialog.asked = question.fact.id if question else None
        if question is None:
            session.dialog = None
    return verdicts.card(assessment, question, session, catalogue, as_of, lead)


def button(verb: str, rest: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """An answer, a skip, a why or a stop pressed in a dialog."""
    measure = _measure_in_hand(session, catalogue)
    if verb == "stop" or measure is None:
        session.dialog = None
        return Reply("好的，先不确认了。您说过的情况我还记着，随时可以接着问。", ReplyKind.CLARIFY)
    asked = session.dialog.asked if session.dialog else None
    if verb == "why":
        return verdicts.why(measure, asked, session, catalogue, as_of)
    name, _, value = rest.partition(":") if verb == "a" else (asked or "", "", "")
    fact = catalogue.facts.get(name)
    if fact is None:
        return verdict(measure, session, catalogue, as_of, lead="这个问题已经更新，换一个问法：")
    try:
        told = Unknown(Why.DECLINED) if verb == "skip" else payloads.decode(fact, value)
    except payloads.StalePayloadError:
        return verdict(measure, session, catalogue, as_of, lead="这个选项已经更新，请重新选：")
    session.facts[fact.id] = Told(value=values.to_json(told), words=value[:40], turn=session.turn)
    session.dialog = session.dialog or Dialog(measures=[measure.id], as_of=as_of.isoformat())
    return verdict(measure, session, catalogue, as_of)


def profile(session: Session, catalogue: Catalogue) -> Reply:
    """What is known of the enterprise, in words."""
    known = session.known()
    lines = [
        f"· {catalogue.facts[name].label}：{wording.fact_value(catalogue.facts[name], value)}"
        for name, value in known.items()
        if name in catalogue.facts and not isinstance(value, Unknown)
    ]
    text = "您告诉过我的情况：\n" + "\n".join(lines) + "\n说错的直接改，例如“不对，是35个人”；/forget 全部删除。"
    if not lines:
        text = "还没有记下您的企业情况。直接说就行，例如“开火锅店的，二十来个员工，没裁过人”。"
    return Reply(compose.fit(ReplyKind.LIST, [text]), ReplyKind.LIST)


def forgotten() -> Reply:
    """Everything about the owner is gone."""
    return Reply(
        "已删除您的资料、对话记录和未办结的说明。", ReplyKind.GREETING, buttons=(Button("重新开始", "say:你好"),)
    )
