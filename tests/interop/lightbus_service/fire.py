"""A Lightbus client that fires and calls what its standard input says, a line of JSON each."""

import datetime
import json
import os
import sys
import uuid
from decimal import Decimal

sys.path.insert(0, os.path.dirname(__file__))

from bus import Address, Channel, Money, bus

UTC = datetime.timezone.utc  # noqa: UP017 - where Python is 3.9
INDIA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
ORDER = {
    "order_id": uuid.UUID("6f1c2f9e-5a0f-4c39-9d2b-7a4f5f1b8d10"),
    "number": -(2**53) - 1,
    "weight": 0.1,
    "paid": True,
    "note": 'größer "✓" \\ 🎁',
    "total": Decimal("19.90"),
    "placed_at": datetime.datetime(2026, 11, 23, 7, 48, 42, 123456, tzinfo=INDIA),
    "wanted_on": datetime.date(2026, 11, 24),
    "channel": Channel.APP,
    "tags": ["a", ""],
    "position": ("left", 3),
    "labels": {"größe": "XL"},
    "price": Money(Decimal("0.10"), "USD"),
    "address": Address("Gasse 1", "Wien", ["c/o"]),
    "coupon": "X-1",
    "gift": True,
    "free": {"deep": [1, 2.5, None, {"x": "y"}]},
}
NAIVE = datetime.datetime(2026, 11, 23, 7, 48, 42, 123456)  # noqa: DTZ001 - as Lightbus has it

for line in sys.stdin:
    order = json.loads(line)
    api = {"shop.orders": bus.shop.orders, "shop.prices": bus.shop.prices}[order["api"]]
    result = None
    if "rpc" in order:
        result = getattr(api, order["rpc"])(**order["parameters"])
    elif order.get("typed"):
        event = getattr(api, order["event"])
        parameters = dict(ORDER)
        if order["typed"] == "naive":
            parameters["placed_at"] = NAIVE
        if order["typed"] == "least":
            parameters["coupon"] = None
            parameters["gift"] = False
            parameters["placed_at"] = datetime.datetime(2026, 1, 1, tzinfo=UTC)
        event.fire(**parameters)
    else:
        event = getattr(api, order["event"])
        for number in order["numbers"]:
            event.fire(number=number)
    print("done " + json.dumps(result), flush=True)
