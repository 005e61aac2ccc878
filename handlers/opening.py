"""Whether a message about a measure asks what oneself gets: then a sum or a dialog opens instead of an answer."""

import re
from datetime import date

from handlers import answers, computing, dialog, hearing, memory
from handlers.reply import Reply
from handlers.session import Session
from handlers.topics import Topic
from nlu.understanding import Understanding
from policy_kb import derivations, windows
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure

_CAN = re.compile(
    r"能不能|可不可以|行不行|有没有份|有份|够格|够不够|符合|拿得到|拿不拿得到|领得到|给不给|有没有[？?]?$|稳了|有戏|[报领办搞弄拿]得成|给(管|够|行|能|算|可以)|"
    r"(能|可以|可|算|还给).{0,14}([吗么不吧噶没]|[？?])|享受|申请|还能|是不是可以|有我.{0,2}份"
)
_HOW_MUCH = re.compile(
    r"帮我算|算一?下|算算|(退|返|拿|补|减|省|抵|免|得|领|交|缴|扣|奖|给)(我|得|到|了|个)?(多少|好多|几多|多钱)|(一共|总共|合计|共).{0,8}(多少|好多|几多)"
)
_LISTS = re.compile(r"哪些|哪几|是哪|名单|有几个|几个行业|叫什么")
_PERSONAL = re.compile(r"我|咱|俺|本(公司|店|厂|人|单位)|你看|帮我|集团|老板|自己")


def start(said: Understanding, topic: Topic, session: Session, catalogue: Catalogue, as_of: date) -> Reply | None:
    """The verdict or sum for a measure just named, where the question is about the owner's own case."""
    measure = topic.entry
    if not isinstance(measure, Measure):
        return None
    readings = hearing.read(said, measure, session, catalogue)
    relevant = {fact.id for fact in hearing.wanted_facts(measure, catalogue)}
    told_here = {name: reading for name, reading in readings.items() if name in relevant}
    own = bool(_PERSONAL.search(said.text)) or topic.carried or bool(told_here)
    computes = said.likelihood("compute") >= 0.35 and bool(told_here)
    known_here = relevant & (set(told_here) | set(session.facts))
    own = own or bool(known_here)
    can = bool(_CAN.search(said.text)) and bool(known_here) and not _LISTS.search(said.text)
    qualifies = own and not _LISTS.search(said.text) and (said.likelihood("qualify", "tell") >= 0.4 or can)
    sums = set(hearing.sum_facts(measure)) | {
        part
        for name in hearing.sum_facts(measure)
        if name in catalogue.facts
        for part in derivations.reads(catalogue.facts[name])
    }
    if own:
        memory.learn(session, readings, catalogue)
    asks_sum = bool(sums & set(told_here)) and (
        said.likelihood("compute", "amount", "tell", "qualify", "correct") >= 0.3 or bool(_HOW_MUCH.search(said.text))
    )
    # 一年总共能抵好多税, the heads told two turns ago.
    told_before = bool(sums & set(session.facts)) and bool(_HOW_MUCH.search(said.text))
    asks_sum = asks_sum or (told_before and said.likelihood("compute", "amount") >= 0.4)
    if not (computes or qualifies or asks_sum):
        return None
    in_view = answers.tracks_in_view(
        topic, measure, answers.best_points(topic, measure.points, said.about), catalogue, as_of
    )
    if not relevant or not any(windows.status(track, measure, catalogue, as_of).in_force for track in in_view):
        return None
    memory.learn(session, readings, catalogue)
    if computes or asks_sum:
        if (reply := computing.computed(measure, session, catalogue, as_of, topic, said.text)) is not None:
            return reply
        if not qualifies:
            return None
    session.dialog = dialog.about(measure, as_of)
    return dialog.verdict(measure, session, catalogue, as_of)


def knows_enough(said: Understanding, measure: Measure, session: Session, catalogue: Catalogue) -> bool:
    """Whether facts told before settle more than what the documents leave open (还能兑吗, with the sum used up told)."""
    told = set(session.facts) | set(said.told or {})
    return (
        bool(_CAN.search(said.text))
        and not _LISTS.search(said.text)
        and any(fact.id in told for fact in hearing.wanted_facts(measure, catalogue))
    )
