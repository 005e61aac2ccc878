"""Reminders and matches through the database: whatever happens to clocks and subscriptions, each thing is told once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import reminding, settings
from policy_kb import loader
from policy_kb.catalogues import Catalogue
from scheduler import pushes
from scheduler.clock import Clock, Job
from storage import chats, forgetting, leaders, notices, outbox, subscriptions
from storage.content import Content
from storage.engine import Store
from storage.subscription_tables import Digest, Scope
from storage.tables import Chat, Lane
from storage.times import SHANGHAI
from tests.fakes.reminded import Town, at

KB = loader.load()
REFUND = "measure job-retention-refund-2022"
EXPANSION = "measure expansion-subsidy-2022"
REAL = date(2026, 11, 22)
FIRM = {"organisation": "enterprise", "enterprise_size": "small", "layoffs_low": "yes"}


@pytest.fixture
def town(store: Store) -> Town:
    """The day after the plans came out: what is in force is known, nothing is news."""
    found = Town(store, KB, at("2022-08-19"), today=REAL)
    found.tick()
    return found


def changed(measure: str, **parts: object) -> Catalogue:
    """The catalogue with one measure changed; None takes it out."""
    measures = dict(KB.measures)
    if parts:
        measures[measure] = measures[measure].model_copy(update=parts)
    else:
        del measures[measure]
    return Catalogue(
        KB.documents,
        KB.facts,
        measures,
        KB.figures,
        KB.channels,
        KB.gaps,
        f"without {measure} {parts}",
        {},
        KB.parameters,
    )


def stages(town: Town) -> list[tuple[str, str]]:
    return [(one.stage, str(one.planned)) for one in town.notices()]


# Time


async def test_a_clock_that_was_down_for_three_days_makes_up_for_the_reminder_once(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-11-17"))
    town.tick()
    town.go_to(at("2022-11-21"))  # down from Friday, when it was due, to Monday
    town.tick()
    await town.send()
    assert stages(town) == [("30", "2022-11-21")]
    [text] = town.texts("1")
    assert "从11月21日算还有29个工作日" in text
    town.go_to(at("2022-11-22"))
    assert town.tick() == 0


async def test_a_stage_that_was_missed_altogether_is_not_told_beside_the_next(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-12-29"))
    town.tick()
    assert stages(town) == [("1", "2022-12-29")]


async def test_after_the_last_day_no_reminder_is_made_up_for(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2023-02-01"))
    town.tick()
    assert stages(town) == []


async def test_ticking_twice_or_by_another_process_tells_nobody_twice(town: Town) -> None:
    town.person("1", EXPANSION, REFUND)
    town.go_to(at("2022-11-18"))
    town.tick()
    town.another_clock().run(town.now)
    town.tick()
    await town.send()
    assert len(town.texts("1")) == 2
    assert len(town.rows()) == 2


def test_two_clocks_at_once_make_each_message_once(town: Town) -> None:
    for number in range(30):
        town.person(str(number), EXPANSION)
    town.go_to(at("2022-11-18"))
    clocks = [town.another_clock() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = sum(pool.map(lambda clock: clock.run(town.now), clocks))
    assert made == 30
    assert len({row.key for row in town.rows()}) == len(town.rows()) == 30


def test_of_two_clocks_only_the_elected_one_works(town: Town) -> None:
    ran: list[str] = []

    def clock(name: str) -> Clock:
        job = Job("job", timedelta(0), lambda _: ran.append(name))
        return Clock(town.store, town.time, [job], seconds=town.time.seconds)

    first, second = clock("first"), clock("second")
    for _ in range(3):
        first.tick()
        second.tick()
        town.time.advance(30)
    assert ran == ["first"] * 3
    town.time.advance(91)  # the first one is gone
    second.tick()
    assert ran[-1] == "second"


def test_a_job_that_fails_stops_no_other_and_comes_round_again(town: Town) -> None:
    ran: list[str] = []

    def fail(_: object) -> None:
        ran.append("fails")
        raise ZeroDivisionError

    jobs = [Job("bad", timedelta(minutes=1), fail), Job("good", timedelta(hours=1), lambda _: ran.append("works"))]
    clock = Clock(town.store, town.time, jobs, seconds=town.time.seconds)
    assert clock.tick() == ("good",)
    town.time.advance(61)
    assert clock.tick() == ()
    assert ran == ["fails", "works", "fails"]


class Jumpy:
    """A system time that can be set wrong while real time goes on."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.passed = 0.0

    def passes(self, minutes: float, jump: timedelta = timedelta(0)) -> None:
        self.passed += minutes * 60
        self.town.time.advance(minutes * 60 + jump.total_seconds())


def test_a_time_that_jumps_ahead_and_back_sends_nothing_wrong(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-11-01"))
    time = Jumpy(town)
    clock = Clock(town.store, town.time, [Job("reminders", timedelta(0), town.job.run)], seconds=lambda: time.passed)
    clock.tick()
    time.passes(5, jump=timedelta(days=57))  # 2022-12-28, wrongly
    assert clock.tick() == ()
    time.passes(2)
    assert clock.tick() == ()
    time.passes(1, jump=-timedelta(days=57))
    assert clock.tick() == ("reminders",)
    assert stages(town) == []


def test_a_jump_that_lasts_is_believed(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-11-01"))
    time = Jumpy(town)
    clock = Clock(town.store, town.time, [Job("reminders", timedelta(0), town.job.run)], seconds=lambda: time.passed)
    clock.tick()
    time.passes(1, jump=timedelta(days=17))  # the machine slept until 2022-11-18
    assert clock.tick() == ()
    time.passes(11)
    assert clock.tick() == ("reminders",)
    assert stages(town) == [("30", "2022-11-18")]


def test_a_time_set_back_tells_nothing_again(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-11-18"))
    town.tick()
    town.time.advance(-timedelta(days=9).total_seconds())
    town.another_clock().run(town.now)
    town.time.advance(timedelta(days=9).total_seconds())
    town.another_clock().run(town.now)
    assert stages(town) == [("30", "2022-11-18")]
    assert len(town.rows()) == 1


def test_an_office_held_until_an_impossible_time_is_free(store: Store) -> None:
    term, now = timedelta(seconds=90), at("2022-11-18")
    with store.write() as session:
        assert leaders.stand(session, "clock", "ahead of time", now + timedelta(days=57), term)
        assert leaders.stand(session, "clock", "in time", now, term)


# Quiet hours


@pytest.mark.parametrize(
    ("hour", "minute", "second", "sends"),
    [(8, 29, 59, False), (8, 30, 0, True), (20, 59, 59, True), (21, 0, 0, False), (0, 0, 0, False)],
)
async def test_nothing_is_made_or_sent_in_quiet_hours(
    town: Town,
    hour: int,
    minute: int,
    second: int,
    sends: bool,
) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-11-18", hour, minute, second))
    town.tick()
    assert bool(town.rows()) is sends


async def test_what_was_made_before_the_quiet_hours_waits_for_the_morning(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-11-18", 20, 59, 59))
    town.tick()
    town.go_to(at("2022-11-18", 21, 0))
    await town.send()
    assert town.texts("1") == []
    town.go_to(at("2022-11-19", 8, 29))
    await town.send(minutes=1)
    assert town.texts("1") == []
    town.go_to(at("2022-11-19", 8, 30))
    await town.send()
    [letter] = town.box.letters
    assert pushes.quiet_until(letter.at) is None


async def test_the_last_reminder_never_comes_after_its_day(town: Town) -> None:
    town.person("1", EXPANSION)
    town.go_to(at("2022-12-30", 20, 59))
    town.tick()
    town.go_to(at("2022-12-31", 21, 0))  # the sender was down
    await town.send()
    assert town.texts("1") == []
    [row] = town.rows()
    assert (row.state.value, row.reason) == ("skipped", "too late")


# Between planning and sending


async def _planned(town: Town) -> int:
    chat = town.person("1", EXPANSION)
    town.go_to(at("2022-11-18"))
    assert town.tick() == 1
    return chat


async def test_a_measure_withdrawn_in_between_is_not_told(town: Town) -> None:
    await _planned(town)
    town.catalogue = changed("expansion-subsidy-2022", status="draft")
    await town.send()
    assert town.texts("1") == []
    assert [row.reason for row in town.rows()] == ["measure withdrawn or due for review"]


async def test_a_measure_taken_out_in_between_is_not_told(town: Town) -> None:
    await _planned(town)
    town.catalogue = changed("expansion-subsidy-2022")
    await town.send()
    assert [row.reason for row in town.rows()] == ["measure gone"]


async def test_a_measure_of_another_version_is_told_anew_and_the_old_message_is_not_sent(town: Town) -> None:
    await _planned(town)
    town.catalogue = changed("expansion-subsidy-2022", version=2)
    await town.send()
    assert town.texts("1") == []
    town.tick()
    await town.send()
    [text] = town.texts("1")
    assert "内容有变" in text


async def test_who_unsubscribed_in_between_hears_nothing(town: Town) -> None:
    chat = await _planned(town)
    with town.store.write() as session:
        subscriptions.remove(session, chat, Scope.MEASURE, "expansion-subsidy-2022")
    await town.send()
    assert town.texts("1") == []
    assert [row.reason for row in town.rows()] == ["unsubscribed"]


async def test_who_left_or_was_forgotten_in_between_hears_nothing(town: Town) -> None:
    leaves: list[Callable[..., object]] = [
        subscriptions.leave,
        lambda session, chat: forgetting.erase(session, session.get_one(Chat, chat), town.now),
    ]
    town.go_to(at("2022-11-18"))
    for number, leave in enumerate(leaves):
        chat = town.person(str(number), EXPANSION)
        town.another_clock().run(town.now)
        with town.store.write() as session:
            leave(session, chat)
    await town.send()
    assert town.box.letters == []
    assert town.notices() == []


async def test_who_blocked_us_hears_nothing_keeps_everything_and_hears_again_after_coming_back(town: Town) -> None:
    chat = await _planned(town)
    with town.store.write() as session:
        chats.block(session, chat, town.now)
    await town.send()
    town.go_to(at("2022-12-21"))
    town.tick()
    await town.send()
    assert town.texts("1") == []
    with town.store.write() as session:
        assert subscriptions.of_chat(session, chat)
        chats.unblock(session, chat)
    town.go_to(at("2022-12-29"))
    town.tick()
    await town.send()
    assert ["还有1个工作日" in text for text in town.texts("1")] == [True]


async def test_who_is_mute_hears_later_what_is_still_true(town: Town) -> None:
    chat = await _planned(town)
    with town.store.write() as session:
        subscriptions.mute(session, chat, at("2022-11-25"))
    await town.send()
    assert town.texts("1") == []
    town.go_to(at("2022-11-25"))
    await town.send()
    assert len(town.texts("1")) == 1


async def test_of_a_digest_with_one_thing_gone_the_rest_is_told_anew(town: Town) -> None:
    chat = town.person("1", EXPANSION, REFUND, "measure rent-waiver-state-owned-2022")
    town.go_to(at("2022-11-18"))
    assert town.tick() == 1
    with town.store.write() as session:
        subscriptions.remove(session, chat, Scope.MEASURE, "expansion-subsidy-2022")
    await town.send()
    assert town.texts("1") == []
    town.tick()
    await town.send()
    text = "\n".join(town.texts("1"))
    assert "稳岗返还" in text
    assert "承租国有房屋" in text
    assert "扩岗补助" not in text


async def test_a_crash_between_planning_and_announcing_loses_no_news(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.person("1", "category tax")
    town.go_to(at("2022-09-14"))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(notices, "announce", crash)
        with pytest.raises(KeyboardInterrupt):
            town.tick()
    town.another_clock().run(town.now)
    await town.send()
    [text] = town.texts("1")
    assert "17号公告" in text


# How often


async def test_more_than_the_daily_number_is_told_in_one_message(town: Town) -> None:
    chat = town.person("1", EXPANSION, REFUND, "measure rent-waiver-state-owned-2022")
    town.go_to(at("2022-11-18"))
    assert town.tick() == 1
    await town.send()
    [text] = town.texts("1")
    assert "有3条政策提醒" in text
    assert chat


async def test_what_a_day_has_no_room_for_waits_but_not_the_last_reminder(town: Town) -> None:
    chat = town.person("1", REFUND)
    with town.store.write() as session:
        subscriptions.adjust(session, chat, most_a_day=1)
    enterprise = town.enterprise(chat, {"organisation": "enterprise"})
    town.go_to(at("2022-11-18"))
    assert town.tick() == 1
    town.tell(
        chat, enterprise, {"enterprise_size": "small", "layoffs_low": "yes"}
    )  # it fits now, but today was told enough
    assert town.tick() == 0
    town.go_to(at("2022-11-21"))
    assert town.tick() == 1


async def test_a_weekly_digest_waits_for_the_week_but_not_for_a_near_date(town: Town) -> None:
    chat = town.person("1", EXPANSION)
    with town.store.write() as session:
        subscriptions.adjust(session, chat, digest=Digest.WEEKLY)
    town.go_to(at("2022-11-18"))  # a Friday, six weeks ahead
    assert town.tick() == 0
    town.go_to(at("2022-11-21"))
    assert town.tick() == 1
    town.go_to(at("2022-12-29"))  # a Thursday, the day before the last
    assert town.tick() == 1


# Matching


async def test_without_consent_nobody_is_told_that_something_fits(town: Town) -> None:
    chat = town.person("1", consents=False)
    town.enterprise(chat, FIRM)
    town.tick()
    assert town.notices() == []


async def test_what_fits_is_told_with_workings_account_and_end_and_that_no_application_is_needed(town: Town) -> None:
    chat = town.person("1")
    town.enterprise(chat, {**FIRM, "unemployment_premium_paid": "8000元"})
    town.tick()
    await town.send()
    text = next(text for text in town.texts("1") if "免申即享" in text)
    for part in ("无需申报", "8000元 × 90% = 7200元", "账户", "2022年12月31日", "来源：", pushes.ENDING):
        assert part in text


async def test_a_question_away_the_message_asks_it_with_buttons(town: Town) -> None:
    chat = town.person("1")
    town.enterprise(chat, {"organisation": "law_firm"})
    town.tick()
    await town.send()
    letter = next(one for one in town.box.letters if "稳岗返还" in one.content.text)
    actions = [choice.action for row in letter.content.rows for choice in row]
    assert "请问：" in letter.content.text
    assert "am:job-retention-refund-2022:layoffs_low:yes" in actions


async def test_a_changed_profile_is_matched_once_a_version(town: Town) -> None:
    chat = town.person("1")
    enterprise = town.enterprise(chat, {"organisation": "enterprise"})
    town.tick()
    before = len(town.notices())
    town.tell(chat, enterprise, {"enterprise_size": "small", "layoffs_low": "yes"})
    town.tick()
    after = {one.measure for one in town.notices()}
    assert "job-retention-refund-2022" in after
    assert len(town.notices()) > before
    town.tick()
    assert len({one.key for one in town.notices()}) == len(town.notices())


async def test_an_enterprise_forgotten_in_between_brings_no_match(town: Town) -> None:
    chat = town.person("1")
    enterprise = town.enterprise(chat, FIRM)
    town.tick()
    with town.store.write() as session:
        from storage import enterprises

        enterprises.drop(session, chat, enterprise, town.now)
    await town.send()
    assert town.texts("1") == []


@pytest.mark.parametrize("subscribed", [False, True])
async def test_a_national_rule_without_local_notice_goes_to_subscribers_alone_without_account_or_date(
    store: Store,
    subscribed: bool,
) -> None:
    town = Town(store, KB, at("2026-07-31"))
    town.tick()
    chat = town.person("1", *(["category employment"] if subscribed else []))
    facts = {**FIRM, "ui_paid_months": "12", "unemployment_premium_paid": "8000元"}
    town.enterprise(chat, facts)
    town.tick()
    await town.send()
    found = [text for text in town.texts("1") if "稳岗返还（2026年）" in text]
    assert bool(found) is subscribed
    for text in found:
        assert "以昆明通知为准" in text
        assert "账户" not in text
        assert not any(mark in text for mark in ("2026年12月31日", "2026-06-18", "至2026"))


async def test_a_rule_past_its_review_is_neither_matched_nor_reminded_of(store: Store) -> None:
    town = Town(store, KB, at("2022-08-19"), today=date(2028, 1, 10))  # every review of 2027 is overdue
    town.tick()
    chat = town.person("1", EXPANSION, "all")
    town.enterprise(chat, FIRM)
    town.go_to(at("2022-11-18"))
    town.tick()
    assert town.notices() == []


# The outbox


async def test_reminders_wait_behind_answers_and_end_as_all_pushes_end(town: Town) -> None:
    chat = await _planned(town)
    with town.store.write() as session:
        reply = outbox.NewMessage("reply:1:0", chat, Lane.INTERACTIVE, Content(text="回答").as_json())
        outbox.put(session, [reply], town.now)
    await town.send()
    assert town.texts("1")[0] == "回答"
    assert town.texts("1")[1].endswith(pushes.ENDING)
    assert town.box.letters[1].at.astimezone(SHANGHAI).date() == date(2022, 11, 18)


async def test_the_job_as_this_installation_runs_it(town: Town, tmp_path: Path) -> None:
    look = reminding.tick(settings.Settings(home=tmp_path), KB)
    town.go_to(at("2026-11-19"))
    look(town.store, town.now)
    town.person("1", "measure loan-interest-service-2026")
    look(town.store, at("2026-11-20"))
    [text] = [Content.from_json(row.content).text for row in town.rows()]
    assert "2026年12月31日" in text


async def test_the_clock_ends_when_it_is_told_to(town: Town) -> None:
    ran = asyncio.Event()
    loop = asyncio.get_running_loop()
    clock = Clock(
        town.store,
        town.time,
        [Job("job", timedelta(0), lambda _: loop.call_soon_threadsafe(ran.set))],
        seconds=town.time.seconds,
    )
    stop = asyncio.Event()

    async def end() -> None:
        await ran.wait()
        stop.set()

    await asyncio.gather(clock.run(stop), end())
