"""P5: a handler may end in any way that Python knows; its listener goes on."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from tests.delivery.live import running, until
from tests.delivery.notes import Bus, Noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.servers import Server

STREAM, GROUP = "notes.*:stream", "library-shelf"


class Unprintable(Exception):
    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__


class Own(BaseException):
    """Of those that `except Exception` misses."""


async def _wait_for_what_is_cancelled() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    await future


def _cancel_own() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


def _raise(error: BaseException) -> None:
    raise error


def _decorated(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*arguments: Any) -> Any:
        return function(*arguments)

    return wrapper


ENDS: dict[str, Callable[[], Any]] = {
    "an inner task is cancelled": _wait_for_what_is_cancelled,
    "it raises CancelledError": lambda: _raise(asyncio.CancelledError()),
    "it cancels its own task": lambda: _cancel_own() or asyncio.sleep(1),
    "GeneratorExit": lambda: _raise(GeneratorExit()),
    "SystemExit": lambda: _raise(SystemExit(3)),
    "KeyboardInterrupt": lambda: _raise(KeyboardInterrupt()),
    "a BaseException": lambda: _raise(Own()),
    "an exception without words": lambda: _raise(Unprintable()),
    "a group": lambda: _raise(BaseExceptionGroup("both", [Own(), ValueError()])),
}


@pytest.mark.parametrize("shape", ["async", "sync", "async behind a decorator"])
@pytest.mark.parametrize("end", ENDS)
async def test_a_handler_that_ends_oddly_is_retried_and_its_listener_goes_on(
    server: Server, end: str, shape: str
) -> None:
    """The same for all shapes of handlers, `KeyboardInterrupt` and `SystemExit` included."""
    bus = Bus(service_name="library", redis_url=server.url, retry_delay=0.05)
    got: list[int] = []

    async def asynchronous(event: Noted) -> None:
        got.append(event.number)
        if event.number == 1 and (waiting := ENDS[end]()) is not None:
            await waiting

    def synchronous(event: Noted) -> None:
        got.append(event.number)
        if event.number == 1:
            asyncio.run(ENDS[end]()) if end == "an inner task is cancelled" else ENDS[end]()

    if shape == "sync" and end == "it cancels its own task":
        return  # a thread has none
    handler = {"async": asynchronous, "sync": synchronous}.get(shape, _decorated(asynchronous))
    bus.notes.noted.listen(handler, listener_name="shelf", max_deliveries=2)
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await bus.notes.noted.fire_async(number=2)
        await until(lambda: sorted(got) == [1, 1, 2])
        await until(lambda: server.client.xlen("{notes.*:stream}:dead:library-shelf") == 1)
        await until(lambda: not server.client.xpending(STREAM, GROUP)["pending"])


async def test_a_cancellation_that_a_handler_swallows_does_not_end_a_later_one(
    server: Server,
) -> None:
    bus = Bus(service_name="library", redis_url=server.url, retry_delay=0.05)
    got: list[int] = []

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        got.append(event.number)
        if event.number == 1:
            _cancel_own()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(1)
        elif event.number == 2 and got.count(2) == 1:
            await _wait_for_what_is_cancelled()

    async with running(bus):
        for number in (1, 2, 3):
            await bus.notes.noted.fire_async(number=number)
        await until(lambda: sorted(got) == [1, 2, 2, 3])


async def test_what_a_handler_gives_back_is_awaited_where_nobody_could_see_that_it_is_async(
    server: Server,
) -> None:
    bus, got = Bus(service_name="library", redis_url=server.url, retry_delay=0.05), list[str]()
    loop = asyncio.get_running_loop()

    async def handle(event: Noted) -> None:
        await asyncio.sleep(0)
        assert asyncio.get_running_loop() is loop
        got.append("async")
        if got.count("async") == 1:
            raise RuntimeError("not yet")

    def plain(event: Noted) -> None:
        got.append("sync")

    bus.notes.noted.listen(_decorated(handle), listener_name="decorated")
    bus.notes.noted.listen(lambda event: handle(event), listener_name="lambda")
    bus.notes.noted.listen(_decorated(plain), listener_name="plain")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: sorted(got) == ["async", "async", "async", "sync"])


async def test_a_handler_whose_result_nobody_would_run_fails(server: Server) -> None:
    bus = Bus(service_name="library", redis_url=server.url, max_deliveries=1)

    def generate(event: Noted) -> Any:
        yield event

    bus.notes.noted.listen(lambda event: generate(event), listener_name="shelf")
    async with running(bus):
        await bus.notes.noted.fire_async(number=1)
        await until(lambda: server.client.xlen("{notes.*:stream}:dead:library-shelf") == 1)


async def test_shutdown_works_for_an_exception_without_words(server: Server) -> None:
    bus = Bus(service_name="library", redis_url=server.url)

    @bus.notes.noted.listen(listener_name="shelf", on_error="SHUTDOWN")
    async def shelf(event: Noted) -> None:
        raise Unprintable

    task = asyncio.create_task(bus.run_async())
    await until(lambda: bus.__lbgen__.worker and bus.__lbgen__.worker.listening)
    await bus.notes.noted.fire_async(number=1)
    with pytest.raises(lbgen_runtime.ListenerFailed, match="Unprintable"):
        await task
    await bus.close_async()


async def test_ending_the_loop_in_a_handler_s_midst_is_not_taken_for_its_failure(
    server: Server,
) -> None:
    bus = Bus(service_name="library", redis_url=server.url, grace=0)
    began = asyncio.Event()

    @bus.notes.noted.listen(listener_name="shelf")
    async def shelf(event: Noted) -> None:
        began.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(bus.run_async())
    await until(lambda: bus.__lbgen__.worker and bus.__lbgen__.worker.listening)
    await bus.notes.noted.fire_async(number=1)
    await began.wait()
    task.cancel()
    await asyncio.wait([task])
    await bus.close_async()
    assert server.client.xpending(STREAM, GROUP)["pending"] == 1
    assert not server.client.exists("{notes.*:stream}:dead:library-shelf")
