"""A connection that one task uses at a time."""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
from typing import TYPE_CHECKING, Any

import redis.asyncio.connection as async_redis
from redis.exceptions import BusyLoadingError, RedisError, ResponseError

from . import clock
from .connection import (
    ANSWER_TIMEOUT,
    CONNECT_TIMEOUT,
    CONNECTIONS,
    IDLE,
    INTRODUCTION,
    PING,
    REPLY_TIMEOUT,
    RoutedConnection,
    check_role,
    credentials_from,
    open_to,
    peer_of,
)
from .connection_failures import ConnectionFailed
from .daemon_thread import in_daemon_thread
from .host_names import (
    AsyncTcpConnection,
    AsyncTlsConnection,
)
from .refusals import AskElsewhere, refusal_of
from .topology import NoCredentials, NoMaster, Topology, with_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..settings.server_address import ServerAddress
    from .resp import Command, Reply
    from .slots import ServerNode
    from .topology import Ask

__all__ = ["AsyncConnection"]


class _Silence:
    """Ends an exchange in which nothing has come for too long; what comes slowly may take its time.

    Args:
        connection: in whose exchange.
        limit: what ends it.
        seconds: that may pass without a byte.
        within: seconds after which the exchange ends in any case.
    """

    __slots__ = ("_connection", "_deadline", "_limit", "_loop", "_seconds", "_timer")

    def __init__(
        self, connection: AsyncConnection, limit: asyncio.Timeout, seconds: float, within: float
    ) -> None:
        self._connection = connection
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        connection.heard = self._loop.time()
        self._deadline = connection.heard + within
        self._timer = self._loop.call_later(min(seconds, within), self._look)

    def _look(self) -> None:
        now = self._loop.time()
        due = min(self._connection.heard + self._seconds, self._deadline)
        if now < due:
            self._timer = self._loop.call_at(due, self._look)
        else:
            self._limit.reschedule(now)

    def end(self) -> None:
        """The exchange has ended."""
        self._timer.cancel()


class AsyncConnection(RoutedConnection):
    """A connection that one task uses at a time; opened at the first exchange.

    Args:
        topology: which servers there are.
        name: the connection's name on the server (`CLIENT LIST`).
        at: gives the server that is asked; by default the one of the topology that is best.

    Attributes:
        heard: when the last bytes came, by the event loop's clock.
        peer: how the server knows this connection, once it was asked.
    """

    __slots__ = ("_loop", "heard")

    def __init__(
        self, topology: Topology, *, name: str, at: Callable[[], ServerNode] | None = None
    ) -> None:
        super().__init__(topology, at, name)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.heard = 0.0
        CONNECTIONS.add(self)

    async def exchange(
        self,
        commands: Sequence[Command | bytes],
        *,
        timeout: float = REPLY_TIMEOUT,  # noqa: ASYNC109
        within: float = math.inf,
    ) -> list[Reply]:
        """Send the commands in one write and wait for every reply.

        Args:
            commands: what to send; bytes are a command as it travels.
            timeout: seconds that the server may stay silent. A reply of hundreds of megabytes may
                take as long as it takes.
            within: seconds that all replies together may take.

        Returns:
            One reply per command; a server's error is in its place as `Refusal`.

        Raises:
            ConnectionFailed: the connection could not be opened, or broke, or took too long.
        """
        if self._connection is not None:
            if self._leads_elsewhere:
                await self.close()
            elif clock.now() - self._used > IDLE:
                await self._look(min(timeout, ANSWER_TIMEOUT))
        if self._connection is None:
            await self.open(min(timeout, CONNECT_TIMEOUT))
        connection: Any = self._connection
        replies: list[Reply] = []
        try:
            async with asyncio.timeout(None) as limit:
                silence = _Silence(self, limit, timeout, within)
                try:
                    await connection.send_packed_command(self._sent(commands), check_health=False)
                    read = connection.read_response
                    wrong_server = False
                    for _ in range(self._replies_to(commands)):
                        try:
                            replies.append(await read(disconnect_on_error=False))
                        except ResponseError as error:
                            refusal = refusal_of(error)
                            replies.append(refusal)
                            wrong_server = wrong_server or isinstance(refusal, AskElsewhere)
                        except BusyLoadingError as error:  # redis-py closes the connection for it
                            replies.append(refusal_of(error))
                            raise
                finally:
                    silence.end()
        except (RedisError, OSError) as error:
            failure = self._broken(error, replies)
            await self.close()
            raise failure from error
        except BaseException:
            await self.close()
            raise
        replies = self._settled(replies)
        if wrong_server:
            await self.close()
            raise self._at_wrong_server(replies)
        self._used = clock.now()
        return replies

    async def _look(self, timeout: float) -> None:  # noqa: ASYNC109
        """Close a connection that was idle for long, unless the server is at its other end."""
        try:
            async with asyncio.timeout(timeout):
                await self._connection.send_packed_command(PING, check_health=False)
                await self._connection.read_response(disconnect_on_error=False)
        except (RedisError, OSError):
            await self.close()
        except BaseException:
            await self.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether an exchange need not open the connection first."""
        return self._connection is not None

    async def open(self, timeout: float = CONNECT_TIMEOUT) -> None:  # noqa: ASYNC109
        """Open the connection.

        Args:
            timeout: seconds that it may take.

        Raises:
            ConnectionFailed: it could not be opened.
        """
        node = self._at()
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                address = await self._locate(node)
                if (credentials := self._topology.credentials) is not None:
                    given = await in_daemon_thread(lambda: credentials_from(credentials))
                    address = with_credentials(address, given)
        except (NoMaster, NoCredentials, TimeoutError) as error:
            raise self._unopened(error, node) from None
        self._generation = self._topology.generation
        connection = open_to(
            address, async_redis.UnixDomainSocketConnection, AsyncTcpConnection, AsyncTlsConnection
        )
        try:
            async with asyncio.timeout(timeout):
                await connection.connect()
                self._hear(connection._reader)
                await connection.send_packed_command(self._introduction, check_health=False)
                for _ in INTRODUCTION:
                    try:
                        self.peer = peer_of(
                            await connection.read_response(disconnect_on_error=False)
                        )
                    except ResponseError:
                        self.peer = None
                if self._topology.names_master:
                    with contextlib.suppress(ResponseError):  # its user may not ask
                        check_role(await connection.read_response(disconnect_on_error=False))
        except (RedisError, OSError, NoMaster) as error:
            await connection.disconnect(nowait=True)
            raise self._unopened(error, node) from error
        except BaseException:
            self._connection = connection
            await self.close()
            raise
        self._node = node
        self._connection = connection
        self._used = clock.now()

    async def _locate(self, node: ServerNode) -> ServerAddress:
        """Where the node can be reached, after asking those who know."""
        steps = self._topology.locate(node)
        try:
            ask = next(steps)
            while True:
                ask = steps.send(await self._answer(ask))
        except StopIteration as found:
            address: ServerAddress = found.value
            return address

    async def _answer(self, ask: Ask) -> list[Reply] | ConnectionFailed:
        connection = AsyncConnection(Topology.only(ask.address), name=self._name)
        try:
            async with asyncio.timeout(2 * ask.timeout):
                return await connection.exchange(ask.commands, timeout=ask.timeout)
        except TimeoutError as error:
            return ConnectionFailed(error, sent=False, replies=[], peer=None)
        except ConnectionFailed as failure:
            return failure
        finally:
            await connection.close()

    def rerouted(self) -> None:
        """Keys may be served elsewhere: end a read that waits where nothing comes any more."""
        loop = self._loop
        if loop is not None and self._connection is not None and self._leads_elsewhere:
            with contextlib.suppress(RuntimeError):  # its event loop is closed
                loop.call_soon_threadsafe(self._end_read)

    def _end_read(self) -> None:
        connection = self._connection
        if connection is not None and connection._writer is not None and self._leads_elsewhere:
            connection._writer.transport.abort()

    def _hear(self, reader: Any) -> None:
        """Note when bytes come."""
        feed, clock_of_loop = reader.feed_data, asyncio.get_running_loop().time

        def hear(data: bytes) -> None:
            self.heard = clock_of_loop()
            feed(data)

        reader.feed_data = hear

    async def close(self) -> None:
        """Close the connection; the next exchange opens another."""
        if not _runs(self._loop):
            self.abandon()  # its task is let go, after its event loop has ended
            return
        connection, self._connection, self.peer = self._connection, None, None
        if connection is not None:
            await connection.disconnect(nowait=True)

    def abandon(self) -> None:
        """Close the socket of a connection whose event loop is closed."""
        if self._connection is not None and self._connection._writer is not None:
            with contextlib.suppress(RuntimeError):  # its end would be told to it in its event loop
                self._connection._writer.transport.abort()
        self.disown()

    def disown(self) -> None:
        """Leave a connection that was the parent's to it, after a fork."""
        connection, self._connection, self.peer = self._connection, None, None
        if connection is None or connection._writer is None:
            return
        transport: Any = connection._writer.transport
        # asyncio leaves the socket open; uvloop, which has a stand-in for it, closes it itself.
        left = getattr(transport.get_extra_info("socket"), "_sock", None)
        if isinstance(left, socket.socket):
            left.close()
            if getattr(transport, "_sock", None) is left:
                transport._sock = None
        connection._writer = connection._reader = None


def _runs(loop: asyncio.AbstractEventLoop | None) -> bool:
    """Whether an event loop is the one that runs here now."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
