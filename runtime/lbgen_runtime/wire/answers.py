"""What the replies to the operations of a group on a stream mean."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from .resp import Reply

__all__ = [
    "RELEASED",
    "Claimed",
    "Delivered",
    "EnsuredGroup",
    "Entry",
    "GroupOutcome",
    "NotClaimed",
    "Outcome",
    "Renewed",
    "bytes_or_none",
    "read_claimed",
    "read_delivered",
    "read_entries",
    "read_group",
    "read_idle_page",
    "read_renewed",
]

Entry = tuple[bytes, list[bytes]]
"""An entry's id, and its fields and values, one after the other."""

RELEASED: Final = 10**9
"""Idle milliseconds that a released entry gets: more than any acknowledgement timeout."""


class Delivered(NamedTuple):
    """An entry that a group has been given and has not acknowledged.

    Attributes:
        entry_id: the entry's id.
        consumer: the process that has it.
        idle: milliseconds since it was delivered or renewed; `RELEASED` or more where its process
            has released it.
        times: how often it was delivered.
    """

    entry_id: bytes
    consumer: bytes
    idle: int
    times: int


class NotClaimed(Enum):
    """Why an entry was not claimed."""

    GONE = b"gone"
    """It was removed from the stream, and is acknowledged now."""
    MOVED = b"moved"
    """It is not as it was seen: another process has it, or it is acknowledged."""
    FULL = b"full"
    """There was no room for more bytes."""


Claimed = list[list[bytes] | NotClaimed]
"""Per entry, its fields and values, or why it was not claimed."""


class Outcome(Enum):
    """What became of a step with one entry that a process holds."""

    DONE = 1
    NOT_HELD = 0
    """The process does not hold it any more, not in that delivery."""
    REMOVED = -1
    """It was removed from the stream, and is acknowledged now."""
    NOT_A_STREAM = -2
    """What has the key of the dead letters is not a stream."""
    COPY_NEEDED = -3
    """It was removed from the stream: only the process has what is left of it."""


class Renewed(NamedTuple):
    """What became of entries that a process renews, by their ids.

    Attributes:
        taken: another process has them.
        kept: they were renewed.
        gone: they were removed from the stream, and the group forgets them.
    """

    taken: frozenset[bytes]
    kept: frozenset[bytes]
    gone: frozenset[bytes]


class GroupOutcome(Enum):
    """What was found when it was seen that a group exists."""

    KEPT = b"kept"
    CREATED = b"created"
    LOST = b"lost"
    """The server had lost it: it begins again with the oldest event that is there."""
    TAKEN = b"taken"
    """Another service has a group of this name."""


class EnsuredGroup(NamedTuple):
    """What was found, and what is remembered of the group beside its stream.

    Attributes:
        outcome: what was found.
        registration: what is remembered; where the name is taken, the service that has it.
    """

    outcome: GroupOutcome
    registration: bytes


def bytes_or_none(reply: Reply) -> bytes | None:
    """A value, or that there is none."""
    value: bytes | None = reply
    return value


def read_entries(reply: Reply) -> list[Entry]:
    """The entries of a read of one stream."""
    entries: list[Entry] = reply[0][1] if reply else []
    return entries


def read_delivered(reply: Reply) -> list[Delivered]:
    """A page of pending entries."""
    return [Delivered(*entry) for entry in reply]


def read_idle_page(reply: Reply) -> tuple[list[Delivered], bytes]:
    """A page of idle entries, and where the next one begins."""
    after, *found = reply
    return read_delivered(found), after


def read_claimed(reply: Reply) -> Claimed:
    """What became of each entry that was to be claimed."""
    return [NotClaimed(each) if isinstance(each, bytes) else each for each in reply]


def read_renewed(reply: Reply) -> Renewed:
    """What became of entries that were to be renewed."""
    return Renewed(*map(frozenset[bytes], reply))


def read_group(reply: Reply) -> EnsuredGroup:
    """What was found, and what is remembered."""
    outcome, registration = reply
    return EnsuredGroup(GroupOutcome(outcome), registration)
