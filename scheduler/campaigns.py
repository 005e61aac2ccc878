"""Campaigns at work: what is sent, when each copy is due, who approved it, starting, stopping, going on.

Once started, a campaign lives in the outbox alone; stopping and going on move what waits there, and a gate holds back
what the sender has in hand already.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from policy_kb import districts, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.enterprises import Enterprise
from policy_kb.facts import Facts, Unknown
from scheduler import audiences, campaign_copies, pushes
from scheduler.audiences import Audience
from scheduler.campaign_copies import CampaignError
from scheduler.outbox import Later, Skip
from storage import campaigns, events
from storage.campaign_tables import Campaign
from storage.campaigns import DRAFT, HELD, RUNNING, STOPPED, Candidate
from storage.engine import Store
from storage.outbox import Claimed
from storage.subscription_tables import Scope
from storage.times import SHANGHAI

APPROVAL = timedelta(days=7)
"""How long an approval holds that was not used."""

STOPPED_WAIT = timedelta(minutes=10)
"""How long a copy waits that the sender had in hand when its campaign was stopped; then it is looked at again."""


# ---- to whom


@dataclass(frozen=True)
class Sample:
    """Somebody in the audience, as far as a preview may show."""

    district: str
    industry: str
    size: str


@dataclass(frozen=True)
class Preview:
    """Who a campaign would reach now. Duration as planned from ``start`` on."""

    total: int
    districts: Counter[str]
    industries: Counter[str]
    samples: tuple[Sample, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True)
class _Reached:
    chat_ids: list[int]
    people: list[Candidate]


def reached(session: Session, audience: Audience, catalogue: Catalogue, now: datetime) -> _Reached:
    """The people of an audience, each once, in order of chat, with the first of their enterprises that is in it."""
    asked: list[tuple[Scope, str]] = [(Scope.CATEGORY, name) for name in audience.categories]
    wanted = set(audience.categories)
    asked += [(Scope.MEASURE, one.id) for one in catalogue.measures.values() if one.category in wanted]
    found = list(campaigns.candidates(session, now, asked, audience.not_after))
    told: list[Facts] = [audiences.facts_of(one.facts) if audience.needs_facts else {} for one in found]
    day = now.astimezone(SHANGHAI).date()
    chosen = audiences.select(audience, told, [one.district for one in found], catalogue, day)
    people: dict[int, Candidate] = {}
    for one, is_in in zip(found, chosen, strict=True):
        if is_in:
            people.setdefault(one.chat_id, one)
    return _Reached(list(people), list(people.values()))


def preview(session: Session, campaign: Campaign, catalogue: Catalogue, now: datetime) -> Preview:
    """What would happen if it started now; nothing is kept."""
    audience = audiences.read(json.loads(campaign.audience), catalogue)
    people = reached(session, audience, catalogue, now).people
    places, trades = Counter[str](), Counter[str]()
    step = max(1, len(people) // 5)
    samples: list[Sample] = []
    for place, one in enumerate(people):
        sample = _sample(one, catalogue, now)
        places[sample.district] += 1
        trades[sample.industry] += 1
        if place % step == 0 and len(samples) < 5:
            samples.append(sample)
    start = campaign.starts_at or now
    end = campaign_copies.ends(len(people), max(start, now), timedelta(minutes=campaign.spread_minutes))
    return Preview(len(people), places, trades, tuple(samples), max(start, now), end)


def _sample(one: Candidate, catalogue: Catalogue, now: datetime) -> Sample:
    known = Enterprise(audiences.facts_of(one.facts), catalogue, now.astimezone(SHANGHAI).date())

    def label(name: str) -> str:
        fact, value = catalogue.facts.get(name), known.value(name)
        return "未填" if fact is None or isinstance(value, Unknown) else wording.fact_value(fact, value)

    place = one.district if one.district in districts.DISTRICTS else None
    return Sample(place or "未填", label("industry"), label("enterprise_size"))


# ---- deeds


def approve(store: Store, number: int, by: str, catalogue: Catalogue, now: datetime) -> Campaign:
    """A second person approves content and audience as they are now; who it goes to is written down with it.

    Raises ``CampaignError`` and ``AudienceError``.
    """
    with store.read() as session:  # finding the people takes seconds: nobody else must wait meanwhile
        campaign = campaigns.get(session, number)
        _may_approve(campaign, by)
        _still_right(campaign, catalogue, now)
        query = campaign.audience
        found = reached(session, audiences.read(json.loads(query), catalogue), catalogue, now)
    if not found.chat_ids:
        raise CampaignError("这个人群里现在一个人也没有")
    with store.write() as session:
        campaign = campaigns.get(session, number, lock=True)
        _may_approve(campaign, by)
        if campaign.audience != query:
            raise CampaignError(f"群发 {number} 的人群刚刚改过：请看过以后再批准")
        campaign.total = campaigns.enlist(session, number, found.chat_ids)
        campaign.approved_by, campaign.approved_at = by.strip(), now
        campaign.seal = campaigns.seal(session, campaign)
        detail = {"by": by, "total": campaign.total, "seal": campaign.seal}
        events.add(session, "campaign.approved", now, None, campaign=number, **detail)
        return campaign


def _may_approve(campaign: Campaign, by: str) -> None:
    if campaign.state != DRAFT:
        raise CampaignError(f"群发 {campaign.id} 已经开始，不用再批准")
    if not by.strip() or _same(by, campaign.created_by):
        raise CampaignError(f"群发 {campaign.id} 是 {campaign.created_by} 做的，要由另一个人批准")


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _still_right(campaign: Campaign, catalogue: Catalogue, now: datetime) -> None:
    why = _outdated(campaign.measure, campaign.measure_version, catalogue, now)
    if why is not None:
        raise CampaignError(f"群发讲的政策{WHY[why]}：请改正文后重新批准")


WHY = {"measure gone": "已不在知识库里", "measure changed": "在知识库里已经改了", "measure ended": "现在不在执行期"}


def _outdated(measure: str | None, version: int | None, catalogue: Catalogue, now: datetime) -> str | None:
    if measure is None:
        return None
    known = catalogue.measures.get(measure)
    if known is None:
        return "measure gone"
    if known.version != version:
        return "measure changed"
    standing = windows.measure_status(known, catalogue, now.astimezone(SHANGHAI).date())
    return None if standing.state is windows.State.IN_FORCE else "measure ended"


def start(
    store: Store,
    number: int,
    by: str,
    catalogue: Catalogue,
    now: datetime,
    *,
    at: datetime | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Put all copies into the outbox, due from ``at`` (now) on. Returns how many are new.

    Again after a crash: what is missing is added, what is there stays as planned. Raises ``CampaignError``.
    """
    with store.write() as session:
        campaign = campaigns.get(session, number, lock=True)
        if campaign.state == STOPPED:
            raise CampaignError(f"群发 {number} 停着：用 resume 继续")
        if campaign.state == DRAFT:
            _approved(session, campaign, now)
            _still_right(campaign, catalogue, now)
            campaign.state, campaign.started_at = RUNNING, now
            campaign.starts_at = max(at or campaign.starts_at or now, now)
            events.add(session, "campaign.started", now, None, campaign=number, by=by)
        planned = list(campaign_copies.slots(range(campaign.total), campaign.starts_at or now, _spread(campaign)))
        body, facts = campaign_copies.content(campaign).as_json(), campaign_copies.checks(campaign)
    added = 0
    for bundle in campaign_copies.bundles(planned):
        with store.write() as session:
            if not campaigns.running(session, number):
                break  # stopped meanwhile: going on puts the rest in
            added += campaigns.fan_out(session, number, bundle, body, facts, now)
        progress(sum(slot.end - slot.first for slot in bundle))
    return added


def _approved(session: Session, campaign: Campaign, now: datetime) -> None:
    if campaign.seal is None or campaign.approved_at is None:
        raise CampaignError(f"群发 {campaign.id} 还没有人批准：请另一个人运行 campaign approve {campaign.id}")
    if campaign.seal != campaigns.seal(session, campaign):
        raise CampaignError(f"群发 {campaign.id} 批准以后内容或人群改过，批准作废：请另一个人重新批准")
    if campaign.approved_at < now - APPROVAL:
        raise CampaignError(f"群发 {campaign.id} 的批准已超过{APPROVAL.days}天：请另一个人重新批准")


def _spread(campaign: Campaign) -> timedelta:
    return timedelta(minutes=campaign.spread_minutes)


def stop(store: Store, number: int, by: str, now: datetime) -> None:
    """Nothing more goes out from the moment this returns, but what was in flight. Raises ``CampaignError``."""
    with store.write() as session:
        campaign = campaigns.get(session, number, lock=True)
        if campaign.state != RUNNING:
            raise CampaignError(f"群发 {number} 没有在发")
        campaign.state, campaign.stopped_at = STOPPED, now
        events.add(session, "campaign.stopped", now, None, campaign=number, by=by)
    with store.read() as session:
        held = campaigns.waiting(session, number)
    for bundle in campaign_copies.bundles(campaign_copies.ranges(held, HELD)):
        with store.write() as session:
            if campaigns.running(session, number):
                return  # somebody lets it go on already
            campaigns.plan(session, number, bundle)


def resume(
    store: Store,
    number: int,
    by: str,
    catalogue: Catalogue,
    now: datetime,
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Let a stopped campaign go on, planned anew from now. Returns how many copies wait. Raises ``CampaignError``."""
    with store.write() as session:
        campaign = campaigns.get(session, number, lock=True)
        if campaign.state != STOPPED:
            raise CampaignError(f"群发 {number} 没有停着")
        _still_right(campaign, catalogue, now)
        campaign.state, campaign.stopped_at, campaign.starts_at = RUNNING, None, now
        events.add(session, "campaign.resumed", now, None, campaign=number, by=by)
        left = campaigns.waiting(session, number)
        share = len(left) / campaign.total if campaign.total else 0
        planned = list(campaign_copies.slots(left, now, _spread(campaign) * share))
    for bundle in campaign_copies.bundles(planned):
        with store.write() as session:
            if not campaigns.running(session, number):
                break
            campaigns.plan(session, number, bundle)
        progress(sum(slot.end - slot.first for slot in bundle))
    return len(left) + start(store, number, by, catalogue, now)  # also what a stop kept from being put in


# ---- the gate


class Gate:
    """The checks of a campaign's copy at the moment of sending.

    ``catalogue`` gives the one in force, ``quiet`` when the quiet hours of a moment end.
    """

    def __init__(
        self, catalogue: Callable[[], Catalogue], quiet: Callable[[datetime], datetime | None] = pushes.quiet_until
    ) -> None:
        self._catalogue = catalogue
        self._quiet = quiet

    def __call__(self, session: Session, item: Claimed, now: datetime) -> Skip | Later | None:
        """Whether it goes out."""
        told = json.loads(item.row.checks or "{}")
        number = told.get("campaign")
        if number is None:
            return None
        if not campaigns.running(session, number):
            return Later(now + STOPPED_WAIT)
        why = campaigns.may_push(session, item.chat.id, now)
        why = why or _outdated(told.get("measure"), told.get("version"), self._catalogue(), now)
        if why is not None:
            return Skip(why)
        quiet = self._quiet(now)
        return Later(quiet) if quiet is not None else None
