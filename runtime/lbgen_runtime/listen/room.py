"""How much a listener takes in: what its handlers get through in a second, and so many bytes."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from typing import TYPE_CHECKING, Final

from .claims import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..settings.scopes import ListenerSettings
    from .claims import Claim, Claims

__all__ = ["Room"]

_AHEAD: Final = 1.0
"""Seconds of work that are read ahead, by what the handler has taken so far."""
_MOST_RETRYING: Final = 10_000
"""Entries that wait for their retry, each without its fields, while others are read."""
_FIRST_SIZE: Final = 2**20
"""Bytes of an entry before any was read."""
_POLL: Final = 0.02
"""Seconds after which the room is looked at again: a thread that becomes idle tells nobody."""


class Room:
    """The room that one listener has, for new entries and for those that come back.

    Both get their share. What comes back (of processes that have ended, or for its retry) finds
    room for one entry at least as soon as none of it is ready.

    Args:
        settings: the listener's.
        claims: what is held.
    """

    __slots__ = ("_back", "_claims", "_made", "_pace", "_settings", "_size")

    def __init__(self, settings: ListenerSettings, claims: Claims) -> None:
        self._settings = settings
        self._claims = claims
        self._pace = 0.0
        self._size = 0.0
        self._back: deque[Claim] = deque()
        self._made = asyncio.Event()
        self._made.set()

    def handled(self, seconds: float) -> None:
        """A handler took so long."""
        self._pace = seconds if not self._pace else self._pace * 0.9 + seconds * 0.1

    def taken_in(self, sizes: list[int]) -> None:
        """Entries of so many bytes came with one reply."""
        largest = max(sizes, default=0)
        # Larger ones count at once, smaller ones bit by bit.
        self._size = max(largest, self._size * 0.8 + largest * 0.2, 1.0)

    def to_read(self) -> int:
        """How many new entries may be read now."""
        if self._claims.retrying >= _MOST_RETRYING:
            return 0
        settings = self._settings
        ahead = min(max(settings.concurrency, self._soon()), settings.read_ahead)
        return self._within_bytes(self._free_of(ahead))

    def bytes_left(self) -> int:
        """How many bytes may be taken in now, in one entry at least."""
        return max(self._settings.read_ahead_bytes - self._claims.waiting_bytes, 1)

    def _soon(self) -> int:
        """How many entries the handlers get through in a second."""
        return int(_AHEAD * self._settings.concurrency / self._pace) if self._pace else 0

    def _free_of(self, ahead: int) -> int:
        waiting = self._claims.waiting
        return ahead - waiting if waiting <= ahead // 2 else 0

    def _within_bytes(self, count: int) -> int:
        waiting, most = self._claims.waiting_bytes, self._settings.read_ahead_bytes
        if waiting and waiting >= most // 2:
            return 0
        return min(count, max(int((most - waiting) / (self._size or _FIRST_SIZE)), 1))

    def _to_take_back(self) -> int:
        # What begins within a second and no more: another process may have the rest.
        soon = self._free_of(min(self._soon(), self._settings.read_ahead))
        count = max(soon, self._claims.idle)
        while self._back and (self._back[0].counted or self._back[0].state is not State.READY):
            self._back.popleft()
        return self._within_bytes(count or int(not self._back))

    async def to_take_back(self, patience: float = math.inf) -> int:
        """How many entries may come back, as soon as it is one at least.

        Args:
            patience: seconds in which no handler begins, after which there is no room: 0.

        Returns:
            The number; 0 where nothing more will begin.
        """
        loop = asyncio.get_running_loop()
        begun, deadline = self._claims.begun, loop.time() + patience
        while not self._claims.stopped:
            if count := self._to_take_back():
                return count
            if self._claims.begun != begun:
                begun, deadline = self._claims.begun, loop.time() + patience
            if loop.time() > deadline:
                break
            self._made.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._made.wait()
        return 0

    def come_back(self, claims: Iterable[Claim]) -> None:
        """Entries that came back are made ready now."""
        self._back.extend(claims)

    def made(self) -> None:
        """There may be room now."""
        if not self._made.is_set() and self._to_take_back():
            self._made.set()
