"""What may be done to a ticket, by whom, in which state, and what comes of it. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from storage.ticket_tables import Priority, Role, TicketState

__all__ = ["Act", "Member", "Priority", "Role", "Standing", "TicketState", "apply", "check"]

S = TicketState


class DeskError(Exception):
    """这个操作不行"""

    def __init__(self, *details: object) -> None:
        text = type(self).__doc__ or ""
        super().__init__(text.format(*details) if details else text)


class NoSuchTicketError(DeskError):
    """没有工单 {}：工单号形如 HD-20261121-0007，只写末四位时指最近的一张"""


class NoSuchStaffError(DeskError):
    """没有叫“{}”的在岗人员：./huiqi staff list 列出全部"""


class NotStaffError(DeskError):
    """您不在坐席名单里，不能处理工单：请管理员用 ./huiqi staff add 添加"""


class WrongStateError(DeskError):
    """工单 {} 现在是“{}”，不能{}。{}"""


class WrongRoleError(DeskError):
    """{}要{}以上的角色，或这张工单的经办人；您是{}"""


class AlreadyClaimedError(DeskError):
    """工单 {} 已由 {} 领取，您不用再领"""


class NotYourFollowUpError(DeskError):
    """工单 {} 是对您的服务的回访，要由另一个人办理"""


class EmptyReplyError(DeskError):
    """没有内容：请写上文字，或附一个文件"""


class TooLongError(DeskError):
    """太长了：{}最多{}字，现在{}字，请分成几条发"""


class FileTooLargeError(DeskError):
    """文件太大：最多{}MB，这个有{}MB，请压缩后再发或改用文字说明"""


class LiveTicketError(DeskError):
    """这位用户在同一事项上还有一张没办完的工单 {}：请在那一张里继续"""


class NotYourTicketError(DeskError):
    """这不是您的工单，或已经不在了"""


class Act(StrEnum):
    """What staff and owners do. Acts of the programme itself (closing after days) need no permission."""

    CLAIM = "claim"
    RELEASE = "release"
    TRANSFER = "transfer"
    REPLY = "reply"
    NOTE = "note"
    PRIORITISE = "prioritise"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    TELL = "tell"  # the owner writes
    ASK_AGAIN = "ask_again"  # the owner is not satisfied


WORDS = {
    Act.CLAIM: "领取",
    Act.RELEASE: "退回待办",
    Act.TRANSFER: "转办",
    Act.REPLY: "答复",
    Act.NOTE: "加内部备注",
    Act.PRIORITISE: "改缓急",
    Act.RESOLVE: "办结",
    Act.CLOSE: "关闭",
    Act.REOPEN: "重新打开",
    Act.TELL: "补充",
    Act.ASK_AGAIN: "重新打开",
}
STATES = {
    S.OPEN: "待领取",
    S.CLAIMED: "办理中",
    S.WAITING_USER: "等用户回复",
    S.RESOLVED: "已办结",
    S.CLOSED: "已关闭",
    S.REOPENED: "重新打开、待领取",
}
ROLES = {Role.AGENT: "坐席", Role.LEAD: "组长", Role.SUPERVISOR: "主管", Role.ADMINISTRATOR: "管理员"}
PRIORITIES = {Priority.URGENT: "特急", Priority.HIGH: "急", Priority.NORMAL: "一般", Priority.LOW: "不急"}

FREE = frozenset({S.OPEN, S.REOPENED})
HELD = frozenset({S.CLAIMED, S.WAITING_USER})
OVER = frozenset({S.RESOLVED, S.CLOSED})
LIVE = FREE | HELD

_IN: dict[Act, frozenset[TicketState]] = {
    Act.CLAIM: FREE,
    Act.RELEASE: HELD,
    Act.TRANSFER: LIVE,
    Act.REPLY: LIVE,
    Act.NOTE: LIVE | OVER,
    Act.PRIORITISE: LIVE,
    Act.RESOLVE: HELD,
    Act.CLOSE: frozenset({S.RESOLVED}),
    Act.REOPEN: OVER,
    Act.TELL: LIVE,
    Act.ASK_AGAIN: OVER,
}
_OTHERS = {Act.RELEASE, Act.TRANSFER, Act.RESOLVE, Act.CLOSE, Act.REOPEN, Act.PRIORITISE}
"""Acts that, on a ticket of somebody else, take a lead."""
_RANK = {role: rank for rank, role in enumerate((Role.AGENT, Role.LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR))}


@dataclass(frozen=True)
class Member:
    """A member of staff, as far as permissions go."""

    id: int
    role: Role


@dataclass(frozen=True)
class Standing:
    """Where a ticket stands. While it is free nobody has it; while it is held somebody does.

    ``not_by``: who may not take it, because it follows up a low grade of theirs.
    """

    state: TicketState = S.OPEN
    assignee: int | None = None
    not_by: int | None = None


def at_least(role: Role, least: Role) -> bool:
    """Whether a role is this one or above."""
    return _RANK[role] >= _RANK[least]


def check(act: Act, standing: Standing, number: str, by: Member | None = None) -> None:
    """Whether ``by`` (None: the owner) may do it now. Raises ``WrongStateError`` and the like, in Chinese."""
    if act is Act.CLAIM and by is not None and standing.not_by == by.id:
        raise NotYourFollowUpError(number)
    if standing.state not in _IN[act]:
        raise WrongStateError(number, STATES[standing.state], WORDS[act], _instead(standing.state))
    if by is None:
        return
    if act in {Act.REPLY, Act.RESOLVE, Act.TRANSFER} and standing.not_by == by.id:
        raise NotYourFollowUpError(number)
    if act in _OTHERS and standing.assignee != by.id and not at_least(by.role, Role.LEAD):
        raise WrongRoleError(WORDS[act], ROLES[Role.LEAD], ROLES[by.role])


def _instead(state: TicketState) -> str:
    if state in OVER:
        return "请先重新打开"
    return "请先领取" if state in FREE else "请先办结" if state in HELD else ""


def apply(act: Act, standing: Standing, number: str, by: Member | None = None, *, to: int | None = None) -> Standing:
    """What comes of an act. ``to``: whom a transfer goes to; None gives it back to the queue. Raises as ``check``."""
    check(act, standing, number, by)
    match act:
        case Act.CLAIM if by is not None:
            return replace(standing, state=S.CLAIMED, assignee=by.id)
        case Act.RELEASE:
            return replace(standing, state=S.REOPENED if standing.not_by else S.OPEN, assignee=None)
        case Act.TRANSFER:
            return _transferred(standing, number, to)
        case Act.REPLY if by is not None:
            return replace(standing, state=S.WAITING_USER, assignee=standing.assignee or by.id)
        case Act.TELL if standing.state is S.WAITING_USER:
            return replace(standing, state=S.CLAIMED)
        case Act.RESOLVE:
            return replace(standing, state=S.RESOLVED, not_by=None)
        case Act.CLOSE:
            return replace(standing, state=S.CLOSED)
        case Act.REOPEN | Act.ASK_AGAIN:
            return replace(standing, state=S.REOPENED, assignee=None)
    return standing


def _transferred(standing: Standing, number: str, to: int | None) -> Standing:
    if to is None:
        return replace(standing, state=S.OPEN if standing.state in HELD else standing.state, assignee=None)
    if to == standing.not_by:
        raise NotYourFollowUpError(number)
    return replace(standing, state=S.CLAIMED if standing.state in FREE else standing.state, assignee=to)
