"""Feast days, by jionlp: the one thing here that needs the lunar calendar. Loaded when the first such day is asked for."""

import contextlib
import io
import re
from datetime import date, datetime
from functools import cache
from typing import Any

FEAST = re.compile(
    r"元旦|春节|过年(?=[前后]|之前|以前|期间)|除夕|元宵节?|清明(?!上河)节?|劳动节|五一(?=[前后]|之前|以前|假|期间|节)|端午节?|中秋(?!季)节?"
    r"|国庆节?|双十[一二]|双1[12]"
)
_FIXED = {
    "元旦": (1, 1), "劳动节": (5, 1), "五一": (5, 1), "国庆": (10, 1), "双十一": (11, 11), "双11": (11, 11),
    "双十二": (12, 12), "双12": (12, 12),
}  # fmt: skip


@cache
def feast(name: str, year: int) -> date | None:
    """The day of a feast in a year of the Gregorian calendar; None where jionlp does not know it."""
    name = name.removesuffix("节") if name not in ("春节", "劳动节") else name
    if name in _FIXED:
        return date(year, *_FIXED[name])
    name = {"过年": "春节", "五一节": "劳动节"}.get(name, name)
    try:
        parsed = _jionlp().parse_time(f"{year}年{name}", time_base=datetime(year, 6, 1))  # noqa: DTZ001 - a calendar day
        return datetime.fromisoformat(parsed["time"][0]).date()
    except (ValueError, KeyError, IndexError, TypeError):
        return None


@cache
def _jionlp() -> Any:
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its address when imported
        import jionlp
    return jionlp
