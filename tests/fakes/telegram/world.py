"""What there is: people, chats, messages, the queue of updates; and what people do and see."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram import objects
from tests.fakes.telegram.flood import Flood
from tests.fakes.telegram.markup import BadRequestError
from tests.fakes.telegram.objects import Json

KEPT = 24 * 3600  # seconds Telegram keeps an unconfirmed update


@dataclass
class Seen:
    """A message of the bot as a person sees it now. ``edits``: how often it was edited."""

    number: int
    chat: int
    text: str
    keyboard: list[list[Json]]
    at: float
    thread: int | None = None
    file: str | None = None
    edits: int = 0

    @property
    def labels(self) -> list[str]:
        """The buttons, row by row."""
        return [button["text"] for row in self.keyboard for button in row]


@dataclass
class Trouble:
    """What goes wrong with a call: a status with a description, or the connection itself.

    ``how``: status | reset (nothing happened) | hang (nothing happened, no answer) | swallow (it happened, no answer)
    | cut (it happened, then the connection is reset) | slow (it happens after ``seconds``).
    """

    how: str = "status"
    code: int = 500
    description: str = "Internal Server Error"
    parameters: Json = field(default_factory=dict)
    seconds: float = 0.0
    method: str = "sendMessage"
    chat: int | None = None
    times: int = 1


@dataclass
class Call:
    """A request of the bot and what came of it."""

    at: float
    method: str
    given: Json
    outcome: str


class World:
    """Thread-safe: tests act from their thread while the server answers from its own."""

    def __init__(
        self, clock: Callable[[], float] = time.time, flood: Flood | None = None, first_update: int = 1000
    ) -> None:
        self.clock = clock
        self.flood = flood or Flood()
        self.changed = threading.Condition(threading.RLock())
        self.updates: list[tuple[float, Json]] = []
        self.messages: dict[tuple[int, int], Seen] = {}
        self.calls: list[Call] = []
        self.troubles: list[Trouble] = []
        self.blocked: set[int] = set()
        self.gone: set[int] = set()
        self.moved: dict[int, int] = {}
        self.commands: list[Json] = []
        self.answered: dict[str, Json] = {}
        self.inline: dict[str, list[Json]] = {}
        self.webhook: Json = {"url": ""}
        self.topics: dict[int, Json] = {}
        self._next_update = first_update
        self._next_message = 1
        self._next_query = 1

    # What people do. Each returns the update's id.

    def says(self, person: int, text: str, chat: int | None = None, **extra: Any) -> int:
        """A person writes, in private or in a group."""
        entities = objects.command_entities(text)
        content: dict[str, Any] = {"text": text, **({"entities": entities} if entities else {}), **extra}
        return self.writes(person, chat, **content)

    def writes(self, person: int, chat: int | None = None, **content: Any) -> int:
        """A person sends any content: ``photo=[…]``, ``voice={…}``."""
        with self.changed:
            number, self._next_message = self._next_message, self._next_message + 1
            body = objects.message(number, chat or person, objects.user(person), int(self.clock()), **content)
            return self.happens(message=body)

    def sends_photo(self, person: int, caption: str | None = None) -> int:
        """A person sends a picture."""
        photo = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
        content: dict[str, Any] = {"photo": photo, **({"caption": caption} if caption else {})}
        return self.writes(person, **content)

    def sends_voice(self, person: int) -> int:
        """A person speaks."""
        return self.writes(person, voice={"file_id": "v", "file_unique_id": "v", "duration": 3})

    def presses(self, person: int, label: str, chat: int | None = None) -> int:
        """A person presses the newest button with this label."""
        with self.changed:
            for shown in reversed(self.sees(chat or person)):
                for button in [button for row in shown.keyboard for button in row]:
                    if button["text"] == label and "callback_data" in button:
                        return self._pressed(person, shown, button["callback_data"])
            raise LookupError(f"{person} sees no button {label}: {[seen.labels for seen in self.sees(person)]}")

    def _pressed(self, person: int, shown: Seen, data: str) -> int:
        query, self._next_query = f"q{self._next_query}", self._next_query + 1
        body = objects.message(shown.number, shown.chat, objects.BOT, int(shown.at), text=shown.text)
        return self.happens(callback_query=objects.callback(query, objects.user(person), body, data))

    def asks_inline(self, person: int, text: str) -> str:
        """A person types @bot text in any chat. Returns the query's id."""
        with self.changed:
            query, self._next_query = f"q{self._next_query}", self._next_query + 1
            self.happens(inline_query={"id": query, "from": objects.user(person), "query": text, "offset": ""})
            return query

    def blocks(self, person: int) -> int:
        """A person blocks the bot."""
        self.blocked.add(person)
        return self.happens(my_chat_member=objects.membership(person, int(self.clock()), "member", "kicked"))

    def unblocks(self, person: int) -> int:
        """A person lets the bot speak again."""
        self.blocked.discard(person)
        return self.happens(my_chat_member=objects.membership(person, int(self.clock()), "kicked", "member"))

    def happens(self, **update: Any) -> int:
        """Any update, well formed or not."""
        with self.changed:
            number, self._next_update = self._next_update, self._next_update + 1
            self.updates.append((self.clock(), {"update_id": number, **update}))
            self.changed.notify_all()
            return number

    def repeats(self, update: Json) -> None:
        """An update comes once more."""
        with self.changed:
            self.updates.append((self.clock(), update))
            self.updates.sort(key=lambda item: item[1]["update_id"])
            self.changed.notify_all()

    def renumbers(self, first: int) -> None:
        """After a week of silence numbers start anywhere."""
        self._next_update = first

    # What people see

    def sees(self, chat: int) -> list[Seen]:
        """The bot's messages in a chat, in order, as they stand now."""
        with self.changed:
            return [seen for (where, _), seen in sorted(self.messages.items()) if where == chat]

    def texts(self, chat: int) -> list[str]:
        """The same, only the texts."""
        return [seen.text for seen in self.sees(chat)]

    def until(self, truth: Callable[[], bool], seconds: float = 10.0) -> bool:
        """Wait until something is true of this world; False where it does not become so."""
        end = time.monotonic() + seconds
        with self.changed:
            while not truth():
                if time.monotonic() >= end:
                    return False
                self.changed.wait(0.02)
            return True

    # What goes wrong

    def trouble(self, how: str = "status", **more: Any) -> None:
        """The next fitting calls go wrong, see ``Trouble``."""
        with self.changed:
            self.troubles.append(Trouble(how, **more))

    def trouble_for(self, method: str, chat: int | None) -> Trouble | None:
        """The trouble this call runs into, used up by it."""
        with self.changed:
            for trouble in self.troubles:
                if trouble.method == method and trouble.chat in (None, chat):
                    trouble.times -= 1
                    if trouble.times == 0:
                        self.troubles.remove(trouble)
                    return trouble
            return None

    # What the server needs

    def confirm(self, offset: int) -> None:
        """Forget updates before ``offset``, unless it lies beyond everything there is, and those too old."""
        with self.changed:
            alive = [item for item in self.updates if item[0] > self.clock() - KEPT]
            newest = max((update["update_id"] for _, update in alive), default=0)
            if offset <= newest + 10:
                alive = [item for item in alive if item[1]["update_id"] >= offset]
            self.updates = alive

    def pending(self, limit: int) -> list[Json]:
        """The oldest unconfirmed updates."""
        with self.changed:
            return [update for _, update in self.updates[:limit]]

    def post(self, chat: int, text: str, keyboard: list[list[Json]], **more: Any) -> Seen:
        """The bot's message appears."""
        with self.changed:
            number, self._next_message = self._next_message, self._next_message + 1
            seen = Seen(number, chat, text, keyboard, self.clock(), **more)
            self.messages[chat, number] = seen
            self.changed.notify_all()
            return seen

    def message_of(self, chat: int, number: int, purpose: str) -> Seen:
        """One of the bot's messages. Raises ``BadRequestError``."""
        seen = self.messages.get((chat, number))
        if seen is None:
            raise BadRequestError(f"message to {purpose} not found")
        return seen
