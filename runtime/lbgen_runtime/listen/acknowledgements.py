"""Acknowledgements of one consumer group, which travel together."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from ..printable import printable
from ..wire.refusals import NoGroup, Refusal, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire.stream import GroupStream
    from .process import Process

__all__ = ["Acknowledger"]

_GATHER: Final = 0.004
"""Seconds for which acknowledgements gather."""
_LARGEST: Final = 1_000


class Acknowledger:
    """Acknowledges entries of a stream for one group.

    Args:
        process: this process.
        stream: the stream and the consumer group.
        acknowledged: called once the server has done it, with the ids, and with those of them that
            it has not acknowledged: they are pending in another delivery.
        remove: the entries are removed as well: nobody else reads the stream.
    """

    __slots__ = (
        "_acknowledged",
        "_commands",
        "_gathered",
        "_remove",
        "_repeats",
        "_stream",
        "_supervisor",
        "_timer",
        "_under_way",
    )

    def __init__(
        self,
        process: Process,
        stream: GroupStream,
        acknowledged: Callable[[list[bytes], list[bytes]], None],
        *,
        remove: bool = False,
    ) -> None:
        self._commands = process.commands
        self._supervisor = process.supervisor
        self._stream = stream
        self._repeats = process.repeats
        self._acknowledged = acknowledged
        self._remove = remove
        self._gathered: list[tuple[bytes, int]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def acknowledge(self, entry_id: bytes, fence: int) -> None:
        """Acknowledge an entry, within a few milliseconds, unless it is in another delivery.

        Args:
            entry_id: which entry.
            fence: the delivery count that the server has for it, as long as it is ours.
        """
        self._gathered.append((entry_id, fence))
        if len(self._gathered) >= _LARGEST:
            self._send()
        elif self._timer is None:
            self._timer = self._supervisor.call_later(_GATHER, self._send)

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered, self._gathered = self._gathered, []
        if gathered:
            task = self._supervisor.start(self._send_until_taken(gathered), "acknowledgements")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _send_until_taken(self, gathered: list[tuple[bytes, int]]) -> None:
        gathered.sort(key=_in_order)
        request = self._stream.acknowledge(gathered, remove=self._remove)
        others: list[bytes] = []
        while True:
            try:
                others = await self._commands.ask(request)
            except (NoGroup, WrongType):
                pass  # what is not a stream or group any more has nothing to acknowledge
            except Refusal as error:
                self._repeats.log(
                    logging.WARNING,
                    (self._stream.key, self._stream.group, "acknowledge"),
                    "%s of %s cannot acknowledge events (%s); retrying",
                    printable(self._stream.group),
                    printable(self._stream.key),
                    error,
                )
                await asyncio.sleep(1)
                continue
            self._acknowledged([entry_id for entry_id, _ in gathered], others)
            return

    async def flush(self) -> None:
        """Return when the server has everything."""
        self._send()
        while self._under_way:
            await asyncio.wait(self._under_way)

    def close(self) -> None:
        """Give up what the server has not taken."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._under_way:
            task.cancel()


def _in_order(entry: tuple[bytes, int]) -> tuple[int, ...]:
    """Entries of a stream in the order of their ids."""
    return tuple(map(int, entry[0].split(b"-")))
