"""D6: what fires may interrupt another fire of its thread: a signal handler, `__del__`, a log."""

from __future__ import annotations

import gc
import logging
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from lbgen_runtime import NotFired
from tests.delivery.interruptions import interrupt_at_every_step
from tests.delivery.notes import Bus
from tests.delivery.workers import Process
from tests.support.proxy import Proxy
from tests.support.servers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Server

STREAM = "notes.*:stream"


def numbers_in_stream(server: Server) -> list[int]:
    return sorted(int(fields[b":number"]) for _, fields in server.client.xrange(STREAM))


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


def test_a_fire_may_be_interrupted_by_another_at_any_step(server: Server) -> None:
    bus = Bus(redis_url=server.url)
    steps = interrupt_at_every_step(
        lambda: bus.notes.noted.fire(number=1), lambda: bus.notes.noted.fire(number=2)
    )
    assert steps > 300
    assert numbers_in_stream(server) == [1] * (steps + 1) + [2] * steps
    bus.close()


def test_a_first_fire_may_be_interrupted_by_another_at_any_step(server: Server) -> None:
    """Nothing that is made at the first use is made behind a lock."""
    buses: list[Bus] = []

    def first() -> None:
        buses.append(Bus(redis_url=server.url))
        buses[-1].notes.noted.fire(number=1)

    steps = interrupt_at_every_step(first, lambda: buses and buses[-1].notes.noted.fire(number=2))
    numbers = numbers_in_stream(server)
    assert numbers.count(1) == steps + 1
    assert numbers.count(2) > 300
    for bus in buses:
        bus.close()


def test_a_fire_beside_others_may_be_interrupted_at_any_step(server: Server) -> None:
    """Those who wait in line, and those who lead, and those who come meanwhile, all get on."""
    bus, stop = Bus(redis_url=server.url), threading.Event()
    fired: list[int] = [0] * 3

    def neighbour(index: int) -> None:
        while not stop.is_set():
            bus.notes.noted.fire(number=3)
            fired[index] += 1

    neighbours = [threading.Thread(target=neighbour, args=(index,)) for index in range(3)]
    for thread in neighbours:
        thread.start()
    try:
        steps = interrupt_at_every_step(
            lambda: bus.notes.noted.fire(number=1), lambda: bus.notes.noted.fire(number=2)
        )
    finally:
        stop.set()
        for thread in neighbours:
            thread.join(15)
    numbers = numbers_in_stream(server)
    assert numbers.count(1) == steps + 1
    assert numbers.count(2) == steps
    assert numbers.count(3) == sum(fired)
    bus.close()


_SIGNALLED = """
import threading

bus = Bus(redis_url=os.environ["URL"])
bus.notes.noted.fire(number=0)

def on_signal(number, frame):
    print("signalled", flush=True)
    thread.start()
    bus.notes.noted.fire(number=2)
    print("handled", flush=True)

thread = threading.Thread(target=lambda: bus.notes.noted.fire(number=3))
signal.signal(signal.SIGUSR1, on_signal)
print("ready", flush=True)
sys.stdin.readline()
bus.notes.noted.fire(number=1)
thread.join()
print("fired", flush=True)
"""


def test_a_signal_handler_fires_while_the_server_is_slow(server: Server, proxy: Proxy) -> None:
    """The handler's fire does not wait for the one below it, and that of another thread neither."""
    with Process(_SIGNALLED, URL=proxy.url) as process:
        assert process.line() == "ready"
        proxy.mode = "hold"
        process.write("go on\n")
        wait_for(lambda: proxy.held == 1, what="the event is on its way")
        process.signal(signal.SIGUSR1)
        assert process.line() == "signalled"
        wait_for(lambda: proxy.held > 1, what="the handler's event takes another way")
        proxy.mode = "pass"
        proxy.release()
        assert [process.line() for _ in range(2)] == ["handled", "fired"]
    assert set(numbers_in_stream(server)) == {0, 1, 2, 3}


_SLOW_HANDLER = """
import threading

bus = Bus(redis_url=os.environ["URL"])
bus.notes.noted.fire(number=0)
go = threading.Event()

def on_signal(number, frame):
    print("signalled", flush=True)
    go.wait()

def others():
    for number in range(2, 12):
        bus.notes.noted.fire(number=number)
    print("others have fired", flush=True)
    go.set()

signal.signal(signal.SIGUSR1, on_signal)
print("ready", flush=True)
sys.stdin.readline()
threading.Thread(target=lambda: (sys.stdin.readline(), others())).start()
bus.notes.noted.fire(number=1)
print("fired", flush=True)
"""


def test_a_signal_handler_that_takes_long_holds_up_no_other_thread(
    server: Server, proxy: Proxy
) -> None:
    """The thread that writes for the others is the one that is interrupted."""
    with Process(_SLOW_HANDLER, URL=proxy.url) as process:
        assert process.line() == "ready"
        proxy.mode = "hold"
        process.write("go on\n")
        wait_for(lambda: proxy.held == 1, what="the event is on its way")
        process.signal(signal.SIGUSR1)
        assert process.line() == "signalled"
        proxy.mode = "pass"
        proxy.release()
        process.write("go on\n")
        assert [process.line() for _ in range(2)] == ["others have fired", "fired"]
    assert set(numbers_in_stream(server)) == set(range(12))


def test_a_destructor_fires_when_garbage_is_collected_within_a_fire(server: Server) -> None:
    bus = Bus(redis_url=server.url)

    class Noting:
        def __init__(self) -> None:
            self.me = self  # goes with the next collection only

        def __del__(self) -> None:
            bus.notes.noted.fire(number=2)

    before = gc.get_threshold()
    try:
        for allocations in range(1, 200):  # after so many the collector runs: somewhere in the fire
            gc.disable()
            Noting()
            gc.set_threshold(allocations)
            gc.enable()
            bus.notes.noted.fire(number=1)
    finally:
        gc.set_threshold(*before)
    gc.collect()
    assert numbers_in_stream(server) == [1] * 199 + [2] * 199
    bus.close()


def test_a_log_handler_fires_what_fires_log(server: Server) -> None:
    """Threads hold the handler's lock while they fire, and want it while they write for others."""
    bus = Bus(redis_url=server.url.replace(str(server.port), "1"), fire_deadline=0.5)
    failed: list[int] = []

    class Firing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            try:
                bus.notes.noted.fire(number=2)
            except NotFired:
                failed.append(2)

    log, handler = logging.getLogger("lbgen"), Firing()
    log.addHandler(handler)

    def fire() -> None:
        with pytest.raises(NotFired):
            bus.notes.noted.fire(number=1)
        log.warning("it failed")

    began = time.monotonic()
    threads = [threading.Thread(target=fire, daemon=True) for _ in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive(), time.monotonic() - began
    finally:
        log.removeHandler(handler)
    assert len(failed) >= 4
    bus.close()


def test_a_thread_that_fires_is_done_when_its_own_events_are(server: Server) -> None:
    """Who writes for the others does not go on for them while a server is away."""
    bus = Bus(redis_url=server.url.replace(str(server.port), "1"), fire_deadline=0.5)
    failed, stop = [0] * 8, threading.Event()

    def fire(index: int) -> None:
        time.sleep(index * 0.5 / len(failed))  # their deadlines are evenly apart
        while not stop.is_set():
            with pytest.raises(NotFired):
                bus.notes.noted.fire(number=index)
            failed[index] += 1

    threads = [threading.Thread(target=fire, args=(index,)) for index in range(len(failed))]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: min(failed) >= 4, 20, what="each thread has come back four times")
    finally:
        stop.set()
        for thread in threads:
            thread.join(15)
    bus.close()
