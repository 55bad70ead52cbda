"""P9: a process that was told to stop has left by `grace` and a bound, whatever runs in it.

What hangs here hangs for ten minutes; the tests give the processes much less.
"""

from __future__ import annotations

import signal
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime.listen.lifetime import EXIT_BOUND
from lbgen_runtime.wire.answers import RELEASED
from tests.delivery.notes import Bus
from tests.delivery.workers import Process
from tests.support import servers
from tests.support.proxy import Proxy

if TYPE_CHECKING:
    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"
GRACE = 0.3
PATIENCE = GRACE + EXIT_BOUND + 20
"""Seconds that a process gets here: a loaded machine takes its time to end one."""

HANDLERS = {
    "waits for a thread that hangs": """
        async def shelf(event):
            began(event)
            await asyncio.to_thread(time.sleep, 600)
    """,
    "swallows its cancellation": """
        async def shelf(event):
            began(event)
            while True:
                try: await asyncio.sleep(600)
                except asyncio.CancelledError: pass
    """,
    "fills the executor with threads that hang": """
        async def shelf(event):
            began(event)
            tasks = [asyncio.create_task(asyncio.to_thread(time.sleep, 600)) for _ in range(100)]
            await asyncio.wait(tasks)
    """,
    "leaves a task behind that swallows its cancellation": """
        async def on_and_on():
            while True:
                try: await asyncio.sleep(600)
                except asyncio.CancelledError: pass
        async def shelf(event):
            global task
            began(event)
            task = asyncio.create_task(on_and_on(), name="on and on")
    """,
    "is sync and hangs": """
        def shelf(event):
            began(event)
            time.sleep(600)
    """,
    "leaves a thread behind": """
        def shelf(event):
            began(event)
            threading.Thread(target=time.sleep, args=(600,), daemon=False).start()
    """,
    "blocks the event loop": """
        async def shelf(event):
            began(event)
            time.sleep(600)
    """,
    "swallows everything": """
        def shelf(event):
            began(event)
            while True:
                try: time.sleep(600)
                except BaseException: pass
    """,
}

BUS = """
import asyncio, logging, threading
logging.basicConfig(level="WARNING")
bus = Bus(service_name="library", acknowledgement_timeout=60, grace=float(os.environ["GRACE"]))
begun = threading.Event()
def began(event):
    begun.set()
    print("began", event.number, flush=True)
{handler}
bus.notes.noted.listen(shelf, listener_name="shelf", since="beginning")
"""
RUN = """
bus.run()
print("returned", flush=True)
"""


def script(handler: str, then: str = RUN) -> str:
    """A process with one listener, whose handler does that."""
    return BUS.format(handler=textwrap.dedent(HANDLERS[handler])) + then


def pending(server: Server) -> list[dict[str, Any]]:
    return server.client.xpending_range(STREAM, GROUP, "-", "+", 100)


@pytest.fixture
def fired(server: Server) -> Server:
    """A server that has one event."""
    bus = Bus(redis_url=server.url)
    bus.notes.noted.fire(number=1)
    bus.close()
    return server


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_process_leaves_in_time_although_its_handler(fired: Server, handler: str) -> None:
    with Process(script(handler), LBGEN_REDIS_URL=fired.url, GRACE=str(GRACE)) as worker:
        assert worker.line() == "began 1"
        worker.terminate()
        status, out, errors = worker.end(PATIENCE)
    if handler == "blocks the event loop":
        assert (status, out) == (128 + signal.SIGTERM, "")
        assert "handlers did not finish in time" in errors
    else:
        assert (status, out.strip()) == (0, "returned")
    assert "Traceback" not in errors
    if "leaves a" not in handler:
        [entry] = pending(fired)
        assert (entry["time_since_delivered"] >= RELEASED) is (status == 0)


@pytest.mark.parametrize(
    "handler", ["waits for a thread that hangs", "blocks the event loop", "is sync and hangs"]
)
def test_a_second_signal_ends_a_process_at_once_although_its_handler(
    fired: Server, handler: str
) -> None:
    with Process(script(handler), LBGEN_REDIS_URL=fired.url, GRACE="600") as worker:
        assert worker.line() == "began 1"
        worker.terminate()

        def interrupted() -> bool:  # of two signals in one moment the second may wait for a third
            worker.signal(signal.SIGINT)
            return not worker.alive

        servers.wait_for(interrupted, PATIENCE)
        status, out, errors = worker.end()
    second = status - 128
    assert second in (signal.SIGINT, signal.SIGTERM)  # of two in one moment either comes first
    assert out == ""
    assert f"{signal.Signals(second).name} again; exiting immediately" in errors
    assert len(pending(fired)) == 1


@pytest.mark.parametrize("handler", ["swallows its cancellation", "is sync and hangs"])
def test_a_process_leaves_in_time_although_the_server_is_gone_and_its_handler(
    fired: Server, handler: str
) -> None:
    proxy = Proxy(fired.port)
    with Process(script(handler), LBGEN_REDIS_URL=proxy.url, GRACE=str(GRACE)) as worker:
        assert worker.line() == "began 1"
        proxy.mode = "blackhole"
        worker.terminate()
        status, out, errors = worker.end(PATIENCE)
    proxy.close()
    assert (status, out.strip()) == (0, "returned")
    assert "did not accept the last" in errors
    assert "Traceback" not in errors
    assert len(pending(fired)) == 1


def test_a_process_that_never_reached_a_server_leaves_when_it_is_told_to(server: Server) -> None:
    proxy = Proxy(server.port)
    proxy.mode = "blackhole"
    text = script("is sync and hangs")
    with Process(text, LBGEN_REDIS_URL=proxy.url, GRACE="600") as worker:
        servers.wait_for(lambda: proxy.swallowed)
        worker.terminate()
        status, out, _ = worker.end(PATIENCE)
    proxy.close()
    assert (status, out.strip()) == (0, "returned")


@pytest.mark.parametrize("handler", ["waits for a thread that hangs", "leaves a thread behind"])
def test_a_process_whose_listener_fails_leaves_although_another_handler(
    fired: Server, handler: str
) -> None:
    fails = """
def fails(event):
    begun.wait()
    raise RuntimeError("no more")
bus.notes.noted.listen(fails, listener_name="fails", since="beginning", on_error="SHUTDOWN")
"""
    text = script(handler, fails + RUN)
    with Process(text, LBGEN_REDIS_URL=fired.url, GRACE=str(GRACE)) as worker:
        assert worker.line() == "began 1"
        status, out, errors = worker.end(PATIENCE)
    assert (status, out) == (1, "")
    assert "ListenerFailed" in errors


def test_what_a_program_does_after_its_bus_has_run_is_not_cut_short(fired: Server) -> None:
    """Not even where it has its first executor only then; what hangs in that is left behind."""
    then = f"""
time.sleep({GRACE + EXIT_BOUND + 1})
from concurrent.futures import ThreadPoolExecutor
ThreadPoolExecutor().submit(time.sleep, 600)
print("done", flush=True)
"""
    text = script("leaves a thread behind", RUN + then)
    with Process(text, LBGEN_REDIS_URL=fired.url, GRACE=str(GRACE)) as worker:
        assert worker.line() == "began 1"
        worker.terminate()
        assert [worker.line(), worker.line()] == ["returned", "done"]
        assert worker.end(PATIENCE)[0] == 0


def test_a_program_that_stops_its_bus_itself_is_not_ended_for_its_threads(fired: Server) -> None:
    stops = f"""
def stop():
    begun.wait()
    asyncio.run(bus.close_async())
    time.sleep({GRACE + EXIT_BOUND + 2})
    print("done", flush=True)
threading.Thread(target=stop).start()
"""
    text = script("is sync and hangs", stops + RUN)
    with Process(text, LBGEN_REDIS_URL=fired.url, GRACE=str(GRACE)) as worker:
        assert [worker.line(), worker.line(), worker.line()] == ["began 1", "returned", "done"]
        assert worker.end(PATIENCE)[0] == 0


def test_signals_stop_a_process_whose_event_loop_knows_none(fired: Server) -> None:
    """As on Windows, whose event loops have no `add_signal_handler`."""
    windows = """
def add_signal_handler(*arguments): raise NotImplementedError
asyncio.SelectorEventLoop.add_signal_handler = add_signal_handler
"""
    text = script("is sync and hangs", windows + RUN)
    for number in (signal.SIGTERM, signal.SIGINT):
        with Process(text, LBGEN_REDIS_URL=fired.url, GRACE=str(GRACE)) as worker:
            assert worker.line() == "began 1"
            worker.signal(number)
            status, out, errors = worker.end(PATIENCE)
        assert (status, out.strip()) == (0, "returned"), errors


def test_a_bus_does_not_run_in_an_event_loop_that_runs_already(fired: Server) -> None:
    inside = """
async def main(): bus.run()
try: asyncio.run(main())
except RuntimeError as error: print(error, flush=True)
"""
    with Process(script("is sync and hangs", inside), LBGEN_REDIS_URL=fired.url, GRACE="1") as bus:
        assert "await run_async() instead" in bus.line()
        assert bus.end(PATIENCE)[0] == 0


@pytest.mark.parametrize("handler", [h for h in HANDLERS if h != "blocks the event loop"])
def test_a_worker_in_somebody_s_event_loop_returns_although_its_handler(
    fired: Server, handler: str
) -> None:
    embedded = """
async def main():
    task = asyncio.create_task(bus.run_async())
    while not begun.is_set(): await asyncio.sleep(0.01)
    await bus.close_async()
    await task
    print("returned", flush=True)
    os._exit(0)  # what the handler has left behind is its program's
asyncio.run(main())
"""
    text = script(handler, embedded)
    with Process(text, LBGEN_REDIS_URL=fired.url, GRACE=str(GRACE)) as worker:
        assert [worker.line(), worker.line()] == ["began 1", "returned"]
        _, _, errors = worker.end(PATIENCE)
    assert "Traceback" not in errors


@pytest.mark.parametrize("closed", [True, False])
def test_an_event_loop_that_ends_under_a_worker_leaves_no_errors_of_its_own(
    fired: Server, closed: bool
) -> None:
    """Its tasks are reported as pending, which they are."""
    ends = f"""
import gc
async def main():
    global task
    task = asyncio.create_task(bus.run_async())
    while not begun.is_set(): await asyncio.sleep(0.01)
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
if {closed}: loop.close()
del task, loop
gc.collect()
def renewing(): return [t for t in threading.enumerate() if t.name == "lbgen heartbeat"]
deadline = time.monotonic() + 10
while {closed} and renewing() and time.monotonic() < deadline: time.sleep(0.01)
gc.collect()
print("renewing" if renewing() else "ended", flush=True)
"""
    text = script("swallows its cancellation", ends).replace("while True:", "for _ in (1,):")
    with Process(text, LBGEN_REDIS_URL=fired.url, GRACE=str(GRACE)) as worker:
        status, out, errors = worker.end(PATIENCE)
    assert status == 0, errors
    assert "RuntimeError" not in errors
    assert "Traceback" not in errors
    if closed:
        assert out.split()[-1] == "ended", "nobody renews what nobody will run"
