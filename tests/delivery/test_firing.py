"""P1: what `fire` confirmed is in the stream, once."""

from __future__ import annotations

import asyncio
import gc
import threading
import uuid
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen_runtime import BusFull, EventTooLarge, FireRejected, FireUnconfirmed, ServerUnreachable
from lbgen_runtime.fire import attempt, batch
from lbgen_runtime.wire import async_connection, sync_connection
from tests.delivery.live import until
from tests.delivery.notes import Bus, Erased, Noted
from tests.delivery.workers import Process
from tests.support import servers
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Server

STREAM = "notes.*:stream"


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


def note(number: int) -> Noted:
    return Noted(number=number)


def ids_in_stream(server: Server) -> list[str]:
    return [fields[b"id"].decode() for _, fields in server.client.xrange(STREAM)]


def lose_replies_for_a_while(proxy: Proxy) -> None:
    swallowed = proxy.swallowed
    servers.wait_for(lambda: proxy.swallowed > swallowed)
    proxy.mode = "pass"
    proxy.reset()


def test_a_fire_whose_reply_was_lost_makes_one_entry(server: Server, proxy: Proxy) -> None:
    bus = Bus(redis_url=proxy.url)
    bus.notes.noted.fire(number=1)
    proxy.mode = "drop_replies"
    helper = threading.Thread(target=lose_replies_for_a_while, args=(proxy,))
    helper.start()
    event_id = bus.notes.noted.fire(number=2)
    helper.join()
    assert ids_in_stream(server)[1:] == [event_id]
    bus.close()


async def test_an_async_fire_whose_reply_was_lost_makes_one_entry(
    server: Server, proxy: Proxy
) -> None:
    bus = Bus(redis_url=proxy.url)
    await bus.notes.noted.fire_async(number=1)
    proxy.mode = "drop_replies"
    helper = asyncio.create_task(asyncio.to_thread(lose_replies_for_a_while, proxy))
    event_ids = await asyncio.gather(*(bus.notes.noted.fire_async(number=n) for n in range(50)))
    await helper
    assert sorted(ids_in_stream(server)[1:]) == sorted(event_ids)
    await bus.close_async()


def test_a_write_that_the_network_delays_is_never_written_twice(
    server: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "REPLY_TIMEOUT", 0.5)
    bus = Bus(redis_url=proxy.url)
    bus.notes.noted.fire(number=1)
    proxy.mode = "hold"
    passed = threading.Timer(1, setattr, (proxy, "mode", "pass"))
    passed.start()
    event_id = bus.notes.noted.fire(number=2)
    passed.join()
    assert proxy.held
    proxy.release()
    bus.notes.noted.fire(number=3)
    assert ids_in_stream(server)[1] == event_id
    assert len(ids_in_stream(server)) == 3
    bus.close()


def test_an_unconfirmed_write_that_the_network_delays_is_not_written_after_its_repetition(
    server: Server, proxy: Proxy
) -> None:
    bus = Bus(redis_url=proxy.url, fire_deadline=0.5)
    bus.notes.noted.fire(number=1)
    proxy.mode = "hold"
    with pytest.raises(FireUnconfirmed) as raised:
        bus.notes.noted.fire(number=2)
    proxy.mode = "pass"
    event_id = raised.value.fire_again()
    assert proxy.held
    proxy.release()
    bus.notes.noted.fire(number=3)
    assert ids_in_stream(server)[1] == event_id
    assert len(ids_in_stream(server)) == 3
    bus.close()


async def test_an_unconfirmed_async_write_that_the_network_delays_is_not_written_either(
    server: Server, proxy: Proxy
) -> None:
    bus = Bus(redis_url=proxy.url, fire_deadline=0.5)
    await bus.notes.noted.fire_async(number=1)
    proxy.mode = "hold"
    with pytest.raises(FireUnconfirmed) as raised:
        await bus.notes.noted.fire_async(number=2)
    proxy.mode = "pass"
    event_id = await raised.value.fire_again_async()
    assert proxy.held
    await asyncio.to_thread(proxy.release)
    await bus.notes.noted.fire_async(number=3)
    assert ids_in_stream(server)[1] == event_id
    assert len(ids_in_stream(server)) == 3
    await bus.close_async()


def test_an_unconfirmed_fire_raises_with_the_id_under_which_to_fire_again(
    server: Server, proxy: Proxy
) -> None:
    bus = Bus(redis_url=proxy.url, fire_deadline=0.5)
    bus.notes.noted.fire(number=1)
    proxy.mode = "drop_replies"
    with pytest.raises(FireUnconfirmed) as raised:
        bus.notes.noted.fire(number=2)
    proxy.mode = "pass"
    proxy.reset()
    error = raised.value
    assert error.event == note(2)
    assert error.fire_again() == error.event_id
    assert bus.notes.noted.fire_event(note(2), event_id=error.event_id) == error.event_id
    assert asyncio.run(bus.notes.noted.fire_event_async(note(2), event_id=error.event_id))
    assert ids_in_stream(server)[1:] == [error.event_id]
    bus.close()


async def test_an_unconfirmed_async_fire_can_be_fired_again(server: Server, proxy: Proxy) -> None:
    bus = Bus(redis_url=proxy.url, fire_deadline=0.5)
    await bus.notes.noted.fire_async(number=1)
    proxy.mode = "drop_replies"
    with pytest.raises(FireUnconfirmed) as raised:
        await bus.notes.noted.fire_async(number=2)
    proxy.mode = "pass"
    proxy.reset()
    assert await raised.value.fire_again_async() == raised.value.event_id
    assert ids_in_stream(server)[1:] == [raised.value.event_id]
    await bus.close_async()


def test_a_user_that_may_not_end_connections_fires_again_and_is_told_once(
    server: Server, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    server.client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-client|kill"]
    )
    bus = Bus(redis_url=proxy.url.replace("//", "//limited:any@"))
    bus.notes.noted.fire(number=1)
    for number in (2, 3):
        proxy.mode = "drop_replies"
        helper = threading.Thread(target=lose_replies_for_a_while, args=(proxy,))
        helper.start()
        bus.notes.noted.fire(number=number)
        helper.join()
    server.client.acl_deluser("limited")
    assert len(ids_in_stream(server)) == 3
    assert caplog.text.count("CLIENT KILL") == 1
    bus.close()


def test_wrong_credentials_are_an_error_in_words(server: Server) -> None:
    url = server.url.replace("//", "//nobody:wrong@")
    bus = Bus(redis_url=url, service_name="library", fire_deadline=60)
    with pytest.raises(FireRejected):
        bus.notes.noted.fire(number=1)
    bus.notes.noted.listen(lambda event: None, listener_name="shelf")
    with pytest.raises(lbgen_runtime.ServerRefused):
        bus.run()


def test_a_fire_that_reached_no_server_says_that_it_did_not(server: Server) -> None:
    bus = Bus(redis_url=f"redis://127.0.0.1:{servers.free_port()}/0", fire_deadline=0.3)
    with pytest.raises(ServerUnreachable):
        bus.notes.noted.fire(number=1)
    assert ids_in_stream(server) == []


def test_a_fire_outlives_a_restart_of_the_server() -> None:
    server = servers.Server("valkey", appendonly="yes", appendfsync="always")
    try:
        bus = Bus(redis_url=server.url)
        bus.notes.noted.fire(number=1)
        server.kill()
        restart = threading.Timer(0.5, server.start)
        restart.start()
        bus.notes.noted.fire(number=2)
        restart.join()
        assert len(set(ids_in_stream(server))) == 2
        bus.close()
    finally:
        server.stop()


def test_a_failover_is_waited_for(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    server.client.execute_command("REPLICAOF", "127.0.0.1", "1")
    promoted = threading.Timer(0.5, server.client.execute_command, ("REPLICAOF", "NO", "ONE"))
    promoted.start()
    event_id = bus.notes.noted.fire(number=1)
    promoted.join()
    assert ids_in_stream(server) == [event_id]
    bus.close()


def test_a_refusal_of_the_server_fails_at_once(server: Server) -> None:
    bus = Bus(redis_url=server.url, fire_deadline=60)
    server.client.set(STREAM, "no stream")
    with pytest.raises(FireRejected, match="WRONGTYPE"):
        bus.notes.noted.fire(number=1)
    server.client.delete(STREAM)
    server.client.config_set("maxmemory", "1")
    try:
        with pytest.raises(FireRejected, match="OOM") as raised:
            bus.notes.noted.fire(number=1)
    finally:
        server.client.config_set("maxmemory", "0")
    assert raised.value.fire_again() == raised.value.event_id
    bus.close()


def test_an_event_that_is_too_large_is_refused_before_the_socket() -> None:
    bus = Bus(redis_url="redis://127.0.0.1:1/0")
    with pytest.raises(EventTooLarge, match="1,048,576"):
        bus.notes.noted.fire(number=1, text="x" * 2**20)


def test_an_event_just_within_the_limit_is_fired(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    assert bus.notes.noted.fire(number=1, text="x" * (2**20 - 200))
    bus.close()


def test_durability_disk_waits_for_the_disk_or_says_why_it_cannot(server: Server) -> None:
    bus = Bus(redis_url=server.url, durability="disk")
    with pytest.raises(FireRejected, match=r"WAITAOF|unknown command"):
        bus.notes.noted.fire(number=1)
    assert server.client.xlen(STREAM) == 0
    if server.kind == "valkey":
        server.client.config_set("appendonly", "yes")
        try:
            assert bus.notes.noted.fire(number=1)
            assert asyncio.run(bus.notes.noted.fire_async(number=2))
        finally:
            server.client.config_set("appendonly", "no")
        assert server.client.xlen(STREAM) == 2
    bus.close()


def test_durability_replicas_does_not_confirm_what_no_replica_has(server: Server) -> None:
    bus = Bus(redis_url=server.url, durability="replicas:1", fire_deadline=0.5)
    with pytest.raises(FireUnconfirmed, match="only 0 of 1 required copies are durable"):
        bus.notes.noted.fire(number=1)
    assert server.client.xlen(STREAM) == 1
    bus.close()


def test_an_id_that_the_caller_brings_is_fired_once(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    for _ in range(2):
        assert bus.notes.noted.fire_event(note(1), event_id="outbox-17") == "outbox-17"
        asyncio.run(bus.notes.noted.fire_event_async(note(1), event_id="outbox-17"))
    another = Bus(redis_url=server.url)
    another.notes.noted.fire_event(note(1), event_id="outbox-17")
    assert ids_in_stream(server) == ["outbox-17"]
    bus.close()
    another.close()


def test_threads_that_fire_in_one_moment_get_their_own_ids_and_errors(server: Server) -> None:
    bus = Bus(redis_url=server.url)

    def fire(number: int) -> str:
        try:
            return bus.notes.noted.fire(number=number if number % 10 else -1)
        except lbgen_runtime.InvalidParameters:
            return "invalid"

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(fire, range(500)))
    assert results.count("invalid") == 50
    by_id = {
        fields[b"id"].decode(): int(fields[b":number"])
        for _, fields in server.client.xrange(STREAM)
    }
    assert [by_id.get(result, "invalid") for result in results] == [
        number if number % 10 else "invalid" for number in range(500)
    ]
    bus.close()


async def test_tasks_that_fire_in_one_moment_travel_as_one_write(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    await bus.notes.noted.fire_async(number=0)
    before = server.client.info("stats")["total_reads_processed"]
    event_ids = await asyncio.gather(*(bus.notes.noted.fire_async(number=n) for n in range(100)))
    after = server.client.info("stats")["total_reads_processed"]
    assert ids_in_stream(server)[1:] == event_ids
    assert after - before < 20
    await bus.close_async()


async def test_a_cancelled_fire_leaves_the_others_and_the_connection_whole(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    tasks = [asyncio.create_task(bus.notes.noted.fire_async(number=n)) for n in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, str) for result in results[1::2])
    assert set(results[1::2]) <= set(ids_in_stream(server))
    event_id = await bus.notes.noted.fire_async(number=99)
    assert ids_in_stream(server)[-1] == event_id
    await bus.close_async()


async def test_a_defect_while_firing_is_told_to_who_fires_and_the_next_events_go_on(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """D9."""
    bus, settle = Bus(redis_url=server.url), attempt.Attempt.settle
    defects = [TypeError("a defect")]

    def defective(self: Any, replies: Any) -> None:
        if defects:
            raise defects.pop()
        settle(self, replies)

    monkeypatch.setattr(attempt.Attempt, "settle", defective)
    with pytest.raises(FireUnconfirmed, match="a bug in lbgen: TypeError"):
        await asyncio.wait_for(bus.notes.noted.fire_async(number=1), 10)
    assert "a defect" in caplog.text
    await asyncio.wait_for(bus.notes.noted.fire_async(number=2), 10)
    await bus.close_async()


async def test_closing_waits_for_what_is_being_fired(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    tasks = [asyncio.create_task(bus.notes.noted.fire_async(number=n)) for n in range(20)]
    await asyncio.sleep(0)
    await bus.close_async()
    assert sorted(await asyncio.gather(*tasks)) == sorted(ids_in_stream(server))
    await bus.notes.noted.fire_async(number=21)
    await bus.close_async()
    assert server.client.xlen(STREAM) == 21


def test_a_forked_process_fires_over_a_connection_of_its_own(server: Server) -> None:
    script = """
    bus = Bus()
    bus.notes.noted.fire(number=1)
    pid = os.fork()
    for number in range(200):
        bus.notes.noted.fire(number=number)
    if pid:
        assert os.waitpid(pid, 0)[1] == 0
        print("parent", flush=True)
    else:
        os._exit(0)
    """
    with Process(script, LBGEN_REDIS_URL=server.url) as process:
        status, out, errors = process.end()
    assert (status, out.strip(), errors) == (0, "parent", "")
    assert len(set(ids_in_stream(server))) == 401


async def test_events_fired_together_are_all_validated_before_the_first_is_written(
    server: Server,
) -> None:
    bus = Bus(redis_url=server.url)
    with pytest.raises(lbgen_runtime.InvalidParameters):
        bus.notes.noted.fire_many([note(1), note(-1)])
    assert server.client.xlen(STREAM) == 0
    fired = bus.notes.noted.fire_many(note(number) for number in range(1000))
    assert ids_in_stream(server) == list(fired.confirmed) == list(fired.event_ids)
    fired = await bus.notes.noted.fire_many_async([note(1), note(2)])
    assert ids_in_stream(server)[1000:] == list(fired.confirmed)
    fired.raise_for_errors()
    await bus.close_async()


async def test_no_events_are_fired_at_once_and_the_bus_goes_on(server: Server) -> None:
    bus = Bus(redis_url=server.url, fire_deadline=2)
    assert (await bus.notes.noted.fire_many_async([])).event_ids == ()
    assert bus.notes.noted.fire_many([]).event_ids == ()
    assert await asyncio.to_thread(bus.notes.noted.fire, number=1)
    assert await bus.notes.noted.fire_async(number=2)
    await bus.close_async()


@pytest.mark.parametrize("event_id", ["", 17, uuid.UUID(int=1)])
def test_an_id_is_a_text_and_an_event_is_one_of_its_class(server: Server, event_id: Any) -> None:
    bus = Bus(redis_url=server.url)
    with pytest.raises(TypeError, match="event_id must be a string"):
        bus.notes.noted.fire_event(Noted(number=1), event_id=event_id)
    others: tuple[Any, ...] = (Erased(number=1), {"number": 1}, None)
    for other in others:
        with pytest.raises(TypeError, match=r"notes\.noted needs an event of type Noted"):
            bus.notes.noted.fire_event(other)
    assert server.client.xlen(STREAM) == 0


def test_a_full_stream_refuses_or_drops_as_its_user_said(server: Server) -> None:
    server.client.xgroup_create(STREAM, "library-slow", "$", mkstream=True)
    refusing = Bus(redis_url=server.url, max_stream_length=10)
    fired = refusing.notes.noted.fire_many(note(number) for number in range(15))
    assert len(fired.confirmed) == 10
    assert all(isinstance(error, BusFull) for error in fired.errors.values())
    assert sorted(fired.errors) == list(range(10, 15))
    with pytest.raises(BusFull, match="10 events"):
        refusing.notes.noted.fire(number=15)
    server.client.xreadgroup("library-slow", "c", {STREAM: ">"}, count=4, noack=True)
    assert refusing.notes.noted.fire(number=16), "what every group has acknowledged makes room"
    server.client.xreadgroup("library-slow", "c", {STREAM: ">"}, count=10, noack=True)
    server.client.hset("{" + STREAM + "}:groups", "library-gone", "library")
    assert refusing.notes.noted.fire_many(note(number) for number in range(10)).errors
    assert server.client.xlen(STREAM) == 10, "nothing was trimmed for a group that is missing"
    server.client.hdel("{" + STREAM + "}:groups", "library-gone")
    assert refusing.notes.noted.fire(number=17), "no group is missing any more"
    dropping = Bus(redis_url=server.url, max_stream_length=10, on_full="drop_oldest")
    for number in range(20):
        dropping.notes.noted.fire(number=number)
    assert server.client.xlen(STREAM) == 10
    assert int(server.client.get("{" + STREAM + "}:dropped")) > 0
    refusing.close()
    dropping.close()


@pytest.mark.parametrize("gone", [False, True])
def test_a_full_stream_names_the_group_that_holds_it(server: Server, gone: bool) -> None:
    bus = Bus(redis_url=server.url, retention="forever", max_stream_length=10)
    server.client.xgroup_create(STREAM, "library-fast", "$", mkstream=True)
    if gone:
        server.client.hset("{" + STREAM + "}:groups", "library-slow", "library")
    else:
        server.client.xgroup_create(STREAM, "library-slow", "$")
    bus.notes.noted.fire_many(note(number) for number in range(10))
    server.client.xreadgroup("library-fast", "c", {STREAM: ">"}, count=10, noack=True)
    with pytest.raises(BusFull, match="10 events that consumer group library-slow has not"):
        bus.notes.noted.fire(number=10)
    bus.close()


def test_a_batch_that_no_stream_has_room_for_is_no_fault_of_a_group(server: Server) -> None:
    bus = Bus(redis_url=server.url, max_stream_length=10)
    server.client.xgroup_create(STREAM, "library-fast", "$", mkstream=True)
    fired = bus.notes.noted.fire_many(note(number) for number in range(15))
    assert "not every listener has handled" in str(fired.errors[14])
    bus.close()


async def test_fire_works_in_one_event_loop_after_another(server: Server) -> None:
    bus = Bus(redis_url=server.url)

    def one_loop() -> None:
        asyncio.run(bus.notes.noted.fire_async(number=1))

    for _ in range(3):
        await asyncio.to_thread(one_loop)
    await until(lambda: server.client.xlen(STREAM) == 3)


@pytest.mark.parametrize(
    ("tidy", "uv"),  # uvloop itself warns where a loop is closed that is not tidied up
    [(True, False), (True, True), (False, False)],
    ids=["run asyncio", "run uvloop", "close asyncio"],
)
def test_an_event_loop_that_was_closed_is_let_go_with_its_connection(
    server: Server, tidy: bool, uv: bool
) -> None:
    new_loop: Any = pytest.importorskip("uvloop").new_event_loop if uv else asyncio.new_event_loop
    bus, name = Bus(redis_url=server.url, process_name="p1"), "lbgen::p1"
    loops: list[weakref.ref[Any]] = []

    def fire() -> None:
        if tidy:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                loops.append(weakref.ref(runner.get_loop()))
                runner.run(bus.notes.noted.fire_async(number=1))
        else:
            loop = new_loop()
            loops.append(weakref.ref(loop))
            loop.run_until_complete(bus.notes.noted.fire_async(number=1))
            loop.close()

    def connections() -> int:
        return [each["name"] for each in server.client.client_list()].count(name)

    for _ in range(5):
        fire()
    asyncio.run(bus.notes.noted.fire_async(number=1))  # what is left is let go when more is fired
    gc.collect()
    assert [loop() for loop in loops] == [None] * 5
    servers.wait_for(lambda: connections() == 0)


def test_what_is_fired_when_a_connection_was_reset_while_idle_arrives_once(
    server: Server, proxy: Proxy
) -> None:
    bus: Any = Bus(redis_url=proxy.url)
    bus.notes.noted.fire(number=1)
    proxy.reset()
    event_id = bus.notes.noted.fire(number=2)
    assert ids_in_stream(server)[1:] == [event_id]
    bus.close()


@pytest.mark.parametrize("edge", ["sync", "async"])
def test_an_idle_connection_that_was_dropped_on_its_way_is_noticed_before_an_event_is_sent(
    server: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, edge: str
) -> None:
    """What is sent over it would be swallowed, and the event would have to be looked for."""
    monkeypatch.setattr(sync_connection, "IDLE", 0.0)
    monkeypatch.setattr(async_connection, "IDLE", 0.0)
    server.client.config_resetstat()
    bus = Bus(redis_url=proxy.url, retention="forever")  # a trim is a script

    async def fire_async() -> None:
        await bus.notes.noted.fire_async(number=1)
        drop()
        await bus.notes.noted.fire_async(number=2)
        await bus.close_async()

    def drop() -> None:
        proxy.mode = "blackhole"
        threading.Timer(0.3, setattr, (proxy, "mode", "pass")).start()  # for new ones

    if edge == "sync":
        bus.notes.noted.fire(number=1)
        drop()
        bus.notes.noted.fire(number=2)
    else:
        asyncio.run(fire_async())
    bus.close()
    assert server.client.xlen(STREAM) == 2
    statistics = server.client.info("commandstats")
    assert not {"cmdstat_evalsha", "cmdstat_eval", "cmdstat_client|kill"} & set(statistics)


@pytest.mark.parametrize("trimming", ["retention", "drop_oldest"])
def test_what_may_have_been_trimmed_since_it_was_written_is_not_written_again(
    server: Server, proxy: Proxy, trimming: str
) -> None:
    """Handled, acknowledged and trimmed before its fire has learnt that it was written."""
    server.client.xgroup_create(STREAM, "library-shelf", "$", mkstream=True)
    drop: dict[str, Any] = {"max_stream_length": 100, "on_full": "drop_oldest"}
    options = drop if trimming == "drop_oldest" else {"retention": 0, "trim_interval": 0.01}
    bus = Bus(redis_url=proxy.url, **(drop if trimming == "drop_oldest" else {}))
    other = Bus(redis_url=server.url, **options)
    bus.notes.noted.fire(number=1)

    def handle_and_trim() -> None:
        swallowed = proxy.swallowed
        servers.wait_for(lambda: proxy.swallowed > swallowed)
        lost = server.client.xrevrange(STREAM, count=1)[0][0]

        def gone() -> bool:
            other.notes.noted.fire_many(note(number) for number in range(200))
            server.client.xreadgroup("library-shelf", "c", {STREAM: ">"}, count=10_000, noack=True)
            return not server.client.xrange(STREAM, lost, lost)

        servers.wait_for(gone)
        proxy.mode = "pass"
        proxy.reset()

    proxy.mode = "drop_replies"
    helper = threading.Thread(target=handle_and_trim)
    helper.start()
    with pytest.raises(FireUnconfirmed, match="was trimmed after the first attempt") as raised:
        bus.notes.noted.fire(number=2)
    helper.join()
    assert raised.value.event_id not in ids_in_stream(server)
    assert raised.value.fire_again() in ids_in_stream(server), "that is for the caller to decide"
    for each in (bus, other):
        each.close()


def test_an_event_with_more_parameters_than_an_entry_can_have_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wide = {f"p{number}": b"1" for number in range(3_501)}
    monkeypatch.setattr(lbgen_runtime.EventContract, "encode", lambda self, event: wide)
    with pytest.raises(EventTooLarge, match="3,501 parameters; the limit is 3,500"):
        Bus(redis_url="redis://127.0.0.1:1/0").notes.noted.fire(number=1)
