"""The how-to on handlers that may run twice: its code runs, and does what it says."""

from __future__ import annotations

import datetime
import re
import runpy
import sqlite3
import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.delivery.live import running, until

if TYPE_CHECKING:
    from tests.support.servers import Server

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "idempotent-handlers.md"


@pytest.fixture
def service(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The page's code, run as one module."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    monkeypatch.setenv("LBGEN_REDIS_URL", server.url)
    monkeypatch.setenv("LBGEN_ACKNOWLEDGEMENT_TIMEOUT", "0.6")
    monkeypatch.setenv("LBGEN_RECLAIM_INTERVAL", "0.1")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "service.py").write_text("\n".join(blocks))
    return runpy.run_path("service.py")


async def test_an_event_that_is_delivered_twice_is_booked_once(
    server: Server, service: dict[str, Any]
) -> None:
    service["create_tables"]()
    bus, stream = service["bus"], "shop.orders.*:stream"
    orders = sys.modules["generated.shop_orders"]
    money = sys.modules["generated.common_money"].Money
    async with running(bus), running(service["warehouse"]):
        paid = orders.OrderPaid(
            order_id=uuid.uuid4(),
            paid_at=datetime.datetime.now(datetime.UTC),
            amount=money(amount="0.01", currency="EUR"),
            method=orders.CardPayment(kind="card", last_digits="1234"),
        )
        shop = sys.modules["generated"].Bus(service_name="shop-web")
        await shop.shop.orders.order_paid.fire_event_async(paid)
        await shop.close_async()
        groups = ("billing-book_payment", "warehouse-stop_fraud")

        def all_handled() -> bool:
            last = server.client.xrevrange(stream, count=1)[0][0]
            return all(
                group["pending"] == 0 and group["last-delivered-id"] == last
                for group in server.client.xinfo_groups(stream)
            )

        await until(lambda: server.client.xlen(stream) == 2 and all_handled())
        entry_id = server.client.xrange(stream)[0][0]
        for group in groups:  # as if a process had ended before its acknowledgement
            server.client.xclaim(stream, group, "dead", 0, [entry_id], idle=10**6, force=True)
        await until(all_handled)
    with closing(sqlite3.connect("billing.db")) as database:
        assert database.execute("SELECT count(*) FROM payments").fetchone() == (1,)
    events = [fields[b"event_name"] for _, fields in server.client.xrange(stream)]
    assert events == [b"order_paid", b"order_cancelled"]
