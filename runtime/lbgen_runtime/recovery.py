"""Pending entries that nobody runs: this process's own from before, and those of others.

They run one at a time per listener, and from the third delivery on one at a time in the whole
process: what kills processes dies alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from redis.exceptions import ResponseError

from . import clock
from .accepting import Accepted, accept
from .handing_back import HANDED_BACK, hand_back
from .scripts import CLAIM

if TYPE_CHECKING:
    from collections.abc import Collection

    from .claims import Claim, Claims
    from .listener import Listener
    from .process import Process

__all__ = ["Bury", "Pending", "Recovery", "pending_entries"]

_log = logging.getLogger("lbgen")

_ALONE_FROM: Final = 3
"""The delivery from which on an entry runs alone in its process."""
_UNBEGUN: Final = 2.0
"""Seconds after which an entry that was taken over and did not begin is handed back."""


class Pending(NamedTuple):
    """A pending entry as `XPENDING` shows it."""

    entry_id: bytes
    consumer: bytes
    idle: int
    times_delivered: int


def pending_entries(reply: list[Any]) -> list[Pending]:
    """What `XPENDING` with a range replies, the least often delivered first.

    What has been delivered often may be what ends processes: it comes after its neighbours, so
    that they get on.
    """
    entries = [Pending(*entry) for entry in reply]
    return sorted(entries, key=lambda pending: pending.times_delivered)


class Bury(Protocol):
    """What becomes of an entry that will not run (again)."""

    async def bury(self, claim: Claim, reason: str, detail: str) -> None:
        """Move the entry to the dead letters."""
        ...

    def pass_over(self, stream: bytes, entry_id: bytes, times_delivered: int) -> None:
        """Acknowledge an entry that is none of this listener's events."""
        ...


class Recovery:
    """Takes over pending entries for one listener.

    Args:
        listener: for whom.
        process: this process.
        claims: what is held; gets what is taken over.
        bury: gets what cannot run.
    """

    __slots__ = (
        "_bury",
        "_claims",
        "_first",
        "_group",
        "_listener",
        "_one_at_a_time",
        "_process",
        "_sweeping",
        "_unbegun",
    )

    def __init__(self, listener: Listener, process: Process, claims: Claims, bury: Bury) -> None:
        self._listener = listener
        self._process = process
        self._claims = claims
        self._bury = bury
        self._group = listener.group.encode()
        self._one_at_a_time = asyncio.Lock()
        self._first = True
        self._sweeping: asyncio.Task[None] | None = None
        self._unbegun: set[bytes] = set()

    async def work_off_own(self) -> None:
        """Run what is pending under this process's name and not held.

        At the first time that is what an earlier process of this name began; later it is what
        the server delivered to this process in replies that never came, which counts as the
        delivery that it is now.

        Raises:
            ResponseError: the group is gone.
        """
        counts = self._first
        stream, own, after = self._listener.stream, self._process.name.encode(), b"-"
        while not self._claims.stopped:
            found = await self._process.commands.ask(
                b"XPENDING", stream, self._group, after, b"+", 100, own
            )
            for pending in pending_entries(found):
                await self._recover(stream, pending, counts=counts)
            if len(found) < 100:
                break
            after = b"(" + found[-1][0]
        self._first = False

    def offer(
        self, stream: bytes, found: list[Pending], new: Collection[bytes] | None = None
    ) -> None:
        """Take over entries that have been idle for too long, unless that is under way.

        Args:
            stream: where they are.
            found: the entries.
            new: of those that are this process's own, which it has got just now; the others were
                delivered before. By default all of its own are new: it holds them, or has lost
                the reply that brought them.
        """
        if new is not None:
            self._unbegun |= set(new)
        if self._first or (self._sweeping is not None and not self._sweeping.done()):
            return
        # What is held now and given up a moment later counts as delivered: look at it afresh then.
        found = [p for p in found if not self._claims.holds(stream, p.entry_id)]
        if found:
            own = None if new is None else frozenset(self._unbegun)
            self._sweeping = asyncio.create_task(self._sweep(stream, found, own))

    async def _sweep(
        self, stream: bytes, found: list[Pending], unbegun: frozenset[bytes] | None
    ) -> None:
        own = self._process.name.encode()
        with contextlib.suppress(ResponseError):  # the group is gone: the reader sees to it
            for pending in found:
                if not await self._runners_get_on():
                    return
                handed_back = pending.idle >= HANDED_BACK
                counts = handed_back or pending.consumer != own
                if unbegun is not None:
                    counts = counts or pending.entry_id not in unbegun
                    self._unbegun.discard(pending.entry_id)
                await self._recover(stream, pending, counts=counts)

    async def _runners_get_on(self) -> bool:
        """Whether what is taken over now would begin soon; else another process may have it."""
        begun = self._claims.begun
        deadline = asyncio.get_running_loop().time() + _UNBEGUN
        while not self._claims.idle and self._claims.begun == begun:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    async def _recover(self, stream: bytes, pending: Pending, *, counts: bool) -> None:
        times_delivered = max(pending.times_delivered + counts, 1)
        alone = times_delivered >= _ALONE_FROM
        async with (
            self._one_at_a_time,
            self._process.alone if alone else contextlib.nullcontext(),
        ):
            if self._claims.stopped or self._claims.holds(stream, pending.entry_id):
                return
            claim = await self._claim(stream, pending, times_delivered)
            if claim is not None:
                await self._run(claim, pending.times_delivered)

    async def _claim(self, stream: bytes, pending: Pending, times_delivered: int) -> Claim | None:
        """Take one entry over, if it still stands as it was seen; it is held then."""
        settings = self._listener.settings
        exhausted = times_delivered > settings.max_deliveries
        if exhausted:
            times_delivered = pending.times_delivered
        own = pending.consumer == self._process.name.encode()
        idle = 0 if own else int(settings.acknowledgement_timeout * 1000)
        expires = clock.now() + settings.acknowledgement_timeout
        reply = await self._process.commands.script(
            CLAIM,
            [stream],
            [
                *(self._group, self._process.name, pending.entry_id),
                *(pending.consumer, pending.times_delivered, idle, times_delivered),
            ],
        )
        if reply[0] == b"gone":
            _log.error(
                "%s: entry %s was removed from the stream before it was handled; nothing is left "
                "of it",
                self._listener,
                pending.entry_id.decode(),
            )
        if reply[0] != b"claimed":
            return None
        accepted = accept(
            self._listener,
            self._process.name,
            stream,
            pending.entry_id,
            reply[1],
            times_delivered,
            expires,
        )
        if not isinstance(accepted, Accepted):
            self._bury.pass_over(stream, pending.entry_id, times_delivered)
            return None
        claim = accepted.claim
        self._claims.hold(claim)
        if accepted.invalid is not None:
            await self._bury.bury(claim, "invalid", str(accepted.invalid))
            return None
        if exhausted:
            await self._bury.bury(
                claim,
                "crashed",
                f"{pending.times_delivered} processes or handlers did not come to an end with it; "
                f"the last was {pending.consumer.decode(errors='replace')}",
            )
            return None
        if not own:
            _log.info(
                "%s: took over event %s from %s",
                self._listener,
                claim.delivery.event_id,
                pending.consumer.decode(errors="replace"),
            )
        return claim

    async def _run(self, claim: Claim, count_before: int) -> None:
        """Have an entry run next, and wait until its handler has ended."""
        ended = asyncio.get_running_loop().create_future()

        def settled() -> None:
            if not ended.done():
                ended.set_result(None)

        claim.settled = settled
        self._claims.make_ready([claim], first=True)
        await asyncio.wait([ended], timeout=_UNBEGUN)
        if not ended.done() and claim.began is None and self._claims.withdraw(claim):
            # Every runner is busy with something long: let another process have it.
            await hand_back(self._listener, self._process, [(claim, count_before)])
            self._claims.release(claim)
            return
        await ended

    async def stop(self) -> None:
        """Take nothing more over."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])
