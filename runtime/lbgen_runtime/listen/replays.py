"""Dead letters that were given back to their listener: a stream that only it reads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Protocol

from ..wire import clock
from ..wire.keys import replay_key
from ..wire.refusals import GroupExists, NoGroup, NoStream, Refusal

if TYPE_CHECKING:
    from .listener import Listener
    from .process import Process
    from .recovery import Recovery
    from .room import Room

__all__ = ["Replays"]


class ReplayReceiver(Protocol):
    """What replays are read for."""

    def received(
        self, stream: bytes, entries: list[tuple[bytes, list[bytes]]], asked: float
    ) -> None:
        """New entries were delivered to a read that was sent at that time."""
        ...


class Replays:
    """Runs the replays of one listener.

    Args:
        listener: whose replays.
        process: this process.
        room: says how much is read.
        recovery: takes over what others have left.
        receiver: gets what is read.
    """

    __slots__ = (
        "_group_stream",
        "_listener",
        "_process",
        "_receiver",
        "_recovery",
        "_room",
        "_task",
        "stream",
    )

    def __init__(
        self,
        listener: Listener,
        process: Process,
        room: Room,
        recovery: Recovery,
        receiver: ReplayReceiver,
    ) -> None:
        self.stream = replay_key(listener.stream, listener.group)
        self._group_stream = process.on(self.stream, listener.group)
        self._listener = listener
        self._process = process
        self._room = room
        self._recovery = recovery
        self._receiver = receiver
        self._task: asyncio.Task[None] | None = None

    async def wake(self) -> None:
        """See whether there are any, and begin to run them."""
        if self._task is not None and not self._task.done():
            return
        with contextlib.suppress(Refusal):  # this user may not ask: there are none for it
            if await self._process.commands.ask(self._group_stream.exists(), optional=True):
                self._task = self._process.supervisor.start(
                    self._run(), f"replays of {self._listener.group}"
                )

    async def _run(self) -> None:
        try:
            await self._recovery.resume_own_pending(self.stream)
            await self._recovery.reclaim(self.stream)
            while await self._read():
                pass
        except NoGroup:
            try:
                await self._make_group()  # the next look reads
            except Refusal as error:
                self._complain(error)
        except Refusal as error:
            self._complain(error)

    def _complain(self, refusal: Refusal) -> None:
        self._process.repeats.log(
            logging.ERROR,
            (str(self._listener), "replays"),
            "%s cannot read replays (%s); retrying",
            self._listener,
            refusal,
        )

    async def _read(self) -> bool:
        """Read what there is room for; false where there is nothing more."""
        room = await self._room.to_take_back()
        asked = clock.now()
        if not room:
            return False
        entries = await self._process.commands.ask(self._group_stream.read(room), optional=True)
        if entries:
            self._receiver.received(self.stream, entries, asked)
        return bool(entries)

    async def _make_group(self) -> None:
        # Another process may be first, or the stream be gone with the last replay.
        with contextlib.suppress(GroupExists, NoStream):
            await self._process.commands.ask(self._group_stream.create_group(), optional=True)

    async def stop(self) -> None:
        """Read nothing more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
