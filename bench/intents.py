"""How well intents are told apart on held-out folds, without Rasa: python -m bench.intents [--png FILE] [--misses N].

The same features as config.yml (character counts of the normalised text, sentence vectors) and the same classifier,
each feature also alone, so that the table shows what each is worth. Vectors are kept in var/cache.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse
import yaml
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support
from sklearn.model_selection import StratifiedKFold

from nlu import encoder, normalise

Chances: TypeAlias = npt.NDArray[np.float64]

ROOT = Path(__file__).parent.parent
DATA = ROOT / "nlu" / "data"
CACHE = ROOT / "var" / "cache" / "bench-intents.npz"
FOLDS = 5
SEED = 7


def main() -> None:
    args = arguments()
    texts, labels = examples()
    names = sorted(set(labels))
    sizes = Counter(labels)
    print(f"{len(texts)} examples, {len(names)} labels, from {min(sizes.values())} to {max(sizes.values())} each\n")
    dense = encoder.KeptVectors(CACHE)(texts)
    foretold: dict[str, tuple[list[str], Chances]] = {}
    print(f"{'features':24} {'right':>7} {'macro F1':>9} {'top two':>8} {'sure from 0.5':>14} {'right then':>11}")
    for variant in [chosen for chosen in VARIANTS if args.all or chosen == MAIN]:
        chances = held_out(texts, labels, names, dense, VARIANTS[variant])
        guesses = [names[column] for column in chances.argmax(axis=1)]
        foretold[variant] = guesses, chances
        print(f"{variant:24} {summary(labels, guesses, chances, names)}")
    guesses, chances = foretold[MAIN]
    by_label(labels, guesses, names, sizes)
    confused(texts, labels, guesses, chances, args.misses)
    if args.png:
        picture(labels, guesses, names, Path(args.png))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every set of features, not only that of config.yml")
    parser.add_argument("--png", help="draw the confusion matrix into this file")
    parser.add_argument("--misses", type=int, default=0, help="show this many wrong guesses of each confused pair")
    return parser.parse_args()


def examples() -> tuple[list[str], list[str]]:
    """Normalised texts and their labels."""
    texts, labels = [], []
    for path in sorted(DATA.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in entry.get("examples", "").splitlines():
                texts.append(normalise.normalise(line.removeprefix("- ")).text)
                labels.append(entry["intent"])
    return texts, labels


def _counts() -> Any:
    return CountVectorizer(analyzer="char", ngram_range=(1, 3))


def _weighted() -> Any:
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)


MAIN = "counts 1-3 + vectors"
# Maker of the sparse features (or none), and whether vectors are added.
VARIANTS: dict[str, tuple[Callable[[], Any] | None, bool]] = {
    MAIN: (_counts, True),
    "tf-idf 1-3 + vectors": (_weighted, True),
    "counts 1-3": (_counts, False),
    "vectors": (None, True),
}


def held_out(
    texts: list[str], labels: list[str], names: list[str], dense: Any, variant: tuple[Callable[[], Any] | None, bool]
) -> Chances:
    """Chances of each name (columns) for each text, from models that have not seen it."""
    maker, with_vectors = variant
    chances = np.zeros((len(texts), len(names)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(texts, labels):
        parts_seen, parts_unseen = [], []
        if maker is not None:
            sparse = maker()
            parts_seen.append(sparse.fit_transform([texts[row] for row in seen]))
            parts_unseen.append(sparse.transform([texts[row] for row in unseen]))
        if with_vectors:
            parts_seen.append(scipy.sparse.csr_matrix(dense[seen]))
            parts_unseen.append(scipy.sparse.csr_matrix(dense[unseen]))
        model = LogisticRegression(class_weight="balanced", max_iter=400)
        model.fit(scipy.sparse.hstack(parts_seen).tocsr(), [labels[row] for row in seen])
        columns = [names.index(name) for name in model.classes_]
        chances[np.ix_(unseen, columns)] = model.predict_proba(scipy.sparse.hstack(parts_unseen).tocsr())
    return chances


def summary(labels: list[str], guesses: list[str], chances: Chances, names: list[str]) -> str:
    right = np.array([label == guess for label, guess in zip(labels, guesses, strict=True)])
    best_two = np.argsort(-chances, axis=1)[:, :2]
    among = np.array([names.index(label) in row for label, row in zip(labels, best_two, strict=True)])
    sure = chances.max(axis=1) >= 0.5
    macro = f1_score(labels, guesses, average="macro")
    return f"{right.mean():7.1%} {macro:9.3f} {among.mean():8.1%} {sure.mean():14.1%} {right[sure].mean():11.1%}"


def by_label(labels: list[str], guesses: list[str], names: list[str], sizes: Counter[str]) -> None:
    precision, recall, f1, _ = precision_recall_fscore_support(labels, guesses, labels=names, zero_division=0)
    print(f"\n{'label':14} {'examples':>8} {'precision':>10} {'recall':>7} {'F1':>6}")
    for row in np.argsort(f1):
        print(f"{names[row]:14} {sizes[names[row]]:8} {precision[row]:10.1%} {recall[row]:7.1%} {f1[row]:6.3f}")


def confused(texts: list[str], labels: list[str], guesses: list[str], chances: Chances, show: int) -> None:
    pairs = Counter((label, guess) for label, guess in zip(labels, guesses, strict=True) if label != guess)
    print("\nmost confused (label → guess)")
    for (label, guess), count in pairs.most_common(60 if show else 20):
        print(f"{count:4}  {label} → {guess}")
        rows = [row for row in range(len(texts)) if (labels[row], guesses[row]) == (label, guess)]
        for row in sorted(rows, key=lambda row: -chances[row].max())[:show]:
            print(f"        {chances[row].max():.2f}  {texts[row]}")


def picture(labels: list[str], guesses: list[str], names: list[str], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    matrix = confusion_matrix(labels, guesses, labels=names, normalize="true")
    figure, axes = plt.subplots(figsize=(11, 10))
    shown = axes.imshow(matrix, cmap="viridis", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("guess")
    axes.set_ylabel("label")
    axes.set_title("Intents on held-out folds: share of each label")
    figure.colorbar(shown, fraction=0.04)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
