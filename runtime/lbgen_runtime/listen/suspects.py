"""Pending entries that may be what ends processes: each runs alone, so that it dies alone."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from ..wire.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .claims import Claim, Claims
    from .listener import Listener
    from .pending import Pending, PendingEntries
    from .process import Process
    from .room import Room

__all__ = ["Suspects"]

_MOST: Final = 1_000
"""Entries that wait for their turn; what is more is found again later."""


class Suspects:
    """Runs entries one at a time, beside new ones.

    The least often delivered comes first, after what was recovered beside it, and in the whole
    process one at a time. None is claimed before its turn: a process that ends costs the others
    no delivery.

    Args:
        listener: whose entries.
        process: this process.
        claims: what is held; gets each entry at its turn.
        room: says when one more may be taken over.
        pending: takes them over.
    """

    __slots__ = (
        "_claims",
        "_listener",
        "_neighbors",
        "_pending",
        "_process",
        "_room",
        "_settled",
        "_task",
        "_waiting",
    )

    def __init__(
        self,
        listener: Listener,
        process: Process,
        claims: Claims,
        room: Room,
        pending: PendingEntries,
    ) -> None:
        self._listener = listener
        self._process = process
        self._claims = claims
        self._pending = pending
        self._room = room
        self._waiting: dict[tuple[bytes, bytes], Pending] = {}
        self._neighbors: dict[Claim, float] = {}
        self._settled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, stream: bytes, entries: Iterable[Pending]) -> None:
        """Have entries run one at a time."""
        for pending in entries:
            if len(self._waiting) < _MOST:
                self._waiting[stream, pending.entry_id] = pending
        if self._waiting and (self._task is None or self._task.done()):
            self._task = self._process.supervisor.start(
                self._run(), f"suspects of {self._listener.group}"
            )

    def beside(self, claims: Iterable[Claim]) -> None:
        """These entries were recovered too: they come to their end before the next suspect."""
        until = asyncio.get_running_loop().time() + self._timeout
        for claim in claims:
            self._neighbors[claim] = until
            claim.settled = lambda claim=claim: self._neighbor_settled(claim)

    def _neighbor_settled(self, claim: Claim) -> None:
        self._neighbors.pop(claim, None)
        self._settled.set()

    @property
    def _timeout(self) -> float:
        return self._listener.settings.acknowledgement_timeout

    async def all_run(self) -> None:
        """Return when all have run, or after `acknowledgement_timeout`."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=self._timeout)

    async def _run(self) -> None:
        try:
            while self._waiting and await self._room.to_take_back():
                await self._neighbors_settled()
                key = min(self._waiting, key=lambda key: self._waiting[key].times_delivered)
                pending = self._waiting.pop(key)
                async with self._process.alone:
                    claims, _ = await self._pending.take(key[0], [pending])
                    for claim in claims:
                        await self._run_alone(claim)
        except Refusal:
            self._waiting.clear()  # the group is gone: the reader sees to it

    async def _neighbors_settled(self) -> None:
        """Wait for what was recovered beside: what takes longer than the timeout ends nobody."""
        loop = asyncio.get_running_loop()
        while self._neighbors:
            left = max(self._neighbors.values()) - loop.time()
            if left <= 0:
                self._neighbors.clear()
                return
            self._settled.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._settled.wait()

    async def _run_alone(self, claim: Claim) -> None:
        """Have an entry run next, and wait until its handler has ended."""
        ended = asyncio.Event()
        claim.settled = ended.set
        self._room.come_back([claim])
        self._claims.make_ready([claim], first=True)
        await ended.wait()

    async def stop(self) -> None:
        """Run no more of them."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
