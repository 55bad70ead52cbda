"""The system may take minutes for a host's name, and cannot be interrupted."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime import ServerUnreachable
from tests.delivery.notes import Bus
from tests.delivery.workers import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.servers import Server

STREAM = "notes.*:stream"
NAME = "lbgen-test.invalid"
WORDS = "the operating system did not answer in time"


class Resolver:
    """Resolves one name as a test says, and all others as the system does."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer = threading.Event()
        self.addresses: list[str] = []
        self._of_system = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host != NAME:
            return self._of_system(host, port, *arguments, **options)
        self.asked += 1
        self.answer.wait(60)
        return [
            found
            for address in self.addresses
            for found in self._of_system(address, port, *arguments, **options)
        ]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    yield resolver
    resolver.answer.set()


def fire(bus: Bus, number: int) -> str:
    return bus.notes.noted.fire(number=number)


def fire_async(bus: Bus, number: int) -> str:
    async def fire() -> str:
        try:
            return await bus.notes.noted.fire_async(number=number)
        finally:
            await bus.close_async()

    return asyncio.run(fire())


BOTH = pytest.mark.parametrize("fire", [fire, fire_async])


def url(server: Server) -> str:
    return f"redis://{NAME}:{server.port}/0"


@BOTH
def test_a_fire_ends_at_its_deadline_where_the_system_resolves_no_name(
    server: Server, resolver: Resolver, fire: Callable[[Bus, int], str]
) -> None:
    """However often it tries, one thread waits for the system."""
    bus = Bus(redis_url=url(server), fire_deadline=0.6)
    with ThreadPoolExecutor() as pool:
        fires = [pool.submit(fire, bus, number) for number in range(3)]
        for each in fires:
            with pytest.raises(ServerUnreachable, match=WORDS):
                each.result(10)
    assert resolver.asked == 1
    resolver.addresses = ["127.0.0.1"]
    resolver.answer.set()
    fire(bus, 3)
    assert server.client.xlen(STREAM) == 1
    bus.close()


@BOTH
def test_a_fire_goes_on_when_the_system_resolves_the_name(
    server: Server, resolver: Resolver, fire: Callable[[Bus, int], str]
) -> None:
    bus = Bus(redis_url=url(server), fire_deadline=20)
    resolver.addresses = ["127.0.0.1"]
    with ThreadPoolExecutor() as pool:
        fired = pool.submit(fire, bus, 1)
        while not resolver.asked:
            assert not fired.done()
        resolver.answer.set()
        fired.result(10)
    assert server.client.xlen(STREAM) == 1
    bus.close()


@BOTH
def test_each_address_of_a_name_is_tried(
    server: Server, resolver: Resolver, fire: Callable[[Bus, int], str]
) -> None:
    """Nobody answers at the first one, and nobody listens at the second."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.2", server.port))
        silent.listen(0)
        with socket.socket() as fills_its_queue:
            fills_its_queue.connect(silent.getsockname())
            resolver.addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.1"]
            resolver.answer.set()
            bus = Bus(redis_url=url(server), fire_deadline=10)
            fire(bus, 1)
            bus.close()
    assert server.client.xlen(STREAM) == 1


@BOTH
def test_a_name_without_an_address_is_told(
    server: Server, resolver: Resolver, fire: Callable[[Bus, int], str]
) -> None:
    resolver.answer.set()
    bus = Bus(redis_url=url(server), fire_deadline=0.3)
    with pytest.raises(ServerUnreachable, match="cannot resolve its host name"):
        fire(bus, 1)
    bus.close()


_FORK = """
import socket, threading
of_system, parent, asked = socket.getaddrinfo, os.getpid(), threading.Event()

def resolve(host, *arguments, **options):
    if host != "lbgen-test.invalid":
        return of_system(host, *arguments, **options)
    if os.getpid() == parent:
        asked.set()
        threading.Event().wait()
    return of_system("127.0.0.1", *arguments, **options)

socket.getaddrinfo = resolve
bus = Bus(redis_url=os.environ["URL"], fire_deadline=30)
threading.Thread(target=lambda: bus.notes.noted.fire(number=1), daemon=True).start()
asked.wait()
import warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads
pid = os.fork()
if not pid:
    bus.notes.noted.fire(number=2)
    os._exit(0)
print("child", os.waitpid(pid, 0)[1], flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_waits_for_no_thread_of_its_parent(server: Server) -> None:
    with Process(_FORK, URL=url(server)) as process:
        assert process.line() == "child 0", process.end()
    [(_, fields)] = server.client.xrange(STREAM)
    assert fields[b":number"] == b"2"
