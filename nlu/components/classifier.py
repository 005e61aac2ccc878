"""Rasa component: Rasa's logistic regression, kept as plain numbers."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier

FILE = "weights.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """The same figures as Rasa's, sooner.

    Rasa keeps the model with skops, which imports the whole of scikit-learn at each start; and scikit-learn copies the
    weights for each question, unless those of a feature lie beside each other (3 ms).
    """

    def persist(self) -> None:
        """Keep the weights with the model."""
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / FILE, weights=self.clf.coef_, shifts=self.clf.intercept_, labels=self.clf.classes_)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentClassifier":
        """With the weights kept at training."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / FILE) as kept:
            component.clf.coef_ = np.asfortranarray(kept["weights"])
            component.clf.intercept_, component.clf.classes_ = kept["shifts"], kept["labels"]
        return component
