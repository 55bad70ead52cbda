"""Where a worker's tasks and threads are started, and where it is noticed how each ends."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from ..errors import LbgenError, WorkerFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["Supervisor"]


class Supervisor:
    """Stops its worker, with the reason, where a part of it ends in a way that nobody planned.

    Made in the worker's event loop. While the worker stops, its parts may end as they like.

    Args:
        stopping: set once the worker is to stop.
        fail: stops the worker with an error, which `run` raises.
    """

    def __init__(self, stopping: asyncio.Event, fail: Callable[[Exception], None]) -> None:
        self._stopping = stopping
        self._fail = fail
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_gone(self) -> bool:
        """Whether the worker's event loop was closed, so that nothing of it runs any more."""
        return self._loop.is_closed()

    def start(
        self, work: Coroutine[None, None, None], name: str, *, until_stop: bool = False
    ) -> asyncio.Task[None]:
        """Start a task; the worker stops if it raises, or is cancelled before the worker stops.

        Args:
            work: what the task does.
            name: what it is called, in errors too.
            until_stop: it goes on until the worker stops: that it returns earlier is a failure too.
        """
        task = asyncio.create_task(work, name=f"lbgen {name}")
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if task.cancelled():
                self._ended(name, "was cancelled")
            elif (error := task.exception()) is not None:
                self._ended(name, "failed", error)
            elif until_stop:
                self._ended(name, "returned")

        task.add_done_callback(ended)
        return task

    def start_thread(self, work: Callable[[], None], name: str) -> Future[None]:
        """Start a daemon thread, which nobody waits for at the end of the process.

        The worker stops if it raises. The future is done when it has ended.
        """
        ended: Future[None] = Future()
        ended.set_running_or_notify_cancel()  # who stops to wait for it cancels nothing

        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - the supervisor names it
                self.call(self._ended, name, "failed", error)
            finally:
                ended.set_result(None)

        threading.Thread(target=run, name=f"lbgen {name}", daemon=True).start()
        return ended

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function on the worker's event loop, from any thread; not if the loop is closed.

        The worker stops if the function raises.
        """
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._guarded, function, *arguments)

    def call_later(
        self, seconds: float, function: Callable[..., object], *arguments: object
    ) -> asyncio.TimerHandle:
        """Call a function on the worker's event loop after so many seconds; else as `call`."""
        return self._loop.call_later(seconds, self._guarded, function, *arguments)

    def let_go(self) -> None:
        """Cancel every task that is left."""
        if not self._loop.is_closed():
            for task in self._tasks:
                task.cancel()

    def _guarded(self, function: Callable[..., object], *arguments: object) -> None:
        try:
            function(*arguments)
        except Exception as error:  # noqa: BLE001 - the supervisor names it
            self._ended(getattr(function, "__qualname__", repr(function)), "failed", error)

    def _ended(self, name: str, how: str, error: BaseException | None = None) -> None:
        if self._stopping.is_set() and error is None:
            return
        if isinstance(error, LbgenError):
            self._fail(error)
            return
        failure = WorkerFailed(f"part of the worker {how}: {name}")
        failure.__cause__ = error
        self._fail(failure)
