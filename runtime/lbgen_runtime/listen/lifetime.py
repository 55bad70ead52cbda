"""A bus's listeners as a process: signals, an event loop, and an end in time."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from .exit_watch import ExitWatch
from .worker import ListeningBus, Worker

if TYPE_CHECKING:
    from collections.abc import Iterable


__all__ = ["EXIT_BOUND", "run"]

_log = logging.getLogger("lbgen")

EXIT_BOUND: Final = 4.0
"""Seconds after the longest `grace` by which the process has left."""
_LAST_TASKS: Final = 0.5
"""Seconds that tasks of handlers get which were cancelled because the event loop ends."""


def run(core: ListeningBus) -> None:
    """Run a bus's listeners until SIGTERM or SIGINT.

    Called in the main thread, it owns the process: it has left `EXIT_BOUND` seconds after the
    longest `grace`, whatever handlers and server do. In another thread no signal comes.

    Raises:
        RuntimeError: an event loop runs in this thread.
        LbgenError: what `Worker.run` raises.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError("an event loop is already running; await run_async() instead of run()")
    worker = Worker(core)
    loop = _new_event_loop()
    with contextlib.ExitStack() as stack:
        if threading.current_thread() is threading.main_thread():
            grace = max(listener.settings.grace for listener in core.listeners)

            def told(name: str) -> None:
                loop.call_soon_threadsafe(worker.signalled, name)

            watch = stack.enter_context(ExitWatch(grace + EXIT_BOUND, told))
            worker.on_failure = watch.failed
        asyncio.set_event_loop(loop)
        task = loop.create_task(worker.run(), name="lbgen worker")
        try:
            loop.run_until_complete(task)
        finally:
            if not task.done():  # what a task of somebody else has raised ends the loop
                worker.on_failure()
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    loop.run_until_complete(task)
            _close(loop)


def _new_event_loop() -> asyncio.AbstractEventLoop:
    if importlib.util.find_spec("uvloop") is None:
        return asyncio.new_event_loop()
    uvloop: Any = importlib.import_module("uvloop")
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Close an event loop; `asyncio.run` would wait for its tasks and threads without end."""
    try:
        left = loop.run_until_complete(_end_tasks())
        for task in left:
            # The interpreter would report a task that is pending when it is let go.
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
        if left:
            names = ", ".join(sorted(task.get_name() for task in left))
            _log.warning("these tasks ignore their cancellation: %s", names)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _end_tasks() -> Iterable[asyncio.Task[Any]]:
    """Cancel every task; returns those that go on."""
    loop = asyncio.get_running_loop()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    left: Iterable[asyncio.Task[Any]] = ()
    if tasks:
        done, left = await asyncio.wait(tasks, timeout=_LAST_TASKS)
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                about = {
                    "message": "a task failed when it was cancelled",
                    "exception": error,
                    "task": task,
                }
                loop.call_exception_handler(about)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_TASKS):
            await loop.shutdown_asyncgens()
    return left
