"""The commands of a worker beside its reads: what is asked in one moment travels as one write.

Every command here may be sent twice without harm, so each is repeated until the server answers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

from ..wire.connection import ConnectionFailed
from ..wire.permissions import not_permitted
from ..wire.refusals import AskElsewhere, Forbidden, Refusal, UnknownScript

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..wire.connection import AsyncConnection
    from ..wire.outage import Outage
    from ..wire.requests import Request
    from ..wire.resp import Command, Reply
    from .supervisor import Supervisor

    _Asked = tuple[Command, asyncio.Future[Reply], bool]

__all__ = ["Commands"]

T = TypeVar("T")

_LARGEST_BATCH: Final = 512


class Commands:
    """Sends a worker's commands over one connection, in the order in which they are asked.

    Args:
        connection: the connection; used by nobody else.
        outage: what is told when the connection fails and when it works.
        supervisor: starts the task that sends.
        fail: stops the worker where its user may not run a command.
    """

    __slots__ = ("_connection", "_fail", "_line", "_outage", "_task", "_woken")

    def __init__(
        self,
        connection: AsyncConnection,
        outage: Outage,
        supervisor: Supervisor,
        fail: Callable[[Exception], None],
    ) -> None:
        self._connection = connection
        self._fail = fail
        self._outage = outage
        self._line: deque[_Asked] = deque()
        self._woken = asyncio.Event()
        self._task = supervisor.start(self._run(), "commands", until_stop=True)
        self._task.add_done_callback(self._ended)

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

    def tell(self, request: Request[T], then: Callable[[T], object] | None = None) -> None:
        """Ask for something that need not be, and do not wait for it.

        Args:
            request: what is asked.
            then: gets what the reply means, unless the server refuses.
        """

        def answered(reply: asyncio.Future[Reply]) -> None:
            if not reply.cancelled() and reply.exception() is None and then is not None:
                then(request.read(reply.result()))

        self._queue(request.command, optional=True).add_done_callback(answered)

    def _queue(self, command: Command, *, optional: bool) -> asyncio.Future[Reply]:
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._line.append((command, future, optional))
        self._woken.set()
        return future

    async def _run(self) -> None:
        failures = 0
        try:
            while True:
                await self._woken.wait()
                while self._line:
                    batch = [
                        self._line.popleft() for _ in range(min(len(self._line), _LARGEST_BATCH))
                    ]
                    try:
                        replies = await self._connection.exchange([asked[0] for asked in batch])
                    except ConnectionFailed as failure:
                        self._line.extendleft(reversed(self._answer(batch, failure.replies)))
                        failures += 1
                        await asyncio.sleep(self._outage.failed(failure, failures))
                    except BaseException:
                        self._line.extendleft(reversed(batch))
                        raise
                    else:
                        failures = 0
                        self._outage.worked()
                        self._answer(batch, replies)
                self._woken.clear()
        finally:
            await self._connection.close()

    def _ended(self, _task: asyncio.Task[None]) -> None:
        for _, future, _ in self._line:
            future.cancel()

    def _answer(self, batch: Sequence[_Asked], replies: Sequence[Reply]) -> list[_Asked]:
        """Give each command its reply; returns those that have none, or one of the wrong server."""
        again: list[_Asked] = []
        for asked, reply in zip(batch, replies, strict=False):
            command, future, optional = asked
            if future.done():
                continue
            if not isinstance(reply, Refusal):
                future.set_result(reply)
                continue
            if isinstance(reply, AskElsewhere):
                again.append(asked)
                continue
            if isinstance(reply, Forbidden) and not optional:
                self._fail(not_permitted(reply, command))
            future.set_exception(reply)
        return [*again, *batch[len(replies) :]]

    async def close(self) -> None:
        """Stop; commands that were not answered are given up."""
        self._task.cancel()
        await asyncio.wait([self._task])
