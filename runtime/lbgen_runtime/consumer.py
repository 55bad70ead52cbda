"""One listener at work: reads its stream, has its handler run, acknowledges."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

from .claims import Claims
from .connection import REPLY_TIMEOUT, ConnectionFailed
from .entry import is_noise, metadata
from .runners import Invalid, start_runners
from .scripts import CLAIM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .claims import Claim
    from .commands import Commands
    from .connection import AsyncConnection
    from .listener import Listener
    from .outage import Outage

__all__ = ["Consumer"]

_log = logging.getLogger("lbgen")

_BLOCK: Final = 5.0
"""Seconds for which a read waits for new entries."""
_FLUSH: Final = 0.002
"""Seconds for which acknowledgements gather."""
_AHEAD: Final = 1.0
"""Seconds of work that are read ahead, by what the handler has taken so far."""


class Consumer:
    """Runs one listener in one process.

    Args:
        listener: what to run.
        process: this process's name: the consumer's name in the group.
        commands: sends everything but the reads.
        reader: the connection on which reads block; used by nobody else.
        outage: what is told when the connection fails and when it works.
    """

    def __init__(
        self,
        listener: Listener,
        *,
        process: str,
        commands: Commands,
        reader: AsyncConnection,
        outage: Outage,
    ) -> None:
        self.listener = listener
        self._stream = listener.stream
        self._group = listener.group.encode()
        self._process = process.encode()
        self._commands = commands
        self._reader = reader
        self._outage = outage
        self.claims = Claims(listener, process)
        self._runners = start_runners(listener, self.claims, self._finished)
        self._room = asyncio.Event()
        self._stopping = False
        self._done: list[bytes] = []
        self._flush: asyncio.TimerHandle | None = None
        self._unflushed: set[asyncio.Future[Any]] = set()
        self._pace = 0.0
        self._task: asyncio.Task[None] | None = None
        self._last_complaint = ""

    async def prepare(self) -> None:
        """See that the consumer group exists."""
        try:
            await self._commands.ask(
                b"XGROUP", b"CREATE", self._stream, self._group, b"$", b"MKSTREAM"
            )
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                self._complain(error)

    def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._run(), name=f"lbgen {self.listener.group}")

    async def _run(self) -> None:
        lost_replies = True  # what an earlier process of this name, or a broken read, has left
        failures = 0
        while not self._stopping:
            try:
                if lost_replies:
                    await self._run_own()
                    lost_replies = False
                count = await self._wait_for_room()
                if self._stopping:
                    return
                replies = await self._reader.exchange(
                    [self._read_command(count)], timeout=_BLOCK + REPLY_TIMEOUT
                )
                failures = 0
                self._outage.worked()
                if isinstance(replies[0], ResponseError):
                    await self._read_refused(replies[0])
                elif replies[0]:
                    self._received(replies[0][0][1])
                    self._last_complaint = ""
            except ConnectionFailed as failure:
                lost_replies = lost_replies or failure.sent
                failures += 1
                await asyncio.sleep(self._outage.failed(failure, failures))
            except ResponseError as error:
                await self._read_refused(error)

    def _read_command(self, count: int) -> tuple[bytes | int, ...]:
        return (
            b"XREADGROUP",
            b"GROUP",
            self._group,
            self._process,
            b"COUNT",
            count,
            b"BLOCK",
            int(_BLOCK * 1000),
            b"STREAMS",
            self._stream,
            b">",
        )

    async def _wait_for_room(self) -> int:
        """Wait until entries may be read ahead; returns how many."""
        while not self._stopping:
            settings = self.listener.settings
            ahead = settings.concurrency
            if self._pace:
                ahead = max(ahead, int(_AHEAD * settings.concurrency / self._pace))
            ahead = min(ahead, settings.read_ahead)
            waiting = self.claims.waiting
            if waiting <= ahead // 2:
                return ahead - waiting
            self._room.clear()
            await self._room.wait()
        return 0

    async def _read_refused(self, error: ResponseError) -> None:
        if str(error).startswith(("NOGROUP", "UNBLOCKED")):
            await self._commands.ask(
                b"XGROUP", b"CREATE", self._stream, self._group, b"0", b"MKSTREAM"
            )
            _log.warning("%s: the consumer group was gone; created again", self.listener)
            return
        self._complain(error)
        await asyncio.sleep(1)

    def _complain(self, error: object) -> None:
        if str(error) != self._last_complaint:
            self._last_complaint = str(error)
            _log.error("%s cannot read %s: %s", self.listener, self._stream.decode(), error)

    def _received(self, entries: Iterable[tuple[bytes, list[bytes] | None]]) -> None:
        ready: list[Claim] = []
        for entry_id, fields in entries:
            claim = self._accept(entry_id, fields, 1)
            if claim is not None:
                ready.append(claim)
        if ready:
            self.claims.make_ready(ready)

    def _accept(
        self, entry_id: bytes, fields: list[bytes] | None, times_delivered: int
    ) -> Claim | None:
        """Hold an entry for this listener's event; acknowledge what is none."""
        if fields is None or is_noise(fields):
            self._acknowledge(entry_id)
            return None
        try:
            about = metadata(fields)
        except ValueError as error:
            _log.error("%s: entry %s is malformed: %s", self.listener, entry_id.decode(), error)
            return None
        contract = self.listener.contract
        if about.event_name != contract.name or about.api_name != contract.api.name:
            self._acknowledge(entry_id)
            return None
        return self.claims.claim(entry_id, fields, about, times_delivered)

    async def _run_own(self) -> None:
        """Work off, one at a time, what is pending under this process's name and not held."""
        after = b"-"
        while not self._stopping:
            pending = await self._commands.ask(
                b"XPENDING", self._stream, self._group, after, b"+", 100, self._process
            )
            for entry_id, owner, _, count in pending:
                if entry_id not in self.claims.held and not self._stopping:
                    await self._run_pending(entry_id, owner, count)
            if len(pending) < 100:
                return
            after = b"(" + pending[-1][0]

    async def _run_pending(self, entry_id: bytes, owner: bytes, count: int) -> None:
        reply = await self._commands.script(
            CLAIM,
            [self._stream],
            [self._group, self._process, entry_id, owner, count, 0, count + 1],
        )
        if reply[0] != b"claimed":
            return
        claim = self._accept(entry_id, reply[1], count + 1)
        if claim is not None:
            claim.settled = asyncio.get_running_loop().create_future()
            self.claims.make_ready([claim], first=True)
            await claim.settled

    def _finished(self, claim: Claim, error: BaseException | None) -> None:
        """A handler ended; on the event loop."""
        took = time.monotonic() - (claim.began or 0.0)
        self._pace = took if not self._pace else self._pace * 0.9 + took * 0.1
        if error is None:
            _log.debug("%s: event %s done", self.listener, claim.delivery.event_id)
            self._acknowledge(claim.entry_id)
        elif isinstance(error, Invalid):
            _log.error("%s: %s is not valid: %s", self.listener, claim.delivery.event_id, error)
        else:
            _log.error(
                "%s: the handler failed on event %s (delivery %d)",
                self.listener,
                claim.delivery.event_id,
                claim.delivery.times_delivered,
                exc_info=error,
            )
        if claim.settled is not None and not claim.settled.done():
            claim.settled.set_result(None)
        self._room.set()

    def _acknowledge(self, entry_id: bytes) -> None:
        self._done.append(entry_id)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(_FLUSH, self._flush_now)

    def _flush_now(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        done, self._done = self._done, []
        if not done:
            return
        answered = self._commands.ask(b"XACK", self._stream, self._group, *done)
        self._unflushed.add(answered)

        def acknowledged(reply: asyncio.Future[Any]) -> None:
            self._unflushed.discard(reply)
            if not reply.cancelled() and reply.exception() is None:
                for entry_id in done:
                    self.claims.held.pop(entry_id, None)

        answered.add_done_callback(acknowledged)

    def stop_reading(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._room.set()
        self.claims.stop()
        peer = self._reader.peer
        if peer is not None:
            self._commands.ask(b"CLIENT", b"UNBLOCK", peer[0]).add_done_callback(_ignore)

    async def drain(self) -> bool:
        """Let running handlers finish, then acknowledge; returns whether all ended in time."""
        in_time = await self._runners.finish(self.listener.settings.grace)
        self._flush_now()
        if self._unflushed:
            await asyncio.wait(self._unflushed, timeout=REPLY_TIMEOUT)
        return in_time

    async def close(self) -> None:
        """End the read and its connection."""
        if self._task is not None:
            _, blocked = await asyncio.wait([self._task], timeout=1)
            if blocked:
                self._task.cancel()
                await asyncio.wait(blocked)
        await self._reader.close()


def _ignore(reply: asyncio.Future[Any]) -> None:
    if not reply.cancelled():
        reply.exception()
