"""Proposing, approving and rolling back a version of the catalogue."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from bot import kb_versions
from policy_kb import loader
from storage.times import SHANGHAI

RIGHT = Path(__file__).parents[1] / "data" / "right" / "catalogue"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SHANGHAI)


def other_catalogue(tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    shutil.copytree(RIGHT, folder)
    gaps = folder / "gaps" / "general.yml"
    gaps.write_text(gaps.read_text(encoding="utf-8").replace("公积金缓缴", "公积金晚缴"), encoding="utf-8")
    return folder


def publish(source: Path, home: Path) -> str:
    version = kb_versions.propose(source, "甲", home, NOW)
    kb_versions.approve(version, "乙", home, NOW)
    return version


def test_before_the_first_publication_the_repository_is_in_force(tmp_path: Path) -> None:
    assert kb_versions.current(tmp_path) is None
    assert kb_versions.folder(tmp_path) == loader.CATALOGUE_DIR


def test_a_version_is_in_force_once_a_second_person_approved_it(tmp_path: Path) -> None:
    version = kb_versions.propose(RIGHT, "甲", tmp_path, NOW)
    assert kb_versions.current(tmp_path) is None
    with pytest.raises(kb_versions.PublishError, match="另一个人"):
        kb_versions.approve(version, "甲", tmp_path, NOW)
    kb_versions.approve(version, "乙", tmp_path, NOW)
    assert kb_versions.current(tmp_path) == version
    assert loader.load(kb_versions.folder(tmp_path)).version == version


def test_only_what_was_proposed_can_be_approved(tmp_path: Path) -> None:
    with pytest.raises(kb_versions.PublishError, match="没有提出过"):
        kb_versions.approve("0123456789abcdef", "乙", tmp_path, NOW)


def test_a_catalogue_with_mistakes_is_not_even_proposed(tmp_path: Path) -> None:
    with pytest.raises(loader.CatalogueError):
        kb_versions.propose(tmp_path / "nowhere", "甲", tmp_path, NOW)
    assert kb_versions.history(tmp_path) == []


def test_a_snapshot_does_not_change_with_the_folder_it_came_from(tmp_path: Path) -> None:
    source = other_catalogue(tmp_path)
    version = publish(source, tmp_path / "home")
    shutil.rmtree(source)
    assert loader.load(kb_versions.folder(tmp_path / "home")).version == version


def test_rolling_back_brings_the_version_before(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first, second = publish(RIGHT, home), publish(other_catalogue(tmp_path), home)
    assert kb_versions.current(home) == second
    assert kb_versions.roll_back("丙", home, NOW) == first
    assert kb_versions.current(home) == first
    with pytest.raises(kb_versions.PublishError, match="退不回去"):
        kb_versions.roll_back("丙", home, NOW)
    assert [act.act for act in kb_versions.history(home)] == ["proposed", "approved"] * 2 + ["rolled back"]


def test_a_running_process_hears_of_each_change_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    follower = kb_versions.Follower(home)
    assert follower.changed() is None
    version = publish(RIGHT, home)
    changed = follower.changed()
    assert changed is not None
    assert loader.load(changed).version == version
    assert follower.changed() is None


def test_a_published_version_a_folder_and_a_git_revision_can_be_read(tmp_path: Path) -> None:
    version = publish(RIGHT, tmp_path)
    for reference in (version, str(RIGHT), "HEAD"):
        with kb_versions.at(reference, tmp_path) as folder:
            assert (folder / "documents.yml").is_file()


@pytest.mark.parametrize("reference", ["no-such-thing", "--output=x", "../../etc"])
def test_what_is_no_version_is_refused(tmp_path: Path, reference: str) -> None:
    with pytest.raises(kb_versions.NoSuchVersionError), kb_versions.at(reference, tmp_path):
        pass
