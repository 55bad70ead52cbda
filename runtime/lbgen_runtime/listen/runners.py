"""What runs handlers: tasks for async ones, threads for sync ones, as many as run at once.

A runner takes one event after the other: there is no task and no thread per event. What a handler's
end means is not decided here.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Protocol

from .acceptance import event_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from .claims import Claim, Claims
    from .listener import Listener
    from .process import Process

    Finished = Callable[[Claim, BaseException | None], None]

__all__ = ["Runners", "start_runners"]

_TURN: Final = 0.005
"""Seconds after which a runner whose handlers never wait lets the loop's other tasks run."""
_UNWIND: Final = 1.0
"""Seconds that a handler gets which was cancelled, before its runner is replaced."""


class Runners(Protocol):
    """The runners of one listener."""

    async def finish(self, seconds: float) -> bool:
        """Wait for running handlers; returns whether all ended in time."""
        ...

    def interrupt(self, claim: Claim) -> None:
        """Stop the handler of an entry that was given up; go on without it if it does not stop."""
        ...


def start_runners(
    listener: Listener, process: Process, claims: Claims, finished: Finished
) -> Runners:
    """Start the runners of a listener.

    Args:
        listener: whose handler is run.
        process: this process.
        claims: where they take entries from, until it is stopped.
        finished: called on the event loop after each handler, with what it raised.
    """
    kind = _Tasks if listener.shape.is_async else _Threads
    return kind(listener, process, claims, finished)


class _Tasks:
    """Runs an async handler."""

    def __init__(
        self, listener: Listener, process: Process, claims: Claims, finished: Finished
    ) -> None:
        self._listener = listener
        self._supervisor = process.supervisor
        self._claims = claims
        self._finished = finished
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: dict[asyncio.Task[None], Claim] = {}
        for _ in range(listener.settings.concurrency):
            self._start()

    def _start(self) -> None:
        self._tasks.add(self._supervisor.start(self._run(), f"runner of {self._listener.group}"))

    async def _run(self) -> None:
        handler: Any = self._listener.handler
        takes_delivery = self._listener.shape.takes_delivery
        task = asyncio.current_task()
        assert task is not None
        yielded = time.monotonic()
        while task in self._tasks and (claim := await self._claims.take()) is not None:
            error: BaseException | None = None
            self._busy[task] = claim
            try:
                event = event_of(self._listener, claim)
                await (handler(event, claim.delivery) if takes_delivery else handler(event))
            except BaseException as raised:
                if isinstance(raised, GeneratorExit) and not _is_current(task):
                    raise  # the event loop has ended, and this task is let go
                # SystemExit too: no event ends a process. CancelledError is that of something that
                # the handler waited for, of a claim that was given up, or by itself.
                error = raised
            del self._busy[task]
            if task.cancelling():
                await _absorb_cancellation(task)
            self._finished(claim, error)
            if (now := time.monotonic()) - yielded > _TURN:
                await asyncio.sleep(0)
                yielded = now

    async def finish(self, seconds: float) -> bool:
        """Wait for running handlers; returns whether all ended in time."""
        if not self._tasks:
            return True
        _, running = await asyncio.wait(self._tasks, timeout=seconds)
        return not running

    def interrupt(self, claim: Claim) -> None:
        """Cancel a handler; start another runner where it does not heed that."""
        for task, busy in self._busy.items():
            if busy is claim:
                task.cancel()
                self._supervisor.call_later(_UNWIND, self._leave_behind, task, claim)

    def _leave_behind(self, task: asyncio.Task[None], claim: Claim) -> None:
        if self._busy.get(task) is claim and not self._claims.stopped:
            self._tasks.discard(task)
            self._start()


def _is_current(task: asyncio.Task[None]) -> bool:
    try:
        return asyncio.current_task() is task
    except RuntimeError:
        return False


async def _absorb_cancellation(task: asyncio.Task[None]) -> None:
    """End a cancellation that was meant for a handler which has ended by itself meanwhile."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    while task.cancelling():
        task.uncancel()


async def _awaited(awaitable: Awaitable[object]) -> BaseException | None:
    """Await what a handler gave back; returns what would end the event loop if it were raised."""
    try:
        await awaitable
    except (KeyboardInterrupt, SystemExit) as error:
        return error
    return None


class _Threads:
    """Runs a sync handler."""

    def __init__(
        self, listener: Listener, process: Process, claims: Claims, finished: Finished
    ) -> None:
        self._listener = listener
        self._supervisor = process.supervisor
        self._claims = claims
        self._finished = finished
        self._loop = asyncio.get_running_loop()
        self._ended: deque[tuple[Claim, BaseException | None]] = deque()
        self._told = False
        self._alive = 0
        self._lock = threading.Lock()
        self._running: set[Claim] = set()
        self._hanging: set[Claim] = set()
        self._awaited: dict[Claim, Future[BaseException | None]] = {}
        self._all_ended = asyncio.Event()
        for _ in range(listener.settings.concurrency):
            self._start()

    def _start(self) -> None:
        self._alive += 1
        self._supervisor.start_thread(self._run, f"runner of {self._listener.group}")

    def _run(self) -> None:
        handler: Any = self._listener.handler
        takes_delivery = self._listener.shape.takes_delivery
        while (claim := self._claims.take_in_thread()) is not None:
            error: BaseException | None = None
            self._running.add(claim)
            try:
                event = event_of(self._listener, claim)
                result = handler(event, claim.delivery) if takes_delivery else handler(event)
                if result is not None:
                    error = self._await(result, claim)
            except BaseException as raised:  # noqa: BLE001 - whatever a handler raises
                error = raised
            self._ended.append((claim, error))
            if not self._told:
                self._told = True
                self._supervisor.call(self._tell)
            with self._lock:
                self._running.discard(claim)
                if claim in self._hanging:  # another thread has taken this one's place
                    self._hanging.discard(claim)
                    return
        self._supervisor.call(self._thread_ended)

    def _await(self, result: object, claim: Claim) -> BaseException | None:
        """Have the loop run what a handler gave back: a decorator hides that it is async.

        Raises:
            TypeError: nobody would run it.
        """
        if inspect.isawaitable(result):
            future = asyncio.run_coroutine_threadsafe(_awaited(result), self._loop)
            self._awaited[claim] = future
            if claim.given_up:
                future.cancel()
            try:
                return future.result()
            finally:
                del self._awaited[claim]
        if inspect.isgenerator(result) or inspect.isasyncgen(result):
            raise TypeError(
                f"the handler returned a {type(result).__name__}, which was never awaited"
            )
        return None

    def _tell(self) -> None:
        self._told = False
        while self._ended:
            claim, error = self._ended.popleft()
            self._finished(claim, error)

    def _thread_ended(self) -> None:
        self._alive -= 1
        if not self._alive:
            self._all_ended.set()

    async def finish(self, seconds: float) -> bool:
        """Wait for running handlers; returns whether all ended in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._all_ended.wait()
        self._tell()
        return self._all_ended.is_set()

    def interrupt(self, claim: Claim) -> None:
        """Cancel what the handler gave back, else start a thread in the place of its own."""
        if (future := self._awaited.get(claim)) is not None:
            future.cancel()
            return
        with self._lock:
            if claim in self._running and not self._claims.stopped:
                self._hanging.add(claim)
                self._alive -= 1
                self._start()
