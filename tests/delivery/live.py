"""A bus that listens while a block of a test runs."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import lbgen_runtime


async def until(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """Wait until the condition is true, and return what it returned."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s; last was {value!r}"
        await asyncio.sleep(0.005)
    return value


@contextlib.asynccontextmanager
async def running(bus: lbgen_runtime.Bus) -> AsyncIterator[asyncio.Task[None]]:
    """Run a bus's listeners while the block runs; they have drained after it."""
    task = asyncio.create_task(bus.run_async())
    core = bus.__lbgen__
    try:
        await until(lambda: task.done() or (core.worker is not None and core.worker.listening))
        if task.done():
            await task
        yield task
    finally:
        await bus.close_async()
        await task
