"""What a listening process does for all: takes over what nobody renews, trims, tidies up."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from ..errors import DuplicateListenerName
from ..wire.refusals import NoGroup, Refusal
from ..wire.registration import is_set_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..settings.scopes import Settings
    from ..wire.trimming import Trims
    from .consumer import Consumer
    from .process import Process

__all__ = ["Sweep", "Upkeep"]


class _Repeated:
    """Work that a task does again and again until it is stopped."""

    def __init__(self, interval: float, process: Process) -> None:
        self._interval = interval
        name = type(self).__name__.lower()
        self._task = process.supervisor.start(self._run(), name, until_stop=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval * random.uniform(0.9, 1.1))
            await self._once()

    async def _once(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        """End the task."""
        self._task.cancel()
        await asyncio.wait([self._task])


class Sweep(_Repeated):
    """Looks for entries that nobody has renewed in time, for all listeners in one write."""

    def __init__(self, consumers: Sequence[Consumer], process: Process, interval: float) -> None:
        super().__init__(interval, process)
        self._consumers = consumers
        self._process = process

    async def _once(self) -> None:
        await asyncio.gather(*map(self._look, self._consumers))

    async def _look(self, consumer: Consumer) -> None:
        listener = consumer.listener
        asked = self._process.commands.ask(
            self._process.on(listener.stream, listener.group).registration()
        )
        registered, refusal = await asyncio.gather(
            asked, consumer.reclaim(), return_exceptions=True
        )
        if isinstance(refusal, Exception) and not isinstance(refusal, Refusal):
            raise refusal
        if _must_register(registered, consumer) or isinstance(refusal, NoGroup):
            # The reader notices too that its group is gone, but not while its handlers have
            # enough to do, and not where another process was faster to make the group again.
            try:
                await consumer.prepare()
            except DuplicateListenerName as error:
                self._process.fail(error)


def _must_register(registered: bytes | BaseException | None, consumer: Consumer) -> bool:
    """Whether the group's registration is not what this process knows, or is about to change."""
    if isinstance(registered, BaseException):
        return False
    return (registered or b"") != consumer.registration or is_set_back(consumer.registration)


class Upkeep(_Repeated):
    """Trims streams, shows the server that this process lives, forgets consumers that do not."""

    def __init__(
        self,
        consumers: Sequence[Consumer],
        process: Process,
        settings: Settings,
        trims: Trims,
    ) -> None:
        super().__init__(settings.trim_interval, process)
        self._consumers = consumers
        self._process = process
        self._trims = trims
        self._memory = int(settings.consumer_memory * 1000)

    async def _once(self) -> None:
        commands = self._process.commands
        if self._trims.enabled:
            for stream in {consumer.listener.stream for consumer in self._consumers}:
                while self._trims.trimmed(
                    stream,
                    await self._quietly(commands.ask(self._trims.request(stream), optional=True)),
                ):
                    pass
        for consumer in self._consumers:
            group = self._process.on(consumer.listener.stream, consumer.listener.group)
            await self._quietly(commands.ask(group.show_life(), optional=True))
            await self._quietly(commands.ask(group.forget_consumers(self._memory), optional=True))

    async def _quietly(self, reply: Any) -> Any:
        """A reply; where the group is gone or the key is not a stream, the reader complains."""
        try:
            return await reply
        except Refusal as error:
            return error
