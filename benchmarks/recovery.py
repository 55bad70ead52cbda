"""How fast pending events are worked off, beside new ones.

PYTHONPATH=. python benchmarks/recovery.py [--count 20000] [--rounds 3] [--server redis-server]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from typing import Any

from server import Server
from subjects.order import PARAMETERS

from generated import Bus
from generated.shop_orders import OrderPlaced

STREAM, GROUP = "shop.orders.*:stream", "shop-web-sharing"
SOURCES = {
    "new": "new",
    "own": "pending under the own name",
    "dead": "pending under a dead process's name",
    "suspect": "the same, delivered twice: one at a time",
}


def fill(server: Server, source: str, count: int) -> None:
    """Fire events, and deliver them to whoever has ended since."""
    server.client.flushall()
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    bus = Bus(service_name="shop-web", redis_url=server.url)
    event = OrderPlaced.from_dict(PARAMETERS)
    for _ in range(0, count, 1_000):
        bus.shop.orders.order_placed.fire_many([event] * 1_000)
    bus.close()
    if source == "new":
        return
    consumer = "own" if source == "own" else "dead"
    claim: dict[str, Any] = {"retrycount": 2 if source == "suspect" else 1, "justid": True}
    while read := server.client.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=1_000):
        ids = [entry_id for entry_id, _ in read[0][1]]
        server.client.xclaim(STREAM, GROUP, consumer, 0, ids, idle=60_000, **claim)


async def seconds_for(server: Server, count: int, concurrency: int, *, sync: bool) -> float:
    """Seconds from the first handler call to the last acknowledgement."""
    bus = Bus(service_name="shop-web", process_name="own", redis_url=server.url)
    bus_options: dict[str, Any] = {"listener_name": "sharing", "concurrency": concurrency}
    began, handled, done = 0.0, 0, asyncio.Event()
    loop = asyncio.get_running_loop()

    def handle(event: OrderPlaced) -> None:
        nonlocal began, handled
        began = began or time.perf_counter()
        handled += 1
        if handled == count:
            loop.call_soon_threadsafe(done.set)

    async def handle_async(event: OrderPlaced) -> None:
        handle(event)

    bus.shop.orders.order_placed.listen(handle if sync else handle_async, **bus_options)
    worker = asyncio.create_task(bus.run_async())
    await done.wait()
    while server.client.xpending(STREAM, GROUP)["pending"]:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    seconds = time.perf_counter() - began
    await bus.close_async()
    await worker
    return seconds


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--server", default="redis-server")
    options = parser.parse_args()
    print("| handler | concurrency | events | events/s | of new ones |")
    print("|---|--:|---|--:|--:|")
    with Server(options.server) as server:
        for sync, concurrency in ((False, 1), (False, 10), (True, 10)):
            fresh = 0.0
            for source, words in SOURCES.items():
                count = options.count // 10 if source == "suspect" else options.count
                rates: list[float] = []
                for _ in range(options.rounds):
                    fill(server, source, count)
                    rates.append(
                        count / asyncio.run(seconds_for(server, count, concurrency, sync=sync))
                    )
                rate = statistics.median(rates)
                fresh = fresh or rate
                kind = "sync" if sync else "async"
                print(
                    f"| {kind} | {concurrency} | {words} | {rate:,.0f} | {rate / fresh:.2f} |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
