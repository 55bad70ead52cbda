"""One consumer group, with Lightbus's workers and lbgen's in it: in turn, and at once."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from typing import TYPE_CHECKING, Any

from tests.interop.lbgen_side import running, until, worker
from tests.interop.real_lightbus import stream_of
from tests.support.servers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.interop.real_lightbus import Lightbus
    from tests.support.servers import Server

NOTED = "shop.orders.order_noted"
STREAM = stream_of(NOTED)
GROUP = "billing-update_db"
LISTEN = f"{NOTED}=update_db"


@contextlib.contextmanager
def schema_on_the_bus(server: Server, package: ModuleType) -> Iterator[Any]:
    """A bus that fires, whose schema Lightbus's workers find when they start."""
    bus = package.Bus(service_name="shop", redis_url=server.url)
    bus.__lbgen__.schema_publisher.announce(bus.shop.orders.order_noted._contract)
    wait_for(lambda: server.client.exists("schema:shop.orders"), seconds=30)
    yield bus
    bus.close()


def settled(server: Server) -> bool:
    """Whether the group has read everything and acknowledged it."""
    [group] = [g for g in server.client.xinfo_groups(STREAM) if g["name"] == GROUP.encode()]
    [(last, _)] = server.client.xrevrange(STREAM, count=1)
    return group["pending"] == 0 and group["last-delivered-id"] == last


def test_a_group_changes_hands_and_back_while_events_are_fired(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    """A Lightbus worker is replaced by an lbgen worker of the same names, and back again."""
    with lightbus.on(server) as service, schema_on_the_bus(server, package) as bus:
        fired = 0

        def fire(count: int) -> None:
            nonlocal fired
            for _ in range(count):
                bus.shop.orders.order_noted.fire(number=fired)
                fired += 1

        first = service.worker(listen=LISTEN, process="p1", SLOW="0.01")
        fire(20)
        wait_for(lambda: len(service.numbers) >= 5, seconds=60)
        first.process.terminate()  # in the middle: what it has read stays pending under p1
        fire(20)
        first.process.wait(60)
        second = worker(service, package, process="p1")
        fire(20)
        wait_for(lambda: set(service.numbers) == set(range(fired)), seconds=60)
        second.send_signal(signal.SIGTERM)
        fire(20)
        assert second.wait(60) == 0
        third = service.worker(listen=LISTEN, process="p1")
        fire(20)
        third.wait_for(lambda: set(service.numbers) == set(range(fired)), "every event")
        third.wait_for(lambda: settled(server), "nothing is left")
        assert third.alive
        assert not server.client.exists(f"{{{STREAM}}}:dead:{GROUP}")


def test_both_kinds_of_workers_in_one_group_lose_nothing_when_they_are_killed(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    timeouts = {"acknowledgement_timeout": 2, "reclaim_interval": 0.5}
    with (
        lightbus.on(server, **timeouts) as service,
        schema_on_the_bus(server, package) as bus,
    ):
        theirs = [service.worker(listen=LISTEN, process=f"t{n}", SLOW="0.02") for n in range(2)]
        ours = [worker(service, package, process=f"o{n}", slow=0.02) for n in range(2)]
        names = {f"t{n}" for n in range(2)} | {f"o{n}" for n in range(2)}

        def here() -> bool:
            found = server.client.xinfo_consumers(STREAM, GROUP)
            return names <= {each["name"].decode() for each in found}

        wait_for(here, seconds=60)
        fired = 0

        def all_take_part() -> bool:
            nonlocal fired
            for _ in range(20):
                bus.shop.orders.order_noted.fire(number=fired)
                fired += 1
            wait_for(lambda: len(service.notes) >= fired - 40, seconds=60)
            return {note["process"] for note in service.notes} == names

        wait_for(all_take_part, seconds=60)
        theirs[0].kill()
        ours[0].kill()
        for _ in range(50):
            bus.shop.orders.order_noted.fire(number=fired)
            fired += 1
        wait_for(lambda: set(service.numbers) == set(range(fired)), seconds=90)
        wait_for(lambda: settled(server), seconds=60)
        assert theirs[1].alive
        assert not server.client.exists(f"{{{STREAM}}}:dead:{GROUP}")
        ours[0].wait()
        ours[1].terminate()
        assert ours[1].wait(60) == 0


async def test_lightbus_does_not_take_an_event_whose_slow_handler_lbgen_runs(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    """Lightbus takes what was idle for 1.5 s; it watches the handler work three times as long."""
    bus = package.Bus(service_name="billing", redis_url=server.url, process_name="ours")
    ran: list[int] = []
    deliveries: list[Any] = []
    go_on = asyncio.Event()

    @bus.shop.orders.order_noted.listen(listener_name="update_db", acknowledgement_timeout=1.5)
    async def update_db(event: Any, delivery: Any) -> None:
        deliveries.append(delivery)
        await asyncio.wait_for(go_on.wait(), 60)
        ran.append(event.number)

    timeouts = {"acknowledgement_timeout": 1.5, "reclaim_interval": 0.2}
    with lightbus.on(server, **timeouts) as service:
        async with running(bus):
            await until(lambda: server.client.exists("schema:shop.orders"))
            await bus.shop.orders.order_noted.fire_async(number=1)
            await until(lambda: deliveries, "the handler has begun")
            theirs = await asyncio.to_thread(service.worker, listen=LISTEN, process="theirs")
            began = time.monotonic()
            await until(lambda: time.monotonic() - began > 4.5)
            go_on.set()
            await until(lambda: ran, "the handler has ended")
            await until(lambda: settled(server))
            assert theirs.alive
        assert service.numbers == []
    assert not deliveries[0].lost
    assert ran == [1]


async def test_what_a_dead_lbgen_process_held_goes_to_lightbus_and_the_reverse(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    timeouts = {"acknowledgement_timeout": 2, "reclaim_interval": 0.5}
    with lightbus.on(server, **timeouts) as service, schema_on_the_bus(server, package) as bus:
        dying = await asyncio.to_thread(service.worker, listen=LISTEN, process="theirs", SLOW="600")
        await bus.shop.orders.order_noted.fire_async(number=1)
        await until(lambda: server.client.xpending(STREAM, GROUP)["pending"] == 1)
        dying.kill()
        ours = package.Bus(service_name="billing", redis_url=server.url)
        got: list[Any] = []

        @ours.shop.orders.order_noted.listen(listener_name="update_db", acknowledgement_timeout=2)
        async def update_db(event: Any, delivery: Any) -> None:
            got.append((event.number, delivery.times_delivered))

        async with running(ours):
            await until(lambda: got)
        assert got == [(1, 2)]
        held = worker(service, package, process="ours", slow=600)
        await bus.shop.orders.order_noted.fire_async(number=2)
        await until(lambda: server.client.xpending(STREAM, GROUP)["pending"] == 1)
        held.kill()
        held.wait()
        alive = await asyncio.to_thread(service.worker, listen=LISTEN, process="theirs")
        await until(lambda: service.numbers == [2])
        await until(lambda: settled(server))
        assert alive.alive
        await bus.close_async()


async def test_groups_and_consumers_of_lbgen_survive_lightbus_cleaning_up(
    lightbus: Lightbus, server: Server, package: ModuleType
) -> None:
    """Lightbus removes consumers idle for `consumer_ttl`, here 2 s, and groups without any."""
    quiet = package.Bus(
        service_name="quiet", redis_url=server.url, process_name="q", trim_interval=0.3
    )
    gone = package.Bus(service_name="gone", redis_url=server.url, process_name="g")
    got: list[int] = []
    for bus in (quiet, gone):
        bus.shop.orders.order_noted.listen(
            lambda event: got.append(event.number), listener_name="shelf"
        )
    async with running(gone):
        pass
    with lightbus.on(server, consumer_ttl=2) as service:
        async with running(quiet):
            await until(lambda: server.client.exists("schema:shop.orders"))
            # No process of it is left, but its consumer is: the group stays.
            first = await asyncio.to_thread(service.worker, listen=LISTEN)
            names = {g["name"] for g in server.client.xinfo_groups(STREAM)}
            assert names >= {b"gone-shelf", b"quiet-shelf"}
            # A live process of a quiet stream is never as idle as `consumer_ttl`.
            [abandoned] = server.client.xinfo_consumers(STREAM, "gone-shelf")
            assert abandoned["name"] == b"g"
            await until(
                lambda: server.client.xinfo_consumers(STREAM, "gone-shelf")[0]["idle"] > 2500
            )
            await asyncio.to_thread(first.kill)
            second = await asyncio.to_thread(service.worker, listen=LISTEN, process="p2")
            names = {g["name"] for g in server.client.xinfo_groups(STREAM)}
            assert b"gone-shelf" not in names, "nobody came for 30 days, as it were"
            assert b"quiet-shelf" in names
            await quiet.shop.orders.order_noted.fire_async(number=1)
            await until(lambda: got == [1])
            await until(lambda: service.numbers == [1])
            assert second.alive
