"""What a message holds, by the name the sender and the channels know it: it lies where the outbox is kept."""

from storage.content import Attachment, Choice, Content, File

__all__ = ["Attachment", "Choice", "Content", "File"]
