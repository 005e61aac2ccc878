"""Who is responsible, as the brackets at the end of a clause print it: （责任单位：省财政厅、省税务局按照职责分工负责）."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from policy_kb import sources
from policy_kb.catalogues import Catalogue
from policy_kb.entries import Channel

_ENDS_AS_BODY = re.compile(
    "(局|厅|委|办|部|署|行|院|会|社|政府|海关|中心|部门|单位|公司|妇联|工商联|总队|支队|高校|开发区|新区|园区|集团"
    "|小组|成员)等?$"
)
_DUTY = re.compile(
    r"(按照?(各自)?职责(分工)?(负责|落实|配合)*|牵头负责|分工负责|具体负责|共同负责|牵头|配合|负责|落实|参与|组织实施)+$"
)
_LABEL = re.compile(r"^(责任单位|牵头单位|配合单位|责任部门|实施单位)[:]")
_TAIL = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)[。;]?$")


@dataclass(frozen=True)
class Responsible:
    """Departments as printed: those that lead (牵头, or alone 负责), and all in their order."""

    lead: tuple[str, ...]
    all: tuple[str, ...]


def tail(text: str) -> str | None:
    """The words in the brackets that close a clause, where they name somebody."""
    found = _TAIL.search(sources.plain(text))
    return found[1] if found and printed(text).all else None


def printed(text: str) -> Responsible:
    """The departments named at the end of a clause; empty where it names none."""
    closing = _TAIL.search(sources.plain(text))
    if closing is None:
        return Responsible((), ())
    inside = re.split(r";完成时限", closing[1])[0]
    lead: list[str] = []
    found: list[str] = []
    group: list[str] = []
    for part in re.split(r"(?<!\()[、,;]", _LABEL.sub("", inside)):
        name = _DUTY.sub("", _LABEL.sub("", part.strip()))
        pieces = re.split(r"(?<=[局厅委办府])(?:和|及)(?=[市省县各])", name)
        group += [piece for piece in pieces if _ENDS_AS_BODY.search(piece)]
        if duty := _DUTY.search(part):
            if "牵头" in duty[0]:
                lead += group
            found += group
            group = []
    found += group
    names = tuple(dict.fromkeys(re.sub("等(部门|单位)?$", "", name) for name in found))
    return Responsible(tuple(lead) or names[:1], names)


def names_of(channel: Channel) -> set[str]:
    """How a department may be printed: 昆明市财政局, 市财政局 and its aliases."""
    told = {channel.title, *channel.aliases}
    return {
        sources.plain(form)
        for name in told
        for form in (name, name.replace("昆明市", "市", 1), name.replace("云南省", "省", 1))
    }


def channels(names: Iterable[str], catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """Ids of the departments printed, and the names that no channel has."""
    known = {form: channel.id for channel in catalogue.channels.values() for form in names_of(channel)}
    ids: list[str] = []
    unknown: list[str] = []
    for name in names:
        found = known.get(sources.plain(name)) or known.get("昆明" + sources.plain(name))
        if found:
            ids.append(found)
        else:
            unknown.append(name)
    return list(dict.fromkeys(ids)), unknown
