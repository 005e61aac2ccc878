"""Training: the Rasa model from `config.yml` and `nlu/data`, and whether it is still the right one."""

import hashlib
import logging
import os
from pathlib import Path

from nlu import knowledge
from policy_kb.catalogues import Catalogue

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "config.yml"
DATA = ROOT / "nlu" / "data"


def fingerprint() -> str:
    """What the model depends on: pipeline, examples, and the code of the components that make features."""
    digest = hashlib.sha256()
    code = [
        ROOT / "nlu" / "normalise.py",
        ROOT / "nlu" / "encoder.py",
        *sorted((ROOT / "nlu" / "components").glob("*.py")),
    ]
    for path in (CONFIG, *sorted(DATA.rglob("*.yml")), *code):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_path(models: Path) -> Path:
    """Where the model for the present data lies (or will lie)."""
    return models / f"nlu-{fingerprint()}.tar.gz"


def train(catalogue: Catalogue, home: Path) -> Path:
    """Train and return the model's path. Jieba's dictionary and the kept vectors are made on the way.

    Old models are removed only after the new one is whole, so that a stop in the middle leaves a working assistant.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    knowledge.write_dictionary(catalogue, home / "dictionary")
    knowledge.use(knowledge.build(catalogue, home / "cache"))
    from rasa.model_training import train_nlu

    logging.getLogger("rasa").setLevel(logging.ERROR)
    models = home / "models"
    target = model_path(models)
    made = train_nlu(
        config=str(CONFIG),
        nlu_data=str(DATA),
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
