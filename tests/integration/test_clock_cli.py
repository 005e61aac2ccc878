"""``huiqi clock --dry-run``: any day, a year, people of the database or of a file; nothing is written."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot import cli
from policy_kb import loader
from storage.engine import Store
from tests.fakes.reminded import Town, at

YEAR = Path(__file__).parents[1] / "data" / "year.yml"


@pytest.fixture
def town(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HUIQI_DATABASE_URL", store.url.render_as_string(hide_password=False))
    return Town(store, loader.load(), at("2026-11-20"))


def clock(*arguments: str) -> int:
    return cli.main(["clock", *arguments])


def test_a_day_shows_who_would_be_told_what_and_why_and_changes_nothing(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = town.person("7", "measure expansion-subsidy-2022")
    town.enterprise(chat, {"organisation": "enterprise"}, "顺心面馆")
    assert clock("--as-of", "2022-11-18", "--dry-run", "--text") == 0
    said = capsys.readouterr().out
    assert "telegram:7  [30] 一次性扩岗补助：订阅了“一次性扩岗补助”；执行期限2022-12-31，还有30个工作日" in said
    assert "│ 我们不收费、不点外部链接、不要验证码。" in said
    assert town.notices() == []
    assert town.rows() == []


def test_a_day_without_reminders_names_the_next_one(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.person("7", "measure expansion-subsidy-2022")
    assert clock("--as-of", "2022-12-01", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "2022-12-01（周四）：0条" in said
    assert "下一次是2022-12-21，1条" in said


def test_what_is_withheld_stands_there_with_its_reason(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert clock("--as-of", "2023-04-18", "--dry-run") == 0
    assert "× 不发 [30] 制造业中小微企业延缓缴纳部分税费（执行期限2023-05-31）：日期是推算的" in capsys.readouterr().out


def test_the_year_of_the_examples_is_what_was_written_by_hand(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[str, str, str]] = []
    assert clock("--as-of", "2022-08-18", "--until", "2023-08-31", "--dry-run", "--people", str(YEAR), "--all") == 0
    day = ""
    for line in capsys.readouterr().out.splitlines():
        if not line.startswith(" "):
            day = line[:10]
        elif line.startswith("  → "):
            name, _, rest = line.removeprefix("  → ").partition("  [")
            seen.append((day, name, rest.split("]")[0]))
    book = yaml.load(YEAR.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    written = [(each["day"], one["name"], each["stage"]) for one in book["enterprises"] for each in one["expected"]]
    assert Counter(seen) == Counter(written)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--as-of", "2022-12-01"), 2),
        (("--as-of", "yesterday", "--dry-run"), 2),
        (("--as-of", "2022-12-01", "--until", "2022-11-01", "--dry-run"), 2),
        (("--dry-run", "--people", __file__), 1),
    ],
)
def test_a_wrong_call_is_refused(town: Town, arguments: tuple[str, ...], status: int) -> None:
    assert clock(*arguments) == status


def test_where_there_is_no_database_yet_nobody_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path))
    assert clock("--dry-run") == 0
    assert "还没有数据库" in capsys.readouterr().out
    assert not (tmp_path / "huiqi.db").exists()
