"""FastStream over Redis Streams, with a consumer group."""

from __future__ import annotations

import logging

from faststream.redis import RedisBroker, StreamSub
from order_model import ORDER, OrderPlaced
from subject import Measurement, in_tasks, run

STREAM, GROUP = "orders", "counting"


def _broker(m: Measurement) -> RedisBroker:
    return RedisBroker(m.url, logger=None, log_level=logging.WARNING)


async def fire_async(m: Measurement) -> None:
    """Publish one after the other."""
    async with _broker(m) as broker:
        await broker.publish(OrderPlaced(**ORDER), stream=STREAM)
        with m.firing():
            for _ in range(m.count):
                await broker.publish(OrderPlaced(**ORDER), stream=STREAM)


async def fire_in_tasks(m: Measurement) -> None:
    """Publish from many tasks at once."""
    async with _broker(m) as broker:
        await broker.publish(OrderPlaced(**ORDER), stream=STREAM)

        async def one() -> None:
            await broker.publish(OrderPlaced(**ORDER), stream=STREAM)

        with m.firing():
            await in_tasks(m.count, one)


async def _in_pipelines(broker: RedisBroker, count: int) -> None:
    for at in range(0, count, 64):
        async with broker._connection.pipeline() as pipeline:  # type: ignore[union-attr]
            for _ in range(min(64, count - at)):
                await broker.publish(OrderPlaced(**ORDER), stream=STREAM, pipeline=pipeline)
            await pipeline.execute()


async def fire_in_pipeline(m: Measurement) -> None:
    """Publish with its explicit pipeline, 64 at a time."""
    async with _broker(m) as broker:
        await broker.publish(OrderPlaced(**ORDER), stream=STREAM)
        with m.firing():
            await _in_pipelines(broker, m.count)


async def _consume(m: Measurement, broker: RedisBroker) -> None:
    async with _broker(m) as filling:
        await _in_pipelines(filling, m.count)
    finished = m.consuming()
    m.ready()
    await broker.start()
    await finished.wait()
    await broker.stop()


async def consume(m: Measurement) -> None:
    """One call of an async handler per message."""
    broker = _broker(m)

    @broker.subscriber(stream=StreamSub(STREAM, group=GROUP, consumer="one", last_id=">"))
    async def count(order: OrderPlaced) -> None:
        m.handled()

    await _from_the_beginning(m)
    await _consume(m, broker)


async def consume_batches(m: Measurement) -> None:
    """A handler that gets lists."""
    broker = _broker(m)

    @broker.subscriber(
        stream=StreamSub(
            STREAM, group=GROUP, consumer="one", last_id=">", batch=True, max_records=100
        )
    )
    async def count(orders: list[OrderPlaced]) -> None:
        m.handled(len(orders))

    await _from_the_beginning(m)
    await _consume(m, broker)


async def _from_the_beginning(m: Measurement) -> None:
    import redis.asyncio

    client = redis.asyncio.Redis.from_url(m.url)
    await client.xgroup_create(STREAM, GROUP, "0", mkstream=True)
    await client.aclose()


async def latency(m: Measurement) -> None:
    """From `publish` to the handler's first line, at a steady rate."""
    listening = _broker(m)

    @listening.subscriber(stream=StreamSub(STREAM, group=GROUP, consumer="one", last_id=">"))
    async def time(order: OrderPlaced) -> None:
        m.arrived()

    await _from_the_beginning(m)
    await listening.start()
    async with _broker(m) as firing:
        await m.at_a_rate(lambda: firing.publish(OrderPlaced(**ORDER), stream=STREAM))
    await listening.stop()


if __name__ == "__main__":
    run(
        {
            "latency": latency,
            "fire_async": fire_async,
            "fire_in_tasks": fire_in_tasks,
            "fire_in_pipeline": fire_in_pipeline,
            "consume": consume,
            "consume_batches": consume_batches,
        },
        "faststream",
        "pydantic",
    )
