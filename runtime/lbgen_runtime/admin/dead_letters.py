"""The dead letters of one listener, for those who look after them: list, replay, drop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ..wire import inspection
from ..wire.dead_letter_entry import DeadLetterReason, own_fields, reason_of
from ..wire.entry import fired_at
from ..wire.keys import dead_key, every_dead, lease_key, stream_of_dead
from .client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DeadLetter", "DeadLetterBox", "DeadLetterQuery"]

_LARGEST_PAGE: Final = 500
_PAGE_BYTES: Final = 500_000
"""What a page should have at most: the server serves nobody else while it puts one together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One dead letter.

    Attributes:
        letter_id: its id among the dead letters of its stream.
        stream: the key of the stream that its event came from.
        event_id: the event's id; empty where the entry had none.
        event: full name of the event; empty where the entry had none.
        died_at: when it was given up, by the server's clock.
        death: why; `None` where the letter does not say.
        fields: the entry's fields and values as they were.
    """

    letter_id: str
    stream: bytes
    event_id: str
    event: str
    died_at: datetime
    death: DeadLetterReason | None
    fields: tuple[tuple[bytes, bytes], ...]

    @property
    def reason(self) -> str:
        """`failed`, `crashed` or `invalid`; `unknown` where the letter does not say."""
        return self.death.reason if self.death else "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterQuery:
    """Which letters are meant; every part that is given must fit.

    Attributes:
        ids: event ids or letter ids.
        reason: `failed`, `crashed` or `invalid`.
        event: an event's name, alone or with its API's.
        older_than: seconds since the letter was written, at least.
        newer_than: seconds since the letter was written, at most.
    """

    ids: frozenset[str] = frozenset()
    reason: str | None = None
    event: str | None = None
    older_than: float | None = None
    newer_than: float | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every letter fits."""
        return self == DeadLetterQuery()

    def fits(self, letter: DeadLetter, now: datetime) -> bool:
        """Whether a letter is meant."""
        age = (now - letter.died_at).total_seconds()
        return (
            (not self.ids or bool(self.ids & {letter.letter_id, letter.event_id}))
            and self.reason in (None, letter.reason)
            and self.event in (None, letter.event, letter.event.rpartition(".")[2])
            and (self.older_than is None or age >= self.older_than)
            and (self.newer_than is None or age <= self.newer_than)
        )


class DeadLetterBox:
    """The dead letters of one listener, from every stream that it listens to.

    Args:
        redis_url: where the server is.
        service: the service's name.
        listener: the listener's name.

    Raises:
        ValueError: that is not a URL of a server.
    """

    def __init__(self, redis_url: str, *, service: str, listener: str) -> None:
        self._service = service
        self._group = f"{service}-{listener}"
        self._client = AdminClient(redis_url, name="lbgen:dead")

    def letters(self, query: DeadLetterQuery) -> Iterator[DeadLetter]:
        """The letters that are meant, oldest first per stream.

        Raises:
            ServerUnavailable: the server cannot be asked.
        """
        now = datetime.now(UTC)
        for key in self._keys():
            stream = stream_of_dead(key)
            for letter_id, fields in self._entries(key):
                letter = _letter(stream, letter_id, fields)
                if query.fits(letter, now):
                    yield letter

    def _entries(self, key: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
        """Everything that a stream has, in pages that are no larger than need be."""
        after, count = b"-", 1  # what is large comes alone
        while True:
            page = self._client.execute(inspection.entries(key, after, count))
            yield from page
            if len(page) < count:
                return
            after = b"(" + page[-1][0]
            size = sum(len(text) for _, fields in page for text in fields)
            count = min(max(count * _PAGE_BYTES // (size + 1), 1), 4 * count, _LARGEST_PAGE)

    def unread(self, query: DeadLetterQuery) -> list[bytes]:
        """The streams of the letters that are meant on which no live process has the listener.

        Nobody would run a replay there.

        Raises:
            ServerUnavailable: the server cannot be asked.
        """
        unread = {
            stream for stream in map(stream_of_dead, self._keys()) if not self._is_read(stream)
        }
        meant: set[bytes] = set()
        if unread:
            for letter in self.letters(query):
                meant.add(letter.stream)
                if unread <= meant:
                    break
        return sorted(unread & meant)

    def _is_read(self, stream: bytes) -> bool:
        execute = self._client.execute
        if not execute(inspection.exists(stream)):
            return False
        if self._group.encode() not in {each.name for each in execute(inspection.groups(stream))}:
            return False
        consumers = execute(inspection.consumers(stream, self._group))
        consumers.sort(key=lambda consumer: consumer.idle)  # who lives was seen lately
        leases = (lease_key(self._service, consumer.name) for consumer in consumers)
        return any(execute(inspection.exists(lease)) for lease in leases)

    def replay(self, letter: DeadLetter) -> bool:
        """Give a letter back to this listener, and to no other; its next look runs it.

        Returns:
            Whether it was still there.
        """
        request = inspection.replay(letter.stream, self._group, letter.letter_id)
        return self._client.execute(request)

    def drop(self, letter: DeadLetter) -> bool:
        """Remove a letter for good; returns whether it was still there."""
        key = dead_key(letter.stream, self._group)
        return self._client.execute(inspection.remove_entry(key, letter.letter_id))

    def _keys(self) -> list[bytes]:
        return self._client.keys(every_dead(self._group), "stream")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _letter(stream: bytes, letter_id: bytes, fields: list[bytes]) -> DeadLetter:
    death = reason_of(fields)
    own = own_fields(fields) if death is not None else fields
    pairs = tuple(zip(own[::2], own[1::2], strict=True))
    values = {name: value.decode(errors="replace") for name, value in pairs}
    api, event = values.get(b"api_name", ""), values.get(b"event_name", "")
    return DeadLetter(
        letter_id=letter_id.decode(),
        stream=stream,
        event_id=values.get(b"id", ""),
        event=f"{api}.{event}" if api and event else "",
        died_at=fired_at(letter_id.decode()),
        death=death,
        fields=pairs,
    )
