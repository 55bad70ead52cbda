"""When a stream is due to be trimmed, and what is told about it."""

from __future__ import annotations

import logging
import random
import time
from typing import TYPE_CHECKING, Any, Final

from ..printable import printable
from .keys import registered_key, trimmed_key
from .refusals import AskElsewhere, AskLater, Refusal
from .repeats import Repeats
from .requests import Request
from .scripts import TRIM

if TYPE_CHECKING:
    from collections.abc import Iterable


__all__ = ["AT_ONCE", "Trims"]

_EVENTS: Final = 10_000
"""Events after which a stream is trimmed before its time."""
AT_ONCE: Final = 10_000
"""Entries that one step removes at most: a few milliseconds of the server's time."""
_REPORT_EVERY: Final = 3600.0
"""Seconds for which the same is not reported again."""
_UNREAD: Final = 600.0
"""Seconds without a living consumer after which a group that holds entries back is reported."""


class Trims:
    """Which streams of this process are due.

    Every process that fires to a stream or listens on it trims it, so there is no process whose
    end would end trimming. Where many processes live, most find nothing left to do.

    Args:
        retention: seconds for which acknowledged entries are kept, `forever`, or `N events`.
        interval: seconds between two times that this process trims a stream.
    """

    __slots__ = ("_due", "_fired", "_interval", "_keep", "_repeats")

    def __init__(self, retention: float | str = 3600.0, interval: float = 60.0) -> None:
        self._interval = interval
        self._due: dict[bytes, float] = {}
        self._fired: dict[bytes, int] = {}
        self._repeats = Repeats(_REPORT_EVERY)
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

    def request(self, stream: bytes) -> Request[Any]:
        """What trims a stream, in one atomic step; `trimmed` reads the reply."""
        milliseconds, entries = self._keep or (-1, -1)
        call = TRIM.call(
            [stream, trimmed_key(stream), registered_key(stream)],
            [milliseconds, entries, AT_ONCE],
        )
        return Request(TRIM.call_in_full(call), lambda reply: reply)

    @property
    def enabled(self) -> bool:
        """Whether streams are trimmed at all."""
        return self._keep is not None

    def trimmed(self, stream: bytes, reply: Any) -> bool:
        """Take note of what a step has done.

        A group that holds entries back and that is gone, or that nobody reads for, is reported.

        Args:
            stream: the stream that was to be trimmed.
            reply: of the server to `request`; an error of the server is reported too.

        Returns:
            Whether more can be removed: one step removes only so many entries.
        """
        if isinstance(reply, Refusal):
            # What passes by itself is not worth a line.
            if not isinstance(reply, (AskElsewhere, AskLater)):
                self._tell((stream,), "cannot trim %s: %s", printable(stream), reply)
            return False
        removed, *held = reply
        # Whole nodes are removed, so it is rarely all that a step may remove.
        more: bool = removed > AT_ONCE // 2
        if more:
            self._due[stream] = 0.0
        elif held:
            self._report(stream, *held)
        return more

    def _report(self, stream: bytes, group: bytes, age: int, unseen: int) -> None:
        held_back, seen = age / 1000, unseen / 1000
        if 0 <= seen < _UNREAD:
            return
        if held_back < 0:
            self._tell(
                (stream, group),
                "consumer group %s of %s was removed on the server; nothing is trimmed until a "
                "process of its service creates it again. If the listener no longer exists, "
                "run `lbgen group remove`",
                printable(group),
                printable(stream),
            )
            return
        self._tell(
            (stream, group),
            "consumer group %s of %s has not acknowledged an event from %.0f s ago, so that "
            "event and later ones are not trimmed, and no process reads for the group%s; start "
            "its service, or run `lbgen group remove` if the listener no longer exists",
            printable(group),
            printable(stream),
            held_back,
            f" since {seen:.0f} s" if seen >= 0 else "",
        )

    def _tell(self, about: tuple[bytes, ...], message: str, *args: object) -> None:
        self._repeats.log(logging.WARNING, about, message, *args)
