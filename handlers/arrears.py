"""拖欠账款: a complaint's own form, asked one by one or read out of one message, then handed to a human.

Who owes, how much, since when, contract or not. What the official channel takes and what not stands in the catalogue.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from handlers import compose
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Form, Session
from handlers.ticket_effects import OpenTicket
from handlers.turn import Turn
from nlu import normalise, quantities
from nlu.spans import Kind
from policy_kb import money, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Entry
from storage import masking

CATEGORY = "payment-arrears"
START = Button("登记拖欠投诉", "arrears:start")
SUBMIT, ANEW, STOP = (
    Button("提交", "arrears:submit"),
    Button("重填", "arrears:start"),
    Button("不投诉了", "arrears:stop"),
)
HUMAN = Button("转人工", "human")
UNSURE = "说不清"
LEAD = "arrears-complaints-2022"
"""The entry of the catalogue whose department takes such complaints."""
CHANNELS = (("national-arrears-platform", "what-for"), ("yn-complaint-centre", "what-for"))
LIMITS = "payment-regulation-2025", "not-between-small"
LARGE, PUBLIC, SMALL, PERSON, FIRM = "大型企业", "机关、事业单位", "中小企业", "个人", "企业，不清楚规模"


@dataclass(frozen=True)
class Field:
    """A line of the form. ``choices``: buttons below its question."""

    id: str
    label: str
    question: str
    choices: tuple[str, ...] = ()


FIELDS = (
    Field("debtor", "欠款方", "谁欠您的钱？请写单位全称。"),
    Field("sort", "欠款方是", "对方是哪一类？", (PUBLIC, LARGE, SMALL, PERSON, UNSURE)),
    Field("amount", "金额", "一共欠多少钱？比如：86万元。"),
    Field("since", "从何时起", "从什么时候起该付没付？比如：2024年3月。"),
    Field("contract", "合同", "有没有合同、对账单之类？", ("有合同", "没有合同", "只有口头约定")),
)
_BY_ID = {field.id: field for field in FIELDS}

_OWED = r"(?:拖欠|欠(?!费|税|缴)|拖着|压着|不付|没付|不给|没给|不结|没结)"
_COMPLAIN = r"(?:投诉|举报|告他|告它|追讨|讨要|要账|要债|追款|追债|维权)"
_WANTED = re.compile(
    rf"(?:我|我们|咱|咱们|本公司|我司)?(?:要|想|来|得)(?:登记|{_COMPLAIN}).{{0,25}}{_OWED}|"
    rf"{_OWED}.{{0,40}}(?:(?:我|我们|咱)(?:要|想|得)(?:登记|{_COMPLAIN})|(?:要|想)(?:登记)?{_COMPLAIN}|"
    r"帮(?:我|我们|忙)(?:要|讨|追|登记|投诉))|^登记拖欠投诉$"
)
_ASKING = re.compile(r"[？?]|吗|怎么|咋|如何|哪|多少|多久|能不能|可不可以|可以|管不管|是不是|有没有用|还算|几")
_WAGES = re.compile(r"工资|工钱|薪")
_DEBTOR = re.compile(
    rf"(?P<name>[\w（）()·]{{2,25}}?)(?:一直|还|已经|总是|都|就是|长期)*{_OWED}(?:了|着)?(?:我|咱|本|俺)"
)
_LEADING = re.compile(r"^(?:我要|我想|要|想|来)?(?:登记|投诉|举报|告)?(?:一下)?[，,：: ]*")
_PUBLIC = re.compile(
    r"(?:局|厅|委|委员会|办|办事处|政府|机关|管委会|法院|检察院|派出所|街道|村委|居委|事业单位|医院|学校|大学|中学|小学|幼儿园|研究所|研究院|中心)$"
)
_STOPS = re.compile(r"^(?:取消|算了|不投诉了?|不填了?|不登记了?|先不(?:填|弄|投诉)了?|退出|停)")
_NOT_KNOWN = re.compile(r"^(?:不(?:清楚|知道|记得)|记不(?:清|得)|忘了?|说不清)")
_DURATION = re.compile(r"(?:快|有|拖了|欠了|差不多)?(?:[一二两三四五六七八九十\d半]+)个?(?:多)?(?:年|月)(?:多|半)?")


def wanted(text: str) -> bool:
    """Whether somebody wants to complain of a debt; asking how one complains is a question of policy."""
    return _WANTED.search(text) is not None and _ASKING.search(text) is None and _WAGES.search(text) is None


def typed(text: str, session: Session, catalogue: Catalogue, as_of: date) -> Turn | None:
    """The next line of the form, or a message that wants one. None: it is something else."""
    if session.form is None:
        if not wanted(text):
            return None
        session.form = Form(told=read(text, as_of))
        return _next(session, catalogue, as_of, ahead="好，我帮您登记拖欠账款投诉，交给人工跟进。")
    if _STOPS.match(text):
        return _stopped(session)
    asked = _BY_ID.get(session.form.asked)
    if asked is None or (_ASKING.search(text) and not _NOT_KNOWN.match(text)):
        return None  # a question in the middle; the form waits
    told = _answer(asked, text, as_of)
    if told is None and not session.form.doubted:
        session.form.doubted = True
        return _ask(session, asked, ahead=f"没看出{asked.label}。不清楚就回复“不清楚”。")
    session.form.told = {**session.form.told, **(told or {asked.id: masking.mask(text)[:60]})}
    return _next(session, catalogue, as_of)


def pressed(action: str, session: Session, catalogue: Catalogue, as_of: date) -> Turn | None:
    """A button of the form; those of a form that is over say so."""
    verb, _, rest = action.partition(":")
    if verb != "arrears":
        return None
    if rest == "start":
        session.form = Form()
        return _next(session, catalogue, as_of, ahead="登记拖欠账款投诉，一共五问，答完交给人工跟进。")
    if session.form is None:
        text = "这份登记已经结束。要再登记一份，点“登记拖欠投诉”。"
        return Turn(Reply(text, ReplyKind.HANDOFF, buttons=(START, HUMAN)), session)
    if rest == "stop":
        return _stopped(session)
    if rest == "submit":
        return _submitted(session, catalogue, as_of)
    asked = _BY_ID.get(session.form.asked)
    if asked is None or not rest.isdecimal() or int(rest) >= len(asked.choices):
        return _next(session, catalogue, as_of)
    session.form.told = {**session.form.told, asked.id: asked.choices[int(rest)]}
    return _next(session, catalogue, as_of)


def _stopped(session: Session) -> Turn:
    session.form = None
    text = "好，没有登记，填的内容已丢掉。要找人工随时说“转人工”。"
    return Turn(Reply(text, ReplyKind.HANDOFF, buttons=(HUMAN,)), session)


def offered(reply: Reply, catalogue: Catalogue) -> Reply:
    """What is said about debts also offers the form."""
    about = any(_category(name, catalogue) == CATEGORY for name in reply.measures)
    if not about or reply.kind in {ReplyKind.HANDOFF, ReplyKind.UNKNOWN} or START in reply.buttons:
        return reply
    return Reply(**{**reply.__dict__, "buttons": (*reply.buttons, START)})


def _category(name: str, catalogue: Catalogue) -> str:
    entry = catalogue.entries.get(name)
    return entry.category if entry is not None else ""


# Reading


def read(text: str, as_of: date) -> dict[str, str]:
    """What one message says of a debt, by field. Pure."""
    plain = normalise.normalise(text).text
    found: dict[str, str] = {}
    if debtor := _debtor(plain):
        found["debtor"] = masking.mask(debtor)
        if sort := sort_of(debtor):
            found["sort"] = sort
    readers: dict[str, Callable[[str, date], str | None]] = {"amount": _amount, "since": _since, "contract": _contract}
    for name, reader in readers.items():
        if (value := reader(plain, as_of)) is not None:
            found[name] = value
    return found


def _debtor(text: str) -> str:
    for piece in re.split(r"[，,。；;！!\s]", text):
        bare = _LEADING.sub("", piece)
        if match := _DEBTOR.search(bare):
            return match["name"]
    return ""


def sort_of(name: str) -> str:
    """Which kind of debtor a name shows, if it shows any: 某某局, 某某医院. A company's size is never guessed."""
    if _PUBLIC.search(name):
        return PUBLIC
    if re.search(r"大型企业|大企业|央企|上市公司", name):
        return LARGE
    if re.search(r"小公司|小企业|小厂|个体户|中小企业", name):
        return SMALL
    return PERSON if re.search(r"个人|朋友|包工头|老板$|亲戚", name) else ""


def _amount(text: str, as_of: date) -> str | None:
    sums = [one for one in quantities.read(text, as_of) if one.kind is Kind.MONEY]
    if not sums:
        return None
    return _sum(sums[0])


def _sum(found: quantities.Quantity) -> str:
    if isinstance(found.low, Decimal) and found.low == found.high and not found.approximate:
        return money.yuan(found.low)
    return found.text


def _since(text: str, as_of: date) -> str | None:
    days = [one for one in quantities.read(text, as_of) if one.kind in {Kind.DATE, Kind.DURATION}]
    if days:
        return days[0].text.removeprefix("从")
    lasting = _DURATION.search(text)
    return lasting[0] if lasting else None


def _contract(text: str, as_of: date) -> str | None:
    if re.search(r"(?:没有?|无|未)签?(?:任何|书面)?(?:的)?(?:合同|协议)|合同没签", text):
        return "没有合同"
    if re.search(r"口头", text):
        return "只有口头约定"
    return "有合同" if re.search(r"合同|协议|对账单|欠条", text) else None


def _answer(field: Field, text: str, as_of: date) -> dict[str, str] | None:
    """The answer to one question; whatever else the message says is taken along. None: it answers nothing."""
    if _NOT_KNOWN.match(text):
        return {field.id: UNSURE}
    plain = normalise.normalise(text).text.strip("。，, ")
    found = read(text, as_of)
    match field.id:
        case "debtor" if "debtor" not in found:
            name = re.sub(rf"(?:一直|还|已经)*{_OWED}.*$", "", plain)[:40] or plain[:40]
            sort = sort_of(name)
            found = {**found, "debtor": masking.mask(name), **({"sort": sort} if sort else {})}
        case "sort":
            named = next((one for one in field.choices if one in plain), None) or _sort_in(plain)
            found = {"sort": named} if named else {}
        case "amount" if "amount" not in found and (bare := _bare_number(plain, as_of)) is not None:
            found["amount"] = bare
        case "contract" if "contract" not in found and re.match(r"^(?:有|没有?|无)", plain):
            found["contract"] = "有合同" if plain.startswith("有") else "没有合同"
    return found if field.id in found else None


def _sort_in(text: str) -> str | None:
    if re.search(r"机关|事业单位|政府|医院|学校", text):
        return PUBLIC
    if re.search(r"大型|大企业|大公司|央企", text):
        return LARGE
    if re.search(r"中小|小微|小公司|小企业|中型", text):
        return SMALL
    return PERSON if "个人" in text else None


def _bare_number(text: str, as_of: date) -> str | None:
    numbers = [one for one in quantities.read(text, as_of) if one.kind is Kind.NUMBER]
    return f"{numbers[0].text}元" if len(numbers) == 1 else None


# Asking and handing over


def _next(session: Session, catalogue: Catalogue, as_of: date, ahead: str = "") -> Turn:
    form = session.form or Form()
    if form.told.get("sort") in {SMALL, PERSON}:
        return _not_taken(session, catalogue, as_of)
    missing = next((field for field in FIELDS if field.id not in form.told), None)
    if missing is not None:
        return _ask(session, missing, ahead)
    form.asked, session.form = "", form
    body = [ahead, "请核对：", *(f"{field.label}：{form.told[field.id]}" for field in FIELDS)]
    if form.told["sort"] == UNSURE:
        body.append("对方够不够“大型企业”还不清楚，人工会先核对。")
    last = ["对的话点“提交”，人工会跟进；也可以直接走官方渠道：", *_channels(catalogue, as_of)]
    text = compose.fit(ReplyKind.HANDOFF, [line for line in body if line], last)
    return Turn(Reply(text, ReplyKind.HANDOFF, buttons=(SUBMIT, ANEW, STOP)), session)


def _ask(session: Session, field: Field, ahead: str = "") -> Turn:
    form = session.form or Form()
    form.doubted = form.doubted and form.asked == field.id
    form.asked, session.form = field.id, form
    buttons = tuple(Button(label, f"arrears:{place}") for place, label in enumerate(field.choices))
    told = "；".join(f"{one.label}：{form.told[one.id]}" for one in FIELDS if one.id in form.told)
    lines = [ahead, f"已记下{told}。" if told else "", field.question]
    text = "\n".join(line for line in lines if line)
    if "人工" not in text:
        text += "\n（填完交给人工）"
    return Turn(Reply(text, ReplyKind.HANDOFF, buttons=(*buttons, STOP)), session)


def _not_taken(session: Session, catalogue: Catalogue, as_of: date) -> Turn:
    """A debt between small firms, or of a person: the official channel does not take it."""
    session.form = None
    text = "\n".join(("这笔账清欠投诉不受理：", _limits(catalogue, as_of), "要人工帮您看看还能怎么办，点“转人工”。"))
    return Turn(Reply(text, ReplyKind.HANDOFF, buttons=(HUMAN,)), session)


def _channels(catalogue: Catalogue, as_of: date) -> list[str]:
    said = [_says(catalogue, name, point, as_of) for name, point in CHANNELS]
    return [line for line in (*said, "只受理机关、事业单位、大型企业的欠款，小企业之间的不在内。") if line]


def _limits(catalogue: Catalogue, as_of: date) -> str:
    return _says(catalogue, *LIMITS, as_of) or "清欠只管机关、事业单位、大型企业欠中小企业的款；可以协商、调解或诉讼。"


def _says(catalogue: Catalogue, name: str, point: str, as_of: date) -> str:
    """A reviewed statement, where what it cites was known on the day."""
    entry: Entry | None = catalogue.entries.get(name)
    found = next((one for one in entry.points if one.id == point), None) if entry is not None else None
    if entry is None or found is None:
        return ""
    cited = [catalogue.documents[one.document] for one in wording.cited(entry, found.cites)]
    return found.says if all(one.issued <= as_of for one in cited) else ""


def _submitted(session: Session, catalogue: Catalogue, as_of: date) -> Turn:
    form, session.form = session.form or Form(), None
    if any(field.id not in form.told for field in FIELDS):
        session.form = form
        return _next(session, catalogue, as_of)
    details = tuple((field.label, form.told[field.id]) for field in FIELDS)
    lead = catalogue.entries.get(LEAD)
    wish = OpenTicket(
        subject=f"拖欠账款：{form.told['debtor']}"[:100],
        measure=None,
        reason="arrears",
        transcript=(*session.said, "；".join(f"{label}：{told}" for label, told in details)),
        kind="arrears",
        details=details,
        candidates=((LEAD, lead.title),) if lead is not None else (),
    )
    text = "已登记，交给人工跟进。合同、对账单、送货单可以拍照发在这里。急的话同时走官方投诉渠道，或先打12345（以官方为准）。"
    return Turn(Reply(text, ReplyKind.HANDOFF), session, (wish,))
