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

from lbgen_runtime.listen.renewals import Renewals
from lbgen_runtime.wire.answers import RELEASED
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from lbgen_runtime import Delivery
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
REPLAYS, DEAD = "{notes.*:stream}:replay:library-shelf", "{notes.*:stream}:dead:library-shelf"
QUICK: dict[str, Any] = {
    "acknowledgement_timeout": 0.6,
    "reclaim_interval": 0.1,
    "retry_delay": 0.05,
    "max_retry_delay": 0.1,
}
_PATIENCE = 30
"""Seconds after which a handler ends by itself, so that a test that fails comes to its end."""
SHAPES = ("async", "sync")
ENDS = ("returns", "raises")


def bus_of(server: Server, **options: Any) -> Bus:
    return Bus(**{"service_name": "library", "redis_url": server.url, **QUICK, **options})


def pending(server: Server, stream: str = STREAM) -> list[dict[str, Any]]:
    return server.client.xpending_range(stream, GROUP, "-", "+", 100)


class Handler:
    """A handler that goes on with event 1 until its test lets it end, or until it is told to stop.

    Args:
        shape: `async` or `sync`.
        end: it `returns` or `raises` then.
        heeds: it ends when it is told to, as documented; else it goes on until its test says so.
    """

    def __init__(self, shape: str, end: str, *, heeds: bool = True) -> None:
        self._end = end
        self._heeds = heeds
        self._go_on = [threading.Event() for _ in range(100)]
        self.deliveries: list[Delivery] = []
        self.ended = 0
        self.others = 0
        self.function: Any = self._async if shape == "async" else self._sync

    def heeding(self, heeds: bool) -> Handler:
        self._heeds = heeds
        return self

    @property
    def began(self) -> bool:
        return bool(self.deliveries)

    def go_on(self, run: int = 0) -> None:
        """Let the run of that number end."""
        self._go_on[run].set()

    def _sync(self, event: Noted, delivery: Delivery) -> None:
        go_on = self._begin(event, delivery)
        deadline = time.monotonic() + _PATIENCE
        while not go_on.wait(0.01) and time.monotonic() < deadline:
            if delivery.lost and self._heeds:
                break
        self._finish(event)

    async def _async(self, event: Noted, delivery: Delivery) -> None:
        go_on = self._begin(event, delivery)
        deadline = time.monotonic() + _PATIENCE
        while not go_on.is_set() and time.monotonic() < deadline:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                if self._heeds:
                    break
        self._finish(event)

    def _begin(self, event: Noted, delivery: Delivery) -> threading.Event:
        if event.number == 1:
            self.deliveries.append(delivery)
            return self._go_on[len(self.deliveries) - 1]
        at_once = threading.Event()
        at_once.set()
        return at_once

    def _finish(self, event: Noted) -> None:
        if event.number == 1:
            self.ended += 1
            if self._end == "raises":
                raise RuntimeError("it was told to stop")
        else:
            self.others += 1


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


async def others_go_on(bus: Bus, server: Server, handler: Handler) -> None:
    """Return when a later event is acknowledged: what is asked of the server is done in order."""
    await until(lambda: handler.ended)
    before = handler.others
    event_id = await bus.notes.noted.fire_async(number=2)
    await until(lambda: handler.others > before)
    [other] = [
        entry_id
        for entry_id, fields in server.client.xrange(STREAM)
        if fields[b"id"].decode() == event_id
    ]
    await until(lambda: other not in [each["message_id"] for each in pending(server)])
    server.client.xdel(STREAM, other)


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
        await others_go_on(bus, server, handler)
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
    monkeypatch.setattr(Renewals, "_renew", lambda self, consumer: None)
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
        await others_go_on(bus, server, handler)
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
    monkeypatch.setattr(Renewals, "_renew", lambda self, consumer: None)
    bus = bus_of(server, process_name="one", max_deliveries=1, acknowledgement_timeout=60)
    bus.notes.noted.listen(handler.function, listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
        [entry] = pending(server)
        server.client.xclaim(STREAM, GROUP, "one", 0, [entry["message_id"]], retrycount=2)
        handler.go_on()
        await others_go_on(bus, server, handler)
        assert stands(server) == [(b"one", 2)]
    assert [entry["consumer"] for entry in pending(server)] == [b"one"]
    assert not server.client.exists(DEAD)


async def test_what_another_process_handled_while_this_one_stood_still_is_not_reported_as_lost(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """D12: it was read ahead here; there it was handled, acknowledged and trimmed."""
    monkeypatch.setattr(Renewals, "_renew", lambda self, consumer: None)
    handler = Handler("async", "returns")
    bus = bus_of(server, reclaim_interval=60)
    bus.notes.noted.listen(handler.function, listener_name="shelf", concurrency=1)
    async with running(bus):
        for number in (2, 1, 2):  # more is read ahead after one that was quick
            await bus.notes.noted.fire_async(number=number)
            await until(lambda: handler.others)
        await until(lambda: handler.began and len(pending(server)) == 2)
        expired = time.monotonic() + QUICK["acknowledgement_timeout"]
        elsewhere = pending(server)[1]["message_id"]
        server.client.xclaim(STREAM, GROUP, "thief", 0, [elsewhere])
        server.client.xack(STREAM, GROUP, elsewhere)
        server.client.xtrim(STREAM, maxlen=0)
        await until(lambda: time.monotonic() > expired)
        handler.go_on()
        await until(lambda: handler.ended)
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: handler.others == 2)
    assert "removed from the stream" not in caplog.text


@pytest.mark.parametrize("heeds", [True, False])
async def test_a_handler_that_was_given_up_after_max_processing_ends_for_nobody(
    server: Server, handler: Handler, heeds: bool
) -> None:
    """D1: it heeds that it was told to stop, or ends some time after its event runs once more."""
    handler.heeding(heeds)
    bus = bus_of(server, max_processing=0.2, acknowledgement_timeout=0.3, max_deliveries=9)
    bus.notes.noted.listen(handler.function, listener_name="shelf", grace=0.1)
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: len(handler.deliveries) == 2)
        handler.go_on(0)
        await others_go_on(bus, server, handler)
        assert len(pending(server)) == 1
        assert not server.client.exists(DEAD)
        for run in range(100):
            handler.go_on(run)


async def test_a_runner_is_replaced_where_its_handler_swallows_its_cancellation(
    server: Server, shape: str
) -> None:
    handler = Handler(shape, "returns", heeds=False)
    bus = bus_of(server, reclaim_interval=60)
    bus.notes.noted.listen(handler.function, listener_name="shelf", concurrency=1, grace=0.1)
    async with running(bus):
        for number in (1, 2):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: handler.began)
        server.client.xclaim(STREAM, GROUP, "thief", 0, [pending(server)[0]["message_id"]])
        await until(lambda: handler.others == 1)
        assert not handler.ended
        handler.go_on()
        await until(lambda: handler.ended)
        await bus.notes.noted.fire_async(number=3)
        await until(lambda: handler.others == 2)


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
    assert entry["time_since_delivered"] >= RELEASED
    assert entry["times_delivered"] == 1
    assert server.client.xlen(stream) == 1
    assert not server.client.exists(DEAD)


async def test_a_handler_that_outlives_its_worker_ends_for_nobody(
    server: Server, handler: Handler
) -> None:
    """D1."""
    handler.heeding(False)
    bus = bus_of(server, grace=0.1, max_deliveries=1)
    bus.notes.noted.listen(handler.function, listener_name="shelf", concurrency=1)

    def runners() -> list[str]:
        names = [task.get_name() for task in asyncio.all_tasks()]
        names += [thread.name for thread in threading.enumerate()]
        return [name for name in names if name == f"lbgen runner of {GROUP}"]

    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: handler.began)
    assert not handler.ended
    assert runners()
    handler.go_on()
    await until(lambda: not runners())
    assert handler.ended
    [entry] = pending(server)
    assert entry["time_since_delivered"] >= RELEASED
    assert not server.client.exists(DEAD)
