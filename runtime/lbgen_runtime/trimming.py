"""When a stream is due to be trimmed, and what is told about it."""

from __future__ import annotations

import logging
import random
import time
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

from .connection import words_of
from .scripts import TRIM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .connection import Command

__all__ = ["Trims", "registered_key", "trimmed_key"]

_log = logging.getLogger("lbgen")

_EVENTS: Final = 10_000
"""Events after which a stream is trimmed before its time."""
_AT_ONCE: Final = 50_000
"""Entries that one step removes at most: some ten milliseconds of the server's time."""
_REPORT_EVERY: Final = 3600.0
"""Seconds for which the same is not reported again."""
_UNREAD: Final = 600.0
"""Seconds without a living consumer after which a group that holds entries back is reported."""


def trimmed_key(stream: bytes) -> bytes:
    """Where it stands up to which entry a stream was trimmed lately."""
    return b"{%b}:trimmed" % stream


def registered_key(stream: bytes) -> bytes:
    """Where the consumer groups of a stream are remembered, each with its service."""
    return b"{%b}:groups" % stream


class Trims:
    """Which streams of this process are due.

    Every process that fires to a stream or listens on it trims it, so there is no process whose
    end would end trimming. Where many processes live, most find nothing left to do.

    Args:
        retention: seconds for which acknowledged entries are kept, `forever`, or `N events`.
        interval: seconds between two times that this process trims a stream.
    """

    __slots__ = ("_due", "_fired", "_interval", "_keep", "_reported")

    def __init__(self, retention: float | str = 3600.0, interval: float = 60.0) -> None:
        self._interval = interval
        self._due: dict[bytes, float] = {}
        self._fired: dict[bytes, int] = {}
        self._reported: dict[tuple[bytes, ...], float] = {}
        if isinstance(retention, str):
            count = retention.partition(" ")[0]
            self._keep: tuple[int, int] | None = (-1, int(count)) if count.isdigit() else None
        else:
            self._keep = (int(retention * 1000), -1)

    def due(self, fired: Iterable[bytes]) -> list[bytes]:
        """Count events that are fired, by stream; returns the streams that are due."""
        if self._keep is None:
            return []
        now = time.monotonic()
        streams: list[bytes] = []
        for stream in fired:
            due = self._due.get(stream)
            if due is None:
                # The first time is random, so that processes that live shortly trim now and then.
                due = self._due[stream] = now + random.uniform(-0.02, 1) * self._interval
            self._fired[stream] = self._fired.get(stream, 0) + 1
            if now >= due or self._fired[stream] >= _EVENTS:
                self._due[stream] = now + random.uniform(0.9, 1.1) * self._interval
                self._fired[stream] = 0
                streams.append(stream)
        return streams

    def command(self, stream: bytes) -> Command:
        """The command that trims a stream, in one atomic step."""
        milliseconds, entries = self._keep or (-1, -1)
        return TRIM.call_in_full(
            TRIM.call(
                [stream, trimmed_key(stream), registered_key(stream)],
                [milliseconds, entries, _AT_ONCE],
            )
        )

    @property
    def ever(self) -> bool:
        """Whether streams are trimmed at all."""
        return self._keep is not None

    def trimmed(self, stream: bytes, reply: Any) -> None:
        """Report a group that holds entries back and that is gone, or that nobody reads for.

        Args:
            stream: the stream that was to be trimmed.
            reply: of the server to `command`; an error of the server is reported too.
        """
        if isinstance(reply, ResponseError):
            if self._is_news(stream):
                _log.warning("%s cannot be trimmed: %s", _name(stream), words_of(reply))
            return
        if len(reply) < 4:
            return
        group: bytes = reply[1]
        held_back, seen = reply[2] / 1000, reply[3] / 1000
        if 0 <= seen < _UNREAD or not self._is_news(stream, group):
            return
        if held_back < 0:
            _log.warning(
                "consumer group %s of %s was removed on the server; no event is trimmed until a "
                "process of its service makes it again. If the listener is gone for good, `lbgen "
                "group remove` forgets it",
                _name(group),
                _name(stream),
            )
            return
        _log.warning(
            "consumer group %s of %s has not acknowledged an event of %.0f s ago, which keeps it "
            "and later ones from being trimmed, and no process reads for the group%s: start its "
            "service, or `lbgen group remove` it if the listener is gone for good",
            _name(group),
            _name(stream),
            held_back,
            f" since {seen:.0f} s" if seen >= 0 else "",
        )

    def _is_news(self, *about: bytes) -> bool:
        """Whether this is not yet reported within the hour."""
        now = time.monotonic()
        if now < self._reported.get(about, 0.0):
            return False
        self._reported[about] = now + _REPORT_EVERY
        return True


def _name(name: bytes) -> str:
    return name.decode(errors="backslashreplace")
