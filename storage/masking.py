"""Personal numbers are masked before a text is kept for others to read. Pure."""

import re

# Longest first: an identity number holds what looks like a telephone number.
_RULES = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "〔邮箱〕"),
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), "〔身份证号〕"),
    (
        re.compile(
            r"(?<![0-9A-Za-z])(?=[0-9A-Z]*[A-Z])[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}(?![0-9A-Za-z])"
        ),
        "〔信用代码〕",
    ),
    (re.compile(r"(?<!\d)(?:\d[ -]?){15,18}\d(?!\d)"), "〔账号〕"),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), "〔手机号〕"),
    (re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"), "〔电话〕"),
)


def masked(text: str) -> str:
    """The text with mail addresses, identity, credit, account and telephone numbers replaced by their kind.

    Sums, dates and public hotlines (12345, 12333) stay.
    """
    for pattern, word in _RULES:
        text = pattern.sub(word, text)
    return text
