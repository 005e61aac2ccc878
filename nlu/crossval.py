"""Rasa's own cross-validation over the written examples."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from nlu import training
from nlu.examples import DATA
from policy_kb.catalogues import Catalogue

SEED = 7
"""Rasa shuffles the examples before it parts them; with this the parts are the same each time."""


def folder(home: Path) -> Path:
    """Where the results of the last cross-validation lie."""
    return home / "test" / "nlu"


def run(catalogue: Catalogue, home: Path, folds: int, begins: Callable[[int], None], data: Path = DATA) -> Path:
    """Train and test on `folds` parts of the examples in turn; returns the folder with Rasa's reports.

    `begins` is called with 1, 2 … as each part begins. `data`: other examples than those of the project. Takes minutes.
    """
    training.prepare(catalogue, home)
    import numpy as np
    from rasa.nlu import test
    from rasa.shared.nlu.training_data import loading

    logging.getLogger("rasa").setLevel(logging.ERROR)
    out = folder(home)
    for old in out.glob("intent_*"):
        old.unlink()
    parted = test.generate_folds

    def counted(count: int, examples: Any) -> Iterator[Any]:
        for number, pair in enumerate(parted(count, examples), 1):
            begins(number)
            yield pair

    np.random.seed(SEED)  # Rasa's parting takes the old generator
    examples = loading.load_data(str(data))
    with mock.patch.object(test, "generate_folds", counted):
        wanted = test.cross_validate(
            examples, folds, str(training.CONFIG), str(out), successes=True, errors=True, disable_plotting=True
        )
        asyncio.run(wanted)
    return out
