"""Tables that people hand in and take away: CSV and .xlsx, read row by row, suspicious of everything; written harmless.

Nothing in a file is evaluated: a formula is text that begins with ``=``. What is written back and would be taken for a
formula by a spreadsheet gets an apostrophe before it.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

LONGEST_FILE = 200_000_000  # bytes
LONGEST_UNPACKED = 1_500_000_000  # bytes of a workbook's parts together
LONGEST_STRINGS = 250_000_000  # bytes of the part that is read into memory whole
MOST_PARTS = 500
LONGEST_CELL = 500  # characters
MOST_COLUMNS = 200
MOST_ROWS = 1_000_000

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_WIDE_FORMULA = ("＝", "＋", "－", "＠", "−")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")


class SheetError(Exception):
    """A file that cannot be read as a table; the message says why and how to mend it."""


@dataclass(frozen=True)
class Row:
    """One row that is not blank. ``number``: as the spreadsheet counts, from 1; ``cells``: trimmed texts."""

    number: int
    cells: tuple[str, ...]
    done: float  # share of the file read so far, 0–1


def read(path: Path, encoding: str | None = None) -> Iterator[Row]:
    """The rows of a CSV or .xlsx file. ``encoding``: of a CSV file, found out where not given. Raises ``SheetError``."""
    size = path.stat().st_size
    if size == 0:
        raise SheetError("文件是空的")
    if size > LONGEST_FILE:
        raise SheetError(f"文件有 {size // 1_000_000} MB，超过 {LONGEST_FILE // 1_000_000} MB：请拆成几个文件")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return _counted(_workbook(path))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError("这是旧的 .xls（或加了密码的）文件：请在表格软件里另存为没有密码的 .xlsx 或 CSV")
    return _counted(_csv(path, encoding or found_encoding(path), size))


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        if row.number > MOST_ROWS:
            raise SheetError(f"超过 {MOST_ROWS} 行：请拆成几个文件")
        if any(row.cells):
            yield row


# ---- CSV


def found_encoding(path: Path) -> str:
    """utf-8-sig, utf-16 or gb18030, by trying the whole file. Raises ``SheetError``."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        for encoding in ("utf-8-sig", "gb18030"):
            file.seek(0)
            if _decodes(file, encoding):
                return encoding
    raise SheetError("认不出文件的编码：不是 UTF-8 也不是 GBK。请另存为“CSV UTF-8”，或用 --encoding 写明（如 big5）")


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(1 << 20):
            text = decoder.decode(piece)
            if "\x00" in text:
                return False
            # GB18030 gives nearly every pair of bytes a meaning; what nobody types betrays another encoding.
            if encoding == "gb18030" and re.search(r"[\ue000-\uf8ff\ufffd]", text):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _csv(path: Path, encoding: str, size: int) -> Iterator[Row]:
    csv.field_size_limit(100_000)
    try:
        with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
            first = file.readline(100_000)
            delimiter = max(",\t;", key=first.count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for number, cells in enumerate(reader, 1):
                if len(cells) > MOST_COLUMNS:
                    raise SheetError(f"第{number}行有 {len(cells)} 列，最多 {MOST_COLUMNS} 列")
                yield Row(number, tuple(map(_text, cells)), raw.tell() / size)
    except UnicodeError as error:
        raise SheetError(f"按 {encoding} 读不下去：请另存为“CSV UTF-8”，或用 --encoding 写明编码") from error
    except LookupError as error:
        raise SheetError(f"没有 {encoding} 这种编码") from error
    except csv.Error as error:
        raise SheetError(f"CSV 格式有错（{error}）：请用表格软件打开、检查引号后另存") from error


# ---- .xlsx


def _workbook(path: Path) -> Iterator[Row]:
    _harmless(path)
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file:
            # Formulas are kept as text: their last result may be anybody's.
            book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
            try:
                yield from _sheet(book)
            finally:
                book.close()
    except SheetError:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise SheetError(
            f"这个 .xlsx 读不出来，可能已损坏（{type(error).__name__}）：请在表格软件里另存一次"
        ) from error


def _sheet(book: Any) -> Iterator[Row]:
    sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
    if sheet is None:
        raise SheetError("文件里没有可见的工作表")
    total = min(sheet.max_row or 0, MOST_ROWS)
    sheet.reset_dimensions()  # they may claim anything
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS + 1), 1):
        yield Row(number, _trimmed(tuple(_shown(cell) for cell in cells)), number / total if total >= number else 0.0)


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    last = max((place for place, text in enumerate(cells, 1) if text), default=0)
    return cells[:last]


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        if (cell.number_format or "").endswith("%"):
            return f"{(number * 100).normalize():f}%"
        return f"{number:f}".removesuffix(".0")
    return _text(str(value))


def _harmless(path: Path) -> None:
    """Refuse a bomb before anything is unpacked: what a part claims to hold is all that is ever read of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LONGEST_UNPACKED:
                raise SheetError("这个 .xlsx 解开后过大，没有读：请另存为 CSV，或拆成几个文件")
            for part in parts:
                if part.filename.endswith("sharedStrings.xml") and part.file_size > LONGEST_STRINGS:
                    raise SheetError("这个 .xlsx 的文字过多，没有读：请另存为 CSV，或拆成几个文件")
                if part.flag_bits & 1:
                    raise SheetError("文件加了密码：请另存为没有密码的文件")
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if re.search(rb"<!\s*(DOCTYPE|ENTITY)", file.read(65_536), re.IGNORECASE):
                            raise SheetError("文件里有不该有的声明（DOCTYPE），没有读")
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise SheetError("这不是 .xlsx 表格")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise SheetError("文件已损坏，或不是 .xlsx 表格") from error


def _text(cell: str) -> str:
    return _INVISIBLE.sub("", cell).strip()[: LONGEST_CELL + 1]


# ---- writing


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula."""
    return text.startswith((*_FORMULA, *_WIDE_FORMULA))


def escaped(value: object) -> str:
    """A cell as text that no spreadsheet evaluates. Numbers of ours stay numbers."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    text = "" if value is None else str(value).replace("\r", " ").replace("\n", " ")
    return f"'{text}" if is_formula(text) else text


@contextmanager
def csv_writer(path: Path) -> Iterator["Writer"]:
    """A CSV file that spreadsheets open in the right encoding (UTF-8 with BOM)."""
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        yield Writer(csv.writer(file))


class Writer:
    """Rows go out escaped, always."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def row(self, cells: Iterable[object]) -> None:
        """Write one row."""
        self._writer.writerow([escaped(cell) for cell in cells])


def write_workbook(
    path: Path, rows: Sequence[Sequence[str]], lists: dict[int, Sequence[str]], notes: list[str]
) -> None:
    """A workbook with one table, drop-down lists by column (from 1), and a sheet of notes."""
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet, help_, values = book.worksheets[0], book.create_sheet("说明"), book.create_sheet("可选值")
    sheet.title = "企业名单"
    for cells in rows:
        sheet.append([escaped(cell) for cell in cells])
    for place, heading in enumerate(rows[0], 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = max(12, 2 * len(heading) + 2)
    sheet.freeze_panes = "A2"
    for column in range(1, len(rows[0]) + 1):
        letter = get_column_letter(column)
        if column in lists:
            for place, value in enumerate(lists[column], 1):
                values.cell(place, column, escaped(value))
            reference = f"'可选值'!${letter}$1:${letter}${len(lists[column])}"
            choice = DataValidation(type="list", formula1=reference, allow_blank=True, showErrorMessage=False)
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}5000")
        else:
            for place in range(2, 1001):
                sheet.cell(place, column).number_format = "@"  # a code of digits alone must stay text
    for note in notes:
        help_.append([escaped(note)])
    help_.column_dimensions["A"].width = 100
    values.sheet_state = "hidden"
    book.save(path)
