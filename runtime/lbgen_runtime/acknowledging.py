"""Acknowledgements of one consumer group, which travel together."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from redis.exceptions import ResponseError

from .connection import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .commands import Commands

__all__ = ["Acknowledger"]

_log = logging.getLogger("lbgen")

_GATHER: Final = 0.004
"""Seconds for which acknowledgements gather."""
_LARGEST: Final = 1_000


class Acknowledger:
    """Acknowledges entries of a stream for one group.

    Args:
        commands: what sends.
        stream: the stream's key.
        group: the consumer group.
        acknowledged: called with the ids once the server has them.
        remove: the entries are removed as well: nobody else reads the stream.
    """

    __slots__ = (
        "_acknowledged",
        "_closed",
        "_commands",
        "_gathered",
        "_group",
        "_remove",
        "_stream",
        "_timer",
        "_under_way",
    )

    def __init__(
        self,
        commands: Commands,
        stream: bytes,
        group: bytes,
        acknowledged: Callable[[list[bytes]], None],
        *,
        remove: bool = False,
    ) -> None:
        self._commands = commands
        self._stream = stream
        self._group = group
        self._acknowledged = acknowledged
        self._remove = remove
        self._closed = False
        self._gathered: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def acknowledge(self, entry_id: bytes) -> None:
        """Acknowledge an entry, within a few milliseconds."""
        if self._closed:
            return  # of a handler that outlasted its grace: handed back, and left behind
        self._gathered.append(entry_id)
        if len(self._gathered) >= _LARGEST:
            self._send()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER, self._send)

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered, self._gathered = self._gathered, []
        if gathered:
            task = asyncio.create_task(self._send_until_taken(gathered))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _send_until_taken(self, entry_ids: list[bytes]) -> None:
        while True:
            try:
                await self._commands.ask(b"XACK", self._stream, self._group, *entry_ids)
                if self._remove:
                    await self._commands.ask(b"XDEL", self._stream, *entry_ids)
            except ResponseError as error:
                # What is no stream any more has nothing to acknowledge; all else may pass.
                if not words_of(error).startswith("WRONGTYPE"):
                    _log.warning("cannot acknowledge yet: %s", words_of(error))
                    await asyncio.sleep(1)
                    continue
            self._acknowledged(entry_ids)
            return

    async def flush(self) -> None:
        """Return when the server has everything."""
        self._send()
        while self._under_way:
            await asyncio.wait(self._under_way)

    def close(self) -> None:
        """Give up what the server has not taken."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        for task in self._under_way:
            task.cancel()
