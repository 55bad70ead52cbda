"""taskiq over Redis Streams."""

from __future__ import annotations

import asyncio

from order_model import ORDER, OrderPlaced
from subject import Measurement, in_tasks, run
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker


def _broker(m: Measurement) -> RedisStreamBroker:
    return RedisStreamBroker(m.url, consumer_id="0", xread_block=100)


async def fire_async(m: Measurement) -> None:
    """Kick one after the other."""
    broker = _broker(m)

    @broker.task
    async def placed(order: OrderPlaced) -> None: ...

    await broker.startup()
    await placed.kiq(OrderPlaced(**ORDER))
    with m.firing():
        for _ in range(m.count):
            await placed.kiq(OrderPlaced(**ORDER))
    await broker.shutdown()


async def fire_in_tasks(m: Measurement) -> None:
    """Kick from many tasks at once."""
    broker = _broker(m)

    @broker.task
    async def placed(order: OrderPlaced) -> None: ...

    async def one() -> None:
        await placed.kiq(OrderPlaced(**ORDER))

    await broker.startup()
    await placed.kiq(OrderPlaced(**ORDER))
    with m.firing():
        await in_tasks(m.count, one)
    await broker.shutdown()


async def consume(m: Measurement) -> None:
    """One call of an async task per event."""
    broker = _broker(m)

    @broker.task
    async def placed(order: OrderPlaced) -> None:
        m.handled()

    async def one() -> None:
        await placed.kiq(OrderPlaced(**ORDER))

    await broker.startup()
    await in_tasks(m.count, one)
    finished = m.consuming()
    m.ready()
    receiver = asyncio.create_task(run_receiver_task(broker))
    await finished.wait()
    receiver.cancel()
    await asyncio.wait([receiver])
    await broker.shutdown()


async def latency(m: Measurement) -> None:
    """From `kiq` to the task's first line, at a steady rate."""
    broker = _broker(m)

    @broker.task
    async def placed(order: OrderPlaced) -> None:
        m.arrived()

    await broker.startup()
    receiver = asyncio.create_task(run_receiver_task(broker))
    await m.at_a_rate(lambda: placed.kiq(OrderPlaced(**ORDER)))
    receiver.cancel()
    await asyncio.wait([receiver])
    await broker.shutdown()


if __name__ == "__main__":
    run(
        {
            "fire_async": fire_async,
            "fire_in_tasks": fire_in_tasks,
            "consume": consume,
            "latency": latency,
        },
        "taskiq-redis",
        "taskiq",
        "pydantic",
    )
