"""Pending entries that nobody runs: this process's own from before, and those of others.

What is merely pending is taken over many at a time, as there is room, and runs with the listener's
concurrency beside new entries. What may be ending processes runs alone.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final

from ..wire.refusals import Refusal
from .pending import PendingEntries
from .suspects import Suspects

if TYPE_CHECKING:
    from .claims import Claims
    from .listener import Listener
    from .pending import Intake, Pending
    from .process import Process
    from .room import Room

__all__ = ["Recovery"]

_STUCK: Final = 2.0
"""Seconds in which no handler begins, after which others may take over what is found."""
_MOST_BURIED: Final = 100
"""Entries that one step takes over to dead-letter them; their bytes are limited too."""
_PAGES: Final = 10
"""Pages of pending entries that one look goes through."""


class Recovery:
    """Takes over pending entries for one listener.

    Args:
        listener: for whom.
        process: this process.
        claims: what is held; gets what is taken over.
        room: says how much is taken over.
        intake: gets what cannot run.
    """

    __slots__ = (
        "_claims",
        "_listener",
        "_passes",
        "_pending",
        "_resumed",
        "_room",
        "_supervisor",
        "_suspects",
        "_unfinished",
    )

    def __init__(
        self, listener: Listener, process: Process, claims: Claims, room: Room, intake: Intake
    ) -> None:
        self._listener = listener
        self._supervisor = process.supervisor
        self._claims = claims
        self._room = room
        self._pending = PendingEntries(listener, process, claims, room, intake)
        self._suspects = Suspects(listener, process, claims, room, self._pending)
        self._resumed: set[bytes] = set()
        self._passes: dict[bytes, asyncio.Task[None]] = {}
        self._unfinished: dict[bytes, bytes] = {}

    async def resume_own_pending(self, stream: bytes) -> None:
        """Take over what is pending under this process's name and not held.

        At the first time that is what an earlier process of this name began; later it is what
        the server delivered to this process in replies that never came.

        Args:
            stream: where; no read of it is under way.

        Raises:
            Refusal: the group is gone.
        """
        self._suspects.add(stream, await self._resume(stream))

    async def resume_in_order(self, stream: bytes) -> None:
        """The same, so that what is read next comes after all that is older.

        At the first time that is also what others have left, and suspects have run.
        """
        first = stream not in self._resumed
        suspects = await self._resume(stream)
        after = b"-" if first else b""
        while after:
            found, after = await self._pending.idle(stream, after)
            suspects += await self._take_over(stream, found)
        if suspects:
            self._suspects.add(stream, suspects)
            await self._suspects.all_run()

    async def _resume(self, stream: bytes) -> list[Pending]:
        inherited = stream not in self._resumed
        suspects: list[Pending] = []
        after = b"-"
        while after:
            found, after = await self._pending.own(stream, after, inherited=inherited)
            suspects += await self._take_over(stream, found)
        self._resumed.add(stream)
        return suspects

    async def reclaim(self, stream: bytes) -> None:
        """Look for entries that have been idle for too long, and begin to take them over.

        Raises:
            Refusal: the group is gone.
        """
        under_way = self._passes.get(stream)
        if under_way is not None and not under_way.done():
            return
        found, after = await self._pending.idle(stream, self._unfinished.pop(stream, b"-"))
        if found or after:
            self._passes[stream] = self._supervisor.start(
                self._reclaim(stream, found, after), f"recovery of {self._listener.group}"
            )

    async def _reclaim(self, stream: bytes, found: list[Pending], after: bytes) -> None:
        try:
            for _ in range(_PAGES):
                if stream not in self._resumed:  # its own are counted when they are resumed
                    found = [p for p in found if not self._pending.is_own(p)]
                self._suspects.add(stream, await self._take_over(stream, found, patience=_STUCK))
                if not after:
                    return
                found, after = await self._pending.idle(stream, after)
            self._unfinished[stream] = after
        except Refusal:
            pass  # the group is gone: the reader sees to it

    async def _take_over(
        self, stream: bytes, found: list[Pending], *, patience: float = math.inf
    ) -> list[Pending]:
        """Take entries over as there is room for them; returns the suspects among them."""
        # What has had all its deliveries waits for nobody's turn: it does not run.
        exhausted = [pending for pending in found if pending.exhausted]
        while exhausted and await self._room.to_take_back(patience):
            _, settled = await self._pending.take(stream, exhausted[:_MOST_BURIED])
            del exhausted[:settled]
        wanted = [each for each in found if not (each.suspect or each.exhausted)]
        while wanted and (room := await self._room.to_take_back(patience)):
            claims, settled = await self._pending.take(stream, wanted[:room])
            del wanted[:settled]
            self._suspects.beside(claims)
            self._room.come_back(claims)
            self._claims.make_ready(claims)
        return [pending for pending in found if pending.suspect]

    async def stop(self) -> None:
        """Take nothing more over."""
        for under_way in self._passes.values():
            under_way.cancel()
            await asyncio.wait([under_way])
        await self._suspects.stop()
