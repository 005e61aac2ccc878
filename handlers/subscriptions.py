"""/subscribe: what to be told of unasked, how often, and leaving it again. Consent comes first, once."""

from collections.abc import Sequence
from datetime import date

from handlers.lists import CATEGORIES
from handlers.person import Person, Subscriptions
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from handlers.subscription_effects import Adjust, Agree, Leave, Mute, Subscribe, SubscriptionEffect, Unsubscribe
from handlers.turn import Turn
from policy_kb import deadlines, money, windows, working_days
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure
from scheduler import pushes
from scheduler.readers import Wish, covers
from storage.subscription_tables import Scope

MEASURE, CATEGORY, ALL = Scope.MEASURE.value, Scope.CATEGORY.value, Scope.ALL.value
MOST = 30
"""Subscriptions shown with a button each."""
DAYS = (7, 30)
"""For how long one may mute."""
NUMBERS = (1, 2, 5)
DIGESTS = {"off": "逐条发", "daily": "每天合成一条", "weekly": "每周合成一条"}
CONSENT = (
    "要我主动提醒您，先要您同意：\n"
    "· 订阅的政策，到期前第30、7、1个工作日提醒；开始、变化、到期、被替代时告诉您。\n"
    "· 您保存的企业情况符合的新政策，特别是免申即享的，也告诉您。\n"
    "· 只在8:30—21:00发，默认每天最多2条，随时能调整、静音、退订。\n" + pushes.ENDING
)
SHOW = Button("我的订阅", "sub")
_ADD = Button("加订阅", "sub:add")
_LEAVE = Button("全部退订", "push:leave")


# Buttons and commands


def pressed(verb: str, rest: str, session: Session, person: Person, catalogue: Catalogue, as_of: date) -> Turn | None:
    """A button, or /subscribe as `sub`. None where it is none of these."""
    if verb not in {"sub", "remind", "unsub", "mute", "push"}:
        return None
    mine = person.subscriptions
    if mine is None:
        return Turn(elsewhere(), session)
    match verb, rest:
        case "remind", _ if rest in catalogue.measures:
            return subscribe(MEASURE, rest, session, mine, catalogue, as_of)
        case "unsub", "":
            return Turn(leaving(mine, catalogue), session)
        case "unsub", _:
            return _without(rest, session, mine, catalogue, as_of)
        case "mute", _:
            return mute(rest, session, mine, as_of)
        case "push", "leave":
            return left(session, mine)
        case "sub", _ if rest and rest != "show":
            return _settings(rest, session, mine, catalogue, as_of)
    return Turn(show(mine, catalogue, as_of), session)


def _settings(rest: str, session: Session, mine: Subscriptions, catalogue: Catalogue, as_of: date) -> Turn:
    verb, _, what = rest.partition(":")
    match verb:
        case "add":
            return Turn(choose(), session)
        case "cats":
            return Turn(_choose_category(), session)
        case "all":
            return subscribe(ALL, "", session, mine, catalogue, as_of)
        case "category" if what in CATEGORIES:
            return subscribe(CATEGORY, what, session, mine, catalogue, as_of)
        case "yes":
            scope, _, name = what.partition(":")
            if scope == "":
                return Turn(show(_agreed(mine), catalogue, as_of, "好的，已同意接收提醒。"), session, (Agree(),))
            if _exists(scope, name, catalogue):
                return subscribe(scope, name, session, mine, catalogue, as_of, agrees=True)
        case "no":
            return Turn(Reply("好的，不会主动给您发消息。想要时说“提醒我”就行。", ReplyKind.GREETING), session)
        case "del":
            scope, _, name = what.partition(":")
            return removed(((scope, name),), session, mine, catalogue, as_of)
        case "set":
            return Turn(_how(mine, as_of), session)
        case "cap" | "digest" | "matches":
            return _adjusted(verb, what, session, mine, catalogue, as_of)
    return Turn(show(mine, catalogue, as_of), session)


def _exists(scope: str, name: str, catalogue: Catalogue) -> bool:
    known = {MEASURE: name in catalogue.measures, CATEGORY: name in CATEGORIES, ALL: name == ""}
    return known.get(scope, False)


def elsewhere() -> Reply:
    """Where nobody can be written to unasked, it says where they can."""
    return Reply("这里不能订阅提醒。请到 Telegram 里和我私聊，发 /subscribe。", ReplyKind.GREETING)


def show(mine: Subscriptions, catalogue: Catalogue, as_of: date, lead: str = "") -> Reply:
    """What somebody subscribed to and how they are written to."""
    if not mine.agreed:
        return Reply(CONSENT, ReplyKind.LIST, buttons=(Button("同意", "sub:yes:"), Button("不用了", "sub:no")))
    lines = [lead, "您订阅了："] if lead else ["您订阅了："]
    lines += [f"· {named(scope, name, catalogue)}" for scope, name in mine.wishes[:MOST]] or ["· 还没有"]
    lines.append(_manner(mine, as_of))
    lines.append(pushes.ENDING)
    removals = tuple(
        Button(f"退订 {named(scope, name, catalogue)}"[:20], f"sub:del:{scope}:{name}")
        for scope, name in mine.wishes[:6]
    )
    buttons = (_ADD, Button("怎么发", "sub:set"), Button("静音", "mute:"), *removals, _LEAVE)
    return Reply("\n".join(filter(None, lines)), ReplyKind.LIST, buttons=buttons)


def _manner(mine: Subscriptions, as_of: date) -> str:
    matches = "符合我的新政策：告诉我" if mine.matches else "符合我的新政策：不用告诉"
    muted = f"；静音到{money.day(mine.muted_until)}" if mine.muted_until and is_muted(mine, as_of) else ""
    return f"{matches}；{DIGESTS[mine.digest]}，每天最多{mine.most_a_day}条；只在8:30—21:00发{muted}。"


def is_muted(mine: Subscriptions, as_of: date) -> bool:
    """Whether nothing is sent at present."""
    return mine.muted_until is not None and mine.muted_until >= as_of


def named(scope: str, name: str, catalogue: Catalogue) -> str:
    """A subscription in words."""
    match scope:
        case "measure":
            return catalogue.measures[name].title if name in catalogue.measures else name
        case "category":
            return f"{CATEGORIES[name][0]}类" if name in CATEGORIES else name
    return "全部到期提醒"


def choose() -> Reply:
    """What can be subscribed to."""
    return Reply(
        "要提醒哪些？\n· 全部：跟您情况有关的到期日都提醒\n· 按类别：一类政策的到期、新出、变化\n"
        "· 某一项：说“提醒我扩岗补助”，或点政策下面的“提醒我”",
        ReplyKind.LIST,
        buttons=(Button("全部到期提醒", "sub:all"), Button("按类别", "sub:cats"), SHOW),
    )


def _choose_category() -> Reply:
    buttons = tuple(Button(label, f"sub:category:{name}") for name, (label, _) in CATEGORIES.items())
    return Reply("要订阅哪一类？", ReplyKind.LIST, buttons=buttons)


def _how(mine: Subscriptions, as_of: date) -> Reply:
    on = Button("新政策不用告诉", "sub:matches:off") if mine.matches else Button("新政策告诉我", "sub:matches:on")
    numbers = tuple(Button(f"每天最多{number}条", f"sub:cap:{number}") for number in NUMBERS)
    digests = tuple(Button(label, f"sub:digest:{name}") for name, label in DIGESTS.items())
    return Reply(f"现在：{_manner(mine, as_of)}", ReplyKind.LIST, buttons=(*numbers, *digests, on, SHOW))


# Subscribing


def subscribe(
    scope: str,
    name: str,
    session: Session,
    mine: Subscriptions,
    catalogue: Catalogue,
    as_of: date,
    *,
    agrees: bool = False,
) -> Turn:
    """Ask for something more; without consent, for that first."""
    if not (mine.agreed or agrees):
        asks = (Button("同意并订阅", f"sub:yes:{scope}:{name}"), Button("不用了", "sub:no"))
        text = f"订阅“{named(scope, name, catalogue)}”。\n{CONSENT}"
        return Turn(Reply(text, ReplyKind.LIST, buttons=asks), session)
    lines = [f"已订阅“{named(scope, name, catalogue)}”。"]
    if scope == MEASURE:
        lines.append(when(catalogue.measures[name], catalogue, as_of))
    elif scope == ALL:
        lines.append("跟您情况有关的到期日，前第30、7、1个工作日提醒。先告诉我行业、规模等情况，提醒更准。")
    else:
        lines.append("这一类有新政策、变化和到期，都会告诉您。")
    buttons = (SHOW, Button("看日历", "cal"), Button("退订", f"sub:del:{scope}:{name}"))
    effects: tuple[SubscriptionEffect, ...] = (*((Agree(),) if not mine.agreed else ()), Subscribe(scope, name))
    return Turn(Reply("\n".join(lines), ReplyKind.ANSWER, buttons=buttons), session, effects)


def when(measure: Measure, catalogue: Catalogue, as_of: date) -> str:
    """When somebody who subscribed to a measure will hear of it."""
    state = windows.measure_status(measure, catalogue, as_of)
    if deadlines.awaits_local_notice(measure):
        return "昆明的办理时间还没查到，以昆明通知为准；快到期和有变化时告诉您。"
    coming = deadlines.upcoming(measure, catalogue, as_of, as_of)
    if coming:
        return "".join(f"{_date(one, as_of)}" for one in coming[:2])
    if state.state is windows.State.UNCONFIRMED:
        return "目前是否仍执行未能核实，不会按日期提醒；核实了或有新规定时告诉您。"
    if state.in_force:
        return "文件没写截止日期；有变化或有新规定时告诉您。"
    return "这一轮已经结束；有新一轮时告诉您。"


def _date(one: deadlines.Deadline, as_of: date) -> str:
    official = "（以官方为准）" if one.measure.verified and one.measure.verified.basis == "V2" else ""
    days = [working_days.before(one.on, number) for number, _ in reversed(deadlines.COUNTDOWN)]
    left = [found.day for found in days if found.day >= as_of]
    told = "、".join(f"{day.month}月{day.day}日" for day in left)
    provisional = "（那年的放假安排待公布，到时再定）" if any(found.provisional for found in days) else ""
    ahead = f"，{told}提醒{provisional}" if left and not provisional else f"，到期前提醒{provisional}"
    return f"{one.label}：{money.day(one.on)}{official}{ahead if left else ''}。"


# Less, or nothing


def _without(name: str, session: Session, mine: Subscriptions, catalogue: Catalogue, as_of: date) -> Turn:
    """退订 below a message about a measure: what brought the message is removed."""
    measure = catalogue.measures.get(name)
    if not mine.agreed or measure is None:
        return Turn(leaving(mine, catalogue), session)
    for scope in (MEASURE, CATEGORY, ALL):
        found = tuple(wish for wish in mine.wishes if wish[0] == scope and is_about(wish, measure, catalogue))
        if found:
            return removed(found, session, mine, catalogue, as_of)
    if mine.matches:
        text = "好的，有新政策符合您的情况也不再主动告诉您了。"
        buttons = (Button("恢复", "sub:matches:on"), SHOW, _LEAVE)
        return Turn(Reply(text, ReplyKind.ANSWER, buttons=buttons), session, (Adjust(matches=False),))
    return Turn(show(mine, catalogue, as_of, "这一项本来就没有订阅。"), session)


def removed(
    wishes: Sequence[tuple[str, str]], session: Session, mine: Subscriptions, catalogue: Catalogue, as_of: date
) -> Turn:
    """These are no longer asked for; one tap takes it back."""
    there = [wish for wish in wishes if wish in mine.wishes]
    if not there:
        return Turn(show(mine, catalogue, as_of, "这一项已经不在订阅里了。"), session)
    said = "、".join(f"“{named(scope, name, catalogue)}”" for scope, name in there)
    back = tuple(Button("恢复", _restores(scope, name)) for scope, name in there[:1])
    reply = Reply(f"已退订{said}，不再为它给您发消息。", ReplyKind.ANSWER, buttons=(*back, SHOW, _LEAVE))
    return Turn(reply, session, tuple(Unsubscribe(scope, name) for scope, name in there))


def _restores(scope: str, name: str) -> str:
    return f"remind:{name}" if scope == MEASURE else f"sub:{scope}:{name}".rstrip(":")


def leaving(mine: Subscriptions, catalogue: Catalogue) -> Reply:
    """退订, of what is not said."""
    if not mine.agreed:
        return Reply("您没有订阅，我不会主动给您发消息。", ReplyKind.ANSWER, buttons=(_ADD,))
    removals = tuple(
        Button(named(scope, name, catalogue)[:20], f"sub:del:{scope}:{name}") for scope, name in mine.wishes[:8]
    )
    return Reply(
        "要退订哪一项？点名称，或全部退订。", ReplyKind.LIST, buttons=(*removals, _LEAVE, Button("静音", "mute:"))
    )


def left(session: Session, mine: Subscriptions) -> Turn:
    """Consent is taken back."""
    text = "已全部退订，不会再主动给您发消息。您问的照常回答，保存的企业情况也还在。"
    reply = Reply(text, ReplyKind.ANSWER, buttons=(Button("重新订阅", "sub"),))
    return Turn(reply, session, (Leave(),) if mine.agreed else ())


def mute(rest: str, session: Session, mine: Subscriptions, as_of: date) -> Turn:
    """Nothing for so many days; what is none of the choices offers them."""
    if not mine.agreed:
        return Turn(Reply("您没有订阅，我不会主动给您发消息。", ReplyKind.ANSWER, buttons=(_ADD,)), session)
    if not rest.isdecimal() or int(rest) not in {0, *DAYS}:
        buttons = tuple(Button(f"{days}天", f"mute:{days}") for days in DAYS)
        off = (Button("取消静音", "mute:0"),) if is_muted(mine, as_of) else ()
        return Turn(Reply("静音多久？其间不发任何提醒。", ReplyKind.LIST, buttons=(*buttons, *off, _LEAVE)), session)
    days = int(rest)
    text = f"好的，{days}天内不发提醒，过后自动恢复。" if days else "好的，恢复提醒。"
    back = (Button("取消静音", "mute:0"),) if days else ()
    return Turn(Reply(text, ReplyKind.ANSWER, buttons=(*back, SHOW)), session, (Mute(days),))


def is_about(wish: tuple[str, str], measure: Measure, catalogue: Catalogue) -> bool:
    """Whether a subscription covers a measure."""
    return covers(Wish(Scope(wish[0]), wish[1], date.min), measure, catalogue)


def _adjusted(verb: str, what: str, session: Session, mine: Subscriptions, catalogue: Catalogue, as_of: date) -> Turn:
    effect: Adjust | None = None
    match verb:
        case "cap" if what.isdecimal() and int(what) in NUMBERS:
            effect = Adjust(most_a_day=int(what))
        case "digest" if what in DIGESTS:
            effect = Adjust(digest=what)
        case "matches" if what in {"on", "off"}:
            effect = Adjust(matches=what == "on")
    if effect is None or not mine.agreed:
        return Turn(show(mine, catalogue, as_of), session)
    return Turn(_how(mine.adjusted(effect.matches, effect.most_a_day, effect.digest), as_of), session, (effect,))


def _agreed(mine: Subscriptions) -> Subscriptions:
    return Subscriptions(agreed=True, wishes=mine.wishes)
