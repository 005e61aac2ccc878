"""Lists of enterprises as an authority might hand them in: valid made-up codes, plausible cells."""

import random
from collections.abc import Iterator

from bot import credit_codes
from policy_kb import districts

HEADINGS = (
    "统一社会信用代码",
    "企业名称",
    "所在县（市）区",
    "行业",
    "企业规模",
    "职工人数",
    "上年营业收入（万元）",
    "增值税纳税人身份",
)
INDUSTRIES = ("餐饮业", "零售业", "制造业", "软件和信息技术服务业", "建筑业", "住宿业", "农林牧渔", "批发业")


def code(number: int) -> str:
    """The credit code of firm ``number``: passes the checksum, belongs to nobody."""
    body = "".join(credit_codes.ALPHABET[number // 31**place % 31] for place in range(9))
    head = "91530100" + body
    return head + credit_codes.check_digit(head)


def rows(number: int, seed: int = 1) -> Iterator[list[str]]:
    """So many rows below the headings."""
    dice = random.Random(seed)
    for place in range(number):
        employees = dice.choice((3, 8, 15, 35, 80, 200, 450))
        yield [
            code(place),
            f"昆明第{place}号商行",
            dice.choice(districts.DISTRICTS[:14]),
            dice.choice(INDUSTRIES),
            dice.choice(("大型", "中型", "小型", "微型", "")),
            str(employees),
            str(dice.randrange(10, 90_000)),
            dice.choice(("小规模纳税人", "一般纳税人")),
        ]
