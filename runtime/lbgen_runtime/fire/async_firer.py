"""What many tasks fire in the same moment travels as one write.

One task per event loop writes what the others have queued, so that cancelling a caller never breaks
the write of another.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Final

from ..wire.connection import AsyncConnection, ConnectionFailed
from .batch import Exchange, fire_batch
from .outgoing import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..wire.outage import Outage
    from .batch import FireRules
    from .outgoing import Fire

__all__ = ["AsyncFirer"]

_log = logging.getLogger("lbgen")

_LARGEST_BATCH: Final = 512


class AsyncFirer:
    """Fires from the tasks of any number of event loops."""

    __slots__ = ("_name", "_outage", "_rules", "_url", "_writers")

    def __init__(self, url: str, *, name: str, rules: FireRules, outage: Outage) -> None:
        self._url = url
        self._outage = outage
        self._name = name
        self._rules = rules
        self._writers: dict[asyncio.AbstractEventLoop, _Writer] = {}

    async def fire(self, fires: Sequence[Fire]) -> None:
        """Fire events; on return each has an outcome.

        A caller that is cancelled leaves those to the bus that are on their way already.
        """
        if not fires:
            return
        loop = asyncio.get_running_loop()
        writer = self._writers.get(loop)
        if writer is None or writer.closed:
            self._let_go_of_closed_loops()
            connection = AsyncConnection(self._url, name=self._name)
            writer = self._writers[loop] = _Writer(connection, self._rules, self._outage)
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
            writer.withdraw(fires)
            raise

    def _let_go_of_closed_loops(self) -> None:
        for loop in list(self._writers):
            if loop.is_closed() and (writer := self._writers.pop(loop, None)) is not None:
                writer.abandon()

    async def close(self) -> None:
        """Close this loop's connection; firing again opens another."""
        writer = self._writers.pop(asyncio.get_running_loop(), None)
        if writer is not None:
            await writer.close()


class _Writer:
    """The task of one event loop that writes what the others fire."""

    __slots__ = (
        "_closing",
        "_connection",
        "_line",
        "_open",
        "_outage",
        "_rules",
        "_task",
        "_woken",
    )

    def __init__(self, connection: AsyncConnection, rules: FireRules, outage: Outage) -> None:
        self._outage = outage
        self._connection = connection
        self._rules = rules
        self._line: deque[Fire] = deque()
        self._open: list[Fire] = []
        self._closing = False
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
                    except Exception as error:  # a defect of ours: the next events go on
                        _log.exception("firing failed; what was under way is unconfirmed")
                        self._give_up(f"an error in lbgen: {type(error).__name__}")
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
        self._task._log_destroy_pending = False  # type: ignore[attr-defined]

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
                            self._outage.failed(failure, failures)
                        step = steps.throw(failure)
                    else:
                        self._outage.worked()
                        step = steps.send(replies)
                else:
                    await asyncio.sleep(step.seconds)
                    step = next(steps)
        except StopIteration:
            pass

    async def close(self) -> None:
        """End once everything that was put has its outcome."""
        self._closing = True
        self._woken.set()
        await asyncio.wait([self._task])
