"""Identities and numbers of people out of a text before it is stored or logged.

What is hidden: identity cards, credit codes of firms, mobile and fixed telephones, bank cards, e-mail addresses; also
with full-width digits, in Chinese digits, or with blanks, dashes and invisible characters between them. What stays:
amounts (a number with 元, 万 or ￥), public hotlines, document numbers.
"""

import re
from datetime import date

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DIGITS = str.maketrans("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "00012345678911234567" + "89")
_SPOKEN = re.compile("[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}")  # 张三 and 李四 are no digits
_GAP = r"[ \t\-·.—–\u00a0\u200b-\u200f\u2060\ufeff]?"
_NOT_AMOUNT = r"(?!\d|[.,]\d|\s*(?:元|块|万|亿|圆|人民币|rmb|RMB))"
_LEFT = r"(?<![\d￥¥$])(?<!\d[.,])"
_CREDIT = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Z]*[A-Z])[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}(?![0-9A-Za-z])"
)
_MAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9][\w-]*(?:\.[\w-]+)+", re.ASCII)
_IDENTITY = re.compile(rf"{_LEFT}[1-8]\d\d(?:{_GAP}\d){{14}}{_GAP}[\dXx](?![A-Za-z]){_NOT_AMOUNT}")
_OLD_IDENTITY = re.compile(rf"{_LEFT}[1-8]\d\d(?:{_GAP}\d){{12}}{_NOT_AMOUNT}")
_CARD = re.compile(rf"{_LEFT}[3-6]\d\d\d(?:{_GAP}\d{{4}}){{2,3}}{_GAP}\d{{1,4}}{_NOT_AMOUNT}")
_NAMED_CARD = re.compile(rf"(?<=卡号|账号|帐号|账户)[:是为\s]{{0,3}}(?P<number>\d(?:{_GAP}\d){{11,24}})")
_MOBILE = re.compile(
    rf"{_LEFT}(?:\+?{_GAP}86{_GAP})?(?:1[3-9]\d(?:{_GAP}\d){{8}}|1([ .·-])[3-9](?:\1\d){{9}}){_NOT_AMOUNT}"
)
_LANDLINE = re.compile(
    rf"{_LEFT}\(?0(?:10|2\d|[3-9]\d\d)\)?{_GAP}[2-8]\d{{2,3}}{_GAP}\d{{4}}(?:(?:-|转)\d{{1,6}})?{_NOT_AMOUNT}"
)
_NAMED_LANDLINE = re.compile(
    rf"(?:电话|座机|固话|号码|打我|联系我?|传真|(?i:tel))[:是为\s]{{0,3}}(?P<number>[2-8]\d{{2,3}}{_GAP}\d{{4}}){_NOT_AMOUNT}"
)


def mask(text: str) -> str:
    """The text with ［证件号］, ［银行卡号］, ［手机号］, ［座机号］ and ［邮箱］ in the place of what they name."""
    text = _MAIL.sub("［邮箱］", text)
    line = _SPOKEN.sub(lambda found: found.group().translate(_DIGITS), text.translate(_WIDE))
    hidden: list[tuple[int, int, str]] = []
    for pattern, check, word in _RULES:
        for found in pattern.finditer(line):
            start, end = found.span("number") if "number" in pattern.groupindex else found.span()
            if check(_bare(line[start:end])) and all(end <= left or right <= start for left, right, _ in hidden):
                hidden.append((start, end, word))
    for start, end, word in sorted(hidden, reverse=True):
        text = text[:start] + word + text[end:]
    return _CREDIT.sub("［信用代码］", text)  # after the identities: one that ends in X looks like a code


def _bare(number: str) -> str:
    return "".join(char for char in number if char.isdigit() or char in "Xx")


def _is_identity(number: str) -> bool:
    """18 digits with a day of birth that can be. The check digit is not asked for: a mistyped card is a card."""
    return _is_day(int(number[6:10]), int(number[10:12]), int(number[12:14])) and 1890 < int(number[6:10]) < 2100


def _is_old_identity(number: str) -> bool:
    return _is_day(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_card(number: str) -> bool:
    """The checksum of bank cards (Luhn)."""
    total = 0
    for place, char in enumerate(reversed(number)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 * (digit > 9)
    return total % 10 == 0


def _always(number: str) -> bool:
    return bool(number)


_RULES = (
    (_IDENTITY, _is_identity, "［证件号］"),
    (_OLD_IDENTITY, _is_old_identity, "［证件号］"),
    (_NAMED_CARD, _always, "［银行卡号］"),
    (_CARD, _is_card, "［银行卡号］"),
    (_MOBILE, _always, "［手机号］"),
    (_LANDLINE, _always, "［座机号］"),
    (_NAMED_LANDLINE, _always, "［座机号］"),
)
