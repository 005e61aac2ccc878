"""Departments as the brackets at the end of a clause print them."""

import pytest

from policy_kb import responsibilities


@pytest.mark.parametrize(
    ("text", "lead", "everyone"),
    [
        ("给予补助。(市人社局牵头,市财政局、市税务局配合)", ("市人社局",), ("市人社局", "市财政局", "市税务局")),
        ("加强检查。（责任单位：省财政厅、昆明海关按照职责分工负责)", ("省财政厅",), ("省财政厅", "昆明海关")),
        ("甲。(市工信局、市财政局牵头,市级行业主管部门按照职责分工负责)", ("市工信局", "市财政局"), ()),
        ("甲。(各县(市)区人民政府,市科技局、市公安局等部门;完成时限:2022年12月前)", ("各县(市)区人民政府",), ()),
        ("甲。(市商务局牵头负责,市级有关部门配合)", ("市商务局",), ("市商务局", "市级有关部门")),
        ("甲。(市政务服务局和市级有关部门)", ("市政务服务局",), ("市政务服务局", "市级有关部门")),
        ("缓缴(滞纳金免收)。", (), ()),
        ("没有括号。", (), ()),
    ],
)
def test_departments_are_read_from_the_closing_brackets(
    text: str, lead: tuple[str, ...], everyone: tuple[str, ...]
) -> None:
    found = responsibilities.printed(text)
    assert found.lead == lead
    assert found.all[: len(everyone)] == everyone
    assert bool(found.all) == bool(lead)


def test_a_name_broken_over_lines_is_put_together() -> None:
    assert responsibilities.printed("甲。（责任单位：省财\n\n政厅、省商务厅负责）").all == ("省财政厅", "省商务厅")


def test_the_word_for_the_others_is_no_part_of_a_name() -> None:
    assert responsibilities.printed("甲。(市财政局、市金融办等部门按照职责分工负责)").all == ("市财政局", "市金融办")
