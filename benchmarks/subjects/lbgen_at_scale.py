"""lbgen as the work grows: many listeners, many processes, long streams, large events."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any

import redis.asyncio
from order import PARAMETERS
from subject import Measurement, run

from generated import Bus
from generated.shop_orders import OrderPlaced
from lbgen_runtime.wire.keys import registered_key, trimmed_key
from lbgen_runtime.wire.scripts import TRIM
from lbgen_runtime.wire.trimming import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER: dict[str, Any] = {
    name: getattr(OrderPlaced.from_dict(PARAMETERS), name) for name in PARAMETERS
}
STREAM = b"shop.orders.*:stream"


def _bus(m: Measurement) -> Bus:
    return Bus(service_name="shop-web", redis_url=m.url, **m.options.get("bus", {}))


def resident() -> int:
    """Bytes of memory that this process has."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _start(bus: Bus) -> asyncio.Task[None]:
    return asyncio.create_task(bus.run_async())


def _check(worker: asyncio.Task[None]) -> None:
    """Raise what has ended the worker, if it has ended."""
    if worker.done():
        worker.result()
        raise RuntimeError("the worker has ended")


async def _until(
    condition: Callable[[], object], worker: asyncio.Task[None], *, every: float = 0.0005
) -> None:
    """Wait until the condition is true; raise what ends the worker before."""
    while not condition():
        _check(worker)
        await asyncio.sleep(every)


async def _until_key(
    client: redis.asyncio.Redis, key: str, worker: asyncio.Task[None], *, every: float
) -> None:
    """Wait until a key is there; raise what ends the worker before."""
    while not await client.exists(key):
        _check(worker)
        await asyncio.sleep(every)


async def _until_listening(bus: Bus, worker: asyncio.Task[None]) -> None:
    await _until(lambda: (core := bus.__lbgen__).worker and core.worker.listening, worker)


async def listeners(m: Measurement) -> None:
    """Start so many listeners of one event, idle, then `count` calls of handlers altogether."""
    number = m.options["listeners"]
    bus = _bus(m)
    before = resident()
    for index in range(number):

        async def handle(event: OrderPlaced) -> None:
            m.handled()

        bus.shop.orders.order_placed.listen(handle, listener_name=f"number_{index}")
    m.count = max(m.count // number, 1) * number
    finished = m.consuming()
    began = time.perf_counter()
    worker = _start(bus)
    await _until_listening(bus, worker)
    m.found["seconds to start"] = time.perf_counter() - began
    m.found["KiB per listener"] = (resident() - before) / 1024 / number
    cpu = time.process_time()
    await asyncio.sleep(3)
    m.found["idle CPU, ms/s"] = (time.process_time() - cpu) / 3 * 1e3
    m.ready()
    for _ in range(m.count // number):
        await bus.shop.orders.order_placed.fire_async(**ORDER)
    await _until(finished.is_set, worker, every=0.05)
    began = time.perf_counter()
    await bus.close_async()
    await worker
    m.found["seconds to drain"] = time.perf_counter() - began


def _large(size: int) -> dict[str, Any]:
    return {**ORDER, "labels": {"text": "x" * size}}


async def fire_large(m: Measurement) -> None:
    """Fire events that carry so many bytes more, 16 tasks at once."""
    bus = _bus(m)
    order = _large(m.options["size"])
    order_placed = bus.shop.orders.order_placed
    await order_placed.fire_async(**order)
    left = iter(range(m.count))

    async def some() -> None:
        for _ in left:
            await order_placed.fire_async(**order)

    with m.firing():
        await asyncio.gather(*(some() for _ in range(16)))
    await bus.close_async()


async def consume_large(m: Measurement) -> None:
    """Handle events that carry so many bytes more."""
    bus = _bus(m)
    order = _large(m.options["size"])
    for _ in range(m.count):
        await bus.shop.orders.order_placed.fire_async(**order)

    @bus.shop.orders.order_placed.listen(listener_name="counting", since="beginning")
    async def count(event: OrderPlaced) -> None:
        m.handled()

    finished = m.consuming()
    m.ready()
    worker = _start(bus)
    await _until(finished.is_set, worker, every=0.05)
    await bus.close_async()
    await worker


async def share(m: Measurement) -> None:
    """One of several processes that share a listener's events; waits for the key `go`."""
    bus = _bus(m)
    client = redis.asyncio.Redis.from_url(m.url)
    go = asyncio.Event()

    @bus.shop.orders.order_placed.listen(listener_name="sharing", since="beginning")
    async def handle(event: OrderPlaced) -> None:
        if not go.is_set():
            await go.wait()

    worker = _start(bus)
    await _until_listening(bus, worker)
    await client.incr("here")
    await _until_key(client, "go", worker, every=0.01)
    go.set()
    await _until_key(client, "done", worker, every=0.1)
    await bus.close_async()
    await worker
    await client.aclose()


async def long_stream(m: Measurement) -> None:
    """On a stream of so many entries: start, the first event, taking over, trimming."""
    client = redis.asyncio.Redis.from_url(m.url)
    event = _bus(m).shop.orders.order_placed
    await event.fire_async(**ORDER)
    [(_, fields)] = await client.xrange(STREAM)
    for _ in range(0, m.options["length"], 2000):
        pipeline = client.pipeline(transaction=False)
        for _ in range(2000):
            pipeline.xadd(STREAM, fields)
        await pipeline.execute()
    group = "shop-web-late"
    await client.hset(registered_key(STREAM), group, "shop-web")
    middle = (await client.xinfo_stream(STREAM))["last-generated-id"]
    await client.xgroup_create(STREAM, group, middle)
    arrived: list[float] = []

    async def timing(order: OrderPlaced) -> None:
        arrived.append(time.perf_counter())

    bus = _bus(m)
    bus.shop.orders.order_placed.listen(timing, listener_name="late", acknowledgement_timeout=2)
    # What a dead process has left: read, and idle for long.
    await event.fire_async(**ORDER)
    found: Any = await client.xreadgroup(group, "dead", {STREAM: ">"})
    entries = found[0][1] if isinstance(found, list) else next(iter(found.values()))[0]
    await client.xclaim(STREAM, group, "dead", 0, [entries[0][0]], idle=3_600_000)
    m.ready()
    began = time.perf_counter()
    worker = _start(bus)
    await _until_listening(bus, worker)
    m.found["start, ms"] = (time.perf_counter() - began) * 1e3
    await _until(lambda: arrived, worker)
    m.found["take over, ms (looks every second)"] = (arrived[0] - began) * 1e3
    fired = time.perf_counter()
    await event.fire_async(**ORDER)
    await _until(lambda: len(arrived) == 2, worker)
    m.found["next event, ms"] = (arrived[1] - fired) * 1e3
    await asyncio.sleep(0.1)
    keys = [STREAM, trimmed_key(STREAM), registered_key(STREAM)]
    script = TRIM.call(keys, [0, -1, AT_ONCE])
    await client.execute_command(*TRIM.call_in_full(TRIM.call(keys, [10**9, -1, AT_ONCE])))
    took: list[float] = []
    for _ in range(20):
        began = time.perf_counter()
        await client.execute_command(b"XINFO", b"GROUPS", STREAM)
        took.append(time.perf_counter() - began)
    m.found["lag (XINFO GROUPS), ms"] = sorted(took)[10] * 1e3
    began = time.perf_counter()
    await client.execute_command(*TRIM.call(keys, [10**9, -1, AT_ONCE]))
    m.found["trim, nothing due, ms"] = (time.perf_counter() - began) * 1e3
    began = time.perf_counter()
    await client.execute_command(*script)
    m.found[f"trim of up to {AT_ONCE:,}, ms"] = (time.perf_counter() - began) * 1e3
    await bus.close_async()
    await worker
    await client.aclose()


async def endure(m: Measurement) -> None:
    """Fire and handle for `seconds`; the memory of the process every `every` seconds."""
    bus = _bus(m)
    handled = 0
    ended = False

    @bus.shop.orders.order_placed.listen(listener_name="enduring")
    async def handle(event: OrderPlaced) -> None:
        nonlocal handled
        handled += 1

    async def fire() -> None:
        while not ended:
            await bus.shop.orders.order_placed.fire_async(**ORDER)

    worker = _start(bus)
    await _until_listening(bus, worker)
    m.ready()
    firing = [asyncio.create_task(fire()) for _ in range(8)]
    samples: list[tuple[float, int, int]] = []
    began = time.perf_counter()
    while time.perf_counter() - began < m.options["seconds"]:
        await asyncio.sleep(m.options["every"])
        samples.append((time.perf_counter() - began, handled, resident()))
    ended = True
    await asyncio.gather(*firing)
    m.found["samples"] = samples
    await bus.close_async()
    await worker


if __name__ == "__main__":
    run(
        {
            "listeners": listeners,
            "fire_large": fire_large,
            "consume_large": consume_large,
            "share": share,
            "long_stream": long_stream,
            "endure": endure,
        }
    )
