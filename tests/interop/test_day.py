"""A day in the life of lbgen's streams, with a Lightbus worker that has to survive it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from lbgen_runtime.admin.dead_letters import DeadLetterBox, DeadLetterQuery
from tests.interop.lbgen_side import running, until
from tests.interop.real_lightbus import stream_of
from tests.support.servers import wait_for

if TYPE_CHECKING:
    from types import ModuleType

    from tests.interop.real_lightbus import Lightbus
    from tests.support.servers import Server

NOTED = "shop.orders.order_noted"
STREAM = stream_of(NOTED)
NODE = "stream-node-max-entries"


async def test_a_lightbus_worker_survives_all_that_lbgen_does_to_a_stream(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    """Retries, dead letters, replays, trimming, empty reads, new groups, lost groups."""
    bus = package.Bus(
        service_name="shop",
        redis_url=server.url,
        retention="1 events",
        trim_interval=0.2,
        retry_delay=0.05,
        max_deliveries=3,
        consumer_memory=0.5,
    )
    seen: list[int] = []
    healed = False

    @bus.shop.orders.order_noted.listen(listener_name="picky")
    async def picky(event: Any) -> None:
        if event.number % 10 == 0 and not healed:
            raise RuntimeError("not this one")
        seen.append(event.number)

    late = package.Bus(service_name="late", redis_url=server.url, since="beginning")
    got: list[int] = []
    late.shop.orders.order_noted.listen(
        lambda event: got.append(event.number), listener_name="shelf"
    )
    timeouts = {"acknowledgement_timeout": 1, "reclaim_interval": 0.2}
    with lightbus.on(server, **timeouts) as service:
        async with running(bus):
            await bus.shop.prices.price_noted.fire_async(number=0)
            await until(
                lambda: server.client.exists("schema:shop.orders", "schema:shop.prices") == 2
            )
            worker = await asyncio.to_thread(
                service.worker, listen=f"{NOTED}=update_db,shop.prices.price_noted=watch"
            )
            fire = bus.shop.orders.order_noted.fire_async
            for number in range(40):
                await fire(number=number)
            await until(lambda: len(service.numbers) == 40)
            letters = f"{{{STREAM}}}:dead:shop-picky"
            await until(lambda: server.client.xlen(letters) == 4, "four dead letters")
            # a replay goes to that listener only
            healed = True
            box = DeadLetterBox(server.url, service="shop", listener="picky")
            assert sum(map(box.replay, list(box.letters(DeadLetterQuery())))) == 4
            box.close()
            await until(lambda: set(seen) == set(range(40)))

            # the `~` of XTRIM leaves what its node of the stream still holds
            kept = int(server.client.config_get("stream-node-max-entries")[NODE])
            server.client.config_set(NODE, 5)
            for number in range(100, 140):
                await fire(number=number)
            await until(lambda: server.client.xlen(STREAM) < 40, "the stream is trimmed")
            server.client.config_set(NODE, kept)
            # a group that comes late and reads from the beginning
            async with running(late):
                await fire(number=40)
                await until(lambda: 40 in got)
            # a group that is destroyed, and made again
            server.client.xgroup_destroy(STREAM, "shop-picky")
            for number in range(41, 45):
                await fire(number=number)
            await until(lambda: 44 in seen)
            # large, tiny and strange entries
            await fire(number=-(10**18))
            await bus.shop.prices.price_noted.fire_async(number=1)
            await until(lambda: -(10**18) in service.numbers and 1 in service.numbers)
        await bus.close_async()
        bus.shop.orders.order_noted.fire(number=99)  # from sync code, after the worker's end
        bus.close()
        await until(lambda: 99 in service.numbers)
        assert worker.alive, worker.log
        assert set(range(45)) <= set(service.numbers)
        assert await asyncio.to_thread(worker.stop) == 0
        assert "Traceback" not in worker.log
        # the schema that its successor validates by is still there
        assert server.client.exists("schema:shop.orders")


def test_inspect_shows_our_events_and_dumpschema_our_schema(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    bus = package.Bus(service_name="shop", redis_url=server.url)
    ids = [bus.shop.orders.order_noted.fire(number=number) for number in (7, 8)]
    ids.append(bus.shop.prices.price_noted.fire(number=9))
    wait_for(lambda: server.client.scard("schemas") == 2, seconds=30)
    with lightbus.on(server) as service:
        shown = [json.loads(line) for line in service.run("inspect").splitlines()]
        assert {(each["id"], each["event_name"], each[":number"]) for each in shown} >= {
            (ids[0], "order_noted", "7"),
            (ids[1], "order_noted", "8"),
        }
        one = service.run("inspect", "--api", "shop.prices", "--event", "price_noted")
        assert json.loads(one)["id"] == ids[2]
        valid = service.run("inspect", "--id", ids[0], "--format", "human", "--validate")
        assert "Passed" in valid
        dumped = json.loads(service.run("dumpschema"))
    bus.close()
    assert dumped["shop.orders"]["rpcs"] == {}
    assert set(dumped["shop.orders"]["events"]) == {"order_noted", "order_placed"}
    noted = dumped["shop.orders"]["events"]["order_noted"]["parameters"]
    assert noted["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert noted["title"] == "Event shop.orders.order_noted parameters"
    assert (noted["additionalProperties"], noted["required"]) == (False, ["number"])
    placed = dumped["shop.orders"]["events"]["order_placed"]["parameters"]
    assert not {"coupon", "gift"} & set(placed["required"])
    assert placed["properties"]["gift"] == {"type": "boolean", "default": False}


async def test_remote_calls_between_lightbus_services_go_on_beside_lbgen(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    """The schema of an API's Lightbus owner says what its RPCs take; lbgen does not replace it."""
    bus = package.Bus(service_name="shop", redis_url=server.url)
    bus.shop.orders.order_noted.listen(lambda event: None, listener_name="shelf")
    with lightbus.on(server) as service:
        async with running(bus):
            await until(lambda: server.client.exists("schema:shop.orders"))
            await asyncio.to_thread(service.worker, listen=f"{NOTED}=x", SERVE="shop.orders")

            def rpcs() -> Any:
                return json.loads(server.client.get("schema:shop.orders") or "{}").get("rpcs")

            assert set(await until(rpcs)) == {"order_count"}
            await bus.shop.orders.order_noted.fire_async(number=1)
            bus.__lbgen__.schema_publisher._thread[None].told.put("publish")  # write it again, now
            client = await asyncio.to_thread(service.client, serve="")
            assert (
                await asyncio.to_thread(client.call, "shop.orders.order_count", customer="c") == 7
            )
            assert set(rpcs()) == {"order_count"}
