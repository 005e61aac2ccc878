"""Replies that are no policy: greeting, thanks, refusal, not our subject, nothing known, a human."""

from handlers import compose
from handlers.reply import Button, Reply, ReplyKind
from nlu.safety import Danger
from policy_kb import wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Entry, Gap, Measure

HUMAN = Button("转人工", "human")
EXAMPLES = (Button("稳岗返还能返多少", "say:稳岗返还能返多少"), Button("我能享受哪些", "check_all"), HUMAN)
SUBJECT = "我是惠企助手，只管昆明中小微企业的惠企政策：税费减免、社保缓缴、稳岗返还、创新券、奖补、房租、贷款、清欠等。"


def greeting() -> Reply:
    """Hello, and what it is good for."""
    return Reply(
        f"您好！{SUBJECT}\n直接说您的情况或问题就行，比如“20个人的餐馆没裁员，能返多少钱”。",
        ReplyKind.GREETING,
        buttons=EXAMPLES,
    )


def thanks() -> Reply:
    """A polite end."""
    return Reply("不客气。惠企政策上有问题随时问我，要找人工也可以说“转人工”。", ReplyKind.GREETING)


def out_of_scope() -> Reply:
    """Not our subject: says what it is good for."""
    return Reply(
        f"这个不归我管，帮不上忙。{SUBJECT}可以问我“有哪些补贴”，或说“转人工”。",
        ReplyKind.OUT_OF_SCOPE,
        buttons=EXAMPLES,
    )


def nothing_said() -> Reply:
    """An empty message, or one without a word."""
    return Reply(f"没看懂这条消息，请用文字说说您的问题。{SUBJECT}", ReplyKind.OUT_OF_SCOPE, buttons=EXAMPLES)


_REFUSALS = {
    Danger.CHEATING: "这个忙不能帮：虚报、造假、找关系都违法，查实要退钱、受罚并影响信用。想合规享受政策，我可以帮您看符合哪些条件。",
    Danger.ATTACK: "这个请求不能执行，我不提供密码、内部设置，也不会替人发布或更改内容。我只回答惠企政策问题。",
    Danger.PRIVACY: "不能提供他人或其他单位的信息。您自己企业能享受的惠企政策，可以直接问我；办理进度请拨12345（以官方为准）。",
}


def refuse(danger: Danger) -> Reply:
    """Cheating, attacks, other people's data."""
    return Reply(_REFUSALS[danger], ReplyKind.REFUSE)


_OFFERS = {"upset": (Button("转人工", "human:upset"),), "declined": (Button("转人工", "human:declined"),)}


def handoff(reason: str) -> Reply:
    """A human is wanted: says that it is passed on, or offers one. `reason`: asked, upset, declined or progress."""
    opening = {
        "asked": "好的，已为您转人工登记，工作人员会在工作时间联系您。",
        "upset": "抱歉让您费心了。我可以马上为您转人工，由工作人员跟进。",
        "declined": "抱歉没答到点上。可以为您转人工，把问题连同刚才的对话一起交给工作人员，不用重说。",
        "progress": "办理进度和到账情况我查不到，已为您转人工，由工作人员帮您查。",
    }[reason]
    return Reply(
        f"{opening}\n请把企业名称、所在县区和遇到的问题发在这里；急事可拨12345热线（以官方为准）。",
        ReplyKind.HANDOFF,
        buttons=_OFFERS.get(reason, ()),
    )


def elsewhere(places: list[str]) -> Reply:
    """Another city's rule."""
    return Reply(
        f"{'、'.join(places[:3])}的执行情况没有收录：我只有昆明市以及云南省、国家层面的政策。"
        "外地的标准和时间请问当地主管部门或拨当地12345（以官方为准）；需要的话我帮您转人工。",
        ReplyKind.UNKNOWN,
        buttons=(HUMAN,),
    )


def unknown(what: str, nearest: Entry | None, catalogue: Catalogue, hotline: str | None = None) -> Reply:
    """About our subject, but no basis: says so, names the nearest thing, offers a human."""
    lines = [
        f"{what}，已收录的文件里没有写，我不能乱答。" if what else "这个问题在已收录的文件里没有找到依据，我不能乱答。"
    ]
    cited = []
    if nearest is not None and not isinstance(nearest, Gap):
        about = nearest.summary if isinstance(nearest, Measure) else (nearest.points[0].says if nearest.points else "")
        lines.append(f"最接近的是“{nearest.title}”：{about}" if about else f"最接近的是“{nearest.title}”。")
        cited = wording.cited(nearest)
    phone = hotline or (wording.hotline(nearest, catalogue) if nearest else "12345")
    closing = [f"可以转人工，或拨打{phone}热线咨询（以官方为准）。"]
    return Reply(
        compose.fit(ReplyKind.UNKNOWN, lines, closing),
        ReplyKind.UNKNOWN,
        measures=(nearest.id,) if nearest is not None and not isinstance(nearest, Gap) else (),
        citations=compose.citations(cited, catalogue),
        buttons=(HUMAN,),
    )


def gap(entry: Gap, catalogue: Catalogue) -> Reply:
    """A subject of ours that no document settles."""
    channel = catalogue.channels.get(entry.channel or "")
    return unknown(
        entry.title, catalogue.entries.get(entry.nearest or ""), catalogue, channel.phone if channel else None
    )


def stale_button() -> Reply:
    """A button whose measure or question is gone."""
    return Reply("这个按钮对应的内容已更新或不在了，请直接说您的问题。", ReplyKind.CLARIFY, buttons=EXAMPLES)


def which() -> Reply:
    """A question that names nothing, and nothing was talked about before."""
    return Reply(
        "您问的是哪项政策？说个名字就行，比如稳岗返还、缓缴社保、创新券；或者告诉我行业、人数，我帮您挑。",
        ReplyKind.CLARIFY,
        buttons=(
            Button("税费减免", "list:tax"),
            Button("社保缓缴", "list:social-insurance"),
            Button("稳岗就业", "list:employment"),
            Button("全部类别", "list:all"),
        ),
    )


def clarify(options: list[tuple[str, str]]) -> Reply:
    """Two or three readings to choose from: (label, action)."""
    numbered = "\n".join(f"{i}. {label}" for i, (label, _) in enumerate(options, 1))
    return Reply(
        f"您问的是哪一个？点一下或回复数字：\n{numbered}",
        ReplyKind.CLARIFY,
        buttons=tuple(Button(label[:20], action) for label, action in options),
    )
