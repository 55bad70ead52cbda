"""The thread that keeps what this process holds, with a connection of its own.

It renews the idle time of every entry that is held, so that no other process takes it for that of
a dead one, and the lease of the process's name. A thread, because the event loop may be busy with
a handler; a connection of its own, because the others may be busy with large replies.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Final

from ..errors import DuplicateProcessName, ServerRefused
from ..wire import clock
from ..wire.connection_failures import ConnectionFailed
from ..wire.lease import Lease, connection_of
from ..wire.peers import PING
from ..wire.refusals import Refusal
from ..wire.requests import ask, ask_all
from ..wire.sync_connection import SyncConnection
from .renewals import Renewals, ask_permitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..wire.outage import Outage
    from ..wire.slots import ServerNode
    from ..wire.topology import Topology
    from .consumer import Consumer
    from .supervisor import Supervisor

__all__ = ["Heartbeat"]

_log = logging.getLogger("lbgen")

_TICK: Final = 0.5
"""Seconds after which the thread looks again what is due, and that its connection is there."""
_LEASE: Final = 30.0
"""Seconds for which a lease holds without being renewed."""
_WATCH: Final = 3 * _TICK
"""Seconds for which a lease is watched whose connection is gone: its process may reconnect."""


class Heartbeat:
    """Renews claims and the lease of the process's name.

    Args:
        topology: which servers there are.
        name: the connections' name on the server.
        service: the service's name.
        process: the process's name.
        shortest: the shortest `acknowledgement_timeout` of its listeners.
        outage: what is told when the server cannot be reached, before there is a lease.
        taken: called, from the thread, when another process has the name.

    Attributes:
        ended: once it was started: done when the thread has ended and given the lease up.
    """

    ended: Future[None]

    def __init__(
        self,
        topology: Topology,
        *,
        name: str,
        service: str,
        process: str,
        shortest: float,
        outage: Outage,
        taken: Callable[[DuplicateProcessName | ServerRefused], None],
    ) -> None:
        self._topology = topology
        self._name = name
        self._process = process
        self._service = service
        self._tick = min(_TICK, shortest / 6)
        self._outage = outage
        self._taken = taken
        self._lease = Lease(service, process)
        self._connection = SyncConnection(
            topology, name=name, at=lambda: topology.node_of(self._lease.key)
        )
        self._renewals = Renewals(self._connection, process=process, tick=self._tick)
        self._elsewhere: dict[ServerNode, Future[None]] = {}
        self._stop = threading.Event()
        self._consumers: Sequence[Consumer] = ()

    def start(self, supervisor: Supervisor) -> Future[None]:
        """Start the thread; the future is done once the process's name is held.

        The future's errors are `DuplicateProcessName` where a live process has the name, and
        `ServerRefused` where the server refuses the credentials. Until the server can be asked the
        thread tries again.
        """
        held: Future[None] = Future()
        held.set_running_or_notify_cancel()  # who stops to wait for it cancels nothing
        self.ended = supervisor.start_thread(lambda: self._run(supervisor, held), "heartbeat")
        return held

    def renew(self, consumers: Sequence[Consumer]) -> None:
        """Renew what these consumers hold, from now on."""
        self._consumers = consumers

    def _run(self, supervisor: Supervisor, held: Future[None]) -> None:
        try:
            if self._begin(held):
                self._beat(supervisor)
        finally:
            self._give_lease_up()
            self._connection.close()

    def _begin(self, held: Future[None]) -> bool:
        """Take the lease as soon as the server can be asked; false where that is not to be."""
        attempts = 0
        while not self._stop.is_set():
            try:
                self._take_lease()
            except ConnectionFailed as failure:
                if failure.refused:
                    words = f"the server refused the connection: {failure}"
                    held.set_exception(ServerRefused(words))
                    return False
                attempts += 1
                self._stop.wait(self._outage.record_failure(failure, attempts))
            except (DuplicateProcessName, ServerRefused) as error:
                held.set_exception(error)
                return False
            else:
                self._outage.record_success()
                held.set_result(None)
                return True
        return False

    def _take_lease(self) -> None:
        """Take the lease of the process's name.

        Raises:
            DuplicateProcessName: a live process has the name.
            ConnectionFailed: the server cannot be asked.
        """
        other = self._hold()
        if other is None:
            return
        connected = self._is_connected(other)
        if connected or (connected is None and self._is_renewed(other)):
            raise self._duplicate()
        deadline = clock.now() + _WATCH
        while clock.now() < deadline and not self._stop.wait(0.1):
            if self._hold(dead=b"") != other:
                break
        if self._hold(dead=other) is not None:
            raise self._duplicate()

    def _duplicate(self) -> DuplicateProcessName:
        return DuplicateProcessName(
            f"service {self._service!r} already has a live process named {self._process!r}; give "
            "each process a different name (process_name, LBGEN_PROCESS_NAME)"
        )

    def _hold(self, dead: bytes = b"") -> bytes | None:
        """Hold the lease; returns the one of another process that holds instead."""
        while True:
            if self._connection.peer is None:
                ask_all(self._connection, [PING])
            peer = self._connection.peer
            [other] = ask_permitted(self._connection, [self._lease.hold(peer, _LEASE, dead=dead)])
            if self._connection.peer == peer:
                break  # else another node was asked, which knows this process by another name
        if isinstance(other, Refusal):
            _log.warning("cannot renew the lease of the process name: %s", other)
            return None
        return other

    def _is_connected(self, lease: bytes) -> bool | None:
        """Whether the connection that a lease names is there; `None` where nobody may ask."""
        if (question := connection_of(lease)) is None:
            return None
        try:
            return ask(self._connection, question)
        except Refusal:
            return None

    def _is_renewed(self, lease: bytes) -> bool:
        """Whether a process renews a lease, rather than let it run out."""
        question = [self._lease.current(), self._lease.lasts()]
        left = _LEASE * 1000
        while not self._stop.wait(0.1):
            now, lasts = ask_all(self._connection, question)
            if now != lease or isinstance(lasts, Refusal):
                return False  # it has run out, or its process has another connection
            if lasts > left:
                return True
            left = lasts
        return False

    def _beat(self, supervisor: Supervisor) -> None:
        lease_due = clock.now() + _LEASE / 3
        while not self._stop.wait(self._tick):
            if supervisor.is_gone:
                return  # nobody would run what is held, and others are to get it
            now = clock.now()
            try:
                if not self._connection.is_alive():
                    lease_due = 0.0
                if now >= lease_due:
                    if self._hold() is not None:
                        for consumer in self._consumers:  # that process runs what is held here
                            consumer.lose(consumer.claims.held)
                        self._taken(self._duplicate())
                        return
                    lease_due = now + _LEASE / 3
                here = self._topology.node_of(self._lease.key)
                self._renewals.renew_due(self._served_by(here))
                self._renew_elsewhere(here, supervisor)
            except ServerRefused as error:
                self._taken(error)
                return
            except ConnectionFailed:
                self._stop.wait(min(self._tick, 0.2))

    def _served_by(self, node: ServerNode) -> list[Consumer]:
        """The consumers whose streams a node serves."""
        node_of = self._topology.node_of
        return [each for each in self._consumers if node_of(each.listener.stream) == node]

    def _renew_elsewhere(self, here: ServerNode, supervisor: Supervisor) -> None:
        """Have a thread renew what is held on each other node, so that none waits for another."""
        if self._topology.is_single:
            return
        nodes = {self._topology.node_of(each.listener.stream) for each in self._consumers}
        for node in nodes - {here} - self._elsewhere.keys():
            beat = partial(self._beat_at, node, supervisor)
            self._elsewhere[node] = supervisor.start_thread(beat, "heartbeat of a node")

    def _beat_at(self, node: ServerNode, supervisor: Supervisor) -> None:
        connection = SyncConnection(self._topology, name=self._name, at=lambda: node)
        renewals = Renewals(connection, process=self._process, tick=self._tick)
        try:
            while not self._stop.wait(self._tick):
                if supervisor.is_gone or not (consumers := self._served_by(node)):
                    return
                try:
                    renewals.renew_due(consumers)
                except ServerRefused as error:
                    self._taken(error)
                    return
                except ConnectionFailed:
                    self._stop.wait(min(self._tick, 0.2))
        finally:
            connection.close()
            self._elsewhere.pop(node, None)  # the node may serve a stream again

    def stop(self) -> None:
        """Have the thread end, and give the lease up; does not wait, `ended` tells."""
        self._stop.set()

    def _give_lease_up(self) -> None:
        if not self._connection.is_alive():
            return  # whoever wants the name sees that the connection is gone
        with contextlib.suppress(ConnectionFailed):  # else the lease runs out
            [lease] = ask_all(self._connection, [self._lease.current()])
            if isinstance(lease, bytes) and self._lease.is_own(lease):
                ask_all(self._connection, [self._lease.remove()])
