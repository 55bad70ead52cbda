"""What those ask of streams and groups who look after them, beside what listeners do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .answers import bytes_or_none
from .keys import dead_key, registered_key, replay_key
from .requests import Request, nothing, scripted
from .scripts import REPLAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .answers import Entry
    from .resp import Reply

__all__ = [
    "ConsumerInfo",
    "GroupInfo",
    "acknowledge",
    "consumers",
    "destroy_group",
    "entries",
    "exists",
    "forget_group",
    "groups",
    "keys_page",
    "length",
    "lowest_pending",
    "pending_ids",
    "registered",
    "remove_entry",
    "remove_replays",
    "replay",
]


class GroupInfo(NamedTuple):
    """A consumer group as its stream knows it.

    Attributes:
        name: the group's name.
        pending: entries that were delivered and not acknowledged.
        undelivered: entries that were not delivered yet; `None` where the server cannot say.
    """

    name: bytes
    pending: int
    undelivered: int | None


class ConsumerInfo(NamedTuple):
    """A process as a consumer group knows it.

    Attributes:
        name: the process's name.
        idle: milliseconds since it was seen.
    """

    name: str
    idle: int


def keys_page(cursor: bytes, pattern: str, kind: str) -> Request[tuple[bytes, list[bytes]]]:
    """A page of the keys that fit a pattern.

    Args:
        cursor: where the page begins; `0` is the beginning.
        pattern: of the keys.
        kind: what the keys hold: `stream`, `hash`, `string`.

    Returns:
        Where the next page begins, `0` after the last, and the keys.
    """
    command = (b"SCAN", cursor, b"MATCH", pattern, b"COUNT", 1000, b"TYPE", kind)
    return Request(command, _page)


def exists(key: bytes) -> Request[bool]:
    """Whether there is such a key."""
    return Request((b"EXISTS", key), bool)


def length(stream: bytes) -> Request[int]:
    """How many entries a stream has."""
    return Request((b"XLEN", stream), int)


def entries(stream: bytes, after: bytes, count: int) -> Request[list[Entry]]:
    """A page of a stream's entries.

    Args:
        stream: the stream's key.
        after: the entry id at which the page begins; `-` is the lowest, `(id` the next.
        count: of entries, at most.
    """
    return Request((b"XRANGE", stream, after, b"+", b"COUNT", count), list)


def groups(stream: bytes) -> Request[list[GroupInfo]]:
    """The consumer groups of a stream that exists."""
    return Request((b"XINFO", b"GROUPS", stream), _groups)


def consumers(stream: bytes, group: bytes | str) -> Request[list[ConsumerInfo]]:
    """The processes that a group knows."""
    return Request((b"XINFO", b"CONSUMERS", stream, group), _consumers)


def registered(stream: bytes) -> Request[dict[bytes, bytes]]:
    """What is remembered of a stream's groups beside it, by name."""
    return Request((b"HGETALL", registered_key(stream)), _pairs)


def lowest_pending(stream: bytes, group: bytes) -> Request[bytes | None]:
    """The lowest entry id that a group was given and has not acknowledged."""
    return Request((b"XPENDING", stream, group), lambda reply: bytes_or_none(reply[1]))


def pending_ids(stream: bytes, group: str, count: int) -> Request[list[bytes]]:
    """The lowest ids of the entries that a group has not acknowledged."""
    command = (b"XPENDING", stream, group, b"-", b"+", count)
    return Request(command, lambda reply: [each[0] for each in reply])


def acknowledge(stream: bytes, group: str, entry_ids: Sequence[bytes]) -> Request[None]:
    """Acknowledge entries, whoever has them."""
    return Request((b"XACK", stream, group, *entry_ids), nothing)


def remove_entry(stream: bytes, entry_id: str) -> Request[bool]:
    """Remove an entry; says whether it was there."""
    return Request((b"XDEL", stream, entry_id), bool)


def replay(stream: bytes, group: str, letter_id: str) -> Request[bool]:
    """Give a dead letter back to its listener; says whether it was there."""
    keys = [dead_key(stream, group), replay_key(stream, group)]
    return scripted(REPLAY, keys, [letter_id, group], _is_there)


def forget_group(stream: bytes, group: str) -> Request[None]:
    """Remove what is remembered of a group beside its stream."""
    return Request((b"HDEL", registered_key(stream), group), nothing)


def remove_replays(stream: bytes, group: str) -> Request[None]:
    """Remove the dead letters that were given back to a listener and not acknowledged."""
    return Request((b"UNLINK", replay_key(stream, group)), nothing)


def destroy_group(stream: bytes, group: str) -> Request[None]:
    """Remove a group of a stream that exists."""
    return Request((b"XGROUP", b"DESTROY", stream, group), nothing)


def _page(reply: Reply) -> tuple[bytes, list[bytes]]:
    cursor, keys = reply
    return cursor, keys


def _pairs(reply: Reply) -> dict[bytes, Any]:
    """A reply that names its values, as a mapping."""
    return dict(zip(reply[::2], reply[1::2], strict=True))


def _groups(reply: Reply) -> list[GroupInfo]:
    found = map(_pairs, reply)
    return [GroupInfo(each[b"name"], each[b"pending"], each.get(b"lag")) for each in found]


def _consumers(reply: Reply) -> list[ConsumerInfo]:
    found = map(_pairs, reply)
    return [
        ConsumerInfo(each[b"name"].decode(errors="replace"), int(each[b"idle"])) for each in found
    ]


def _is_there(reply: Reply) -> bool:
    return reply is not None
