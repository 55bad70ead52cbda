"""Every value arrives equal, in both directions, with validation on at both ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.interop.lbgen_side import running, until
from tests.interop.real_lightbus import stream_of
from tests.support.servers import wait_for

if TYPE_CHECKING:
    from types import ModuleType

    from tests.interop.real_lightbus import Lightbus
    from tests.support.servers import Server

INDIA = timezone(timedelta(hours=5, minutes=30))
MOMENT = datetime(2026, 11, 23, 7, 48, 42, 123456, tzinfo=INDIA)
EVENTS = ["shop.orders.order_placed", "shop.prices.price_changed"]


def endpoint(bus: Any, event: str) -> Any:
    for step in event.split("."):
        bus = getattr(bus, step)
    return bus


def values(package: ModuleType) -> dict[str, Any]:
    from neighbours import types  # type: ignore[import-not-found]

    return {
        "order_id": UUID("6f1c2f9e-5a0f-4c39-9d2b-7a4f5f1b8d10"),
        "number": -(2**53) - 1,
        "weight": 0.1,
        "paid": True,
        "note": 'größer "✓" \\ 🎁',
        "total": "19.90",
        "placed_at": MOMENT,
        "wanted_on": date(2026, 11, 24),
        "channel": "app",
        "tags": ["a", ""],
        "position": ("left", 3),
        "labels": {"größe": "XL"},
        "price": types.Money(amount="0.10", currency="USD"),
        "address": types.Address(street="Gasse 1", city="Wien", lines=["c/o"]),
        "coupon": "X-1",
        "gift": True,
        "free": {"deep": [1, 2.5, None, {"x": "y"}]},
    }


NOTED: dict[str, Any] = {
    "order_id": ["UUID", "6f1c2f9e-5a0f-4c39-9d2b-7a4f5f1b8d10"],
    "number": -(2**53) - 1,
    "weight": 0.1,
    "paid": True,
    "note": 'größer "✓" \\ 🎁',
    "total": ["Decimal", "19.90"],
    "placed_at": ["datetime", "2026-11-23 07:48:42.123456+05:30"],
    "wanted_on": ["date", "2026-11-24"],
    "channel": ["Channel", "app"],
    "tags": ["list", "a", ""],
    "position": ["tuple", "left", 3],
    "labels": {"größe": "XL"},
    "price": ["Money", {"amount": ["Decimal", "0.10"], "currency": "USD"}],
    "address": ["Address", {"street": "Gasse 1", "city": "Wien", "lines": ["list", "c/o"]}],
    "coupon": "X-1",
    "gift": True,
    "free": {"deep": ["list", 1, 2.5, None, {"x": "y"}]},
}


@pytest.mark.parametrize("event", EVENTS)
def test_what_lbgen_fires_arrives_equal_at_lightbus(
    lightbus: Lightbus, server: Server, package: ModuleType, event: str
) -> None:
    bus = package.Bus(service_name="shop", redis_url=server.url)
    with lightbus.on(server) as service:
        fired = endpoint(bus, event)
        # The listener validates strictly, and knows no schema but the one that lbgen publishes.
        parameters = values(package)
        bus.__lbgen__.schema_publisher.announce(fired._contract)
        api = event.rpartition(".")[0]
        wait_for(lambda: server.client.exists(f"schema:{api}"), seconds=30)
        worker = service.worker(listen=f"{event}=update_db")
        fired.fire(**parameters)
        least = {**parameters, "placed_at": datetime(2026, 1, 1, tzinfo=UTC), "coupon": None}
        del least["gift"]
        fired.fire(**least)
        # as it came from outside, with a `Z` that Python 3.9 cannot read
        outside = fired._contract.event_type(**parameters).to_dict()
        outside["placed_at"] = "2026-11-23T07:48:42.5Z"
        event_id = fired.fire_event(fired._contract.event_type.from_dict(outside))
        worker.wait_for(lambda: len(service.notes) == 3, "three events")
        bus.close()
        first, second, third = service.notes
        assert first["parameters"] == NOTED
        assert first["event"] == event
        assert second["parameters"] == {
            **NOTED,
            "placed_at": ["datetime", "2026-01-01 00:00:00+00:00"],
            "coupon": None,
            "gift": False,
        }
        assert third["parameters"]["placed_at"][1] == "2026-11-23 07:48:42.500000+00:00"
        assert third["id"] == event_id
        assert worker.alive


@pytest.mark.parametrize("event", EVENTS)
async def test_what_lightbus_fires_arrives_equal_at_lbgen(
    lightbus: Lightbus, server: Server, package: ModuleType, event: str
) -> None:
    bus = package.Bus(service_name="shop", redis_url=server.url)
    got: list[Any] = []
    dead = f"{{{stream_of(event)}}}:dead:shop-shelf"
    endpoint(bus, event).listen(got.append, listener_name="shelf")
    with lightbus.on(server) as service:
        async with running(bus):
            client = await asyncio.to_thread(service.client)
            await asyncio.to_thread(client.fire_typed, event, "all")
            await asyncio.to_thread(client.fire_typed, event, "least")
            await until(lambda: len(got) == 2)
            server.client.xadd(stream_of(event), {"": ""})  # how Lightbus makes a stream
            await asyncio.to_thread(client.fire_typed, event, "naive")
            if event.startswith("shop.prices"):  # its contract says assume_timezone: UTC
                await until(lambda: len(got) == 3)
            else:
                await until(lambda: server.client.exists(dead))
    expected = endpoint(bus, event)._contract.event_type(**values(package))
    assert got[0] == expected
    assert (got[1].coupon, got[1].gift) == (None, False)
    assert got[1].placed_at == datetime(2026, 1, 1, tzinfo=UTC)
    if event.startswith("shop.prices"):
        assert got[2].placed_at == MOMENT.replace(tzinfo=UTC)
    else:
        [(_, fields)] = server.client.xrange(dead)
        assert b"assume_timezone" in fields[b"lbgen"]
        assert len(got) == 2
    pending = server.client.xinfo_groups(stream_of(event))[0]["pending"]
    assert pending == 0
