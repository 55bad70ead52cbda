"""What many tasks fire in the same moment travels as one write.

One task per event loop writes what the others have queued, so that cancelling a caller never breaks
the write of another.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Final

from ..wire.async_connection import AsyncConnection
from ..wire.backoff import backoff
from ..wire.connection_failures import ConnectionFailed
from .batch import Exchange, fire_batch, give_up_late
from .outgoing import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..wire.outage import Outage
    from ..wire.slots import ServerNode
    from ..wire.topology import Topology
    from .outgoing import Fire
    from .rules import FireRules, NodeRules

__all__ = ["AsyncFirer"]

_log = logging.getLogger("lbgen")

_LARGEST_BATCH: Final = 512


class AsyncFirer:
    """Fires from the tasks of any number of event loops."""

    __slots__ = ("_name", "_outage", "_rules", "_topology", "_writers")

    def __init__(self, topology: Topology, *, name: str, rules: NodeRules, outage: Outage) -> None:
        self._topology = topology
        self._outage = outage
        self._name = name
        self._rules = rules
        self._writers: dict[tuple[asyncio.AbstractEventLoop, ServerNode], _Writer] = {}

    async def fire(self, fires: Sequence[Fire]) -> None:
        """Fire events; on return each has an outcome.

        A caller that is cancelled leaves those to the bus that are on their way already.
        """
        if not fires:
            return
        loop = asyncio.get_running_loop()
        writer = self._writer(loop, fires[0].stream)
        settled = loop.create_future()
        outstanding = len(fires)

        def one_settled() -> None:
            nonlocal outstanding
            outstanding -= 1
            if not outstanding and not settled.done():
                settled.set_result(None)

        for fire in fires:
            fire.settled = one_settled
        writer.put(fires)
        try:
            await settled
        except asyncio.CancelledError:
            for (of, _), other in list(self._writers.items()):
                if of is loop:
                    other.withdraw(fires)
            raise

    def _writer(self, loop: asyncio.AbstractEventLoop, stream: bytes) -> _Writer:
        """The writer of an event loop to the node that serves a stream."""
        node = self._topology.node_of(stream)
        writer = self._writers.get((loop, node))
        if writer is None or writer.closed:
            self._let_go_of_closed_loops()
            connection = AsyncConnection(self._topology, name=self._name, at=lambda: node)
            writer = _Writer(connection, self._rules.of(node), self._outage, self._elsewhere)
            self._writers[loop, node] = writer
        return writer

    def _elsewhere(self, writer: _Writer, fires: Sequence[Fire]) -> list[Fire]:
        """Hand those to other writers whose streams other nodes serve now; returns the others."""
        loop = asyncio.get_running_loop()
        stay: list[Fire] = []
        for fire in fires:
            other = self._writer(loop, fire.stream)
            if other is writer:
                stay.append(fire)
            else:
                other.put([fire])
        return stay

    def _let_go_of_closed_loops(self) -> None:
        for key in list(self._writers):
            if key[0].is_closed() and (writer := self._writers.pop(key, None)) is not None:
                writer.abandon()

    async def close(self) -> None:
        """Close this loop's connections; firing again opens others."""
        loop = asyncio.get_running_loop()
        for key in [key for key in self._writers if key[0] is loop]:
            await self._writers.pop(key).close()


class _Writer:
    """The task of one event loop that writes to one node what the others fire."""

    __slots__ = (
        "_closing",
        "_connection",
        "_elsewhere",
        "_line",
        "_open",
        "_outage",
        "_redirections",
        "_rules",
        "_task",
        "_woken",
    )

    def __init__(
        self,
        connection: AsyncConnection,
        rules: FireRules,
        outage: Outage,
        elsewhere: Callable[[_Writer, Sequence[Fire]], list[Fire]],
    ) -> None:
        self._outage = outage
        self._elsewhere = elsewhere
        self._connection = connection
        self._rules = rules
        self._line: deque[Fire] = deque()
        self._open: list[Fire] = []
        self._closing = False
        self._redirections = 0
        self._woken = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="lbgen fire")

    @property
    def closed(self) -> bool:
        return self._closing or self._task.done()

    def put(self, fires: Sequence[Fire]) -> None:
        self._line.extend(fires)
        self._woken.set()

    def withdraw(self, fires: Sequence[Fire]) -> None:
        for fire in fires:
            if not fire.done and fire in self._line:
                self._line.remove(fire)

    def _gather(self) -> list[Fire]:
        gathered = [self._line.popleft() for _ in range(min(len(self._line), _LARGEST_BATCH))]
        self._open = [fire for fire in self._open if not fire.done]
        self._open += gathered
        return gathered

    async def _run(self) -> None:
        try:
            while not self._closing or self._line:
                await self._woken.wait()
                while self._line:
                    try:
                        await self._drive(self._gather())
                    except Exception as error:  # noqa: BLE001 - a defect: the next events go on
                        _log.exception(
                            "firing failed; the events that were being sent are unconfirmed"
                        )
                        self._give_up(f"a bug in lbgen: {type(error).__name__}")
                self._woken.clear()
        finally:
            self._open += self._line
            self._give_up("the event loop ended")
            await self._connection.close()

    def _give_up(self, why: str) -> None:
        for fire in self._open:
            if not fire.done:
                fire.give_up(Problem.UNCONFIRMED, why)

    def abandon(self) -> None:
        """End after the event loop was closed: nothing of it runs any more, and nobody waits."""
        self._open.clear()
        self._line.clear()
        self._connection.abandon()
        # The interpreter would report a task that is pending when it is let go.
        self._task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001

    def _redirected(self) -> bool:
        """Whether other nodes serve some streams now; what is left here is in the line again."""
        give_up_late(self._open)
        waiting = [fire for fire in self._open if not fire.done]
        stay = self._elsewhere(self, waiting)
        if len(stay) == len(waiting):
            return False
        self._open = []
        self._line.extendleft(reversed(stay))
        return True

    def _pause(self) -> float:
        """Seconds to wait where nodes go on to name one another; more each time."""
        self._redirections += 1
        if self._redirections <= 2:
            return 0.0
        return backoff(self._redirections - 2, first=0.05, longest=1.0)

    async def _drive(self, batch: list[Fire]) -> None:
        steps, failures = fire_batch(batch, self._rules, self._gather), 0
        try:
            step = next(steps)
            while True:
                if isinstance(step, Exchange):
                    try:
                        replies = await self._connection.exchange(
                            step.commands, within=step.timeout
                        )
                    except ConnectionFailed as failure:
                        failures += 1
                        if failures > 1 or not failure.sent:  # else an idle one that was closed
                            self._outage.record_failure(failure, failures)
                        step = steps.throw(failure)
                    else:
                        self._outage.record_success()
                        self._redirections = 0
                        step = steps.send(replies)
                else:
                    await asyncio.sleep(step.seconds)
                    if self._redirected():
                        await asyncio.sleep(self._pause())
                        return
                    step = next(steps)
        except StopIteration:
            pass

    async def close(self) -> None:
        """End once everything that was put has its outcome."""
        self._closing = True
        self._woken.set()
        await asyncio.wait([self._task])
