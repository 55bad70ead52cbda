"""streaq: tasks in Redis, queued in streams. It takes no models: they travel as JSON values."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from order_model import ORDER, OrderPlaced
from streaq import Worker
from subject import Measurement, in_tasks, run


def _worker(m: Measurement) -> Worker[Any]:
    return Worker(
        redis_url=m.url, serializer=json.dumps, deserializer=json.loads, handle_signals=False
    )


def _order() -> dict[str, Any]:
    return OrderPlaced(**ORDER).model_dump(mode="json")


async def fire_async(m: Measurement) -> None:
    """Enqueue one after the other."""
    worker = _worker(m)

    @worker.task
    async def placed(order: dict[str, Any]) -> None: ...

    async with worker:
        await placed.enqueue(_order())
        with m.firing():
            for _ in range(m.count):
                await placed.enqueue(_order())


async def fire_in_tasks(m: Measurement) -> None:
    """Enqueue from many tasks at once."""
    worker = _worker(m)

    @worker.task
    async def placed(order: dict[str, Any]) -> None: ...

    async def one() -> None:
        await placed.enqueue(_order())

    async with worker:
        await placed.enqueue(_order())
        with m.firing():
            await in_tasks(m.count, one)


async def consume(m: Measurement) -> None:
    """One call of an async task per event, which validates."""
    worker = _worker(m)

    @worker.task(ttl=0)
    async def placed(order: dict[str, Any]) -> None:
        OrderPlaced.model_validate(order)
        m.handled()

    async with worker:
        for at in range(0, m.count, 500):
            some = range(min(500, m.count - at))
            await worker.enqueue_many([placed.enqueue(_order()) for _ in some])
    finished = m.consuming()
    m.ready()
    running = asyncio.create_task(worker.run_async())
    await finished.wait()
    running.cancel()
    await asyncio.wait([running])


async def latency(m: Measurement) -> None:
    """From `enqueue` to the task's first line, at a steady rate."""
    worker = _worker(m)

    @worker.task(ttl=0)
    async def placed(order: dict[str, Any]) -> None:
        m.arrived()

    async def one() -> None:
        await placed.enqueue(_order())

    running = asyncio.create_task(worker.run_async())
    await asyncio.sleep(1)
    await m.at_a_rate(one)
    running.cancel()
    await asyncio.wait([running])


if __name__ == "__main__":
    run(
        {
            "fire_async": fire_async,
            "fire_in_tasks": fire_in_tasks,
            "consume": consume,
            "latency": latency,
        },
        "streaq",
        "coredis",
        "pydantic",
    )
