"""What the owner typed, in the words the rest of the programme knows: one spelling, one script, standard Chinese.

Steps, in order: invisible characters out, NFKC, spaces inside Chinese out, Traditional to Simplified with Taiwan's words,
pinyin to characters where a reader of it is given, slips of the hand in the words of our subject, Kunming's dialect. Pure;
the tables of OpenCC are read once, on first use.
Synonyms (失业险, 退伍兵) are no business of this module: the knowledge base knows them.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu import dialect


@dataclass(frozen=True, slots=True)
class Normalised:
    """The normalised text, the text as it came, and what was changed in words (社宝→社保), in order."""

    text: str
    original: str
    changes: tuple[str, ...]


# Slips of the hand and of voice input, only where the wrong word stands in no right sentence: 租今 would break 房租今年, 反还
# would break 违反还款协议, 换缴 would break 更换缴费. Synonyms are not slips.
_SLIPS = {
    "社宝": "社保", "社堡": "社保", "社保废": "社保费", "缓较": "缓缴", "缓教": "缓缴", "缓叫": "缓缴", "暖缴": "缓缴",
    "稳刚": "稳岗", "稳钢": "稳岗", "稳杠": "稳岗", "温岗": "稳岗", "稳岗反还": "稳岗返还", "稳岗返环": "稳岗返还", "扩刚": "扩岗",
    "阔岗": "扩岗", "消费卷": "消费券", "创新卷": "创新券", "优惠卷": "优惠券", "旅游卷": "旅游券", "代金卷": "代金券",
    "抵扣卷": "抵扣券", "抵用卷": "抵用券", "购物卷": "购物券", "文旅卷": "文旅券", "餐饮卷": "餐饮券", "彩云卷": "彩云券",
    "惠民卷": "惠民券", "留底退税": "留抵退税", "留低退税": "留抵退税", "流抵退税": "留抵退税", "留底的税": "留抵的税",
    "留底税额": "留抵税额", "增值睡": "增值税", "曾值税": "增值税", "增殖税": "增值税", "所得睡": "所得税", "退睡": "退税",
    "免睡": "免税", "减睡": "减税", "缓睡": "缓税", "纳睡": "纳税", "褪税": "退税", "税物局": "税务局", "睡务": "税务",
    "六税二费": "六税两费", "六税两废": "六税两费", "加记抵减": "加计抵减", "加计低减": "加计抵减", "加记扣除": "加计扣除",
    "家计扣除": "加计扣除", "加计扣处": "加计扣除", "专精特心": "专精特新", "专精特薪": "专精特新", "专精特行": "专精特新",
    "专经特新": "专精特新", "专精特兴": "专精特新", "专精特信": "专精特新", "转精特新": "专精特新", "小巨仁": "小巨人",
    "小巨任": "小巨人", "高兴技术企业": "高新技术企业", "高薪技术企业": "高新技术企业", "高新计术": "高新技术",
    "科技型中小起业": "科技型中小企业", "小威企业": "小微企业", "小维企业": "小微企业", "小薇企业": "小微企业",
    "小徽企业": "小微企业", "小规摸": "小规模", "个体虎": "个体户", "个体工商护": "个体工商户", "营业执找": "营业执照",
    "营业职照": "营业执照", "应届声": "应届生", "退疫士兵": "退役士兵", "退役士冰": "退役士兵", "见习补帖": "见习补贴",
    "补帖": "补贴", "免祖": "免租", "减祖": "减租", "房祖": "房租", "创业担保货款": "创业担保贷款", "创业货款": "创业贷款",
    "养佬": "养老", "养老保显": "养老保险", "失业保显": "失业保险", "失业保先": "失业保险", "失业宝险": "失业保险",
    "工伤保显": "工伤保险", "工商保险": "工伤保险", "人设局": "人社局", "人射局": "人社局", "工新局": "工信局",
    "政府彩购": "政府采购", "政府采够": "政府采购", "免深即享": "免申即享", "免申既享": "免申即享", "免申及享": "免申即享",
    "免申急享": "免申即享", "会企政策": "惠企政策", "汇企政策": "惠企政策", "惠起政策": "惠企政策", "昆名": "昆明",
    "官度区": "官渡区", "五化区": "五华区", "稳刚反还": "稳岗返还", "失业保险反还": "失业保险返还", "呈供区": "呈贡区",
    "一次性扩港": "一次性扩岗", "扩港补助": "扩岗补助",
}  # fmt: skip

# Taiwan's words for what the documents and the owners here call otherwise; applied only to text in Traditional script.
_TAIWAN = {
    "智慧财产权": "知识产权", "智慧财产": "知识产权", "智慧型": "智能", "数位": "数字", "网际网路": "互联网", "网路": "网络",
    "套用": "应用", "最佳化": "优化", "档案": "文件", "软体": "软件", "硬体": "硬件", "资讯": "信息", "程式": "程序",
    "伺服器": "服务器", "专案": "项目", "计画": "计划", "企画": "企划", "线上": "在线", "登入": "登录", "帐号": "账号",
    "帐户": "账户", "连结": "链接", "列印": "打印", "新创企业": "初创企业", "新创公司": "初创公司", "育成中心": "孵化器",
    "薪资": "工资", "透过": "通过", "行动支付": "移动支付", "简讯": "短信", "电邮": "邮件",
    "产业院校": "产业学院", "因应": "应对", "回馈": "反馈", "影印": "复印", "营利事业所得税": "企业所得税",
    "营业登记": "营业执照", "拚": "拼", "衹": "只", "家俱": "家具",
}  # fmt: skip

_CIRCLED = dict.fromkeys(range(0x2460, 0x2474), ";")  # ①20人②3家 must not become 120人23家
_SHARES = re.compile(r"(几|[\d.]{1,6}|[一二三四五六七八九十]{1,4})趴")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\u3000-\u303f"
_NUMERIC = r"\d一二三四五六七八九十两百千万亿"
_INNER_SPACE = re.compile(rf"(?<=[{_HAN}])[^\S\n]+(?=[{_HAN}\d(),.:;?!%])|(?<=[\d(),.:;?!%])[^\S\n]+(?=[{_HAN}])")
_BETWEEN_NUMBERS = re.compile(rf"[{_NUMERIC}]")
_BIG = frozenset("百千万亿")
_BLANKS = re.compile(r"[^\S\n]{2,}")
_BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_LINES = re.compile(r"\s*\n\s*")
_SLIP = re.compile("|".join(sorted(_SLIPS, key=len, reverse=True)))
_TAIWANESE = re.compile("|".join(sorted(_TAIWAN, key=len, reverse=True)))


def normalise(text: str, read_pinyin: Callable[[str], str] | None = None) -> Normalised:
    """The text in one spelling. Any string is taken; markup stays as it is and nothing is cut off."""
    changes: list[str] = []
    plain = _visible(text)
    plain = unicodedata.normalize("NFKC", plain)
    plain = _LINES.sub("\n", _INNER_SPACE.sub(_space, _BLANKS.sub(" ", plain))).strip()
    simple = _simplified(plain)
    if simple != plain:
        changes.append("繁→简")
        simple = _replaced(simple, _TAIWANESE, _TAIWAN, changes)
    if read_pinyin is not None and (spelt := read_pinyin(simple)) != simple:
        changes.append("拼音→汉字")
        simple = _INNER_SPACE.sub(_space, spelt)
    simple = _SHARES.sub(lambda found: _share(found, changes), simple)
    simple = _replaced(simple, _SLIP, _SLIPS, changes)
    simple, spoken = dialect.standard(simple)
    return Normalised(simple, text, (*changes, *spoken))


def _visible(text: str) -> str:
    """Without control, zero-width and private characters; line breaks and tabs become plain ones."""
    text = text.translate(_CIRCLED).replace("\t", " ")
    text = _BREAKS.sub("\n", text)
    if text.isprintable():
        return text
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in _UNSEEN)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _space(found: re.Match[str]) -> str:
    """Nothing, but for a space that parts two numbers: 500万 30人."""
    left, right = found.string[found.start() - 1], found.string[found.end()]
    parted = _BETWEEN_NUMBERS.match(left) and _BETWEEN_NUMBERS.match(right)
    return " " if parted and right not in _BIG else ""


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text)) if text else text


def _replaced(text: str, pattern: re.Pattern[str], table: dict[str, str], changes: list[str]) -> str:
    def put(found: re.Match[str]) -> str:
        word = found.group()
        if table[word] != word:
            changes.append(f"{word}→{table[word]}")
        return table[word]

    return pattern.sub(put, text)


def _share(found: re.Match[str], changes: list[str]) -> str:
    """几趴 is 百分之几, 10趴 is 10%."""
    word = f"{found[1]}%" if found[1][0].isdecimal() and found[1].isascii() else f"百分之{found[1]}"
    changes.append(f"{found.group()}→{word}")
    return word
