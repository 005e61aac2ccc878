"""`./huiqi nlu …` as typed, and training itself on a few examples: same data, same predictions."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot import cli, settings
from nlu import crossval, examples, knowledge, results, training, understanding
from policy_kb import loader
from storage import unanswered
from storage.engine import Store
from tests.fakes import databases
from tests.fakes.talks import DAY

OLD, NEW = datetime(2022, 9, 1, 2, 0, tzinfo=UTC), datetime(2022, 9, 20, 2, 0, tzinfo=UTC)
LABELS = ("amount", "until", "greet", "thanks")
EACH = 12

IGNORED = (
    "ignore:unclosed file:ResourceWarning",  # Jieba never closes the dictionary that Rasa's tokenizer hands it
    "ignore:the load_module:DeprecationWarning",  # the checker of Rasa's configuration files
)


@pytest.fixture(scope="module")
def vectors() -> Path:
    return settings.load().home / "cache" / "vectors.npz"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vectors: Path) -> Path:
    """An installation of its own, with the vectors of the catalogue: making them again takes a minute."""
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    (tmp_path / "cache").mkdir()
    if vectors.exists():
        shutil.copy(vectors, tmp_path / "cache")
    return tmp_path


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = databases.migrated(f"sqlite:///{home / 'huiqi.db'}")
    yield opened
    opened.close()


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert cli.main(["nlu", *words]) == status
    told = capsys.readouterr()
    return told.out + told.err


def ask(store: Store, text: str, kind: str, moment: datetime) -> None:
    with store.write() as session:
        unanswered.add(session, None, text, kind, moment)


def test_without_a_database_nothing_is_unanswered(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "还没有没答上的问题" in said(capsys, "unanswered")
    assert said(capsys, "unanswered", "--json").strip() == "[]"


def test_like_questions_are_counted_together_the_newest_shown(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    ask(store, "医保能不能缓缴", "unknown", OLD)
    ask(store, "股权激励有补贴吗", "unknown", OLD)
    ask(store, "医疗保险可以缓交吗", "low", NEW)
    told = said(capsys, "unanswered")
    assert "3 个问题，归成 2 组" in told
    assert told.index("2 次　最近 2022-09-20") < told.index("1 次　最近 2022-09-01")
    assert told.index("医疗保险可以缓交吗") < told.index("医保能不能缓缴")
    assert "没有依据 1" in told
    assert "没把握 1" in told
    groups = json.loads(said(capsys, "unanswered", "--json"))
    assert [group["count"] for group in groups] == [2, 1]
    assert groups[0]["example"] == "医疗保险可以缓交吗"
    assert groups[0]["kinds"] == {"low": 1, "unknown": 1}


def test_only_questions_from_a_day_on_are_shown(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    ask(store, "医保能不能缓缴", "unknown", OLD)
    ask(store, "股权激励有补贴吗", "clarify", NEW)
    assert "1 个问题，归成 1 组" in said(capsys, "unanswered", "--since", "2022-09-20")
    assert "这段时间没有" in said(capsys, "unanswered", "--since", "2022-09-21")


def test_a_database_that_does_not_answer_is_told_without_its_password(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIQI_DATABASE_URL", "postgresql://huiqi:geheim@127.0.0.1:1/huiqi")
    told = said(capsys, "unanswered", status=1)
    assert told.startswith("huiqi: ")
    assert "geheim" not in told


def test_a_report_without_a_test_says_what_to_run(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "先运行 ./huiqi nlu test" in said(capsys, "report", status=1)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few examples of four labels, as Rasa reads them."""
    folder = tmp_path_factory.mktemp("data")
    kept = examples.read()
    entries = [
        {"intent": label, "examples": "".join(f"- {e.text}\n" for e in [x for x in kept if x.label == label][:EACH])}
        for label in LABELS
    ]
    (folder / "few.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True), "utf-8")
    return folder


@pytest.mark.filterwarnings(*IGNORED)
def test_cross_validation_is_rasas_own_and_is_reported(
    home: Path, few: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASA_MAX_CACHE_SIZE", "0")
    begun: list[int] = []
    folder = crossval.run(loader.load(), home, 2, begun.append, few)
    assert begun == [1, 2]
    assert json.loads((folder / "intent_report.json").read_text("utf-8"))["accuracy"] > 0.5
    guesses = results.read(folder)
    assert len(guesses) == EACH * len(LABELS)
    assert {guess.label for guess in guesses} == set(LABELS)
    told = said(capsys, "report", "--all")
    assert f"{EACH * len(LABELS)} 个例句" in told
    assert "多少钱" in told
    pictures = [Path(line.removeprefix("图：")) for line in told.splitlines() if line.startswith("图：")]
    assert [path.name for path in pictures] == ["intent_confusion_matrix.png", "intent_histogram.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


@pytest.mark.filterwarnings(*IGNORED)
def test_the_same_data_gives_the_same_predictions(
    home: Path, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASA_MAX_CACHE_SIZE", "0")  # nothing is taken over from the first training
    catalogue = loader.load()
    minds = []
    for name in ("first", "second"):
        model = training.train(catalogue, home, tmp_path / name, few)
        minds.append(understanding.Understander(model, knowledge.current()))
    for example in examples.read()[::500]:
        one, other = (mind.understand(example.text, DAY) for mind in minds)
        assert one.ranking == other.ranking
        assert one.hits == other.hits


@pytest.mark.filterwarnings(*IGNORED)
def test_a_second_training_leaves_only_its_own_model(home: Path, few: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "nlu-0123456789abcdef.tar.gz").write_bytes(b"old")
    made = training.train(loader.load(), home, models, few)
    assert [path.name for path in models.iterdir()] == [made.name]
