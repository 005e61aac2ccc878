"""The components that stand on the catalogue in use: words, and what of them counts."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu import knowledge
from nlu.components.lemmatiser import Lemmatiser
from nlu.encoder import Vector
from nlu.knowledge import Knowledge
from policy_kb import search
from policy_kb.catalogues import Catalogue
from tests.fakes import catalogue

RENT = catalogue.catalogue(catalogue.measure("rent", title="免租券", aliases=["滇池免租计划"]))
OTHER = catalogue.catalogue(catalogue.measure("other", title="缓缴"))


def known(kept: Catalogue) -> Knowledge:
    own = knowledge.cutter(kept)
    return Knowledge(kept, search.Index(kept, ones, ones, own.lcut), own)


def ones(texts: Sequence[str]) -> Vector:
    return np.eye(len(texts), 64, dtype=np.float32)


@pytest.fixture
def in_use() -> Iterator[None]:
    """Leaves the catalogue of the other tests in use."""
    before = list(knowledge._current)
    yield
    knowledge._current[:] = before


def lemmas(*words: str) -> list[str]:
    message = Message({TEXT: "".join(words)})
    message.set(TOKENS_NAMES[TEXT], [Token(word, 0) for word in words])
    Lemmatiser().process([message])
    return [token.lemma for token in message.get(TOKENS_NAMES[TEXT])]


def test_a_name_of_the_catalogue_is_one_word() -> None:
    assert knowledge.cutter(RENT).lcut("滇池免租计划几时截止")[0] == "滇池免租计划"


def test_a_catalogues_words_do_not_reach_another() -> None:
    knowledge.cutter(RENT)
    assert "滇池免租计划" not in knowledge.cutter(OTHER).lcut("滇池免租计划几时截止")


def test_a_catalogue_cuts_the_same_however_often_it_is_read() -> None:
    first = knowledge.cutter(RENT)
    for _ in range(3):
        again = knowledge.cutter(RENT)
    assert again.total == first.total
    assert again.lcut("能返多少钱") == first.lcut("能返多少钱")


@pytest.mark.usefixtures("in_use")
def test_numbers_and_names_count_as_one_each() -> None:
    knowledge.use(known(RENT))
    assert lemmas("免租券", "能", "领", "3000", "还是", "1.5", "万") == ["某", "能", "领", "0", "还是", "0", "万"]


@pytest.mark.usefixtures("in_use")
def test_names_are_those_of_the_catalogue_in_use() -> None:
    knowledge.use(known(OTHER))
    assert lemmas("免租券", "缓缴") == ["免租券", "某"]


@pytest.mark.usefixtures("in_use")
def test_a_message_without_words_has_no_lemmas() -> None:
    knowledge.use(known(OTHER))
    assert lemmas() == []
