"""Every listener of a bus at work, from start to drain."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import signal
import threading
from typing import TYPE_CHECKING, Any, cast

from .commands import Commands
from .connection import AsyncConnection
from .consumer import Consumer
from .errors import InvalidSettings
from .outage import Outage

if TYPE_CHECKING:
    from collections.abc import Callable

    from .core import BusCore

__all__ = ["Worker", "run"]

_log = logging.getLogger("lbgen")


def run(core: BusCore) -> None:
    """Run a bus's listeners until SIGTERM or SIGINT."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(Worker(core).run(signals=True))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    uvloop: Any = importlib.import_module("uvloop")
    return cast("Callable[[], asyncio.AbstractEventLoop]", uvloop.new_event_loop)


class Worker:
    """Runs the listeners of one bus in one event loop."""

    def __init__(self, core: BusCore) -> None:
        if core.worker is not None:
            raise InvalidSettings("this bus runs already")
        self._core = core
        self.listening = False
        """Whether every consumer group exists and is read."""
        self._stop = asyncio.Event()
        self._stopped = asyncio.Event()

    async def run(self, *, signals: bool = False) -> None:
        """Run until `stop` is called, a signal comes, or the task is cancelled.

        Args:
            signals: SIGTERM and SIGINT stop the worker.
        """
        core = self._core
        core.worker = self
        handled = self._handle_signals() if signals else ()
        settings = core.settings
        outage = Outage(settings.redis_url.rpartition("@")[2])
        commands = Commands(AsyncConnection(settings.redis_url, name=core.connection_name), outage)
        consumers: list[Consumer] = []
        try:
            consumers += [
                Consumer(
                    listener,
                    process=settings.process_name,
                    commands=commands,
                    reader=AsyncConnection(settings.redis_url, name=core.connection_name),
                    outage=outage,
                )
                for listener in core.listeners
            ]
            await asyncio.gather(*(consumer.prepare() for consumer in consumers))
            for consumer in consumers:
                consumer.start()
            self.listening = True
            await self._stop.wait()
        finally:
            self.listening = False
            await self._end(consumers, commands)
            for number in handled:
                asyncio.get_running_loop().remove_signal_handler(number)
            core.worker = None
            self._stopped.set()

    async def _end(self, consumers: list[Consumer], commands: Commands) -> None:
        for consumer in consumers:
            consumer.stop_reading()
        await asyncio.gather(*(consumer.drain() for consumer in consumers))
        await asyncio.gather(*(consumer.close() for consumer in consumers))
        await commands.close()

    def _handle_signals(self) -> tuple[signal.Signals, ...]:
        if threading.current_thread() is not threading.main_thread():
            return ()
        numbers = (signal.SIGTERM, signal.SIGINT)
        for number in numbers:
            asyncio.get_running_loop().add_signal_handler(number, self._signalled, number)
        return numbers

    def _signalled(self, number: signal.Signals) -> None:
        _log.info("%s: finishing what runs", number.name)
        self._stop.set()

    async def stop(self) -> None:
        """Finish what runs and leave; returns when that is done."""
        self._stop.set()
        await self._stopped.wait()
