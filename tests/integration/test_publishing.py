"""A newly published catalogue is taken over by a running assistant between two messages, with the real model."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot import assembly, gates, kb_versions, settings
from handlers import lookup
from handlers.conversation import Conversation
from handlers.session import Session
from handlers.turn import Message
from nlu import knowledge
from policy_kb import loader
from storage.times import SHANGHAI
from tests.fakes.talks import DAY, assistant

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SHANGHAI)
QUESTION = "一次性扩岗补助是什么"
WHERE = "measures/employment/expansion-subsidy-2022.yml"
OLD, NEW = "企业招用毕业年度高校毕业生", "企业招用当年毕业的高校毕业生"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of its own; afterwards everybody else understands by the catalogue of before."""
    kept = settings.load().home / "cache" / "vectors.npz"
    if kept.exists():
        (tmp_path / "cache").mkdir()
        shutil.copy(kept, tmp_path / "cache")
    assistant()
    before = knowledge.current()
    yield tmp_path
    knowledge.use(before)


def living(home: Path) -> assembly.Living:
    talk = assistant()._talk
    return assembly.Living(Conversation(talk.catalogue, talk.mind), kb_versions.Follower(home), home)


def published(home: Path, change: Callable[[str], str]) -> str:
    source = home / "draft"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(loader.CATALOGUE_DIR, source)
    file = source / WHERE
    text = file.read_text(encoding="utf-8")
    assert change(text) != text
    file.write_text(change(text), encoding="utf-8")
    version = kb_versions.propose(source, "甲", home, NOW)
    kb_versions.approve(version, "乙", home, NOW)
    return version


def said(talk: assembly.Living, text: str = QUESTION) -> str:
    return talk.turn(Message(text=text), Session(), DAY).reply.text


def test_the_message_after_a_publication_is_answered_by_it_and_after_a_roll_back_by_the_one_before(home: Path) -> None:
    first = published(home, lambda text: text.replace("aliases: [", "aliases: [扩岗奖, "))
    talk = living(home)  # began with the repository's catalogue, whatever is published: as a process of before
    assert NEW not in said(talk)
    second = published(home, lambda text: text.replace(OLD, NEW))
    assert NEW in said(talk)
    assert talk.catalogue.version == second  # kept with every answer
    kb_versions.roll_back("丙", home, NOW)
    assert NEW not in said(talk)
    assert talk.catalogue.version == first


def test_what_is_asked_by_a_name_that_only_the_new_version_knows_is_found(home: Path) -> None:
    talk = living(home)
    published(home, lambda text: text.replace("aliases: [", "aliases: [星河计划补贴, "))
    turn = talk.turn(Message(text="星河计划补贴是什么"), Session(), DAY)
    assert turn.reply.measures == ("expansion-subsidy-2022",)


def test_a_damaged_version_leaves_the_last_one_in_force(home: Path) -> None:
    talk = living(home)
    version = published(home, lambda text: text.replace(OLD, NEW))
    (home / "kb" / "versions" / version / "catalogue" / WHERE).write_text("title: [", encoding="utf-8")
    assert "1500元" in said(talk)
    assert talk.catalogue.version == assistant().catalogue.version


def test_inline_cards_follow_a_publication_too(home: Path) -> None:
    shelf = gates.InForce(settings.Settings(home=home), assistant().catalogue)
    [card] = lookup.cards("扩岗", shelf(), DAY)
    assert NEW not in card.text
    published(home, lambda text: text.replace(OLD, NEW))
    [card] = lookup.cards("扩岗", shelf(), DAY)
    assert NEW in card.text
