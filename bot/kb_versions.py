"""Versions of the catalogue: revisions in git, and the snapshots that were published here.

A version is proposed by one person and approved by another; what is in force is named by one small file, replaced in
one step, so that a running process sees either the old or the new one. Nothing is ever deleted.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from policy_kb import loader

PROJECT = Path(__file__).resolve().parent.parent


class NoSuchVersionError(Exception):
    """There is no folder, git revision or published version of that name."""


class PublishError(Exception):
    """The version cannot be published."""


@contextmanager
def at(reference: str, home: Path) -> Iterator[Path]:
    """The catalogue folder of a path, a published version or a git revision. Raises NoSuchVersionError."""
    published = _snapshot(home, reference)
    if Path(reference, "documents.yml").is_file():
        yield Path(reference)
    elif published.is_dir():
        yield published
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield _from_git(reference, Path(folder))


def _from_git(revision: str, folder: Path) -> Path:
    inside = loader.CATALOGUE_DIR.relative_to(PROJECT).as_posix()
    command = ["git", "-C", str(PROJECT), "archive", "--format=tar", "--end-of-options", revision, inside]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell, and git is ours
    if done.returncode:
        raise NoSuchVersionError(f"{revision!r} 不是目录，不是发布过的版本，也不是 git 里有知识库的版本")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / inside


@dataclass(frozen=True)
class Act:
    """Who did what to which version, when."""

    act: str  # proposed, approved, rolled back
    version: str
    by: str
    at: str


def _folder(home: Path) -> Path:
    return home / "kb"


def _snapshot(home: Path, version: str) -> Path:
    return _folder(home) / "versions" / Path(version).name / "catalogue"


def _current_file(home: Path) -> Path:
    return _folder(home) / "current"


def history(home: Path) -> list[Act]:
    """All acts, oldest first."""
    path = _folder(home) / "history.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Act(**json.loads(line)) for line in lines]


def _note(home: Path, act: str, version: str, by: str, now: datetime) -> None:
    with (_folder(home) / "history.jsonl").open("a", encoding="utf-8") as book:
        record = Act(act, version, by, now.isoformat(timespec="seconds"))
        book.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")


def current(home: Path) -> str | None:
    """The published version in force, None where nothing was published yet."""
    path = _current_file(home)
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def folder(home: Path) -> Path:
    """The catalogue to answer from: the published one, else that of the repository."""
    version = current(home)
    return _snapshot(home, version) if version else loader.CATALOGUE_DIR


def propose(source: Path, by: str, home: Path, now: datetime) -> str:
    """Keep a snapshot of a catalogue for approval. Returns its version. Raises CatalogueError where it has mistakes."""
    version = loader.load(source).version
    target = _snapshot(home, version)
    if not target.exists():
        target.parent.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent.parent) as half:
            shutil.copytree(source, Path(half) / "copy" / "catalogue")
            (Path(half) / "copy").rename(target.parent)
    _note(home, "proposed", version, by, now)
    return version


def approve(version: str, by: str, home: Path, now: datetime) -> None:
    """Put a proposed version in force. Raises PublishError for the proposer himself, or where nothing was proposed."""
    proposers = [act.by for act in history(home) if act.version == version and act.act == "proposed"]
    if not proposers or not _snapshot(home, version).is_dir():
        raise PublishError(f"没有提出过版本 {version}：先由一人运行 kb publish --by 姓名")
    if by == proposers[-1]:
        raise PublishError(f"版本 {version} 是 {by} 提出的，要由另一个人批准")
    loader.load(_snapshot(home, version))
    _point(home, version)
    _note(home, "approved", version, by, now)


def roll_back(by: str, home: Path, now: datetime) -> str:
    """Put the version in force that was in force before the present one. Returns it. Raises PublishError if none was."""
    line: list[str] = []
    for act in history(home):
        if act.act == "approved" and (not line or line[-1] != act.version):
            line.append(act.version)
        elif act.act == "rolled back" and len(line) > 1:
            line.pop()
    if len(line) < 2:
        raise PublishError("前面没有发布过别的版本，退不回去")
    _point(home, line[-2])
    _note(home, "rolled back", line[-2], by, now)
    return line[-2]


def _point(home: Path, version: str) -> None:
    fresh = _current_file(home).with_suffix(".new")
    fresh.write_text(version + "\n", encoding="utf-8")
    os.replace(fresh, _current_file(home))  # noqa: PTH105 - one step, over the old one


class Follower:
    """Tells a running process when another version has come into force."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._seen = current(home)

    def changed(self) -> Path | None:
        """The folder to load from now on, once after each change; None while nothing changed. Costs one small read."""
        version = current(self._home)
        if version == self._seen:
            return None
        self._seen = version
        return folder(self._home)
