"""A service that runs on the real Lightbus: APIs of every type, listeners that note what they get.

It runs in a virtual environment of its own, under Python 3.9 as well. The tests tell it what to do
by environment variables: `LISTEN` names a listener per API and event (`api.event=listener,...`),
`SERVE` names the APIs whose classes it has, `NOTES` is a file that gets a line of JSON per
event, `SLOW` is for how many seconds a handler works.
"""

# ruff: noqa: UP006, UP035, UP045 - Lightbus reads the hints, also where Python is 3.9

import asyncio
import dataclasses
import datetime
import enum
import json
import os
import uuid
from decimal import Decimal
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import lightbus

bus = lightbus.create()


class Channel(enum.Enum):
    WEB = "web"
    APP = "app"


class Money(NamedTuple):
    amount: Decimal
    currency: str = "EUR"


@dataclasses.dataclass
class Address:
    street: str
    city: str
    lines: Optional[List[str]] = None


PARAMETERS = [
    lightbus.Parameter("order_id", uuid.UUID),
    lightbus.Parameter("number", int),
    lightbus.Parameter("weight", float),
    lightbus.Parameter("paid", bool),
    lightbus.Parameter("note", str),
    lightbus.Parameter("total", Decimal),
    lightbus.Parameter("placed_at", datetime.datetime),
    lightbus.Parameter("wanted_on", datetime.date),
    lightbus.Parameter("channel", Channel),
    lightbus.Parameter("tags", List[str]),
    lightbus.Parameter("position", Tuple[str, int]),
    lightbus.Parameter("labels", Dict[str, str]),
    lightbus.Parameter("price", Money),
    lightbus.Parameter("address", Address),
    lightbus.Parameter("coupon", Optional[str], default=None),
    lightbus.Parameter("gift", bool, default=False),
    lightbus.Parameter("free", Any),
]


class OrdersApi(lightbus.Api):
    class Meta:
        name = "shop.orders"

    order_placed = lightbus.Event(parameters=PARAMETERS)
    order_noted = lightbus.Event(parameters=[lightbus.Parameter("number", int)])

    def order_count(self, customer: str) -> int:
        return 7


class PricesApi(lightbus.Api):
    class Meta:
        name = "shop.prices"

    price_changed = lightbus.Event(parameters=PARAMETERS)
    price_noted = lightbus.Event(parameters=[lightbus.Parameter("number", int)])


for api in os.environ.get("SERVE", "").split(","):
    if api:
        bus.client.register_api({"shop.orders": OrdersApi, "shop.prices": PricesApi}[api]())

SLOW = float(os.environ.get("SLOW", "0"))


def plain(value):
    """A value with the name of its type, so that the tests see both."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return [type(value).__name__, {k: plain(v) for k, v in value._asdict().items()}]
    if dataclasses.is_dataclass(value):
        return [type(value).__name__, {k: plain(v) for k, v in vars(value).items()}]
    if isinstance(value, enum.Enum):
        return [type(value).__name__, value.value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(plain, value)]
    if isinstance(value, (uuid.UUID, Decimal, datetime.date)):
        return [type(value).__name__, str(value)]
    return value


def noted(event, **parameters):
    text = json.dumps(
        {
            "id": event.id,
            "event": event.canonical_name,
            "process": bus.client.config._config.process_name,
            "parameters": {k: plain(v) for k, v in parameters.items()},
        }
    )
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(text + "\n")


async def on_placed(
    event,
    order_id: uuid.UUID,
    number: int,
    weight: float,
    paid: bool,
    note: str,
    total: Decimal,
    placed_at: datetime.datetime,
    wanted_on: datetime.date,
    channel: Channel,
    tags: List[str],
    position: Tuple[str, int],
    labels: Dict[str, str],
    price: Money,
    address: Address,
    free: Any,
    coupon: Optional[str] = None,
    gift: bool = False,
):
    parameters = dict(locals())
    del parameters["event"]
    noted(event, **parameters)


async def on_noted(event, number: int):
    await asyncio.sleep(SLOW)
    noted(event, number=number)


@bus.client.on_start()
def listen(**kwargs):
    for each in os.environ.get("LISTEN", "").split(","):
        if each:
            name, _, listener = each.partition("=")
            api, _, event = name.rpartition(".")
            handler = on_noted if event.endswith("_noted") else on_placed
            bus.client.listen_for_event(api, event, handler, listener_name=listener)
