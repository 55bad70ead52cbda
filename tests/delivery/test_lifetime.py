"""P7 to P11: trimming, lost state, drain, reconnects, consumers that are gone."""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
import re
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime import DuplicateListenerName, WorkerFailed
from lbgen_runtime.listen import acceptance, consumer
from lbgen_runtime.wire.trimming import Trims
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted
from tests.delivery.workers import Process
from tests.support import servers
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from pathlib import Path

    from lbgen_runtime import Delivery
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
QUICK: dict[str, Any] = {"acknowledgement_timeout": 0.6, "reclaim_interval": 0.1}


def bus_of(server: Server, **options: Any) -> Bus:
    return Bus(**{"service_name": "library", "redis_url": server.url, **QUICK, **options})


def pending(server: Server) -> list[dict[str, Any]]:
    return server.client.xpending_range(STREAM, GROUP, "-", "+", 100)


def oldest(server: Server) -> bytes:
    """The id of a stream's first entry."""
    return server.client.xrange(STREAM, count=1)[0][0]


def after(one: bytes, other: bytes) -> bool:
    """Whether an entry comes after another."""
    first, second = ([int(part) for part in entry_id.split(b"-")] for entry_id in (one, other))
    return first > second


def fill(server: Server, count: int, stream: str = STREAM) -> None:
    """Fire events a hundred seconds ago."""
    fired = int((time.time() - 100) * 1000)
    for number in range(1, count + 1):
        server.client.xadd(stream, {"number": number}, id=f"{fired}-{number}")


def report(server: Server, trims: Trims, stream: str = STREAM) -> None:
    """Trim, and tell what there is to tell."""
    trims.trimmed(
        stream.encode(), server.client.execute_command(*trims.request(stream.encode()).command)
    )


# P7


def test_trimming_never_removes_what_a_group_has_not_acknowledged(server: Server) -> None:
    bus = Bus(redis_url=server.url, retention=0, trim_interval=0.01)
    server.client.xgroup_create(STREAM, "fast", "$", mkstream=True)
    server.client.xgroup_create(STREAM, "slow", "$")
    bus.notes.noted.fire_many(Noted(number=n) for n in range(1000))
    server.client.xreadgroup("fast", "c", {STREAM: ">"}, count=1000, noack=True)
    read = server.client.xreadgroup("slow", "c", {STREAM: ">"}, count=600)[0][1]
    server.client.xack(STREAM, "slow", *(entry_id for entry_id, _ in read[:550]))
    needed = read[550][0]

    def trimmed() -> bool:
        bus.notes.noted.fire(number=1)
        return after(oldest(server), read[100][0])

    servers.wait_for(trimmed)
    for _ in range(20):
        bus.notes.noted.fire(number=1)
    assert server.client.xrange(STREAM, needed, needed), "the oldest pending entry is there"
    assert not after(oldest(server), needed)
    bus.close()


def test_a_user_that_may_not_ask_for_the_groups_trims_nothing(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-xinfo"]
    )
    server.client.xgroup_create(STREAM, "slow", "$", mkstream=True)
    url = server.url.replace("//", "//limited:any@")
    bus = Bus(redis_url=url, retention=0, trim_interval=0.01)
    fired = 0

    def refused() -> bool:
        nonlocal fired
        fired += len(bus.notes.noted.fire_many(Noted(number=n) for n in range(200)).confirmed)
        return "cannot trim" in caplog.text

    servers.wait_for(refused)
    assert server.client.xlen(STREAM) == fired
    bus.close()
    server.client.acl_deluser("limited")


@pytest.mark.parametrize("retention", [3600, "forever", "2000 events"])
def test_trimming_keeps_what_retention_says(server: Server, retention: Any) -> None:
    bus = Bus(redis_url=server.url, retention=retention, trim_interval=0.01)
    for _ in range(20):
        bus.notes.noted.fire_many(Noted(number=n) for n in range(50))
    assert server.client.xlen(STREAM) == 1000
    bus.close()


def test_a_length_may_say_how_much_is_kept(server: Server) -> None:
    bus = Bus(redis_url=server.url, retention="200 events", trim_interval=0.01)
    bus.notes.noted.fire_many(Noted(number=n) for n in range(1000))

    def trimmed() -> bool:
        bus.notes.noted.fire(number=1)
        return server.client.xlen(STREAM) < 500

    servers.wait_for(trimmed)
    assert server.client.xlen(STREAM) >= 200
    bus.close()


async def test_a_process_that_listens_trims_too(server: Server) -> None:
    writing = Bus(redis_url=server.url, retention="forever")
    writing.notes.noted.fire_many(Noted(number=n) for n in range(1000))
    writing.close()
    bus = bus_of(server, retention=0, trim_interval=0.1)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(bus):
        await until(lambda: server.client.xlen(STREAM) < 200)


def test_a_group_that_nobody_reads_for_is_reported_and_not_dropped(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.client.xgroup_create(STREAM, "abandoned", "$", mkstream=True)
    bus = Bus(redis_url=server.url, retention=0, trim_interval=0.01)
    with caplog.at_level(logging.WARNING, "lbgen"):

        def reported() -> bool:
            bus.notes.noted.fire(number=1)
            return "abandoned" in caplog.text

        servers.wait_for(reported)
    fired = server.client.xlen(STREAM)
    assert len(server.client.xreadgroup("abandoned", "c", {STREAM: ">"})[0][1]) == fired
    assert caplog.text.count("abandoned") == 1
    bus.close()


@pytest.mark.parametrize(
    ("retention", "held"),
    [(0, 0), (0, 3), ("2 events", 0), ("2 events", 2), ("2 events", 3), (3600, 4)],
)
def test_only_a_group_that_has_old_events_to_work_off_is_reported(
    server: Server, caplog: pytest.LogCaptureFixture, retention: Any, held: int
) -> None:
    """The last two of five events are not to be trimmed with `2 events`, none with 3600."""
    server.client.xgroup_create(STREAM, "abandoned", "0", mkstream=True)
    fill(server, 5)
    server.client.xreadgroup("abandoned", "c", {STREAM: ">"}, count=5, noack=True)
    server.client.xgroup_delconsumer(STREAM, "abandoned", "c")
    if held:
        server.client.xgroup_setid(STREAM, "abandoned", server.client.xrange(STREAM)[-held - 1][0])
    report(server, Trims(retention))
    assert ("abandoned" in caplog.text) is ((retention, held) in [(0, 3), ("2 events", 3)])


def test_a_group_that_begins_at_0_is_late_since_the_oldest_event(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    fill(server, 1)
    server.client.xgroup_create(STREAM, "abandoned", "0")
    report(server, Trims(0))
    [words] = re.findall(r"an event from (\d+) s ago", caplog.text)
    assert 100 <= int(words) < 1000


def test_a_group_that_holds_several_streams_back_is_reported_once_for_each(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    trims = Trims(0)
    for stream in (STREAM, "desk.*:stream"):
        fill(server, 1, stream)
        server.client.xgroup_create(stream, "abandoned", "0")
        for _ in range(2):
            report(server, trims, stream)
    assert re.findall(r"group abandoned of (\S+) ", caplog.text) == [STREAM, "desk.*:stream"]


async def test_a_server_that_refuses_to_trim_is_reported_once_in_its_words(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-xtrim"]
    )
    url = server.url.replace("//", "//limited:any@")
    bus = bus_of(server, redis_url=url, retention=0, trim_interval=0.01)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")

    def trims() -> int:
        return server.client.info("commandstats")["cmdstat_xtrim"]["rejected_calls"]

    server.client.config_resetstat()
    async with running(bus):
        await until(lambda: "cmdstat_xtrim" in server.client.info("commandstats"))
        listening = trims()
        await until(lambda: trims() > listening)
    for process in (bus, Bus(redis_url=url, retention=0, trim_interval=0.01)):
        fired = trims()

        def trimmed(process: Bus = process, fired: int = fired) -> bool:
            process.notes.noted.fire(number=1)
            return trims() > fired + 1

        servers.wait_for(trimmed)
        process.close()
    server.client.acl_deluser("limited")
    words = rf"cannot trim {re.escape(STREAM)}: .* script"
    assert len(re.findall(words, caplog.text)) == 2, "once for each process"


def test_a_group_that_was_destroyed_loses_nothing_to_a_trim_before_it_is_made_again(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus, got = bus_of(server, retention=0, trim_interval=0.01), list[int]()
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")

    async def listen(expected: int) -> None:
        async with running(bus):
            await until(lambda: len(got) == expected)

    asyncio.run(listen(0))
    server.client.xgroup_create(STREAM, "other", "$")
    bus.notes.noted.fire_many(Noted(number=number) for number in range(1000))
    _destroy(server)
    server.client.xgroup_setid(STREAM, "other", "$")
    with caplog.at_level(logging.WARNING, "lbgen"):

        def reported() -> bool:
            bus.notes.noted.fire(number=1000)
            return f"{GROUP} of {STREAM} was removed" in caplog.text

        servers.wait_for(reported)
    assert server.client.xlen(STREAM) >= 1001, "nothing was trimmed while the group was away"
    fired = server.client.xlen(STREAM)
    asyncio.run(listen(fired))
    assert set(got) == set(range(1001))

    def trimmed() -> bool:
        bus.notes.noted.fire(number=1000)
        server.client.xgroup_setid(STREAM, "other", "$")
        return server.client.xlen(STREAM) < fired

    servers.wait_for(trimmed)
    bus.close()


# P8


def _destroy(server: Server) -> None:
    server.client.xgroup_destroy(STREAM, GROUP)


def _delete(server: Server) -> None:
    server.client.delete(STREAM)


def _flush(server: Server) -> None:
    server.client.flushall()


@pytest.mark.parametrize("lose", [_destroy, _delete, _flush])
async def test_every_event_that_is_fired_after_the_loss_of_state_is_run(
    server: Server, lose: Any
) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: got)
        lose(server)
        for number in range(2, 20):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: set(got) >= set(range(2, 20)))


async def test_a_group_is_made_again_while_everything_waits_for_its_retry(server: Server) -> None:
    bus = bus_of(server, retry_delay=0.3, max_retry_delay=0.3, read_ahead=1, max_deliveries=50)
    got, down = list[int](), True

    @bus.notes.noted.listen(listener_name="shelf")
    def shelf(event: Noted) -> None:
        if down:
            raise RuntimeError("downstream is down")
        got.append(event.number)

    async with running(bus):
        for number in range(20):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: len(pending(server)) >= 10)
        _flush(server)
        down = False
        await bus.notes.noted.fire_async(number=100)
        await until(lambda: 100 in got)


async def test_a_group_is_made_again_while_its_handlers_have_enough_to_do(server: Server) -> None:
    """The reader asks nothing meanwhile; trimming would go on without a group."""
    bus, done = bus_of(server), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf", read_ahead=1)
    async def shelf(event: Noted) -> None:
        await done.wait()

    async with running(bus):
        for number in range(3):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: len(pending(server)) >= 2)
        _flush(server)
        await bus.notes.noted.fire_async(number=3)
        await until(lambda: server.client.xinfo_groups(STREAM))
        done.set()


async def test_a_process_that_has_lost_all_that_it_held_reads_on(server: Server) -> None:
    bus, began = bus_of(server, process_name="one", read_ahead=4), list[int]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        began.append(event.number)
        if began == [0]:
            await asyncio.sleep(60)

    async with running(bus):
        for number in range(5):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: len(pending(server)) >= 2)

        def taken_away() -> bool:
            server.client.xreadgroup(GROUP, "other", {STREAM: ">"})
            ids = [each["message_id"] for each in pending(server)]
            if ids:
                server.client.xclaim(STREAM, GROUP, "other", 0, ids, justid=True)
            return not [each for each in pending(server) if each["consumer"] != b"other"]

        await until(taken_away)
        await bus.notes.noted.fire_async(number=10)
        await until(lambda: 10 in began)


async def test_two_services_whose_groups_would_have_one_name_are_told(server: Server) -> None:
    first = bus_of(server, service_name="mail")
    other = bus_of(server, service_name="mail-eu")
    first.notes.noted.listen(lambda event: None, listener_name="eu-send")
    other.notes.noted.listen(lambda event: None, listener_name="send")
    async with running(first):
        with pytest.raises(DuplicateListenerName, match="'mail' already has a consumer group"):
            await other.run_async()


async def test_a_group_that_was_lost_while_nobody_listened_begins_at_the_beginning(
    server: Server,
) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        pass
    await bus.notes.noted.fire_async(number=1)
    _destroy(server)
    await bus.notes.noted.fire_async(number=2)
    async with running(bus):
        await until(lambda: got == [1, 2])


async def test_state_that_a_restart_has_lost_is_made_again() -> None:
    server = servers.Server("valkey")
    try:
        bus, got = bus_of(server), []
        bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
        async with running(bus):
            await bus.notes.noted.fire_async(number=1)
            await until(lambda: got)
            server.kill()
            server.start()
            await bus.notes.noted.fire_async(number=2)
            await until(lambda: got == [1, 2])
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("since", "expected"),
    [("new", [3]), ("beginning", [0, 1, 2, 3]), ("id", [2, 3]), ("time", [2, 3])],
)
async def test_a_new_listener_begins_where_it_says(
    server: Server, since: str, expected: list[int]
) -> None:
    bus, got = bus_of(server), []
    for number in range(2):
        await bus.notes.noted.fire_async(number=number)
    await asyncio.sleep(0.01)
    last = server.client.xrevrange(STREAM, count=1)[0][0].decode()
    moment = datetime.datetime.fromtimestamp(int(last.split("-")[0]) / 1000 + 0.001, datetime.UTC)
    await bus.notes.noted.fire_async(number=2)
    begin: Any = {"id": last, "time": moment}.get(since, since)
    bus.notes.noted.listen(
        lambda event: got.append(event.number), listener_name="shelf", since=begin
    )
    async with running(bus):
        await bus.notes.noted.fire_async(number=3)
        await until(lambda: got == expected)


# P9


SLOW = """
import asyncio
bus = Bus(service_name="library", acknowledgement_timeout=0.6, reclaim_interval=0.1)
@bus.notes.noted.listen(listener_name="shelf", grace=float(os.environ.get("GRACE", "10")))
async def shelf(event):
    print("began", event.number, flush=True)
    over = time.monotonic() + float(event.text or 0)
    while time.monotonic() < over and not os.path.exists(os.environ.get("GO", "")):
        await asyncio.sleep(0.01)
    print("done", event.number, flush=True)
bus.run()
print("left", flush=True)
"""


def _began(server: Server, worker: Process, seconds: str, *more: int) -> None:
    servers.wait_for(lambda: server.client.exists(STREAM))
    bus = bus_of(server)
    bus.notes.noted.fire(number=0)
    assert [worker.line(), worker.line()] == ["began 0", "done 0"]
    bus.notes.noted.fire(number=1, text=seconds)
    assert worker.line() == "began 1"
    for number in more:
        bus.notes.noted.fire(number=number)
    servers.wait_for(lambda: len(pending(server)) == 1 + len(more))
    bus.close()


def test_sigterm_finishes_what_runs_and_hands_back_what_was_read_ahead(
    server: Server, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    with Process(SLOW, LBGEN_REDIS_URL=server.url, GRACE="60", GO=str(go)) as worker:
        _began(server, worker, "60", 2, 3)
        worker.terminate()

        def handed_back() -> list[bool]:
            return [each["time_since_delivered"] > 10**8 for each in pending(server)]

        servers.wait_for(lambda: handed_back() == [False, True, True], 30)
        assert [each["times_delivered"] for each in pending(server)] == [1, 0, 0]
        go.touch()  # the running handler is done only now
        assert worker.line() == "done 1"
        status, out, errors = worker.end()
    assert (status, out.strip(), errors) == (0, "left", "")
    assert len(pending(server)) == 2


async def test_draining_ends_a_blocked_read_on_the_server(server: Server) -> None:
    """Its reply is read: a read that is broken off may leave events delivered to nobody."""
    server.client.config_resetstat()
    bus = bus_of(server, acknowledgement_timeout=60)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(bus):
        await until(lambda: "xreadgroup" in [each["cmd"] for each in server.client.client_list()])
    assert "cmdstat_client|unblock" in server.client.info("commandstats")


async def test_what_was_handed_back_runs_elsewhere_as_a_first_delivery(server: Server) -> None:
    with Process(SLOW, LBGEN_REDIS_URL=server.url) as worker:
        await asyncio.to_thread(_began, server, worker, "1", 2, 3)
        bus, got = bus_of(server, acknowledgement_timeout=60), []

        @bus.notes.noted.listen(listener_name="shelf")
        async def shelf(event: Noted, delivery: Delivery) -> None:
            got.append((event.number, delivery.times_delivered))

        async with running(bus):
            worker.terminate()
            await until(lambda: got == [(2, 1), (3, 1)])
        assert (await asyncio.to_thread(worker.end))[0] == 0


def test_a_handler_that_outlasts_its_grace_is_ended_and_its_event_handed_back(
    server: Server,
) -> None:
    with Process(SLOW, LBGEN_REDIS_URL=server.url, GRACE="0.2") as worker:
        _began(server, worker, "60")
        worker.terminate()
        status, out, _ = worker.end()
    assert (status, out.strip()) == (0, "left")
    [event] = pending(server)
    assert event["time_since_delivered"] > 10**8
    assert event["times_delivered"] == 1


def test_a_second_signal_ends_at_once_and_loses_nothing(server: Server) -> None:
    with Process(SLOW, LBGEN_REDIS_URL=server.url) as worker:
        _began(server, worker, "60", 2)
        worker.terminate()
        servers.wait_for(lambda: any(e["time_since_delivered"] > 10**8 for e in pending(server)))
        worker.terminate()
        status, out, _ = worker.end(5)
    assert (status, out) == (128 + signal.SIGTERM, "")
    assert len(pending(server)) == 2


async def test_a_bus_is_stopped_from_another_event_loop_than_its_own(server: Server) -> None:
    quiet = {"acknowledgement_timeout": 600, "reclaim_interval": 600, "trim_interval": 600}
    bus = bus_of(server, **quiet)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    core = bus.__lbgen__
    listening = threading.Thread(target=lambda: asyncio.run(bus.run_async()), daemon=True)
    listening.start()
    await until(lambda: core.worker is not None and core.worker.listening)
    closing = [asyncio.create_task(bus.close_async()) for _ in range(3)]
    await asyncio.sleep(0)
    closing[0].cancel()
    await asyncio.wait_for(asyncio.gather(*closing[1:]), 10)
    assert core.worker is None
    listening.join(10)
    assert not listening.is_alive()


async def test_draining_without_a_server_comes_to_an_end(server: Server) -> None:
    proxy = Proxy(server.port)
    bus = Bus(service_name="library", redis_url=proxy.url, grace=1)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        proxy.mode = "blackhole"
    await bus.close_async()
    ours = [task for task in asyncio.all_tasks() if task.get_name().startswith("lbgen")]
    assert ours == [], "nothing reads on that nobody runs for"
    proxy.close()


# P10


async def test_a_broken_connection_is_one_line_when_it_breaks_and_one_when_it_is_back(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    proxy = Proxy(server.port)
    bus, got = bus_of(server, redis_url=proxy.url), []
    for name in ("a", "b", "c"):
        bus.notes.noted.listen(lambda event: got.append(event.number), listener_name=name)
    with caplog.at_level(logging.WARNING, "lbgen"):
        async with running(bus):
            await bus.notes.noted.fire_async(number=1)
            await until(lambda: len(got) == 3)
            proxy.mode = "blackhole"
            proxy.reset()
            await until(lambda: "cannot reach" in caplog.text)
            proxy.mode = "pass"
            proxy.reset()
            await until(lambda: "reconnected to" in caplog.text)
            await bus.notes.noted.fire_async(number=2)
            await until(lambda: len(got) == 6)
    proxy.close()
    assert caplog.text.count("cannot reach") <= 2
    assert caplog.text.count("cannot reach") == caplog.text.count("reconnected to")


async def test_a_defect_while_reading_stops_the_worker_and_loses_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, got, defects = bus_of(server), list[int](), [RuntimeError("a defect")]
    bus.notes.noted.listen(
        lambda event: got.append(event.number), listener_name="shelf", since="beginning"
    )
    accept = acceptance.accept

    def defective(*arguments: Any) -> Any:
        if defects:
            raise defects.pop()
        return accept(*arguments)

    monkeypatch.setattr(consumer, "accept", defective)
    for number in (1, 2):
        await bus.notes.noted.fire_async(number=number)
    with pytest.raises(WorkerFailed, match="reader of library-shelf"):
        await bus.run_async()
    async with running(bus):
        await until(lambda: sorted(got) == [1, 2])
    assert not pending(server)


async def test_a_read_ends_also_where_the_timeout_is_a_few_milliseconds(server: Server) -> None:
    bus, got = bus_of(server, acknowledgement_timeout=0.002), list[int]()
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: got)

        def reads() -> int:
            return server.client.info("commandstats")["cmdstat_xreadgroup"]["calls"]

        before = reads()
        await until(lambda: reads() > before + 5)  # `BLOCK 0` would wait for ever


async def test_cancelling_any_of_our_coroutines_leaves_no_poisoned_connection(
    server: Server,
) -> None:
    bus, got = bus_of(server), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    for number in range(5):
        task = asyncio.create_task(bus.run_async())
        await until(lambda: bus.__lbgen__.worker and bus.__lbgen__.worker.listening)
        firing = asyncio.create_task(bus.notes.noted.fire_async(number=number))
        await asyncio.sleep(0.001 * number)
        firing.cancel()
        task.cancel()
        await asyncio.gather(task, firing, return_exceptions=True)
    async with running(bus):
        await bus.notes.noted.fire_async(number=100)
        await until(lambda: 100 in got)
    await until(lambda: not pending(server))


async def test_reads_that_block_for_long_are_not_broken_by_a_timeout(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus, got = bus_of(server, acknowledgement_timeout=30), []
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    with caplog.at_level(logging.WARNING, "lbgen"):
        async with running(bus):
            await asyncio.sleep(6)
            await bus.notes.noted.fire_async(number=1)
            await until(lambda: got)
    assert caplog.text == ""


# P11


async def test_showing_the_server_that_a_process_lives_reads_no_event(server: Server) -> None:
    """An event that upkeep read would be handled after `acknowledgement_timeout`, if at all."""
    handled: list[int] = []

    async def shelf(event: Noted) -> None:
        await asyncio.sleep(0.002)
        handled.append(event.number)

    bus = bus_of(server, trim_interval=0.01, acknowledgement_timeout=30)
    bus.notes.noted.listen(shelf, listener_name="shelf", read_ahead=1)
    async with running(bus):
        bus.notes.noted.fire_many([Noted(number=number) for number in range(200)])
        await until(lambda: len(handled) == 200, 20)
    assert handled == list(range(200))


async def test_consumers_that_are_gone_are_removed_only_with_nothing_pending(
    server: Server,
) -> None:
    bus = bus_of(
        server,
        process_name="living",
        consumer_memory=0.3,
        trim_interval=0.1,
        acknowledgement_timeout=60,
    )
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    server.client.xgroup_create(STREAM, GROUP, "$", mkstream=True)
    await bus.notes.noted.fire_async(number=1)
    server.client.xreadgroup(GROUP, "busy", {STREAM: ">"})
    server.client.xgroup_createconsumer(STREAM, GROUP, "gone")

    def consumers() -> set[bytes]:
        return {each["name"] for each in server.client.xinfo_consumers(STREAM, GROUP)}

    assert consumers() == {b"busy", b"gone"}
    async with running(bus):
        await until(lambda: consumers() == {b"busy", b"living"})
        await asyncio.sleep(1)
        assert consumers() == {b"busy", b"living"}
    assert consumers() == {b"busy", b"living"}, "a group is never without consumers"


def test_500_listeners_run_in_one_process(server: Server) -> None:
    script = """
    import threading
    bus, count = Bus(service_name="library"), 0
    def handle(event):
        pass
    async def ahandle(event):
        global count
        count += 1
    for number in range(500):
        bus.notes.noted.listen(ahandle, listener_name=f"l{number}")
    def fire():
        while not (bus.__lbgen__.worker and bus.__lbgen__.worker.listening): time.sleep(0.01)
        for number in range(10): bus.notes.noted.fire(number=number)
        while count < 5000: time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
    threading.Thread(target=fire).start()
    bus.run()
    print(count)
    """
    with Process(script, LBGEN_REDIS_URL=server.url) as worker:
        status, out, errors = worker.end(180)
    assert (status, out.strip(), errors) == (0, "5000", "")
    groups = server.client.xinfo_groups(STREAM)
    assert len(groups) == 500
    assert not any(group["pending"] for group in groups)
    assert os.getpid()
