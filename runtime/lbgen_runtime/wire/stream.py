"""One consumer group on one stream: every operation, with its script and what the replies mean.

Nothing is sent here: each operation is a `Request`, for whoever has a connection.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from .answers import (
    RELEASED,
    Outcome,
    bytes_or_none,
    read_claimed,
    read_delivered,
    read_entries,
    read_group,
    read_idle_page,
    read_renewed,
)
from .dead_letter_entry import PACKED_FIELD
from .keys import dead_key, registered_key
from .requests import Request, nothing, scripted
from .scripts import ACKNOWLEDGE, CLAIM, DEAD, FORGET, IDLE, REGISTER, RELEASE, RENEW, RETRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .answers import Claimed, Delivered, EnsuredGroup, Entry, Renewed
    from .dead_letter_entry import DeadLetterReason

__all__ = ["GroupStream"]

_NEVER: Final = b"18446744073709551615-18446744073709551614"
"""Reading after this id gives nothing. The highest id of all would not do: the server takes it for
`>`, and gives a new entry."""


class GroupStream:
    """A consumer group on a stream, as one process uses it.

    Args:
        key: the stream's key.
        group: the group's name.
        consumer: the process's name.
    """

    __slots__ = ("consumer", "group", "key")

    def __init__(self, key: bytes, group: str, consumer: str) -> None:
        self.key = key
        self.group = group
        self.consumer = consumer

    def read(self, count: int, *, block: float | None = None) -> Request[list[Entry]]:
        """Read entries that no process of the group was given.

        Args:
            count: how many at most.
            block: seconds to wait where there are none; `None` does not wait.
        """
        wait = () if block is None else (b"BLOCK", max(int(block * 1000), 1))
        command = (
            *(b"XREADGROUP", b"GROUP", self.group, self.consumer),
            *(b"COUNT", count, *wait, b"STREAMS", self.key, b">"),
        )
        return Request(command, read_entries)

    def show_life(self) -> Request[None]:
        """Have the group see this process, without reading anything."""
        command = (
            *(b"XREADGROUP", b"GROUP", self.group, self.consumer),
            *(b"COUNT", 1, b"STREAMS", self.key, _NEVER),
        )
        return Request(command, nothing)

    def own(self, first: bytes, count: int) -> Request[list[Delivered]]:
        """A page of what this process was given.

        Args:
            first: the entry id at which the page begins; `-` is the lowest, `(id` the next.
            count: entries of the page at most.
        """
        command = (b"XPENDING", self.key, self.group, first, b"+", count, self.consumer)
        return Request(command, read_delivered)

    def idle(self, longer: int, first: bytes, count: int) -> Request[tuple[list[Delivered], bytes]]:
        """A page of what no process has renewed.

        Args:
            longer: milliseconds without renewal.
            first: the entry id at which the page begins.
            count: how many pending entries are looked at.

        Returns:
            The entries, and where the next page begins: empty after the last.
        """
        return scripted(IDLE, [self.key], [self.group, longer, first, count], read_idle_page)

    def claim(
        self, wanted: Iterable[tuple[Delivered, int]], *, idle: int, most_bytes: int
    ) -> Request[Claimed]:
        """Take entries over, each if it is still as it was seen.

        Args:
            wanted: the entries as they were seen, each with its new delivery count.
            idle: milliseconds for which those of others must not have been renewed.
            most_bytes: after which no further entry is taken.

        Returns:
            Per entry, its fields and values, or why it was not taken.
        """
        arguments: list[Any] = [self.group, self.consumer, idle, most_bytes]
        for seen, count in wanted:
            arguments += (seen.entry_id, seen.consumer, seen.times, count)
        return scripted(CLAIM, [self.key], arguments, read_claimed)

    def renew(self, entry_ids: Sequence[bytes], *, renew: bool = True) -> Request[Renewed]:
        """Renew entries that this process holds.

        Args:
            entry_ids: which.
            renew: without it, it is only looked whether others have taken them.
        """
        count = len(entry_ids) if renew else 0
        arguments = [self.group, self.consumer, count, RELEASED, *entry_ids]
        return scripted(RENEW, [self.key], arguments, read_renewed)

    def retry(self, entry_id: bytes, times: int) -> Request[Outcome]:
        """Deliver an entry that this process holds to it again, with that delivery count."""
        arguments = [self.group, self.consumer, entry_id, times]
        return scripted(RETRY, [self.key], arguments, Outcome)

    def release(self, entries: Iterable[tuple[bytes, int]]) -> Request[None]:
        """Give entries up so that the next look of any process takes them.

        Args:
            entries: the id of each, and the delivery count that it gets.
        """
        arguments: list[Any] = [self.group, self.consumer, RELEASED]
        for entry in entries:
            arguments += entry
        return scripted(RELEASE, [self.key], arguments, nothing)

    def acknowledge(
        self, entries: Iterable[tuple[bytes, int]], *, remove: bool
    ) -> Request[list[bytes]]:
        """Acknowledge entries in the delivery in which they were handled.

        Args:
            entries: the id of each and its delivery count; best in the order of the ids.
            remove: remove them from the stream as well: nobody else reads it.

        Returns:
            The ids that are pending in another delivery, and so were not acknowledged.
        """
        arguments: list[Any] = [self.group, self.consumer, int(remove)]
        for entry in entries:
            arguments += entry
        return scripted(ACKNOWLEDGE, [self.key], arguments, list[bytes])

    def dead_letter(
        self,
        entry_id: bytes,
        times: int,
        death: DeadLetterReason,
        *,
        original: bytes,
        copy: Sequence[bytes] | None = None,
    ) -> Request[Outcome]:
        """Move an entry that this process holds to the dead letters, and acknowledge it.

        Args:
            entry_id: which.
            times: the delivery after which it is given up.
            death: why and when it is.
            original: the stream that the event was fired to; another one than this brings replays.
            copy: its fields and values, for one that was removed from the stream.
        """
        keys = [self.key, dead_key(original, self.group)]
        copied: Sequence[Any] = () if copy is None else (1, *copy)
        arguments: list[Any] = [
            *(self.group, self.consumer, entry_id, times, int(self.key != original)),
            *death.fields(),
            PACKED_FIELD,
            *copied,
        ]
        return scripted(DEAD, keys, arguments, Outcome)

    def ensure_group(self, service: str, known: bytes, after: bytes) -> Request[EnsuredGroup]:
        """See that the group exists, and that it is given all that it needs.

        Args:
            service: whose group it is.
            known: the registration that this process knows; empty before it has one.
            after: the entry id after which a new group begins.
        """
        arguments = [
            *(self.group, after, known, self.consumer, service),
            secrets.token_hex(8),
        ]
        keys = [self.key, registered_key(self.key)]
        return scripted(REGISTER, keys, arguments, read_group)

    def registration(self) -> Request[bytes | None]:
        """What is remembered of the group beside its stream."""
        return Request((b"HGET", registered_key(self.key), self.group), bytes_or_none)

    def create_group(self) -> Request[None]:
        """Make the group at the beginning of a stream that exists."""
        return Request((b"XGROUP", b"CREATE", self.key, self.group, b"0"), nothing)

    def exists(self) -> Request[bool]:
        """Whether the stream exists."""
        return Request((b"EXISTS", self.key), bool)

    def forget_consumers(self, idle: int) -> Request[None]:
        """Remove the group's consumers that have nothing and were not seen for milliseconds."""
        arguments = [self.group, self.consumer, idle]
        return scripted(FORGET, [self.key], arguments, nothing)
