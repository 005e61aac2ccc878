"""Files and pictures that go with a reply."""

import io
from datetime import date
from pathlib import Path

import matplotlib.image
import pytest
from rich.console import Console

from bot import chat, kb_pictures, pictures
from handlers.reply import File, Reply, ReplyKind, Timeline
from tests.fakes.catalogue import catalogue, measure

DAY = date(2022, 9, 20)
KNOWN = catalogue(
    measure("a", title="用工补贴", in_force={"to": "2022-12-31"}),
    measure("b", title="用工补贴（续）", in_force={"from": "2022-10-01"}),
)


def asked(*names: str) -> Reply:
    return Reply("见图", ReplyKind.LIST, picture=Timeline("用工补贴", names, DAY))


def test_a_picture_is_drawn_once_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    painter = pictures.Painter()
    first = painter.attached(asked("a", "b"), KNOWN)
    assert first is not None
    assert first.picture
    image = matplotlib.image.imread(io.BytesIO(first.data))
    assert image.shape[1] == 1080  # as wide as a phone
    assert image.std() > 0
    monkeypatch.setattr(kb_pictures, "phone", lambda *given: pytest.fail("drawn again"))
    assert painter.attached(asked("a", "b"), KNOWN) == first


def test_only_so_many_pictures_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draw(title: str, *rest: object) -> bytes:
        drawn.append(title)
        return b"png"

    monkeypatch.setattr(kb_pictures, "phone", draw)
    painter = pictures.Painter()
    for number in [*range(pictures.MOST + 1), pictures.MOST, 0]:
        painter.attached(Reply("", ReplyKind.LIST, picture=Timeline(str(number), ("a",), DAY)), KNOWN)
    assert len(drawn) == pictures.MOST + 2
    assert drawn[-1] == "0"


def test_a_picture_that_cannot_be_drawn_is_left_out() -> None:
    assert pictures.Painter().attached(asked("gone"), KNOWN) is None
    assert pictures.Painter().attached(asked("a"), None) is None


def test_a_file_goes_along_as_it_is() -> None:
    sent = pictures.Painter().attached(Reply("", ReplyKind.ANSWER, file=File("a.ics", b"BEGIN")), None)
    assert sent is not None
    assert (sent.name, sent.data, sent.picture) == ("a.ics", b"BEGIN", False)


def test_days_are_written_as_printed_and_no_beginning_is_made_up() -> None:
    written = {bar.label: bar.days for _, found in kb_pictures.bars(KNOWN, DAY) for bar in found}
    assert written == {"用工补贴": "至2022-12-31", "用工补贴（续）": "2022-10-01起，未写截止日期"}


def test_the_terminal_lays_files_into_a_folder_and_says_where(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=400)
    assert isinstance(console.file, io.StringIO)
    chat._lay_down(console, Reply("", ReplyKind.ANSWER, file=File("a.ics", b"BEGIN")), None, tmp_path / "files")
    assert (tmp_path / "files" / "a.ics").read_bytes() == b"BEGIN"
    assert str(tmp_path / "files" / "a.ics") in console.file.getvalue()
    chat._lay_down(
        console, Reply("", ReplyKind.ANSWER, file=File("b.ics", b"BEGIN")), None, tmp_path / "files" / "a.ics"
    )
    assert "存不下来" in console.file.getvalue()
    chat._lay_down(console, asked("gone"), KNOWN, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["files"]
