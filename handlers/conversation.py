"""One turn: a message and what the talk remembers in, a reply and the new memory out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from handlers import (
    acts,
    answers,
    arrears,
    asking,
    commands,
    comparison,
    compose,
    dates,
    dialog,
    handoff,
    keeping,
    linking,
    lists,
    memory,
    opening,
    profile,
    relevance,
    settled,
    silences,
    subscription_words,
    topics,
)
from handlers.person import NOBODY, Person
from handlers.reply import Reply, ReplyKind
from handlers.session import Session
from handlers.topics import Topic
from handlers.turn import Effect, Message, NoteUnanswered, OpenTicket, Turn
from nlu import places, safety
from nlu.understanding import Understanding
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Gap, Measure
from policy_kb.search import Hit, Role
from storage import masking

LONGEST = 600
"""Characters of a message that are read; more than this is no question but a paste."""
TOO_LONG = f"（您发的较长，我只看了前{LONGEST}字；把想问的打成一两句话，我答得更准。）"

_MARKUP = re.compile(r"<[^<>]{0,300}>")
_WORDLESS = re.compile(r"^[\W_]*$")


class Understands(Protocol):
    """What the conversation needs from the understanding."""

    def understand(self, text: str, as_of: date) -> Understanding:
        """Parse one message."""

    def search(self, text: str) -> Sequence[Hit]:
        """Look a text up in the catalogue without parsing it."""

    def parts(self, entry: str, text: str) -> tuple[tuple[Role, str, float], ...]:
        """The parts of one entry by likeness to a text, best first."""


@dataclass(frozen=True)
class Conversation:
    """The assistant without channel and database. Pure but for the model behind `mind`."""

    catalogue: Catalogue
    mind: Understands

    def turn(self, message: Message, session: Session, as_of: date, person: Person = NOBODY) -> Turn:
        """One turn. CPU-bound (10–60 ms). The session given is not changed; `person` is what the database keeps."""
        session = session.model_copy(deep=True)
        session.turn += 1
        if (handed := handoff.first(message, session, as_of, person, self.catalogue)) is not None:
            return handed
        if (linked := linking.wanted(message.text, message.action, session, person)) is not None:
            return Turn(linked.reply, linked.session, linked.effects, silent=bool(linked.effects))
        keeping.recall(session, person)
        waiting = dialog.pending(session)
        turn = self.hold(message, session, as_of, person)
        reply = dialog.back(turn.reply, waiting, turn.session, self.catalogue, as_of)
        reply = memory.said_back(reply, turn.session, self.catalogue)
        reply = profile.offered(reply, turn.session, person)
        if message.action is None:
            reply = dates.offered(reply, turn.session.about, self.catalogue, as_of)
        if len(message.text) > LONGEST:
            reply = replace(reply, text=compose.ahead(reply, TOO_LONG))
        reply = arrears.offered(reply, self.catalogue)
        turn = Turn(reply, turn.session, (*turn.effects, *keeping.learnt(turn.session, person)))
        return handoff.accompanied(turn, message, person, dialog=waiting is not None)

    def hold(self, message: Message, session: Session, as_of: date, person: Person) -> Turn:
        """The turn itself, on a session that may be changed."""
        if message.action is not None:
            return commands.pressed(self, message.action, session, as_of, person)
        text = _MARKUP.sub(" ", message.text)[:LONGEST].strip()
        if _WORDLESS.match(text):
            return Turn(acts.nothing_said(), session)
        if (command := commands.typed(self, text, session, as_of, person)) is not None:
            return command
        if (named := profile.named(text, session, person, self.catalogue)) is not None:
            return named
        said, odd = asking.sift(self.mind.understand(text, as_of), session, self.catalogue)
        session.said = [*session.said, masking.mask(text)[:200]][-12:]
        if odd is not None and not said.told and asking.is_bare(said, odd):
            return Turn(dialog.asked_again(asking.doubt(odd, session), session, self.catalogue, as_of), session)
        reply, effects = self._reply(said, session, as_of, person)
        if odd is not None:
            reply = replace(reply, text=compose.ahead(reply, asking.doubt(odd, session)))
        return self._close(said, reply, session, effects)

    def _close(self, said: Understanding, reply: Reply, session: Session, effects: tuple[Effect, ...]) -> Turn:
        session.offered = "human" if reply.kind in {ReplyKind.UNKNOWN, ReplyKind.HANDOFF} else None
        if reply.kind in {ReplyKind.UNKNOWN, ReplyKind.CLARIFY}:
            effects = (*effects, NoteUnanswered(masking.mask(said.original)[:300], reply.kind.value))
        elif relevance.unsure(said, reply):
            effects = (*effects, NoteUnanswered(masking.mask(said.original)[:300], "low"))
        return Turn(reply, session, effects)

    def _reply(
        self, said: Understanding, session: Session, as_of: date, person: Person
    ) -> tuple[Reply, tuple[Effect, ...]]:
        if found := safety.danger(said.text):
            return acts.refuse(found), ()
        if (handed := self._human(said, session)) is not None:
            return handed
        if session.waiting and (picked := profile.answered(said, session, person, self.catalogue)) is not None:
            return picked.reply, picked.effects
        if session.options and (chosen := commands.chosen(said.text, session)) is not None:
            turn = commands.pressed(self, chosen, session, as_of, person)
            memory.take_over(session, turn.session)
            return turn.reply, turn.effects
        found_topics = topics.find(said, session, self.catalogue, as_of, self.mind)
        if (wanted := subscription_words.said(said, session, person, found_topics, self.catalogue, as_of)) is not None:
            return wanted.reply, wanted.effects
        own = _OWN_WORDS.search(said.text) or said.likelihood("tell", "qualify", "compute", "correct") >= 0.4
        if own or not _QUESTIONS.search(said.text):  # 餐饮企业补多少 asks about a rule and tells nothing
            memory.learn(session, said.told or {}, self.catalogue)
        if (reply := dialog.carry_on(said, session, found_topics, self.catalogue, as_of)) is not None:
            return reply, ()
        return self._by_act(said, session, found_topics, as_of)

    def _human(self, said: Understanding, session: Session) -> tuple[Reply, tuple[Effect, ...]] | None:
        accepts = session.offered == "human" and said.label == "affirm" and len(said.text) <= 8
        if accepts or _says(said, "human", 0.5) or _ASKS_HUMAN.search(said.text):
            return acts.handoff("asked"), (self._ticket(said, session, "asked"),)
        if handoff.declines(said.text, session):
            return acts.handoff("declined"), ()
        if _says(said, "complain", 0.5) or _ANGRY.search(said.text):
            return acts.handoff("upset"), ()
        return None

    def _ticket(self, said: Understanding, session: Session, reason: str) -> OpenTicket:
        return handoff.ask(session, self.catalogue, self.mind, reason, masking.mask(said.original)[:40])

    def _by_act(
        self, said: Understanding, session: Session, found: list[Topic], as_of: date
    ) -> tuple[Reply, tuple[Effect, ...]]:
        top = found[0] if found else None
        score = top.score if top else 0.0
        if score < topics.SURE_FROM and (small := _small_talk(said)) is not None:
            return small, ()
        if _says(said, "unsafe", 0.6) and not relevance.answerable(said, top):
            return acts.refuse(safety.Danger.CHEATING), ()
        if _says(said, "progress", 0.5) and (top is None or max(top.stated, top.strength) < topics.SURE_FROM):
            return acts.handoff("progress"), (self._ticket(said, session, "progress"),)
        if not session.focus and session.dialog is None and topics.nameless(said.text):
            return acts.which(), ()
        compared = comparison.wanted(said, session, found, self.catalogue, as_of, self.mind)
        if compared is not None:
            memory.put_in_front(session, compared.measures)
            return compared, ()
        if relevance.outside(said, top):
            return acts.out_of_scope(), ()
        if top is not None and isinstance(top.entry, Gap) and relevance.answerable(said, top):
            return self.about(said, top, session, as_of), ()
        if (listed := lists.wanted(said, session, found, self.catalogue, as_of)) is not None:
            return listed, ()
        if top is None or not relevance.answerable(said, top):
            near = top.entry if top and score >= topics.ANSWERED_FROM * 0.75 else None
            return acts.unknown("", near, self.catalogue), ()
        if (away := self._elsewhere(said, top)) is not None:
            return away, ()
        parts = self._several(said, session, as_of)
        if len(parts) > 1:
            return parts_together(parts), ()
        return self.about(said, topics.on_combining(said, found) or top, session, as_of), ()

    def _elsewhere(self, said: Understanding, top: Topic) -> Reply | None:
        named = places.elsewhere(said.text)
        if not named:
            return None
        ours = " ".join(
            [*top.entry.questions, *top.entry.aliases, top.entry.title, *(p.says for p in top.entry.points)]
            + [
                word
                for fact in self.catalogue.facts.values()
                for choice in fact.values.values()
                for word in choice.words
            ]
        )
        return None if any(place in ours for place in named) else acts.elsewhere(named)

    def _several(self, said: Understanding, session: Session, as_of: date) -> list[Reply]:
        """Two questions in one message, each about something of its own, are answered one after the other."""
        pieces = [piece for piece in _asking_pieces(said.text) if len(piece) >= 7]
        if len(pieces) < 2 or len(pieces) > 4:
            return []
        replies: dict[str, Reply] = {}
        for piece in pieces:
            if topics.bare(piece):
                continue  # 到什么时候截止 asks on about the same
            one = self.mind.understand(piece, as_of)
            found = topics.find(one, Session(said=[pieces[0], piece]), self.catalogue, as_of, self.mind)
            if found and found[0].score >= topics.SURE_FROM - 0.06 and found[0].entry.id not in replies:
                replies[found[0].entry.id] = self.about(one, found[0], session, as_of)
        return list(replies.values())

    def _clause_by_clause(self, said: Understanding, top: Topic) -> Topic:
        """Where several things are asked, what answers each clause best comes first."""
        pieces = [one for one in _ASKED_PIECE.split(said.text) if len(one) >= SHORTEST_PIECE and _QUESTIONS.search(one)]
        if len(pieces) < 2 or len(pieces) > 4:
            return top
        best = [ranked[0] for one in pieces if (ranked := self.mind.parts(top.found.id, one))]
        own = [part for part in dict.fromkeys(best) if part[0] is not Role.SILENCE and part[2] >= PIECE_FROM]
        if len({part[:2] for part in own}) < 2:
            return top
        highest = max(top.strength, *(part[2] for part in own))
        first = {part[:2] for part in own}
        rest = tuple(part for part in top.parts if part[:2] not in first)
        return replace(top, parts=(*((role, part, highest) for role, part in first), *rest))

    def about(self, said: Understanding, top: Topic, session: Session, as_of: date) -> Reply:
        """The reply about one topic; the topic becomes the focus of the talk."""
        about = _aspect(said)
        memory.focus(session, top, about)
        entry = top.entry
        if isinstance(entry, Gap):
            return acts.gap(entry, self.catalogue)
        silent = silences.wanted(top, said, self.catalogue, as_of)
        if isinstance(entry, Measure) and (
            silent is None or opening.knows_enough(said, entry, session, self.catalogue)
        ):
            started = opening.start(said, top, session, self.catalogue, as_of)
            if started is not None:
                return started
        if silent is not None:
            return acts.unknown(f"“{entry.title}”的{silent}", entry, self.catalogue)
        told = {name: reading.value for name, reading in (said.told or {}).items()} if top.carried else {}
        several = len(_QUESTIONS.findall(said.text)) >= 2
        top = self._clause_by_clause(said, top) if several else top
        reply = answers.answer(top, about, self.catalogue, as_of, facts=told, several=several)
        if not isinstance(entry, Measure):
            return reply
        asked = said.likelihood("qualify") >= 0.4
        return settled.beside(reply, entry, session, self.catalogue, as_of, asked=asked)


_ASKED_PIECE = re.compile(r"[，,。；;？?、]|还有|以及|另外|并且")
SHORTEST_PIECE, PIECE_FROM = 4, 0.34
"""A clause that asks has a statement of its own where it is at least this like one."""


_QUESTIONS = re.compile(r"多少|几|哪|什么|怎么|谁|吗|能不能|可不可以|要不要|是不是|有没有|算不算|[？?]")


def _aspect(said: Understanding) -> str:
    """What is asked about an entry; where the classifier hardly knows, whether it still counts or simply what it is."""
    if said.confidence < 0.5 and _STILL.search(said.text):
        return "status"
    return said.about if said.likelihood(said.about) >= HARDLY else "what"


HARDLY = 0.2
_STILL = re.compile(r"还(有|在|能|可以|算|是|作数|执行|搞).{0,6}[吗么不没吧]|还有没有|过期|失效|作数|有效吗")
_OWN_WORDS = re.compile(r"我|咱|俺|本公司|本店|本厂")
_ASKS_HUMAN = re.compile(
    r"转(接)?人工|人工(客服|服务|坐席)?$|^人工|(叫|喊|找|换)(个|一个|你们)?.{0,6}(真人|活人|负责(人|的)|能管事|领导|人来|工作人员|客服)|"
    r"(给|打)我?(回|打)(个)?电话|回电话|有没有人(可以|能)|(真|活)人(客服|服务)?"
)
_ANGRY = re.compile(r"傻.|屁用|垃圾|骗子|哄人|气死|滚|去死|王八|混蛋|废物|智障|脑残|妈的|操你|什么玩意|破机器")


def _says(said: Understanding, label: str, at_least: float) -> bool:
    return said.label == label and said.confidence >= at_least


def _small_talk(said: Understanding) -> Reply | None:
    if said.label in {"greet", "capabilities"} and said.confidence >= 0.4:
        return acts.greeting()
    if said.label in {"thanks", "bye"} and said.confidence >= 0.4:
        return acts.thanks()
    return None


def _asking_pieces(text: str) -> list[str]:
    """The questions of a message; a clause that asks nothing belongs to the question after it."""
    pieces, before = [], ""
    for clause in re.split(r"[？?；;，,。]", text):
        before = f"{before}，{clause.strip()}".strip("，")
        if _QUESTIONS.search(clause):
            pieces.append(before)
            before = ""
    return pieces


def parts_together(parts: list[Reply]) -> Reply:
    """Several answers in one message, the first one's kind."""
    text = "\n\n".join(part.text for part in parts[:2])
    first = parts[0]
    return replace(
        first,
        text=text if len(text) <= 450 else "\n\n".join(part.text.rsplit("\n", 1)[0] for part in parts[:2])[:450],
        kind=ReplyKind.ANSWER,
        measures=tuple(name for part in parts[:2] for name in part.measures),
        citations=tuple(citation for part in parts[:2] for citation in part.citations),
    )
