"""Which entry of the catalogue a message is about, on a day: the entry found, and the member of its line that applies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeAlias

from handlers import evidence
from handlers.session import Session
from nlu.understanding import Understanding
from policy_kb import windows
from policy_kb.catalogues import Catalogue
from policy_kb.entries import About, Channel, Entry, Figure, Kind, Measure
from policy_kb.search import Hit, Role


class Looks(Protocol):
    """What finding a topic needs of the retrieval."""

    def search(self, text: str) -> Sequence[Hit]:
        """The entries nearest to a text."""

    def parts(self, entry: str, text: str) -> tuple[tuple[Role, str, float], ...]:
        """The parts of one entry by likeness to a text, best first."""


ANSWERED_FROM = 0.27
"""An entry below this score is not what was asked. Set on the development cases and the lines from outside."""
SURE_FROM = 0.50
FOCUS_BONUS = 0.10
"""What the measure in hand gains when a message leans on the talk before it."""
CLEARLY_OLDER = 0.06
"""An older rule is meant only where it fits the words this much better than the rule that applies."""
TOLD_BEFORE = 0.6
"""What facts of earlier turns weigh beside those of this one."""
OLD_WORDS = 0.05
"""What any other entry loses when it is found only together with earlier words."""
SHORT, BARE = 12, 5
SHORTEST_NAME = 2.5
"""Characters of an alias from which it names its entry beside a talk under way: 创新券 does, 利率 does not."""

_BACK_REFERENCE = re.compile(
    r"^(那|那么|还有|它|这个|这笔|该|上面|刚才|前面|回到|然后|再(?!见|会)|另外)|这个政策|这项|那个(补助|政策|补贴|奖补)|(上限|下限)呢|呢$"
)


Parts: TypeAlias = tuple[tuple[Role, str, float], ...]


@dataclass(frozen=True)
class Topic:
    """An entry under discussion. `entry` applies on the day; `found` is what the words matched (perhaps an older rule)."""

    entry: Entry
    found: Entry
    score: float
    named: float
    parts: tuple[tuple[Role, str, float], ...] = ()
    stated: float = 0.0  # likeness of the best text that says something
    carried: bool = False  # taken over from the talk, not named in the message
    borne: float = 0.0  # how much of the score the facts told make up

    @property
    def silence(self) -> bool:
        """Whether the best matching part is something the documents do not say."""
        return bool(self.parts) and self.parts[0][0] is Role.SILENCE

    @property
    def strength(self) -> float:
        """Score of the best part."""
        return self.parts[0][2] if self.parts else 0.0


def find(said: Understanding, session: Session, catalogue: Catalogue, as_of: date, look: Looks) -> list[Topic]:
    """Topics of a message, best first. A message that only makes sense with what came before is read together with it."""
    plain = _weighed(_topics(said.hits, catalogue, as_of), said, catalogue, session)
    if not plain or plain[0].score < ANSWERED_FROM:
        plain = _not_out_yet(said.hits, catalogue, as_of) or plain
    before = _before(said.text, session, catalogue)
    if not leans_back(said, plain):
        return _with_focus(plain, before, catalogue)
    returns = bool(_RETURNS.search(said.text))
    earlier = session.said[-3:-1] if before is None else [] if returns else session.said[-2:-1]
    context = "，".join([*([_short_title(before)] if before else []), *earlier])
    if not context:
        return plain
    family = _family(before, catalogue) if before else set()
    best = {topic.entry.id: topic for topic in plain}
    short = bare(said.text) or (len(said.text) <= SHORT and bool(_BACK_REFERENCE.search(said.text)))
    leaves = before is not None and not returns and _names_another(said.text, plain, before, family)
    bonus = 0.0 if leaves else FOCUS_BONUS * (4 if short or returns else 1)
    joined = _topics(look.search(f"{context}，{said.text}"), catalogue, as_of)
    for topic in _weighed(joined, said, catalogue):
        lift = bonus if topic.found.id in family else -OLD_WORDS
        own = _blend(topic.parts, look.parts(topic.found.id, said.text)) if topic.found.id in family else topic.parts
        carried = replace(topic, score=topic.score + lift, carried=True, parts=own)
        if carried.entry.id not in best or best[carried.entry.id].score < carried.score:
            best[carried.entry.id] = carried
    if before and not any(topic.found.id in family for topic in best.values()):
        best[before.id] = Topic(_applies(before, catalogue, as_of), before, ANSWERED_FROM, 0.0, carried=True)
    return sorted(best.values(), key=lambda topic: -topic.score)


def _not_out_yet(hits: Sequence[Hit], catalogue: Catalogue, as_of: date) -> list[Topic]:
    """A rule whose document comes out after the day, where the question clearly means it: it can be told as not yet."""
    for hit in hits[:1]:
        entry = catalogue.entries.get(hit.entry)
        if isinstance(entry, Measure) and hit.score >= SURE_FROM - CLEARLY_OLDER and not known(entry, catalogue, as_of):
            return [Topic(entry, entry, hit.score, hit.named, hit.parts, hit.stated)]
    return []


def _with_focus(plain: list[Topic], before: Entry | None, catalogue: Catalogue) -> list[Topic]:
    """Between two that fit about as well, the one talked about is meant."""
    if before is None:
        return plain
    family = _family(before, catalogue)
    lifted = (replace(t, score=t.score + CLEARLY_OLDER) if t.found.id in family else t for t in plain)
    return sorted(lifted, key=lambda topic: -topic.score)


def _names_another(text: str, plain: Sequence[Topic], before: Entry, family: set[str]) -> bool:
    """Whether 那来见习的呢 leaves the measure in hand: its own words are foreign to that and at home in another entry."""
    own = _GENERIC.sub("", _LEADS.sub("", text))
    if len(own) < 2 or not plain or plain[0].found.id in family or plain[0].score < ANOTHER_FROM:
        return False
    ours = "".join([before.title, *before.aliases, *before.keywords, *(point.says for point in before.points)])
    return not any(own[i : i + 2] in ours for i in range(len(own) - 1))


ANOTHER_FROM = 0.36
_LEADS = re.compile(r"^(那么?|还有|另外|然后)|呢$|我们?|(再|也)?(想)?问")


def _blend(joined: Parts, alone: Parts) -> Parts:
    """Parts by what was said before and now together, and by the new words alone, half and half."""
    scores: dict[tuple[Role, str], float] = {}
    for ranked in (joined, alone):
        for role, part, score in ranked:
            scores[role, part] = scores.get((role, part), 0.0) + score / 2
    return tuple(sorted(((role, part, score) for (role, part), score in scores.items()), key=lambda p: -p[2]))


_RETURNS = re.compile(r"回到|刚才|前面|之前那|上一个|最开始")


def _before(text: str, session: Session, catalogue: Catalogue) -> Entry | None:
    """The entry a message leans on: the one last talked about, or an earlier one it goes back to (刚才那个补助)."""
    past = [catalogue.entries[name] for name in session.focus if name in catalogue.entries]
    if len(past) > 1 and _RETURNS.search(text):
        named = [entry for entry in past if any(name[-2:] in text for name in (entry.title, *entry.aliases))]
        others = [entry for entry in named if entry is not past[0]] or past[1:]
        return others[0]
    return past[0] if past else None


_OWN = re.compile(r"我|咱|俺")
_LEVELS = {
    "national": re.compile(r"国家(?!级)(层面|规定|政策|的政策|出台)|全国(统一)?(规定|政策)"),
    "yunnan": re.compile(r"省里|全省|云南(?!大学)|省级(政策|层面|规定)|省(政府|上)"),
    "kunming": re.compile(r"市里|昆明(?!理工)|我们市|全市|市级(政策|层面|财政)"),
}
OTHER_LEVEL = 0.93
"""What a rule of another level keeps of its likeness where the question names one (省里要求…)."""


def _of_level(entry: Measure, level: str | None) -> float:
    return 1.0 if level is None or entry.level.value == level else OTHER_LEVEL


def _weighed(
    found: Sequence[Topic], said: Understanding, catalogue: Catalogue, session: Session | None = None
) -> list[Topic]:
    """Departments matter where it is asked who; a mere direction is no answer to whether one qualifies; facts speak too."""
    who = said.likelihood("who") >= 0.4
    personal = said.likelihood("qualify", "tell", "compute") >= 0.4
    sums = said.likelihood("amount", "compute") >= 0.4
    timely = said.likelihood("status", "until", "how") >= 0.5
    own = bool(_OWN.search(said.text)) and said.likelihood("target") < 0.3
    level = next((name for name, words in _LEVELS.items() if words.search(said.text)), None)

    def weight(topic: Topic) -> float:
        entry = topic.entry
        if isinstance(entry, Channel) and entry.kind == "department":
            return 0.95 if who else 0.6
        if isinstance(entry, Measure) and entry.kind is Kind.DIRECTION:
            return (0.88 if personal else 0.97) * _of_level(entry, level)
        if isinstance(entry, Measure):
            return _of_level(entry, level)
        if isinstance(entry, Figure) and entry.kind == "term" and (personal or timely or sums):
            return 0.75
        if isinstance(entry, Figure) and (own or personal or timely):
            return 0.88
        return 1.0

    def facts(topic: Topic) -> float:
        if not isinstance(topic.entry, Measure):
            return 0.0
        now = evidence.lift(topic.entry, said.told or {}, catalogue)
        before = evidence.of_names(topic.entry, session.facts, catalogue) if session and personal else 0.0
        return max(now, TOLD_BEFORE * before)

    weighed = (
        replace(topic, score=topic.score * weight(topic) + borne, borne=borne)
        for topic in found
        for borne in [facts(topic)]
    )
    return sorted(weighed, key=lambda topic: -topic.score)


def leans_back(said: Understanding, plain: Sequence[Topic]) -> bool:
    """Whether a message needs what came before: it says so, or is short and names nothing we know."""
    top = plain[0] if plain else None
    named = top is not None and top.named * len(said.text) >= SHORTEST_NAME
    if top and top.named >= 0.3 and named:
        return False
    if bare(said.text):
        return True
    if _BACK_REFERENCE.search(said.text) and (top is None or top.score < SURE_FROM or len(said.text) <= SHORT):
        return True
    if said.likelihood(*_OTHER_TALK) >= OTHER_TALK_FROM:
        return False
    if len(said.text) <= BARE and not named:
        return True
    return (top is None or top.score < ANSWERED_FROM) or (
        len(said.text) <= SHORT and not named and top.score < SURE_FROM
    )


_OTHER_TALK = ("out_of_scope", "greet", "thanks", "bye")
OTHER_TALK_FROM = 0.6
"""A message that is this likely thanks, a greeting or something else altogether is not about what came before."""

_GENERIC = re.compile(
    r"请问|问一下|谁|什么|哪[个些里天年家儿]?|怎么样?|咋个?|如何|多[少久]|几[天时个]?|何时|时候|时间|部门|单位|局|管|负责|牵头|截止|到期|结束|"
    r"办理?|申请|申报|申领|领取?|材料|资料|手续|条件|要求|需要|要|能不能|可以|能|会|给|补|返|拿|钱|上限|下限|封顶|最[高多]|一共|到账|发放?|"
    r"流程|电话|联系|找|去|到|在|归|由|还|有没有|有|没有?|是不是|是|个体(?:工商)?户|小微企业|[大中小微]型(?:企业)?|企业|公司|我们?|"
    r"这个?|那个?|它|一个|[吗呢么呀啊了的得也算不行份]|[，。？！,.?! ]"
)


def bare(text: str) -> bool:
    """Whether a short question names no subject of its own: 归哪个部门管, 到哪天截止. It is about what came before."""
    return len(text) <= SHORT and not _GENERIC.sub("", text)


_SUBJECTLESS = re.compile(r"补贴|补助|政策|优惠|奖励|奖补|标准|金额|多少|几多|好多|申请|有效|期限|不")


def nameless(text: str) -> bool:
    """Whether a question names nothing at all, not even a kind of relief: 补贴多少, 我能申请不."""
    return len(text) <= SHORT and not _GENERIC.sub("", _SUBJECTLESS.sub("", text))


def on_combining(said: Understanding, found: Sequence[Topic]) -> Topic | None:
    """Where it is asked whether two go together, the one of them that says something about that."""
    if said.likelihood("combine") < 0.4 or len(found) < 2:
        return None
    near = [topic for topic in found[:4] if topic.score >= found[0].score * 0.7 and isinstance(topic.entry, Measure)]
    rated = []
    for topic in near:
        on_it = {point.id for point in topic.entry.points if point.about is About.COMBINE}
        rated.append((max((score for _, part, score in topic.parts if part in on_it), default=0.0), topic))
    best = max(rated, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= ANSWERED_FROM else None


def _short_title(entry: Entry) -> str:
    return min((entry.title, *entry.aliases), key=len)


def _family(entry: Entry, catalogue: Catalogue) -> set[str]:
    if isinstance(entry, Measure) and entry.lineage:
        return {member.id for member in catalogue.lineages[entry.lineage]}
    return {entry.id}


def _topics(hits: Sequence[Hit], catalogue: Catalogue, as_of: date) -> list[Topic]:
    topics: dict[str, Topic] = {}
    for hit in hits:
        found = catalogue.entries.get(hit.entry)
        if found is None or not known(found, catalogue, as_of):
            continue
        entry = _applies(found, catalogue, as_of)
        here = topics.get(entry.id)
        if here is None:
            topics[entry.id] = Topic(entry, found, hit.score, hit.named, hit.parts, hit.stated)
        elif here.found.id != entry.id and found.id == entry.id and here.score - hit.score < CLEARLY_OLDER:
            # Old and new rule fit about as well: speak with the rule that applies, at the better score.
            topics[entry.id] = replace(here, found=found, parts=hit.parts)
    return list(topics.values())


def known(entry: Entry, catalogue: Catalogue, as_of: date) -> bool:
    """Whether any document the entry rests on was out on that day (entries without a document always are)."""
    issued = [catalogue.documents[c.document].issued for c in entry.cites.values() if c.document in catalogue.documents]
    return not issued or min(issued) <= as_of


def _applies(found: Entry, catalogue: Catalogue, as_of: date) -> Entry:
    """The member of the line that counts on the day; the one found itself where none does."""
    if not isinstance(found, Measure):
        return found
    if windows.measure_status(found, catalogue, as_of).in_force:
        return found
    return windows.current(found, catalogue, as_of) or found


def nearest_measure(text: str, catalogue: Catalogue, as_of: date, look: Looks) -> tuple[float, Measure] | None:
    """The measure a piece of text is nearest to, with its likeness."""
    for topic in sorted(_topics(look.search(text), catalogue, as_of), key=lambda topic: -topic.score)[:1]:
        if isinstance(topic.entry, Measure):
            return topic.score, topic.entry
    return None


def predecessors(topic: Topic, catalogue: Catalogue, as_of: date) -> list[Measure]:
    """Members of the line that have ended on the day, newest first."""
    if not isinstance(topic.entry, Measure) or not topic.entry.lineage:
        return []
    gone = (windows.State.ENDED, windows.State.SUPERSEDED)
    family = catalogue.lineages[topic.entry.lineage]
    over = [m for m in family if windows.measure_status(m, catalogue, as_of).state in gone and m.id != topic.entry.id]
    return over[::-1]
