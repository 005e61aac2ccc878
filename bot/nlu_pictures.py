"""Pictures of a cross-validation, drawn by Rasa, labels in Chinese. The Chinese font comes with a package."""

from collections.abc import Sequence
from pathlib import Path

from nlu import labels, results
from nlu.results import Guess

CONFUSION, CONFIDENCE = "intent_confusion_matrix.png", "intent_histogram.png"


def draw(guesses: Sequence[Guess], folder: Path) -> list[Path]:
    """Write the confusion matrix and the histogram of confidence into `folder`; returns the files."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import font_manager
    from rasa.utils import plotting

    from bot import kb_pictures

    font_manager.fontManager.addfont(str(kb_pictures.FONT))
    chinese = font_manager.FontProperties(fname=str(kb_pictures.FONT)).get_name()
    names, counts = results.matrix(guesses)
    sides = [[guess.confidence for guess in guesses if guess.right is right] for right in (True, False)]
    with mpl.rc_context({"font.family": chinese, "axes.unicode_minus": False}):
        plotting.plot_confusion_matrix(
            counts,
            classes=[f"{labels.name(name)} {name}" for name in names],
            title="哪些问法被认成了别的（行：应是；列：认成）",
            output_file=str(folder / CONFUSION),
        )
        plotting.plot_paired_histogram(
            sides,
            title="把握有多大：左边认对，右边认错",
            output_file=str(folder / CONFIDENCE),
            axes_label=("认对", "认错"),
            frame_label=("例句数", "把握"),
        )
    return [folder / CONFUSION, folder / CONFIDENCE]
