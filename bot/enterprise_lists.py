"""A list of enterprises as authorities hold it: headings and cells in, facts or faults out. Pure.

Cells are read by the readers of owners' words: 320万, 20-49人, 火锅店 and 是 mean in a list what they mean in a talk.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot import credit_codes, sheets
from nlu import fact_reading, quantities
from policy_kb import amount_texts, districts, values, wording
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Fact, FactType, Value

KEY, NAME, DISTRICT = "统一社会信用代码", "企业名称", "所在县（市）区"
_ALSO = {
    KEY: ("信用代码", "社会信用代码", "统一信用代码", "统一社会信用代码（必填）"),
    NAME: ("名称", "单位名称", "公司名称", "企业名称（必填）"),
    DISTRICT: ("所在区县", "区县", "县区", "所属区县", "县（市）区"),
}
LONGEST_NAME = 80
_SCALES = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
_UNIT = re.compile(r"^(?P<label>.+?)[（(](?P<unit>[^（()）]{1,6})[)）]$")
_BLANK = {"", "-", "—", "/", "不详", "不清楚", "未知", "无数据", "N/A", "NULL", "null", "#N/A"}
_YES = {"是", "有", "√", "✓", "Y", "y", "YES", "yes", "Yes", "TRUE", "True", "属于", "1"}
_NO = {"否", "无", "没有", "×", "✗", "N", "n", "NO", "no", "No", "FALSE", "False", "不是", "不属于", "0"}
_PLAIN = re.compile(r"\d[\d,]*(\.\d+)?")


@dataclass(frozen=True)
class Fault:
    """What is wrong where, and how to mend it. ``row`` as the spreadsheet counts; ``column`` its heading."""

    row: int
    column: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        place = f"第{self.row}行" + (f"“{self.column}”" if self.column else "")
        return f"{place}：{self.what}" + (f" → {self.mend}" if self.mend else "")


@dataclass(frozen=True)
class Listed:
    """One enterprise of the list: ``code`` as checked, facts with the words of their cells."""

    row: int
    code: str
    name: str
    district: str | None
    facts: dict[str, tuple[Value, str]]


@dataclass(frozen=True)
class _Column:
    heading: str
    special: str | None = None
    fact: Fact | None = None
    scale: int | None = None  # of a sum: what a bare number is multiplied by


@dataclass
class Reader:
    """Reads the rows of one list. ``skip``: headings that may stand there and are not wanted."""

    catalogue: Catalogue
    today: date
    skip: frozenset[str] = frozenset()
    understood: dict[tuple[str, str], str] = field(default_factory=dict)  # (heading, cell) → label: not read literally
    _columns: list[_Column | None] = field(default_factory=list)
    _rows: dict[bytes, int] = field(default_factory=dict)
    _known: dict[tuple[str, int | None, str], Value] = field(default_factory=dict)

    def headings(self, row: sheets.Row) -> list[Fault]:
        """Take the first row for the headings. Returns what is wrong with them."""
        faults: list[Fault] = []
        seen: dict[str, str] = {}
        facts = self.catalogue.facts.values()
        labels = {_bare(fact.label): fact for fact in facts} | {_plain(fact.label): fact for fact in facts}
        for cell in row.cells:
            heading = cell.rstrip("*＊ ")
            column = None if not heading or heading in self.skip else _column(heading, labels)
            self._columns.append(column)
            if column is None:
                if heading and heading not in self.skip:
                    faults.append(Fault(row.number, heading[:40], "不认识这一列", _near(heading, labels)))
                continue
            name = column.special or (column.fact.id if column.fact else "")
            if name in seen:
                faults.append(Fault(row.number, heading, f"和“{seen[name]}”是同一列", "只留一列"))
            seen[name] = heading
        faults += [
            Fault(row.number, wanted, "缺这一列", "第一行要写列名，模板：./huiqi enterprises template")
            for wanted in (KEY, NAME)
            if wanted not in seen
        ]
        return faults

    def row(self, row: sheets.Row) -> Listed | list[Fault]:
        """One row below the headings."""
        faults: list[Fault] = []
        special: dict[str, str] = {}
        facts: dict[str, tuple[Value, str]] = {}
        if len(row.cells) > len(self._columns):
            faults.append(Fault(row.number, "", "比第一行多出几格", "检查有没有多余的分隔符或错位"))
        for column, cell in zip(self._columns, row.cells, strict=False):
            if column is None or cell in _BLANK:
                continue
            try:
                if column.fact is None:
                    special[column.special or ""] = _special(column, cell)
                else:
                    facts[column.fact.id] = (self._value(column, column.fact, cell), cell)
            except CellError as error:
                faults.append(Fault(row.number, column.heading, str(error), error.mend))
        faults += [
            Fault(row.number, name, "没有填", "这一格必填") for name in (KEY, NAME) if self._lacks(name, special)
        ]
        code = special.get(KEY, "")
        if code:
            mark = credit_codes.hashed(code, b"once")[:32].encode()
            first = self._rows.setdefault(mark, row.number)
            if first != row.number:
                faults.append(Fault(row.number, KEY, f"和第{first}行是同一家企业", "每家企业只留一行"))
        if faults:
            return [fault for fault in faults if not (fault.what == "没有填" and _named(faults, fault))]
        return Listed(row.number, code, special[NAME], special.get(DISTRICT), facts)

    def _lacks(self, name: str, special: Mapping[str, str]) -> bool:
        return name not in special and any(column and column.special == name for column in self._columns)

    def _value(self, column: _Column, fact: Fact, cell: str) -> Value:
        place = (fact.id, column.scale, cell)
        if place not in self._known:
            if len(self._known) > 200_000:
                self._known.clear()
            self._known[place] = read_cell(fact, cell, self.today, column.scale)
            self._note(column, fact, cell, self._known[place])
        return self._known[place]

    def _note(self, column: _Column, fact: Fact, cell: str, value: Value) -> None:
        if isinstance(value, str) and cell not in (fact.values[value].label, value) and len(self.understood) < 1000:
            self.understood[column.heading, cell] = wording.fact_value(fact, value)


class CellError(ValueError):
    """A cell that cannot be read."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.mend = mend


def read_cell(fact: Fact, cell: str, today: date, scale: int | None = None) -> Value:
    """The value of one cell. ``scale``: what a bare number is multiplied by. Raises ``CellError``."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if len(text) > sheets.LONGEST_CELL:
        raise CellError(f"超过{sheets.LONGEST_CELL}个字", "缩短")
    if text.startswith(("=", "@")):
        raise CellError("这一格是公式，不会计算", "改成数值或文字")
    match fact.type:
        case FactType.YES_NO:
            return _yes_no(fact, text)
        case FactType.CHOICE | FactType.CHOICES:
            return _chosen(fact, text)
        case FactType.DATE:
            return _measured(fact, text, today)
    if text.startswith(("-", "+", "−", "负")):
        raise CellError(f"“{text[:20]}”带正负号", "只写不小于零的数；亏损的留空")
    if _PLAIN.fullmatch(text):
        if fact.unit in {"%", "比例"}:
            raise CellError(f"“{text[:20]}”没有写百分号", f"写成 {text[:10]}%")
        value: Value = amount_texts.parse_number(text) * (scale or 1)
    else:
        value = _measured(fact, text, today)
    high = value if isinstance(value, Decimal) else getattr(value, "high", None) or getattr(value, "low", None)
    if fact.maximum is not None and isinstance(high, Decimal) and high > fact.maximum:
        raise CellError(f"“{text[:20]}”大得不合常理", "检查单位（元、万元）")
    return value


def _yes_no(fact: Fact, text: str) -> bool:
    if text in _YES or text in _NO:
        return text in _YES
    reading = fact_reading.answer(fact, text, ())
    if reading is None or not isinstance(reading.value, bool):
        raise CellError(f"“{text[:20]}”看不出是还是否", "写“是”或“否”，不知道就留空")
    return reading.value


def _chosen(fact: Fact, text: str) -> Value:
    several = fact.type is FactType.CHOICES
    parts = [part for part in re.split(r"[、,，;；/+]", text) if part] if several else [text]
    found = {name for part in parts if (name := _choice(fact, part)) is not None}
    if len(found) < len(parts) or not found:
        near = difflib.get_close_matches(text, [choice.label for choice in fact.values.values()], n=1, cutoff=0.3)
        some = near or [choice.label for choice in fact.values.values() if choice.asked][:6]
        raise CellError(f"“{text[:20]}”不是可选的值", f"可写：{'、'.join(some)}{'' if near else ' 等，见模板'}")
    return frozenset(found) if several else found.pop()


def _choice(fact: Fact, text: str) -> str | None:
    for name, choice in fact.values.items():
        if _plain(text) in (_plain(choice.label), name, _bare(choice.label)) or text in choice.words:
            return name
    reading = fact_reading.answer(fact, text, ())
    value = reading.value if reading else None
    if isinstance(value, frozenset):
        value = next(iter(value)) if len(value) == 1 else None
    return value if isinstance(value, str) else None


def _measured(fact: Fact, text: str, today: date) -> Value:
    found = quantities.read(text, today)
    if len(found) == 1 and found[0].text == text:
        reading = fact_reading.answer(fact, text, found)
        if reading is not None and fact_reading.fits(fact, found[0]) | (found[0].kind == "number"):
            return reading.value
    example = {FactType.MONEY: "1200000 或 120万元", FactType.DATE: "2022-05-01"}.get(fact.type, f"35{fact.unit or ''}")
    raise CellError(f"“{text[:20]}”读不成{'日期' if fact.type is FactType.DATE else '数'}", f"写成 {example}")


def _special(column: _Column, cell: str) -> str:
    if column.special == KEY:
        try:
            return credit_codes.checked(unicodedata.normalize("NFKC", cell))
        except credit_codes.WrongCodeError as error:
            mend = "把这一列设成文本格式再填" if re.search(r"\d\.?\d*E\+?\d", cell) else "对照营业执照改正"
            raise CellError(str(error), mend) from error
    if column.special == DISTRICT:
        try:
            return districts.read(cell)
        except districts.NoSuchDistrictError as error:
            raise CellError(str(error), "写县（市）区名，如 官渡区；不知道就留空") from error
    if sheets.is_formula(cell):
        raise CellError(f"名称不能以“{cell[0]}”开头", "改成营业执照上的名称")
    if len(cell) > LONGEST_NAME:
        raise CellError(f"名称超过{LONGEST_NAME}个字", "改成营业执照上的名称")
    return cell


def _named(faults: Sequence[Fault], one: Fault) -> bool:
    """Whether a cell that counts as missing was filled in, only wrongly: told already."""
    return any(other is not one and other.column == one.column for other in faults)


def _plain(label: str) -> str:
    """A label as it is compared: width, quotation marks and blanks do not count."""
    return re.sub(r"[“”\"\s]", "", unicodedata.normalize("NFKC", label))


def _bare(label: str) -> str:
    """The same without what stands in brackets at its end."""
    return re.sub(r"\([^()]*\)$", "", _plain(label))


def _column(heading: str, labels: Mapping[str, Fact]) -> _Column | None:
    for special, also in _ALSO.items():
        if _plain(heading) in map(_plain, (special, *also)):
            return _Column(special, special=special)
    fact = labels.get(_plain(heading)) or labels.get(_bare(heading))
    if fact is None:
        return None
    unit = _UNIT.match(heading)
    scale = _SCALES.get(unit["unit"]) if unit and fact.type is FactType.MONEY else None
    return _Column(heading, fact=fact, scale=scale)


def _near(heading: str, labels: Mapping[str, Fact]) -> str:
    near = difflib.get_close_matches(_bare(heading), [KEY, NAME, DISTRICT, *labels], n=1, cutoff=0.5)
    guess = f"是不是“{near[0]}”？" if near else ""
    return f"{guess}不要这一列就加 --skip {heading[:20]}"


# ---- the template and the way out


def columns(catalogue: Catalogue, *, every: bool = False) -> list[Fact]:
    """The facts a template asks for: what is kept of an enterprise and not derived, or every fact."""
    return [fact for fact in catalogue.facts.values() if every or fact.profile]


def heading(fact: Fact) -> str:
    """How a column is headed, with its unit."""
    unit = f"（{fact.unit}）" if fact.unit and fact.unit not in {"比例"} and f"（{fact.unit}" not in fact.label else ""
    return fact.label + unit


def allowed(fact: Fact) -> list[str]:
    """What a cell may hold, where that is a short list."""
    if fact.type is FactType.YES_NO:
        return ["是", "否"]
    return [choice.label for choice in fact.values.values()]


def notes(facts: Sequence[Fact]) -> Iterator[str]:
    """What the template's second sheet explains."""
    yield f"“{KEY}”和“{NAME}”必填；其余不知道就留空。代码只用来认出同一家企业，入库时变成不可逆的散列，不保存原文。"
    yield f"“{DISTRICT}”可写：{'、'.join(districts.DISTRICTS)}。"
    yield "再次导入时按代码更新：填了的格替换名单里的旧值，空格不改旧值；企业主自己说过的情况不会被名单改掉。"
    for fact in facts:
        may_be = "、".join(allowed(fact))
        how = (
            f"可写：{may_be}"
            if may_be
            else f"写数，单位{fact.unit}；也可写 120万元、20-49人 这样的说法"
            if fact.unit
            else ""
        )
        yield f"“{heading(fact)}”：{fact.question}{how}"


def written(fact: Fact, value: values.Json) -> str:
    """A kept value as a cell that the import reads again."""
    return wording.fact_value(fact, values.from_json(value))
