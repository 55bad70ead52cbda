"""P1: events that are fired again under their id, one or many, on streams of any length."""

from __future__ import annotations

import asyncio
import collections
import itertools
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime import BusFull, FireRejected, FireUnconfirmed, ServerUnreachable
from lbgen_runtime.wire import scripts
from lbgen_runtime.wire.entry import new_event_id
from tests.delivery.notes import Bus, Noted
from tests.support import servers
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Server

STREAM = "notes.*:stream"
KEYS = [
    STREAM,
    *("{" + STREAM + "}:" + name for name in ("barrier", "dropped", "trimmed", "groups")),
]


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


def ids_in_stream(server: Server) -> list[str]:
    return [fields[b"id"].decode() for _, fields in server.client.xrange(STREAM)]


def fill(server: Server, count: int) -> None:
    """Entries of others, of this moment."""
    for at in range(0, count, 1000):
        pipeline = server.client.pipeline(transaction=False)
        for number in range(at, min(at + 1000, count)):
            pipeline.xadd(STREAM, {"id": f"other-{number}", ":number": number})
        pipeline.execute()


def run(server: Server, script: scripts.Script, keys: list[str], *arguments: Any) -> Any:
    return server.client.eval(script.source.decode(), len(keys), *keys, *arguments)


def aged(seconds: float) -> str:
    """An id that `fire` made so long ago."""
    made = f"{int((time.time() - seconds) * 1000):012x}"
    return made[:8] + "-" + made[8:] + new_event_id()[13:]


# What one step does is bounded. D5


def test_no_step_looks_through_more_than_a_page(server: Server) -> None:
    fill(server, 40_000)
    first = server.client.xrange(STREAM, count=1)[0][0]
    shown = run(server, scripts.LOOK, [STREAM], "0-0", "+", "other-0", "other-39999")
    assert shown[1] == 0, "the end of the stream is not reached"
    assert shown[2:] == [b"other-0", first]
    looked_at = server.client.xrange(STREAM, "-", shown[0])
    assert 16 <= len(looked_at) < 20_000
    outcome = run(server, scripts.FIRE, KEYS, 0, 0, 0, 0, "new", "", "0-0", "", 2, "id", "new")
    assert outcome == [b"MORE"]
    assert server.client.xlen(STREAM) == 40_000, "nothing is written before the rest was looked at"
    last = server.client.xrevrange(STREAM, count=1)[0][0]
    run(server, scripts.FIRE, KEYS, 0, 0, 0, 0, "new", "", last, "", 2, "id", "new")
    assert server.client.xlen(STREAM) == 40_001


@pytest.mark.parametrize("since_then", ["kept", "lost", "trimmed"])
def test_what_was_seen_is_written_again_only_where_it_was_lost(
    server: Server, since_then: str
) -> None:
    """A server that takes over may not have it; what was trimmed was handled."""
    seen = server.client.xadd(STREAM, {"id": "x"})
    server.client.xadd(STREAM, {"id": "later"})
    if since_then != "kept":
        server.client.xdel(STREAM, seen)
    if since_then == "trimmed":
        server.client.set(KEYS[3], server.client.xinfo_stream(STREAM)["last-generated-id"])
    [outcome] = run(server, scripts.FIRE, KEYS, 0, 0, 0, 0, "x", seen, "", "", 2, "id", "x")
    assert (outcome == seen) is (since_then != "lost")
    assert ids_in_stream(server).count("x") == (since_then != "trimmed")


@pytest.mark.parametrize("how", ["bytes", "fields"])
def test_a_page_of_large_entries_has_few(server: Server, how: str) -> None:
    entry: dict[str, Any] = {"text": "x" * 500_000}
    if how == "fields":
        entry = {f":p{number}": "1" for number in range(3000)}
    for number in range(100):
        server.client.xadd(STREAM, {"id": f"other-{number}", **entry})
    shown = run(server, scripts.LOOK, [STREAM], "0-0", "+", "other-99")
    assert len(server.client.xrange(STREAM, "-", shown[0])) <= 32


@pytest.mark.parametrize(("count", "text", "steps"), [(250, "", 3), (10, "x" * 300_000, 4)])
def test_events_that_a_script_writes_are_written_in_steps(
    server: Server, count: int, text: str, steps: int
) -> None:
    bus = Bus(redis_url=server.url, max_stream_length=1000)
    bus.notes.noted.fire(number=0)
    server.client.config_resetstat()
    bus.notes.noted.fire_many(Noted(number=number, text=text) for number in range(count))
    assert server.client.info("commandstats")["cmdstat_evalsha"]["calls"] == steps
    numbers = [int(fields[b":number"]) for _, fields in server.client.xrange(STREAM)]
    assert numbers == [0, *range(count)], "in their order"
    bus.close()


def test_a_full_stream_is_cut_in_steps(server: Server) -> None:
    fill(server, 30_000)
    bus = Bus(redis_url=server.url, max_stream_length=10, on_full="drop_oldest")
    lengths = [30_000]
    while lengths[-1] > 10:
        bus.notes.noted.fire(number=1)
        lengths.append(server.client.xlen(STREAM))
    dropped = [before - after for before, after in itertools.pairwise(lengths)]
    assert max(dropped) <= 10_100
    assert int(server.client.get("{" + STREAM + "}:dropped")) == 30_000 + len(dropped) - 10
    bus.close()


# Many events, and what is known of each.


def test_a_thousand_events_that_may_be_in_a_long_stream_are_each_in_it_once(
    server: Server, proxy: Proxy
) -> None:  # D5
    """Half of them are; one look goes through the stream for all, although each is fired alone."""
    bus = Bus(redis_url=proxy.url, fire_deadline=0.5)
    errors: list[Any] = []
    for mode in ("drop_replies", "blackhole"):
        bus.notes.noted.fire(number=0)
        proxy.mode = mode
        fired = bus.notes.noted.fire_many(Noted(number=number) for number in range(500))
        assert len(fired.errors) == 500
        errors += fired.errors.values()
        proxy.mode = "pass"
        proxy.reset()
        fill(server, 10_000)
    assert all(isinstance(error, FireUnconfirmed) for error in errors)
    server.client.config_resetstat()
    for error in errors:
        assert error.fire_again() == error.event_id
    looked_at = 16 * server.client.info("commandstats")["cmdstat_xrange"]["calls"]
    assert looked_at < 3 * 20_000 + 100 * 1000, "the stream is gone through once, not 1,000 times"
    there = collections.Counter(ids_in_stream(server))
    assert {there[error.event_id] for error in errors} == {1}
    assert there.total() == 21_002
    bus.close()


def test_what_was_looked_through_before_a_deadline_is_not_looked_through_again(
    server: Server, proxy: Proxy
) -> None:
    bus = Bus(redis_url=proxy.url, fire_deadline=0.05)
    bus.notes.noted.fire(number=0)
    proxy.mode = "drop_replies"
    with pytest.raises(FireUnconfirmed) as raised:
        bus.notes.noted.fire(number=1)
    fill(server, 30_000)
    proxy.mode = "pass"
    proxy.reset()

    def fired_again() -> bool:
        try:
            return bool(raised.value.fire_again())
        except FireUnconfirmed:
            return False

    servers.wait_for(fired_again, 60)
    assert ids_in_stream(server).count(raised.value.event_id) == 1
    bus.close()


@pytest.mark.parametrize("there", [True, False])
def test_an_id_of_another_process_is_in_the_stream_once(server: Server, there: bool) -> None:
    first, second = Bus(redis_url=server.url), Bus(redis_url=server.url)
    fill(server, 3000)
    event_id = first.notes.noted.fire(number=1) if there else new_event_id()
    fill(server, 3000)
    for _ in range(2):
        for bus in (second, first):
            assert bus.notes.noted.fire_event(Noted(number=1), event_id=event_id) == event_id
    assert ids_in_stream(server).count(event_id) == 1
    for bus in (first, second):
        bus.close()


def test_an_event_that_was_fired_again_late_is_found_by_another_process(server: Server) -> None:
    """Long after its id was made, where nobody would look for it."""
    event_id = aged(3600)
    for _ in range(2):
        bus = Bus(redis_url=server.url)
        bus.notes.noted.fire_event(Noted(number=1), event_id=event_id)
        bus.close()
    assert ids_in_stream(server) == [event_id]


def test_how_long_ago_an_event_was_fired_does_not_make_the_look_longer(server: Server) -> None:
    """The id's own time bounds the look at both ends."""
    fill(server, 10_000)
    bus = Bus(redis_url=server.url)
    server.client.config_resetstat()
    bus.notes.noted.fire_event(Noted(number=1), event_id=aged(3600))
    calls = server.client.info("commandstats").get("cmdstat_xrange", {"calls": 0})["calls"]
    assert calls < 10
    bus.close()


@pytest.mark.parametrize("again", ["sync", "async"])
async def test_an_unconfirmed_write_is_never_executed_after_its_repetition_whoever_repeats_it(
    server: Server, proxy: Proxy, again: str
) -> None:
    """The connection that may still carry it is ended from sync and from async code."""
    bus = Bus(redis_url=proxy.url, fire_deadline=0.5)
    await bus.notes.noted.fire_async(number=1)
    await asyncio.to_thread(bus.notes.noted.fire, number=1)
    proxy.mode = "hold"
    noted = bus.notes.noted
    fire = noted.fire_async(number=2)
    if again == "async":
        fire.close()
        fire = asyncio.to_thread(noted.fire, number=2)
    with pytest.raises(FireUnconfirmed) as raised:
        await fire
    proxy.mode = "pass"
    if again == "async":
        await raised.value.fire_again_async()
    else:
        await asyncio.to_thread(raised.value.fire_again)
    assert proxy.held
    await asyncio.to_thread(proxy.release)
    await bus.notes.noted.fire_async(number=3)
    assert ids_in_stream(server).count(raised.value.event_id) == 1
    assert len(ids_in_stream(server)) == 4
    await bus.close_async()


# What the server has refused is not on the bus, and is not said to be perhaps.


def test_what_was_refused_for_lack_of_memory_is_refused_again(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    server.client.config_set("maxmemory", "1")
    try:
        with pytest.raises(FireRejected, match="OOM") as first:
            bus.notes.noted.fire(number=1)
        with pytest.raises(FireRejected, match="OOM") as second:
            first.value.fire_again()
        with pytest.raises(FireRejected, match="OOM"):
            asyncio.run(second.value.fire_again_async())
        with pytest.raises(FireRejected, match="OOM"):
            bus.notes.noted.fire_event(Noted(number=1), event_id=first.value.event_id)
        with pytest.raises(FireRejected, match="OOM"):
            bus.notes.noted.fire_event(Noted(number=1), event_id=str(uuid.uuid4()))
    finally:
        server.client.config_set("maxmemory", "0")
    assert second.value.fire_again() == second.value.event_id
    assert ids_in_stream(server) == [second.value.event_id]
    bus.close()


@pytest.mark.parametrize("written", [True, False])
def test_lack_of_memory_leaves_no_doubt_about_an_event_whose_reply_was_lost(
    server: Server, proxy: Proxy, written: bool
) -> None:
    bus = Bus(redis_url=proxy.url, fire_deadline=0.5)
    bus.notes.noted.fire(number=0)
    proxy.mode = "drop_replies" if written else "blackhole"
    with pytest.raises(FireUnconfirmed) as raised:
        bus.notes.noted.fire(number=1)
    proxy.mode = "pass"
    proxy.reset()
    server.client.config_set("maxmemory", "1")
    try:
        if written:
            assert raised.value.fire_again() == raised.value.event_id
        else:
            with pytest.raises(FireRejected, match="OOM"):
                raised.value.fire_again()
    finally:
        server.client.config_set("maxmemory", "0")
    assert raised.value.fire_again() == raised.value.event_id
    assert ids_in_stream(server)[1:] == [raised.value.event_id]
    bus.close()


def test_what_found_no_room_or_no_server_is_not_perhaps_there_when_it_is_fired_again(
    server: Server, proxy: Proxy
) -> None:
    server.client.xgroup_create(STREAM, "library-slow", "$", mkstream=True)
    bus = Bus(redis_url=server.url, max_stream_length=1)
    bus.notes.noted.fire(number=0)
    with pytest.raises(BusFull) as full:
        bus.notes.noted.fire(number=1)
    with pytest.raises(BusFull):
        full.value.fire_again()
    bus.close()
    bus = Bus(redis_url=f"redis://127.0.0.1:{servers.free_port()}/0", fire_deadline=0.2)
    with pytest.raises(ServerUnreachable) as away:
        bus.notes.noted.fire(number=1)
    with pytest.raises(ServerUnreachable):
        away.value.fire_again()
