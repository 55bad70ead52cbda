"""Events that are fired again on a long stream: what they take, and what others wait for it.

    PYTHONPATH=. python benchmarks/fire_again.py [--entries 1000000] [--events 1000]

The stream's entries were all written in the last minute, so that the events may be among them.
Half of the events are in the stream and half are not, and nobody has told the process which.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis

sys.path.append(str(Path(__file__).parent / "subjects"))

from order import PARAMETERS
from server import Server

from generated import Bus
from generated.shop_orders import OrderPlaced
from lbgen_runtime import FireUnconfirmed
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.synchronize import Event

STREAM = "shop.orders.*:stream"


def _ask(port: int, stop: Event, waits: Any) -> None:
    """Another client: asks again and again, and tells how long it waits."""
    client = redis.Redis(port=port)
    client.ping()
    waited: list[float] = []
    while not stop.is_set():
        began = time.perf_counter()
        client.get("nothing")
        waited.append(time.perf_counter() - began)
        time.sleep(0.0005)
    waits.put(sorted(waited))


def _beside(port: int, work: Callable[[], object]) -> tuple[float, list[float]]:
    """Seconds that work takes, and what another client waits for each reply meanwhile."""
    stop: Event = multiprocessing.Event()
    waits: Any = multiprocessing.Queue()
    client = multiprocessing.Process(target=_ask, args=(port, stop, waits))
    client.start()
    time.sleep(0.5)
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    stop.set()
    waited: list[float] = waits.get()
    client.join()
    return took, waited


def _fill(server: Server, count: int) -> None:
    client = server.client
    [(_, fields)] = client.xrange(STREAM, count=1)
    for _ in range(0, count, 2000):
        pipeline = client.pipeline(transaction=False)
        for _ in range(2000):
            pipeline.xadd(STREAM, fields)
        pipeline.execute()


def _unconfirmed(proxy: Proxy, bus: Bus, events: list[OrderPlaced]) -> list[FireUnconfirmed]:
    """Fire events without a reply; half of them arrive."""
    errors: list[FireUnconfirmed] = []
    for mode, some in ("drop_replies", events[::2]), ("blackhole", events[1::2]):
        bus.shop.orders.order_placed.fire_event(events[0])
        proxy.mode = mode
        fired = bus.shop.orders.order_placed.fire_many(some)
        errors += [e for e in fired.errors.values() if isinstance(e, FireUnconfirmed)]
        proxy.mode = "pass"
        proxy.reset()
    assert len(errors) == len(events)
    return errors


late = 0
"""How often the look took longer than `fire_deadline`; it goes on where it was then."""


def _fire_again(error: FireUnconfirmed) -> None:
    global late
    while True:
        try:
            error.fire_again()
        except FireUnconfirmed as again:
            error = again
            late += 1
        else:
            return


async def _fire_again_async(error: FireUnconfirmed) -> None:
    global late
    while True:
        try:
            await error.fire_again_async()
        except FireUnconfirmed as again:
            error = again
            late += 1
        else:
            return


def _one_by_one(errors: list[FireUnconfirmed]) -> None:
    for error in errors:
        _fire_again(error)


def _in_threads(errors: list[FireUnconfirmed]) -> None:
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(_fire_again, errors))


def _in_tasks(errors: list[FireUnconfirmed]) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*map(_fire_again_async, errors))

    asyncio.run(all_of_them())


HOW = {
    "one by one": _one_by_one,
    "32 threads": _in_threads,
    "tasks": _in_tasks,
}


def _measure(
    server: Server, fire_again: Callable[[list[FireUnconfirmed]], None], entries: int, events: int
) -> tuple[float, list[float]]:
    proxy = Proxy(server.port)
    bus = Bus(redis_url=proxy.url, service_name="shop-web", fire_deadline=1)
    event = OrderPlaced.from_dict(PARAMETERS)
    bus.shop.orders.order_placed.fire_event(event)
    errors = _unconfirmed(proxy, bus, [event] * events)
    _fill(server, entries)
    bus.__lbgen__.settings = Bus(redis_url=proxy.url, service_name="shop-web").__lbgen__.settings
    server.client.config_set("slowlog-max-len", 10_000)
    server.client.config_set("slowlog-log-slower-than", 1_000)
    server.client.slowlog_reset()
    result = _beside(server.port, lambda: fire_again(errors))
    there = server.client.xlen(STREAM)
    assert there == 3 + events + entries, f"{there} entries"
    bus.close()
    proxy.close()
    return result


def main() -> int:
    """Measure and print."""
    global late
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--server", default="redis-server")
    options = parser.parse_args()
    head = ["how", "entries", "events", "seconds", "another client waits, ms: p50", "p99", "most"]
    head += ["longest step of the server, ms", "calls that took longer than 10 s"]
    print("| " + " | ".join(head) + " |")
    print("|---" + "|--:" * (len(head) - 1) + "|")
    for name, fire_again in HOW.items():
        late = 0
        with Server(options.server) as server:
            took, waited = _measure(server, fire_again, options.entries, options.events)
            steps = [each["duration"] / 1e6 for each in server.client.slowlog_get(10_000)]
        cells = [waited[len(waited) // 2], waited[len(waited) * 99 // 100], waited[-1]]
        cells.append(max(steps, default=0.0))
        print(
            f"| {name} | {options.entries:,} | {options.events:,} | {took:.1f} | "
            + " | ".join(f"{cell * 1e3:.2f}" for cell in cells)
            + f" | {late} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
