"""Rasa component: what of each word counts for the classifier, kept as the token's lemma."""

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import knowledge

NUMBER, NAME = "0", "某"
_NUMBER = re.compile(r"\d+(\.\d+)?")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Lemmatiser(GraphComponent):
    """Any number counts as one number and any name of the catalogue as one name: which it is does not tell what is asked."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Any tokenizer."""
        return [Tokenizer]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Lemmatiser":
        """Nothing to set up: the names are those of the catalogue in use."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the lemma of each token. Rasa counts lemmas, not words, where tokens have them."""
        names = knowledge.current().names
        for message in messages:
            for token in message.get(TOKENS_NAMES[TEXT]) or ():
                token.lemma = _lemma(token, names)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for training examples."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data


def _lemma(token: Token, names: frozenset[str]) -> str:
    if _NUMBER.fullmatch(token.text):
        return NUMBER
    return NAME if token.text in names else str(token.text)
