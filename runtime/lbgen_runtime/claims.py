"""The entries that this process holds for one listener, and the order in which they run."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from .delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from .entry import Metadata
    from .listener import Listener

__all__ = ["Claim", "Claims"]


class Claim:
    """One pending entry that this process holds.

    Attributes:
        entry_id: the entry's id in the stream.
        fields: the entry's fields and values.
        delivery: what the handler may know.
        began: when the handler began, `time.monotonic()` seconds; `None` before.
        interrupt: stops the handler, where it can be stopped.
        settled: done when this process has nothing more to do with the entry, or it waits for
            its retry; only where somebody waits for that.
    """

    __slots__ = ("began", "delivery", "entry_id", "fields", "interrupt", "settled")

    def __init__(self, entry_id: bytes, fields: list[bytes], delivery: Delivery) -> None:
        self.entry_id = entry_id
        self.fields = fields
        self.delivery = delivery
        self.began: float | None = None
        self.interrupt: Callable[[], None] | None = None
        self.settled: asyncio.Future[None] | None = None


class Claims:
    """What is held for one listener, and what of it is ready to run.

    The event loop puts and removes; runner threads take; the heartbeat's thread looks.
    """

    __slots__ = ("_available", "_condition", "_listener", "_process", "_ready", "held", "stopped")

    def __init__(self, listener: Listener, process: str) -> None:
        self._listener = listener
        self._process = process
        self._ready: deque[Claim] = deque()
        self._condition = threading.Condition()
        self._available = asyncio.Event()
        self.held: dict[bytes, Claim] = {}
        self.stopped = False

    def claim(
        self, entry_id: bytes, fields: list[bytes], about: Metadata, times_delivered: int
    ) -> Claim:
        """Hold an entry that the server has delivered to this process."""
        listener = self._listener
        claim = Claim(
            entry_id,
            fields,
            Delivery(
                event_id=about.event_id,
                stream_id=entry_id.decode(),
                times_delivered=times_delivered,
                api=about.api_name,
                event=about.event_name,
                service=listener.service,
                listener=listener.name,
                process=self._process,
            ),
        )
        self.held[entry_id] = claim
        return claim

    def make_ready(self, claims: list[Claim], *, first: bool = False) -> None:
        """Have entries run, after those that are ready already or before them."""
        with self._condition:
            if first:
                self._ready.extendleft(reversed(claims))
            else:
                self._ready.extend(claims)
            self._condition.notify(len(claims))
        self._available.set()

    def release(self, claim: Claim) -> None:
        """This process has nothing more to do with the entry."""
        if self.held.get(claim.entry_id) is claim:
            del self.held[claim.entry_id]

    @property
    def waiting(self) -> int:
        """How many entries are ready to run."""
        return len(self._ready)

    async def take(self) -> Claim | None:
        """The next entry to run, for a task; `None` when no more will run."""
        while not self.stopped:
            if self._ready:
                return self._begin(self._ready.popleft())
            self._available.clear()
            await self._available.wait()
        return None

    def take_in_thread(self) -> Claim | None:
        """The next entry to run, for a thread; `None` when no more will run."""
        with self._condition:
            while not self.stopped:
                if self._ready:
                    return self._begin(self._ready.popleft())
                self._condition.wait()
        return None

    @staticmethod
    def _begin(claim: Claim) -> Claim:
        claim.began = time.monotonic()
        return claim

    def stop(self) -> list[Claim]:
        """Let nothing more begin; returns what was ready."""
        with self._condition:
            self.stopped = True
            left = list(self._ready)
            self._ready.clear()
            self._condition.notify_all()
        self._available.set()
        return left
