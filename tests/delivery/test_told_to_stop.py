"""P3, P9: once a claim is lost, or its handler was told to stop, the handler ends for nobody.

Neither its return nor its exception touches the entry: not in the stream, not among the replays,
not while the worker runs, not while it drains.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from live import running, until
from notes import Bus, Noted
from proxy import Proxy

from lbgen_runtime.dead_letter_box import DeadLetterBox, DeadLetterQuery
from lbgen_runtime.handing_back import HANDED_BACK
from lbgen_runtime.heartbeat import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from lbgen_runtime import Delivery
    from servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
REPLAYS, DEAD = "{notes.*:stream}:replay:library-shelf", "{notes.*:stream}:dead:library-shelf"
QUICK: dict[str, Any] = {
    "acknowledgement_timeout": 0.6,
    "reclaim_interval": 0.1,
    "retry_delay": 0.05,
    "max_retry_delay": 0.1,
}
SHAPES = ("async", "sync")
ENDS = ("returns", "raises")


def bus_of(server: Server, **options: Any) -> Bus:
    return Bus(**{"service_name": "library", "redis_url": server.url, **QUICK, **options})


def pending(server: Server, stream: str = STREAM) -> list[dict[str, Any]]:
    return server.client.xpending_range(stream, GROUP, "-", "+", 100)


class Handler:
    """A handler that goes on until its test lets it end, or until it is told to stop.

    Args:
        shape: `async` or `sync`.
        end: it `returns` or `raises` then.
    """

    def __init__(self, shape: str, end: str) -> None:
        self._end = end
        self._go_on = threading.Event()
        self.heeds = True
        """It ends when it is told to, as documented; else it goes on until its test says so."""
        self.deliveries: list[Delivery] = []
        self.ended = 0
        self.function: Any = self._async if shape == "async" else self._sync

    @property
    def began(self) -> bool:
        return bool(self.deliveries)

    def go_on(self) -> None:
        self._go_on.set()

    def _sync(self, event: Noted, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        while not self._go_on.wait(0.01):
            if delivery.lost and self.heeds:
                break
        self._finish()

    async def _async(self, event: Noted, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        while not self._go_on.is_set():
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                if self.heeds:
                    break
        self._finish()

    def _finish(self) -> None:
        self.ended += 1
        if self._end == "raises":
            raise RuntimeError("it was told to stop")


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=ENDS)
def handler(request: pytest.FixtureRequest, shape: str) -> Handler:
    return Handler(shape, request.param)


def take_over(server: Server, stream: str = STREAM) -> None:
    """What another process does with an entry that was not renewed in time."""
    [entry] = pending(server, stream)
    server.client.xclaim(
        stream, GROUP, "thief", 0, [entry["message_id"]], retrycount=entry["times_delivered"] + 1
    )


def stands(server: Server, stream: str = STREAM) -> list[tuple[bytes, int]]:
    return [(each["consumer"], each["times_delivered"]) for each in pending(server, stream)]


async def barrier(server: Server, bus: Bus, handler: Handler) -> None:
    """Return when what was asked of the server before has been done."""
    await until(lambda: handler.ended)
    worker = bus.__lbgen__.worker
    assert worker is not None
    # Acknowledgements gather for a few milliseconds; all commands travel in order.
    before = server.client.info("commandstats").get("cmdstat_xack", {"calls": 0})["calls"]
    await asyncio.sleep(0.05)
    await asyncio.to_thread(server.client.ping)
    del before


async def replay(server: Server, bus: Bus) -> None:
    """Have the event come from the replays of the dead letters."""
    server.client.xgroup_create(REPLAYS, GROUP, "0", mkstream=True)
    event_id = await bus.notes.noted.fire_async(number=1)
    [(_, fields)] = server.client.xrange(STREAM)
    assert fields[b"id"].decode() == event_id
    server.client.xtrim(STREAM, maxlen=0)
    server.client.xadd(REPLAYS, fields)


# While the worker runs.


@pytest.mark.parametrize("stream", [STREAM, REPLAYS])
async def test_a_handler_that_heeds_its_loss_does_not_touch_what_another_process_runs(
    server: Server, handler: Handler, stream: str
) -> None:
    """D1."""
    bus = bus_of(server, max_deliveries=1)
    bus.notes.noted.listen(handler.function, listener_name="shelf")
    if stream == REPLAYS:
        await replay(server, bus)
    async with running(bus):
        if stream == STREAM:
            await bus.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
        take_over(server, stream)
        await barrier(server, bus, handler)
        assert stands(server, stream) == [(b"thief", 2)]
        assert handler.deliveries[0].lost
    assert stands(server, stream) == [(b"thief", 2)]
    assert server.client.xlen(stream) == 1
    assert not server.client.exists(DEAD)


@pytest.mark.parametrize("stream", [STREAM, REPLAYS])
async def test_a_handler_that_ends_before_its_process_learns_of_its_loss_touches_nothing(
    server: Server, handler: Handler, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1: as in a process that stood still, and whose heartbeat comes after its handler."""
    monkeypatch.setattr(Heartbeat, "_renew", lambda self, consumer: None)
    bus = bus_of(server, max_deliveries=1, reclaim_interval=0.1)
    bus.notes.noted.listen(handler.function, listener_name="shelf")
    if stream == REPLAYS:
        await replay(server, bus)
    async with running(bus):
        if stream == STREAM:
            await bus.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
        take_over(server, stream)
        handler.go_on()
        await barrier(server, bus, handler)
        assert stands(server, stream) == [(b"thief", 2)]
    assert stands(server, stream) == [(b"thief", 2)]
    assert not server.client.exists(DEAD)


@pytest.mark.parametrize("shape", ["async"])
@pytest.mark.parametrize("how", ["delayed", "repeated"])
async def test_an_acknowledgement_that_the_network_delays_does_not_touch_what_another_runs(
    server: Server, shape: str, how: str
) -> None:
    """D1."""
    proxy, handler = Proxy(server.port), Handler(shape, "returns")
    bus, writing = bus_of(server, redis_url=proxy.url), bus_of(server)
    bus.notes.noted.listen(handler.function, listener_name="shelf")
    async with running(bus):
        await writing.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
        proxy.mode = "hold" if how == "delayed" else "blackhole"
        seen = proxy.held + proxy.swallowed
        handler.go_on()
        await until(lambda: handler.ended)
        await until(lambda: proxy.held + proxy.swallowed > seen)
        await asyncio.sleep(0.1)  # the acknowledgement is among what is under way
        take_over(server)
        proxy.mode = "pass"
        if how == "delayed":
            await asyncio.to_thread(proxy.release)
        else:
            proxy.reset()
        await until(lambda: handler.deliveries[0].lost)
        assert stands(server) == [(b"thief", 2)]
    assert stands(server) == [(b"thief", 2)]
    await writing.close_async()
    proxy.close()


async def test_a_later_process_of_the_same_name_keeps_what_it_runs(
    server: Server, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1: a process stood still for longer than its name's lease, and another took its place."""
    monkeypatch.setattr(Heartbeat, "_renew", lambda self, consumer: None)
    bus = bus_of(server, process_name="one", max_deliveries=1, acknowledgement_timeout=60)
    bus.notes.noted.listen(handler.function, listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
        [entry] = pending(server)
        server.client.xclaim(STREAM, GROUP, "one", 0, [entry["message_id"]], retrycount=2)
        handler.go_on()
        await barrier(server, bus, handler)
        assert stands(server) == [(b"one", 2)]
    assert [entry["consumer"] for entry in pending(server)] == [b"one"]
    assert not server.client.exists(DEAD)


@pytest.mark.parametrize("heeds", [True, False])
async def test_a_handler_that_was_given_up_after_max_processing_ends_for_nobody(
    server: Server, handler: Handler, heeds: bool
) -> None:
    """D1."""
    handler.heeds = heeds
    bus = bus_of(server, max_processing=0.2, acknowledgement_timeout=0.3, max_deliveries=9)
    bus.notes.noted.listen(handler.function, listener_name="shelf", grace=0.1)
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: len(handler.deliveries) == 2)  # it runs once more
        if not heeds:
            handler.heeds = True
            handler.deliveries[0]._lost = True
            await until(lambda: handler.ended or not pending(server))
        [(_, count)] = stands(server)
        assert count >= 2
        assert not server.client.exists(DEAD)
        handler.go_on()


# While it drains.


@pytest.mark.parametrize("stream", [STREAM, REPLAYS])
async def test_a_handler_that_its_grace_has_cut_off_ends_for_nobody(
    server: Server, handler: Handler, stream: str
) -> None:
    """D1."""
    bus = bus_of(server, grace=0.1, max_deliveries=1)
    bus.notes.noted.listen(handler.function, listener_name="shelf")
    if stream == REPLAYS:
        await replay(server, bus)
    async with running(bus):
        if stream == STREAM:
            await bus.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
    await until(lambda: handler.ended)
    assert handler.deliveries[0].lost
    [entry] = pending(server, stream)
    assert entry["time_since_delivered"] >= HANDED_BACK
    assert entry["times_delivered"] == 1
    assert server.client.xlen(stream) == 1
    assert not server.client.exists(DEAD)


async def test_a_handler_that_outlives_its_worker_ends_for_nobody(
    server: Server, handler: Handler
) -> None:
    """D1."""
    handler.heeds = False
    bus = bus_of(server, grace=0.1, max_deliveries=1)
    bus.notes.noted.listen(handler.function, listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
    assert not handler.ended
    handler.go_on()
    await until(lambda: handler.ended)
    await asyncio.sleep(0.05)
    [entry] = pending(server)
    assert entry["time_since_delivered"] >= HANDED_BACK
    assert not server.client.exists(DEAD)
