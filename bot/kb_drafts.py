"""Writes the drafts of a new document as files that a person finishes and moves into the catalogue."""

from pathlib import Path
from typing import Any

import yaml

from policy_kb import drafting, sources

_HEAD = "# 草稿，由 kb draft 从原文切出：逐项核对、改写成大白话、补条件和问法，再移入 measures/。不要直接使用。\n"


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as the catalogue does."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def dump(raw: Any) -> str:
    """As YAML, the way the catalogue is written."""
    return yaml.dump(raw, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def write(draft: drafting.Draft, folder: Path) -> list[Path]:
    """Write the document's entry and one file a proposal into `folder`. Returns the files of the proposals."""
    (folder / "measures").mkdir(parents=True, exist_ok=True)
    (folder / "documents.yml").write_text(_HEAD + dump([draft.document]), encoding="utf-8")
    paths = []
    for proposal in draft.proposals:
        path = folder / "measures" / f"{proposal.raw['id']}.yml"
        place = " ".join(filter(None, (proposal.clause.section, sources.canonical(proposal.clause.number))))
        told = f"# {place}，原文第 {proposal.clause.line} 行；责任单位：{'、'.join(proposal.departments) or '没写'}\n"
        path.write_text(_HEAD + told + dump(proposal.raw), encoding="utf-8")
        paths.append(path)
    return paths
