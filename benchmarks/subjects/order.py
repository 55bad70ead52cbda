"""The event that everybody fires: an order of three lines, `order_placed` of the example contract.

`PARAMETERS` are its JSON values, `FIELDS` the entry of a stream that lbgen makes of it.
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["EVENT_ID", "FIELDS", "PARAMETERS", "STREAM", "WITH_METADATA"]

STREAM = "shop.orders.*:stream"
EVENT_ID = "0194d5a1-2b3c-8d4e-9f50-a1b2c3d4e5f6"

PARAMETERS: dict[str, Any] = {
    "order_id": "7d4b1f0e-5a1c-4f3b-9a57-1b2f6c1f9e11",
    "customer_id": "c3a5e0b2-6f41-4a77-8a0e-2f9d4b7c6a22",
    "email": "customer@example.com",
    "placed_at": "2026-11-23T08:15:30.123456+00:00",
    "channel": "web",
    "total": {"amount": "129.70", "currency": "EUR"},
    "lines": [
        {"sku": "A-1", "quantity": 1, "unit_price": {"amount": "19.90", "currency": "EUR"}},
        {"sku": "B-22", "quantity": 2, "unit_price": {"amount": "49.90", "currency": "EUR"}},
        {"sku": "C-333", "quantity": 1, "unit_price": {"amount": "10.00", "currency": "EUR"}},
    ],
    "gift_wrapped": False,
}

WITH_METADATA = {
    "id": EVENT_ID,
    "api_name": "shop.orders",
    "event_name": "order_placed",
    "version": "1",
}

FIELDS: dict[str, str] = {
    **WITH_METADATA,
    **{f":{name}": json.dumps(value, separators=(",", ":")) for name, value in PARAMETERS.items()},
}
