"""How well intents are told apart on held-out folds, without Rasa: python -m bench.intents [--all] [--png FILE] [--misses N].

Counts of one to three letters of the normalised text, sentence vectors, and logistic regression, as in config.yml;
--all shows what each feature is worth. Vectors are kept in var/cache.
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
LONG = 30  # a voice message with facts in it


def main() -> None:
    args = arguments()
    texts, labels = examples()
    names = sorted(set(labels))
    sizes = Counter(labels)
    print(f"{len(texts)} examples, {len(names)} labels, from {min(sizes.values())} to {max(sizes.values())} each\n")
    dense = encoder.KeptVectors(CACHE)(texts)
    foretold: dict[str, tuple[list[str], Chances]] = {}
    print(f"{'features':24} {'right':>7} {'macro F1':>9} {'top two':>8} {'sure from 0.5':>14} {'right then':>11}")
    for variant in [name for name in VARIANTS if args.all or name == args.features]:
        chances = held_out(texts, labels, names, dense, VARIANTS[variant])
        guesses = [names[column] for column in chances.argmax(axis=1)]
        foretold[variant] = guesses, chances
        print(f"{variant:24} {summary(labels, guesses, chances, names)}")
    guesses, chances = foretold[args.features]
    long = [row for row, text in enumerate(texts) if len(text) >= LONG]
    print(f"\nof {len(long)} with {LONG} letters and more: {share(labels, guesses, long):.1%} right")
    by_label(labels, guesses, names, sizes)
    confused(texts, labels, guesses, chances, args.misses)
    if args.png:
        picture(labels, guesses, names, Path(args.png))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="compare every set of features")
    parser.add_argument("--features", choices=VARIANTS, default="counts + vectors x10", help="for the tables by label")
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
    return CountVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2)


def _weighted() -> Any:
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)


# Maker of the sparse features (or none), and by how much the vectors are drawn out around their mean (0: left out).
# Vectors of e5 lie close together: as they come, the classifier hardly hears them beside counts of letters.
VARIANTS: dict[str, tuple[Callable[[], Any] | None, float]] = {
    "counts": (_counts, 0),
    "vectors": (None, 1),
    "vectors x10": (None, 10),
    "counts + vectors": (_counts, 1),
    "counts + vectors x10": (_counts, 10),
    "tf-idf + vectors x10": (_weighted, 10),
}


def held_out(
    texts: list[str], labels: list[str], names: list[str], dense: Any, variant: tuple[Callable[[], Any] | None, float]
) -> Chances:
    """Chances of each name (columns) for each text, from models that have not seen it."""
    maker, stretch = variant
    chances = np.zeros((len(texts), len(names)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(texts, labels):
        parts_seen, parts_unseen = [], []
        if maker is not None:
            sparse = maker()
            parts_seen.append(sparse.fit_transform([texts[row] for row in seen]))
            parts_unseen.append(sparse.transform([texts[row] for row in unseen]))
        if stretch:
            mean = dense[seen].mean(axis=0)
            parts_seen.append(scipy.sparse.csr_matrix((dense[seen] - mean) * stretch))
            parts_unseen.append(scipy.sparse.csr_matrix((dense[unseen] - mean) * stretch))
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
    then = f"{right[sure].mean():11.1%}" if sure.any() else f"{'–':>11}"
    return f"{right.mean():7.1%} {macro:9.3f} {among.mean():8.1%} {sure.mean():14.1%} {then}"


def share(labels: list[str], guesses: list[str], rows: list[int]) -> float:
    return sum(labels[row] == guesses[row] for row in rows) / len(rows)


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
