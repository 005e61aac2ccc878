"""An accepted proposal as a draft: a copy of the whole catalogue with the one change in it, for `kb check` and `kb diff`.

The catalogue in force is never touched. A keeper rewrites the draft, fills in its source, and moves it over by hand.
"""

import re
import shutil
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import kb_drafts
from policy_kb.catalogues import Catalogue

FILL_IN = "待填"
LONGEST = 150
_POINTS = re.compile(r"^points:[ \t]*(\[\])?[ \t]*\n", re.MULTILINE)


class AlreadyDraftedError(Exception):
    """这条提议已经有草稿了；要重做，先把那个目录移走"""


@dataclass(frozen=True)
class Draft:
    """What a keeper is to make an entry of. `name`: an id such as hd-20261121-0007; `cite`: a key of the measure."""

    name: str
    question: str
    answer: str
    measure: str | None
    department: str | None
    cite: str = ""


def write(draft: Draft, known: Catalogue, source: Path, home: Path) -> tuple[Path, Path]:
    """Copy the catalogue at `source` and put the draft in. Returns the copy and the file that differs.

    Raises AlreadyDraftedError. `known`: the catalogue loaded from `source`.
    """
    folder = home / "drafts" / "proposals" / draft.name / "catalogue"
    if folder.exists():
        raise AlreadyDraftedError(f"{AlreadyDraftedError.__doc__}：{folder}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, folder)
    place = known.places.get(f"Measure:{draft.measure}")
    if place is not None:
        path = folder.parent / place[0].file.replace(f"{source.name}/", "catalogue/", 1)
        path.write_text(_with_point(path.read_text(encoding="utf-8"), draft), encoding="utf-8")
        return folder, path
    path = folder / "measures" / "governance" / f"{draft.name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{_remark(draft)}\n{kb_drafts.dump(_measure(draft))}", encoding="utf-8")
    return folder, path


def _remark(draft: Draft) -> str:
    answer = textwrap.indent(draft.answer, "# ", lambda _: True)
    head = (
        f"# 草稿，来自工单 {draft.name.upper()}：改写成大白话，补上依据（文件、条款、原话），核对后再发布。当时的答复："
    )
    return f"{head}\n{answer}"


def _with_point(text: str, draft: Draft) -> str:
    """The measure's file with one more point, first of all."""
    point = {
        "id": draft.name,
        "about": "what",
        "says": _short(draft.answer),
        "asks": [draft.question],
        "cites": [draft.cite or FILL_IN],
    }
    found = _POINTS.search(text)
    rest = text[found.end() :] if found else ""
    first = re.match(r"(?:[ \t]*#.*\n|\s*\n)*([ \t]*)- ", rest)
    margin = first[1] if first else "  "
    item = textwrap.indent(f"{_remark(draft)}\n{kb_drafts.dump([point])}", margin)
    if found is None:
        return f"{text.rstrip()}\npoints:\n{item}"
    return f"{text[: found.start()]}points:\n{item}{rest}"


def _measure(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.name,
        "title": draft.question[:40],
        "category": "governance",
        "kind": "service",
        "status": "draft",
        "level": "kunming",
        "summary": f"（草稿，待改写）{_short(draft.answer, 100)}",
        "departments": {"lead": [draft.department] if draft.department else []},
        "cites": {"text": {"document": FILL_IN, "clause": FILL_IN, "evidence": []}},
        "tracks": [{"id": "all", "label": FILL_IN}],
        "points": [
            {"id": "answer", "about": "what", "says": _short(draft.answer), "asks": [draft.question], "cites": ["text"]}
        ],
        "questions": [draft.question],
    }


def _short(text: str, most: int = LONGEST) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
