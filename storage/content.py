"""What a message holds, whatever the channel: kept in the outbox as JSON."""

from typing import Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict

FileKind = Literal["photo", "document", "voice", "video", "audio"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Choice(_Part):
    """A button: ``action`` comes back when it is pressed, ``url`` opens a page instead."""

    label: str
    action: str = ""
    url: str | None = None


class Attachment(_Part):
    """A file that goes with the text; ``picture`` is shown, anything else is offered for download."""

    name: str
    data: Base64Bytes
    picture: bool = False


class File(_Part):
    """A file that lies with the channel already, known by the channel's id; ``size`` in bytes."""

    kind: FileKind
    id: str
    name: str | None = None
    size: int | None = None


class Content(_Part):
    """A message. ``edits`` is the channel's id of an earlier message that this one replaces.

    ``thread`` and ``answers``: the topic of a group it goes to, the message it answers. ``query``: shown to whoever
    pressed a button instead of being a message. ``opens``, ``drops``: no message, but a topic of this name to be
    made, one to be deleted.
    """

    text: str
    rows: tuple[tuple[Choice, ...], ...] = ()
    edits: str | None = None
    attachment: Attachment | None = None
    file: File | None = None
    quiet: bool = False
    thread: str | None = None
    answers: str | None = None
    query: str | None = None
    opens: str | None = None
    drops: str | None = None

    def as_json(self) -> str:
        """As the outbox keeps it."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, text: str) -> "Content":
        """As the outbox kept it. Raises ``pydantic.ValidationError``."""
        return cls.model_validate_json(text)

    def as_new(self) -> "Content":
        """The same as a message of its own."""
        return self.model_copy(update={"edits": None, "query": None})
