"""Training: the Rasa model from `config.yml` and `nlu/data`, and whether it is still the right one."""

import hashlib
import logging
import os
from pathlib import Path

from nlu import encoder, knowledge
from nlu.examples import DATA
from policy_kb.catalogues import Catalogue

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "config.yml"
FEATURES = ("normalise", "dialect", "pinyin", "encoder", "transformer", "weights", "pieces")
"""Modules that the components make features with."""


def fingerprint() -> str:
    """What the model depends on: pipeline, examples, and the code of the components that make features."""
    digest = hashlib.sha256()
    code = [*(ROOT / "nlu" / f"{name}.py" for name in FEATURES), *sorted((ROOT / "nlu" / "components").glob("*.py"))]
    for path in (CONFIG, *sorted(DATA.rglob("*.yml")), *code):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_path(models: Path) -> Path:
    """Where the model for the present data lies (or will lie)."""
    return models / f"nlu-{fingerprint()}.tar.gz"


def prepare(catalogue: Catalogue, home: Path) -> None:
    """Everything Rasa's training needs around it: where it keeps things, the catalogue in use, all cores."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(home / "cache" / "rasa"))
    encoder.use_cores(os.cpu_count() or 1)
    knowledge.use(knowledge.build(catalogue, home / "cache"))


def train(catalogue: Catalogue, home: Path, models: Path, data: Path = DATA) -> Path:
    """Train into `models` and return the model's path; kept vectors and Rasa's cache go under `home`.

    `data`: other examples than those of the project, for tests. Old models are removed only after the new one is whole, so
    that a stop in the middle leaves a working assistant.
    """
    prepare(catalogue, home)
    from rasa.model_training import train_nlu

    logging.getLogger("rasa").setLevel(logging.ERROR)
    target = model_path(models)
    made = train_nlu(
        config=str(CONFIG),
        nlu_data=str(data),
        output=str(models),
        fixed_model_name=f"fresh-{target.stem.split('.')[0]}",
    )
    if made is None:
        raise RuntimeError("Rasa trained no model; its log above says why")
    Path(made).replace(target)
    for old in models.glob("nlu-*.tar.gz"):
        if old != target:
            old.unlink(missing_ok=True)
    return target
