"""Imported once into the server from which bots are forked: what takes long and is the same for all of them."""

from tests.fakes import echo_bot, minds

minds.catalogue()
__all__ = ["echo_bot"]
