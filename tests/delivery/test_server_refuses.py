"""What the server refuses for a while: nothing is lost, and the log is short."""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
from typing import TYPE_CHECKING, Any

from lbgen_runtime.wire.answers import RELEASED
from lbgen_runtime.wire.repeats import Repeats
from lbgen_runtime.wire.scripts import RELEASE
from lbgen_runtime.wire.trimming import Trims
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted

if TYPE_CHECKING:
    import pytest

    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
DEAD = "{" + STREAM + "}:dead:" + GROUP
QUICK: dict[str, Any] = {
    "service_name": "library",
    "acknowledgement_timeout": 0.6,
    "reclaim_interval": 0.1,
    "retry_delay": 0.01,
    "max_retry_delay": 0.01,
    "max_deliveries": 2,
}


async def test_many_events_that_the_server_refuses_are_one_line(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.client.config_resetstat()
    bus, failed = Bus(redis_url=server.url, **QUICK, concurrency=50), 0

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        nonlocal failed
        failed += 1
        if failed == 200:
            server.client.config_set("maxmemory", "1")
        raise RuntimeError("downstream is down")

    async with running(bus):
        try:
            await bus.notes.noted.fire_many_async([Noted(number=number) for number in range(200)])
            await until(lambda: _refusals(server) > 400, 30)
            lines = caplog.text.count("the server refused the command (OOM")
        finally:
            server.client.config_set("maxmemory", "0")
        await until(lambda: server.client.xlen(DEAD) == 200, 30)
    assert lines == caplog.text.count("the server refused the command (OOM") == 1


def _refusals(server: Server) -> int:
    return server.client.info("errorstats").get("errorstat_OOM", {"count": 0})["count"]


async def test_what_cannot_become_a_dead_letter_is_not_run_again_and_the_log_says_why(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.client.set(DEAD, "no stream")
    bus, runs = Bus(redis_url=server.url, **QUICK), list[int]()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        runs.append(event.number)
        if event.number == 0:
            raise RuntimeError("downstream is down")

    def renewed() -> bool:
        """Whether the event is held for longer than another process would have left it."""
        [entry] = server.client.xpending_range(STREAM, GROUP, "-", "+", 10)
        return entry["time_since_delivered"] < 600

    async with running(bus):
        await bus.notes.noted.fire_async(number=0)
        await until(lambda: "is not a stream; rename or delete the key" in caplog.text)
        for number in range(1, 4):  # others go on, longer than the timeout
            await bus.notes.noted.fire_async(number=number)
            sweeps = _calls(server)
            await until(lambda: number in runs and _calls(server) > sweeps + 5)  # noqa: B023
            assert renewed()
        assert runs == [0, 0, 1, 2, 3]
        server.client.delete(DEAD)
        await until(lambda: server.client.xlen(DEAD) == 1)
    assert caplog.text.count("is not a stream") == 1
    assert runs == [0, 0, 1, 2, 3]


def _calls(server: Server) -> int:
    """How often a process has looked whether its group is the one that it knows."""
    return server.client.info("commandstats").get("cmdstat_hget", {"calls": 0})["calls"]


def test_a_line_that_repeats_itself_is_written_with_how_often_it_was_left_out(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("lbgen_runtime.wire.repeats.time.monotonic", lambda: now)
    repeats = Repeats(60)
    with caplog.at_level(logging.WARNING, "lbgen"):
        for now in (0.0, 1.0, 59.0, 61.0, 200.0):  # noqa: B007
            repeats.log(logging.WARNING, ("a",), "%s is refused", "it")
        repeats.log(logging.WARNING, ("b",), "something else")
    assert caplog.messages == [
        "it is refused",
        "it is refused (repeated 2 more times since the last log line)",
        "it is refused",
        "something else",
    ]


def test_a_backlog_is_trimmed_in_steps_one_after_the_other(server: Server) -> None:
    for at in range(0, 30_000, 1000):
        pipeline = server.client.pipeline(transaction=False)
        for number in range(1000):
            pipeline.xadd(STREAM, {"number": at + number})
        pipeline.execute()
    trims, lengths = Trims("10 events"), [30_000]
    while True:
        reply = server.client.execute_command(*trims.request(STREAM.encode()).command)
        lengths.append(server.client.xlen(STREAM))
        if not trims.trimmed(STREAM.encode(), reply):
            break
        assert trims.due([STREAM.encode()]), "the next event that is fired trims on"
    assert lengths[-1] <= 110
    removed = [before - after for before, after in itertools.pairwise(lengths)]
    assert max(removed) <= 10_000


async def test_what_a_process_gives_back_is_given_back_in_steps(server: Server) -> None:  # D5
    never = asyncio.Event()
    bus = Bus(redis_url=server.url, service_name="library")

    @bus.notes.noted.listen(listener_name="shelf", concurrency=1200, read_ahead=1200, grace=0)
    async def shelf(event: Noted) -> None:
        await never.wait()

    async with running(bus):
        await bus.notes.noted.fire_many_async([Noted(number=number) for number in range(1200)])
        await until(lambda: server.client.xpending(STREAM, GROUP)["pending"] == 1200)
        server.client.config_set("slowlog-max-len", 10_000)
        server.client.config_set("slowlog-log-slower-than", 0)
    server.client.config_set("slowlog-log-slower-than", 10_000)
    released = server.client.xpending_range(STREAM, GROUP, "-", "+", 2000)
    assert {each["times_delivered"] for each in released} == {1}
    assert all(each["time_since_delivered"] >= RELEASED for each in released)
    steps = [
        each["command"].decode()
        for each in server.client.slowlog_get(10_000)
        if RELEASE.digest in each["command"]
    ]
    assert len(steps) >= 3
    for step in steps:
        assert int(re.findall(r"\((\d+) more arguments\)", step)[0]) <= 1000
