"""Puts the assistant together: settings → catalogue → model → conversation. The only place that knows all parts."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot import settings
from policy_kb import loader
from policy_kb.catalogues import Catalogue

if TYPE_CHECKING:
    from handlers.conversation import Conversation


def catalogue(root: Path | None = None) -> Catalogue:
    """The catalogue, whole or not at all. Raises loader.CatalogueError naming file and line of every mistake."""
    return loader.load(root or loader.CATALOGUE_DIR)


def conversation(current: settings.Settings, known: Catalogue | None = None) -> "Conversation":
    """The assistant ready to talk. Takes 10–20 s: it loads the language model, training it first where none fits."""
    from handlers.conversation import Conversation
    from nlu import knowledge, training, understanding

    known = known or catalogue()
    model = training.model_path(current.model_dir)
    if not model.exists():
        model = training.train(known, current.home)
    built = knowledge.build(known, current.home / "cache")
    return Conversation(known, understanding.Understander(model, built))
