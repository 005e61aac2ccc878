"""Rasa component: a dense feature for the whole sentence, from `nlu.encoder`."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import encoder

VECTOR = "vector"
SCALE = 10.0
"""Vectors of this encoder lie close together; centred and stretched they weigh as much as the letter counts.

As they come they are hardly heard beside the letters (`python -m bench.components`).
"""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Encodes each message once. The retriever uses the same vector, uncentred."""

    def __init__(
        self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource, centre: encoder.Vector
    ) -> None:
        """`centre`: the mean vector of the training examples."""
        super().__init__(name, config)
        self._model_storage, self._resource, self._centre = model_storage, resource, centre

    @classmethod
    def required_components(cls) -> list[type]:
        """Any tokenizer, as for every featurizer."""
        return [Tokenizer]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoder":
        """Before training the centre is the origin."""
        centre = np.zeros(encoder.DIMENSION, dtype=np.float32)
        return cls(config, execution_context.node_name, model_storage, resource, centre)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceEncoder":
        """With the centre kept at training."""
        with model_storage.read_from(resource) as folder:
            centre = np.load(folder / "centre.npy")
        return cls(config, execution_context.node_name, model_storage, resource, centre)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No settings beyond those of every featurizer."""
        return {**DenseFeaturizer.get_default_config()}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """No settings to check."""

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the centre of the examples and keep it with the model."""
        texts = [example.get(TEXT) for example in training_data.training_examples if example.get(TEXT)]
        self._centre = encoder.encode_kept(texts).mean(axis=0) if texts else self._centre
        with self._model_storage.write_to(self._resource) as folder:
            np.save(folder / "centre.npy", self._centre)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentence feature to each message."""
        texts = [message.get(TEXT) or "" for message in messages]
        for message, row in zip(messages, encoder.encode_kept(texts), strict=True):
            message.set(VECTOR, row)
            feature = ((row - self._centre) * SCALE).reshape(1, -1)
            message.add_features(Features(feature, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for training examples."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data
