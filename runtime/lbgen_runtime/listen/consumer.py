"""One listener at work in one process: what is read, taken over and retried meets its runners."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from typing import TYPE_CHECKING, Final

from ..printable import printable
from ..wire import clock
from ..wire.refusals import Refusal
from .acceptance import Invalid, accept
from .acknowledgements import Acknowledger
from .claims import Claim, Claims, State
from .failures import Failures
from .group import ensure_group
from .reader import Reader
from .recovery import Recovery
from .release import release, release_unheld
from .replays import Replays
from .retries import Retries
from .room import Room
from .runners import start_runners

if TYPE_CHECKING:
    from ..wire.async_connection import AsyncConnection
    from .listener import Listener
    from .process import Process

__all__ = ["Consumer"]

_log = logging.getLogger("lbgen")

_UNWIND: Final = 0.5
"""Seconds that handlers get which were told to stop because their grace is over."""
_LAST_WORDS: Final = 2.0
"""Seconds that the server has to take the last acknowledgements."""


class Consumer:
    """Runs one listener in one process.

    Args:
        listener: what to run.
        process: this process.
        connection: where the listener's reads block.

    Attributes:
        registration: what this process knows of the consumer group; empty before it has one.
        replays: the key of the stream of dead letters that were given back.
    """

    def __init__(self, listener: Listener, process: Process, connection: AsyncConnection) -> None:
        self.listener = listener
        self.claims = Claims(self._expired)
        self._process = process
        self._room = Room(listener.settings, self.claims)
        self._recovery = Recovery(listener, process, self.claims, self._room, self)
        self._replays = Replays(listener, process, self._room, self._recovery, self)
        self._retries = Retries(listener, process, self.claims, self._room)
        self._acknowledgers = {
            stream: Acknowledger(
                process,
                process.on(stream, listener.group),
                functools.partial(self._acknowledged, stream),
                remove=stream == self._replays.stream,
            )
            for stream in (listener.stream, self._replays.stream)
        }
        self._failures = Failures(listener, process, self.claims, self._retries)
        self._reader = Reader(listener, process, connection, self)
        self.claims.room_made = self._room_made
        self._runners = start_runners(listener, process, self.claims, self._finished)
        self.registration = b""
        self._debug = _log.isEnabledFor(logging.DEBUG)

    async def prepare(self) -> None:
        """See that the consumer group exists, unless what has its stream's name is not a stream."""
        with contextlib.suppress(Refusal):  # the reader complains, and tries again
            await self.group_missing()

    def start(self) -> None:
        """Begin to read."""
        self._reader.start()

    # What the reader asks.

    def room(self) -> int:
        """How many entries may be read now."""
        return self._room.to_read()

    def _room_made(self) -> None:
        self._reader.wake()
        self._room.made()

    def received(
        self, stream: bytes, entries: list[tuple[bytes, list[bytes]]], asked: float
    ) -> None:
        """New entries were delivered to a read that was sent at that time."""
        listener, process = self.listener, self._process.name
        expires = asked + listener.settings.acknowledgement_timeout
        ready: list[Claim] = []
        sizes: list[int] = []
        for entry_id, fields in entries:
            accepted = accept(listener, process, stream, entry_id, fields, 1, expires)
            if accepted is None:
                self.pass_over(stream, entry_id, 1)
                sizes.append(sum(map(len, fields)))
                continue
            sizes.append(accepted.claim.size)
            held = self.claims.find(stream, entry_id)
            if held is not None and held.is_delivered_again(accepted.claim):
                # Its group begins again at the beginning, or the reply was so late that it was
                # recovered meanwhile; it runs here already.
                held.fence = 1
                if held.state is State.HANDLED:  # what is on its way may be of the group before
                    self._acknowledgers[stream].acknowledge(entry_id, 1)
                continue
            self.claims.hold(accepted.claim)
            if accepted.invalid is not None:
                self._failures.failed(accepted.claim, accepted.invalid)
            else:
                ready.append(accepted.claim)
        self._room.taken_in(sizes)
        if ready:
            self.claims.make_ready(ready)
        else:
            self._room_made()

    async def resume_own_pending(self) -> None:
        """Take over what is pending under this process's name and not held."""
        stream = self.listener.stream
        if self.listener.settings.concurrency == 1:
            await self._recovery.resume_in_order(stream)
        else:
            await self._recovery.resume_own_pending(stream)

    async def group_missing(self) -> None:
        """Make the consumer group, from the beginning where it was there before."""
        self.registration = await ensure_group(self.listener, self._process, self.registration)

    # What recovery asks.

    def dead_letter(self, claim: Claim, reason: str, detail: str) -> None:
        """Begin to move an event to the dead letters."""
        self._failures.dead_letter(claim, reason, detail)

    def pass_over(self, stream: bytes, entry_id: bytes, times_delivered: int) -> None:
        """Acknowledge an entry that is none of this listener's events."""
        self._acknowledgers[stream].acknowledge(entry_id, times_delivered)

    # What the sweep asks.

    async def reclaim(self) -> None:
        """Begin to run what nobody has renewed in time, and what was given back.

        Raises:
            Refusal: the group is gone.
        """
        await asyncio.gather(self._recovery.reclaim(self.listener.stream), self._replays.wake())

    # What the heartbeat asks, from its thread.

    def lose(self, lost: list[Claim]) -> None:
        """Others have these entries now."""
        self._process.supervisor.call(self._lose, lost)

    def _lose(self, lost: list[Claim]) -> None:
        for claim in lost:
            if self.claims.find(claim.stream, claim.entry_id) is not claim or claim.given_up:
                continue
            running = self._give_up(claim)
            _log.warning(
                "%s: another process took over event %s%s",
                self.listener,
                printable(claim.delivery.event_id),
                " while its handler runs" if running else "",
            )
            self.claims.drop(claim)
            claim.settle()

    def give_up(self, hanging: list[Claim]) -> None:
        """Nobody else has taken over what hangs here: hand it back, and let others run."""
        self._process.supervisor.call(self._give_up_hanging, hanging)

    def _give_up_hanging(self, hanging: list[Claim]) -> None:
        hanging = [claim for claim in hanging if claim.state is State.RUNNING]
        for claim in hanging:
            self._give_up(claim)
            _log.warning(
                "%s: the handler of event %s exceeded max_processing; released the event",
                self.listener,
                printable(claim.delivery.event_id),
            )
        self._failures.release(hanging)

    def _give_up(self, claim: Claim) -> bool:
        """Let nothing that happens here touch the entry; whether its handler runs, and is told."""
        running = self.claims.give_up(claim)
        if running:
            self._runners.interrupt(claim)
        return running

    # What the runners tell.

    def _expired(self, claim: Claim) -> None:
        self._process.supervisor.call(self._failures.ask_again, claim)

    def _finished(self, claim: Claim, error: BaseException | None) -> None:
        self._room.handled(clock.now() - (claim.began or 0.0))
        handled = error is None or (
            self.listener.settings.on_error == "ACKNOWLEDGE_AND_LOG"
            and not isinstance(error, Invalid)
        )
        if self.claims.ended(claim, handled=handled):
            if error is not None:
                self._failures.failed(claim, error)
            elif self._debug:
                event_id = printable(claim.delivery.event_id)
                _log.debug("%s: event %s done", self.listener, event_id)
            if handled:
                self._acknowledgers[claim.stream].acknowledge(claim.entry_id, claim.fence)
        self._room_made()

    def _acknowledged(self, stream: bytes, entry_ids: list[bytes], others: list[bytes]) -> None:
        found = (self.claims.find(stream, entry_id) for entry_id in others)
        self._lose([claim for claim in found if claim is not None])
        self.claims.forget(stream, entry_ids)

    # The end.

    async def drain(self, *, release: bool) -> bool:
        """Begin nothing more, let running handlers finish for `grace`, acknowledge, hand back.

        It takes `_UNWIND` and `_LAST_WORDS` seconds longer than `grace` at most.

        Args:
            release: what is pending under this process's name is its own.

        Returns:
            Whether the server has taken everything.
        """
        self.claims.stop()
        supervisor, name = self._process.supervisor, self.listener.group
        stopped = supervisor.start(self._stop(release=release), f"end of {name}")
        if not await self._runners.finish(self.listener.settings.grace):
            self._cut_off()
            await self._runners.finish(_UNWIND)
        try:
            async with asyncio.timeout(_LAST_WORDS):
                await asyncio.wait([stopped])
                for acknowledger in self._acknowledgers.values():
                    await acknowledger.flush()
                await self._failures.stop()
                if release:
                    await self._release(self.claims.held)
        except TimeoutError:
            _log.warning(
                "%s: the server did not accept the last acknowledgements or releases; "
                "these events will run again",
                self.listener,
            )
            return False
        finally:
            stopped.cancel()
            self._reader.let_go()
            for acknowledger in self._acknowledgers.values():
                acknowledger.close()
        return True

    def _cut_off(self) -> None:
        """The grace is over: whatever handlers do from now on touches nothing."""
        for claim in self.claims.held:
            if claim.state is State.RUNNING:
                self._give_up(claim)
                _log.warning(
                    "%s: the handler of event %s exceeded grace; released the event",
                    self.listener,
                    printable(claim.delivery.event_id),
                )

    async def _stop(self, *, release: bool) -> None:
        """Read and take over nothing more, and hand back what no handler has begun."""
        await self._replays.stop()
        await self._recovery.stop()
        await self._retries.stop()
        await self._failures.stop()
        if release:
            await self._release_waiting()
            await release_unheld(
                self.listener, self._process, self._replays.stream, self.claims.holds
            )
        await self._reader.stop()
        if release:  # what the last read has brought
            await self._release_waiting()

    async def _release_waiting(self) -> None:
        await self._release([c for c in self.claims.held if c.state is State.READY])

    async def _release(self, claims: list[Claim]) -> None:
        if claims:
            counted = [(claim, claim.count) for claim in claims]
            await release(self.listener, self._process, counted)
        for claim in claims:
            self.claims.give_up(claim)
            self.claims.drop(claim)
