"""Words around a number that make it an end or a rough figure: 不到, 至少, 超过, 以上, 以内, 左右, 近.

以上 以下 不超过 至多 至少 以内 include the number; 不到 不足 未满 少于 超过 多于 大于 do not.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from nlu import numerals, spans

_BEFORE = re.compile(
    r"(?:"
    r"(?P<least>至少|最少|起码|最低|不(?:得|能|可)?(?:低于|少于|小于|下于)|(?:大于|超过|高于)(?:或者?)?等于|≥|>=|(?<![不未没圆兑用领额装])满)"
    r"|(?P<most>不(?:得|能|会|可|准)?(?:超过|超出|超|高于|多于|大于)|(?:没|没有|未)(?:超过|超)|至多|最多|顶多|最高|(?:小于|少于|低于)(?:或者?)?等于"
    r"|≤|<=)"
    r"|(?P<more>超过|超出|大于|高于|多于|不止|突破|超|>|(?:(?<=[,。;!?\s万亿元人户家%])|(?<=产值|收入|营收|利润|流水|规模|金额|总额|人数|年限|已经)"
    r"|(?<=营业额|销售额|所得额)|^)过)"
    r"|(?P<less>不到|不足|不满|[未没]满|少于|小于|低于|(?:没有|还没|没|未)(?:达到|到|达)|不及|<)"
    r"|(?P<near>将近|接近|(?<![最附])近|(?<![尽赶加])快|(?<=[了花有差欠要])小)"
    r"|(?P<about>大约|大概|大致|差不多|估计|约)"
    r")(?:了|有|是|为|在|到|:|也就)*\s*$"
)
_BEHIND = re.compile(
    r"(?:\(含\))?的?(?:"
    r"(?P<least>及?以上|或者?(?:以上|更多)|往上|朝上|之上|开外|打底|\+|起(?![来步码草诉重]))"
    r"|(?P<most>及?以下|或者?以下|以内|之内|往下|之下|内(?![部容地蒙外勤销存资设]))"
    r"|(?P<about>左右|上下|样子)"
    r"|(?P<less>[都还]?不到(?![\d一二两三四五六七八九十半])|不足(?=[,。?!吧的]|$))"
    r"|(?P<bit>出头|挂零|冒头)"
    r")"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What stands around a number: its sorts of bound (least most more less near about bit) and the widened place."""

    before: str | None
    behind: str | None
    start: int
    end: int


def around(text: str, start: int, end: int) -> Bounds:
    """The bounds that stand directly before `start` and directly behind `end`."""
    left = max(0, start - 10)
    before = _BEFORE.search(text, left, start)
    behind = _BEHIND.match(text, end)
    return Bounds(
        before.lastgroup if before else None,
        behind.lastgroup if behind else None,
        before.start() if before else start,
        behind.end() if behind else end,
    )


def apply(ends: spans.Ends, bounds: Bounds) -> spans.Ends:
    """The stretch of numbers once its bounds are heard; the word before the number outranks the one behind it."""
    for sort in (bounds.behind, bounds.before):
        ends = _bound(ends, sort)
    return ends


def _bound(ends: spans.Ends, sort: str | None) -> spans.Ends:
    low, high = ends.low, ends.high
    if low is not None and high is not None and low < high and not ends.approximate:
        return ends  # 50到100元以内: both ends were said
    if sort in ("least", "more") and low is not None:
        return spans.Ends(low, None, low_inclusive=sort == "least")
    if sort in ("most", "less") and high is not None:
        return spans.Ends(None, high, high_inclusive=sort == "most")
    if sort is None or low is None or high is None:
        return ends
    return _rough(ends, low, sort) if low == high else replace(ends, approximate=True)


def _rough(ends: spans.Ends, number: Decimal, sort: str) -> spans.Ends:
    stretch = numerals.about(number)
    if sort == "near":
        return replace(stretch, high=number, high_inclusive=False)
    return replace(stretch, low=number) if sort == "bit" else stretch
