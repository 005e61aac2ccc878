"""A Bot API server for tests: real HTTP, strict parameters, flood rules on any clock, and it tells what people saw.

``server.py`` is the HTTP side, ``world.py`` what there is (people, chats, messages, updates), ``methods.py`` what the
bot may call, ``validate.py`` how strictly, ``flood.py`` how often, ``markup.py`` and ``objects.py`` Telegram's own
shapes. Differences from Telegram, on purpose: an unknown parameter is an error, and flood rules are exact.
"""
