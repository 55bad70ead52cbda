"""lbgen, as a service uses it: the generated package of the example contract."""

from __future__ import annotations

import asyncio
from typing import Any

from order import PARAMETERS
from subject import Measurement, in_tasks, run

from generated import Bus
from generated.shop_orders import OrderPlaced

ORDER: dict[str, Any] = {
    name: getattr(OrderPlaced.from_dict(PARAMETERS), name) for name in PARAMETERS
}
FILL = 500


def _bus(m: Measurement) -> Bus:
    return Bus(service_name="shop-web", redis_url=m.url, **m.options.get("bus", {}))


def fire(m: Measurement) -> None:
    """Fire one after the other from a thread."""
    bus = _bus(m)
    order_placed = bus.shop.orders.order_placed
    order_placed.fire(**ORDER)
    with m.firing():
        for _ in range(m.count):
            order_placed.fire(**ORDER)
    bus.close()


async def fire_async(m: Measurement) -> None:
    """Fire one after the other from a task."""
    bus = _bus(m)
    order_placed = bus.shop.orders.order_placed
    await order_placed.fire_async(**ORDER)
    with m.firing():
        for _ in range(m.count):
            await order_placed.fire_async(**ORDER)
    await bus.close_async()


async def fire_in_tasks(m: Measurement) -> None:
    """Fire from many tasks at once."""
    bus = _bus(m)
    order_placed = bus.shop.orders.order_placed
    await order_placed.fire_async(**ORDER)
    with m.firing():
        await in_tasks(m.count, lambda: order_placed.fire_async(**ORDER))
    await bus.close_async()


async def fire_many(m: Measurement) -> None:
    """Fire lists of events."""
    bus = _bus(m)
    order_placed = bus.shop.orders.order_placed
    await order_placed.fire_async(**ORDER)
    with m.firing():
        for at in range(0, m.count, FILL):
            events = [OrderPlaced(**ORDER) for _ in range(min(FILL, m.count - at))]
            (await order_placed.fire_many_async(events)).raise_for_errors()
    await bus.close_async()


async def _consume(m: Measurement, bus: Bus) -> None:
    filling = _bus(m)
    events = [OrderPlaced(**ORDER) for _ in range(FILL)]
    for at in range(0, m.count, FILL):
        some = events[: m.count - at]
        (await filling.shop.orders.order_placed.fire_many_async(some)).raise_for_errors()
    await filling.close_async()
    finished = m.consuming()
    m.ready()
    worker = asyncio.create_task(bus.run_async())
    await finished.wait()
    await bus.close_async()
    await worker


async def consume(m: Measurement) -> None:
    """One call of an async handler per event."""
    bus = _bus(m)
    handled = m.handled

    @bus.shop.orders.order_placed.listen(
        listener_name="counting", since="beginning", **m.options.get("listen", {})
    )
    async def count(event: OrderPlaced) -> None:
        handled()

    await _consume(m, bus)


async def consume_in_threads(m: Measurement) -> None:
    """One call of a sync handler per event."""
    bus = _bus(m)
    handled = m.handled

    @bus.shop.orders.order_placed.listen(
        listener_name="counting", since="beginning", **m.options.get("listen", {})
    )
    def count(event: OrderPlaced) -> None:
        handled()

    await _consume(m, bus)


async def latency(m: Measurement) -> None:
    """From `fire` to the handler's first line, at a steady rate."""
    listening, firing = _bus(m), _bus(m)

    @listening.shop.orders.order_placed.listen(listener_name="timing")
    async def time(event: OrderPlaced) -> None:
        m.arrived()

    order_placed = firing.shop.orders.order_placed
    worker = asyncio.create_task(listening.run_async())
    await asyncio.sleep(1)
    await m.at_a_rate(lambda: order_placed.fire_async(**ORDER))
    await listening.close_async()
    await firing.close_async()
    await worker


if __name__ == "__main__":
    run(
        {
            "latency": latency,
            "fire": fire,
            "fire_async": fire_async,
            "fire_in_tasks": fire_in_tasks,
            "fire_many": fire_many,
            "consume": consume,
            "consume_in_threads": consume_in_threads,
        },
        "pydantic",
        "jsonschema-rs",
    )
