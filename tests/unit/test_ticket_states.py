"""What may be done to a ticket: no sequence of acts breaks the rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import states
from helpdesk.states import (
    Act,
    DeskError,
    Member,
    NotYourFollowUpError,
    Role,
    Standing,
    TicketState,
    WrongRoleError,
    WrongStateError,
    apply,
)

AGENT, OTHER = Member(1, Role.AGENT), Member(2, Role.AGENT)
LEAD, BOSS, ADMIN = Member(3, Role.LEAD), Member(4, Role.SUPERVISOR), Member(5, Role.ADMINISTRATOR)
STAFF = (AGENT, OTHER, LEAD, BOSS, ADMIN)
OWNERS = (Act.TELL, Act.ASK_AGAIN)

people = st.sampled_from(STAFF)
steps = st.lists(
    st.tuples(st.sampled_from(list(Act)), people, st.sampled_from([None, 1, 2, 3])), min_size=1, max_size=40
)


@given(steps, st.sampled_from([None, 1, 2]))
def test_no_sequence_of_acts_breaks_the_rules(path: list[tuple[Act, Member, int | None]], not_by: int | None) -> None:
    standing = Standing(TicketState.REOPENED if not_by else TicketState.OPEN, not_by=not_by)
    for act, by, to in path:
        before = standing
        try:
            standing = apply(act, standing, "HD-1", None if act in OWNERS else by, to=to)
        except DeskError:
            continue
        if standing.state in states.FREE:
            assert standing.assignee is None
        if standing.state in states.HELD:
            assert standing.assignee is not None
            assert standing.assignee != standing.not_by
        if before.state in states.OVER and standing.state in states.LIVE:
            assert act in {Act.REOPEN, Act.ASK_AGAIN}
        if standing.state is TicketState.CLOSED:
            assert before.state in {TicketState.RESOLVED, TicketState.CLOSED}


@given(steps)
def test_from_anywhere_a_ticket_can_be_brought_to_its_end(path: list[tuple[Act, Member, int | None]]) -> None:
    standing = Standing()
    for act, by, to in path:
        try:
            standing = apply(act, standing, "HD-1", None if act in OWNERS else by, to=to)
        except DeskError:
            continue
    if standing.state in states.FREE:
        standing = apply(Act.CLAIM, standing, "HD-1", LEAD)
    if standing.state in states.HELD:
        standing = apply(Act.RESOLVE, standing, "HD-1", LEAD)
    if standing.state is TicketState.RESOLVED:
        standing = apply(Act.CLOSE, standing, "HD-1", LEAD)
    assert standing.state is TicketState.CLOSED


def test_the_usual_way() -> None:
    standing = Standing()
    seen = []
    for act, by in (
        (Act.CLAIM, AGENT),
        (Act.REPLY, AGENT),
        (Act.TELL, None),
        (Act.REPLY, AGENT),
        (Act.RESOLVE, AGENT),
        (Act.ASK_AGAIN, None),
        (Act.CLAIM, OTHER),
        (Act.RESOLVE, OTHER),
        (Act.CLOSE, OTHER),
    ):
        standing = apply(act, standing, "HD-1", by)
        seen.append(standing.state.value)
    assert seen == [
        "claimed",
        "waiting_user",
        "claimed",
        "waiting_user",
        "resolved",
        "reopened",
        "claimed",
        "resolved",
        "closed",
    ]


@pytest.mark.parametrize("act", [Act.RELEASE, Act.TRANSFER, Act.RESOLVE, Act.PRIORITISE])
def test_on_the_ticket_of_another_a_lead_is_needed(act: Act) -> None:
    held = Standing(TicketState.CLAIMED, assignee=AGENT.id)
    with pytest.raises(WrongRoleError, match=f"{states.WORDS[act]}要组长以上的角色，或这张工单的经办人；您是坐席"):
        apply(act, held, "HD-1", OTHER)
    for by in (AGENT, LEAD, BOSS, ADMIN):
        apply(act, held, "HD-1", by, to=OTHER.id)


@pytest.mark.parametrize(
    ("act", "state", "words"),
    [
        (Act.REPLY, TicketState.CLOSED, "工单 HD-1 现在是“已关闭”，不能答复。请先重新打开"),
        (Act.RESOLVE, TicketState.OPEN, "工单 HD-1 现在是“待领取”，不能办结。请先领取"),
        (Act.CLOSE, TicketState.CLAIMED, "工单 HD-1 现在是“办理中”，不能关闭。请先办结"),
        (Act.REOPEN, TicketState.CLAIMED, "工单 HD-1 现在是“办理中”，不能重新打开。请先办结"),
    ],
)
def test_what_is_not_possible_says_why_and_what_to_do(act: Act, state: TicketState, words: str) -> None:
    with pytest.raises(WrongStateError, match=words):
        apply(act, Standing(state, assignee=1), "HD-1", ADMIN)


def test_a_follow_up_is_never_done_by_whom_it_is_about() -> None:
    follow = Standing(TicketState.REOPENED, not_by=AGENT.id)
    for act in (Act.CLAIM, Act.REPLY):
        with pytest.raises(NotYourFollowUpError):
            apply(act, follow, "HD-1", AGENT)
    with pytest.raises(NotYourFollowUpError):
        apply(Act.TRANSFER, follow, "HD-1", LEAD, to=AGENT.id)
    taken = apply(Act.CLAIM, follow, "HD-1", OTHER)
    assert apply(Act.RELEASE, taken, "HD-1", OTHER) == follow
    assert apply(Act.RESOLVE, taken, "HD-1", OTHER).not_by is None


def test_every_state_role_and_act_has_a_word() -> None:
    assert set(states.STATES) == set(TicketState)
    assert set(states.ROLES) == set(Role)
    assert set(states.WORDS) == set(Act)
    assert set(states.PRIORITIES) == set(states.Priority)
