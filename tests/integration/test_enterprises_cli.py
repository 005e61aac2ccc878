"""`./huiqi enterprises …` as typed, on both databases."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from bot import cli, credit_codes
from storage import registers
from storage.engine import Store
from tests.fakes import databases, lists
from tests.fakes.clusters import NoPostgresError


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("HUIQI_HOME", str(tmp_path / "home"))
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'home' / 'huiqi.db'}"
        return
    try:
        with databases.postgres_database() as found:
            monkeypatch.setenv("HUIQI_DATABASE_URL", found)
            yield found
    except NoPostgresError as error:
        databases.skip_without_postgres(error)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = databases.migrated(url)
    yield opened
    opened.close()


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    found = cli.main(["enterprises", *words])
    told = capsys.readouterr()
    assert found == status, told
    return told.out + told.err


def listed(folder: Path, number: int, encoding: str = "utf-8-sig", name: str = "a.csv") -> Path:
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(lists.HEADINGS)
        writer.writerows(lists.rows(number))
    return path


def count(store: Store) -> int:
    with store.read() as session:
        return sum(registers.count(session).values())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_list_is_tried_imported_and_brought_up_to_date(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    file = str(listed(tmp_path, 30, encoding))
    assert "会新增 30 家，更新 0 家，不变 0 家" in said(capsys, "import", file, "--dry-run")
    assert count(store) == 0
    assert "已新增 30 家" in said(capsys, "import", file, "--by", "张三")
    assert "已新增 0 家，更新 0 家，不变 30 家" in said(capsys, "import", file)
    changed = listed(tmp_path, 30, encoding)
    changed.write_text(changed.read_text(encoding=encoding).replace("微型", "小型"), encoding=encoding)
    assert re.search(r"已新增 0 家，更新 [1-9]\d* 家", said(capsys, "import", file))
    assert count(store) == 30


def test_one_fault_anywhere_and_nothing_is_imported(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = listed(tmp_path, 1200)
    broken = file.read_text(encoding="utf-8-sig").splitlines()
    broken[-1] = broken[-1].replace("昆明第", "=昆明第")
    broken[700] = broken[3]
    file.write_text("\n".join(broken), encoding="utf-8-sig")
    told = said(capsys, "import", str(file), status=1)
    assert "第701行“统一社会信用代码”：和第4行是同一家企业" in told
    assert "第1201行“企业名称”：名称不能以“=”开头" in told
    assert "1200 家里 2 行有错，一家也没有导入" in told
    assert count(store) == 0


def test_many_faults_are_shown_in_part_and_counted(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = listed(tmp_path, 100)
    file.write_text(file.read_text(encoding="utf-8-sig").replace("号商行,", "号商行,某"), encoding="utf-8-sig")
    told = said(capsys, "import", str(file), status=1)
    assert told.count("没有“某") == 30
    assert "共 100 处：所在县（市）区 100" in told


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空的"),
        ("统一社会信用代码,企业名称\n".encode(), "没有企业"),
        ("企业名称\n甲\n".encode(), "缺这一列"),
        ("統一代碼,名稱\nx,甲".encode("big5"), "huiqi:"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "认不出文件的编码"),
        (b"PK\x03\x04garbage", "损坏"),
    ],
)
def test_a_hostile_file_is_refused_in_words(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, says: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    assert says in said(capsys, "import", str(file), status=1)
    assert count(store) == 0


def test_the_template_filled_in_is_imported_as_it_is(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "t.xlsx"
    said(capsys, "template", str(file))
    assert "已经存在" in said(capsys, "template", str(file), status=1)
    book = openpyxl.load_workbook(file)
    sheet = book["企业名单"]
    headings = [cell.value for cell in sheet[1]]
    for heading, value in (
        ("统一社会信用代码", lists.code(9)),
        ("企业名称", "甲饭店"),
        ("行业", "餐饮业"),
        ("职工人数（人）", 23),
    ):
        sheet.cell(2, headings.index(heading) + 1, value)
    book.save(file)
    assert "已新增 1 家" in said(capsys, "import", str(file))
    assert "行业：餐饮业" in said(capsys, "show", "1")
    said(capsys, "template", str(tmp_path / "t.csv"), "--all")


def test_no_credit_code_is_kept_and_the_key_is_needed_for_ever(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(listed(tmp_path, 3))
    said(capsys, "import", file)
    key = tmp_path / "home" / "register.key"
    assert key.stat().st_mode & 0o777 == 0o600
    with store.read() as session:
        kept = str([one.__dict__ for one in registers.page(session)])
        expected = credit_codes.hashed(lists.code(0), credit_codes.key(key, make=False))
        assert registers.find_key(session, expected) is not None
    assert not [n for n in range(3) if lists.code(n) in kept]
    moved = key.rename(tmp_path / "elsewhere")
    assert "请从备份恢复" in said(capsys, "import", file, status=1)
    key.write_text("00" * 32)
    assert "不是上次导入用的那个" in said(capsys, "import", file, status=1)
    moved.rename(key)
    assert "不变 3 家" in said(capsys, "import", file)


def test_numbers_of_people_in_names_and_cells_are_masked(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    head = "统一社会信用代码,企业名称,行业,法人电话\n"
    file.write_text(f"{head}{lists.code(1)},甲店13800138000,餐饮业 13900139000,13700137000\n", encoding="utf-8")
    told = said(capsys, "import", str(file), "--skip", "法人电话")
    with store.read() as session:
        [one] = registers.page(session)
    everything = f"{one}{told}"
    assert not re.search(r"1[379]\d{9}", everything)
    assert one.name == "甲店［手机号］"


def test_a_list_is_looked_at_and_taken_out_escaped(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "import", str(listed(tmp_path, 25)))
    assert "名单导入 25 家" in said(capsys, "list", "--limit", "2")
    assert "昆明第0号商行" in said(capsys, "show", "1")
    assert "没有编号 999" in said(capsys, "show", "999", status=1)
    assert "没有“大理”" in said(capsys, "list", "--district", "大理", status=1)
    out = tmp_path / "out.csv"
    assert "（25 家）" in said(capsys, "export", str(out))
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 26
    assert rows[1][:2] == ["1", "昆明第0号商行"]
    assert "已经存在" in said(capsys, "export", str(out), status=1)


def test_a_code_is_given_out_once_and_says_until_when(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "import", str(listed(tmp_path, 1)))
    told = said(capsys, "code", "1")
    assert re.search(r"绑定码：[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}（到 \d{4}", told)
    assert said(capsys, "code", "1") != told
    assert "没有编号 7" in said(capsys, "code", "7", status=1)
