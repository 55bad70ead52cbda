"""Every listener of a bus at work, from start to drain."""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, Protocol

from ..errors import DuplicateProcessName, InvalidSettings, WorkerFailed
from ..wire import eviction
from ..wire.async_connection import AsyncConnection
from .commands import Commands
from .consumer import Consumer
from .heartbeat import Heartbeat
from .process import Process
from .supervisor import Supervisor
from .upkeep import Sweep, Upkeep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..lightbus import SchemaPublisher
    from ..settings.scopes import Settings
    from ..wire.outage import Outage
    from ..wire.topology import Topology
    from ..wire.trimming import Trims
    from .listener import Listener

__all__ = ["ListeningBus", "Worker"]

_log = logging.getLogger("lbgen")

_LAST_WORDS: Final = 0.5
"""Seconds that the threads have to end after everything else."""


class ListeningBus(Protocol):
    """What a worker needs of the bus whose listeners it runs.

    Attributes:
        settings: what holds for the bus.
        listeners: what is run.
        worker: the worker that runs, if one does.
        process_name: this process's name.
        connection_name: the name of the bus's connections on the server.
        topology: which server serves which key.
        outage: what its connections know of the server's absence.
        trims: when a stream is due to be trimmed.
        eviction: whether the server's policy was asked for.
        schema_publisher: publishes schemas for Lightbus.
    """

    settings: Settings
    listeners: list[Listener]
    worker: Worker | None
    process_name: str
    connection_name: str
    topology: Topology
    outage: Outage
    trims: Trims
    eviction: eviction.EvictionCheck
    schema_publisher: SchemaPublisher

    def service_name_for_listening(self) -> str:
        """The service's name; raises `InvalidSettings` if there is none."""
        ...


class Worker:
    """Runs the listeners of one bus in one event loop.

    Attributes:
        listening: whether every consumer group exists and is read.
        on_failure: called when the worker is to stop because of a failure.
    """

    def __init__(self, core: ListeningBus) -> None:
        if core.worker is not None:
            raise InvalidSettings("this bus is already running")
        if not core.listeners:
            raise InvalidSettings("this bus has no listeners; call listen(...) before run()")
        core.service_name_for_listening()
        self._core = core
        self.listening = False
        self.on_failure: Callable[[], object] = lambda: None
        self._stop = asyncio.Event()
        self._stopped: Future[None] = Future()
        self._failure: Exception | None = None
        self._consumers: list[Consumer] = []
        self._upkeep: list[Sweep | Upkeep] = []

    async def run(self) -> None:
        """Run until `stop` is called, the worker fails, or the task is cancelled.

        It returns a few seconds after the longest `grace` at the latest, if handlers leave the
        event loop to others. A handler that swallows its cancellation is left behind.

        Raises:
            DuplicateListenerName: another service has a consumer group of a listener's name.
            DuplicateProcessName: another live process of the service has this one's name.
            ListenerFailed: a handler raised whose listener has `on_error="SHUTDOWN"`.
            ServerRefused: the server refuses this process's credentials.
            WorkerFailed: a defect of lbgen.
        """
        self._loop = asyncio.get_running_loop()
        self._core.worker = self
        self._supervisor = Supervisor(self._stop, self.fail)
        outage = self._core.outage
        self._process = Process(
            name=self._core.process_name,
            commands=Commands(
                self._core.topology,
                name=self._core.connection_name,
                outage=outage,
                supervisor=self._supervisor,
                fail=self.fail,
            ),
            outage=outage,
            supervisor=self._supervisor,
            fail=self.fail,
        )
        self._heartbeat = self._make_heartbeat(outage)
        try:
            try:
                await self._listen()
            finally:
                if not isinstance(sys.exception(), GeneratorExit):
                    await self._drain()
        finally:  # also where the drain was cancelled, or the event loop has ended
            self._let_go()
        if self._failure is not None:
            raise self._failure

    async def _listen(self) -> None:
        core, settings, process = self._core, self._core.settings, self._process
        held: asyncio.Future[None] = asyncio.wrap_future(self._heartbeat.start(self._supervisor))
        await self._until_stop(held)
        if self._stop.is_set():
            return
        self._consumers += [
            Consumer(listener, process, self._reading(listener)) for listener in core.listeners
        ]
        self._heartbeat.renew(self._consumers)
        if not core.eviction.asked:
            core.eviction.asked = True
            process.commands.tell(eviction.ASK, eviction.warn_of_eviction)
        await self._until_stop(*(consumer.prepare() for consumer in self._consumers))
        if self._stop.is_set():
            return
        for consumer in self._consumers:
            consumer.start()
            if consumer.listener.contract.api.lightbus:
                core.schema_publisher.announce(consumer.listener.contract)
        self._upkeep += [
            Sweep(self._consumers, process, settings.reclaim_interval),
            Upkeep(self._consumers, process, settings, core.trims),
        ]
        self.listening = True
        count = len(self._consumers)
        many = "" if count == 1 else "s"
        _log.info("listening as %s: %d listener%s", process.name, count, many)
        await self._stop.wait()

    async def _drain(self) -> None:
        """Finish what runs, for all listeners at the same time, and give everything up."""
        self._stop.set()
        self.listening = False
        published = self._supervisor.start_thread(
            self._core.schema_publisher.close, "end of schemas for Lightbus"
        )
        for task in self._upkeep:
            await task.stop()
        # Where another process has this one's name, what is pending under it is that one's.
        release = not isinstance(self._failure, DuplicateProcessName)
        drained = await asyncio.gather(
            *(consumer.drain(release=release) for consumer in self._consumers),
            return_exceptions=True,
        )
        for error in drained:
            if isinstance(error, Exception):
                _log.error("could not drain the worker", exc_info=error)
                self.fail(error)
        self._heartbeat.stop()
        threads = [asyncio.wrap_future(ended) for ended in (self._heartbeat.ended, published)]
        await asyncio.wait(threads, timeout=_LAST_WORDS)
        await self._process.commands.close()

    def _let_go(self) -> None:
        """Touch nothing any more; what is left of the tasks ends, or is left behind."""
        self.listening = False
        self._heartbeat.stop()
        for consumer in self._consumers:
            consumer.claims.let_go()
        self._supervisor.let_go()
        self._core.worker = None
        self._stopped.set_result(None)

    def _reading(self, listener: Listener) -> AsyncConnection:
        """The connection over which the reads of a listener block, wherever its stream is."""
        topology, stream = self._core.topology, listener.stream
        connection = AsyncConnection(
            topology, name=self._core.connection_name, at=lambda: topology.node_of(stream)
        )
        topology.watch(connection)
        return connection

    def _make_heartbeat(self, outage: Outage) -> Heartbeat:
        core = self._core
        timeouts = [listener.settings.acknowledgement_timeout for listener in core.listeners]
        return Heartbeat(
            core.topology,
            name=core.connection_name,
            service=core.service_name_for_listening(),
            process=core.process_name,
            shortest=min(timeouts),
            outage=outage,
            taken=lambda error: self._supervisor.call(self.fail, error),
        )

    async def _until_stop(self, *work: Awaitable[object]) -> None:
        """Wait for work, but no longer than until the worker is to stop."""
        done: asyncio.Future[Any] = asyncio.gather(*work)
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((done, stop), return_when=asyncio.FIRST_COMPLETED)
            if done.done():
                try:
                    done.result()
                except asyncio.CancelledError:  # what fails ends what waits for it
                    if not self._stop.is_set():
                        raise
        finally:
            stop.cancel()
            done.cancel()

    def signalled(self, name: str) -> None:
        """The process is told to stop."""
        _log.info("received %s; waiting for running handlers", name)
        self._stop.set()

    def fail(self, error: Exception) -> None:
        """Drain, leave, and raise this from `run`."""
        first = self._failure is None
        if first or isinstance(error, WorkerFailed):
            _log.error("stopping: %s", error, exc_info=error.__cause__)
        if first:
            self._failure = error
            self.on_failure()
        self._stop.set()

    async def stop(self) -> None:
        """Finish what runs and leave; returns when that is done. From any event loop."""
        try:
            self._loop.call_soon_threadsafe(self._stop.set)
        except RuntimeError:
            return  # its event loop is closed, and nothing of it runs any more
        # Shielded: a caller that is cancelled does not end the waiting of the others.
        await asyncio.shield(asyncio.wrap_future(self._stopped))
