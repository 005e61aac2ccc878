"""Buttons and slash commands: the same few things a thumb or a slash can ask for."""

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from handlers import (
    acts,
    answers,
    calendar,
    campaigns,
    dates,
    dialog,
    handoff,
    lists,
    memory,
    overview,
    profile,
    subscriptions,
)
from handlers.person import Person
from handlers.reply import Reply
from handlers.session import Session
from handlers.topics import Topic
from handlers.turn import Forget, Message, Turn
from policy_kb import windows
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Gap, Measure

if TYPE_CHECKING:
    from handlers.conversation import Conversation

_ORDINAL = re.compile(r"^(?:第|选|要)?([1-9一二三四五六七八九])(?:个|条|项|号)?[。.]?$")
_DIGITS = {char: i for i, char in enumerate("一二三四五六七八九", 1)}


def typed(talk: "Conversation", text: str, session: Session, as_of: date, person: Person) -> Turn | None:
    """A slash command, or None. Unknown ones are left to be read as text."""
    if not text.startswith("/"):
        return None
    name, _, rest = text[1:].partition(" ")
    match name.split("@")[0].lower():
        case "start" if rest.startswith("measure_"):
            return pressed(talk, f"m:{rest.removeprefix('measure_')}", session, as_of, person)
        case "start" | "help":
            kept = session.model_dump(include={"turn", "facts", "enterprise", "asked_to_keep"})
            return Turn(acts.greeting(), Session.model_validate(kept))
        case "policies":
            return Turn(lists.categories(talk.catalogue, as_of), session)
        case "check":
            return pressed(talk, "check_all", session, as_of, person)
        case "human":
            return pressed(talk, "human", session, as_of, person)
        case "profile":
            return profile.pressed("show", session, person, talk.catalogue)
        case "subscribe":
            return pressed(talk, "sub", session, as_of, person)
        case "calendar":
            return pressed(talk, "cal", session, as_of, person)
        case "forget":
            return Turn(profile.forgotten(), Session(), (Forget(),))
    return None


def chosen(text: str, session: Session) -> str | None:
    """The action behind 2 or 第二个, where the last reply offered choices."""
    named = next((option.action for option in session.options if option.label == text.strip()), None)
    found = _ORDINAL.match(text.strip())
    if named or not found:
        return named
    number = _DIGITS.get(found[1]) or int(found[1])
    return session.options[number - 1].action if number <= len(session.options) else None


def pressed(talk: "Conversation", action: str, session: Session, as_of: date, person: Person) -> Turn:
    """What a button does, also one below a campaign's message."""
    click = campaigns.clicked(action)
    if click is None:
        return _pressed(talk, action, session, as_of, person)
    turn = _pressed(talk, click.action, session, as_of, person)
    return replace(turn, effects=(*turn.effects, click.effect))


def _pressed(talk: "Conversation", action: str, session: Session, as_of: date, person: Person) -> Turn:
    """A button of an older catalogue that leads nowhere any more says so."""
    verb, _, rest = action.partition(":")
    catalogue = talk.catalogue
    given = (verb, rest, session, catalogue, as_of, person)
    if (settled := _settling(*given) or _unasked(*given)) is not None:
        return settled
    match verb:
        case "human":
            return Turn(acts.handoff("asked"), session, (handoff.ask(session, catalogue, talk.mind, rest or "asked"),))
        case "say":
            return talk.hold(Message(text=rest), session, as_of, person)
        case "ics" if rest in catalogue.measures:
            return Turn(dates.calendar_file(catalogue.measures[rest], catalogue, as_of), session)
        case "pic" if (drawn := dates.timeline(rest, catalogue, as_of)) is not None:
            return Turn(drawn, session)
        case "list":
            return Turn(lists.of_category(rest, session, catalogue, as_of), session)
        case "check" | "how" | "m" if rest in catalogue.entries:
            return Turn(_entry(verb, rest, session, catalogue, as_of), session)
    return Turn(acts.stale_button(), session)


def _entry(verb: str, name: str, session: Session, catalogue: Catalogue, as_of: date) -> Reply:
    """An entry opened by its button: what it is, how to get it, or whether one qualifies."""
    entry = catalogue.entries[name]
    if isinstance(entry, Gap):
        return acts.gap(entry, catalogue)
    if isinstance(entry, Measure) and verb == "m":
        entry = windows.current(entry, catalogue, as_of) or entry
    about = "how" if verb == "how" else "what"
    topic = Topic(entry, entry, 1.0, 1.0)
    memory.focus(session, topic, about)
    if isinstance(entry, Measure) and verb == "check":
        return dialog.begin(entry, session, catalogue, as_of)
    return answers.answer(topic, about, catalogue, as_of)


def _unasked(verb: str, rest: str, session: Session, catalogue: Catalogue, as_of: date, person: Person) -> Turn | None:
    """Buttons below messages that nobody asked for, and what decides about such messages."""
    name, _, answer = rest.partition(":")
    match verb:
        case "cal":
            return Turn(calendar.show(session, person, catalogue, as_of), session)
        case "am" if name in catalogue.measures:  # the answer to the question such a message asked
            measure = catalogue.measures[name]
            memory.focus(session, Topic(measure, measure, 1.0, 1.0), "qualify")
            dialog.begin(measure, session, catalogue, as_of)
            return Turn(dialog.button("a", answer, session, catalogue, as_of), session)
    return subscriptions.pressed(verb, rest, session, person, catalogue, as_of)


def _settling(verb: str, rest: str, session: Session, catalogue: Catalogue, as_of: date, person: Person) -> Turn | None:
    """Buttons of the dialogs that settle what somebody can have, and of the profile."""
    waited, session.waiting = session.waiting, None
    match verb:
        case "a" if waited and rest.partition(":")[0] == waited:
            return profile.chosen(rest, session, person, catalogue)
        case "a" | "why" | "skip" | "stop":
            return Turn(dialog.button(verb, rest, session, catalogue, as_of), session)
        case "resume":
            return Turn(dialog.resume(session, catalogue, as_of), session)
        case "edit":
            anew = dialog.ask_anew(rest, session, catalogue, as_of) if rest else dialog.edit(session, catalogue)
            return Turn(anew, session)
        case "check_all":
            return Turn(overview.begin(session, catalogue, as_of), session)
        case "ov":
            return Turn(overview.pressed(rest, session, catalogue, as_of), session)
        case "pf":
            return profile.pressed(rest, session, person, catalogue)
    return None
