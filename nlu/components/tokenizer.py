"""Rasa component: Rasa's tokenizer for Chinese, with the words of the catalogue in use."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message

from nlu import knowledge


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class CatalogueTokenizer(JiebaTokenizer):
    """Cuts as retrieval does, so that 六税两费 is one word.

    Rasa would read a dictionary into the one Jieba of the process, at each load anew: every reading shifts the weights of
    all words (the second cut 多少钱 otherwise than the first), and words of an older catalogue would stay.
    """

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of one attribute of a message."""
        words = knowledge.current().jieba.tokenize(message.get(attribute))
        tokens: list[Token] = self._apply_token_pattern([Token(word, start) for word, start, _ in words])
        return tokens
