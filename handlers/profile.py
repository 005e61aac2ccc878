"""The enterprise's profile: shown, changed fact by fact, kept with consent, one of several, forgotten."""

import re
from collections.abc import Mapping
from dataclasses import replace

from handlers import asking, compose, keeping, memory, payloads
from handlers.keeping import ChangeEnterprise, DropEnterprise, EnterpriseEffect, KeepEnterprise, SwitchEnterprise
from handlers.person import Enterprise, Person
from handlers.reply import Button, Reply, ReplyKind
from handlers.session import Session, Told
from handlers.turn import Turn
from nlu import fact_reading
from nlu.understanding import Understanding
from policy_kb import values, wording
from policy_kb.catalogues import Catalogue
from policy_kb.facts import Fact, Unknown
from storage import masking

KEEP = Button("记住我的情况", "pf:keep")
OFFER = "要我记住这些、下次不再问吗？点“记住我的情况”，随时能改能删。"
ENOUGH = 2
"""Facts told from which keeping them is worth a question."""
MOST = 20
"""Enterprises one person may keep (as in the database)."""
LONGEST_NAME = 30
BUTTONS = 24
"""Facts offered as buttons at once."""
NAME, NEW = "name", "new"
_NO_NAME = re.compile(r"[吗么呢？?/]|怎么|多少|什么|哪|^(算了|取消|不用)")


def offered(reply: Reply, session: Session, person: Person) -> Reply:
    """The reply with the question for consent: once, where facts were told and something came of them."""
    came = reply.verdict is not None or reply.kind is ReplyKind.COMPUTE
    enough = len(keeping.known(session)) >= ENOUGH
    if not (came and enough and person.may_keep and person.enterprise is None) or session.asked_to_keep:
        return reply
    session.asked_to_keep = True
    return replace(reply, text=compose.added(reply, OFFER), buttons=(*reply.buttons, KEEP))


def show(session: Session, person: Person, catalogue: Catalogue, lead: str = "") -> Reply:
    """What is known of the enterprise, in words, and what can be done with it."""
    facts = {name: told for name, told in keeping.known(session).items() if _is_valid(told, name, catalogue)}
    kept = person.enterprise if session.enterprise is not None else None
    head = (
        f"“{title(kept, person)}”的情况（{_saved(facts)}，下次不再问）："
        if kept
        else "您告诉过我的情况（只在这次对话里用）："
    )
    lines = [f"· {_line(catalogue.facts[name], told)}" for name, told in facts.items()]
    if not facts:
        head = f"“{title(kept, person)}”还没有记下什么。" if kept else "还没有记下您的企业情况。"
        lines = ["直接说就行，例如“开火锅店的，二十来个员工，没裁过人”。"]
    closing = ["说错的直接改，例如“不对，是35个人”；/forget 全部删除。"] if facts else []
    buttons = _buttons(kept, person, some=bool(facts))
    return Reply(compose.fit(ReplyKind.LIST, [lead, head, *lines] if lead else [head, *lines], closing),
                 ReplyKind.LIST, buttons=buttons)  # fmt: skip


def _line(fact: Fact, told: Told) -> str:
    return f"{fact.label}：{wording.fact_value(fact, values.from_json(told.value))}"


def _saved(facts: Mapping[str, Told]) -> str:
    latest = max((told.at for told in facts.values()), default="")
    return f"已保存，{latest}更新" if latest else "已保存"


def _is_valid(told: Told, name: str, catalogue: Catalogue) -> bool:
    return name in catalogue.facts and values.belongs(values.from_json(told.value), catalogue.facts[name])


def _buttons(kept: Enterprise | None, person: Person, *, some: bool) -> tuple[Button, ...]:
    change = (Button("改一项", "pf:edit"), Button("删一项", "pf:del")) if some else ()
    if kept is None:
        return (*change, KEEP) if some and person.may_keep else change
    others = (Button("换一家", "pf:switch"),) if len(person.enterprises) > 1 else ()
    return (*change, Button("改名", "pf:name"), Button("加一家企业", "pf:new"), *others, Button("忘掉这家", "pf:drop"))


def title(kept: Enterprise, person: Person) -> str:
    """What an enterprise is called; one without a name by its place."""
    if kept.name:
        return kept.name
    place = next((i for i, one in enumerate(person.enterprises, 1) if one.number == kept.number), 1)
    return "我的企业" if len(person.enterprises) == 1 else f"企业{place}"


def pressed(rest: str, session: Session, person: Person, catalogue: Catalogue) -> Turn:
    """A button of the profile. `rest`: what stands behind pf:."""
    verb, _, what = rest.partition(":")
    session.waiting = None
    match verb:
        case "keep":
            return _keep(session, person, catalogue)
        case "edit" if what in catalogue.facts:
            return Turn(_asked_anew(catalogue.facts[what], session), session)
        case "edit" | "del" if not what:
            return Turn(_choose(verb, session, catalogue), session)
        case "del" if what in session.facts:
            return _delete(what, session, person, catalogue)
        case "name" | "new" if person.enterprise is not None:
            return _ask_name(verb, session, person)
        case "switch":
            return _switch(what, session, person, catalogue)
        case "drop" if person.enterprise is not None:
            return _drop(what, session, person)
    return Turn(show(session, person, catalogue), session)


def _keep(session: Session, person: Person, catalogue: Catalogue) -> Turn:
    if person.enterprise is not None:
        return Turn(show(session, person, catalogue, "已经记着了。"), session)
    if not person.may_keep:
        return Turn(Reply("这里不能长期保存。请到和我的私聊里说，就能记住。", ReplyKind.GREETING), session)
    facts = keeping.known(session)
    session.asked_to_keep, session.enterprise = True, keeping.JUST_KEPT
    said = [
        memory.plainly(catalogue.facts[name], values.from_json(told.value))
        for name, told in facts.items()
        if _is_valid(told, name, catalogue)
    ]
    text = f"记住了：{'、'.join(said[:8])}{'等' if len(said) > 8 else ''}。以后不再问这些；/profile 随时看、改、删。"
    reply = Reply(text, ReplyKind.GREETING, buttons=(Button("看我的情况", "pf:show"),))
    return Turn(reply, session, (KeepEnterprise(facts=facts),))


def _asked_anew(fact: Fact, session: Session) -> Reply:
    session.waiting, session.options = fact.id, []
    now = session.facts.get(fact.id)
    was = f"（现在记的是：{wording.fact_value(fact, values.from_json(now.value))}）" if now else ""
    return Reply(
        f"请问：{fact.question}{was}",
        ReplyKind.ELIGIBILITY,
        buttons=(*asking.choices(asking.plain(fact)), Button("不改了", "pf:show")),
    )


def _choose(verb: str, session: Session, catalogue: Catalogue) -> Reply:
    names = [name for name, told in keeping.known(session).items() if _is_valid(told, name, catalogue)][:BUTTONS]
    if not names:
        return Reply("还没有记下您的企业情况，直接说就行。", ReplyKind.CLARIFY)
    word = "改" if verb == "edit" else "删"
    buttons = tuple(Button(catalogue.facts[name].label[:16], f"pf:{verb}:{name}") for name in names)
    return Reply(f"要{word}哪一项？", ReplyKind.CLARIFY, buttons=(*buttons, Button("都不用", "pf:show")))


def _delete(name: str, session: Session, person: Person, catalogue: Catalogue) -> Turn:
    del session.facts[name]
    kept = person.enterprise
    effects: tuple[EnterpriseEffect, ...] = ()
    if kept is not None and session.enterprise == kept.number:
        effects = (ChangeEnterprise(kept.number, dropped=(name,)),)
    label = catalogue.facts[name].label if name in catalogue.facts else name
    return Turn(show(session, person, catalogue, f"已删除：{label}。"), session, effects)


def _ask_name(verb: str, session: Session, person: Person) -> Turn:
    if verb == NEW and len(person.enterprises) >= MOST:
        return Turn(Reply(f"最多记{MOST}家企业，先忘掉一家再加。", ReplyKind.CLARIFY), session)
    session.waiting = verb
    text = "新加的企业叫什么？发个名字或简称给我。" if verb == NEW else "改成什么名字？发给我就行。"
    return Turn(Reply(text, ReplyKind.CLARIFY, buttons=(Button("算了", "pf:show"),)), session)


def named(text: str, session: Session, person: Person, catalogue: Catalogue) -> Turn | None:
    """The name just asked for. None where the message is something else: then nobody waits for a name any more."""
    verb, kept = session.waiting, person.enterprise
    if verb not in {NAME, NEW}:
        return None
    session.waiting = None
    name = masking.mask(text.strip().strip("“”\"'《》"))
    if kept is None or not name or len(name) > LONGEST_NAME or _NO_NAME.search(name):
        return None
    if verb == NAME:
        after = replace(person, enterprises=tuple(
            replace(one, name=name) if one.number == kept.number else one for one in person.enterprises
        ))  # fmt: skip
        reply = show(session, after, catalogue, f"好，改叫“{name}”。")
        return Turn(reply, session, (ChangeEnterprise(kept.number, name=name),))
    session.facts, session.enterprise, session.dialog = {}, keeping.JUST_KEPT, None
    text = f"好，现在说的是“{name}”。说说它的行业、人数、有没有裁员，我来记；/profile 可以换回原来那家。"
    return Turn(Reply(text, ReplyKind.GREETING), session, (KeepEnterprise(name=name),))


def _switch(what: str, session: Session, person: Person, catalogue: Catalogue) -> Turn:
    chosen = next((one for one in person.enterprises if str(one.number) == what), None)
    if chosen is None:
        others = [one for one in person.enterprises if one.number != person.active]
        buttons = tuple(Button(title(one, person)[:20], f"pf:switch:{one.number}") for one in others[:BUTTONS])
        text = "换成哪一家？" if others else "只记了一家企业。"
        return Turn(Reply(text, ReplyKind.CLARIFY, buttons=(*buttons, Button("不换", "pf:show"))), session)
    session.facts, session.enterprise, session.dialog = dict(chosen.facts), chosen.number, None
    after = replace(person, active=chosen.number)
    reply = show(session, after, catalogue, f"好，现在说的是“{title(chosen, person)}”。")
    return Turn(reply, session, (SwitchEnterprise(chosen.number),))


def _drop(what: str, session: Session, person: Person) -> Turn:
    kept = person.enterprise
    if kept is None or what != str(kept.number):
        number = kept.number if kept else 0
        text = f"忘掉“{title(kept, person) if kept else ''}”？它的情况会全部删除。"
        return Turn(Reply(text, ReplyKind.CLARIFY, buttons=(
            Button("确定忘掉", f"pf:drop:{number}"), Button("不用了", "pf:show")
        )), session)  # fmt: skip
    session.facts, session.enterprise, session.dialog = {}, None, None
    left = keeping.without(person, kept.number).enterprise
    rest = f"现在说的是“{title(left, person)}”。" if left else ""
    return Turn(Reply(f"已忘掉“{title(kept, person)}”。{rest}", ReplyKind.GREETING), session,
                (DropEnterprise(kept.number),))  # fmt: skip


def answered(said: Understanding, session: Session, person: Person, catalogue: Catalogue) -> Turn | None:
    """The answer in words to a fact picked in the profile. None where the message is something else."""
    fact = catalogue.facts.get(session.waiting or "")
    session.waiting = None
    if fact is None:
        return None
    reading = (said.told or {}).get(fact.id) or fact_reading.answer(fact, said.text, said.quantities)
    if reading is None:
        return None
    memory.learn(session, said.told or {}, catalogue)
    memory.tell(session, fact.id, reading.value, reading.words)
    return told(fact, session, person, catalogue)


def chosen(rest: str, session: Session, person: Person, catalogue: Catalogue) -> Turn:
    """The answer by button to a fact picked in the profile. `rest`: fact:value."""
    name, _, value = rest.partition(":")
    fact = catalogue.facts.get(name)
    if fact is None:
        return Turn(show(session, person, catalogue, "这一项已经更新，不用改了。"), session)
    try:
        memory.tell(session, name, payloads.decode(fact, value))
    except payloads.StalePayloadError:
        return Turn(_asked_anew(fact, session), session)
    return told(fact, session, person, catalogue)


def told(fact: Fact, session: Session, person: Person, catalogue: Catalogue) -> Turn:
    """A fact picked in the profile was answered: the profile as it is now. 不清楚 takes the fact out of it."""
    if isinstance(values.from_json(session.facts[fact.id].value), Unknown):
        return _delete(fact.id, session, person, catalogue)
    return Turn(show(session, person, catalogue, "已改好。"), session)


def forgotten() -> Reply:
    """Everything about the owner is gone."""
    return Reply(
        "已删除您的资料、企业情况、对话记录和未办结的说明。",
        ReplyKind.GREETING,
        buttons=(Button("重新开始", "say:你好"),),
    )
