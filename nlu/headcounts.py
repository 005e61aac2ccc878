"""People and things counted: 280来人, 8个离校一年没找到工作的毕业生, 二十来号, 26家, 60人的厂; and floor space."""

import re

from nlu import spans

_NOUN = (
    r"(?:离校未就业)?(?:高校|应届|大专|专科|本科|硕士|博士)?毕业生|大?学生|应届生|本科生|大专生|专科生|研究生|博士后?|硕士"
    r"|(?:退役|退伍)(?:士兵|军人|兵)|士兵|乡亲|村民|老乡|农民工?|劳动力|脱贫人口|残疾人|残疾(?:职工|员工)|见习(?:生|人员)|实习生"
    r"|(?:正式|合同|临时|小时|派遣|计件|女|男|小|老)工|员工|职工|雇员|店员|工人|伙计|徒弟|学徒|师傅|服务员|营业员|业务员|保安|保洁员?"
    r"|司机|厨师|会计|导游|教师|老师|医生|护士|工程师|技师|技术员|设计师|程序员|股东|合伙人|高管|人手|兵|娃娃|小伙子?|姑娘|兄弟|姐妹|同事"
    r"|(?:技术|研发|科研|管理|销售|从业|失业|困难|就业|残疾|劳务|登记失业|在职|在编|脱贫|持证|专业)?人员"
)
_FALSE = r"(?!民币|次|份|有限|公司|企业|独资|工智能)"
_PEOPLE = re.compile(rf"(?:多?号|个|名|位|口)?(?:{_NOUN}|人){_FALSE}")
_POLITE = re.compile(r"[名位](?!称|单|额|下|数|一体|于|置|片|义|牌|列|次)")
_LOOSE = re.compile(r"号(?!文|线|楼|院|店|令|公告|码|馆|仓|门|厂|铺)")
# Between 个 and the noun may stand what describes people, but nothing that people belong to.
_DESCRIBED = re.compile(r"个(?P<words>[^,.;:?!，。；：？！、\s]{0,14}?)(?:" + _NOUN + r"|的人(?!社|均|行))")
_OWNERS = re.compile(
    r"部门|行业|项目|公司|企业|厂|店|单位|高校|学校|院|地方|区|县|市|省|园|岗位|产业|平台|政策|问题|月|班|车间|团队|商场|窗口"
    r"|季度|星期|小时|亿|多?少|每|给|我|你|和|村|品牌|馆|家|户|个|法人|条件"
)
_VERB = re.compile(
    r"(?:招(?:聘|用|收|录|进|来|到)?|录用|聘用?|雇(?:佣|用)?|裁(?:员|掉|减)?|辞(?:退|职)?|开除|解雇|留用|吸纳|接收|安置|走|离职|减员|增员"
    r"|新增员工|入职|录取)(?:了|过|掉|到|满|够|进|着|进来|回来|来)?(?:大概|大约|差不多|约|有|不到|超过|至少)*$"
)
_GROUP = re.compile(
    rf"(?:{_NOUN}|员工|职工|工人|人手|伙计|从业人员|人数|在职|在册|参保|用工|人员|小工|师傅|员工数)"
    r"(?:人数|总数|数量|规模|总共|一共|大概|大约|差不多|目前|现在|只有|不到|不足|不超过|超过|没超过|至少|有|是|为|共|约|才|也|就|剩|还|到|:|的|我们|了|从|由|来|招)*$"
)
_CLOSED = re.compile(r"$|[^\u4e00-\u9fff]|[吧呢吗啊嘛的了就能可给有还要算补都全也是行够应会得该享拿领以左上多发，每]")
_SOLE = re.compile(
    r"(?:我|自己|招|聘|用|收|雇|裁|辞|走|留|退|接收|吸纳|有|就|只|共|剩|减|增|加|了|过|不足|不到|超过|至少|差|少|多|和|及|、|跟|加)$"
)
_NOBODY = re.compile(r"[都也]?(?:没|未|不)")
_MEASURE = re.compile(
    r"人次|工作日|周岁|公里|公斤|千瓦时?|平方公里|家(?![具长里乡电政属用庭伙居装教])|次(?![日月年级要序新贷])"
    r"|单(?![位独笔个项价店纯身品子])|份(?![额])|件(?!事)|个(?![税体别性])"
    r"|户(?!籍)|台(?![湾阶账])|期(?![间限权货末初中望])|处(?![理罚分于在])|层(?![级面次])|部(?![门分委])|场(?![地所合租])|度(?![过假数])|头(?!条)|本(?![科地年月市人钱身])"
    r"|[批套辆间栋幢张笔趟座吨亩箱岁米斤桌艘株棵]"
    r"|项(?=.{0,4}(?:专利|发明|软著|知识产权|标准|商标))"
)
_ABSTRACT = re.compile(r"个(?:事|问题|意思|方面|部分|字|样|办法|疑|说法|原因|角度|头绪|政策|文件|条件|小?事)")
_AREA = re.compile(r"(?:个)?(?:平方米|平米|平方(?!公里|千米)|平(?![均台时安等价常板面整川])|㎡|[mM][2²])")


def area(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    """Floor space, in 平方米."""
    found = _AREA.match(text, numeral.end)
    return spans.Unit(spans.Kind.AREA, "平方米", found.end()) if found else None


def people(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    """People, by the noun behind the number, or by what stands before it where the noun is left out (招3个)."""
    found = _PEOPLE.match(text, numeral.end)
    if found:
        return _unit(found.end()) if _counts(text, numeral, found.end()) else None
    found = _POLITE.match(text, numeral.end)
    if found and text[max(0, numeral.start - 1) : numeral.start] not in ("前", "第"):
        return _unit(found.end()) if _counts(text, numeral, found.end()) else None
    before = text[max(0, numeral.start - 14) : numeral.start]
    found = _LOOSE.match(text, numeral.end)
    if found and (numeral.ends.approximate or _GROUP.search(before)):
        return _unit(found.end())
    return _implied(text, numeral, before)


def things(text: str, numeral: spans.Numeral) -> spans.Unit | None:
    """Anything else that is counted; the unit is the measure word."""
    found = _MEASURE.match(text, numeral.end)
    if not found or _ABSTRACT.match(text, numeral.end):
        return None
    return spans.Unit(
        spans.Kind.COUNT, found.group(), found.end(), whole=numeral.ends.low is None or "." not in numeral.body
    )


def is_measured(text: str, end: int) -> bool:
    """Whether a measure word stands at `end`, even one that counts nothing for us (两个事)."""
    return _MEASURE.match(text, end) is not None


def _implied(text: str, numeral: spans.Numeral, before: str) -> spans.Unit | None:
    """8个…的毕业生, 招3个, 员工二十几个, 参保人数280."""
    if text[numeral.end : numeral.end + 1] == "个":
        described = _DESCRIBED.match(text, numeral.end)
        if described and not _OWNERS.search(described["words"]) and _counts(text, numeral, described.end()):
            return _unit(numeral.end + 1)
        if (_VERB.search(before) or _GROUP.search(before)) and _CLOSED.match(text, numeral.end + 1):
            return _unit(numeral.end + 1)
        return None
    plain = not _MEASURE.match(text, numeral.end) and "." not in numeral.body
    return _unit(numeral.end) if plain and _GROUP.search(before) and len(numeral.body) > 1 else None


def _counts(text: str, numeral: spans.Numeral, end: int) -> bool:
    """一个人 states a number of people only where somebody has, hires or loses them; 一个人都没裁 means nobody."""
    if numeral.ends.low != 1 or numeral.ends.high != 1:
        return True
    if _NOBODY.match(text, end):
        return False
    return (
        _SOLE.search(text[max(0, numeral.start - 3) : numeral.start]) is not None
        or not (text[: numeral.start] + text[end:]).strip()
    )


def _unit(end: int) -> spans.Unit:
    return spans.Unit(spans.Kind.HEADCOUNT, "人", end, whole=True)
