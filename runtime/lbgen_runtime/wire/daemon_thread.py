"""A call in a thread of its own, for event loops: no executor that is full, or gone, delays it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["in_daemon_thread"]

T = TypeVar("T")


async def in_daemon_thread(function: Callable[[], T]) -> T:
    """Call a function that blocks; nobody waits for it at the end of the process."""
    ended: Future[T] = Future()
    ended.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - the waiting task raises it
            ended.set_exception(error)
        else:
            ended.set_result(result)

    threading.Thread(target=run, name="lbgen call", daemon=True).start()
    return await asyncio.wrap_future(ended)
