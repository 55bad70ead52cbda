"""The lbgen side: a service on the same bus, in this process or in one that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.interop.real_lightbus import Service

ROOT = Path(__file__).parents[2]

_WORKER = """
import ctypes, json, os, signal, sys, time
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # end when the test does
from neighbours import Bus

bus = Bus(service_name="billing")

@bus.shop.orders.order_noted.listen(listener_name="update_db", acknowledgement_timeout=3)
def update_db(event):
    time.sleep(float(os.environ.get("SLOW", "0")))
    with open(os.environ["NOTES"], "a") as notes:
        note = {"process": bus.__lbgen__.process_name,
                "parameters": {"number": event.number}}
        notes.write(json.dumps(note) + "\\n")

bus.run()
"""


async def until(condition: Callable[[], Any], what: str = "", seconds: float = 60) -> Any:
    """Wait until the condition is true, and return what it returned."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}; last was {value!r}"
        await asyncio.sleep(0.02)
    return value


@contextlib.asynccontextmanager
async def running(bus: Any) -> AsyncIterator[None]:
    """Run a bus's listeners while the block runs; they have drained after it."""
    task = asyncio.create_task(bus.run_async())
    core = bus.__lbgen__
    try:
        await until(lambda: task.done() or (core.worker is not None and core.worker.listening))
        if task.done():
            await task
        yield
    finally:
        await bus.close_async()
        await task


def worker(service: Service, package: Any, *, process: str, slow: float = 0) -> Any:
    """Start a process that runs the listener `billing-update_db` and notes what Lightbus's does.

    Args:
        service: whose notes it writes to, and whose server.
        package: the generated package.
        process: its process name.
        slow: seconds that its handler works.
    """
    folder = Path(package.__file__).parents[1]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (folder, ROOT / "codegen", ROOT / "runtime"))),
        "LBGEN_REDIS_URL": service.server.url,
        "LBGEN_PROCESS_NAME": process,
        "NOTES": str(service.notes_file),
        "SLOW": str(slow),
    }
    return service.beside(subprocess.Popen([sys.executable, "-c", _WORKER], env=environment))
