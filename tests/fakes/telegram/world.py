"""What there is: people, chats, messages, the queue of updates; and what people do and see."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram import forum, objects
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
    kind: str | None = None  # of the file
    reply_to: int | None = None

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
        self.typing: dict[str, float] = {}  # inline queries that wait for an answer, since when
        self.webhook: Json = {"url": ""}
        self.topics: dict[tuple[int, int], Json] = {}
        self.made_topics: list[tuple[int, int, str]] = []  # also those that are gone: chat, number, name
        self.flat: set[int] = set()  # groups without topics
        self.people: dict[tuple[int, int], Json] = {}  # what people wrote
        self.files: dict[str, Json] = {}
        self._next_update = first_update
        self._next_message = 1
        self._next_query = 1

    # What people do. Each returns the update's id.

    def says(
        self,
        person: int,
        text: str,
        chat: int | None = None,
        *,
        thread: int | None = None,
        reply_to: int | None = None,
        **extra: Any,
    ) -> int:
        """A person writes, in private or in a group, in one of its topics, answering a message."""
        entities = objects.command_entities(text)
        content: dict[str, Any] = {"text": text, **({"entities": entities} if entities else {}), **extra}
        return self.writes(person, chat, **forum.in_topic(self, chat or person, thread, reply_to), **content)

    def writes(self, person: int, chat: int | None = None, **content: Any) -> int:
        """A person sends any content: ``photo=[…]``, ``voice={…}``."""
        with self.changed:
            number = self.number()
            body = objects.message(number, chat or person, objects.user(person), int(self.clock()), **content)
            self.people[chat or person, number] = body
            return self.happens(message=body)

    def sends(
        self,
        person: int,
        kind: str,
        name: str,
        chat: int | None = None,
        *,
        caption: str | None = None,
        size: int = 1000,
        thread: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """A person sends a file, which the bot may then send on by its id ``kind:name``."""
        content = forum.file_of(kind, name, size) | ({"caption": caption} if caption else {})
        self.files[f"{kind}:{name}"] = {"kind": kind, "size": size}
        return self.writes(person, chat, **forum.in_topic(self, chat or person, thread, reply_to), **content)

    def edits(self, person: int, number: int, text: str, chat: int | None = None) -> int:
        """A person changes the text, or the caption, of a message of theirs."""
        with self.changed:
            body = self.people[chat or person, number]
            body = {**body, "caption" if "caption" in body else "text": text, "edit_date": int(self.clock())}
            self.people[chat or person, number] = body
            return self.happens(edited_message=body)

    def wrote(self, person: int, chat: int | None = None) -> int:
        """The number of the last message a person wrote there."""
        mine = [key for key, body in self.people.items() if body["from"]["id"] == person and key[0] == (chat or person)]
        return max(mine)[1]

    def deletes_topic(self, chat: int, thread: int) -> None:
        """Somebody deletes a topic by hand."""
        with self.changed:
            forum.drop_topic(self, chat, thread)

    def sends_photo(self, person: int, caption: str | None = None) -> int:
        """A person sends a picture."""
        return self.sends(person, "photo", "p", caption=caption)

    def sends_voice(self, person: int) -> int:
        """A person speaks."""
        return self.sends(person, "voice", "v")

    def presses(self, person: int, label: str, chat: int | None = None, *, thread: int | None = None) -> int:
        """A person presses the newest button with this label; in a group, in one of its topics."""
        with self.changed:
            for shown in reversed([one for one in self.sees(chat or person) if thread in (None, one.thread)]):
                for button in [button for row in shown.keyboard for button in row]:
                    if button["text"] == label and "callback_data" in button:
                        return self._pressed(person, shown, button["callback_data"])
            raise LookupError(f"{person} sees no button {label}: {[seen.labels for seen in self.sees(person)]}")

    def forges(self, person: int, data: str, chat: int | None = None, *, shown: Seen | None = None) -> int:
        """A person sends the payload of a button that was never shown, from a client of their own making."""
        shown = shown or self.sees(chat or person)[-1]
        return self._pressed(person, shown, data)

    def _pressed(self, person: int, shown: Seen, data: str) -> int:
        query, self._next_query = f"q{self._next_query}", self._next_query + 1
        body = objects.message(shown.number, shown.chat, objects.BOT, int(shown.at), text=shown.text)
        if shown.thread is not None:
            body |= {"message_thread_id": shown.thread, "is_topic_message": True}
        return self.happens(callback_query=objects.callback(query, objects.user(person), body, data))

    def asks_inline(self, person: int, text: str) -> str:
        """A person types @bot text in any chat. Returns the query's id."""
        with self.changed:
            query, self._next_query = f"q{self._next_query}", self._next_query + 1
            self.typing[query] = self.clock()
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

    def topic(self, chat: int, thread: int | None) -> list[Seen]:
        """The bot's messages in one topic of a group; None: outside of all topics."""
        return [seen for seen in self.sees(chat) if seen.thread == thread]

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
            number = self.number()
            seen = Seen(number, chat, text, keyboard, self.clock(), **more)
            self.messages[chat, number] = seen
            self.changed.notify_all()
            return seen

    def number(self) -> int:
        """The number of the next message, whosever it is."""
        number, self._next_message = self._next_message, self._next_message + 1
        return number

    def original(self, chat: int, number: int) -> Seen:
        """A message to be copied, whosever it is. Raises ``BadRequestError``."""
        body = self.people.get((chat, number))
        if body is None:
            return self.message_of(chat, number, "copy")
        kind = next((kind for kind in forum.KINDS if kind in body), None)
        found = body[kind][-1] if kind == "photo" else body[kind] if kind else {}
        text = str(body.get("text", body.get("caption", "")))
        return Seen(number, chat, text, [], self.clock(), file=found.get("file_id"), kind=kind)

    def message_of(self, chat: int, number: int, purpose: str) -> Seen:
        """One of the bot's messages. Raises ``BadRequestError``."""
        seen = self.messages.get((chat, number))
        if seen is None:
            raise BadRequestError(f"message to {purpose} not found")
        return seen
