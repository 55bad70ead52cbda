"""One measurement in a process of its own; imports the standard library only.

A subject is a script whose actions are functions of a `Measurement`. The harness starts it with an
action's name, a server's URL and a count; the subject prepares, says `ready`, waits for a line,
works, and prints what it measured as a line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

__all__ = ["TASKS", "Measurement", "in_tasks", "run"]

TASKS = 64
"""How many tasks fire at once."""


class Measurement:
    """What one action measures.

    Attributes:
        url: where the server is.
        count: how many events there are.
        options: what else the action may want to know.
    """

    def __init__(self, url: str, count: int, options: dict[str, Any]) -> None:
        self.url = url
        self.count = count
        self.options = options
        self.latencies: list[float] = []
        self._done = 0
        self._began = self._began_cpu = 0.0
        self._seconds = self._cpu = 0.0
        self._finished: Callable[[], object] = self._stop

    def ready(self) -> None:
        """Everything is prepared: wait until the harness says go."""
        gc.collect()
        print("ready", flush=True)
        sys.stdin.readline()

    @contextmanager
    def firing(self) -> Iterator[None]:
        """What runs inside is measured."""
        self.ready()
        self._start()
        yield
        self._stop()

    def _start(self) -> None:
        self._began_cpu = time.process_time()
        self._began = time.perf_counter()

    def _stop(self) -> None:
        self._seconds = time.perf_counter() - self._began
        self._cpu = time.process_time() - self._began_cpu

    def handled(self, count: int = 1) -> None:
        """A handler was called: the first call begins the measurement, the last ends it."""
        if not self._done:
            self._start()
        self._done += count
        if self._done >= self.count:
            self._stop()
            self._finished()

    def consuming(self) -> asyncio.Event:
        """Is set when every event was handled; call it on the loop, before `ready`."""
        finished = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._finished = lambda: loop.call_soon_threadsafe(finished.set)
        return finished

    def result(self) -> dict[str, Any]:
        """What was measured, as JSON."""
        return {
            "count": self.count,
            "seconds": self._seconds,
            "cpu": self._cpu,
            "latencies": self.latencies,
        }


async def in_tasks(count: int, one: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Call a coroutine function so often, from `TASKS` tasks at once."""
    left = count

    async def some() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await one()

    await asyncio.gather(*(some() for _ in range(TASKS)))


def _versions(distributions: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in (*distributions, "redis", "hiredis", "uvloop"):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def run(actions: dict[str, Callable[[Measurement], Any]], *distributions: str) -> None:
    """Run the action that the command line names.

    Args:
        actions: by name; async ones run on uvloop where it is installed.
        distributions: whose versions the result names.
    """
    name, url, count, options = sys.argv[1:5]
    measurement = Measurement(url, int(count), json.loads(options))
    action = actions[name]
    if asyncio.iscoroutinefunction(action):
        try:
            import uvloop
        except ImportError:
            factory = None
        else:
            factory = uvloop.new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(action(measurement))
    else:
        action(measurement)
    print(json.dumps({**measurement.result(), "versions": _versions(distributions)}), flush=True)
