"""Every listener of a bus at work, from start to drain."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
import signal
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, cast

from .commands import Commands
from .connection import AsyncConnection, ConnectionFailed, SyncConnection
from .consumer import Consumer
from .errors import InvalidSettings, ServerRefused
from .heartbeat import Heartbeat
from .outage import Outage
from .process import Process
from .upkeep import Sweep, Upkeep

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
        if not core.listeners:
            raise InvalidSettings("nothing listens on this bus: call listen(...) before it runs")
        core.service_name_for_listening()
        self._core = core
        self.listening = False
        """Whether every consumer group exists and is read."""
        self._stop = asyncio.Event()
        self._stopped: Future[None] = Future()
        self._failure: Exception | None = None

    async def run(self, *, signals: bool = False) -> None:
        """Run until `stop` is called, a signal comes, or the task is cancelled.

        Args:
            signals: SIGTERM and SIGINT stop the worker.

        Raises:
            DuplicateProcessName: another live process of the service has this one's name.
            ListenerFailed: a handler raised whose listener has `on_error="SHUTDOWN"`.
            ServerRefused: the server refuses this process's credentials.
        """
        core, settings = self._core, self._core.settings
        self._loop = asyncio.get_running_loop()
        core.worker = self
        handled = self._handle_signals() if signals else ()
        outage = Outage(settings.redis_url)
        process = Process(
            name=settings.process_name,
            commands=Commands(self._connection(), outage),
            outage=outage,
            fail=self.fail,
        )
        heartbeat = self._heartbeat()
        consumers: list[Consumer] = []
        upkeep: list[Sweep | Upkeep] = []
        try:
            await self._take_lease(heartbeat, outage)
            if not self._stop.is_set():
                consumers += [
                    Consumer(listener, process, self._connection()) for listener in core.listeners
                ]
                heartbeat.start(consumers)
                await self._until_stop(*(consumer.prepare() for consumer in consumers))
            if not self._stop.is_set():
                for consumer in consumers:
                    consumer.start()
                    if consumer.listener.contract.api.lightbus:
                        core.schema_publisher.announce(consumer.listener.contract)
                upkeep += [
                    Sweep(consumers, process, settings.reclaim_interval),
                    Upkeep(consumers, process, settings, core.rules.trims),
                ]
                self.listening = True
                _log.info("listening as %s: %d listeners", settings.process_name, len(consumers))
                await self._stop.wait()
        finally:
            self.listening = False
            for task in upkeep:
                await task.stop()
            await self._end(consumers)
            await asyncio.to_thread(heartbeat.stop)
            await process.commands.close()
            await asyncio.to_thread(core.close_schema_publisher)
            for number in handled:
                asyncio.get_running_loop().remove_signal_handler(number)
            core.worker = None
            self._stopped.set_result(None)
        if self._failure is not None:
            raise self._failure

    def _connection(self) -> AsyncConnection:
        return AsyncConnection(self._core.settings.redis_url, name=self._core.connection_name)

    def _heartbeat(self) -> Heartbeat:
        core, loop = self._core, asyncio.get_running_loop()

        def taken(error: Exception) -> None:
            loop.call_soon_threadsafe(self.fail, error)

        return Heartbeat(
            SyncConnection(core.settings.redis_url, name=core.connection_name),
            service=core.service_name_for_listening(),
            process=core.settings.process_name,
            taken=taken,
        )

    async def _take_lease(self, heartbeat: Heartbeat, outage: Outage) -> None:
        attempts = 0
        while not self._stop.is_set():
            try:
                await asyncio.to_thread(heartbeat.take_lease)
            except ConnectionFailed as failure:
                if failure.refused:
                    raise ServerRefused(f"the server refuses the connection: {failure}") from None
                attempts += 1
                pause = outage.failed(failure, attempts)
                await self._until_stop(asyncio.sleep(pause))
            else:
                outage.worked()
                return

    async def _until_stop(self, *work: Any) -> None:
        """Wait for work, but no longer than until the worker is to stop."""
        done: asyncio.Future[Any] = asyncio.gather(*work)
        stop: asyncio.Future[Any] = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((done, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not done.done():
            done.cancel()
            await asyncio.wait((done,))
            with contextlib.suppress(asyncio.CancelledError):
                done.exception()
            return
        done.result()

    async def _end(self, consumers: list[Consumer]) -> None:
        await asyncio.gather(*(consumer.stop() for consumer in consumers))
        in_time = await asyncio.gather(*(consumer.drain() for consumer in consumers))
        if not all(in_time):
            _log.warning("some handlers took longer than their grace; their events are handed back")

    def _handle_signals(self) -> tuple[signal.Signals, ...]:
        if threading.current_thread() is not threading.main_thread():
            return ()
        numbers = (signal.SIGTERM, signal.SIGINT)
        for number in numbers:
            asyncio.get_running_loop().add_signal_handler(number, self._signalled, number)
        return numbers

    def _signalled(self, number: signal.Signals) -> None:
        if self._stop.is_set():
            # What runs stays pending, and goes to another process.
            _log.warning("%s again: leaving at once", number.name)
            logging.shutdown()
            os._exit(128 + number)
        _log.info("%s: finishing what runs", number.name)
        self._stop.set()

    def fail(self, error: Exception) -> None:
        """Drain, leave, and raise this from `run`."""
        if self._failure is None:
            self._failure = error
            _log.error("stopping: %s", error)
        self._stop.set()

    async def stop(self) -> None:
        """Finish what runs and leave; returns when that is done. From any event loop."""
        try:
            self._loop.call_soon_threadsafe(self._stop.set)
        except RuntimeError:
            return  # its event loop is closed, and nothing of it runs any more
        # Shielded: a caller that is cancelled does not end the waiting of the others.
        await asyncio.shield(asyncio.wrap_future(self._stopped))
