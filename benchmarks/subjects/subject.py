"""One measurement in a process of its own; imports the standard library only.

A subject is a script whose actions are functions of a `Measurement`. The harness starts it with an
action's name, a server's URL and a count; the subject prepares, says `ready`, waits for a line,
works, and prints what it measured as a line of JSON.
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import json
import os
import pstats
import sys
import time
import traceback
from collections import deque
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

__all__ = ["TASKS", "WARM_UP", "Measurement", "in_tasks", "run"]

TASKS = 64
"""How many tasks fire at once."""
WARM_UP = 50
"""Events that come before those whose latency counts."""


class Measurement:
    """What one action measures.

    Attributes:
        url: where the server is.
        count: how many events there are.
        options: what else the action may want to know.
        latencies: seconds per event of `at_a_rate`.
        found: what else the action has found, by name.
    """

    def __init__(self, url: str, count: int, options: dict[str, Any]) -> None:
        self.url = url
        self.count = count
        self.options = options
        self.latencies: list[float] = []
        self.found: dict[str, Any] = {}
        self._fired: deque[float] = deque()
        self._all_arrived = asyncio.Event()
        self._done = 0
        self._began = self._began_cpu = 0.0
        self._seconds = self._cpu = 0.0
        self._finished: Callable[[], object] = self._stop
        self._profile = cProfile.Profile() if options.get("profile") else None

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
        if self._profile is not None:
            self._profile.enable()

    def _stop(self) -> None:
        if self._profile is not None:
            self._profile.disable()
            self.found["profile"] = time_by_file(self._profile)
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

    async def at_a_rate(self, one: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Fire one event after the other, `rate` in a second, and time each until it arrives.

        An event that is late does not hold up the next; events arrive in the order of their fires.
        """
        interval = 1 / self.options["rate"]
        firing: set[asyncio.Task[object]] = set()
        for _ in range(WARM_UP):
            await self._timed(one)
            await asyncio.sleep(interval)
        self.latencies.clear()
        self.ready()
        self._start()
        start = time.perf_counter()
        for number in range(self.count):
            await asyncio.sleep(start + number * interval - time.perf_counter())
            task = asyncio.create_task(self._timed(one))
            firing.add(task)
            task.add_done_callback(firing.discard)
        await asyncio.wait_for(self._all_arrived.wait(), 30)
        self._stop()

    async def _timed(self, one: Callable[[], Coroutine[Any, Any, object]]) -> object:
        self._fired.append(time.perf_counter())
        return await one()

    def arrived(self) -> None:
        """A handler was called with an event of `at_a_rate`."""
        self.latencies.append(time.perf_counter() - self._fired.popleft())
        if len(self.latencies) == self.count:
            self._all_arrived.set()

    def result(self) -> dict[str, Any]:
        """What was measured, as JSON."""
        return {
            "count": self.count,
            "seconds": self._seconds,
            "cpu": self._cpu,
            "latencies": self.latencies,
            "found": self.found,
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


def time_by_file(profile: cProfile.Profile) -> dict[str, float]:
    """Seconds in each file's own code and in what it calls that is not Python."""
    found: dict[str, float] = {}
    stats: dict[Any, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, _), (_, _, own, _, callers) in stats.items():
        if file != "~":
            found[file] = found.get(file, 0.0) + own
            continue
        for (caller, _, _), (_, _, part, _) in callers.items():
            found[caller] = found.get(caller, 0.0) + part
    return found


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
    failed = 0
    try:
        if asyncio.iscoroutinefunction(action):
            asyncio.Runner(loop_factory=_loop_factory()).run(action(measurement))
        else:
            action(measurement)
        result = {**measurement.result(), "versions": _versions(distributions)}
        print(json.dumps(result), flush=True)
    except BaseException:  # noqa: BLE001 - a subprocess says how it ended
        traceback.print_exc()
        failed = 1
    os._exit(failed)  # what a library has left running would keep the process


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
