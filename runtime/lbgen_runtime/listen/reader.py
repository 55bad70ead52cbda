"""One blocked read per listener: new entries, as many as the handler gets through in a second."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Protocol

from ..wire import clock
from ..wire.connection import REPLY_TIMEOUT
from ..wire.connection_failures import ConnectionFailed
from ..wire.peers import unblock
from ..wire.permissions import not_permitted
from ..wire.refusals import Forbidden, NoGroup, Refusal

if TYPE_CHECKING:
    from ..wire.async_connection import AsyncConnection
    from .listener import Listener
    from .process import Process

__all__ = ["Reader", "Receiver"]

_log = logging.getLogger("lbgen")

_BLOCK: Final = 5.0
"""Seconds for which a read waits for new entries, at most."""


class Receiver(Protocol):
    """What a reader reads for."""

    def room(self) -> int:
        """How many entries may be read now; 0 until `Reader.wake` is called."""
        ...

    def received(
        self, stream: bytes, entries: list[tuple[bytes, list[bytes]]], asked: float
    ) -> None:
        """New entries were delivered to a read that was sent at that time."""
        ...

    async def resume_own_pending(self) -> None:
        """Take over what is pending under this process's name and not held."""
        ...

    async def group_missing(self) -> None:
        """Make the consumer group."""
        ...


class Reader:
    """Reads the new entries of a listener's stream.

    Args:
        listener: for whom.
        process: this process.
        connection: where the reads block; used by nobody else.
        receiver: what gets the entries.
    """

    __slots__ = (
        "_block",
        "_complaint",
        "_connection",
        "_listener",
        "_process",
        "_receiver",
        "_stopping",
        "_stream",
        "_task",
        "_woken",
    )

    def __init__(
        self,
        listener: Listener,
        process: Process,
        connection: AsyncConnection,
        receiver: Receiver,
    ) -> None:
        self._listener = listener
        self._process = process
        self._connection = connection
        self._receiver = receiver
        self._stream = process.on(listener.stream, listener.group)
        self._woken = asyncio.Event()
        # Short against the timeout, so that what a read brings is certainly this process's.
        self._block = min(_BLOCK, listener.settings.acknowledgement_timeout / 3)
        self._stopping = False
        self._complaint = ""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to read."""
        self._task = self._process.supervisor.start(
            self._run(), f"reader of {self._listener.group}", until_stop=True
        )

    def wake(self) -> None:
        """There may be room now."""
        self._woken.set()

    async def _run(self) -> None:
        try:
            await self._read()
        finally:
            await self._connection.close()

    async def _read(self) -> None:
        replies_lost = True  # what an earlier process of this name has left
        failures = 0
        while not self._stopping:
            try:
                if replies_lost:
                    await self._receiver.resume_own_pending()
                    replies_lost = False
                count = await self._room()
                if not count:
                    return
                if not self._connection.is_open:
                    async with self._process.opening:
                        await self._connection.open()
                request = self._stream.read(count, block=self._block)
                asked = clock.now()
                [reply] = await self._connection.exchange(
                    [request.command], timeout=self._block + REPLY_TIMEOUT
                )
                failures = 0
                self._process.outage.record_success()
                if isinstance(reply, Refusal):
                    raise reply
                self._complaint = ""
                if entries := request.read(reply):
                    self._receiver.received(self._stream.key, entries, asked)
                    await asyncio.sleep(0)  # handlers begin before the next read is sent
            except ConnectionFailed as failure:
                replies_lost = replies_lost or failure.sent
                failures += 1
                await asyncio.sleep(self._process.outage.record_failure(failure, failures))
            except Refusal as error:
                await self._refused(error)

    async def _room(self) -> int:
        while not self._stopping:
            self._woken.clear()
            if room := self._receiver.room():
                return room
            await self._woken.wait()
        return 0

    async def _refused(self, error: Refusal) -> None:
        words = str(error)
        if isinstance(error, Forbidden):
            self._process.fail(not_permitted(error, self._stream.read(1).command))
        try:
            if isinstance(error, NoGroup):
                await self._receiver.group_missing()
                return
        except Refusal as again:
            words = str(again)
        if words != self._complaint:
            self._complaint = words
            _log.error("%s cannot read events: %s", self._listener, words)
        await asyncio.sleep(1)

    async def stop(self) -> None:
        """Read nothing more; a blocked read is ended without losing its reply."""
        self._stopping = True
        self._woken.set()
        task = self._task
        if task is None:
            return
        # A read that is on its way when it is ended blocks a moment later: it is ended again.
        for pause in (0.05, 0.2, 0.5, 0.5):
            if self._connection.peer is not None:
                self._process.commands.tell(
                    unblock(self._connection.peer), node=self._connection.node
                )
            await asyncio.wait([task], timeout=pause)
            if task.done():
                break
        task.cancel()
        await asyncio.wait([task])

    def let_go(self) -> None:
        """End a read that could not be ended in peace."""
        if self._task is not None:
            self._task.cancel()
