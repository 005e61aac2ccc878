"""The names of the roles, apart from their code, so that ``--help`` need not load it."""

from enum import StrEnum


class Role(StrEnum):
    """What a process does."""

    ALL = "all"
    INTAKE = "intake"
    WORKER = "worker"
    SENDER = "sender"
    CLOCK = "clock"
