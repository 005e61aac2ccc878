"""Facts of a measure, figure or channel, in force on the day asked about: what is said and under which kind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers import compose, topics
from handlers.reply import Button, Reply, ReplyKind
from handlers.topics import Topic
from policy_kb import conditions, entries, evaluation, money, windows, wording
from policy_kb.catalogues import Catalogue
from policy_kb.entries import About, Channel, Measure, Point, Track
from policy_kb.facts import Facts
from policy_kb.search import Role

POINT_FROM = 0.36
"""A statement below this score says nothing about the question."""
NEAR, NEAR_OF_SEVERAL = 0.86, 0.62
"""A second statement this near to the best one is told too."""
SAME_ASPECT = 0.10
ASIDE_FROM = 0.15
"""What is less like the question than this is not said beside the answer."""

OVER = (windows.State.ENDED, windows.State.SUPERSEDED)
_LIKE = {
    "audience": {About.AUDIENCE, About.CONDITIONS},
    "conditions": {About.CONDITIONS, About.AUDIENCE},
    "compute": {About.AMOUNT, About.COMPUTE},
    "amount": {About.AMOUNT},
    "qualify": {About.CONDITIONS, About.AUDIENCE, About.QUALIFY},
    "how": {About.HOW},
    "list": {About.SCOPE, About.WHAT},
    "target": {About.TARGET, About.AMOUNT},
}


def answer(
    topic: Topic, about: str, catalogue: Catalogue, as_of: date, *, facts: Facts | None = None, several: bool = False
) -> Reply:
    """The reply about one topic. `about` is what is asked (a label of the classifier).

    `facts` just told choose among the tracks (那中型呢); `several` things may be asked at once.
    """
    entry = topic.entry
    if isinstance(entry, Measure):
        return _measure(topic, entry, _Asked(about, facts or {}, several), catalogue, as_of)
    points = best_points(topic, entry.points, about, several=several)
    cited = wording.cited(entry, [key for point in points for key in point.cites])
    if isinstance(entry, Channel):
        return _channel(topic, entry, points, catalogue)
    needed = [point.says for point in points] or [point.says for point in entry.points[:1]]
    lines = compose.body(needed, _others_by_likeness(topic, entry.points))
    kind = ReplyKind.CONTACT if about == "who" and entry.departments.lead else ReplyKind.ANSWER
    if kind is ReplyKind.CONTACT:
        lines.insert(0, wording.departments(entry, catalogue) + "。")
    closing = [_overtaken(entry, catalogue, as_of), compose.source(cited, catalogue)]
    return Reply(
        compose.fit(kind, lines, closing),
        kind,
        measures=(entry.id,),
        citations=compose.citations(cited, catalogue),
        buttons=_buttons(entry),
    )


@dataclass(frozen=True)
class _Asked:
    """What is asked: the aspect, facts just told, and whether it is more than one thing."""

    about: str
    facts: Facts
    several: bool


def _overtaken(entry: entries.Entry, catalogue: Catalogue, as_of: date) -> str:
    """A figure of a plan that another plan has replaced is told with that."""
    for citation in entry.cites.values():
        document = catalogue.documents[citation.document]
        if document.superseded and document.superseded <= as_of and document.superseded_by in catalogue.documents:
            heir = catalogue.documents[document.superseded_by]
            return f"注意：该文件自{money.day(document.superseded)}起已由{heir.short}替代。"
    return ""


def best_points(topic: Topic, points: Sequence[Point], about: str, *, several: bool = False) -> list[Point]:
    """The statements that answer the question, best first: at most two, three where several things are asked."""
    by_id = {point.id: point for point in points}
    likes = _LIKE.get(about, {About(about)} if about in {a.value for a in About} else set())
    scored = [
        (score + (SAME_ASPECT if by_id[part].about in likes else 0.0), by_id[part])
        for role, part, score in topic.parts
        if role is not Role.SILENCE and part in by_id
    ]
    scored.sort(key=lambda pair: -pair[0])
    if not scored or scored[0][0] < POINT_FROM:
        return []
    top = scored[0][0]
    near, most = (NEAR_OF_SEVERAL, 3) if several else (NEAR, 2)
    return [point for score, point in scored[:most] if score >= top * near and score >= POINT_FROM]


def _others_by_likeness(topic: Topic, points: Sequence[Point]) -> list[str]:
    """What else an entry says, nearest to the question first; without any likeness, in the order written."""
    by_id = {point.id: point.says for point in points}
    ranked = [by_id[part] for role, part, score in topic.parts if part in by_id and score >= ASIDE_FROM]
    return ranked or list(by_id.values())


def _channel(topic: Topic, entry: Channel, points: Sequence[Point], catalogue: Catalogue) -> Reply:
    needed = [point.says for point in points] or [point.says for point in entry.points[:2]]
    phone = f"电话：{entry.phone}" if entry.phone else ""
    head = [] if needed and any(name in needed[0] for name in (entry.title, *entry.aliases)) else [f"{entry.title}。"]
    cited = wording.cited(entry, [key for point in points for key in point.cites])
    closing = [" ".join(filter(None, (phone, entry.basis or ""))), compose.source(cited, catalogue)]
    return Reply(
        compose.fit(ReplyKind.CONTACT, compose.body([*head, *needed]), closing),
        ReplyKind.CONTACT,
        measures=(entry.id,),
        citations=compose.citations(cited, catalogue),
        buttons=tuple(Button("打开官网", url=entry.url) for _ in [0] if entry.url),
    )


def tracks_in_view(
    topic: Topic, measure: Measure, points: Sequence[Point], catalogue: Catalogue, as_of: date
) -> list[Track]:
    """The tracks the question is about: one it names, itself or through its statement, else those in force, else all."""
    if points and (own := [track for track in measure.tracks if track.id == points[0].track]):
        return own
    named = [t for role, part, score in topic.parts[:1] for t in measure.tracks if t.id == part and role is Role.ASK]
    if named:
        return named
    alive = [t for t in measure.tracks if windows.status(t, measure, catalogue, as_of).in_force]
    return alive or list(measure.tracks)


def _measure(topic: Topic, measure: Measure, asked: _Asked, catalogue: Catalogue, as_of: date) -> Reply:
    about = asked.about
    if isinstance(topic.found, Measure) and topic.found.id != measure.id:
        return _older(topic, topic.found, about, catalogue, as_of)
    points = best_points(topic, measure.points, about, several=asked.several)
    tracks = tracks_in_view(topic, measure, points, catalogue, as_of)
    meant = _meant(tracks, asked.facts, catalogue, as_of)
    if len(meant) < len(tracks):
        points, tracks = [], meant
        about = "amount" if about not in {"until", "who", "how"} else about
    standing = windows.measure_status(measure, catalogue, as_of)
    if len(tracks) == 1:
        standing = windows.status(tracks[0], measure, catalogue, as_of)
    said = _sentences(measure, tracks, points, about, catalogue)
    keys = [key for point in points for key in point.cites] + [track.cite or "" for track in tracks[:1]]
    cited = wording.cited(measure, keys)
    named = _named(measure, said)
    if standing.state in OVER:
        return expired(measure, standing, said, catalogue, as_of, cited)
    if standing.state in {windows.State.NOT_YET, windows.State.NOT_KNOWN}:
        line = f"{measure.title}：{wording.validity(standing, measure, catalogue)}"
        text = compose.fit(ReplyKind.NOT_YET, [line, *said[:1]], [compose.source(cited, catalogue)])
        return Reply(text, ReplyKind.NOT_YET, measures=(measure.id,), citations=compose.citations(cited, catalogue))
    kind = ReplyKind.CONTACT if about == "who" else ReplyKind.ANSWER
    validity = wording.validity(standing, measure, catalogue)
    unconfirmed = standing.state is windows.State.UNCONFIRMED
    lines = [validity, *named] if unconfirmed else named
    before = formerly(topic, catalogue, as_of)
    if about in {"status", "until"} and not unconfirmed:
        # The old rule first: 还是免税的吧 must not be answered by 仍在执行 of what replaced it.
        lines, validity, before = [*filter(None, [before.strip("（）")]), _still(measure, standing), *lines], "", ""
    ask = _whom_to_ask(lines, measure, catalogue)
    closing = [before, "" if unconfirmed else validity, ask, compose.source(cited, catalogue)]
    return Reply(
        compose.fit(kind, lines, closing),
        kind,
        measures=(measure.id,),
        citations=compose.citations(cited, catalogue),
        buttons=_buttons(measure),
    )


def _meant(tracks: list[Track], facts: Facts, catalogue: Catalogue, as_of: date) -> list[Track]:
    """The tracks that facts just told leave possible; all where they rule out none or every one."""
    if not facts or len(tracks) < 2:
        return tracks
    left = [
        one for one in tracks if evaluation.evaluate(one.conditions, facts, catalogue, as_of=as_of).truth is not False
    ]
    return left or tracks


def _older(topic: Topic, old: Measure, about: str, catalogue: Catalogue, as_of: date) -> Reply:
    """An older rule was clearly meant: when it ended, what counts now, what it said."""
    points = best_points(topic, old.points, about)
    said = _sentences(old, old.tracks, points, about, catalogue)
    cited = wording.cited(old, [key for point in points for key in point.cites])
    return expired(old, windows.measure_status(old, catalogue, as_of), said, catalogue, as_of, cited)


_UNWRITTEN = re.compile(r"没有?写|未写")


def _whom_to_ask(lines: Sequence[str], measure: Measure, catalogue: Catalogue) -> str:
    """Where a reply has to say that something is not written, it also says who may know."""
    if not any(_UNWRITTEN.search(line) for line in lines):
        return ""
    return f"没写的部分可拨{wording.hotline(measure, catalogue)}热线问（以官方为准），或转人工。"


def _still(measure: Measure, standing: windows.Standing) -> str:
    if standing.to:
        return f"{measure.title}：仍在执行，到{money.day(standing.to)}截止。"
    return f"{measure.title}：在执行期内，文件未写截止日期。"


def formerly(topic: Topic, catalogue: Catalogue, as_of: date) -> str:
    """One line on the rule that counted before, where the question may have meant it."""
    gone = topics.predecessors(topic, catalogue, as_of)
    if not gone:
        return ""
    old = next((m for m in gone if m.id == topic.found.id), gone[0])
    standing = windows.measure_status(old, catalogue, as_of)
    when = standing.to if standing.state is windows.State.ENDED else standing.since
    document = catalogue.documents[next(iter(old.cites.values())).document]
    verb = "到期" if standing.state is windows.State.ENDED else "起被替代"
    return f"（{document.short}的旧规定已于{money.day(when)}{verb}，不再适用。）" if when else ""


def _named(measure: Measure, lines: list[str]) -> list[str]:
    """The first line names the measure, so that an answer can stand alone."""
    if not lines:
        return [f"{measure.title}：{measure.summary}"]
    head = lines[0]
    if any(name in head for name in (measure.title, *measure.aliases)):
        return lines
    return [f"{measure.title}：{head}" if not head.startswith("·") else f"{measure.title}：\n{head}", *lines[1:]]


def _sentences(
    measure: Measure, tracks: Sequence[Track], points: Sequence[Point], about: str, catalogue: Catalogue
) -> list[str]:
    """What is said about the aspect asked for: statements that answer it, then what the structure says of the aspect."""
    told = [point.says for point in points]
    gains = wording.all_gains(measure, tracks, catalogue)
    match about:
        case "who":
            who = wording.departments(measure, catalogue)
            phone = wording.hotline(measure, catalogue)
            return compose.body(
                [f"{measure.title}{who}。" if who else "", *told[:2]], [f"咨询可拨{phone}（以官方为准）。"]
            )
        case "how" | "materials":
            steps = [measure.how_to or "", wording.DELIVERY.get(measure.delivery, "")]
            who = wording.departments(measure, catalogue)
            return compose.body(
                [*told, *([] if told else steps[:1])], [*steps, f"{who}。" if who else "", measure.summary]
            )
        case "conditions" | "audience" | "qualify":
            return compose.body([*told, *([] if told else [needs(tracks)])], [needs(tracks), gains, measure.summary])
        case "amount" | "compute":
            return compose.body(told or [gains], [gains, measure.summary])
        case _:
            return compose.body(told or [measure.summary], [measure.summary, gains])


def needs(tracks: Sequence[Track]) -> str:
    """Who qualifies, track by track."""
    lines = []
    for track in tracks:
        wanted = wording.requirements(track.conditions)
        checks = wording.caveats(track.conditions)
        note = f"（{'、'.join(dict.fromkeys(checks))}）" if checks else ""
        if wanted or note:
            lines.append(f"{'· ' + track.label + '：' if len(tracks) > 1 else '条件：'}{wanted}{note}。")
    return "\n".join(lines)


def expired(
    measure: Measure,
    standing: windows.Standing,
    said: Sequence[str],
    catalogue: Catalogue,
    as_of: date,
    cited: Sequence[entries.Citation],
) -> Reply:
    """The rule asked about has ended: when, what applies instead, and what it was."""
    heir = windows.current(measure, catalogue, as_of)
    lines = [f"{measure.title}：{wording.validity(standing, measure, catalogue)}"]
    all_cited = list(cited)
    if heir and heir.id != measure.id:
        new = windows.measure_status(heir, catalogue, as_of)
        lines.append(f"现行规定：{heir.summary}{wording.validity(new, heir, catalogue)}")
        all_cited = [*wording.cited(heir), *cited]
    elif later := _unproven(measure, catalogue, as_of):
        heir = later
        new = windows.measure_status(later, catalogue, as_of)
        lines.append(f"后来的规定：{later.summary}{wording.validity(new, later, catalogue)}")
        all_cited = [*wording.cited(later), *cited]
    else:
        lines.append(f"没有查到接续政策，可问{wording.contact(measure, catalogue)}，或转人工。")
    lines += [f"当时的规定：{line}" for line in said[:1]]
    return Reply(
        compose.fit(ReplyKind.EXPIRED, lines, [compose.source(all_cited, catalogue)]),
        ReplyKind.EXPIRED,
        measures=(measure.id, *([heir.id] if heir and heir.id != measure.id else [])),
        citations=compose.citations(all_cited, catalogue),
        buttons=(Button("转人工", "human"),),
    )


def _unproven(measure: Measure, catalogue: Catalogue, as_of: date) -> Measure | None:
    """The rule that came after, where nobody could confirm that it still runs."""
    later = catalogue.measures.get(measure.superseded.by) if measure.superseded else None
    if later and windows.measure_status(later, catalogue, as_of).state is windows.State.UNCONFIRMED:
        return later
    return None


def _buttons(entry: entries.Entry) -> tuple[Button, ...]:
    if not isinstance(entry, Measure):
        return ()
    asked = any(leaf.fact for track in entry.tracks for leaf in conditions.leaves(track.conditions))
    check = (Button("我能享受吗", f"check:{entry.id}"),) if asked else ()
    return (*check, Button("怎么办", f"how:{entry.id}"), Button("转人工", "human"))
