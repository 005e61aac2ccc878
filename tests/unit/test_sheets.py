"""Files that people hand in: every encoding they come in, and those made to do harm."""

import csv
import zipfile
from pathlib import Path

import openpyxl
import pytest

from bot import sheets
from bot.sheets import SheetError

ROWS = [["企业名称", "职工人数"], ["昆明甲饭店", "23"], ["", ""], ["嵩明乙厂", "7"]]
CELLS = [("企业名称", "职工人数"), ("昆明甲饭店", "23"), ("嵩明乙厂", "7")]


def saved(path: Path, encoding: str, delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(ROWS)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_usual_encodings_and_delimiters_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = list(sheets.read(saved(tmp_path / "a.csv", encoding, delimiter)))
    assert [row.cells for row in rows] == CELLS
    assert [row.number for row in rows] == [1, 2, 4]  # as the spreadsheet counts, the blank one left out


def test_rare_letters_need_gb18030(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("企业名称\n昆明㑇饭店\n".encode("gb18030"))
    assert list(sheets.read(file))[1].cells == ("昆明㑇饭店",)


def test_another_encoding_is_refused_by_name_or_read_when_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"\x83\x80\xff\xfe\xfd\n\x80\x81")
    with pytest.raises(SheetError, match="认不出文件的编码"):
        list(sheets.read(file))
    file.write_bytes("企業名稱\n昆明飯店\n".encode("big5"))
    assert list(sheets.read(file, "big5"))[1].cells == ("昆明飯店",)
    with pytest.raises(SheetError, match="按 utf-8 读不下去"):
        list(sheets.read(file, "utf-8"))
    with pytest.raises(SheetError, match="没有 klingon 这种编码"):
        list(sheets.read(file, "klingon"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空的"),
        (b"\x00\x01\x02binary", "认不出文件的编码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为"),
        (b"PK\x03\x04broken", "损坏"),
        (b'a,b\n"open,b\n', "CSV 格式有错"),
        (b",".join([b"x"] * 300), "300 列"),
    ],
)
def test_a_broken_file_is_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(SheetError, match=says):
        list(sheets.read(file))


def workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_with_its_types_and_no_formula_is_worked_out(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", ["甲", 23, 23.5, True, "=1+1"], [None, None], ["乙"])
    book = openpyxl.load_workbook(file)
    book.worksheets[0]["B3"] = 0.25
    book.worksheets[0]["B3"].number_format = "0%"
    book.save(file)
    assert [row.cells for row in sheets.read(file)] == [("甲", "23", "23.5", "是", "=1+1"), ("乙", "25%")]


def test_rows_far_below_and_columns_far_right_cost_nothing(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", ["甲"])
    book = openpyxl.load_workbook(file)
    book.worksheets[0].cell(90_000, 16_000, "远")
    book.worksheets[0].cell(90_000, 1, "乙")
    book.save(file)
    assert [(row.number, row.cells) for row in sheets.read(file)] == [(1, ("甲",)), (90_000, ("乙",))]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(1600):
                part.write(b"0" * 1_000_000)
    assert file.stat().st_size < 3_000_000
    with pytest.raises(SheetError, match="解开后过大"):
        list(sheets.read(file))


def test_a_workbook_of_too_many_parts_or_with_entities_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(501):
            archive.writestr(f"x{number}", "")
    with pytest.raises(SheetError, match="解开后过大"):
        list(sheets.read(file))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE lolz [<!ENTITY lol "lol">]><workbook/>')
    with pytest.raises(SheetError, match="DOCTYPE"):
        list(sheets.read(file))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(SheetError, match=r"不是 \.xlsx"):
        list(sheets.read(file))


def test_what_is_written_is_never_evaluated(tmp_path: Path) -> None:
    evil = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "＝1", "普通", "a\n=b"]
    with sheets.csv_writer(tmp_path / "a.csv") as out:
        out.row([*evil, 7, None])
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        [cells] = list(csv.reader(file))
    assert cells == ["'=cmd|' /C calc'!A0", "'+1", "'-1", "'@SUM(1)", "'\t=1", "'＝1", "普通", "a =b", "7", ""]
    with pytest.raises(FileExistsError), sheets.csv_writer(tmp_path / "a.csv"):
        pass


def test_a_template_has_lists_notes_and_columns_that_stay_text(tmp_path: Path) -> None:
    sheets.write_workbook(tmp_path / "t.xlsx", [["代码", "民营"]], {2: ["是", "否"]}, ["说明一"])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert [sheet.title for sheet in book] == ["企业名单", "说明", "可选值"]
    assert book["企业名单"]["A2"].number_format == "@"
    assert book["企业名单"].data_validations.dataValidation[0].formula1 == "'可选值'!$B$1:$B$2"
    assert [row.cells for row in sheets.read(tmp_path / "t.xlsx")] == [("代码", "民营")]
