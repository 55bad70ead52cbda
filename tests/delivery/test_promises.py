"""P2 to P6: own events first, one process at a time, takeover, retries, nothing invalid."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen_runtime import Delivery
from lbgen_runtime.admin.dead_letters import DeadLetterBox, DeadLetterQuery
from lbgen_runtime.listen import heartbeat
from lbgen_runtime.listen.renewals import Renewals
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.delivery.workers import Process
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
QUICK: dict[str, Any] = {
    "acknowledgement_timeout": 0.6,
    "reclaim_interval": 0.1,
    "retry_delay": 0.05,
    "max_retry_delay": 0.1,
}


def bus_of(server: Server, **options: Any) -> Bus:
    return Bus(**{"service_name": "library", "redis_url": server.url, **QUICK, **options})


def pending(server: Server) -> list[dict[str, Any]]:
    return server.client.xpending_range(STREAM, GROUP, "-", "+", 100)


def dead(server: Server) -> list[Any]:
    box = DeadLetterBox(server.url, service="library", listener="shelf")
    letters = list(box.letters(DeadLetterQuery()))
    box.close()
    return letters


def deliver_to(server: Server, consumer: str, count: int = 100) -> None:
    """Deliver what is new to a consumer that will never do anything with it."""
    server.client.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=count)


LISTENING = r"""
bus = Bus(service_name="library", acknowledgement_timeout=0.6, reclaim_interval=0.1)
import threading
def tell():
    while not (bus.__lbgen__.worker and bus.__lbgen__.worker.listening): time.sleep(0.01)
    os.write(1, b"listening\n")
threading.Thread(target=tell, daemon=True).start()
@bus.notes.noted.listen(listener_name="shelf")
async def shelf(event, delivery):
    os.write(1, f"began {event.number} {delivery.times_delivered}\n".encode())
    if event.text == "die": os.kill(os.getpid(), signal.SIGKILL)
    if event.text == "wait": await __import__("asyncio").sleep(60)
    os.write(1, f"done {event.number}\n".encode())
try: bus.run()
except Exception as error: print(type(error).__name__, flush=True); sys.exit(1)
"""


# P2


async def test_a_second_live_process_of_one_name_refuses_to_start(server: Server) -> None:
    first, second = bus_of(server, process_name="p1"), bus_of(server, process_name="p1")
    for bus in (first, second):
        bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(first):
        with pytest.raises(lbgen_runtime.DuplicateProcessName, match="'p1'"):
            await second.run_async()
    async with running(second):
        pass


def test_a_process_that_was_killed_is_restarted_under_its_name_and_works_off_its_events(
    server: Server,
) -> None:
    environment: dict[str, Any] = {"LBGEN_REDIS_URL": server.url, "LBGEN_PROCESS_NAME": "p1"}
    with Process(LISTENING, **environment) as first:
        assert first.line() == "listening"
        bus = bus_of(server)
        bus.notes.noted.fire(number=1, text="wait")
        assert first.line() == "began 1 1"
        first.signal(signal.SIGKILL)
        first.end()
    bus.notes.noted.fire(number=2)
    with Process(LISTENING, **environment) as second:
        assert {second.line(), second.line()} == {"listening", "began 1 2"}
    bus.close()


async def test_what_a_lost_reply_had_delivered_runs_at_once_and_as_a_first_delivery(
    server: Server,
) -> None:
    proxy = Proxy(server.port)
    bus, got = bus_of(server, redis_url=proxy.url, acknowledgement_timeout=60), []

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        got.append((event.number, delivery.times_delivered))

    writing = bus_of(server)
    async with running(bus):
        await writing.notes.noted.fire_async(number=100)
        await until(lambda: got and not pending(server))
        proxy.mode = "drop_replies"
        for number in range(3):
            await writing.notes.noted.fire_async(number=number)
        await until(lambda: pending(server))
        proxy.mode = "pass"
        proxy.reset()
        await until(lambda: len(got) == 4)
    assert got[1:] == [(0, 1), (1, 1), (2, 1)]
    proxy.close()
    await writing.close_async()


# P3


async def test_a_slow_handler_keeps_its_event_to_itself(server: Server) -> None:
    runs: list[str] = []
    buses = [bus_of(server, process_name=name) for name in ("p1", "p2")]

    def slow(event: Noted, delivery: Delivery) -> None:
        runs.append(delivery.process)
        time.sleep(2)

    for bus in buses:
        bus.notes.noted.listen(slow, listener_name="shelf")
    async with running(buses[0]), running(buses[1]):
        await buses[0].notes.noted.fire_async(number=1)
        await until(lambda: runs)
        await until(lambda: not pending(server))
    assert len(runs) == 1


async def test_a_process_that_lost_its_claim_learns_it_and_keeps_its_hands_off(
    server: Server,
) -> None:
    bus, seen = bus_of(server, concurrency=2), {}
    cancelled, sync_lost = asyncio.Event(), threading.Event()

    async def shelf(event: Noted, delivery: Delivery) -> None:
        seen["async"] = delivery
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    def index(event: Noted, delivery: Delivery) -> None:
        seen["sync"] = delivery
        deadline = time.monotonic() + 10
        while not delivery.lost and time.monotonic() < deadline:
            time.sleep(0.01)
        sync_lost.set()
        raise RuntimeError("failed after its claim was lost")

    bus.notes.noted.listen(shelf, listener_name="shelf", max_deliveries=1)
    bus.notes.noted.listen(index, listener_name="index", max_deliveries=1)
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: len(seen) == 2)
        [entry] = [each["message_id"] for each in pending(server)]
        for group in (GROUP, "library-index"):
            server.client.xclaim(STREAM, group, "thief", 0, [entry])
        await until(lambda: cancelled.is_set() and sync_lost.is_set())
        assert seen["async"].lost
        assert seen["sync"].lost
        await asyncio.sleep(0.2)
        [still] = pending(server)
        assert still["consumer"] == b"thief"
    assert dead(server) == []


async def test_what_is_read_ahead_is_renewed_as_what_runs_is(server: Server) -> None:
    bus, ran, go_on = bus_of(server, reclaim_interval=60), [], asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf", acknowledgement_timeout=3)
    async def shelf(event: Noted, delivery: Delivery) -> None:
        ran.append((event.number, delivery.times_delivered))
        if event.number:
            await go_on.wait()

    async with running(bus):
        await bus.notes.noted.fire_async(number=0)  # quick: more is read ahead after it
        await until(lambda: ran and not pending(server))
        for number in (1, 2):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: len(ran) == 2 and len(pending(server)) == 2)
        before = [0, 0]

        def both_renewed() -> bool:
            now = [each["time_since_delivered"] for each in pending(server)]
            for index, idle in enumerate(now):
                renewed[index] |= idle < before[index]
            before[:] = now
            return all(renewed)

        renewed = [False, False]
        await until(both_renewed)
        go_on.set()
        await until(lambda: not pending(server))
    assert ran == [(0, 1), (1, 1), (2, 1)]


async def test_what_was_read_ahead_and_has_moved_on_meanwhile_is_not_run(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a process that was stopped: nothing has told it, and it asks before it begins."""
    monkeypatch.setattr(Renewals, "_renew", lambda self, consumer: None)
    bus, ran, go_on = bus_of(server, reclaim_interval=60), [], asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        ran.append(event.number)
        if event.number == 1:
            await go_on.wait()

    async with running(bus):
        await bus.notes.noted.fire_async(number=0)
        await until(lambda: ran and not pending(server))
        for number in (1, 2):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: ran == [0, 1] and len(pending(server)) == 2)
        expired = time.monotonic() + QUICK["acknowledgement_timeout"]
        server.client.xclaim(STREAM, GROUP, "thief", 0, [pending(server)[1]["message_id"]])
        await until(lambda: time.monotonic() > expired)
        go_on.set()
        await bus.notes.noted.fire_async(number=3)
        await until(lambda: 3 in ran)
        [theirs] = await until(lambda: len(pending(server)) == 1 and pending(server))
        assert theirs["consumer"] == b"thief"
    assert ran == [0, 1, 3]


async def test_a_handler_that_hangs_is_taken_over_after_max_processing(server: Server) -> None:
    runs: list[str] = []
    buses = [bus_of(server, process_name=name, max_processing=0.5) for name in ("p1", "p2")]

    async def hang_at_first(event: Noted, delivery: Delivery) -> None:
        runs.append(delivery.process)
        if len(runs) == 1:
            await asyncio.sleep(60)

    for bus in buses:
        bus.notes.noted.listen(hang_at_first, listener_name="shelf")
    async with running(buses[0]), running(buses[1]):
        await buses[0].notes.noted.fire_async(number=1)
        await until(lambda: len(runs) == 2)
        await until(lambda: not pending(server))
    assert len(set(runs)) == 2


async def test_a_handler_that_hangs_is_renewed_no_more_before_it_is_handed_back(
    server: Server,
) -> None:
    bus = bus_of(server, max_processing=0.3, grace=0)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        await asyncio.sleep(60)

    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: pending(server) and pending(server)[0]["time_since_delivered"] > 600)
        assert pending(server)[0]["time_since_delivered"] < 10**6


@pytest.mark.parametrize("shape", ["async", "sync"])
async def test_a_handler_that_hangs_in_the_only_process_does_not_stop_its_listener(
    server: Server, shape: str
) -> None:
    runs: list[int] = []
    bus = bus_of(server, max_processing=0.3, acknowledgement_timeout=0.4, grace=0.1)
    ended = threading.Event()

    async def asynchronous(event: Noted, delivery: Delivery) -> None:
        runs.append(delivery.times_delivered)
        if delivery.times_delivered == 1:
            await asyncio.sleep(60)

    def synchronous(event: Noted, delivery: Delivery) -> None:
        runs.append(delivery.times_delivered)
        if delivery.times_delivered == 1:
            ended.wait(60)

    handler: Any = asynchronous if shape == "async" else synchronous
    bus.notes.noted.listen(handler, listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: len(runs) >= 2)
        await until(lambda: not pending(server))
    ended.set()
    assert runs == [1, 2]


# P4


async def test_the_events_of_a_dead_process_move_on_within_timeout_and_interval(
    server: Server,
) -> None:
    bus, runs = bus_of(server), []

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        runs.append((event.number, delivery.times_delivered))

    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    for number in range(30):
        await bus.notes.noted.fire_async(number=number)
    deliver_to(server, "dead")
    async with running(bus):
        await until(lambda: len(runs) == 30)
    assert runs == [(number, 2) for number in range(30)]


async def test_a_consumer_is_not_taken_for_dead_because_it_looks_idle(server: Server) -> None:
    buses, runs = [bus_of(server, process_name=name) for name in ("p1", "p2")], []
    for bus in buses:
        bus.notes.noted.listen(lambda event: runs.append(event.number), listener_name="shelf")
    async with running(buses[0]), running(buses[1]):
        await asyncio.sleep(1.5)  # more than twice the acknowledgement timeout, with no event
        for number in range(20):
            await buses[0].notes.noted.fire_async(number=number)
        await until(lambda: len(runs) >= 20)
        await until(lambda: not pending(server))
    assert sorted(runs) == list(range(20))


# P5


async def test_a_failing_event_is_retried_while_others_go_on_and_is_dead_in_the_end(
    server: Server,
) -> None:
    bus, runs = bus_of(server, process_name="p1"), []

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        runs.append((event.number, delivery.times_delivered))
        if event.number == 1:
            raise RuntimeError("the shelf is full")

    async with running(bus):
        event_id = await bus.notes.noted.fire_async(number=1)
        for number in range(2, 5):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: dead(server))
        await until(lambda: not pending(server))
    assert [times for number, times in runs if number == 1] == [1, 2, 3, 4, 5]
    assert runs.index((4, 1)) < runs.index((1, 5))
    [letter] = dead(server)
    entry_id, fields = server.client.xrange(STREAM)[0]
    assert letter.fields == tuple(fields.items()), "its fields are untouched"
    assert (letter.event_id, letter.event) == (event_id, "notes.noted")
    assert (letter.death.reason, letter.death.deliveries) == ("failed", 5)
    assert (letter.death.stream_id, letter.death.process) == (entry_id.decode(), "p1")
    assert "RuntimeError: the shelf is full" in letter.death.detail
    assert "Traceback" in letter.death.detail
    assert letter.death.fired_at <= letter.death.died_at


async def test_a_sync_handler_that_fails_is_retried_too(server: Server) -> None:
    bus, runs = bus_of(server), []

    @bus.notes.noted.listen(listener_name="shelf")
    def shelf(event: Noted, delivery: Delivery) -> None:
        runs.append(delivery.times_delivered)
        if delivery.times_delivered < 3:
            raise SystemExit("even this does not end a worker")

    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: runs == [1, 2, 3])
        await until(lambda: not pending(server))
    assert dead(server) == []


def test_an_event_that_kills_processes_dies_alone(server: Server) -> None:
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    bus = bus_of(server)
    for number in range(20):
        bus.notes.noted.fire(number=number, text="die" if number == 7 else "")
    environment: dict[str, Any] = {"LBGEN_REDIS_URL": server.url, "LBGEN_PROCESS_NAME": "p1"}
    environment["LBGEN_MAX_DELIVERIES"] = "3"
    done: list[str] = []
    for _ in range(6):
        with Process(LISTENING, **environment) as worker:
            if dead(server):
                break
            deadline = time.monotonic() + 10
            while worker.alive and time.monotonic() < deadline:
                if dead(server) and not pending(server):
                    worker.terminate()
                time.sleep(0.05)
            done += [line for line in worker.end()[1].splitlines() if line.startswith("done")]
    [letter] = dead(server)
    assert letter.death.reason == "crashed"
    assert letter.death.deliveries == 3
    assert {int(line.split()[1]) for line in done} == set(range(20)) - {7}
    bus.close()


async def test_what_may_be_ending_processes_runs_alone_in_its_process(server: Server) -> None:
    """In its third delivery: no handler of another listener is recovering beside it."""
    bus, active, together = bus_of(server), 0, asyncio.Event()
    ran: list[int] = []

    async def handle(event: Noted, delivery: Delivery) -> None:
        nonlocal active
        active += 1
        if active == 2:
            together.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(together.wait(), 0.3)
        active -= 1
        ran.append(delivery.times_delivered)

    for name in ("shelf", "index"):
        bus.notes.noted.listen(handle, listener_name=name)
        server.client.xgroup_create(STREAM, f"library-{name}", "$", mkstream=True)
    await bus.notes.noted.fire_async(number=1)
    for name in ("shelf", "index"):
        group = f"library-{name}"
        [[_, [(entry_id, _)]]] = server.client.xreadgroup(group, "dead", {STREAM: ">"})
        server.client.xclaim(STREAM, group, "dead", 0, [entry_id], retrycount=2, justid=True)
    async with running(bus):
        await until(lambda: ran == [3, 3])
    assert not together.is_set()


async def test_an_entry_that_is_removed_while_it_waits_for_its_retry_is_logged(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus = bus_of(server, retry_delay=0.4, max_retry_delay=0.4)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        raise RuntimeError("not yet")

    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: "failed for event" in caplog.text)
        server.client.xtrim(STREAM, maxlen=0)
        await until(lambda: "was removed from the stream" in caplog.text)
        await until(lambda: not pending(server))


async def test_a_full_server_lets_no_second_process_of_a_name_start(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "_LEASE", 0.6)
    first, second = (bus_of(server, process_name="one") for _ in range(2))
    for bus in (first, second):
        bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(first):
        server.client.config_set("maxmemory-policy", "noeviction")
        server.client.config_set("maxmemory", 1)
        try:
            await asyncio.sleep(0.7)  # the lease of before has run out
            assert server.client.exists("lbgen:process:library:one")
            with pytest.raises(lbgen_runtime.DuplicateProcessName):
                await second.run_async()
        finally:
            server.client.config_set("maxmemory", 0)


async def test_what_was_delivered_least_often_is_recovered_first(server: Server) -> None:
    """What has been delivered often may be what ends processes: its neighbours get on before."""
    bus, ran = bus_of(server), list[tuple[int, int]]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted, delivery: Delivery) -> None:
        ran.append((event.number, delivery.times_delivered))

    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    for number in range(4):
        await bus.notes.noted.fire_async(number=number)
    deliver_to(server, "dead")
    for each, count in zip(pending(server), (3, 1, 4, 2), strict=True):
        entry_id = each["message_id"]
        again: dict[str, Any] = {"idle": 60_000, "retrycount": count, "justid": True}
        server.client.xclaim(STREAM, GROUP, "dead", 0, [entry_id], **again)
    async with running(bus):
        await until(lambda: len(ran) == 4)
    assert ran == [(1, 2), (3, 3), (0, 4), (2, 5)]


async def test_what_cannot_be_buried_for_lack_of_memory_is_kept_until_it_can(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus = bus_of(server, max_deliveries=2)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        raise RuntimeError("no room")

    async with running(bus):
        event_id = await bus.notes.noted.fire_async(number=1)
        server.client.config_set("maxmemory", "1")
        try:
            await until(lambda: "OOM" in caplog.text)
            assert len(pending(server)) == 1
        finally:
            server.client.config_set("maxmemory", "0")
        await until(lambda: dead(server))
        await until(lambda: not pending(server))
    assert [letter.event_id for letter in dead(server)] == [event_id]


async def test_shutdown_leaves_the_event_pending_and_stops_the_worker(server: Server) -> None:
    bus = bus_of(server)

    @bus.notes.noted.listen(listener_name="shelf", on_error="SHUTDOWN")
    async def shelf(event: Noted) -> None:
        raise RuntimeError("stop")

    task = asyncio.create_task(bus.run_async())
    await until(lambda: bus.__lbgen__.worker and bus.__lbgen__.worker.listening)
    event_id = await bus.notes.noted.fire_async(number=1)
    with pytest.raises(lbgen_runtime.ListenerFailed, match=event_id):
        await task
    assert len(pending(server)) == 1
    await bus.close_async()


async def test_acknowledge_and_log_forgets_the_event(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus = bus_of(server)

    @bus.notes.noted.listen(listener_name="shelf", on_error="ACKNOWLEDGE_AND_LOG")
    async def shelf(event: Noted) -> None:
        raise RuntimeError("never mind")

    with caplog.at_level(logging.ERROR, "lbgen"):
        async with running(bus):
            event_id = await bus.notes.noted.fire_async(number=1)
            await until(lambda: event_id in caplog.text)
            await until(lambda: not pending(server))
    assert dead(server) == []


# P6


WHOLE: dict[Any, str] = {
    "id": "x",
    "api_name": "notes",
    "event_name": "noted",
    "version": "1",
    ":number": "1",
}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in WHOLE.items() if key != name}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (without("id"), "no 'id'"),
        ({**WHOLE, "id": ""}, "no 'id'"),
        (without("version"), "no 'version'"),
        (without("event_name"), "no 'event_name'"),
        ({**WHOLE, "version": "one"}, "the field 'version' of the entry is not an integer"),
        ({**WHOLE, "id": b"\xff"}, "not UTF-8"),
        ({**WHOLE, b":\xff": "1"}, "not UTF-8"),
        ({**WHOLE, ":number": "{"}, "notes"),
        ({**WHOLE, ":number": "-1"}, "is less than 0; write 0 or more"),
        (without(":number"), "number"),
        ({**WHOLE, ":number": "NaN"}, "number"),
        ({**WHOLE, ":number": "[" * 1_000_000}, ""),
    ],
    ids=lambda value: str(value)[:100],
)
async def test_what_is_invalid_becomes_a_dead_letter_and_the_next_event_goes_on(
    server: Server, fields: dict[Any, Any], words: str
) -> None:
    bus, got = bus_of(server), []

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        got.append(event.number)

    async with running(bus):
        server.client.xadd(STREAM, fields)
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: got)
        await until(lambda: dead(server))
        await until(lambda: not pending(server))
    assert got == [2]
    [letter] = dead(server)
    assert letter.death.reason == "invalid"
    assert words in letter.death.detail
    assert dict(letter.fields) == {
        key.encode() if isinstance(key, str) else key: (
            value.encode() if isinstance(value, str) else value
        )
        for key, value in fields.items()
    }


async def test_unknown_metadata_is_ignored(server: Server) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        server.client.xadd(STREAM, {**WHOLE, "trace": "\x00"})
        await until(lambda: got == [1])


async def test_an_entry_that_was_removed_while_pending_is_logged_and_passed_over(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus, got = bus_of(server, process_name="p1"), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    for number in range(3):
        await bus.notes.noted.fire_async(number=number)
    deliver_to(server, "p1", 2)
    removed = server.client.xrange(STREAM)[0][0]
    server.client.xdel(STREAM, removed)
    with caplog.at_level(logging.ERROR, "lbgen"):
        async with running(bus):
            await until(lambda: got == [1, 2])
            await until(lambda: not pending(server))
    assert removed.decode() in caplog.text


async def test_a_key_of_another_type_is_reported_once_and_read_when_it_is_a_stream(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    bus.paper.noted.listen(lambda event: got.append(-event.number), listener_name="shelf")
    async with running(bus):
        with caplog.at_level(logging.ERROR, "lbgen"):
            server.client.delete(STREAM)
            server.client.set(STREAM, "no stream")
            await until(lambda: "WRONGTYPE" in caplog.text)
            await bus.paper.noted.fire_async(number=1)
            await until(lambda: got == [-1])
        server.client.delete(STREAM)
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: got == [-1, 2])
    assert caplog.text.count("WRONGTYPE") == 1


async def test_a_worker_starts_although_a_key_of_another_type_is_in_its_way(
    server: Server,
) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    server.client.set(STREAM, "no stream")
    async with running(bus):
        server.client.delete(STREAM)
        await until(lambda: server.client.exists(STREAM))
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: got == [2])


def test_a_dead_letter_is_one_json_object_before_the_entry_as_it_was(server: Server) -> None:
    from lbgen_runtime.wire.dead_letter_entry import DeadLetterReason

    death = DeadLetterReason(
        reason="failed",
        detail="x",
        stream_id="1-0",
        deliveries=5,
        process="p",
        fired_at="a",
        died_at="b",
    )
    name, value = death.fields()
    assert name == b"lbgen"
    assert json.loads(value)["reason"] == "failed"
