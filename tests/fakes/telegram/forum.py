"""Groups with topics, files by id, answers to messages: what a helpdesk group needs of Telegram.

As in Telegram: a topic is the service message that opened it, and bots get an update of it even where they made it;
a message in a topic that answers nothing names that service message as the one it answers.
"""

from typing import Any

from tests.fakes.telegram import markup, objects
from tests.fakes.telegram.markup import BadRequestError
from tests.fakes.telegram.objects import Json

NAME_LIMIT = 128
KINDS = ("photo", "document", "voice", "video", "audio", "animation", "sticker", "video_note")
DOWNLOAD_LIMIT = 20 * 1024 * 1024  # bytes; getFile gives no larger file


def topic(world: Any, chat: int, thread: int) -> Json:
    """An existing topic of a group. Raises ``BadRequestError``."""
    found: Json | None = world.topics.get((chat, thread))
    if found is None:
        raise BadRequestError("message thread not found")
    return found


def open_topic(world: Any, chat: int, name: str) -> Json:
    """A topic appears, made by the bot; everybody, the bot too, sees the service message that opens it."""
    if not 1 <= markup.length(name) <= NAME_LIMIT:
        raise BadRequestError("TOPIC_TITLE_INVALID")
    if chat > 0 or chat in world.flat:
        raise BadRequestError("the chat is not a forum")
    number = world.number()
    made = {"message_thread_id": number, "name": name, "icon_color": 7322096}
    world.topics[chat, number] = made
    world.made_topics.append((chat, number, name))
    opening = {"name": name, "icon_color": 7322096}
    extra = {"message_thread_id": number, "is_topic_message": True, "forum_topic_created": opening}
    world.happens(message=objects.message(number, chat, objects.BOT, int(world.clock()), **extra))
    return dict(made)


def drop_topic(world: Any, chat: int, thread: int) -> None:
    """A topic goes, with all that was written in it. Nobody is told."""
    topic(world, chat, thread)
    del world.topics[chat, thread]
    gone = [key for key, seen in world.messages.items() if key[0] == chat and seen.thread == thread]
    for key in gone:
        del world.messages[key]


def place(world: Any, chat: int, given: Json) -> Json:
    """Where a message of the bot goes: its topic, and the message it answers. Raises ``BadRequestError``."""
    found: Json = {}
    if (thread := given.get("message_thread_id")) is not None:
        topic(world, chat, thread)
        found["thread"] = thread
    answered = given.get("reply_parameters")
    if answered is not None:
        number = answered.get("message_id")
        if not isinstance(number, int):
            raise BadRequestError("message to be replied not found")
        if (chat, number) in world.messages or (chat, number) in world.people:
            found["reply_to"] = number
        elif not answered.get("allow_sending_without_reply"):
            raise BadRequestError("message to be replied not found")
    return found


def in_topic(world: Any, chat: int, thread: int | None, reply_to: int | None) -> Json:
    """What a person's message in a group carries: its topic, and the message it answers."""
    found: Json = {}
    if thread is not None:
        made = topic(world, chat, thread)
        found = {"message_thread_id": thread, "is_topic_message": True}
        opening = {"name": made["name"], "icon_color": made["icon_color"]}
        service = objects.message(thread, chat, objects.BOT, int(world.clock()), forum_topic_created=opening)
        found["reply_to_message"] = {**service, "message_thread_id": thread, "is_topic_message": True}
    if reply_to is not None:
        found["reply_to_message"] = answered(world, chat, reply_to)
    return found


def answered(world: Any, chat: int, number: int) -> Json:
    """A message as it stands in the one that answers it."""
    if (chat, number) in world.messages:
        seen = world.messages[chat, number]
        return objects.message(number, chat, objects.BOT, int(seen.at), text=seen.text)
    if (chat, number) not in world.people:
        raise LookupError(f"there is no message {number} in {chat}")
    body: Json = world.people[chat, number]
    return {key: value for key, value in body.items() if key != "reply_to_message"}


def file_of(kind: str, name: str, size: int) -> Json:
    """A file as a message carries it."""
    found: Json = {"file_id": f"{kind}:{name}", "file_unique_id": f"u:{name}", "file_size": size}
    if kind == "photo":
        return {"photo": [{**found, "width": 90, "height": 90}]}
    more: dict[str, Json] = {
        "document": {"file_name": name},
        "video": {"width": 1, "height": 1, "duration": 1, "file_name": name},
        "voice": {"duration": 1},
        "audio": {"duration": 1, "file_name": name},
    }
    return {kind: {**found, **more[kind]}}


def resent(world: Any, kind: str, given: Any) -> str:
    """The name of a file sent along or named by its id. Raises ``BadRequestError``."""
    if not isinstance(given, str):
        if not given.content:
            raise BadRequestError("file must be non-empty")
        return str(given.name)
    known: str | None = world.files.get(given, {}).get("kind")
    if known is None:
        raise BadRequestError("wrong remote file identifier specified: wrong string length")
    if known != kind:
        raise BadRequestError(f"can't use file of type {known.capitalize()} as {kind.capitalize()}")
    return given


def get_file(world: Any, given: Json) -> Json:
    """Where a file may be downloaded. Raises ``BadRequestError``."""
    if given["file_id"] not in world.files:
        raise BadRequestError("invalid file_id")
    size: int = world.files[given["file_id"]]["size"]
    if size > DOWNLOAD_LIMIT:
        raise BadRequestError("file is too big")
    return {"file_id": given["file_id"], "file_unique_id": "u", "file_size": size, "file_path": "f"}
