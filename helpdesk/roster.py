"""Who works at the desk: taking on, changing roles, leaving. Every change is in the audit log."""

from dataclasses import dataclass

from helpdesk import states
from helpdesk.desk import Desk
from helpdesk.states import DeskError, Role
from storage import events, tickets
from storage import staff as rows
from storage.ticket_tables import Staff


class NotAdministratorError(DeskError):
    """只有管理员能改坐席名单：请用 --as 写明您是哪位管理员"""


class NameTakenError(DeskError):
    """已经有一位在岗的“{}”：同事间要分得清，请换个名字（如加上科室）"""


class EmptyNameError(DeskError):
    """名字不能空着：这是同事看到的名字，最多40个字"""


class LastAdministratorError(DeskError):
    """{} 是最后一位管理员：先让另一位当管理员"""


class AddressTakenError(DeskError):
    """这个 Telegram 编号已经是 {} 的"""


@dataclass(frozen=True)
class Roster:
    """One transaction of the roster. ``by``: who does it; None is allowed only while there is no administrator."""

    desk: Desk
    by: Staff | None

    def hire(self, name: str, role: Role, channel: str | None = None, address: str | None = None) -> Staff:
        """Take somebody on. Raises ``NotAdministratorError``, ``NameTakenError``, ``AddressTakenError``."""
        self._allowed()
        name = name.strip()
        if not name or len(name) > 40:
            raise EmptyNameError
        if any(one.name == name for one in rows.active(self.desk.session)):
            raise NameTakenError(name)
        known = rows.find(self.desk.session, channel, address) if channel and address else None
        if known is not None and known.active:
            raise AddressTakenError(known.name)
        found = rows.add(self.desk.session, name, role, self.desk.now, channel, address)
        self._audit("staff.hired", found, role=role.value)
        return found

    def change_role(self, who: Staff, role: Role) -> Staff:
        """Give somebody another role. Raises ``LastAdministratorError``."""
        self._allowed()
        self._keep_one(who, role)
        before, who.role = who.role, role
        self._audit("staff.role", who, role=role.value, before=before.value)
        return who

    def dismiss(self, who: Staff) -> int:
        """Let somebody go; their tickets return to the queue. Returns how many. Raises ``LastAdministratorError``."""
        self._allowed()
        self._keep_one(who, None)
        held = [one for one in tickets.in_states(self.desk.session, list(states.HELD)) if one.assignee_id == who.id]
        for ticket in held:
            self.desk.release(ticket, who, "离岗")
        who.active = False
        self._audit("staff.dismissed", who, returned=len(held))
        return len(held)

    def _allowed(self) -> None:
        first = not rows.active(self.desk.session, Role.ADMINISTRATOR)
        if not first and (self.by is None or not self.by.active or self.by.role is not Role.ADMINISTRATOR):
            raise NotAdministratorError

    def _keep_one(self, who: Staff, role: Role | None) -> None:
        administrators = rows.active(self.desk.session, Role.ADMINISTRATOR)
        if role is not Role.ADMINISTRATOR and [one.id for one in administrators] == [who.id]:
            raise LastAdministratorError(who.name)

    def _audit(self, action: str, who: Staff, **detail: object) -> None:
        by = f"staff:{self.by.id}" if self.by else None
        events.add(self.desk.session, action, self.desk.now, by, staff=who.id, **detail)
