"""Requests the assistant refuses: cheating, attacks on itself, other people's data. Patterns back the classifier up."""

import re
from enum import StrEnum


class Danger(StrEnum):
    """Why a message is refused."""

    CHEATING = "cheating"
    ATTACK = "attack"
    PRIVACY = "privacy"


_PATTERNS = {
    Danger.ATTACK: re.compile(
        r"忽略(以上|之前|前面|所有|上面).{0,6}(指令|提示|规则|要求)|系统提示词|system ?prompt|ignore (all|previous|the above)|"
        r"(管理员|后台|数据库|root).{0,4}密码|^/?(broadcast|sudo|admin|exec|eval|shutdown|delete|drop)\b|drop table|union select|"
        r"越狱模式|开发者模式|你现在(是|扮演)|群发.{0,8}(用户|所有人)|通知所有用户",
        re.IGNORECASE,
    ),
    Danger.CHEATING: re.compile(
        r"假发票|虚开|买发票|开票.{0,4}不做生意|偷税|漏税|逃税|两套账|(两|2)本账|做(两|2|几)(本|套)账|编(造|几个|点|些)?.{0,3}(项目|名单|合同|台账|费用).{0,6}(凑|骗|套|混|报)|发票.{0,4}(冲成本|抵成本|冲账)|阴阳合同|(?<!严查)(?<!打击)(?<!防范)骗(补|保|取|贷|税)|造假|做假|假(合同|材料|证明|员工|流水|社保|账)|"
        r"伪造|(虚报|多报|瞒报).{0,6}(人数|产值|营收|材料|数据|收入|人头)|(塞|送|给).{0,6}(红包|回扣|好处费)|红包.{0,4}塞|挂靠.{0,4}社保|挂几个人|"
        r"假的?.{0,8}(台账|材料|合同|证明|发票|流水|账本|声明|名单)|(帮|给)我(编|造|伪造|做假)|查不出来|不(会)?被(查|发现)|(名字|亲戚|朋友).{0,6}(挂|充)(成|作|当|进).{0,4}员工|挂名.{0,4}(员工|社保)|(写|填|报|装|冒充|伪装)成(小微|小型|微型|中小|个体|高企|科技型).{0,12}(投标|多|拿|领|骗|享受|混)|蒙混|糊弄(税务|检查|上面)|"
        r"空壳公司.{0,6}(领|套|骗)|套(取|补贴|资金)|走后门|找关系.{0,6}(评|批)"
    ),
    Danger.PRIVACY: re.compile(
        r"(别人|别家|其他(公司|企业|用户)|对手|隔壁|同行|那家).{0,10}(资料|信息|电话|手机|身份证|申请|税额|流水|社保|报了|领了)|"
        r"(局长|处长|科长|领导|主任|工作人员|负责人|联系人).{0,8}(手机|私人|电话号码|家庭|住址|微信)|用户名单|身份证号.{0,4}(查|给)|"
        r"查.{0,8}(手机号|身份证号|住址)|导出.{0,6}(用户|名单|数据)"
    ),
}


def danger(text: str) -> Danger | None:
    """Why a normalised message must be refused, or None."""
    return next((reason for reason, pattern in _PATTERNS.items() if pattern.search(text)), None)
