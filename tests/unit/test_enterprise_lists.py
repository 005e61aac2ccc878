"""Rows of a list as facts, or as faults that say how to mend them."""

from datetime import date
from decimal import Decimal

import pytest

from bot import credit_codes, enterprise_lists
from bot.enterprise_lists import KEY, NAME, CellError, Listed, Reader
from bot.sheets import Row
from policy_kb import loader, values, wording
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Range
from tests.fakes import lists

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load()


def read(
    catalogue: Catalogue, headings: list[str], *rows: list[str], skip: frozenset[str] = frozenset()
) -> list[object]:
    reader = Reader(catalogue, DAY, skip)
    faults = reader.headings(Row(1, tuple(headings), 0.0))
    return [faults] if faults else [reader.row(Row(n, tuple(cells), 0.0)) for n, cells in enumerate(rows, 2)]


def only(catalogue: Catalogue, heading: str, cell: str) -> str:
    [found] = read(catalogue, [KEY, NAME, heading], [lists.code(1), "甲", cell])
    if isinstance(found, Listed):
        return str(next(iter(found.facts.values()))[0]) if found.facts else "blank"
    assert isinstance(found, list)
    return "; ".join(map(str, found))


def test_cells_are_read_as_owners_words_are(catalogue: Catalogue) -> None:
    headings = [KEY, NAME, "区县", "行业", "职工人数", "上年营业收入（万元）", "民营企业", "企业规模"]
    [found] = read(
        catalogue, headings, [lists.code(7), "甲饭店", "昆明市官渡区", "火锅店", "20-49人", "320", "是", "小微"]
    )
    assert isinstance(found, Listed)
    assert (found.code, found.name, found.district) == (lists.code(7), "甲饭店", "官渡区")
    assert {name: value for name, (value, _) in found.facts.items()} == {
        "industry": "catering",
        "employees": Range(Decimal(20), Decimal(49)),
        "revenue": Decimal(3_200_000),
        "private_enterprise": True,
        "enterprise_size": "small_micro",
    }


def test_a_unit_in_the_cell_counts_and_the_one_of_the_heading_only_where_there_is_none(catalogue: Catalogue) -> None:
    assert only(catalogue, "上年营业收入（万元）", "1,200") == "12000000"
    assert only(catalogue, "上年营业收入（万元）", "120万元") == "1200000"
    assert only(catalogue, "上年营业收入", "1200000") == "1200000"


@pytest.mark.parametrize(
    ("heading", "cell", "says"),
    [
        ("职工人数", "=1+1", "公式"),
        ("职工人数", "@SUM(A1)", "公式"),
        ("职工人数", "-5", "正负号"),
        ("职工人数", "35 到现在 40", "读不成数"),
        ("职工人数", "很多", "读不成数"),
        ("职工人数", "99999999", "大得不合常理"),
        ("民营企业", "大概", "看不出是还是否"),
        ("行业", "卖空气", "不是可选的值"),
        ("所在县（市）区", "玉溪市", "没有“玉溪市”"),
        ("上年裁员率", "3", "没有写百分号"),
        ("贷款发放日", "哪天", "写成 2022-05-01"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_row_and_column(
    catalogue: Catalogue, heading: str, cell: str, says: str
) -> None:
    found = only(catalogue, heading, cell)
    assert found.startswith(f"第2行“{heading}”")
    assert says in found
    assert "→" in found


@pytest.mark.parametrize("cell", ["", "-", "不详", "N/A"])
def test_a_blank_is_not_known_and_not_no(catalogue: Catalogue, cell: str) -> None:
    assert only(catalogue, "民营企业", cell) == "blank"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+cmd", "-2", "@x", "＝１"])
def test_a_name_that_a_spreadsheet_would_evaluate_is_refused(catalogue: Catalogue, name: str) -> None:
    [found] = read(catalogue, [KEY, NAME], [lists.code(1), name])
    assert "名称不能以" in str(found[0])  # type: ignore[index]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (lists.code(1)[:-1] + "?", "不会有“?”"),
        (lists.code(1)[:-1] + ("0" if lists.code(1)[-1] != "0" else "1"), "校验位不对"),
        ("12345", "应有18位"),
        ("9.15301E+17", "应有18位"),
        (lists.code(1)[:5] + "O" + lists.code(1)[6:], "不用字母"),
    ],
)
def test_a_credit_code_that_cannot_be_is_refused(catalogue: Catalogue, code: str, says: str) -> None:
    [found] = read(catalogue, [KEY, NAME], [code, "甲"])
    assert [fault.column for fault in found] == [KEY]  # type: ignore[attr-defined]
    assert says in str(found[0])  # type: ignore[index]


def test_a_code_is_read_in_any_case_and_width() -> None:
    assert credit_codes.checked(f" {lists.code(5).lower()} ") == lists.code(5)
    assert credit_codes.checked("91350100M000100Y43") == "91350100M000100Y43"  # the example of the standard


def test_the_same_firm_twice_is_named_with_both_rows(catalogue: Catalogue) -> None:
    found = read(catalogue, [KEY, NAME], [lists.code(1), "甲"], [lists.code(2), "乙"], [lists.code(1), "丙"])
    assert str(found[2][0]) == f"第4行“{KEY}”：和第2行是同一家企业 → 每家企业只留一行"  # type: ignore[index]


def test_missing_double_and_unknown_headings_are_refused_before_any_row(catalogue: Catalogue) -> None:
    [faults] = read(catalogue, [NAME, "职工人数", "职工人数（人）", "职工人树", "法人手机"], ["x"])
    assert [(fault.column, fault.what) for fault in faults] == [  # type: ignore[attr-defined]
        ("职工人数（人）", "和“职工人数”是同一列"),
        ("职工人树", "不认识这一列"),
        ("法人手机", "不认识这一列"),
        (KEY, "缺这一列"),
    ]
    assert "是不是“职工人数”？" in str(faults[1])  # type: ignore[index]


def test_a_column_not_wanted_is_never_read(catalogue: Catalogue) -> None:
    [found] = read(
        catalogue, [KEY, "法人手机", NAME], [lists.code(1), "13800138000", "甲"], skip=frozenset({"法人手机"})
    )
    assert isinstance(found, Listed)
    assert found.facts == {}


def test_a_row_longer_than_the_headings_is_refused(catalogue: Catalogue) -> None:
    [found] = read(catalogue, [KEY, NAME], [lists.code(1), "甲", "乙"])
    assert "多出几格" in str(found[0])  # type: ignore[index]


def test_what_was_not_written_as_the_template_says_is_told(catalogue: Catalogue) -> None:
    reader = Reader(catalogue, DAY)
    reader.headings(Row(1, (KEY, NAME, "行业"), 0.0))
    reader.row(Row(2, (lists.code(1), "甲", "奶茶店"), 0.0))
    reader.row(Row(3, (lists.code(2), "乙", "餐饮业"), 0.0))
    assert reader.understood == {("行业", "奶茶店"): "餐饮业"}


def test_every_value_a_template_offers_is_read_as_itself(catalogue: Catalogue) -> None:
    for fact in catalogue.facts.values():
        for cell in enterprise_lists.allowed(fact):
            value = enterprise_lists.read_cell(fact, cell, DAY)
            shown = wording.fact_value(fact, value)
            assert shown == cell, fact.id


def test_every_heading_of_a_template_is_known(catalogue: Catalogue) -> None:
    facts = enterprise_lists.columns(catalogue, every=True)
    headings = [KEY, NAME, enterprise_lists.DISTRICT, *map(enterprise_lists.heading, facts)]
    assert Reader(catalogue, DAY).headings(Row(1, tuple(headings), 0.0)) == []


def test_a_kept_value_is_written_so_that_it_is_read_again(catalogue: Catalogue) -> None:
    for cell in ("20-49人", "35人", "20人以上"):
        fact = catalogue.facts["employees"]
        value = enterprise_lists.read_cell(fact, cell, DAY)
        again = enterprise_lists.written(fact, values.to_json(value))
        assert enterprise_lists.read_cell(fact, again, DAY) == value


def test_a_very_long_cell_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(CellError, match="超过500个字"):
        enterprise_lists.read_cell(catalogue.facts["employees"], "9" * 501, DAY)
