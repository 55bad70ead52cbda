"""Fixtures that several tests share."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from tests.support import servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# A shell that starts pytest in the background has it, and all that it starts, ignore SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for each core: many tests wait for a server or a process."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop of async tests: uvloop's with `LBGEN_TEST_LOOP=uvloop`, else asyncio's."""
    match os.environ.get("LBGEN_TEST_LOOP"):
        case None | "" | "asyncio":
            return None
        case name:
            factory: Callable[[], asyncio.AbstractEventLoop] = import_module(name).new_event_loop
            return factory


@pytest.fixture(scope="session", params=servers.KINDS)
def running_server(request: pytest.FixtureRequest) -> Iterator[servers.Server]:
    """A Valkey and a Redis server, one of each for all tests."""
    if reason := servers.missing(request.param):
        pytest.skip(reason)
    server = servers.Server(request.param)
    yield server
    server.stop()


@pytest.fixture
def server(running_server: servers.Server) -> servers.Server:
    """An empty server of each kind."""
    running_server.client.flushall()
    return running_server
