"""P2, P4, P5: what is merely pending holds up nobody; what may be ending processes runs alone."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.admin.dead_letters import DeadLetterBox, DeadLetterQuery
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.delivery.workers import Process

if TYPE_CHECKING:
    from lbgen_runtime import Delivery
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
QUICK: dict[str, Any] = {"acknowledgement_timeout": 0.6, "reclaim_interval": 0.1, "grace": 0.1}


def bus_of(server: Server, **options: Any) -> Bus:
    given = {"service_name": "library", "redis_url": server.url, "process_name": "own"}
    return Bus(**given, **{**QUICK, **options})


def pending(server: Server) -> list[dict[str, Any]]:
    return server.client.xpending_range(STREAM, GROUP, "-", "+", 10_000)


def leave_pending(
    server: Server, consumer: str, numbers: range, *, deliveries: int = 1, **claim: Any
) -> None:
    """Deliver events to a process that has ended since."""
    if not server.client.exists(STREAM):
        server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    bus = Bus(redis_url=server.url)
    bus.notes.noted.fire_many(Noted(number=number) for number in numbers)
    bus.close()
    read: Any = server.client.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=len(numbers))
    if deliveries > 1 or claim:
        ids = [entry_id for entry_id, _ in read[0][1]]
        claim = {"retrycount": deliveries, "justid": True, **claim}
        server.client.xclaim(STREAM, GROUP, consumer, 0, ids, **claim)


def dead(server: Server) -> list[Any]:
    box = DeadLetterBox(server.url, service="library", listener="shelf")
    letters = list(box.letters(DeadLetterQuery()))
    box.close()
    return letters


@pytest.mark.parametrize("deliveries", [1, 3], ids=["merely pending", "suspected"])
@pytest.mark.parametrize("consumer", ["own", "dead"])
@pytest.mark.parametrize("shape", ["async", "sync"])
async def test_a_slow_recovered_event_does_not_stop_its_listener(
    server: Server, shape: str, consumer: str, deliveries: int
) -> None:
    """D7."""
    leave_pending(server, consumer, range(1), deliveries=deliveries)
    bus, ran, ended = bus_of(server, concurrency=2), list[int](), threading.Event()

    def synchronous(event: Noted) -> None:
        ran.append(event.number)
        if event.number == 0:
            ended.wait(12)

    async def asynchronous(event: Noted) -> None:
        ran.append(event.number)
        if event.number == 0:
            await asyncio.to_thread(ended.wait, 12)

    handler: Any = asynchronous if shape == "async" else synchronous
    bus.notes.noted.listen(handler, listener_name="shelf")
    async with running(bus):
        await until(lambda: ran == [0])
        for number in range(1, 50):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: len(ran) == 50)
        await until(lambda: len(pending(server)) == 1)
        ended.set()
        await until(lambda: not pending(server))
    assert ran == list(range(50))


async def test_what_is_merely_pending_runs_with_the_listeners_concurrency_wherever_it_comes_from(
    server: Server,
) -> None:
    """D7: what was left under the own name, and by a process that is gone."""
    leave_pending(server, "own", range(4))
    leave_pending(server, "dead", range(4, 8), idle=10_000)
    bus, together = bus_of(server, concurrency=8), asyncio.Barrier(9)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        await together.wait()

    async with running(bus):
        await until(lambda: together.n_waiting == 8)
        await together.wait()
        await until(lambda: not pending(server))


@pytest.mark.parametrize("consumer", ["own", "dead"])
@pytest.mark.parametrize("concurrency", [1, 10])
async def test_a_backlog_is_taken_over_many_at_a_time(
    server: Server, consumer: str, concurrency: int
) -> None:
    """D7: by the number of scripts that the server has run."""
    leave_pending(server, consumer, range(2_000), idle=10_000)
    bus, ran = bus_of(server, concurrency=concurrency), set[int]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        ran.add(event.number)

    server.client.config_resetstat()
    async with running(bus):
        await bus.notes.noted.fire_async(number=2_000)
        await until(lambda: len(ran) == 2_001, 30)
        await until(lambda: not pending(server))
    statistics: Any = server.client.info("commandstats")
    assert statistics["cmdstat_evalsha"]["calls"] < 500


async def test_new_events_run_while_a_backlog_is_worked_off(server: Server) -> None:
    """D7: the backlog of a dead process does not come before all that is new."""
    leave_pending(server, "dead", range(5_000), idle=10_000)
    bus, ran = bus_of(server, concurrency=4), list[int]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        ran.append(event.number)
        await asyncio.sleep(0.001)

    async with running(bus):
        await until(lambda: len(ran) > 100)
        await bus.notes.noted.fire_async(number=5_000)
        await until(lambda: 5_000 in ran, 30)
        assert len(pending(server)) > 1_000


async def test_an_idle_entry_is_found_behind_many_that_are_not(server: Server) -> None:
    """A look goes through pages, each of which is bounded work for the server."""
    leave_pending(server, "alive", range(12_000))
    leave_pending(server, "dead", range(12_000, 12_001), idle=10_000)
    bus, ran = bus_of(server, acknowledgement_timeout=9), list[int]()
    bus.notes.noted.listen(lambda event: ran.append(event.number), listener_name="shelf")
    async with running(bus):
        await until(lambda: ran == [12_000])


async def test_what_was_handed_back_is_no_suspect_however_often_it_was_delivered(
    server: Server,
) -> None:
    """Its process has lived to hand it back: it has failed before, and ended nothing."""
    leave_pending(server, "left", range(4), deliveries=4, idle=10**9)
    bus, together = bus_of(server, concurrency=4), asyncio.Barrier(5)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        await together.wait()

    async with running(bus):
        await until(lambda: together.n_waiting == 4)
        await together.wait()
        await until(lambda: not pending(server))


async def test_suspects_run_one_at_a_time_and_are_claimed_at_their_turn(server: Server) -> None:
    leave_pending(server, "dead", range(5), deliveries=2)
    bus, ran, go_on = bus_of(server, concurrency=4), list[tuple[int, int]](), asyncio.Semaphore(0)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        ran.append((event.number, delivery.times_delivered))
        await go_on.acquire()

    async with running(bus):
        for number in range(5):
            await until(lambda number=number: len(ran) == number + 1)
            held = [each for each in pending(server) if each["consumer"] == b"own"]
            assert [each["times_delivered"] for each in held] == [3]
            go_on.release()
        await until(lambda: not pending(server))
    assert ran == [(number, 3) for number in range(5)]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("consumer", ["own", "dead"])
async def test_what_has_had_all_its_deliveries_waits_for_no_suspect_to_become_a_dead_letter(
    server: Server, consumer: str, concurrency: int
) -> None:
    """P5: it does not run any more, so it needs no turn."""
    leave_pending(server, consumer, range(1), deliveries=3)
    leave_pending(server, consumer, range(1, 301), deliveries=5)
    bus, go_on, ran = bus_of(server, concurrency=concurrency), asyncio.Event(), list[int]()

    @bus.notes.noted.listen(listener_name="shelf", max_deliveries=5)
    async def shelf(event: Noted) -> None:
        ran.append(event.number)
        await go_on.wait()

    async with running(bus):
        await until(lambda: len(dead(server)) == 300, 30)
        await until(lambda: ran == [0])
        go_on.set()
        await until(lambda: not pending(server))
    assert {letter.death.reason for letter in dead(server)} == {"crashed"}
    assert ran == [0]


KILLED = r"""
import asyncio
bus = Bus(service_name="library", **QUICK)
@bus.notes.noted.listen(listener_name="shelf")
async def shelf(event, delivery):
    if event.text == "die":
        await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
    await asyncio.sleep(0.1 if event.text == "slow" else 0.001)
    os.write(1, f"{event.number} {delivery.times_delivered}\n".encode())
bus.run()
"""


@pytest.mark.parametrize(("max_deliveries", "name"), [(2, "own"), (3, "{random8}"), (5, "own")])
def test_an_event_that_kills_processes_takes_no_neighbor_with_it(
    server: Server, max_deliveries: int, name: str
) -> None:
    """P5, D7: it dies alone, although its neighbors run beside it and new events come."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    options = {"concurrency": 4, "max_deliveries": max_deliveries, "process_name": name}
    options |= {"acknowledgement_timeout": 0.6, "reclaim_interval": 0.1, "redis_url": server.url}
    script = KILLED.replace("**QUICK", f"**{options!r}")
    number, done = 0, dict[int, int]()
    bus = Bus(redis_url=server.url)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not dead(server):
        for _ in range(20):
            text = "die" if number == 7 else "slow" if number % 5 == 2 else ""
            bus.notes.noted.fire(number=number, text=text)
            number += 1
        with Process(script) as worker:
            while worker.alive and not dead(server) and time.monotonic() < deadline:
                time.sleep(0.02)
            while worker.alive and pending(server) and time.monotonic() < deadline:
                time.sleep(0.02)
            worker.signal(signal.SIGTERM)
            for line in worker.end()[1].splitlines():
                done.setdefault(int(line.split()[0]), int(line.split()[1]))
    bus.close()
    [letter] = dead(server)
    assert (letter.death.reason, letter.death.deliveries) == ("crashed", max_deliveries)
    assert set(done) == set(range(number)) - {7}
    assert max(done.values()) <= 3
