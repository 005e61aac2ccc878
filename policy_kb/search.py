"""The one retrieval: which entry, and which of its statements, a question is about.

Every entry is compared through many short texts (title, aliases, questions, what each point answers). A text's score
joins shared words and letter pairs (lexical) with likeness of meaning (dense); an entry's score is that of its best
text, raised where the question names it. The encoder is handed in, so that this room stays free of models.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from policy_kb.catalogues import Catalogue
from policy_kb.entries import Channel, Entry, Measure

Vector: TypeAlias = npt.NDArray[np.float32]
Encode: TypeAlias = Callable[[Sequence[str]], Vector]
Tokenise: TypeAlias = Callable[[str], list[str]]

LEXICAL_WEIGHT = 0.4
DENSE_WEIGHT = 0.6
NAMED_BONUS = 0.12
NAMES_MANY = 16  # a name that stands in the texts of more entries (昆明, 贷款) names none of them
WHOLE_SHARE, CLAUSE_SHARE = 0.6, 0.37  # a clause alone (现在还算数吗) says too little; the whole must speak for it too
LONG = 22  # characters from which a message is also read clause by clause
MOST_CLAUSES = 2
STATEMENT_DISCOUNT = 0.92  # our own sentences are a weaker witness than an owner's question


_CLAUSE_MARK = re.compile(r"[，。；？！、,;?!\s]+")


_LONE_DIGIT = re.compile(r"(?<![\d.])\d(?![\d.%‰])")
"""7个行业 and 七个行业 are the same words."""


_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:万|亿|%|‰)|\d{3,}(?:\.\d+)?")
FIGURE_BONUS = 0.08
"""A text that holds a figure of the question (那个3000万) is the likelier one meant."""


class Role(StrEnum):
    """What a compared text is."""

    NAME = "name"
    QUESTION = "question"
    ASK = "ask"
    STATEMENT = "statement"
    SILENCE = "silence"


@dataclass(frozen=True)
class Text:
    """One text of an entry. `part` is the point's id, the track's id, or the number of the silence."""

    entry: str
    role: Role
    text: str
    part: str | None = None


@dataclass(frozen=True)
class Hit:
    """An entry found, with its best texts. Scores lie between 0 and about 1.2."""

    entry: str
    score: float
    named: float  # how much of the question's length an alias of the entry covers, 0..1
    parts: tuple[tuple[Role, str, float], ...]  # best points, tracks and silences of the entry, best first
    stated: float = 0.0  # best score of a text that says something, silences apart


def texts_of(entry: Entry) -> Iterator[Text]:
    """All texts an entry is compared through."""
    for name in (entry.title, *entry.aliases, *entry.keywords):
        yield Text(entry.id, Role.NAME, name)
    for question in entry.questions:
        yield Text(entry.id, Role.QUESTION, question)
    for point in entry.points:
        for ask in point.asks:
            yield Text(entry.id, Role.ASK, ask, point.id)
        yield Text(entry.id, Role.STATEMENT, point.says, point.id)
    for i, silence in enumerate(entry.silent):
        for ask in (*silence.asks, silence.what):
            yield Text(entry.id, Role.SILENCE, ask, str(i))
    if isinstance(entry, Measure):
        yield Text(entry.id, Role.STATEMENT, entry.summary)
        for track in entry.tracks:
            for ask in track.asks:
                yield Text(entry.id, Role.ASK, ask, track.id)


def grams(text: str, tokenise: Tokenise) -> list[str]:
    """Words and letter pairs: words carry sense, pairs survive a wrong cut or a wrong character."""
    text = _LONE_DIGIT.sub(lambda found: "零一二三四五六七八九"[int(found[0])], text).replace("两", "二")
    letters = [c for c in text if c.isalnum()]
    pairs = ["".join(pair) for pair in itertools.pairwise(letters)]
    return [word for word in tokenise(text) if any(c.isalnum() for c in word)] + pairs


def clauses(text: str) -> list[str]:
    """The clauses of a long message that may be a question of their own: the last ones, where people ask."""
    if len(text) < LONG:
        return []
    pieces = [piece for piece in _CLAUSE_MARK.split(text) if len(piece) >= 5]
    return pieces[-MOST_CLAUSES:] if len(pieces) > 1 else []


class Index:
    """Built when the catalogue loads; never changes after."""

    def __init__(self, catalogue: Catalogue, encode_texts: Encode, encode: Encode, tokenise: Tokenise) -> None:
        """`encode_texts` is for the catalogue's many texts, `encode` for the few pieces of a question."""
        self._encode, self._tokenise = encode, tokenise
        self.texts = [text for entry in catalogue.entries.values() for text in texts_of(entry)]
        bags = [grams(text.text, tokenise) for text in self.texts]
        self._vocabulary = {gram: i for i, gram in enumerate(sorted({gram for bag in bags for gram in bag}))}
        counts = self._counts(bags)
        seen_in = np.asarray((counts > 0).sum(axis=0)).ravel()
        self._idf = np.log((1 + len(bags)) / (1 + seen_in)).astype(np.float32) + 0.1
        self._unseen_idf = float(np.log(1 + len(bags)))
        self._lexical = self._weighted(counts).T.tocsr()  # a row a gram: a question reads only the rows of its own
        raw = encode_texts([text.text for text in self.texts])
        self._centre = raw.mean(axis=0)
        self._dense = _unit(raw - self._centre)
        self._discount = np.array(
            [STATEMENT_DISCOUNT if t.role is Role.STATEMENT else 1.0 for t in self.texts], dtype=np.float32
        )
        ids = list(catalogue.entries)
        self._ids, place = ids, {name: i for i, name in enumerate(ids)}
        self._owner = np.array([place[t.entry] for t in self.texts])
        self._firsts = np.flatnonzero(np.diff(self._owner, prepend=-1))  # an entry's texts stand together
        names = {t.text for t in self.texts if t.role is Role.NAME and len(t.text) >= 2}
        owners = {name: {t.entry for t in self.texts if name in t.text} for name in names}
        self._names: dict[str, list[int]] = defaultdict(list)
        for text in self.texts:
            if text.role is Role.NAME and text.text in owners and len(owners[text.text]) <= NAMES_MANY:
                self._names[text.text].append(place[text.entry])
        self._name_lengths = sorted({len(name) for name in self._names})
        self._figures: dict[str, list[int]] = {}
        for i, text in enumerate(self.texts):
            for figure in set(_FIGURE.findall(text.text)):
                self._figures.setdefault(figure, []).append(i)
        self._rank = np.array([0.97 if isinstance(e, Channel) else 1.0 for e in catalogue.entries.values()])

    def _counts(self, bags: list[list[str]]) -> sparse.csr_matrix:
        rows, columns = [], []
        for row, bag in enumerate(bags):
            for gram in bag:
                if (column := self._vocabulary.get(gram)) is not None:
                    rows.append(row)
                    columns.append(column)
        data = np.ones(len(rows), dtype=np.float32)
        return sparse.csr_matrix((data, (rows, columns)), shape=(len(bags), len(self._vocabulary)))

    def _weighted(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        damped = counts.copy()
        damped.data = 1 + np.log(damped.data)
        weighted = damped.multiply(self._idf).tocsr()
        norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        return sparse.diags(1 / np.maximum(norms, 1e-9)) @ weighted

    def _question(self, text: str) -> sparse.csr_matrix:
        """The question's weighted bag; words the catalogue never uses count in its length, so they lower likeness."""
        bag = Counter(grams(text, self._tokenise))
        known = {column: count for gram, count in bag.items() if (column := self._vocabulary.get(gram)) is not None}
        columns = np.fromiter(known.keys(), dtype=np.int32, count=len(known))
        weights = (1 + np.log(np.fromiter(known.values(), dtype=np.float32, count=len(known)))) * self._idf[columns]
        strange = len(bag) - len(known)
        norm = float(np.sqrt(weights @ weights + 0.25 * strange * self._unseen_idf**2))
        shape = (1, len(self._vocabulary))
        return sparse.csr_matrix((weights / max(norm, 1e-9), columns, [0, len(known)]), shape=shape)

    @property
    def centre(self) -> Vector:
        """The mean vector of all texts: what every sentence about our subject has in common."""
        centre: Vector = self._centre
        return centre

    def search(self, text: str, vector: Vector | None = None, most: int = 8) -> list[Hit]:
        """The entries nearest to a normalised question, best first. `vector`: its embedding, where already made."""
        scores = self._scores(text, vector)
        best = np.maximum.reduceat(scores, self._firsts)
        named = self._named(text)
        total = (best + NAMED_BONUS * np.sqrt(named)) * self._rank
        order = np.argsort(-total, kind="stable")[:most]
        return [self._hit(int(i), float(total[i]), float(named[i]), scores) for i in order if total[i] > 0]

    def parts(self, entry: str, text: str) -> tuple[tuple[Role, str, float], ...]:
        """The parts of one entry by likeness to a text, best first."""
        return self._hit(self._ids.index(entry), 0.0, 0.0, self._scores(text, None)).parts

    def _scores(self, text: str, vector: Vector | None) -> Vector:
        """Likeness of every text. A long message's words are also read clause by clause: one clause may be all that
        matters. Its sense is taken whole: encoding each clause would cost more than it tells.
        """
        row = vector if vector is not None else self._encode([text])[0]
        dense = np.maximum(self._dense @ _unit(row - self._centre), 0)
        lexical = self._lexically(text)
        best = LEXICAL_WEIGHT * lexical
        for clause in clauses(text):
            part = LEXICAL_WEIGHT * self._lexically(clause)
            best = np.maximum(best, WHOLE_SHARE * LEXICAL_WEIGHT * lexical + CLAUSE_SHARE * part)
        scores: Vector = (best + DENSE_WEIGHT * dense) * self._discount
        for figure in set(_FIGURE.findall(text)):
            scores[self._figures.get(figure, [])] += FIGURE_BONUS
        return scores

    def _lexically(self, piece: str) -> Vector:
        likeness: Vector = (self._question(piece) @ self._lexical).toarray().ravel()
        return likeness

    def _named(self, text: str) -> Vector:
        named = np.zeros(len(self._ids), dtype=np.float32)
        for length in self._name_lengths:  # rising: where two names of an entry stand, the longer one counts
            for start in range(len(text) - length + 1):
                for owner in self._names.get(text[start : start + length], ()):
                    named[owner] = length / len(text)
        return named

    def _stretch(self, owner: int) -> tuple[int, int]:
        """Where the texts of an entry begin and end."""
        following = self._firsts[owner + 1] if owner + 1 < len(self._firsts) else len(self.texts)
        return int(self._firsts[owner]), int(following)

    def _hit(self, owner: int, total: float, named: float, scores: Vector) -> Hit:
        parts: dict[tuple[Role, str], float] = {}
        stated = 0.0
        for i in range(*self._stretch(owner)):
            text = self.texts[i]
            if text.role is not Role.SILENCE:
                stated = max(stated, float(scores[i]))
            if text.part is not None:
                role = Role.SILENCE if text.role is Role.SILENCE else Role.ASK
                key = (role, text.part)
                parts[key] = max(parts.get(key, 0.0), float(scores[i]))
        ranked = sorted(((role, part, score) for (role, part), score in parts.items()), key=lambda p: -p[2])
        return Hit(self._ids[owner], total, named, tuple(ranked[:8]), stated)


def _unit(matrix: Vector) -> Vector:
    norms = np.linalg.norm(matrix, axis=-1, keepdims=True)
    unit: Vector = (matrix / np.maximum(norms, 1e-9)).astype(np.float32)
    return unit
