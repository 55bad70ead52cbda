"""Writing events that may be in their stream already, and looking for them there."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..printable import printable
from .keys import barrier_key, dropped_key, fired_key, registered_key, trimmed_key
from .requests import Request, scripted
from .scripts import FIRE, LOOK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .resp import Reply

__all__ = [
    "SERVER_TIME",
    "Looked",
    "NotWritten",
    "Write",
    "WriteProblem",
    "look",
    "read_written",
    "write",
]


class WriteProblem(Enum):
    """Why an event was not written."""

    MORE = b"MORE"
    """Its stream has more entries to look at than one step looks at."""
    TRIMMED = b"TRIMMED"
    """Its stream was trimmed where it may have been."""
    FULL = b"FULL"
    """Its stream has no room."""
    REFUSED = b"REFUSED"


class NotWritten(NamedTuple):
    """An event that was not written.

    Attributes:
        problem: why.
        detail: of a full stream, the group that holds entries back, if any; the server's words
            where it refuses.
    """

    problem: WriteProblem
    detail: str


class Write(NamedTuple):
    """An event to write unless it is in its stream.

    Attributes:
        event_id: its id.
        fields: its entry's fields and values.
        found: its entry's id where it was seen; empty where it was not.
        after: the entry id after which it may be; empty where it is nowhere.
        whole_after: the entry id after which nothing may be trimmed if it is to be written; empty
            where anything may.
    """

    event_id: str
    fields: Sequence[bytes]
    found: bytes = b""
    after: bytes = b""
    whole_after: bytes = b""


class Looked(NamedTuple):
    """What a part of a stream has shown.

    Attributes:
        last: the id of the last entry that was looked at.
        ended: there were no more entries in that part.
        found: the entry's id of each event that is there, by the event's id.
    """

    last: bytes
    ended: bool
    found: dict[bytes, bytes]


def write(
    stream: bytes,
    writes: Iterable[Write],
    *,
    remember: int,
    leave_write: bool,
    max_length: int,
    drop_oldest: bool,
) -> Request[list[bytes | NotWritten]]:
    """Write events, each at most once, where there is room.

    Args:
        stream: the stream's key.
        writes: the events.
        remember: milliseconds for which the server remembers their ids; 0 is not at all.
        leave_write: leave a write behind in any case, so that there is one to wait for.
        max_length: entries that the stream may have; 0 is any number.
        drop_oldest: drop the oldest entries of a full stream.

    Returns:
        Per event, its entry's id, or why it was not written.
    """
    keys = [stream, barrier_key(stream), dropped_key(stream)]
    keys += [trimmed_key(stream), registered_key(stream)]
    arguments: list[Any] = [remember, int(leave_write), max_length, int(drop_oldest)]
    for each in writes:
        if remember:
            keys.append(fired_key(stream, each.event_id))
        arguments += (each.event_id, each.found, each.after, each.whole_after)
        arguments += (len(each.fields), *each.fields)
    return scripted(FIRE, keys, arguments, read_written)


def look(stream: bytes, after: bytes, until: bytes, event_ids: Iterable[bytes]) -> Request[Looked]:
    """Look for events in a part of a stream, as far as takes the server some milliseconds.

    Args:
        stream: the stream's key.
        after: the entry id after which to begin.
        until: the entry id at which to end; `+` is the end of the stream.
        event_ids: of the events.
    """
    return scripted(LOOK, [stream], [after, until, *event_ids], _looked)


def read_written(reply: Reply) -> list[bytes | NotWritten]:
    """What became of each event."""
    return [_outcome(each) for each in reply]


def _outcome(reply: bytes) -> bytes | NotWritten:
    code, _, rest = reply.partition(b" ")
    try:
        return NotWritten(WriteProblem(code), printable(rest))
    except ValueError:
        return reply


def _looked(reply: Reply) -> Looked:
    return Looked(reply[0], bool(reply[1]), dict(zip(reply[2::2], reply[3::2], strict=True)))


def _milliseconds(reply: Reply) -> float:
    seconds, micros = reply
    return int(seconds) * 1000 + int(micros) / 1000


SERVER_TIME: Final[Request[float]] = Request((b"TIME",), _milliseconds)
"""Asks for the server's time, in milliseconds since 1970."""
