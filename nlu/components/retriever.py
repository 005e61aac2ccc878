"""Rasa component: the entries of the catalogue a message is about, by `policy_kb.search`."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu import knowledge
from nlu.components.encoder import VECTOR

HITS = "hits"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Retriever(GraphComponent):
    """Looks up the index of the catalogue in use."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Retriever":
        """Nothing to set up: the index belongs to the catalogue."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `hits` on each message."""
        for message in messages:
            hits = knowledge.current().index.search(message.get(TEXT) or "", message.get(VECTOR))
            message.set(HITS, hits, add_to_output=True)
        return messages
