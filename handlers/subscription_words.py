"""提醒我, 订阅, 退订, 别再发了: subscriptions in words."""

import re
from collections.abc import Sequence
from datetime import date

from handlers import subscriptions
from handlers.lists import CATEGORIES
from handlers.person import Person, Subscriptions
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session
from handlers.subscription_effects import Adjust
from handlers.topics import SURE_FROM, Topic
from handlers.turn import Turn
from nlu.understanding import Understanding
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Measure

_STOP = re.compile(
    r"退订|(别|不要|不用|莫|不想)(再|给我|老是?|一直)*(发|推|提醒|通知|收)|取消(订阅|提醒|推送|通知)|关(掉|闭)(提醒|推送|通知)"
)
_MUTES = re.compile(r"静音|(先|暂时|这几天|最近)(别|不要|莫)(发|推|提醒)|过几天再(发|提醒)")
_WANTS = re.compile(
    r"(提醒|通知|叫|告诉)(我|一下|一声|哈)|订阅|到期前.{0,4}(提醒|通知|说)|(有|出).{0,6}(提醒|通知|推送)我?"
)
_ASKS = re.compile(r"怎么|如何|咋|在哪|哪里|[吗么？?]")
_NEW = re.compile(r"新(的)?(政策|补贴|规定|通知|消息)|(政策|补贴|规定).{0,4}(出来|新出|更新)")
_ALL = re.compile(r"全部|所有|都(不|别|退)|一个都|什么都")


def said(
    spoken: Understanding,
    session: Session,
    person: Person,
    found: Sequence[Topic],
    catalogue: Catalogue,
    as_of: date,
) -> Turn | None:
    """提醒我, 订阅, 退订, 别再发了. None where a message is about something else."""
    text = spoken.text
    wanted = spoken.label == "subscribe" and spoken.confidence >= 0.5
    stops = bool(_STOP.search(text))
    if not (wanted or stops or _MUTES.search(text) or (_WANTS.search(text) and spoken.likelihood("subscribe") >= 0.2)):
        return None
    if person.subscriptions is None:
        return Turn(subscriptions.elsewhere(), session)
    mine = person.subscriptions
    top = next((one.entry for one in found if one.score >= SURE_FROM and isinstance(one.entry, Measure)), None)
    if _MUTES.search(text):
        return subscriptions.mute("", session, mine, as_of)
    if stops:
        if _ASKS.search(text):  # 怎么退订: shown how, nothing is done yet
            return Turn(subscriptions.leaving(mine, catalogue), session)
        return _stopped(text, top, session, mine, catalogue, as_of)
    if _NEW.search(text) and (top is None or spoken.label == "subscribe"):
        return _news(session, mine)
    if top is None and not found:
        top = next((catalogue.measures[name] for name in session.focus if name in catalogue.measures), None)
    if top is not None:
        return subscriptions.subscribe(subscriptions.MEASURE, top.id, session, mine, catalogue, as_of)
    category = next((name for name, (_, words) in CATEGORIES.items() if re.search(words, text)), None)
    if category is not None:
        return subscriptions.subscribe(subscriptions.CATEGORY, category, session, mine, catalogue, as_of)
    focus = next((catalogue.measures[name] for name in session.focus if name in catalogue.measures), None)
    if focus is not None and not _ALL.search(text):
        return subscriptions.subscribe(subscriptions.MEASURE, focus.id, session, mine, catalogue, as_of)
    return Turn(subscriptions.choose(), session)


def _stopped(
    text: str, top: Measure | None, session: Session, mine: Subscriptions, catalogue: Catalogue, as_of: date
) -> Turn:
    """退订, in words. Of a measure that only a wider subscription covers, it is asked first."""
    if _ALL.search(text):
        return subscriptions.left(session, mine)
    if top is None:
        return Turn(subscriptions.leaving(mine, catalogue), session)
    own = tuple(
        wish
        for wish in mine.wishes
        if wish[0] == subscriptions.MEASURE and subscriptions.is_about(wish, top, catalogue)
    )
    if own:
        return subscriptions.removed(own, session, mine, catalogue, as_of)
    wider = next((wish for wish in mine.wishes if subscriptions.is_about(wish, top, catalogue)), None)
    if wider is None:
        return Turn(subscriptions.show(mine, catalogue, as_of, f"没有单独订阅“{top.title}”。"), session)
    name = subscriptions.named(*wider, catalogue)
    text = f"“{top.title}”是随“{name}”一起订阅的，不能单独退。要退订整个“{name}”吗？"
    buttons = (Button("退订", f"sub:del:{wider[0]}:{wider[1]}"), subscriptions.SHOW)
    return Turn(Reply(text, ReplyKind.ANSWER, buttons=buttons), session)


def _news(session: Session, mine: Subscriptions) -> Turn:
    """有新政策告诉我: what consent alone brings."""
    if not mine.agreed:
        asks = (Button("同意", "sub:yes:"), Button("不用了", "sub:no"))
        return Turn(Reply(subscriptions.CONSENT, ReplyKind.LIST, buttons=asks), session)
    text = "好的，有新政策符合您保存的企业情况，就告诉您。情况记得越全，找得越准（/profile）。"
    buttons = (Button("按类别订阅", "sub:cats"), subscriptions.SHOW)
    return Turn(Reply(text, ReplyKind.ANSWER, buttons=buttons), session, (Adjust(matches=True),))
