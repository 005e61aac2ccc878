"""Campaigns on both databases: approval, fan-out, stop and resume, gates, figures; and a whole one to the fake Bot API."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import campaign_desk, effects
from bot.telegram import Telegram
from handlers import campaigns as buttons
from policy_kb import loader
from policy_kb.catalogues import Catalogue
from scheduler import campaign_copies, campaigns, pushes
from scheduler.campaign_copies import CampaignError
from scheduler.campaigns import Gate
from scheduler.content import Content
from scheduler.outbox import Later, Sender, Skip
from scheduler.timepiece import Bell
from storage import campaigns as kept
from storage import chats, forgetting, outbox, staff, subscriptions
from storage.campaign_tables import Campaign, Click, Recipient
from storage.campaigns import NoSuchCampaignError
from storage.engine import Store
from storage.outbox import Claimed
from storage.subscription_tables import Scope
from storage.tables import Chat, ChatKind, Lane, Outbox, OutboxState
from storage.ticket_tables import Role
from tests.fakes.audience import agreed, drafted
from tests.fakes.telegram import server
from tests.fakes.telegram.world import World
from tests.fakes.timepiece import FakeTime

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
CATERING, RETAIL = {"choice": "catering"}, {"choice": "retail"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load()


@dataclass
class Desk:
    """Campaigns under test."""

    store: Store
    catalogue: Catalogue

    def approved(self, number: int, by: str = "乙", now: datetime = NOW) -> Campaign:
        return campaigns.approve(self.store, number, by, self.catalogue, now)

    def started(self, number: int, now: datetime = NOW, **more: Any) -> int:
        return campaigns.start(self.store, number, "甲", self.catalogue, now, **more)

    def figures(self, number: int) -> kept.Figures:
        with self.store.read() as session:
            return kept.figures(session, number)

    def rows(self) -> list[Outbox]:
        with self.store.read() as session:
            return list(session.scalars(select(Outbox).order_by(Outbox.id)))

    def reached(self, **audience: Any) -> list[str]:
        number = drafted(self.store, NOW, audience=audience)
        try:
            self.approved(number)
        except CampaignError:
            return []
        with self.store.read() as session:
            found = select(Chat.address).join(Recipient, Recipient.chat_id == Chat.id)
            return list(session.scalars(found.where(Recipient.campaign_id == number).order_by(Recipient.position)))


@pytest.fixture
def desk(store: Store, catalogue: Catalogue) -> Desk:
    return Desk(store, catalogue)


# ---- to whom


def test_only_who_agreed_is_reached_and_nobody_who_blocked_us_muted_us_or_is_a_group(desk: Desk) -> None:
    for address in (1, 2, 3):
        agreed(desk.store, address, NOW)
    with desk.store.write() as session:
        chats.ensure(session, "telegram", "4", ChatKind.PRIVATE, NOW)
        group = chats.ensure(session, "telegram", "-100", ChatKind.GROUP, NOW)
        subscriptions.agree(session, group.id, NOW)
        chats.block(session, agreed_id(desk, "2"), NOW)
        subscriptions.mute(session, agreed_id(desk, "3"), NOW + timedelta(days=1))
    assert desk.reached() == ["1"]


def agreed_id(desk: Desk, address: str) -> int:
    with desk.store.read() as session:
        chat = chats.find(session, "telegram", address)
        assert chat is not None
        return chat.id


def test_an_audience_is_found_by_district_facts_and_exclusion(desk: Desk) -> None:
    agreed(desk.store, 1, NOW, "官渡区", {"industry": CATERING, "employees": {"number": "30"}})
    agreed(desk.store, 2, NOW, "官渡区", {"industry": RETAIL})
    agreed(desk.store, 3, NOW, "五华区", {"industry": CATERING})
    agreed(desk.store, 4, NOW)
    assert desk.reached(districts=["官渡区"]) == ["1", "2"]
    assert desk.reached(industries=["catering"]) == ["1", "3"]
    assert desk.reached(where={"fact": "employees", "at_least": "20"}) == ["1"]
    assert desk.reached(without={"industries": ["catering"]}) == ["2", "4"]


def test_an_audience_is_found_by_what_people_subscribed(desk: Desk, catalogue: Catalogue) -> None:
    measure = next(one for one in catalogue.measures.values() if one.category == "employment")
    for address in (1, 2, 3, 4):
        agreed(desk.store, address, NOW)
    with desk.store.write() as session:
        subscriptions.add(session, agreed_id(desk, "1"), Scope.CATEGORY, "employment", NOW)
        subscriptions.add(session, agreed_id(desk, "2"), Scope.MEASURE, measure.id, NOW)
        subscriptions.add(session, agreed_id(desk, "3"), Scope.ALL, "", NOW)
        subscriptions.add(session, agreed_id(desk, "4"), Scope.CATEGORY, "tax", NOW)
    assert desk.reached(categories=["employment"]) == ["1", "2", "3"]


def test_somebody_with_several_enterprises_is_reached_once(desk: Desk) -> None:
    agreed(desk.store, 1, NOW, "官渡区", {"industry": RETAIL})
    agreed(desk.store, 1, NOW, "官渡区", {"industry": CATERING})
    assert desk.reached(industries=["catering"]) == ["1"]
    assert desk.reached(districts=["官渡区"]) == ["1"]


def test_who_got_an_earlier_campaign_can_be_left_out(desk: Desk) -> None:
    agreed(desk.store, 1, NOW, "官渡区")
    first = drafted(desk.store, NOW, audience={"districts": ["官渡区"]})
    desk.approved(first)
    agreed(desk.store, 2, NOW, "官渡区")
    assert desk.reached(not_after=[first]) == ["2"]


def test_a_preview_counts_names_no_one_and_keeps_nothing(desk: Desk, catalogue: Catalogue) -> None:
    for address in range(1, 31):
        agreed(desk.store, address, NOW, "官渡区" if address % 3 else "五华区", {"industry": CATERING})
    number = drafted(desk.store, NOW)
    with desk.store.read() as session:
        campaign = kept.get(session, number)
        found = campaigns.preview(session, campaign, catalogue, NOW)
    assert (found.total, found.districts, found.industries) == (30, {"官渡区": 20, "五华区": 10}, {"餐饮业": 30})
    assert len(found.samples) == 5
    words = campaign_desk.preview(campaign, found, catalogue)
    assert "现在有 30 人" in words
    assert pushes.ENDING in words
    assert desk.rows() == []


# ---- approval


def test_nobody_approves_their_own_campaign(desk: Desk) -> None:
    agreed(desk.store, 1, NOW)
    number = drafted(desk.store, NOW, by="张三")
    for by in ("张三", " 张三 ", ""):
        with pytest.raises(CampaignError, match="要由另一个人批准"):
            desk.approved(number, by)
    assert desk.approved(number, "李四").total == 1


def test_a_campaign_without_approval_or_people_does_not_start(desk: Desk) -> None:
    number = drafted(desk.store, NOW)
    with pytest.raises(CampaignError, match="一个人也没有"):
        desk.approved(number)
    with pytest.raises(CampaignError, match="还没有人批准"):
        desk.started(number)
    with pytest.raises(NoSuchCampaignError, match="4711"):
        desk.started(4711)
    assert desk.rows() == []


@pytest.mark.parametrize(
    "change", [{"text": "别的"}, {"audience": '{"districts": ["官渡区"]}'}, {"title": "别的"}, {"measure_version": 7}]
)
def test_any_change_voids_an_approval(desk: Desk, change: dict[str, Any]) -> None:
    agreed(desk.store, 1, NOW)
    number = drafted(desk.store, NOW)
    desk.approved(number)
    with desk.store.write() as session:
        session.execute(update(Campaign).where(Campaign.id == number).values(**change))
    with pytest.raises(CampaignError, match="批准作废"):
        desk.started(number)


def test_somebody_slipped_into_the_list_voids_an_approval(desk: Desk) -> None:
    agreed(desk.store, 1, NOW)
    number = drafted(desk.store, NOW)
    desk.approved(number)
    other = agreed(desk.store, 2, NOW)
    with desk.store.write() as session:
        session.add(Recipient(campaign_id=number, position=1, chat_id=other))
    with pytest.raises(CampaignError, match="批准作废"):
        desk.started(number)


def test_an_approval_is_good_for_a_week(desk: Desk) -> None:
    agreed(desk.store, 1, NOW)
    number = drafted(desk.store, NOW)
    desk.approved(number)
    with pytest.raises(CampaignError, match="超过7天"):
        desk.started(number, NOW + timedelta(days=7, seconds=1))
    assert desk.started(number, NOW + timedelta(days=6)) == 1


def test_a_campaign_about_a_measure_that_changed_or_ended_is_not_approved(desk: Desk, catalogue: Catalogue) -> None:
    agreed(desk.store, 1, NOW)
    ended = catalogue.measures["expansion-subsidy-2022"]
    old = drafted(desk.store, NOW, measure=ended.id, measure_version=ended.version)
    with pytest.raises(CampaignError, match="不在执行期"):
        desk.approved(old)
    changed = drafted(desk.store, NOW, measure=ended.id, measure_version=ended.version + 1)
    with pytest.raises(CampaignError, match="已经改了"):
        desk.approved(changed)


# ---- fan-out, stop, resume


def many(desk: Desk, number: int) -> int:
    for address in range(1, number + 1):
        agreed(desk.store, address, NOW)
    campaign = drafted(desk.store, NOW)
    desk.approved(campaign)
    return campaign


def test_a_fan_out_repeated_adds_nothing_and_each_person_has_one_key(desk: Desk) -> None:
    number = many(desk, 40)
    assert desk.started(number) == 40
    assert desk.started(number, NOW + timedelta(hours=1)) == 0
    rows = desk.rows()
    assert [row.key for row in rows] == [f"campaign:{number}:{row.chat_id}" for row in rows]
    assert {(row.lane, row.state, row.not_before, row.created_at) for row in rows} == {
        (Lane.BULK, OutboxState.READY, NOW, NOW)
    }
    assert Content.from_json(rows[0].content).text.endswith(pushes.ENDING)


def test_a_fan_out_that_broke_off_is_completed_by_starting_again(desk: Desk) -> None:
    number = many(desk, 40)
    desk.started(number)
    with desk.store.write() as session:
        session.execute(Outbox.__table__.delete().where(Outbox.id % 3 == 0))  # type: ignore[attr-defined]
    missing = desk.figures(number).missing
    assert missing > 0
    assert "再运行一次" in campaign_desk.told(desk.store, number)
    assert desk.started(number) == missing
    assert desk.figures(number).by_state == {OutboxState.READY: 40}


def test_a_scheduled_campaign_waits_and_one_started_at_night_waits_for_the_morning(desk: Desk) -> None:
    number = many(desk, 3)
    desk.started(number, at=NOW + timedelta(hours=2))
    assert {row.not_before for row in desk.rows()} == {NOW + timedelta(hours=2)}
    night = NOW.replace(hour=22)
    other = drafted(desk.store, NOW)
    desk.approved(other)
    desk.started(other, night)
    assert desk.rows()[-1].not_before == night.replace(day=24, hour=8, minute=30)


def test_stopping_holds_everything_and_going_on_plans_it_anew(desk: Desk) -> None:
    number = many(desk, 20)
    desk.started(number)
    with desk.store.write() as session:
        session.execute(update(Outbox).where(Outbox.id <= desk.rows()[4].id).values(state=OutboxState.SENT))
    campaigns.stop(desk.store, number, "甲", NOW)
    assert {row.not_before for row in desk.rows() if row.state == OutboxState.READY} == {kept.HELD}
    assert outbox.claim(desk.store, "telegram", [Lane.BULK], 5, NOW + timedelta(days=9), timedelta(seconds=9)) == []
    with pytest.raises(CampaignError, match="用 resume 继续"):
        desk.started(number)
    with pytest.raises(CampaignError, match="没有在发"):
        campaigns.stop(desk.store, number, "甲", NOW)
    later = NOW + timedelta(hours=1)
    assert campaigns.resume(desk.store, number, "甲", desk.catalogue, later) == 15
    assert {row.not_before for row in desk.rows() if row.state == OutboxState.READY} == {later}
    with pytest.raises(CampaignError, match="没有停着"):
        campaigns.resume(desk.store, number, "甲", desk.catalogue, later)


def test_a_fan_out_stopped_half_way_is_completed_by_going_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_copies, "AT_ONCE", 10)
    number = many(desk, 30)

    def halt(rows: int) -> None:
        if desk.figures(number).missing == 20:
            campaigns.stop(desk.store, number, "乙", NOW)

    assert desk.started(number, progress=halt) == 10
    assert desk.figures(number).missing == 20
    assert campaigns.resume(desk.store, number, "乙", desk.catalogue, NOW) == 30
    assert desk.figures(number).by_state == {OutboxState.READY: 30}
    assert {row.not_before for row in desk.rows()} == {NOW}


# ---- the gate


def verdict(desk: Desk, number: int, now: datetime = NOW, gate: Gate | None = None) -> Skip | Later | None:
    gate = gate or Gate(lambda: desk.catalogue)
    with desk.store.write() as session:
        row = session.scalars(select(Outbox).where(Outbox.key.startswith(f"campaign:{number}:"))).first()
        assert row is not None
        return gate(session, Claimed(row, session.get_one(Chat, row.chat_id)), now)


def test_the_gate_lets_a_running_campaign_pass_by_day_and_no_other(desk: Desk) -> None:
    number = many(desk, 1)
    desk.started(number)
    assert verdict(desk, number) is None
    assert verdict(desk, number, NOW.replace(hour=21)) == Later(NOW.replace(day=24, hour=8, minute=30))
    campaigns.stop(desk.store, number, "甲", NOW)
    assert verdict(desk, number) == Later(NOW + campaigns.STOPPED_WAIT)


def test_the_gate_skips_who_left_in_between_and_who_wants_quiet(desk: Desk) -> None:
    number = many(desk, 1)
    desk.started(number)
    chat = agreed_id(desk, "1")
    with desk.store.write() as session:
        subscriptions.mute(session, chat, NOW + timedelta(days=1))
    assert verdict(desk, number) == Skip("muted")
    assert verdict(desk, number, NOW + timedelta(days=2)) is None
    with desk.store.write() as session:
        subscriptions.leave(session, chat)
    assert verdict(desk, number) == Skip("unsubscribed")


def test_the_gate_skips_a_measure_that_changed_ended_or_went_after_the_fan_out(desk: Desk) -> None:
    agreed(desk.store, 1, NOW)
    day = datetime.fromisoformat("2022-09-20T10:00:00+08:00")
    measure = desk.catalogue.measures["expansion-subsidy-2022"]
    number = drafted(desk.store, day, measure=measure.id, measure_version=measure.version)
    desk.approved(number, now=day)
    desk.started(number, day)
    newer = measure.model_copy(update={"version": measure.version + 1})
    without = {name: one for name, one in desk.catalogue.measures.items() if name != measure.id}

    def other(measures: dict[str, Any]) -> Gate:
        known = replace(desk.catalogue, measures=measures)
        return Gate(lambda: known)

    assert verdict(desk, number, day) is None
    assert verdict(desk, number, day, other({**without, measure.id: newer})) == Skip("measure changed")
    assert verdict(desk, number, day, other(without)) == Skip("measure gone")
    assert verdict(desk, number, day.replace(year=2023)) == Skip("measure ended")


def test_the_gate_minds_only_campaigns(desk: Desk) -> None:
    chat = agreed(desk.store, 1, NOW)
    with desk.store.write() as session:
        outbox.put(session, [outbox.NewMessage("reply:1:0", chat, Lane.INTERACTIVE, "{}")], NOW)
        row = session.scalars(select(Outbox)).one()
        item = Claimed(row, session.get_one(Chat, chat))
        assert Gate(lambda: desk.catalogue)(session, item, NOW.replace(hour=23)) is None


# ---- a whole campaign


@pytest.fixture
def time() -> FakeTime:
    return FakeTime(NOW)


@pytest.fixture
def fake(time: FakeTime) -> Iterator[server.Server]:
    with server.running(World(clock=time.seconds)) as running:
        yield running


@pytest.fixture
async def telegram(fake: server.Server) -> AsyncIterator[Telegram]:
    async with Telegram(fake.token, base_url=fake.base_url) as connected:
        yield connected


@dataclass
class Post:
    """The sender of a campaign; a new one after each crash."""

    desk: Desk
    telegram: Telegram
    time: FakeTime
    world: World

    def sender(self) -> Sender:
        gate = Gate(lambda: self.desk.catalogue)
        return Sender(self.desk.store, self.telegram, self.time, Bell(), gates=[gate], alone=True)

    async def run(self, sender: Sender, seconds: float) -> None:
        end = self.time.now() + timedelta(seconds=seconds)
        while self.time.now() < end:
            wait = await sender.step()
            await sender.settled()
            self.time.advance(wait)

    def heard(self) -> dict[int, int]:
        """How often each person got it."""
        return {chat: len(self.world.texts(chat)) for chat in {chat for chat, _ in self.world.messages}}


@pytest.fixture
async def post(desk: Desk, telegram: Telegram, time: FakeTime, fake: server.Server) -> Post:
    return Post(desk, telegram, time, fake.world)


async def test_a_whole_campaign_with_stop_resume_and_a_crash_reaches_nobody_twice_and_adds_up(post: Post) -> None:
    desk, world = post.desk, post.world
    number = many(desk, 200)
    world.blocked |= {11, 12}
    world.gone.add(13)
    desk.started(number)
    sender = post.sender()
    await post.run(sender, 2)
    campaigns.stop(desk.store, number, "甲", post.time.now())
    before = len(world.messages)
    await post.run(sender, 3)
    assert len(world.messages) == before  # nothing after the stop
    with desk.store.write() as session:
        subscriptions.leave(session, agreed_id(desk, "190"))
    campaigns.resume(desk.store, number, "甲", desk.catalogue, post.time.now())
    await post.run(sender, 1)
    # A crash with two in flight: one had arrived, of one nothing is known but that it was being sent.
    world.trouble("swallow", chat=150)
    world.trouble("hang", chat=151)
    with desk.store.write() as session:
        wanted = [agreed_id(desk, "150"), agreed_id(desk, "151")]
        first = NOW - timedelta(minutes=1)
        session.execute(update(Outbox).where(Outbox.chat_id.in_(wanted)).values(not_before=first))
    while len(sender._flying) < 2:
        await sender.step()
        post.time.advance(0.04)
    assert await asyncio.to_thread(world.until, lambda: bool(world.texts(150)) and not world.troubles)
    for task in sender._flying:
        task.cancel()
    sender = post.sender()
    await sender._ashore(sender._recover_all)
    await post.run(sender, 22)  # the office of the bulk sender falls free 10 s after the crash

    heard = post.heard()
    assert set(heard.values()) == {1}
    figures = desk.figures(number)
    assert figures.adds_up
    assert figures.by_state == {
        OutboxState.SENT: 194,
        OutboxState.DEAD: 3,
        OutboxState.SKIPPED: 1,
        OutboxState.UNKNOWN: 2,
    }
    assert len(heard) == 195  # with the one that arrived and nobody could note
    assert not [call for call in world.calls if call.outcome.startswith("429")]
    words = campaign_desk.told(desk.store, number)
    assert "共 200 人：已发 194，待发 0，未排入 0，跳过 1，发不出 3，不知是否送达 2" in words
    assert "已跳过：已退订 1" in words
    assert "发不出：屏蔽了机器人 2" in words
    # A person decides: one is sent again, by hand.
    with desk.store.write() as session:
        for lost in kept.unknown(session, number):
            row = session.get_one(Outbox, lost)
            if row.chat_id == agreed_id(desk, "151"):
                outbox.resend(session, lost, post.time.now())
    await post.run(sender, 2)
    assert post.heard()[151] == 1
    assert desk.figures(number).by_state[OutboxState.UNKNOWN] == 1


async def test_a_sender_woken_early_does_not_sleep_through_the_next_turn(post: Post) -> None:
    post.desk.started(many(post.desk, 30))
    sender, waits = post.sender(), []
    for _ in range(20):  # each copy that arrives wakes the sender, long before the next one's turn
        await sender.step()
        await sender.settled()
        post.time.advance(0.01)
        waits.append(await sender.step())
        post.time.advance(waits[-1])
    assert max(waits) <= 0.03
    assert 19 <= len(post.world.messages) <= 21


async def test_a_reply_overtakes_a_campaign_and_the_night_holds_it(post: Post) -> None:
    number = many(post.desk, 60)
    post.time._now = NOW.replace(hour=20, minute=59, second=58)
    post.desk.started(number, post.time.now())
    sender = post.sender()
    await post.run(sender, 1)
    chat = agreed(post.desk.store, 500, NOW)
    with post.desk.store.write() as session:
        outbox.put(session, [outbox.NewMessage("reply:1:0", chat, Lane.INTERACTIVE, '{"text": "r"}')], post.time.now())
    await post.run(sender, 0.1)
    assert post.world.texts(500) == ["r"]
    await post.run(sender, 6)
    sent = post.desk.figures(number).by_state[OutboxState.SENT]
    assert 40 <= sent < 60  # until nine, not after
    assert all(seen.at < NOW.replace(hour=21).timestamp() for seen in post.world.messages.values())
    post.time._now = NOW.replace(day=24, hour=8, minute=30)
    await post.run(sender, 3)
    assert post.desk.figures(number).by_state == {OutboxState.SENT: 60}


# ---- buttons, figures, staff


def test_a_pressed_button_is_counted_once_a_person_and_only_of_who_got_it(desk: Desk) -> None:
    number = many(desk, 2)
    desk.started(number)
    action = Content.from_json(desk.rows()[0].content).rows[0][1].action
    click = buttons.clicked(action)
    assert click is not None
    assert click.action == pushes.LEAVE
    stranger = agreed(desk.store, 99, NOW)
    with desk.store.write() as session:
        for chat in (agreed_id(desk, "1"), agreed_id(desk, "1"), agreed_id(desk, "2"), stranger):
            effects.carry_out(session, session.get_one(Chat, chat), click.effect, NOW)
        effects.carry_out(session, session.get_one(Chat, stranger), buttons.NoteClick(4711, "x"), NOW)
    assert desk.figures(number).clicks == {"unsub": 2}
    assert "按了按钮：退订 2" in campaign_desk.told(desk.store, number)
    with desk.store.write() as session:
        forgetting.erase(session, session.get_one(Chat, agreed_id(desk, "1")), NOW)
    assert desk.figures(number).clicks == {"unsub": 1}
    assert desk.figures(number).adds_up


@pytest.mark.parametrize("action", ["c:", "c:x:check:m", "c:1:", "check:m", "c:9999999999999999:check:m"])
def test_a_forged_or_other_button_is_no_click(action: str) -> None:
    assert buttons.clicked(action) is None


def test_an_export_tells_results_and_no_address(desk: Desk) -> None:
    number = many(desk, 3)
    desk.started(number)
    with desk.store.write() as session:
        session.add(Click(campaign_id=number, chat_id=agreed_id(desk, "2"), button="check", at=NOW))
    with desk.store.read() as session:
        lines = kept.lines(session, number)
    assert [(one.position, one.state, one.clicks) for one in lines] == [
        (0, OutboxState.READY, ()),
        (1, OutboxState.READY, ("check",)),
        (2, OutboxState.READY, ()),
    ]
    with desk.store.read() as session:
        assert [one.position for one in kept.lines(session, number, after=0, limit=1)] == [1]


def test_staff_order_in_telegram_what_their_role_allows(desk: Desk) -> None:
    number = many(desk, 2)
    with desk.store.write() as session:
        staff.add(session, "王五", Role.SUPERVISOR, NOW, "telegram", "70")
        staff.add(session, "赵六", Role.AGENT, NOW, "telegram", "71")
        staff.add(session, "甲", Role.ADMINISTRATOR, NOW, "telegram", "72")
        gone = staff.add(session, "走了", Role.ADMINISTRATOR, NOW, "telegram", "73")
        gone.active = False

    def says(who: str, text: str) -> str:
        return campaign_desk.order(desk.store, "telegram", who, text, desk.catalogue, NOW)

    for who in ("71", "73", "1"):
        assert says(who, f"/campaign stop {number}") == campaign_desk.NOT_STAFF
    assert "要由另一个人批准" in says("72", f"/campaign approve {number}")
    assert "已批准" in says("70", f"/campaign approve {number}")
    desk.started(number)
    assert f"{number}  发送中  测试  0/2" in says("70", "/campaign")
    assert "已停下" in says("70", f"/campaign stop {number}")
    assert "停着" in says("70", f"/campaign@huiqi_bot status {number}")
    assert "没有在发" in says("70", f"/campaign stop {number}")
    assert "继续，还有 2 人" in says("70", f"/campaign resume {number}")
    assert "没有这个编号的群发" in says("70", "/campaign status 4711")
    for nonsense in ("/campaign stop", "/campaign dance 1", "/campaign stop 1; drop", "/campaign stop -1"):
        assert says("70", nonsense) == campaign_desk.USAGE
