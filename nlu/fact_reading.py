"""Facts about the enterprise in free text, by the phrases and cues of the catalogue's fact definitions. Pure.

A phrase counts where it stands, unless a negation before it in the same clause turns it round (不是没签合同 is a yes).
A sum or head-count is bound to the fact whose cue stands nearest.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from nlu.quantities import Quantity
from policy_kb.catalogues import Catalogue
from policy_kb.facts import DateRange, Fact, FactType, Range, Unknown, Value, Why


@dataclass(frozen=True)
class Reading:
    """A fact read from text: its value and the words it was read from."""

    value: Value
    words: str
    at: int = 0


_CLAUSE = re.compile(r"[，,。；;！!？?\n]|但是|不过(?!来(?!年)|去(?!年)|关(?!于|键|系)|户|夜)|而是")
_NEGATION = re.compile(
    r"(?<!是)不是|(?<!在)不在|没在|未在|没得在|(?<!属)不属于|(?<!算)不算|并非|又不|没有被|没被|不做|不搞|非(?!公)"
)
_OPEN_QUESTION = re.compile(r"(算不算|是不是|有没有|属不属于|在不在|属于不属于|算算|怎么算|哪些|什么样的?).{0,4}$")
_YES = re.compile(
    r"^(是的?|对的?|对头|嗯+|恩|有的?|要的?|可以|好的?|都?交了?|都有|有交|签了|参了|符合|没错|当然|确实|必须的|行|成|yes|y|1|ok)[啊呀嘛呢噶哦啦了]*[，,。！!]*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(不是的?|没有?得?|没得|不|否|不对|没交|没签|没参|没|不符合|都没有?|从来没有?|no|n|2)[啊呀嘛呢噶哦啦过的]*[，,。！!]*$",
    re.IGNORECASE,
)
_DENIES = re.compile(r"没有?|没得|从来?没|都没|还没|不是")
SHORT_ANSWER = 12
"""A short message that begins with a denial answers the question just asked with no (没有领过别的补贴)."""
_UNSURE = re.compile(r"不清楚|不知道|不晓得|不确定|说不清|搞不清|记不得|忘了|没数|不太懂")
_DECLINED = re.compile(r"不想说|不方便说|保密|不告诉|跳过|先不说|下一题|下一个问题")

_QUANTITY_FACTS = {
    "money": FactType.MONEY,
    "headcount": FactType.NUMBER,
    "count": FactType.NUMBER,
    "area": FactType.NUMBER,
    "duration": FactType.NUMBER,
    "percent": FactType.NUMBER,
    "number": FactType.NUMBER,
    "date": FactType.DATE,
}
_UNITS = {"headcount": {"人"}, "percent": {"%", "比例"}, "area": {"平方米"}, "duration": {"月", "个月", "年", "天"}}
_FOR_EACH = re.compile(r"(每个?(人|户|家|名|月|年)(每年|每月)?|人均|户均|一个人|每人每[年月])$")
CUE_REACH = 16
"""How many characters away a cue may stand from its quantity."""
LEAST_BARE_SUM = 100
"""A bare number from this on may be a sum of 元 (月租6500), where a cue stands right before it."""
BARE_REACH = 2
PEOPLE_REACH = 5
"""4个脱贫户 are people: 个 counts them where the cue stands this near."""


def read(text: str, found: Sequence[Quantity], catalogue: Catalogue) -> dict[str, Reading]:
    """All facts a normalised message states by phrase or by cued quantity. Guesses nothing without a phrase or cue."""
    readings: dict[str, Reading] = {}
    clauses = list(_clauses(text))
    for fact in catalogue.facts.values():
        reading = _phrase(fact, text, clauses)
        if reading:
            readings[fact.id] = reading
    readings.update(
        {name: r for name, r in bind(text, found, catalogue.facts.values()).items() if name not in readings}
    )
    return readings


def bind(text: str, found: Sequence[Quantity], facts: Iterable[Fact], alone: bool = False) -> dict[str, Reading]:
    """Bind quantities to the facts given: the nearest cue wins, each quantity and fact used once.

    `alone`: where one quantity fits exactly one fact that is left, no cue is needed (the measure asks for just that sum).
    """
    facts = list(facts)
    pairs: list[tuple[int, int, int, Fact, Quantity]] = []
    for order, quantity in enumerate(found):
        if _is_rate(text, quantity):
            continue
        pairs += [
            (reach, -len(fact.cues), order, fact, quantity)
            for fact in facts
            if (fits(fact, quantity) or _people(fact, quantity))
            and (reach := _reach(text, fact, quantity)) is not None
            and (reach <= BARE_REACH or not _bare_sum(fact, quantity))
            and (reach <= PEOPLE_REACH or not _people(fact, quantity))
        ]
    bound: dict[str, Reading] = {}
    used: set[int] = set()
    for _, _, order, fact, quantity in sorted(pairs, key=lambda p: p[:3]):
        if order not in used and fact.id not in bound:
            bound[fact.id] = Reading(value_of(fact, quantity), quantity.text, quantity.start)
            used.add(order)
    for order, quantity in enumerate(found):
        if order in used or _is_rate(text, quantity):
            continue
        left = [
            fact for fact in facts if fact.id not in bound and fits(fact, quantity) and not _bare_sum(fact, quantity)
        ]
        default = next((fact for fact in left if fact.default_for == quantity.kind), None)
        rest = [q for i, q in enumerate(found) if i not in used and q is not quantity]
        if alone and not left:  # 数错了，只有5个: the measure in hand asks for people
            left = [fact for fact in facts if fact.id not in bound and _people(fact, quantity)]
        sole = left[0] if alone and len(left) == 1 and not any(fits(left[0], q) for q in rest) else None
        if chosen := sole or default:
            bound[chosen.id] = Reading(value_of(chosen, quantity), quantity.text, quantity.start)
            used.add(order)
    return bound


def _is_rate(text: str, quantity: Quantity) -> bool:
    """每人7800 is what the rule gives for one, not how many there are."""
    return quantity.kind != "money" and bool(_FOR_EACH.search(text[: quantity.start]))


def answer(fact: Fact, text: str, found: Sequence[Quantity]) -> Reading | None:
    """The answer to a question about one fact. None when the message does not answer it."""
    if _DECLINED.search(text):
        return Reading(Unknown(Why.DECLINED), text)
    if _UNSURE.search(text) and len(text) <= 14:
        return Reading(Unknown(Why.UNSURE), text)
    phrase = _phrase(fact, text, list(_clauses(text)))
    if phrase:
        return phrase
    if fact.type is FactType.YES_NO:
        said = _yes_or_no(text)
        return None if said is None else Reading(value=said, words=text)
    if fact.type in {FactType.CHOICE, FactType.CHOICES}:
        for name, choice in fact.values.items():
            if choice.label in text:
                return Reading(_choice(fact, name), choice.label)
        return None
    for quantity in found:
        if fits(fact, quantity) or quantity.kind == "number" or _people(fact, quantity):
            return Reading(value_of(fact, quantity), quantity.text, quantity.start)
    return None


def _yes_or_no(text: str) -> bool | None:
    """A bare yes or no, by its first clause or as a whole; a short message that begins with a denial is a no."""
    first = re.split(r"[，,。；;！!？? ]", text, maxsplit=1)[0]
    if _NO.match(text) or _NO.match(first):
        return False
    if _YES.match(text) or _YES.match(first):
        return True
    return False if _DENIES.match(text) and len(text) <= SHORT_ANSWER else None


def fits(fact: Fact, quantity: Quantity) -> bool:
    """Whether a quantity can be a value of a fact: same type, and a unit that agrees. Sums in other money do not."""
    if quantity.kind == "money" and quantity.unit not in {None, "", "元"}:
        return False
    if quantity.kind == "number" and fact.type is FactType.MONEY:
        return isinstance(quantity.low, Decimal) and quantity.low >= LEAST_BARE_SUM and not quantity.unit
    if _QUANTITY_FACTS.get(quantity.kind) is not fact.type:
        return False
    if fact.maximum is not None and isinstance(quantity.low, Decimal) and quantity.low > fact.maximum:
        return False  # 月租8000 is no number of months
    if fact.type is not FactType.NUMBER:
        return True
    unit = fact.unit or ""
    allowed = _UNITS.get(quantity.kind)
    if allowed is not None:
        return unit in allowed and (quantity.kind != "duration" or _same_span(unit, quantity.unit or ""))
    return quantity.kind == "number" or unit == (quantity.unit or "")


def _bare_sum(fact: Fact, quantity: Quantity) -> bool:
    return quantity.kind == "number" and fact.type is FactType.MONEY


def _people(fact: Fact, quantity: Quantity) -> bool:
    """Asked how many people: 35个 means 35人."""
    return fact.unit == "人" and quantity.kind == "count" and quantity.unit == "个"


def _same_span(unit: str, given: str) -> bool:
    months = {"月", "个月"}
    return unit == given or (unit in {*months, "年"} and given in {*months, "年"})


def value_of(fact: Fact, quantity: Quantity) -> Value:
    """A quantity as a value of the fact: exact, or a range with its ends."""
    low, high = quantity.low, quantity.high
    if quantity.kind == "date":
        if isinstance(low, date) and low == high:
            return low
        return DateRange(low if isinstance(low, date) else None, high if isinstance(high, date) else None)
    ends = [end if isinstance(end, Decimal) else None for end in (low, high)]
    if quantity.kind == "duration" and fact.unit in {"月", "个月"} and quantity.unit == "年":
        ends = [None if end is None else end * 12 for end in ends]
    if quantity.kind == "duration" and fact.unit == "年" and quantity.unit in {"月", "个月"}:
        ends = [None if end is None else end / 12 for end in ends]
    if ends[0] is not None and (ends[0] == ends[1] or (ends[1] is None and "满" in quantity.text)):
        return ends[0]  # 干满四个月 tells four months
    return Range(ends[0], ends[1], quantity.low_inclusive, quantity.high_inclusive)


def _reach(text: str, fact: Fact, quantity: Quantity) -> int | None:
    """Distance from the nearest cue to the quantity; a cue behind it counts as a little farther."""
    best: int | None = None
    for cue in fact.cues:
        for match in re.finditer(re.escape(cue), text):
            if match.end() <= quantity.start:
                gap = quantity.start - match.end()
            elif match.start() >= quantity.end:
                gap = match.start() - quantity.end + 3
            else:
                gap = 0
            if gap <= CUE_REACH and (best is None or gap < best):
                best = gap
    return best


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for mark in _CLAUSE.finditer(text):
        yield start, text[start : mark.start()]
        start = mark.end()
    yield start, text[start:]


@lru_cache(maxsize=4096)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for many phrases, longest first. A phrase between slashes is a pattern itself: /没.{0,3}列为.{0,2}高风险/."""
    each = (word[1:-1] if _is_pattern(word) else re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile("|".join(each), re.IGNORECASE)


def _is_pattern(word: str) -> bool:
    return len(word) > 2 and word.startswith("/") and word.endswith("/")


def _found(words: list[str], clauses: list[tuple[int, str]]) -> Iterator[tuple[int, str, bool]]:
    """Every phrase found: place, words, and whether a negation in the same clause turns it round."""
    if not words:
        return
    pattern = _pattern(tuple(words))
    for start, clause in clauses:
        for match in pattern.finditer(clause):
            if _OPEN_QUESTION.search(clause[max(0, match.start() - 8) : match.start()]):
                continue  # 算不算重灾区 asks and does not tell
            negated = bool(_NEGATION.search(clause[max(0, match.start() - 12) : match.start()]))
            yield start + match.start(), match[0], negated


def _phrase(fact: Fact, text: str, clauses: list[tuple[int, str]]) -> Reading | None:
    if fact.type is FactType.YES_NO:
        said = [(len(w), at, w, not turned) for at, w, turned in _found(fact.words.yes, clauses)]
        said += [(len(w), at, w, turned) for at, w, turned in _found(fact.words.no, clauses)]
        if not said:
            return None
        # At equal length the no counts: 总部不在昆明 also fits the pattern of its yes.
        _, at, words, value = max(said, key=lambda one: (one[0], one[1], not one[3]))
        return Reading(value, words, at)
    if not fact.values:
        return None
    places = [
        (at, -len(words), words, name)
        for name, choice in fact.values.items()
        for at, words, turned in _found(choice.words, clauses)
        if not turned
    ]
    # 中型企业 is medium and not 企业: a phrase inside a longer one says nothing of its own.
    places = [p for p in places if not any(_inside(p, other) for other in places)]
    if not places:
        return None
    names = {name for *_, name in places}
    if fact.type is FactType.CHOICES:
        return Reading(frozenset(names), places[0][2], places[0][0])
    # 开饭店的小微企业: a narrower value says more than the broader one it belongs to; else the first one said counts.
    narrow = [p for p in places if not any(other != p[3] and p[3] in fact.broader[other] for other in names)]
    at, _, words, name = min(narrow or places)
    return Reading(name, words, at)


def _inside(one: tuple[int, int, str, str], other: tuple[int, int, str, str]) -> bool:
    start, end = one[0], one[0] - one[1]
    return other[0] <= start and end <= other[0] - other[1] and other[1] < one[1]


def _choice(fact: Fact, name: str) -> Value:
    return frozenset({name}) if fact.type is FactType.CHOICES else name
