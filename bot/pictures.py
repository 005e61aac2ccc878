"""What goes with a reply besides its text: files as they come, pictures drawn here, since handlers cannot."""

import threading
from collections import OrderedDict

import structlog

from handlers.reply import Reply, Timeline
from policy_kb.catalogues import Catalogue
from storage.content import Attachment

log = structlog.get_logger()

MOST = 64
"""Pictures kept; a few kilobytes each, the same for everybody until the catalogue or the day changes."""

Key = tuple[str, Timeline]


class Painter:
    """Draws what replies ask for, each picture once. Safe from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()

    def attached(self, reply: Reply, catalogue: Catalogue | None) -> Attachment | None:
        """What goes with a reply. A picture that cannot be drawn is left out: the text tells the same."""
        if reply.file is not None:
            return _attachment(reply.file.name, reply.file.data)
        if reply.picture is None or catalogue is None:
            return None
        try:
            return _attachment("timeline.png", self._drawn(reply.picture, catalogue), picture=True)
        except Exception:
            log.exception("picture.failed", title=reply.picture.title)
            return None

    def _drawn(self, wanted: Timeline, catalogue: Catalogue) -> bytes:
        key = (catalogue.version, wanted)
        with self._guard:  # one at a time: drawing takes half a second of a core
            if key not in self._kept:
                from bot import kb_pictures  # matplotlib takes a second to read

                measures = [catalogue.measures[name] for name in wanted.measures]
                self._kept[key] = kb_pictures.phone(wanted.title, measures, catalogue, wanted.as_of)
                log.info("picture.drawn", measures=len(measures), bytes=len(self._kept[key]))
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return self._kept[key]


def _attachment(name: str, data: bytes, *, picture: bool = False) -> Attachment:
    return Attachment.model_construct(name=name, data=data, picture=picture)
