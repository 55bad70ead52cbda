"""What a listener takes in: failing events hold up nobody, and memory is bounded by bytes."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.listen import room
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lbgen_runtime import Delivery
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
MEGABYTE = 2**20


def bus_of(server: Server, **options: Any) -> Bus:
    given = {"service_name": "library", "redis_url": server.url, "reclaim_interval": 0.1}
    return Bus(**{**given, "grace": 0.1, **options})


def pending(server: Server) -> int:
    return server.client.xpending(STREAM, GROUP)["pending"]


def fire(server: Server, events: Iterable[Noted]) -> None:
    bus = Bus(redis_url=server.url, max_event_size=100 * MEGABYTE)
    for event in events:
        bus.notes.noted.fire_event(event)
    bus.close()


async def test_events_that_always_fail_do_not_hold_up_a_good_one(server: Server) -> None:
    """However many of them wait for their retry."""
    bus, failed, ran = bus_of(server, retry_delay=60), set[int](), list[int]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        if event.text == "fail":
            failed.add(event.number)
            raise RuntimeError
        ran.append(event.number)

    async with running(bus):
        await bus.notes.noted.fire_many_async(Noted(number=n, text="fail") for n in range(3_000))
        await bus.notes.noted.fire_async(number=3_000)
        await until(lambda: ran == [3_000], 60)
        assert len(failed) == 3_000
        await until(lambda: pending(server) == 3_000)


async def test_no_more_events_are_read_than_may_wait_for_their_retry(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound that holds: what is behind them comes when the first of them succeed."""
    monkeypatch.setattr(room, "_MOST_RETRYING", 100)
    bus, ran = bus_of(server, retry_delay=1, read_ahead=10), list[tuple[int, int]]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        ran.append((event.number, delivery.times_delivered))
        if delivery.times_delivered == 1 and event.text == "fail":
            raise RuntimeError

    most = 0
    async with running(bus):
        await bus.notes.noted.fire_many_async(Noted(number=n, text="fail") for n in range(300))
        await bus.notes.noted.fire_async(number=300)
        while (300, 1) not in ran:
            most = max(most, pending(server))
            await asyncio.sleep(0.01)
        await until(lambda: not pending(server))
    assert 100 <= most <= 130
    assert len(ran) == 601


async def test_what_waits_for_its_retry_is_not_kept_in_memory(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "lbgen")  # it keeps tracebacks, and with them the events
    bus, ran = bus_of(server, retry_delay=60), list[int]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        ran.append(event.number)
        raise RuntimeError

    async with running(bus):
        await asyncio.to_thread(fire, server, [Noted(number=0)])
        await until(lambda: ran)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        large = (Noted(number=n, text="x" * 200_000) for n in range(1, 301))
        await asyncio.to_thread(fire, server, large)
        await until(lambda: len(ran) == 301, 30)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert after - before < 20 * MEGABYTE  # of 60


async def test_a_retried_event_is_what_it_was(server: Server) -> None:
    bus, ran = bus_of(server, retry_delay=0.05), list[tuple[int, str, int]]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        ran.append((event.number, event.text, delivery.times_delivered))
        if delivery.times_delivered < 3:
            raise RuntimeError

    async with running(bus):
        await bus.notes.noted.fire_async(number=1, text="some words")
        await until(lambda: len(ran) == 3)
        await until(lambda: not pending(server))
    assert ran == [(1, "some words", count) for count in (1, 2, 3)]


async def test_retries_and_pending_events_come_through_among_new_ones(server: Server) -> None:
    """A slow listener that always has new events: what comes back gets its share."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    await asyncio.to_thread(fire, server, (Noted(number=n, text="left") for n in range(5)))
    read: Any = server.client.xreadgroup(GROUP, "dead", {STREAM: ">"}, count=5)
    ids = [entry_id for entry_id, _ in read[0][1]]
    server.client.xclaim(STREAM, GROUP, "dead", 0, ids, idle=60_000, justid=True)
    await asyncio.to_thread(fire, server, (Noted(number=n) for n in range(5, 600)))
    bus, ran = bus_of(server, concurrency=2, retry_delay=0.1), list[tuple[int, int]]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        ran.append((event.number, delivery.times_delivered))
        await asyncio.sleep(0.05)
        if event.number == 10 and delivery.times_delivered == 1:
            raise RuntimeError

    async with running(bus):
        await until(lambda: {*((n, 2) for n in range(5)), (10, 2)} <= set(ran))
        assert len(ran) < 300


@pytest.mark.parametrize("source", ["new", "own", "dead"])
async def test_no_more_bytes_are_read_ahead_than_are_set(server: Server, source: str) -> None:
    """Beside one event that runs, and one that is larger than all that is left of the room."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    bus, ran = bus_of(server, process_name="own", read_ahead_bytes=5 * MEGABYTE), list[int]()
    began, go_on = threading.Event(), threading.Event()

    @bus.notes.noted.listen(listener_name="shelf", max_processing=60)
    def shelf(event: Noted) -> None:
        ran.append(event.number)
        if event.number == 115:
            began.set()
            go_on.wait(30)

    small = [Noted(number=n) for n in range(100)]
    large = [Noted(number=n, text="x" * MEGABYTE) for n in range(100, 145)]
    await asyncio.to_thread(fire, server, small + large)
    if source != "new":
        read: Any = server.client.xreadgroup(GROUP, source, {STREAM: ">"}, count=145)
        ids = [entry_id for entry_id, _ in read[0][1]]
        idle: Any = {"idle": 60_000, "justid": True}
        server.client.xclaim(STREAM, GROUP, source, 0, ids, **idle)
    async with running(bus):
        await asyncio.to_thread(began.wait, 10)

        def held() -> int:
            found = server.client.xpending_range(STREAM, GROUP, "-", "+", 200, "own")
            return sum(each["time_since_delivered"] < 30_000 for each in found)

        await until(lambda: held() > 2)
        await asyncio.sleep(0.3)  # no more is taken in
        most = held()
        go_on.set()
        await until(lambda: not pending(server), 30)
    assert ran == list(range(145))
    assert 3 <= most <= 9
