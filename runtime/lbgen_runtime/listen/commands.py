"""The commands of a worker beside its reads: what is asked in one moment travels as one write.

Every command here may be sent twice without harm, so each is repeated until the server answers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from ..wire.async_connection import AsyncConnection
from ..wire.connection_failures import ConnectionFailed
from ..wire.permissions import not_permitted
from ..wire.refusals import AskElsewhere, AskLater, Forbidden, Refusal, UnknownScript
from ..wire.routing import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..wire.outage import Outage
    from ..wire.requests import Request
    from ..wire.resp import Command, Reply
    from ..wire.slots import ServerNode
    from ..wire.topology import Topology
    from .supervisor import Supervisor

__all__ = ["Commands"]

T = TypeVar("T")

_LARGEST_BATCH: Final = 512
_LATER: Final = 0.1
"""Seconds after which a command is sent again that the server takes in a moment."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command that waits for its reply.

    Attributes:
        command: what is asked.
        future: gets the reply.
        optional: the worker goes on where its user may not run it.
        stays: it is for one node, whatever that serves, and is given up where the node is gone.
    """

    command: Command
    future: asyncio.Future[Reply]
    optional: bool
    stays: bool


class Commands:
    """Sends a worker's commands over one connection per node, in the order in which they are asked.

    Args:
        topology: which servers there are.
        name: the connections' name on the server.
        outage: what is told when a connection fails and when it works.
        supervisor: starts the tasks that send.
        fail: stops the worker where its user may not run a command.
    """

    __slots__ = ("_fail", "_lines", "_name", "_outage", "_supervisor", "_topology")

    def __init__(
        self,
        topology: Topology,
        *,
        name: str,
        outage: Outage,
        supervisor: Supervisor,
        fail: Callable[[Exception], None],
    ) -> None:
        self._topology = topology
        self._name = name
        self._outage = outage
        self._supervisor = supervisor
        self._fail = fail
        self._lines: dict[ServerNode, _Line] = {}
        self._line_to(topology.default())

    async def ask(self, request: Request[T], *, optional: bool = False) -> T:
        """What the reply to a request means.

        Args:
            request: what is asked; in full where the server has not seen the script.
            optional: the worker goes on where its user may not run it: upkeep, and replays, which
                have a key of their own.

        Raises:
            Refusal: the server refuses.
        """
        try:
            return request.read(await self._queue(request.command, optional=optional))
        except UnknownScript:
            return request.read(await self._queue(request.in_full(), optional=optional))

    def tell(
        self,
        request: Request[T],
        then: Callable[[T], object] | None = None,
        *,
        node: ServerNode | None = None,
    ) -> None:
        """Ask for something that need not be, and do not wait for it.

        Args:
            request: what is asked.
            then: gets what the reply means, unless the server refuses.
            node: whom to ask, where that is not the node that serves the key.
        """

        def answered(reply: asyncio.Future[Reply]) -> None:
            if not reply.cancelled() and reply.exception() is None and then is not None:
                then(request.read(reply.result()))

        future = self._queue(request.command, optional=True, node=node)
        future.add_done_callback(answered)

    def _queue(
        self, command: Command, *, optional: bool, node: ServerNode | None = None
    ) -> asyncio.Future[Reply]:
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        asked = _Asked(command, future, optional, stays=node is not None)
        self._line_to(node or self._node_of(command)).put([asked])
        return future

    def _node_of(self, command: Command) -> ServerNode:
        if self._topology.is_single:
            return self._topology.default()
        key = key_of(command)
        return self._topology.default() if key is None else self._topology.node_of(key)

    def _line_to(self, node: ServerNode) -> _Line:
        line = self._lines.get(node)
        if line is None:
            connection = AsyncConnection(self._topology, name=self._name, at=lambda: node)
            line = self._lines[node] = _Line(connection, self._outage, self._fail, self._elsewhere)
            line.start(self._supervisor, "commands")
        return line

    def _elsewhere(self, line: _Line, waiting: Sequence[_Asked]) -> list[_Asked]:
        """Queue those for their nodes that others serve now; returns the others."""
        stay: list[_Asked] = []
        for asked in waiting:
            if asked.stays:
                asked.future.cancel()
                continue
            other = self._line_to(self._node_of(asked.command))
            if other is line:
                stay.append(asked)
            else:
                other.put([asked])
        return stay

    async def close(self) -> None:
        """Stop; commands that were not answered are given up."""
        lines = list(self._lines.values())
        for line in lines:
            line.cancel()
        await asyncio.wait([line.task for line in lines])


class _Line:
    """The commands for one node."""

    __slots__ = ("_connection", "_elsewhere", "_fail", "_outage", "_waiting", "_woken", "task")

    task: asyncio.Task[None]

    def __init__(
        self,
        connection: AsyncConnection,
        outage: Outage,
        fail: Callable[[Exception], None],
        elsewhere: Callable[[_Line, Sequence[_Asked]], list[_Asked]],
    ) -> None:
        self._connection = connection
        self._elsewhere = elsewhere
        self._fail = fail
        self._outage = outage
        self._waiting: deque[_Asked] = deque()
        self._woken = asyncio.Event()

    def start(self, supervisor: Supervisor, name: str) -> None:
        self.task = supervisor.start(self._run(), name, until_stop=True)
        self.task.add_done_callback(self._ended)

    def put(self, asked: Sequence[_Asked]) -> None:
        self._waiting.extend(asked)
        self._woken.set()

    async def _run(self) -> None:
        failures = 0
        try:
            while True:
                await self._woken.wait()
                while self._waiting:
                    count = min(len(self._waiting), _LARGEST_BATCH)
                    batch = [self._waiting.popleft() for _ in range(count)]
                    try:
                        replies = await self._connection.exchange([one.command for one in batch])
                    except ConnectionFailed as failure:
                        self._waiting.extendleft(reversed(self._answer(batch, failure.replies)))
                        failures += 1
                        await asyncio.sleep(self._outage.record_failure(failure, failures))
                        stay = self._elsewhere(self, self._waiting)
                        self._waiting.clear()
                        self._waiting.extend(stay)
                    except BaseException:
                        self._waiting.extendleft(reversed(batch))
                        raise
                    else:
                        failures = 0
                        self._outage.record_success()
                        if again := self._answer(batch, replies):
                            self._waiting.extendleft(reversed(again))
                            await asyncio.sleep(_LATER)
                self._woken.clear()
        finally:
            await self._connection.close()

    def _ended(self, _task: asyncio.Task[None]) -> None:
        for asked in self._waiting:
            asked.future.cancel()

    def _answer(self, batch: Sequence[_Asked], replies: Sequence[Reply]) -> list[_Asked]:
        """Give each command its reply; returns those that have none, or were not executed."""
        again: list[_Asked] = []
        for asked, reply in zip(batch, replies, strict=False):
            if asked.future.done():
                continue
            if not isinstance(reply, Refusal):
                asked.future.set_result(reply)
            elif isinstance(reply, (AskElsewhere, AskLater)):
                again.append(asked)
            else:
                if isinstance(reply, Forbidden) and not asked.optional:
                    self._fail(not_permitted(reply, asked.command))
                asked.future.set_exception(reply)
        return [*again, *batch[len(replies) :]]

    def cancel(self) -> None:
        self.task.cancel()
