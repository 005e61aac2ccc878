"""What staff see and order of campaigns, in the terminal and in Telegram: the same words for both."""

import re
from collections import Counter
from datetime import datetime

from bot import outbox_cli
from policy_kb.catalogues import Catalogue
from scheduler import audiences, campaign_copies, campaigns, pushes
from scheduler.campaign_copies import CampaignError
from scheduler.campaigns import Preview
from storage import campaigns as kept
from storage import staff
from storage.campaign_tables import Campaign
from storage.campaigns import DRAFT, RUNNING, STOPPED, Figures
from storage.engine import Store
from storage.tables import OutboxState
from storage.ticket_tables import Role
from storage.times import shown

MAY_ORDER = (Role.SUPERVISOR, Role.ADMINISTRATOR)
REASONS = {
    "unsubscribed": "已退订",
    "muted": "暂停接收",
    "blocked": "屏蔽了机器人",
    "measure gone": "政策已不在知识库",
    "measure changed": "政策改了",
    "measure ended": "政策已结束",
    "too late": "过了时间",
    "blocked by the user": "屏蔽了机器人",
    "chat not found": "找不到聊天",
    "ended while sending": "发送途中中断",
    "interrupted, may have arrived": "网络中断，可能已到",
}
BUTTONS = {"check": "我能享受吗", "how": "怎么办", "unsub": "退订", "push": "调整"}
ORDER = re.compile(r"^/campaign(?:@\w+)?(?:\s+(?P<verb>[a-z]+)(?:\s+(?P<number>\d{1,9}))?)?\s*$")
USAGE = (
    "用法：/campaign status、/campaign status 编号、/campaign approve 编号、/campaign stop 编号、/campaign resume 编号"
)
NOT_STAFF = "这个命令只给有权限的工作人员用。"


def state(campaign: Campaign, figures: Figures) -> str:
    """Where a campaign stands, in one word."""
    if campaign.state == DRAFT:
        return "已批准，没开始" if campaign.seal else "草稿"
    if campaign.state == STOPPED:
        return "停着"
    if figures.missing:
        return "没有排完"
    return "发送中" if figures.open else "已结束"


def status(campaign: Campaign, figures: Figures, unknown: list[int]) -> str:
    """All figures of one campaign; they add up."""
    count = figures.by_state
    lines = [f"群发 {campaign.id}《{campaign.title}》：{state(campaign, figures)}"]
    lines.append(f"制作 {campaign.created_by}；批准 {campaign.approved_by or '还没有'}")
    if campaign.starts_at:
        lines.append(f"开始 {shown(campaign.starts_at)}")
    waiting = sum(count.get(one, 0) for one in (OutboxState.READY, OutboxState.LEASED, OutboxState.SENDING))
    lines.append(
        f"共 {figures.total} 人：已发 {count.get(OutboxState.SENT, 0)}，待发 {waiting}，未排入 {figures.missing}，"
        f"跳过 {count.get(OutboxState.SKIPPED, 0)}，发不出 {count.get(OutboxState.DEAD, 0)}，"
        f"不知是否送达 {count.get(OutboxState.UNKNOWN, 0)}"
    )
    for (outcome, reason), people in sorted(figures.reasons.items(), key=lambda one: -one[1]):
        lines.append(f"  {outbox_cli.WORDS[outcome]}：{REASONS.get(reason, reason or '原因不明')} {people}")
    if figures.clicks:
        pressed = "，".join(f"{BUTTONS.get(name, name)} {people}" for name, people in sorted(figures.clicks.items()))
        lines.append(f"按了按钮：{pressed}")
    if unknown:
        numbers = "、".join(map(str, unknown[:20])) + ("……" if len(unknown) > 20 else "")
        lines.append(f"不知是否送达的，由人决定要不要再发（./huiqi outbox resend 编号）：{numbers}")
    if campaign.state == RUNNING and figures.missing:
        lines.append(f"有人还没排入发件箱，再运行一次：./huiqi campaign start {campaign.id}")
    return "\n".join(lines)


def preview(campaign: Campaign, found: Preview, catalogue: Catalogue) -> str:
    """Who would be reached, how long it takes, and the message itself."""
    measure = catalogue.measures.get(campaign.measure or "")
    query = audiences.about(measure, audiences.Audience.model_validate_json(campaign.audience), catalogue)
    lines = [
        f"群发 {campaign.id}《{campaign.title}》",
        f"人群：{query}",
        f"现在有 {found.total} 人",
        f"县（市）区：{_most(found.districts)}",
        f"行业：{_most(found.industries)}",
        "例如：" + "；".join(f"{one.district} {one.industry} {one.size}" for one in found.samples),
        f"时间：{shown(found.start)} 至约 {shown(found.end)}（每秒最多 {campaign_copies.PER_SECOND} 条，21:00 至 8:30 不发）",
        "—— 正文 ——",
        campaign_copies.content(campaign).text,
        "—— 按钮：" + "、".join(one.label for row in campaign_copies.content(campaign).rows for one in row),
    ]
    return "\n".join(lines)


def _most(counted: Counter[str]) -> str:
    named = counted.most_common(8)
    rest = counted.total() - sum(people for _, people in named)
    return "，".join(f"{name} {people}" for name, people in named) + (f"，其他 {rest}" if rest else "")


def listed(store: Store, limit: int = 20) -> str:
    """The newest campaigns, one a line."""
    with store.read() as session:
        rows = [(one, kept.figures(session, one.id)) for one in kept.newest(session, limit)]
    lines = [
        f"{one.id:>4}  {state(one, figures)}  {one.title}  {figures.by_state.get(OutboxState.SENT, 0)}/{figures.total}"
        for one, figures in rows
    ]
    return "\n".join(lines) or "还没有群发"


def told(store: Store, number: int) -> str:
    """The status of one campaign. Raises ``NoSuchCampaignError``."""
    with store.read() as session:
        campaign = kept.get(session, number)
        return status(campaign, kept.figures(session, number), kept.unknown(session, number))


def is_order(text: str) -> bool:
    """Whether staff want something of a campaign."""
    return text.startswith("/campaign")


def order(store: Store, channel: str, speaker: str, text: str, catalogue: Catalogue, now: datetime) -> str:
    """Carry out what somebody orders in a chat; only supervisors and administrators may. Returns the answer.

    Each order is carried out in transactions of its own and may be given twice without harm.
    """
    with store.read() as session:
        member = staff.find(session, channel, speaker)
    if member is None or not member.active or member.role not in MAY_ORDER:
        return NOT_STAFF
    read = ORDER.match(text.strip())
    verb, number = (read["verb"], read["number"]) if read else (None, None)
    try:
        if read and verb in (None, "status", "list") and number is None:
            return listed(store, 8)
        if number is None:
            return USAGE
        return _ordered(store, verb or "", int(number), member.name, catalogue, now)
    except (CampaignError, audiences.AudienceError, kept.NoSuchCampaignError) as error:
        return str(error)


def _ordered(store: Store, verb: str, number: int, by: str, catalogue: Catalogue, now: datetime) -> str:
    match verb:
        case "status":
            return told(store, number)
        case "approve":
            campaign = campaigns.approve(store, number, by, catalogue, now)
            return f"已批准群发 {number}，共 {campaign.total} 人。内容或人群再改，批准就作废。"
        case "stop":
            campaigns.stop(store, number, by, now)
            return f"已停下群发 {number}，正在路上的几条除外。\n{told(store, number)}"
        case "resume":
            left = campaigns.resume(store, number, by, catalogue, now)
            quiet = "，现在是安静时段，8:30 起发" if pushes.quiet_until(now) else ""
            return f"群发 {number} 继续，还有 {left} 人{quiet}。"
    return USAGE
