"""Places whose rules are not ours."""

import pytest

from nlu import places


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("玉溪的稳岗返还是多少", ["玉溪"]),
        ("成都和重庆有没有创新券，成都多少", ["成都", "重庆"]),
        ("昆明市五华区的政策", []),
        ("呈贡、安宁、嵩明、石林都算吗", []),
        ("云南省有哪些补贴", []),
        ("", []),
    ],
)
def test_places_elsewhere_are_named_once_in_order(text: str, wanted: list[str]) -> None:
    assert places.elsewhere(text) == wanted


def test_no_county_of_kunming_is_elsewhere() -> None:
    ours = (
        "五华 盘龙 官渡 西山 东川 呈贡 晋宁 富民 宜良 石林 嵩明 禄劝 寻甸 安宁 滇中新区 阳宗海 经开区 高新区 昆明 云南"
    )
    assert not [name for name in ours.split() if places.elsewhere(name)]
