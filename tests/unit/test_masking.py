"""Masking: numbers of people go, amounts and public numbers stay. All numbers here are invented."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import masking

HIDDEN = [
    ("我电话13800138000", "我电话［手机号］"),
    ("打给我 138 0013 8000 行不", "打给我 ［手机号］ 行不"),
    ("138-0013-8000", "［手机号］"),
    ("13800 138000", "［手机号］"),
    ("1 3 8 0 0 1 3 8 0 0 0", "［手机号］"),
    ("+86 13800138000", "［手机号］"),
    ("8613800138000", "［手机号］"),
    ("１３８００１３８０００", "［手机号］"),
    ("幺三八零零一三八零零零", "［手机号］"),
    ("1380\u200b0138000", "［手机号］"),
    ("微信同号19912345678，谢谢", "微信同号［手机号］，谢谢"),
    ("身份证530102199003071234", "身份证［证件号］"),
    ("统一代码91530100MA6K12345X", "统一代码［信用代码］"),
    ("53010219900307123X", "［证件号］"),
    ("530102 19900307 1234", "［证件号］"),
    ("老证530102900307123", "老证［证件号］"),
    ("座机0871-63123456", "座机［座机号］"),
    ("087163123456转801", "［座机号］"),
    ("(0871)63123456", "［座机号］"),
    ("电话：63123456", "电话：［座机号］"),
    ("卡号6222021234567890128", "卡号［银行卡号］"),
    ("4111 1111 1111 1111", "［银行卡号］"),
    ("账号：2502 0101 0920 1234 567", "账号：［银行卡号］"),
    ("发我邮箱 zhang.san@example.com.cn 吧", "发我邮箱 ［邮箱］ 吧"),
    ("张三13800138000，李四13900139000", "张三［手机号］，李四［手机号］"),
]
KEPT = [
    "13800000000元",
    "13800000000 元",
    "13800万",
    "￥13800000000",
    "注册资本138000000000元",
    "打12345没人接",
    "12366",
    "12333",
    "12328",
    "12315",
    "12381",
    "云政办发〔2022〕42号",
    "2022年5月至2023年4月",
    "去年交了3万2，280来人",
    "营业额63123456",
    "13,800,000,000",
    "我们厂 13 人，800 平，2022 年开的",
    "20221231",
    "热线400-810-1234",
    "999999999999999999",
]


@pytest.mark.parametrize(("text", "wanted"), HIDDEN)
def test_a_number_of_a_person_is_hidden(text: str, wanted: str) -> None:
    assert masking.mask(text) == wanted


@pytest.mark.parametrize("text", KEPT)
def test_an_amount_or_a_public_number_stays(text: str) -> None:
    assert masking.mask(text) == text


@settings(deadline=None)
@given(st.text())
def test_any_text_is_masked_without_an_error_and_masking_again_changes_nothing(text: str) -> None:
    done = masking.mask(text)
    assert masking.mask(done) == done


@settings(deadline=None)
@given(
    st.text(alphabet="我们电话是，。 打abc"),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.text(alphabet="谢，。！ 找我吧"),
)
def test_no_mobile_number_is_left(before: str, number: str, after: str) -> None:
    assert not re.search(r"\d{6}", masking.mask(f"{before}{number}{after}"))


@settings(deadline=None)
@given(st.dates().filter(lambda day: 1900 <= day.year < 2100), st.integers(0, 9999))
def test_no_identity_card_is_left(day: object, tail: int) -> None:
    number = f"530102{str(day).replace('-', '')}{tail:04}"
    assert masking.mask(f"身份证{number}，帮我查") == "身份证［证件号］，帮我查"
