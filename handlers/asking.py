"""A question put to the owner: its words, its buttons, and numbers that cannot be meant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from handlers import payloads
from handlers.reply import Button
from handlers.session import Session
from nlu import fact_reading
from nlu.quantities import Quantity
from nlu.understanding import Understanding
from policy_kb import brackets, money, values, wording
from policy_kb.brackets import Option
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Fact, FactType, Unknown
from policy_kb.questions import Question

WHY = Button("为什么问", "why")
STOP = Button("先不答了", "stop")
_MINUS_BEFORE = re.compile(r"(?<![\d人元万年月日])[-－−﹣—]$")
"""The sign of -5人; in 20-5人 it is a dash."""


def lines(question: Question | None) -> list[str]:
    """The question as the last line of a reply, with its help where it is hard to answer."""
    return [f"请问：{question.text}"] if question else []


def choices(question: Question) -> tuple[Button, ...]:
    """Its answers to tap, 不清楚 among them."""
    name = question.fact.id
    taps = tuple(Button(one.label[:20], f"a:{name}:{payloads.encode(one.value)}") for one in question.options)
    return (*taps, Button("不清楚", f"a:{name}:unsure"))


def buttons(question: Question, stop: Button = STOP) -> tuple[Button, ...]:
    """All that can be tapped below a question."""
    return (*choices(question), WHY, stop)


def plain(fact: Fact) -> Question:
    """The question for a fact by itself, whatever measures there are: numbers are typed."""
    options: tuple[Option, ...] = ()
    if fact.type not in {FactType.NUMBER, FactType.MONEY, FactType.DATE}:
        options = brackets.options(fact, (), Unknown())
    return Question(fact, options, ())


@dataclass(frozen=True)
class Odd:
    """A number that cannot be meant: 负数, 0人, 10亿人."""

    fact: Fact
    quantity: Quantity
    words: str


def sift(said: Understanding, session: Session, catalogue: Catalogue) -> tuple[Understanding, Odd | None]:
    """A message without the number that cannot be meant, and that number."""
    odd = _odd(said, session, catalogue)
    if odd is None:
        return said, None
    told = {name: one for name, one in (said.told or {}).items() if not _is_from(one, odd.quantity)}
    left = tuple(one for one in said.quantities if one is not odd.quantity)
    return replace(said, told=told, quantities=left), odd


def _is_from(reading: fact_reading.Reading, quantity: Quantity) -> bool:
    return reading.at == quantity.start and reading.words == quantity.text


def _odd(said: Understanding, session: Session, catalogue: Catalogue) -> Odd | None:
    asked = catalogue.facts.get((session.dialog.asked if session.dialog else None) or session.waiting or "")
    for quantity in said.quantities:
        for fact in _meant(quantity, said, asked, catalogue):
            if not _is_possible(fact, quantity, said.text):
                minus = _MINUS_BEFORE.search(said.text[: quantity.start])
                return Odd(fact, quantity, (minus[0] if minus else "") + quantity.text)
    return None


def _meant(quantity: Quantity, said: Understanding, asked: Fact | None, catalogue: Catalogue) -> Iterable[Fact]:
    """The facts a number may be about: the one it was read for, the one asked for, the one it stands for without a cue."""
    read_for = [name for name, one in (said.told or {}).items() if _is_from(one, quantity)]
    yield from (catalogue.facts[name] for name in read_for if name in catalogue.facts)
    if read_for:
        return
    if asked is not None and _could_be(asked, quantity):
        yield asked
    else:
        yield from (fact for fact in catalogue.facts.values() if fact.default_for == quantity.kind)


def _could_be(fact: Fact, quantity: Quantity) -> bool:
    """Whether a quantity is of the fact's sort, however large."""
    if fact.type not in {FactType.NUMBER, FactType.MONEY}:
        return False
    return quantity.kind == "number" or fact_reading.fits(fact.model_copy(update={"maximum": None}), quantity)


def _is_possible(fact: Fact, quantity: Quantity, text: str) -> bool:
    low, high = quantity.low, quantity.high
    if _MINUS_BEFORE.search(text[: quantity.start]):
        return False
    if isinstance(high, Decimal) and high < (fact.minimum or 0):
        return False
    return not (isinstance(low, Decimal) and low > _most(fact))


def _most(fact: Fact) -> Decimal:
    share = fact.unit in {"%", "比例"}
    return fact.maximum if fact.maximum is not None else Decimal(1) if share else Decimal("Infinity")


def doubt(odd: Odd, session: Session) -> str:
    """That a number was not taken, why, and what counts meanwhile."""
    fact = odd.fact
    ends = []
    if fact.minimum:
        ends.append(f"最少{_say(fact, fact.minimum)}")
    if _most(fact).is_finite():
        ends.append(f"最多{_say(fact, _most(fact))}")
    limits = f"（{'、'.join(ends)}，不能是负数）" if ends else "（不能是负数）"
    old = session.facts.get(fact.id)
    held = values.from_json(old.value) if old else None
    stays = (
        f"，还按原来的{wording.fact_value(fact, held)}算" if held is not None and not isinstance(held, Unknown) else ""
    )
    return f"“{odd.words}”不像{fact.label}{limits}，没有记{stays}。请再说一次。"


def _say(fact: Fact, number: Decimal) -> str:
    if fact.type is FactType.MONEY:
        return money.yuan(number)
    if fact.unit in {"%", "比例"}:
        return money.share(number)
    count = f"{money.plain(number / 10000)}万" if number >= 10000 and number % 10000 == 0 else money.plain(number)
    return f"{count}{fact.unit or ''}"


_LITTLE = 8
"""Characters beside a number that say nothing of their own (不对，我们店里是…)."""


def is_bare(said: Understanding, odd: Odd) -> bool:
    """Whether a message says nothing but a number that cannot be meant."""
    return len(said.text.replace(odd.quantity.text, "")) <= _LITTLE
