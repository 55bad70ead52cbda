"""Where the name of a server's host leads, found out in time.

The system cannot be interrupted while it resolves a name, and may take minutes for it. So it is
asked in a thread of its own, one for each name at a time, and redis-py's connections get addresses.
"""

from __future__ import annotations

import _thread
import asyncio
import contextlib
import os
import socket
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, cast

import redis.asyncio.connection as async_redis
import redis.connection as sync_redis

from . import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "AsyncTcpConnection",
    "AsyncTlsConnection",
    "SyncTcpConnection",
    "SyncTlsConnection",
]

_FOR_THE_NAME: Final = 0.9
"""The part of the time for connecting that the system gets to resolve the name."""

_Addresses = Future[list[str]]


class _Question:
    """What the system is being asked.

    Attributes:
        answer: the addresses, once it has answered.
        asker: the thread that begins to ask.
        begun: it has begun: the answer will come.
    """

    __slots__ = ("answer", "asker", "begun")

    def __init__(self) -> None:
        self.answer = _Addresses()
        self.answer.set_running_or_notify_cancel()  # no waiter that is cancelled cancels it
        self.asker = _thread.get_ident()
        self.begun = False


_asked: Final[dict[tuple[str, int], _Question]] = {}
"""What the system is being asked, so that no second thread waits for the same."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_asked.clear)  # the threads are the parent's


def _look_up(host: str, port: int) -> _Addresses:
    """The addresses of a host, once the system has answered."""
    key, mine = (host, port), _Question()
    if _is_address(host):
        mine.answer.set_result([host])
        return mine.answer

    def forget() -> None:
        if _asked.get(key) is mine:
            _asked.pop(key, None)

    def ask() -> None:
        try:
            found = [
                _address(place)
                for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            ]
        except BaseException as error:  # noqa: BLE001 - all that wait get it
            forget()
            mine.answer.set_exception(error)
        else:
            forget()
            mine.answer.set_result(list(dict.fromkeys(found)))

    current = _asked.setdefault(key, mine)
    # A call that interrupts the one that begins to ask would wait for what begins after its end.
    if current is not mine and (current.begun or current.asker != mine.asker):
        return current.answer
    try:
        _thread.start_new_thread(ask, ())
    except RuntimeError:  # no thread begins any more: the process ends
        ask()
    except BaseException:
        forget()
        raise
    mine.begun = True
    return mine.answer


def _is_address(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError, UnicodeError):
            socket.inet_pton(family, host)
            return True
    return False


def _address(place: tuple[Any, ...]) -> str:
    host, _, *rest = place
    return f"{host}%{rest[1]}" if rest and rest[1] else str(host)


def _late() -> socket.gaierror:
    return socket.gaierror(socket.EAI_AGAIN, "the operating system did not answer in time")


def _shares(addresses: list[str], deadline: float) -> Iterator[tuple[str, float]]:
    """Each address with the seconds in which it is to be reached."""
    for at, address in enumerate(addresses):
        yield address, max(deadline - clock.now(), 0.01) / (len(addresses) - at)


class SyncTcpConnection(sync_redis.Connection):
    """Connects within `socket_connect_timeout`, all that it takes together."""

    def _connect(self) -> Any:
        host = self.host
        timeout: Any = self.socket_connect_timeout
        deadline = clock.now() + timeout
        try:
            addresses = _look_up(host, self.port).result(timeout * _FOR_THE_NAME)
        except TimeoutError:
            raise _late() from None
        failure: OSError = socket.gaierror(socket.EAI_NONAME, "it has no address")
        try:
            for self.host, self.socket_connect_timeout in _shares(addresses, deadline):
                try:
                    return cast("Any", super())._connect()
                except OSError as error:
                    failure = error
        finally:
            self.host, self.socket_connect_timeout = host, timeout
        raise failure


class SyncTlsConnection(sync_redis.SSLConnection, SyncTcpConnection):
    """The same with TLS, which asks the server for its name."""


class AsyncTcpConnection(async_redis.Connection):
    """Connects within `socket_connect_timeout`, all that it takes together."""

    _address: str

    def _connection_arguments(self) -> Mapping[str, Any]:
        return {**cast("Any", super())._connection_arguments(), "host": self._address}

    async def _connect(self) -> None:
        connection = cast("Any", self)
        timeout: float = connection.socket_connect_timeout
        deadline = clock.now() + timeout
        try:
            async with asyncio.timeout(timeout * _FOR_THE_NAME):
                addresses = await asyncio.wrap_future(_look_up(self.host, self.port))
        except TimeoutError:
            raise _late() from None
        failure: OSError = socket.gaierror(socket.EAI_NONAME, "it has no address")
        try:
            for self._address, seconds in _shares(addresses, deadline):
                connection.socket_connect_timeout = seconds
                try:
                    await cast("Any", super())._connect()
                except OSError as error:
                    failure = error
                else:
                    return
        finally:
            connection.socket_connect_timeout = timeout
        raise failure


class AsyncTlsConnection(async_redis.SSLConnection, AsyncTcpConnection):
    """The same with TLS, which asks the server for its name."""

    def _connection_arguments(self) -> Mapping[str, Any]:
        return {**cast("Any", super())._connection_arguments(), "server_hostname": self.host}
