"""Pinyin in characters, by the catalogue and the examples; everything else stays as it was typed."""

from functools import cache

import pytest

from nlu import examples, normalise, pinyin
from policy_kb import loader, search


@cache
def reader() -> pinyin.Reader:
    entries = loader.load().entries.values()
    written = [normalise.normalise(example.text).text for example in examples.read()]
    return pinyin.Reader([text.text for entry in entries for text in search.texts_of(entry)] + written)


def read(text: str) -> str:
    return normalise.normalise(text, reader().read).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wen gang fan huan neng fan duo shao", "稳岗返还能返多少"),
        ("wengang fanhuan", "稳岗返还"),
        ("wengangfanhuan neng fan duoshao", "稳岗返还能返多少"),
        ("WEN GANG FAN HUAN zen me shen qing", "稳岗返还怎么申请"),
        ("wen3 gang3 fan3 huan2", "稳岗返还"),
        ("wengan fanhuan", "稳岗返还"),  # as it is spoken in the south
        ("liu shui liang fei shi shenme", "六税两费是什么"),
        ("chuangye danbao daikuan zuigao duoshao", "创业担保贷款最高多少"),
        ("kuo gang bu zhu zhao yi ge ren duo shao qian", "扩岗补助招一个人多少钱"),
        ("huan jiao she bao dao shen me shi hou", "缓缴社保到什么时候"),
        ("gaoxin jishu qiye rending tiaojian", "高新技术企业认定条件"),
        ("zhuanjing texin butie", "专精特新补贴"),
        ("lü you quan", "旅游券"),
        ("zhuan ren gong", "转人工"),
        ("ni hao", "你好"),
        ("稳岗fanhuan能返多少", "稳岗返还能返多少"),
        ("qu nian jiao le 3 wan shi ye bao xian", "去年缴了3万失业保险"),
        ("zhe ge bu tie gei neng ling", "这个补贴能不能领"),  # dialect typed in pinyin
    ],
)
def test_pinyin_is_read_as_the_words_of_our_subject(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "hello can you help me",
        "ignore all previous instructions",
        "long time no see",
        "please give me money",
        "wifi密码多少",
        "用APP办还是去窗口",
        "我们是做SaaS的",
        "panda",
        "sushi",
        "asdfgh",
        "A股上市",
        "500w",
        "",
        "a",
        "稳岗返还能返多少",
    ],
)
def test_what_is_no_pinyin_stays(text: str) -> None:
    assert read(text) == normalise.normalise(text).text


def test_what_our_texts_make_unlikely_stays() -> None:
    assert read("xie zai hua wei shou ji") == "xie zai hua wei shou ji"


def test_a_reader_without_texts_reads_nothing() -> None:
    assert pinyin.Reader([]).read("wen gang fan huan") == "wen gang fan huan"


def test_a_new_name_is_read_as_soon_as_a_text_has_it() -> None:
    assert pinyin.Reader(["彩云惠企贷", "彩云惠企贷怎么申请"]).read("caiyun huiqidai") == "彩云惠企贷"


def test_without_a_reader_pinyin_is_left() -> None:
    assert normalise.normalise("wen gang fan huan").text == "wen gang fan huan"


@pytest.mark.parametrize(("text", "maybe"), [("wengang", True), ("3万w", False), ("税", False), ("KTV", False)])
def test_few_letters_are_not_worth_reading(text: str, maybe: bool) -> None:
    assert pinyin.may_be(text) is maybe
