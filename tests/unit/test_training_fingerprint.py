"""When a model must be trained again: whenever what it is made from changes, and not otherwise."""

from pathlib import Path

import pytest

from nlu import training

CODE = (*(f"nlu/{name}.py" for name in training.FEATURES), "nlu/components/one.py")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("config.yml", "nlu/data/acts.yml", "nlu/data/more/asking.yml", *CODE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    monkeypatch.setattr(training, "ROOT", tmp_path)
    monkeypatch.setattr(training, "CONFIG", tmp_path / "config.yml")
    monkeypatch.setattr(training, "DATA", tmp_path / "nlu" / "data")
    return tmp_path


def test_the_same_files_have_the_same_fingerprint(project: Path) -> None:
    first = training.fingerprint()
    (project / "config.yml").touch()
    assert training.fingerprint() == first


@pytest.mark.parametrize("name", ["config.yml", "nlu/data/acts.yml", "nlu/data/more/asking.yml", *CODE])
def test_a_change_of_any_file_changes_it(project: Path, name: str) -> None:
    before = training.fingerprint()
    (project / name).write_text("other", encoding="utf-8")
    assert training.fingerprint() != before


def test_a_new_file_of_examples_changes_it(project: Path) -> None:
    before = training.fingerprint()
    (project / "nlu" / "data" / "zz.yml").write_text("", encoding="utf-8")
    assert training.fingerprint() != before


def test_files_that_make_no_feature_do_not_count(project: Path) -> None:
    before = training.fingerprint()
    (project / "nlu" / "places.py").write_text("x", encoding="utf-8")
    (project / "nlu" / "data" / "notes.txt").write_text("x", encoding="utf-8")
    assert training.fingerprint() == before


def test_the_model_is_named_after_its_fingerprint(project: Path) -> None:
    path = training.model_path(project / "models")
    assert path.parent == project / "models"
    assert path.name == f"nlu-{training.fingerprint()}.tar.gz"
