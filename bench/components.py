"""What each piece of the pipeline is worth on questions it has not seen: python -m bench.components [--intents | --retrieval].

Intents: five folds of `nlu/data`, parted in two ways: at random (labels spread evenly), and with examples that resemble each
other kept in one fold, so that no example is told by its twin. Retrieval: each question of an owner in the catalogue is asked
of the index without that question; the entry it stands under must come first. Vectors are kept in var/cache. Takes half an
hour on two cores; --few takes a fifth of the questions and only the parted-by-likeness folds.
"""

# ruff: noqa: SLF001 - it looks inside the index

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import jieba
import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from bot import assembly, settings
from nlu import encoder, examples, fact_reading, knowledge, normalise, quantities
from nlu.components import encoder as component
from policy_kb import search
from policy_kb.search import Role

Numbers: TypeAlias = npt.NDArray[np.float64]
Folds: TypeAlias = Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]

FOLDS, SEED = 5, 7
TWINS_WITHIN = 0.35  # distance of centred vectors within which examples count as one writer's or one pattern's
DAY = date(2026, 11, 21)
_NUMBER = re.compile(r"\d+(\.\d+)?")
KINDS = list(quantities.Kind)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--intents", action="store_true")
    parser.add_argument("--retrieval", action="store_true")
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--only", default="", help="variants whose name holds this")
    args = parser.parse_args()
    current = settings.load()
    encoder.use_cores(2)
    known = knowledge.build(assembly.catalogue(current), current.home / "cache")
    if args.intents or not args.retrieval:
        intents(known, encoder.KeptVectors(current.home / "cache" / "bench-intents.npz"), args.few, args.only)
    if args.retrieval or not args.intents:
        retrieval(known, encoder.KeptVectors(current.home / "cache" / "vectors.npz"), 5 if args.few else 1)


# ---- what is asked ------------------------------------------------------------------------------------------------


@dataclass
class Texts:
    """The examples in the forms that are compared."""

    labels: npt.NDArray[np.str_]
    raw: list[str]  # as typed, cut like `masked`
    plain: list[str]
    words: list[str]  # cut with the words of the catalogue, a blank between
    common: list[str]  # cut without them, numbers as 0
    numbers: list[str]  # numbers as 0
    masked: list[str]  # numbers as 0, names of the catalogue as 某
    uncut: list[str]  # the same without blanks
    vectors: encoder.Vector
    raw_vectors: encoder.Vector
    changed: npt.NDArray[np.bool_]  # by the normaliser
    facts: Numbers


@dataclass(frozen=True)
class Variant:
    """Features of one line of the table: texts that are counted, how, and by how much vectors are drawn out (0: none)."""

    name: str
    counted: Sequence[tuple[str, str]] = (("masked", "char"),)  # field of Texts, analyser
    stretch: float = component.SCALE
    vectors: str = "vectors"
    fewest: int = 2
    weighted: bool = False
    facts: bool = False


VARIANTS = (
    Variant("as config.yml"),
    Variant("without the normaliser", (("raw", "char"),), vectors="raw_vectors"),
    Variant("numbers and names as they stand", (("words", "char"),)),
    Variant("names as they stand", (("numbers", "char"),)),
    Variant("without the catalogue's words", (("common", "char"),)),
    Variant("letters seen once as well", fewest=1),
    Variant("uncut", (("uncut", "char"),)),
    Variant("without letters", ()),
    Variant("without vectors", stretch=0),
    Variant("vectors as they come", stretch=1),
    Variant("words for letters", (("masked", "word"),)),
    Variant("words beside letters", (("masked", "char"), ("masked", "word"))),
    Variant("weighted letters (tf-idf)", weighted=True),
    Variant("facts and sums as features", facts=True),
)


def intents(known: knowledge.Knowledge, kept: encoder.KeptVectors, few: bool, only: str) -> None:
    texts = read(known, kept)
    twins = groups(texts.vectors)
    print(f"{len(texts.labels)} examples, {len(set(texts.labels))} labels, {twins.max() + 1} groups of like ones")
    print(f"{texts.changed.sum()} are changed by the normaliser\n")
    by_likeness = list(
        StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(texts.plain, texts.labels, twins)
    )
    at_random = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts.plain, texts.labels))
    print(f"{'features':36} {'like ones together':>34} {'' if few else 'at random':>34}")
    print(f"{'':36} {HEADINGS} {'' if few else HEADINGS}  changed ones")
    for variant in VARIANTS:
        if only in variant.name:
            begun = time.process_time()
            chances = held_out(texts, variant, by_likeness)
            line = [f"{variant.name:36}", figures(texts.labels, chances)]
            line += [] if few else [figures(texts.labels, held_out(texts, variant, at_random))]
            right = guessed(texts.labels, chances) == texts.labels
            print(*line, f"{right[texts.changed].mean():7.1%}  {time.process_time() - begun:5.0f} s", flush=True)


HEADINGS = f"{'right':>7} {'F1':>6} {'top 2':>7} {'log loss':>9}"


def read(known: knowledge.Knowledge, kept: encoder.KeptVectors) -> Texts:
    """All examples in all forms."""
    written = examples.read()
    names = frozenset(knowledge.words(known.catalogue))
    typed = [example.text for example in written]
    plain = [normalise.normalise(text, known.read_pinyin).text for text in typed]
    cut = [[masked(word, names) for word in known.jieba.lcut(text) if word.strip()] for text in plain]
    both = kept([*plain, *typed])
    return Texts(
        labels=np.array([example.label for example in written]),
        raw=[_joined(known.jieba.lcut(text), names) for text in typed],
        plain=plain,
        words=[" ".join(word for word in known.jieba.lcut(text) if word.strip()) for text in plain],
        common=[_joined(jieba.lcut(text)) for text in plain],
        numbers=[_joined(known.jieba.lcut(text)) for text in plain],
        masked=[" ".join(words) for words in cut],
        uncut=["".join(words) for words in cut],
        vectors=both[: len(plain)],
        raw_vectors=both[len(plain) :],
        changed=np.array([one != other for one, other in zip(typed, plain, strict=True)]),
        facts=np.array([features(text, known) for text in plain]),
    )


def _joined(words: Sequence[str], names: frozenset[str] = frozenset()) -> str:
    return " ".join(masked(word, names) for word in words if word.strip())


def masked(word: str, names: frozenset[str]) -> str:
    return "0" if _NUMBER.fullmatch(word) else "某" if word in names else word


def features(text: str, known: knowledge.Knowledge) -> list[float]:
    """Which sorts of quantity a text holds, and whether it tells facts: none, one, more."""
    found = quantities.read(text, DAY)
    told = fact_reading.read(text, found, known.catalogue)
    sorts = {item.kind for item in found}
    return [*(float(kind in sorts) for kind in KINDS), float(bool(told)), float(len(told) > 1)]


def groups(vectors: encoder.Vector) -> npt.NDArray[np.int64]:
    """A number for each example; like examples have the same one."""
    off = vectors - vectors.mean(axis=0)
    off /= np.linalg.norm(off, axis=1, keepdims=True)
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=TWINS_WITHIN
    )
    numbers: npt.NDArray[np.int64] = clustering.fit_predict(np.clip(1 - off @ off.T, 0, 2))
    return numbers


def held_out(texts: Texts, variant: Variant, folds: Folds) -> Numbers:
    """Chances of each label (columns, sorted) for each example, from models that have not seen it."""
    names = sorted(set(texts.labels))
    chances = np.zeros((len(texts.labels), len(names)))
    for seen, unseen in folds:
        columns = list(matrices(texts, variant, seen, unseen))
        model = LogisticRegression(class_weight="balanced", max_iter=400)
        model.fit(sparse.hstack([one for one, _ in columns]).tocsr(), texts.labels[seen])
        places = [names.index(name) for name in model.classes_]
        chances[np.ix_(unseen, places)] = model.predict_proba(sparse.hstack([two for _, two in columns]).tocsr())
    return chances


def matrices(texts: Texts, variant: Variant, seen: Any, unseen: Any) -> Iterator[tuple[Any, Any]]:
    for name, analyser in variant.counted:
        lines = getattr(texts, name)
        shape: dict[str, Any] = {"analyzer": analyser, "ngram_range": (1, 3 if analyser == "char" else 2)}
        if analyser == "word":
            shape["token_pattern"] = r"(?u)\S+"
        made = TfidfVectorizer(sublinear_tf=True, **shape) if variant.weighted else CountVectorizer(**shape)
        made.min_df = variant.fewest
        yield made.fit_transform([lines[row] for row in seen]), made.transform([lines[row] for row in unseen])
    if variant.stretch:
        rows = getattr(texts, variant.vectors)
        centre = rows[seen].mean(axis=0)
        yield tuple(sparse.csr_matrix((rows[part] - centre) * variant.stretch) for part in (seen, unseen))
    if variant.facts:
        yield tuple(sparse.csr_matrix(texts.facts[part]) for part in (seen, unseen))


def guessed(labels: npt.NDArray[np.str_], chances: Numbers) -> npt.NDArray[np.str_]:
    return np.array(sorted(set(labels)))[chances.argmax(axis=1)]


def figures(labels: npt.NDArray[np.str_], chances: Numbers) -> str:
    names = np.array(sorted(set(labels)))
    guesses = guessed(labels, chances)
    among = (names[np.argsort(-chances, axis=1)[:, :2]] == labels[:, None]).any(axis=1)
    own = chances[np.arange(len(labels)), np.searchsorted(names, labels)]
    f1 = f1_score(labels, guesses, average="macro")
    loss = -np.log(np.maximum(own, 1e-9)).mean()
    return f"{(guesses == labels).mean():7.1%} {f1:6.3f} {among.mean():7.1%} {loss:9.3f}"


# ---- which entry --------------------------------------------------------------------------------------------------


WEIGHTS = (1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)  # of words and letter pairs; the vectors have the rest


def retrieval(known: knowledge.Knowledge, kept: encoder.KeptVectors, every: int) -> None:
    asked = [place for place, text in enumerate(known.index.texts) if text.role in {Role.QUESTION, Role.ASK}][::every]
    print(f"\nretrieval: {len(asked)} questions of owners, each asked without itself")
    print(f"{'words weigh':36} {'entry':>7} {'in top 3':>8} {'point':>7}")
    plain = search.Index(known.catalogue, kept, encoder.encode_kept, jieba.lcut)
    for weight in WEIGHTS:
        print(f"{weight:<36} {found(known, known.index, asked, weight)}", flush=True)
    ours = search.LEXICAL_WEIGHT
    print(f"{f'{ours}, names of entries not counted':36} {found(known, known.index, asked, ours, named=False)}")
    print(f"{f'{ours}, catalogue words not known':36} {found(known, plain, asked, ours)}")


def found(known: knowledge.Knowledge, index: search.Index, asked: list[int], weight: float, named: bool = True) -> str:
    """Shares: the entry (any edition of its line) first, among three, and the very point or track first."""
    entries = known.catalogue.entries
    line = {name: getattr(entry, "lineage", None) or name for name, entry in entries.items()}
    first = among = points = 0
    for place in asked:
        text = index.texts[place]
        dense = np.maximum(index._dense @ index._dense[place], 0)
        scores = (weight * index._lexically(text.text) + (1 - weight) * dense) * index._discount
        scores[place] = 0
        best = np.maximum.reduceat(scores, index._firsts)
        if named:
            best = best + search.NAMED_BONUS * np.sqrt(index._named(text.text))
        order = [line[index._ids[at]] for at in np.argsort(-best * index._rank, kind="stable")[:3]]
        first += order[0] == line[text.entry]
        among += line[text.entry] in order
        top = index.texts[int(scores.argmax())]
        points += (line[top.entry], top.part) == (line[text.entry], text.part)
    return f"{first / len(asked):7.1%} {among / len(asked):8.1%} {points / len(asked):7.1%}"


if __name__ == "__main__":
    main()
