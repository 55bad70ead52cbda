"""The entries that this process holds for one listener, and the order in which they run."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

from ..wire import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from .delivery import Delivery

__all__ = ["Claim", "Claims", "State"]


class State(Enum):
    """What this process may still do with an entry that it holds."""

    READY = "its handler runs when its turn has come, or its retry is due"
    RUNNING = "its handler runs; what it does decides what becomes of the entry"
    HANDLED = "its handler is done, and its acknowledgement is on its way"
    GIVEN_UP = "another process has it or may get it; nothing that happens here touches it"


class Claim:
    """One pending entry that this process holds.

    Attributes:
        stream: the stream's key.
        entry_id: the entry's id in the stream.
        fields: the event's fields and values; none while it waits for its retry.
        size: their bytes.
        delivery: what the handler may know.
        state: what may still be done with it; changed by `Claims` alone.
        began: when the handler began, by `clock.now`; `None` before, and while the entry waits for
            its retry.
        counted: the handler has begun in the delivery that `times_delivered` counts last.
        fence: the delivery count that the server has for it. Another process that takes the entry
            sets another count, also where it has this process's name.
        expires: when the server may have given the entry to another process, by `clock.now`: a
            handler does not begin after it without asking again.
        removed: the entry was removed from the stream while it was held: nobody else gets it.
        settled: called once, when the entry is acknowledged, waits for its retry, or is lost.
    """

    __slots__ = (
        "began",
        "counted",
        "delivery",
        "entry_id",
        "expires",
        "fence",
        "fields",
        "removed",
        "settled",
        "size",
        "state",
        "stream",
    )

    def __init__(
        self,
        stream: bytes,
        entry_id: bytes,
        fields: list[bytes],
        delivery: Delivery,
        expires: float,
    ) -> None:
        self.stream = stream
        self.entry_id = entry_id
        self.fields = fields
        self.size = sum(map(len, fields))
        self.delivery = delivery
        self.expires = expires
        self.fence = delivery.times_delivered
        self.state = State.READY
        self.began: float | None = None
        self.counted = False
        self.removed = False
        self.settled: Callable[[], None] | None = None

    @property
    def count(self) -> int:
        """How many deliveries have begun a handler, or ended a process before they could."""
        return self.delivery.times_delivered - (not self.counted)

    def is_delivered_again(self, claim: Claim) -> bool:
        """Whether another claim to the same entry is one to the same event, which runs here."""
        if self.given_up:
            return False
        return (self.delivery.event_id, self.size) == (claim.delivery.event_id, claim.size)

    @property
    def given_up(self) -> bool:
        """Whether nothing that happens here touches the entry any more."""
        return self.state is State.GIVEN_UP

    def settle(self) -> None:
        """The entry is acknowledged, waits for its retry, or is lost."""
        settled, self.settled = self.settled, None
        if settled is not None:
            settled()


class Claims:
    """What is held for one listener, and what of it is ready to run.

    The event loop puts and removes; runner threads take; the heartbeat's thread looks.

    Args:
        expired: gets an entry, from any thread, that was ready for longer than the server keeps it
            for this process (the process stood still); it keeps its place until `asked` is called.

    Attributes:
        begun: how many handler calls have begun.
        dead_letter_bytes: how many bytes are on their way to the dead letters.
        retrying: how many entries wait for their retry, or to be dead-lettered.
        stopped: nothing more will begin.
        room_made: called on the event loop when something is held no more, or waits no more.
    """

    __slots__ = (
        "_asking",
        "_available",
        "_condition",
        "_expired",
        "_held",
        "_idle",
        "_ready",
        "_ready_bytes",
        "begun",
        "dead_letter_bytes",
        "retrying",
        "room_made",
        "stopped",
    )

    def __init__(self, expired: Callable[[Claim], None]) -> None:
        self._expired = expired
        self._asking: Claim | None = None
        self._ready: deque[Claim] = deque()
        self._ready_bytes = 0
        self._condition = threading.Condition()
        self._available = asyncio.Event()
        self._held: dict[tuple[bytes, bytes], Claim] = {}
        self._idle = 0
        self.begun = 0
        self.dead_letter_bytes = 0
        self.retrying = 0
        self.room_made: Callable[[], object] = lambda: None
        self.stopped = False

    def hold(self, claim: Claim) -> None:
        """Hold an entry that the server has given to this process."""
        self._held[claim.stream, claim.entry_id] = claim

    def drop(self, claim: Claim) -> None:
        """This process has nothing more to do with the entry."""
        if self._held.get((claim.stream, claim.entry_id)) is claim:
            del self._held[claim.stream, claim.entry_id]
        self.room_made()

    def forget(self, stream: bytes, entry_ids: list[bytes]) -> None:
        """The server has acknowledged these entries."""
        for entry_id in entry_ids:
            claim = self._held.pop((stream, entry_id), None)
            if claim is not None:
                claim.settle()

    def holds(self, stream: bytes, entry_id: bytes) -> bool:
        """Whether the entry is held."""
        return (stream, entry_id) in self._held

    def find(self, stream: bytes, entry_id: bytes) -> Claim | None:
        """What is held of the entry."""
        return self._held.get((stream, entry_id))

    @property
    def held(self) -> list[Claim]:
        """What is held at this moment; from any thread."""
        return list(self._held.copy().values())

    def make_ready(self, claims: list[Claim], *, first: bool = False) -> None:
        """Have entries run, after those that are ready already or before them."""
        with self._condition:
            if first:
                self._ready.extendleft(reversed(claims))
            else:
                self._ready.extend(claims)
            self._ready_bytes += sum(claim.size for claim in claims)
            self._condition.notify(len(claims))
        self._available.set()

    def asked(self, claim: Claim) -> None:
        """The server was asked about an entry that had expired; it runs if it is still held."""
        with self._condition:
            if self._asking is claim:
                self._asking = None
            if self.find(claim.stream, claim.entry_id) is not claim and claim in self._ready:
                self._remove(claim)
            self._condition.notify_all()
        self._available.set()

    def ended(self, claim: Claim, *, handled: bool) -> bool:
        """The entry's handler has ended.

        Args:
            claim: whose handler.
            handled: the entry is to be acknowledged; else it is retried or dead-lettered.

        Returns:
            Whether that is of any consequence: not where the claim was given up meanwhile.
        """
        if claim.state is not State.RUNNING:
            return False
        claim.began = None
        claim.state = State.HANDLED if handled else State.READY
        return True

    def give_up(self, claim: Claim) -> bool:
        """Another process has the entry, or is to get it; whether its handler runs here."""
        with self._condition:
            running = claim.state is State.RUNNING
            claim.state = State.GIVEN_UP
            if claim in self._ready:
                self._remove(claim)
        claim.delivery.lose()
        return running

    def _remove(self, claim: Claim) -> None:
        self._ready.remove(claim)
        self._ready_bytes -= claim.size

    @property
    def waiting(self) -> int:
        """How many entries are ready to run."""
        return len(self._ready)

    @property
    def waiting_bytes(self) -> int:
        """How many bytes are ready to run, or on their way to the dead letters."""
        return self._ready_bytes + self.dead_letter_bytes

    @property
    def idle(self) -> int:
        """How many runners have nothing to do."""
        return max(self._idle - len(self._ready), 0)

    async def take(self) -> Claim | None:
        """The next entry to run, for a task; `None` when no more will run."""
        while not self.stopped:
            if (claim := self._begin()) is not None:
                return claim
            self._available.clear()
            self._idle += 1
            try:
                await self._available.wait()
            finally:
                self._idle -= 1
        return None

    def take_in_thread(self) -> Claim | None:
        """The next entry to run, for a thread; `None` when no more will run."""
        with self._condition:
            while not self.stopped:
                if (claim := self._begin()) is not None:
                    return claim
                self._idle += 1
                try:
                    self._condition.wait()
                finally:
                    self._idle -= 1
        return None

    def _begin(self) -> Claim | None:
        while self._ready and self._ready[0].given_up:
            self._remove(self._ready[0])  # at the very moment in which it was made ready
        if not self._ready or self._ready[0] is self._asking:
            return None
        claim, now = self._ready[0], clock.now()
        if now > claim.expires:
            self._asking = claim
            self._expired(claim)
            return None
        self._ready.popleft()
        self._ready_bytes -= claim.size
        claim.state = State.RUNNING
        claim.began = now
        claim.counted = True
        self.begun += 1
        return claim

    def stop(self) -> list[Claim]:
        """Let nothing more begin; returns what was ready."""
        with self._condition:
            self.stopped = True
            left = list(self._ready)
            self._ready.clear()
            self._ready_bytes = 0
            self._condition.notify_all()
        self._available.set()
        return left

    def let_go(self) -> None:
        """Let nothing more begin, and nothing that happens here touch an entry any more."""
        with self._condition:
            self.stopped = True
            self._ready.clear()
            self._condition.notify_all()
        for claim in self.held:
            self.give_up(claim)
