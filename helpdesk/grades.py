"""好差评: five grades, voluntary, once a ticket, to be changed within 24 hours; the two lowest are followed up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from helpdesk.states import DeskError

CHANGEABLE = timedelta(hours=24)


class Grade(IntEnum):
    """The five grades of 好差评."""

    VERY_GOOD = 5
    GOOD = 4
    FAIR = 3
    POOR = 2
    VERY_POOR = 1


WORDS = {
    Grade.VERY_GOOD: "非常满意",
    Grade.GOOD: "满意",
    Grade.FAIR: "基本满意",
    Grade.POOR: "不满意",
    Grade.VERY_POOR: "非常不满意",
}
LOW = frozenset({Grade.POOR, Grade.VERY_POOR})


class NotAGradeError(DeskError):
    """评价只有五档：非常满意、满意、基本满意、不满意、非常不满意"""


class TooLateToChangeError(DeskError):
    """评价在24小时内可以改，这张工单的已经过了时间；有新的意见可以再转人工"""


class NotOverError(DeskError):
    """工单办结后才能评价"""


class FollowUp(StrEnum):
    """What becomes of the follow-up."""

    OPEN = "open"
    WITHDRAW = "withdraw"
    NONE = "none"


@dataclass(frozen=True)
class Graded:
    """The outcome: whether it is the first grade or a change, and what becomes of the follow-up."""

    grade: Grade
    is_first: bool
    is_changed: bool
    follow_up: FollowUp


def grade(number: int) -> Grade:
    """The grade of this number. Raises ``NotAGradeError``."""
    try:
        return Grade(number)
    except ValueError as error:
        raise NotAGradeError from error


def decide(new: Grade, before: Grade | None, first_at: datetime | None, now: datetime) -> Graded:
    """What a grade does. ``before`` and ``first_at``: the one given already. Raises ``TooLateToChangeError``."""
    if before is None or first_at is None:
        return Graded(new, follow_up=FollowUp.OPEN if new in LOW else FollowUp.NONE, is_first=True, is_changed=False)
    if now - first_at > CHANGEABLE and new != before:
        raise TooLateToChangeError
    if new in LOW and before not in LOW:
        follow = FollowUp.OPEN
    elif new not in LOW and before in LOW:
        follow = FollowUp.WITHDRAW
    else:
        follow = FollowUp.NONE
    return Graded(new, follow_up=follow, is_first=False, is_changed=new != before)
