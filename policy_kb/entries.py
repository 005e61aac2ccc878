"""What the assistant can talk about: measures, figures, channels and known gaps, all made of cited points."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from policy_kb.benefits import Benefit
from policy_kb.conditions import Condition
from policy_kb.documents import Level
from policy_kb.model import Model

Id = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")]
Evidence = Annotated[str, Field(max_length=40)]


class About(StrEnum):
    """What is asked about a measure. One word a question type, the same as the intents of `nlu`."""

    WHAT = "what"
    AMOUNT = "amount"
    AUDIENCE = "audience"
    CONDITIONS = "conditions"
    SCOPE = "scope"  # what is included or excluded (印花税含不含证券交易)
    UNTIL = "until"
    HOW = "how"
    MATERIALS = "materials"
    WHO = "who"
    USE = "use"
    COMBINE = "combine"
    STATUS = "status"
    WHEN_PAID = "when_paid"
    TARGET = "target"
    COMPUTE = "compute"
    QUALIFY = "qualify"


class Citation(Model):
    """Where it stands. Held text: evidence found in the clause. Not held: its section and mark in the fact sheet."""

    document: str
    section: str | None = None
    clause: str | None = None
    evidence: list[Evidence] = []
    basis: str | None = None  # for a text not held: "policy-facts 3, V1"


class Point(Model):
    """One reviewed statement in plain words. Every figure in `says` stands in the evidence of its citations."""

    id: str
    about: About
    says: Annotated[str, Field(max_length=150)]
    asks: list[str] = []  # how owners ask for just this, in their own words
    cites: list[str] = []  # keys of the entry's `cites`; may be left out where there is just one
    track: str | None = None  # the track whose window it lives by, where the tracks of a measure end on different days


class Silence(Model):
    """What the documents do not say about this entry, although people ask it."""

    about: About | None = None
    what: str  # 申请要交的表格和材料
    asks: list[str] = []


class Verified(Model):
    """Who checked the entry against what, and when it must be looked at again."""

    on: date
    by: str
    basis: Literal["text", "V1", "V2"]
    review_by: date


class Departments(Model):
    """Ids of `channels`, the leading one apart."""

    lead: list[str] = []
    with_: list[str] = Field(default=[], alias="with")


class Entry(Model):
    """What measures, figures and channels share."""

    id: Id
    title: str
    aliases: list[str] = []
    category: str
    level: Level
    departments: Departments = Departments()
    cites: dict[str, Citation] = {}
    points: list[Point] = []
    silent: list[Silence] = []
    questions: list[str] = []
    keywords: list[str] = []
    notes: list[str] = []
    verified: Verified | None = None


class Kind(StrEnum):
    """What a measure gives: a claim (money, relief), a rule to rely on, a service, or only a direction."""

    CLAIM = "claim"
    RULE = "rule"
    SERVICE = "service"
    DIRECTION = "direction"


class Delivery(StrEnum):
    """How it reaches the enterprise."""

    AUTOMATIC = "automatic"  # 免申即享
    CONFIRM = "confirm"
    DECLARE = "declare"  # 申报即享: taken in the tax return
    APPLY = "apply"
    NONE = "none"


class InForce(Model):
    """From and to as printed, both inclusive. `long_term`: the text itself says 长期.

    `unconfirmed_from`: from that day on nobody could confirm that it still runs (a V1 rule without a window of its own).
    `worked_out`: the end is our arithmetic, printed nowhere: nobody is reminded of it.
    """

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    long_term: bool = False
    unconfirmed_from: date | None = None
    worked_out: bool = False


class Track(Model):
    """An audience with its own conditions, benefit and window."""

    id: Id
    label: str
    conditions: Condition | None = None
    benefits: list[Benefit] = []
    in_force: InForce = InForce()
    cite: str | None = None
    asks: list[str] = []


class Window(Model):
    """An application round or a deadline of the owner (not of the government). Both ends inclusive.

    `round`: days on which the authority reviews, where handing in is open all the time. `remind: false`: nobody is
    reminded of it, though the calendar may show it.
    """

    id: Id
    label: str
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    kind: Literal["application", "deadline", "round"] = "application"
    conditional: str | None = None  # 视情况
    remind: bool = True
    cite: str | None = None


class Superseded(Model):
    """Replaced before or after its printed end."""

    on: date
    by: str  # measure id
    cite: str | None = None


class Stacking(Model):
    """What the documents say about combining. Silence is not said to be yes or no."""

    excludes: list[str] = []  # measure ids, or plain names of measures that no document describes
    allows: list[str] = []
    better_of: list[str] = []
    says: str
    cite: str | None = None


class Example(Model):
    """A test of the measure, kept beside it."""

    name: str
    as_of: date
    track: str | None = None
    facts: dict[str, str | list[str]] = {}
    verdict: Literal["eligible", "partially_eligible", "needs_info", "not_eligible"] | None = None
    timing: str | None = None
    amount: str | None = None
    amount_min: str | None = None
    amount_max: str | None = None
    open: list[str] | None = None
    failing: list[str] | None = None


class Measure(Entry):
    """What an owner can claim or rely on."""

    kind: Kind
    version: int = 1
    status: Literal["reviewed", "draft"] = "reviewed"
    lineage: str | None = None
    summary: Annotated[str, Field(max_length=120)]
    delivery: Delivery = Delivery.NONE
    how_to: str | None = None
    tracks: list[Track] = Field(min_length=1)
    # parts: one enterprise may have several of them at once (养老, 失业, 工伤); holding only some is partially_eligible
    tracks_are: Literal["alternatives", "parts"] = "alternatives"
    windows: list[Window] = []
    superseded: Superseded | None = None
    stacking: list[Stacking] = []
    related: list[str] = []
    examples: list[Example] = []

    @model_validator(mode="after")
    def _tracks_differ(self) -> "Measure":
        ids = [track.id for track in self.tracks]
        if len(ids) != len(set(ids)):
            raise ValueError("two tracks have the same id")
        return self


class Figure(Entry):
    """A number people ask for that is no claimable measure: a target, a statistic, a past result."""

    period: str  # what day or year it speaks of: 2021年底
    kind: Literal["statistic", "target", "result", "term", "background"]


class Channel(Entry):
    """A department, hotline, platform or service point and what it is for. No personal names or numbers."""

    kind: Literal["department", "hotline", "platform", "service"]
    phone: str | None = None
    url: str | None = None
    basis: str | None = None  # 以官方为准 where not from a held text


class Gap(Entry):
    """A subject of ours that no document settles. Asked about it, the assistant says so and names the nearest thing."""

    nearest: str | None = None
    channel: str | None = None
