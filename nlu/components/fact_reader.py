"""Rasa component: quantities and facts found in the message."""

from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu import fact_reading, knowledge, quantities

QUANTITIES, TOLD = "quantities", "told"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactReader(GraphComponent):
    """Reads with the day of the question, which comes as metadata: 去年 depends on it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FactReader":
        """Nothing to set up: the facts are those of the catalogue in use."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `quantities` and `told` on each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            day = (message.get("metadata") or {}).get("as_of")
            if day is None:
                continue  # training examples carry no day and need no facts
            today = date.fromisoformat(day)
            found = quantities.read(text, today)
            message.set(QUANTITIES, found, add_to_output=True)
            message.set(TOLD, fact_reading.read(text, found, knowledge.current().catalogue), add_to_output=True)
        return messages
