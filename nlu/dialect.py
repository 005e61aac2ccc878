"""Kunming's dialect in standard Chinese, where it cannot be mistaken: 给能领 → 能不能领, 咋个 → 怎么, 克成都 → 去成都.

给 before a verb asks yes or no in Kunming and means "to" or "for" everywhere else. It is changed only before the verbs
listed here, after no verb that gives (发给, 租给), and not where a receiver follows (给有困难的企业).
"""

import re

# Words that stand for themselves in the dialect alone.
_WORDS = {
    "有没得": "有没有", "咋个样": "怎么样", "咋个整": "怎么办", "咋整": "怎么办", "整哪样": "做什么", "为哪样": "为什么",
    "咋个": "怎么", "咋样": "怎么样", "咋": "怎么", "哪样": "什么", "几多": "多少", "哪久": "什么时候", "得不得行": "行不行",
    "一哈": "一下", "在哪点": "在哪里", "去哪点": "去哪里", "克哪点": "去哪里", "到哪点": "到哪里", "克哪里": "去哪里",
    "好久才": "多久才", "认不得": "不知道", "晓不得": "不知道", "晓得": "知道", "整了个": "弄了个", "整了一个": "弄了一个",
}  # fmt: skip
_END = r"(?=$|[\s,.?!;，。？！；])"
_RECEIVER = (
    r"(?![^\s,.?!;，。？！；]{0,12}的(?:中小|小微|大|各类|所有)?(?:企业|公司|单位|厂|店|户|个体|商家|商户|老板|人|员工|职工|客户|群体|项目|园区|行业|学生"
    r"|毕业生|孵化器))"
)
_GIVING = r"(?<![发交送打转借卖补付寄分拨留租退奖推介让带教告捐赠供提配归支不拿没只才要会能该应肯愿先再多少已])(?<![不没归返退偿交发]还)"
_NAMED = (
    r"(?:(?<=返还)|(?<=奖补)|(?<=补)|(?<=奖)|(?<=贷))给(?=能(?:够)?(?:领|拿|享受|申请|申领|申报|得|办|报|退|减|免))"
)
"""稳岗返还给能领: what stands before 给 is a name, for nobody is given anything."""
_ASKING = rf"(?:{_GIVING}给|{_NAMED}|[噶嘎])"
# What follows 给, and what both become together.
_QUESTIONS = (
    (r"还能(?![人源力干耐])", "还能不能"),
    (r"能(?:够)?(?![人源力干耐手])", "能不能"),
    (r"还有", "还有没有"),
    (r"有得?(?![关效限偿机色些钱意功利志需])", "有没有"),
    (r"是(?![否非给])", "是不是"),
    (r"可以", "可不可以"),
    (r"会(?![员计议场展])", "会不会"),
    (r"要(?=交|缴|办|报|申请|钱|收|扣|退|补|还|填|跑|去|准备|提供|带|什么|花)", "要不要"),
    (r"用(?=交|缴|去|办|填|跑|带|申请|报)", "用不用"),
    (
        r"算(?=小微|中小|个体|小型|数|符合|在内|是|得|一般|规上|大型|中型|专精|高新|困难|$|[\s,.?!，。？！吗呢噶嘎])",
        "算不算",
    ),
    (r"够(?=格|条件|资格|标准)", "够不够"),
    (r"符合", "符不符合"),
    (r"属于", "属不属于"),
    (r"达标", "达不达标"),
    (r"划算|合算", "划不划算"),
    (r"(?:晓得|知道|认得)", "知不知道"),
    (r"在(?=范围|名单|里面|里头|之列)", "在不在"),
    (r"享受(?=得|到|$|[\s,.?!，。？！吗呢噶嘎])", "能不能享受"),
    (r"得(?=领|享受|办|报销|退|减|免)", "能不能"),
    (r"得行", "行不行"),
    (r"合适", "合不合适"),
    (r"行(?=$|[\s,.?!，。？！吗呢噶嘎])", "行不行"),
    (r"对(?=$|[\s,.?!，。？！噶嘎])", "对不对"),
    (r"准(?=$|[\s,.?!，。？！噶嘎])", "准不准"),
    (r"好(?=办|申请|批|过|弄|领)", "好不好"),
)
_QUESTION = re.compile(
    _ASKING
    + "(?:"
    + "|".join(f"(?P<q{number}>{verb})" for number, (verb, _) in enumerate(_QUESTIONS))
    + ")"
    + _RECEIVER
)
_REACHING = re.compile(
    _ASKING + r"(?P<verb>赶|领|来|拿|用|办|划|报|申请|享受|抵|退|减|免|贷|评|查|补)得(?P<end>上|到|成|了|着|起|及)"
)
# 装修给补, 还给抵不, 税给减点不: at the end of a clause, after something that is not a person's 就 or 会.
_CLOSING = re.compile(
    r"(?<![发交送打转借卖补付寄分拨留租退奖推让带不没咋么会要该可就都再先才少样谁里家点])给"
    r"(?P<verb>补|退|免|减|抵|报|领|拦|扣|查|管|办|批|贷)(?P<bit>点|些)?不?(?=$|[\s,.?!;，。？！；噶嘎])"
)
_GOING = re.compile(
    r"(?<![\d千毫攻巴伊坦夹扑萨捷俄巧麦马])克(?=外地|外省|省外|国外|省城|北京|上海|广州|深圳|成都|重庆|贵阳|贵州|四川|广西|浙江|杭州|昆明|大理|曲靖|玉溪|丽江"
    r"|北上广|外面|哪[里儿个家]?|办事|办理|窗口|税务|人社|社保局|银行|政务|那边|那点|现场|大厅|街道|申请|报名|找|开店|投标)"
)
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
_ENDING = re.compile(r"(?<=[\u4e00-\u9fff])[噶嘎]" + _END)
_MANY = re.compile(r"(?<=[领拿补返得减贷退])好多(?=钱|万|块|个月|$|[\s,.?!，。？！吗呢噶嘎])")
_LACKING = re.compile(r"没得(?![到过罪奖分第益说谈选])")
_NEEDLESS = re.compile(r"不消(?![费除化失息耗防毒灭极停])")


def standard(text: str) -> tuple[str, list[str]]:
    """The text in standard Chinese, and what was changed (给能→能不能), in order of the steps."""
    changes: list[str] = []

    def put(found: re.Match[str], word: str) -> str:
        changes.append(f"{found.group()}→{word}")
        return word

    if not _ANY.search(text):
        return text, changes
    text = _REACHING.sub(lambda found: put(found, f"{found['verb'][0]}不{found['verb']}得{found['end']}"), text)
    text = _QUESTION.sub(lambda found: put(found, _asked(found)), text)
    text = _CLOSING.sub(lambda found: put(found, f"能不能{found['verb']}{found['bit'] or ''}"), text)
    text = _ENDING.sub(lambda found: put(found, "吗"), text)
    text = _WORD.sub(lambda found: put(found, _WORDS[found.group()]), text)
    text = _GOING.sub(lambda found: put(found, "去"), text)
    text = _MANY.sub(lambda found: put(found, "多少"), text)
    text = _LACKING.sub(lambda found: put(found, "没有"), text)
    text = _NEEDLESS.sub(lambda found: put(found, "不用"), text)
    return text, changes


_ANY = re.compile(r"[给噶嘎咋哪几没不克晓认整好]|一哈")


def _asked(found: re.Match[str]) -> str:
    number = int((found.lastgroup or "q0").removeprefix("q"))
    return _QUESTIONS[number][1]
