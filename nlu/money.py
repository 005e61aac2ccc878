"""Sums of money: 3万元, 十块三毛, ￥300, 4.287亿美元, and bare sums with a scale (3万2, 500w, 8千)."""

import re
from decimal import Decimal

from nlu import numerals, spans

_FOREIGN = {
    "港": "港元", "美": "美元", "欧": "欧元", "日": "日元", "澳": "澳元", "加": "加元", "韩": "韩元", "台": "新台币",
    "新台": "新台币", "新加坡": "新加坡元",
}  # fmt: skip
_NAMED = {
    "美金": "美元", "英镑": "英镑", "泰铢": "泰铢", "卢布": "卢布", "瑞士法郎": "瑞士法郎", "越南盾": "越南盾",
    "缅币": "缅币", "基普": "基普", "奈拉": "奈拉", "比特币": "比特币",
}  # fmt: skip
_FOREIGN_NAMES = rf"(?:{'|'.join(sorted(_FOREIGN, key=len, reverse=True))})[元币](?!旦)|{'|'.join(_NAMED)}"
_UNIT = re.compile(
    rf"个?(?P<foreign>{_FOREIGN_NAMES})"
    r"|(?P<yuan>元(?!旦|月|素|件|器|宇宙|首|老)|块(?![地牌屏田板砖肉布石表业]))"
    rf"(?:(?P<tail>{_FOREIGN_NAMES})|人民币|钱|整)?|(?i:人民币|rmb|cny)"
)
_SMALL = re.compile(
    r"(?P<jiao>[\d一二两三四五六七八九])(?:[毛角](?:(?P<fen>[\d一二两三四五六七八九])分?)?|"
    r"(?![\d.%一二两三四五六七八九十百千万亿个家人户名月年天号折成点次]))钱?整?"
)
_BEFORE = re.compile(r"(?:(?P<own>人民币|[￥¥])|(?P<dollar>\$)|(?P<foreign>" + _FOREIGN_NAMES + r"))[约近达为:]?\s*$")
_SCALED = re.compile(r"[千万亿兆wk]")


def unit(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    """The currency behind or before a number; a foreign one is named, all amounts are in that currency."""
    before = _BEFORE.search(text, max(0, numeral.start - 6), numeral.start)
    found = _UNIT.match(text, numeral.end)
    if found and found.group() == "块" and numeral.body == "一":
        return None  # 一块去: together
    if not found:
        if not before:
            return None
        return spans.Unit(spans.Kind.MONEY, _name(before), numeral.end, start=before.start())
    name = _currency(found["foreign"] or found["tail"]) if found["foreign"] or found["tail"] else "元"
    if name == "元" and before:
        name = _name(before)
    plus, end = _small(text, found) if found["yuan"] else (Decimal(0), found.end())
    return spans.Unit(spans.Kind.MONEY, name, end, plus=plus, start=before.start() if before else None)


def bare(numeral: spans.Numeral) -> spans.Unit | None:
    """A sum without a currency: owners say 3万2, 500w, 三千多 and mean 元; 1500 and 三百 stay numbers."""
    if not _SCALED.search(numeral.body):
        return None
    return spans.Unit(spans.Kind.MONEY, "元", numeral.end)


def _small(text: str, found: re.Match[str]) -> tuple[Decimal, int]:
    """The 毛 and 分 behind 元 or 块, in 元, and where they end."""
    small = _SMALL.match(text, found.end())
    if not small or ("毛" not in small.group() and "角" not in small.group() and found.group() != "块"):
        return Decimal(0), found.end()
    jiao, fen = (numerals.value(small[part] or "零") or Decimal(0) for part in ("jiao", "fen"))
    return jiao / 10 + fen / 100, small.end()


def _name(before: re.Match[str]) -> str:
    if before["own"]:
        return "元"
    return "美元" if before["dollar"] else _currency(before["foreign"])


def _currency(words: str) -> str:
    return _NAMED.get(words) or _FOREIGN[words[:-1]]
