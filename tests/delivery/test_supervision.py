"""No task and no thread of a worker ends unnoticed: the worker goes on without harm, or stops."""

from __future__ import annotations

import ast
import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen_runtime import DuplicateListenerName, DuplicateProcessName, WorkerFailed
from lbgen_runtime.listen import commands
from lbgen_runtime.listen.acknowledgements import Acknowledger
from lbgen_runtime.listen.consumer import Consumer
from lbgen_runtime.listen.heartbeat import Heartbeat
from lbgen_runtime.listen.pending import PendingEntries
from lbgen_runtime.listen.reader import Reader
from lbgen_runtime.listen.renewals import Renewals
from lbgen_runtime.listen.replays import Replays
from lbgen_runtime.listen.retries import Retries
from lbgen_runtime.listen.suspects import Suspects
from lbgen_runtime.listen.upkeep import Sweep, Upkeep
from lbgen_runtime.wire.keys import lease_key, registered_key
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from lbgen_runtime import Delivery
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
REPLAYS = "{notes.*:stream}:replay:library-shelf"


def bus_of(server: Server, **options: Any) -> Bus:
    quick = {"acknowledgement_timeout": 0.6, "reclaim_interval": 0.1, "retry_delay": 0.05}
    return Bus(**{"service_name": "library", "redis_url": server.url, **quick, **options})


async def listening(bus: Bus) -> asyncio.Task[None]:
    task = asyncio.create_task(bus.run_async())
    core = bus.__lbgen__
    await until(lambda: task.done() or (core.worker is not None and core.worker.listening))
    return task


@pytest.mark.parametrize("busy", [False, True])
async def test_a_worker_whose_group_s_name_another_service_takes_stops_and_says_so(
    server: Server, busy: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """D9: the server lost its state, and the other service registered first."""
    # Where its handler is busy the reader asks nothing, and the sweep finds out; else the reader.
    bus = bus_of(server, service_name="mail", reclaim_interval=0.1 if busy else 60)
    go_on, began = asyncio.Event(), asyncio.Event()

    @bus.notes.noted.listen(listener_name="eu-send", read_ahead=1, grace=0.1)
    async def send(event: Noted) -> None:
        began.set()
        if busy:
            await go_on.wait()

    task = await listening(bus)
    for _ in range(3):
        await bus.notes.noted.fire_async(number=1)
    await began.wait()
    with server.client.pipeline(transaction=True) as at_once:
        at_once.flushall()
        at_once.hset(registered_key(STREAM.encode()).decode(), "mail-eu-send", "mail-eu")
        at_once.execute()
    with pytest.raises(DuplicateListenerName, match="'mail-eu' already has a consumer group"):
        await asyncio.wait_for(task, 20)
    assert "stopping: " in caplog.text
    await bus.close_async()


class Defect(Exception):
    """Of lbgen's own code."""


class Worse(BaseException):
    """What `except Exception` misses."""


def _raises(error: BaseException) -> Callable[..., Any]:
    def function(*arguments: Any, **options: Any) -> Any:
        raise error

    return function


def _raises_later(error: BaseException) -> Callable[..., Any]:
    async def function(*arguments: Any, **options: Any) -> None:
        raise error

    return function


async def _returns(*arguments: Any, **options: Any) -> None:
    return


DEFECTS: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "the reader fails": (Reader, "_read", _raises_later(Worse()), "failed: reader of"),
    "the reader returns": (Reader, "_read", _returns, "returned: reader of"),
    "the commands fail": (commands._Line, "_answer", _raises(Defect()), "failed: commands"),
    "the sweep fails": (Sweep, "_run", _raises_later(Defect()), "failed: sweep"),
    "the upkeep returns": (Upkeep, "_run", _returns, "returned: upkeep"),
    "the heartbeat fails": (Heartbeat, "_beat", _raises(Worse()), "failed: heartbeat"),
    "a handler's end fails": (Consumer, "_finished", _raises(Defect()), "failed: "),
    "acknowledgements fail": (
        *(Acknowledger, "_send_until_taken", _raises_later(Defect())),
        "failed: acknowledgements",
    ),
    "the timer of acknowledgements fails": (Acknowledger, "_send", _raises(Defect()), "failed: "),
    "a retry fails": (Retries, "_deliver", _raises_later(Defect()), "failed: retries of"),
    "reading fails": (Consumer, "received", _raises(Defect()), "failed: reader of"),
    "a look of the sweep fails": (Consumer, "reclaim", _raises_later(Defect()), "failed: sweep"),
    "a round of the upkeep fails": (Upkeep, "_once", _raises_later(Defect()), "failed: upkeep"),
    "a renewal fails": (Renewals, "_renew", _raises(Defect()), "failed: heartbeat"),
    "recovery fails": (PendingEntries, "take", _raises_later(Defect()), "failed: recovery of"),
    "a suspect fails": (Suspects, "_run_alone", _raises_later(Defect()), "failed: suspects of"),
    "replays fail": (Replays, "_read", _raises_later(Defect()), "failed: replays of"),
}


@pytest.mark.parametrize("shape", ["async", "sync"])
@pytest.mark.parametrize("defect", DEFECTS)
async def test_a_worker_stops_with_the_reason_when(
    server: Server,
    defect: str,
    shape: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """D9."""
    owner, name, planted, words = DEFECTS[defect]
    monkeypatch.setattr(owner, name, planted)
    bus = bus_of(server, trim_interval=0.1, concurrency=2)

    def handle(event: Noted) -> None:
        if defect == "a retry fails":
            raise RuntimeError("so it comes to a retry")

    async def ahandle(event: Noted) -> None:
        handle(event)

    handler: Any = {"sync": handle, "async": ahandle}[shape]
    bus.notes.noted.listen(handler, listener_name="shelf")
    server.client.xgroup_create(STREAM, GROUP, "0", mkstream=True)
    await bus.notes.noted.fire_async(number=1)
    if defect in ("recovery fails", "a suspect fails"):  # a process that has ended got it
        [(_, [(entry_id, _)])] = server.client.xreadgroup(GROUP, "dead", {STREAM: ">"})
        count = 3 if defect == "a suspect fails" else 1
        claim = {"idle": 10_000, "retrycount": count, "justid": True}
        server.client.xclaim(STREAM, GROUP, "dead", 0, [entry_id], **claim)
    if defect == "replays fail":
        server.client.xgroup_create(REPLAYS, GROUP, "0", mkstream=True)
    with pytest.raises(WorkerFailed, match=words) as raised:
        await asyncio.wait_for(bus.run_async(), 20)
    if "fail" in defect:
        assert isinstance(raised.value.__cause__, Defect | Worse)
    assert words in caplog.text
    assert bus.__lbgen__.worker is None
    await bus.close_async()
    left = [task.get_name() for task in asyncio.all_tasks()]
    assert [name for name in left if name.startswith("lbgen")] == []


async def test_a_worker_stops_when_somebody_cancels_every_task_of_the_event_loop(
    server: Server,
) -> None:
    """D9: as some frameworks do, and not the one that awaits the worker."""
    bus = bus_of(server)

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None: ...

    task = await listening(bus)
    for other in asyncio.all_tasks() - {task, asyncio.current_task()}:
        other.cancel()
    with pytest.raises(WorkerFailed, match="was cancelled: "):
        await asyncio.wait_for(task, 20)
    await bus.close_async()


async def test_a_process_whose_name_another_has_taken_tells_its_handlers_and_stops(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1, D9: it stood still for longer than its lease; what it held is the other's now."""
    monkeypatch.setattr("lbgen_runtime.listen.heartbeat._LEASE", 0.6)
    bus, cancelled = bus_of(server, process_name="one"), asyncio.Event()
    deliveries: list[Delivery] = []

    @bus.notes.noted.listen(listener_name="shelf", acknowledgement_timeout=60, grace=60)
    async def shelf(event: Noted, delivery: Delivery) -> None:
        deliveries.append(delivery)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()  # and it returns

    task = await listening(bus)
    await bus.notes.noted.fire_async(number=1)
    await until(lambda: deliveries)
    server.client.set(lease_key("library", "one").decode(), "another 1 127.0.0.1:1", px=60_000)
    with pytest.raises(DuplicateProcessName):
        await asyncio.wait_for(task, 20)
    assert cancelled.is_set()
    assert deliveries[0].lost
    [entry] = server.client.xpending_range(STREAM, GROUP, "-", "+", 10)
    assert entry["time_since_delivered"] < 60_000, "it is the other process's, and not handed back"
    await bus.close_async()


async def test_a_second_cancellation_ends_a_drain_and_leaves_nothing_behind(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bus, began = bus_of(server, acknowledgement_timeout=60), asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf", grace=60)
    async def shelf(event: Noted) -> None:
        began.set()
        await asyncio.sleep(60)

    task = await listening(bus)
    await bus.notes.noted.fire_async(number=1)
    await began.wait()
    lease = lease_key("library", bus.__lbgen__.process_name).decode()
    assert server.client.exists(lease)
    task.cancel()
    await until(lambda: bus.__lbgen__.worker is None or not bus.__lbgen__.worker.listening)
    task.cancel()
    await asyncio.wait([task], timeout=20)
    assert task.cancelled()
    await until(lambda: not server.client.exists(lease))
    await until(lambda: not [t for t in asyncio.all_tasks() if t.get_name().startswith("lbgen r")])
    assert len(server.client.xpending_range(STREAM, GROUP, "-", "+", 10)) == 1
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    await bus.close_async()


async def test_after_a_worker_has_stopped_its_bus_can_run_again(server: Server) -> None:
    bus, got = bus_of(server), list[int]()
    bus.notes.noted.listen(lambda event: got.append(event.number), listener_name="shelf")
    for number in range(3):
        async with running(bus):
            await bus.notes.noted.fire_async(number=number)
            await until(lambda number=number: got == list(range(number + 1)))


STARTERS = {"create_task", "ensure_future", "Thread", "to_thread", "run_in_executor", "call_later"}
ELSEWHERE = {
    "supervisor": "the one place",
    "lifetime": "the worker's own task, which `run` awaits",
    "worker": "waits for one of two things, in one call",
    "exit_watch": "watches the process, after the worker too",
    "daemon_thread": "a call that is awaited",
    "async_firer": "fires; who fires gets the error",
    "async_connection": "a timer that moves the timeout of an exchange, which ends it",
    "lightbus": "beside the worker; goes on after any error",
}


def test_every_task_and_thread_of_a_worker_is_started_where_its_end_is_noticed() -> None:
    """D9."""
    folder = Path(lbgen_runtime.__file__).parent
    for path in folder.rglob("*.py"):
        if path.stem in ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                name = getattr(called, "attr", getattr(called, "id", ""))
                supervised = "supervisor" in ast.unparse(called)
                assert name not in STARTERS or supervised, f"{path.name}:{node.lineno}: {name}"
