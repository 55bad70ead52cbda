"""Where in its stream an event may be, and how far it was looked for.

An event whose reply was lost is in its stream or not. Before it is written again, the part of the
stream is looked through in which its earlier attempts may have written it: page by page, each a
few milliseconds of the server's time, for many events at once. What has come since is looked at in
the step that writes (`wire/lua/fire.lua`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..wire import clock
from ..wire.writes import look

if TYPE_CHECKING:
    from ..wire.requests import Request
    from ..wire.writes import Looked

__all__ = ["EventSearch", "EventSearches", "Page", "ServerClock"]

_SLACK: Final = 2_000
"""Milliseconds by which clocks may differ after a failover."""
_CLOCKS_DIFFER: Final = 60.0
"""Seconds by which the clocks of two machines may differ."""
_CLOCKS_MOSTLY_DIFFER: Final = 0.1
"""Seconds by which they do as a rule: what lies closer is looked at first."""
_LONGEST_FIRE: Final = 60.0
"""Seconds that another process may have tried to fire, at least."""
_LAST_OF_MILLISECOND: Final = 2**64 - 1
_MOST: Final = 5_000
"""Events that one page looks for, and that a stream's earlier searches are kept of."""

_Id = tuple[int, int]


class ServerClock:
    """The server's time, by this process's clock.

    Args:
        told: what it said, in milliseconds since 1970.
        asked: when that was sent, by `clock.now`.
    """

    __slots__ = ("_answered", "_asked", "_told")

    def __init__(self, told: float, asked: float) -> None:
        self._told = told
        self._asked = asked
        self._answered = clock.now()

    def before(self, moment: float) -> _Id:
        """An id below those of all entries that were written at a moment or after it."""
        at = int(self._told + (moment - self._answered) * 1000) - _SLACK
        return (at - 1, _LAST_OF_MILLISECOND) if at > 0 else (0, 0)

    def after(self, moment: float) -> _Id:
        """An id above those of all entries that were written at a moment or before it."""
        return int(self._told + (moment - self._asked) * 1000) + _SLACK + 1, 0


class _Range:
    """A part of a stream, by this process's clock and, once it is known, by the server's.

    Attributes:
        since: when it begins, by `clock.now`.
        until: when it ends; `None` where it reaches to the end of the stream.
        looked: the entry id up to which it was looked through; `None` where no clock was known yet.
        end: the entry id at which it ends; `None` where it reaches to the end of the stream.
        ended: the stream had no more entries when it was looked through.
    """

    __slots__ = ("end", "ended", "looked", "since", "until")

    def __init__(self, since: float, until: float | None) -> None:
        self.since = since
        self.until = until
        self.looked: _Id | None = None
        self.end: _Id | None = None
        self.ended = False

    @property
    def start(self) -> _Id:
        assert self.looked is not None
        return self.looked

    @property
    def is_past(self) -> bool:
        """Whether all of it was looked through, and nothing more can come."""
        return self.end is not None and self.start >= self.end


class EventSearch:
    """What is known of an event that may be in its stream.

    Attributes:
        event_id: the event's id.
        stream: the stream's key.
        sent: an attempt was made whose outcome is unknown.
        found: its entry's id, as it was seen; the step that writes looks whether it is still there.
    """

    __slots__ = ("_clock", "_ranges", "event_id", "found", "sent", "stream")

    def __init__(self, event_id: str, stream: bytes) -> None:
        self.event_id = event_id.encode()
        self.stream = stream
        self.sent = False
        self.found: bytes | None = None
        self._ranges: list[_Range] = []
        self._clock: ServerClock | None = None

    def fired_elsewhere(self, age: float, deadline: float) -> None:
        """Another process may have fired the event, or this one in an earlier life.

        Args:
            age: seconds since its id was made, by this machine's clock.
            deadline: seconds that its fire may have tried, by this process's settings.
        """
        made = clock.now() - age
        until = made + max(deadline, _LONGEST_FIRE) + _CLOCKS_DIFFER
        self.sent = True
        self._ranges = [
            _Range(made - _CLOCKS_MOSTLY_DIFFER, until),
            _Range(made - _CLOCKS_DIFFER, made - _CLOCKS_MOSTLY_DIFFER),
        ]

    def attempted(self, since: float) -> None:
        """An attempt that began then may write the event until its connection is ended."""
        self.sent = True
        self._clock = None
        for part in self._ranges:
            if part.until is None:
                part.ended = False
                return
        self._ranges.append(_Range(since, None))

    def connections_ended(self) -> None:
        """What was attempted is written by now, or never."""
        self._clock = None
        for part in self._ranges:
            if part.until is None:
                part.until = clock.now()

    def not_there(self) -> None:
        """The server has just proved that the event is nowhere."""
        self.sent = False
        self._ranges = []

    def go_on(self) -> None:
        """The stream may have entries after what was its end."""
        for part in self._ranges:
            part.ended = False

    def tell(self, server: ServerClock) -> None:
        """What time it is for the server."""
        if self._clock is server:
            return
        self._clock = server
        for part in self._ranges:
            part.looked = part.looked or server.before(part.since)
            part.end = None if part.until is None else server.after(part.until)

    @property
    def is_open(self) -> bool:
        """Whether its event may be somewhere where nobody has looked, as far as no clock tells."""
        return self.found is None and bool(self._ranges)

    @property
    def next(self) -> tuple[_Id, _Id | None] | None:
        """The entry ids after which to look and at which to end; `None` for the end of the stream.

        `None` where nothing is left but what the step that writes looks at.
        """
        if self.found is None:
            for part in self._ranges:
                if not part.ended and not part.is_past:
                    return part.start, part.end
        return None

    @property
    def rest(self) -> bytes:
        """The entry id after which the step that writes must look; empty where it need not."""
        starts = [part.start for part in self._ranges if not part.is_past]
        return _text(min(starts)) if starts and self.found is None else b""

    @property
    def whole_after(self) -> bytes:
        """The entry id after which the stream must be whole for the search to prove anything."""
        if self._clock is None or not self._ranges:
            return b""
        return _text(min(self._clock.before(part.since) for part in self._ranges))

    def looked_through(self, first: _Id, last: _Id, *, ended: bool) -> None:
        """A page has shown every entry after the first and up to the last.

        Args:
            first: the entry id after which the page began.
            last: the last entry of the page.
            ended: the stream had no more entries.
        """
        for part in self._ranges:
            if part.looked is None:
                continue  # another thread fires the event again at this moment
            if first <= part.looked and (ended or part.looked <= last):
                part.looked = max(last, part.looked)
                part.ended = ended


class EventSearches:
    """The searches of a process for events that it has not confirmed, newest last.

    They may be fired again, one after the other: each page that one of them needs is looked
    through for all.
    """

    __slots__ = ("_by_stream",)

    def __init__(self) -> None:
        self._by_stream: dict[bytes, dict[bytes, EventSearch]] = {}

    def keep(self, search: EventSearch) -> None:
        """Its event may be fired again."""
        kept = self._by_stream.setdefault(search.stream, {})
        kept[search.event_id] = search
        while len(kept) > _MOST:
            kept.pop(next(iter(kept.copy())), None)  # a copy: other threads fire as well

    def take(self, stream: bytes, event_id: str) -> EventSearch | None:
        """The search for an event, if this process has not confirmed it; it is not kept then."""
        return self._by_stream.get(stream, {}).pop(event_id.encode(), None)

    def of_stream(self, stream: bytes) -> list[EventSearch]:
        """Those for events of a stream."""
        return list(self._by_stream.get(stream, {}).values())

    def all(self) -> list[EventSearch]:
        """Those for events of every stream."""
        return [search for kept in list(self._by_stream.values()) for search in list(kept.values())]


class Page:
    """The next part of a stream that is looked through for events.

    Args:
        wanted: searches in one stream that have a `next` part; the page begins where the first of
            these does.
        others: further searches in the stream, which are helped by what it shows.
        server: the server's clock.

    Attributes:
        request: what asks for it.
    """

    __slots__ = ("_end", "_first", "_searches", "request")

    def __init__(
        self, wanted: list[EventSearch], others: list[EventSearch], server: ServerClock
    ) -> None:
        parts = sorted([(*part, search) for search in wanted if (part := search.next)], key=_start)
        self._first, self._end, _ = parts[0]
        for start, end, _ in parts:
            if self._end is None or start > self._end:
                break
            self._end = None if end is None else max(end, self._end)
        self._searches = {search.event_id: search for _, _, search in parts[:_MOST]}
        for search in others[: _MOST - len(self._searches)]:
            search.tell(server)
            if search.found is None:
                self._searches.setdefault(search.event_id, search)
        until = b"+" if self._end is None else _text(self._end)
        self.request: Request[Looked] = look(
            wanted[0].stream, _text(self._first), until, self._searches
        )

    def take(self, looked: Looked) -> None:
        """Note what the page has shown."""
        last, ended = _parsed(looked.last), looked.ended
        if ended and self._end is not None:
            last, ended = self._end, False
        for search in self._searches.values():
            search.looked_through(self._first, last, ended=ended)
        for event_id, entry_id in looked.found.items():
            self._searches[event_id].found = entry_id


def _start(part: tuple[_Id, _Id | None, EventSearch]) -> _Id:
    return part[0]


def _parsed(entry_id: bytes) -> _Id:
    milliseconds, _, count = entry_id.partition(b"-")
    return int(milliseconds), int(count)


def _text(entry_id: _Id) -> bytes:
    return b"%d-%d" % entry_id
