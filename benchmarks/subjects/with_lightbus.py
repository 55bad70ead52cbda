"""Lightbus fires, with its typed parameters, validated against the schema that it makes of them."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from order import PARAMETERS
from subject import Measurement, in_tasks, run

import lightbus


class Money(NamedTuple):
    """An amount of money."""

    amount: Decimal
    currency: str


class OrderLine(NamedTuple):
    """Some pieces of one product."""

    sku: str
    quantity: int
    unit_price: Money


def _money(value: dict[str, str]) -> Money:
    return Money(Decimal(value["amount"]), value["currency"])


ORDER: dict[str, Any] = {
    **PARAMETERS,
    "order_id": UUID(PARAMETERS["order_id"]),
    "customer_id": UUID(PARAMETERS["customer_id"]),
    "placed_at": datetime.fromisoformat(PARAMETERS["placed_at"]),
    "total": _money(PARAMETERS["total"]),
    "lines": [
        OrderLine(line["sku"], line["quantity"], _money(line["unit_price"]))
        for line in PARAMETERS["lines"]
    ],
}


class OrdersApi(lightbus.Api):
    """The example contract's API, as far as it is measured."""

    class Meta:
        name = "shop.orders"

    order_placed = lightbus.Event(
        parameters=[
            lightbus.Parameter("order_id", UUID),
            lightbus.Parameter("customer_id", UUID),
            lightbus.Parameter("email", str),
            lightbus.Parameter("placed_at", datetime),
            lightbus.Parameter("channel", str),
            lightbus.Parameter("total", Money),
            lightbus.Parameter("lines", list[OrderLine]),
            lightbus.Parameter("gift_wrapped", bool),
        ]
    )


def _bus(m: Measurement) -> Any:
    logging.disable(logging.INFO)
    transport = {"redis": {"url": m.url}}
    config = {
        "bus": {"schema": {"transport": transport}},
        "apis": {
            "default": {
                "event_transport": transport,
                "rpc_transport": transport,
                "result_transport": transport,
            }
        },
        "service_name": "counting",
        "process_name": "one",
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(config, file)
    bus = lightbus.create(config=lightbus.config.Config.load_file(file.name))
    os.unlink(file.name)
    bus.client.register_api(OrdersApi())
    return bus


async def fire_async(m: Measurement) -> None:
    """Fire one after the other."""
    bus = _bus(m)
    await bus.shop.orders.order_placed.fire_async(**ORDER)
    with m.firing():
        for _ in range(m.count):
            await bus.shop.orders.order_placed.fire_async(**ORDER)
    await bus.client.close_async()


async def fire_in_tasks(m: Measurement) -> None:
    """Fire from many tasks at once."""
    bus = _bus(m)
    await bus.shop.orders.order_placed.fire_async(**ORDER)
    with m.firing():
        await in_tasks(m.count, lambda: bus.shop.orders.order_placed.fire_async(**ORDER))
    await bus.client.close_async()


if __name__ == "__main__":
    run({"fire_async": fire_async, "fire_in_tasks": fire_in_tasks}, "lightbus")
