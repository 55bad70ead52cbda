"""In which order events run: the table of docs/design/delivery.md, a test for each cell."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.listen.renewals import Renewals
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.delivery.workers import Process
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lbgen_runtime import Delivery
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
QUICK: dict[str, Any] = {"reclaim_interval": 0.1, "retry_delay": 0.1, "grace": 5}


class Runs:
    """What ran, in its order: the event's number, its delivery count, the process."""

    def __init__(self) -> None:
        self.all: list[tuple[int, int, str]] = []

    def note(self, event: Noted, delivery: Delivery) -> None:
        self.all.append((event.number, delivery.times_delivered, delivery.process))

    def numbers(self, process: str = "") -> list[int]:
        return [number for number, _, name in self.all if not process or name == process]

    @property
    def processes(self) -> set[str]:
        return {name for _, _, name in self.all}


def bus_of(server: Server, **options: Any) -> Bus:
    return Bus(**{"service_name": "library", "redis_url": server.url, **QUICK, **options})


def listening(bus: Bus, runs: Runs, seconds: float = 0.0, **options: Any) -> Bus:
    """Have a bus note what runs; each handler takes so many seconds."""

    @bus.notes.noted.listen(listener_name="shelf", **options)
    async def shelf(event: Noted, delivery: Delivery) -> None:
        runs.note(event, delivery)
        if seconds:
            await asyncio.sleep(seconds)
        if event.text == "fail" and delivery.times_delivered == 1:
            raise RuntimeError("once")

    return bus


def pending(server: Server) -> list[dict[str, Any]]:
    return server.client.xpending_range(STREAM, GROUP, "-", "+", 10_000)


def read_ahead(server: Server, number: int) -> list[bytes]:
    """What is pending behind the event of that number; nothing until it is the oldest."""
    oldest = server.client.xrange(STREAM, count=number + 1)[-1][0]
    ids = [each["message_id"] for each in pending(server)]
    return ids[1:] if ids[:1] == [oldest] else []


def fire(server: Server, numbers: range, text: Callable[[int], str] = lambda number: "") -> None:
    """Fire events in the order of their numbers."""
    bus = Bus(redis_url=server.url)
    bus.notes.noted.fire_many(Noted(number=n, text=text(n)) for n in numbers)
    bus.close()


@contextlib.contextmanager
def firing(server: Server, count: int, pause: float = 0.001) -> Iterator[threading.Thread]:
    """Fire events one after the other while the block runs."""
    bus = Bus(redis_url=server.url)

    def run() -> None:
        for number in range(count):
            bus.notes.noted.fire(number=number)
            time.sleep(pause)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()
        bus.close()


def in_order(numbers: list[int]) -> bool:
    return all(first < second for first, second in itertools.pairwise(numbers))


@pytest.mark.parametrize("processes", [1, 2])
async def test_events_run_in_the_order_of_their_stream(server: Server, processes: int) -> None:
    """`concurrency=1`, nothing fails: in each process, and with one process altogether."""
    runs, names = Runs(), [f"p{number}" for number in range(processes)]
    async with contextlib.AsyncExitStack() as stack:
        for name in names:
            bus = listening(bus_of(server, process_name=name), runs, seconds=0.002)
            await stack.enter_async_context(running(bus))
        await asyncio.to_thread(fire, server, range(300))
        await until(lambda: len(runs.all) == 300)
    assert runs.processes == set(names)
    for name in names:
        assert in_order(runs.numbers(name))


@pytest.mark.parametrize("processes", [1, 2])
async def test_a_failing_event_is_passed_by_later_ones_which_keep_their_order(
    server: Server, processes: int
) -> None:
    """`concurrency=1`: what waits for its retry holds up nobody."""
    runs, names = Runs(), [f"p{number}" for number in range(processes)]
    async with contextlib.AsyncExitStack() as stack:
        for name in names:
            bus = listening(bus_of(server, process_name=name), runs, seconds=0.002)
            await stack.enter_async_context(running(bus))
        await asyncio.to_thread(fire, server, range(300), lambda n: "" if n % 10 else "fail")
        await until(lambda: len(runs.all) == 330)
    for name in names:
        assert in_order([n for n, count, process in runs.all if process == name and count == 1])
    again = [n for n, count, _ in runs.all if count == 2]
    assert sorted(again) == list(range(0, 300, 10))
    for number in range(0, 300, 10):
        first, second = (place for place, n in enumerate(runs.numbers()) if n == number)
        assert second > first + 1 or number == 290


@pytest.mark.parametrize("processes", [1, 2])
async def test_order_is_kept_where_replies_are_lost(server: Server, processes: int) -> None:
    """D8. `concurrency=1`: what a lost reply had delivered runs before anything newer."""
    proxy, runs = Proxy(server.port), Runs()
    names = [f"p{number}" for number in range(processes)]
    async with contextlib.AsyncExitStack() as stack:
        for name in names:
            bus = bus_of(server, redis_url=proxy.url, process_name=name)
            await stack.enter_async_context(running(listening(bus, runs, seconds=0.001)))
        with firing(server, 1_000):
            while len(runs.all) < 900:
                before = len(runs.all)
                await until(lambda before=before: len(runs.all) >= before + 50 or before > 900)
                lost = proxy.swallowed
                proxy.mode = "drop_replies"
                await until(lambda lost=lost: proxy.swallowed > lost)
                proxy.mode = "pass"
                proxy.reset()
        await until(lambda: len(set(runs.numbers())) == 1_000, 30)
        await until(lambda: not pending(server))
    proxy.close()
    for name in names:
        assert in_order(runs.numbers(name))
    assert sorted(runs.numbers()) == list(range(1_000))


async def test_order_is_kept_where_a_process_stood_still(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`concurrency=1`: what is still this process's goes on in its order."""
    monkeypatch.setattr(Renewals, "_renew", lambda self, consumer: None)
    bus, runs, go_on = bus_of(server, acknowledgement_timeout=0.5), Runs(), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        runs.note(event, delivery)
        if event.number == 100:
            await go_on.wait()

    async with running(bus):
        await asyncio.to_thread(fire, server, range(200))
        await until(lambda: len(read_ahead(server, 100)) > 20)
        read = time.monotonic()
        await until(lambda: time.monotonic() > read + 0.6)
        go_on.set()
        await until(lambda: len(runs.all) == 200)
    assert runs.numbers() == list(range(200))


@pytest.mark.parametrize("name", ["one", "{random8}"])
async def test_order_is_kept_where_a_process_is_stopped_and_another_one_started(
    server: Server, name: str
) -> None:
    """`concurrency=1`, one process at a time: what it hands back comes before what is new."""
    runs = Runs()
    with firing(server, 600) as thread:
        while thread.is_alive() or len(runs.all) < 600:
            bus = bus_of(server, process_name=name, reclaim_interval=60)
            async with running(listening(bus, runs, seconds=0.002, since="beginning")):
                before = len(runs.all)
                await until(lambda before=before: len(runs.all) >= min(before + 100, 600))
    assert runs.numbers() == list(range(600))
    assert {count for _, count, _ in runs.all} == {1}


async def test_what_moved_on_while_a_process_stood_still_is_left_out(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`concurrency=1`, several processes: what others took over runs there, the rest in order."""
    monkeypatch.setattr(Renewals, "_renew", lambda self, consumer: None)
    bus = bus_of(server, acknowledgement_timeout=0.5, reclaim_interval=60)
    runs, go_on = Runs(), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        runs.note(event, delivery)
        if event.number == 100:
            await go_on.wait()

    async with running(bus):
        await asyncio.to_thread(fire, server, range(200))
        taken = (
            await until(lambda: len(read_ahead(server, 100)) > 20 and read_ahead(server, 100))
        )[::3]
        read = time.monotonic()
        server.client.xclaim(STREAM, GROUP, "other", 0, taken, justid=True)
        await until(lambda: time.monotonic() > read + 0.6)
        go_on.set()
        await until(lambda: len(runs.all) == 200 - len(taken))
    assert in_order(runs.numbers())


async def test_a_group_that_begins_again_runs_in_order(server: Server) -> None:
    """`concurrency=1`: once more from the oldest event on."""
    runs = Runs()
    async with running(listening(bus_of(server), runs, seconds=0.002)):
        await asyncio.to_thread(fire, server, range(100))
        await until(lambda: len(runs.all) > 50)
        server.client.xgroup_destroy(STREAM, GROUP)
        await until(lambda: runs.numbers().count(0) == 2 and not pending(server))
        await asyncio.to_thread(fire, server, range(100, 200))
        await until(lambda: runs.numbers()[-1] == 199)
    numbers = runs.numbers()
    again = next(
        place for place, pair in enumerate(itertools.pairwise(numbers), 1) if pair[0] > pair[1]
    )
    assert in_order(numbers[:again])
    assert in_order(numbers[again:])


async def test_a_group_that_begins_again_runs_in_order_in_each_of_its_processes(
    server: Server,
) -> None:
    """`concurrency=1`, several processes: once more from the oldest event on."""
    runs, names = Runs(), ["p0", "p1"]
    async with contextlib.AsyncExitStack() as stack:
        for name in names:
            bus = listening(bus_of(server, process_name=name), runs, seconds=0.002)
            await stack.enter_async_context(running(bus))
        await asyncio.to_thread(fire, server, range(200))
        await until(lambda: len(runs.all) > 100)
        server.client.xgroup_destroy(STREAM, GROUP)
        await until(lambda: runs.numbers().count(0) == 2 and not pending(server))
        await asyncio.to_thread(fire, server, range(200, 300))
        await until(lambda: set(runs.numbers()) == set(range(300)) and not pending(server))
    for name in names:
        numbers = runs.numbers(name)
        assert sum(first > second for first, second in itertools.pairwise(numbers)) <= 1
        assert max(map(numbers.count, numbers)) <= 2


async def test_several_processes_share_what_one_of_them_hands_back(server: Server) -> None:
    """`concurrency=1`, several processes: who looks first runs it, beside what is new there."""
    runs, other = Runs(), Runs()
    async with running(listening(bus_of(server, process_name="stays"), runs, seconds=0.005)):
        async with running(listening(bus_of(server, process_name="leaves"), other, seconds=0.005)):
            await asyncio.to_thread(fire, server, range(300))
            await until(lambda: len(other.all) > 20)
        await until(lambda: len(runs.all) + len(other.all) == 300)
        await until(lambda: not pending(server))
    assert in_order(other.numbers())
    assert sorted(runs.numbers() + other.numbers()) == list(range(300))


ENDING = """
bus = Bus(service_name="library", process_name={name!r})
@bus.notes.noted.listen(listener_name="shelf", concurrency={concurrency})
def shelf(event, delivery):
    os.write(1, f"{{event.number}}\\n".encode())
    time.sleep(0.002)
    if event.number == {kills}: os.kill(os.getpid(), signal.SIGKILL)
bus.run()
"""


def runs_of(server: Server, name: str, kills: int = -1, concurrency: int = 1) -> list[int]:
    """What a process runs until an event kills it, or until everything has run."""
    script = ENDING.format(name=name, kills=kills, concurrency=concurrency)
    with Process(script, LBGEN_REDIS_URL=server.url) as worker:
        deadline = time.monotonic() + 30
        while worker.alive and time.monotonic() < deadline:
            [group] = server.client.xinfo_groups(STREAM)
            if not group["pending"] and not group["lag"]:
                worker.terminate()
                break
            time.sleep(0.01)
        return [int(line) for line in worker.end()[1].splitlines()]


def test_what_a_killed_process_left_comes_first_where_its_name_comes_back(server: Server) -> None:
    """`concurrency=1`, one process: in the stream's order; after two kills what was delivered
    twice comes after the rest, as it may be what kills, and before what is new."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    fire(server, range(300))
    entries = {entry[0]: number for number, entry in enumerate(server.client.xrange(STREAM))}

    def left() -> dict[int, int]:
        return {entries[each["message_id"]]: each["times_delivered"] for each in pending(server)}

    first = runs_of(server, "one", kills=100)
    assert first == list(range(101))
    assert set(left().values()) == {1}
    last = max(left()) - 2
    second = runs_of(server, "one", kills=last)
    assert second == list(range(second[0], last + 1))
    assert 90 < second[0] <= 100
    deliveries = left()
    assert set(deliveries.values()) == {1, 2}
    fire(server, range(300, 400))
    third = runs_of(server, "one")
    once, twice = ([n for n, count in deliveries.items() if count == c] for c in (1, 2))
    assert third == [*once, *twice, *range(max(once) + 1, 400)]


async def test_other_processes_run_what_is_new_until_the_name_of_a_killed_one_comes_back(
    server: Server,
) -> None:
    """`concurrency=1`, several processes: what it left comes first there, in the stream's order."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    await asyncio.to_thread(fire, server, range(300))
    first = await asyncio.to_thread(runs_of, server, "one", 50)
    assert first == list(range(51))
    entries = {entry[0]: number for number, entry in enumerate(server.client.xrange(STREAM))}
    left = [entries[each["message_id"]] for each in pending(server)]
    runs = Runs()
    async with running(listening(bus_of(server, process_name="other"), runs, seconds=0.002)):
        await until(lambda: len(runs.all) > 20)
        assert not set(left) & set(runs.numbers())
        async with running(listening(bus_of(server, process_name="one"), runs, seconds=0.002)):
            await asyncio.to_thread(fire, server, range(300, 400))
            await until(lambda: {*first, *runs.numbers()} == set(range(400)))
    one, other = runs.numbers("one"), runs.numbers("other")
    assert one[: len(left)] == left
    assert in_order(one[len(left) :])
    assert in_order(other)
    assert not set(one) & set(other)


@pytest.mark.parametrize("concurrency", [1, 4])
async def test_what_a_killed_process_left_comes_late_where_its_name_does_not_come_back(
    server: Server, concurrency: int
) -> None:
    """Nobody knows that it is dead before `acknowledgement_timeout`: what is new runs meanwhile."""
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    await asyncio.to_thread(fire, server, range(100))
    await asyncio.to_thread(runs_of, server, "killed", 50, concurrency)
    left = [each["message_id"] for each in pending(server)]
    server.client.xclaim(STREAM, GROUP, "killed", 0, left, justid=True)
    runs, bus = Runs(), bus_of(server, process_name="other", acknowledgement_timeout=2)
    async with running(listening(bus, runs, concurrency=concurrency)):
        await bus.notes.noted.fire_async(number=100)
        await until(lambda: runs.numbers()[-1:] == [100])
        await until(lambda: not pending(server))
    assert [count for _, count, _ in runs.all] == [1] * (len(runs.all) - len(left)) + [2] * len(
        left
    )
    if concurrency == 1:
        late = runs.numbers()[-len(left) :]
        assert late == list(range(late[0], late[0] + len(left)))


async def test_with_more_concurrency_events_end_in_any_order(server: Server) -> None:
    """They run at the same time, so no order is kept, whatever else happens."""
    bus, ended, go_on = bus_of(server), list[int](), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf", concurrency=2)
    async def shelf(event: Noted) -> None:
        if event.number == 0:
            await go_on.wait()
        ended.append(event.number)

    async with running(bus):
        await asyncio.to_thread(fire, server, range(10))
        await until(lambda: ended == list(range(1, 10)))
        go_on.set()
        await until(lambda: ended[-1] == 0)


async def test_several_processes_run_later_events_before_earlier_ones(server: Server) -> None:
    """`concurrency=1`: one process does not wait for another."""
    ended, go_on, slow = list[int](), asyncio.Event(), set[str]()

    def listen(name: str) -> Bus:
        bus = bus_of(server, process_name=name, read_ahead=1)

        @bus.notes.noted.listen(listener_name="shelf")
        async def shelf(event: Noted) -> None:
            if event.number == 0:
                slow.add(name)
                await go_on.wait()
            ended.append(event.number)

        return bus

    async with running(listen("p1")), running(listen("p2")):
        await asyncio.to_thread(fire, server, range(1))
        await until(lambda: slow)
        await asyncio.to_thread(fire, server, range(1, 10))
        await until(lambda: len(ended) >= 8)
        assert 0 not in ended
        go_on.set()
        await until(lambda: len(ended) == 10)


def test_the_table_names_tests_that_are_there() -> None:
    page = (Path(__file__).parents[2] / "docs" / "design" / "delivery.md").read_text()
    table = page.partition("## In which order")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(test_\w+)`", table))
    there = {name for name in globals() if name.startswith("test_")}
    assert named == there - {"test_the_table_names_tests_that_are_there"}
