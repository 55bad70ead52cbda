"""Connections to the server, sync and async: a list of commands in, a list of replies out.

Both use redis-py's connections for what they are good at (URLs, TLS, authentication, parsing)
and nothing of its client: no retry, no pool, no timeout that is not set here. Each exchange
goes out as one write. Whatever breaks an exchange, cancellation too, closes the connection,
so that no reply is ever taken for that of another command.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import math
import os
import socket
import ssl
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

import redis.asyncio.connection as async_redis
import redis.connection as sync_redis
import redis.exceptions as redis_exceptions
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError, ResponseError

from ..printable import printable
from . import clock
from .daemon_thread import in_daemon_thread
from .host_names import (
    AsyncTcpConnection,
    AsyncTlsConnection,
    SyncTcpConnection,
    SyncTlsConnection,
)
from .refusals import AskElsewhere, refusal_of
from .resp import Command, Reply, pack
from .topology import NoCredentials, NoMaster, Topology, with_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..settings.server_address import ServerAddress
    from .slots import ServerNode
    from .topology import Ask

__all__ = [
    "AsyncConnection",
    "Command",
    "ConnectionFailed",
    "Peer",
    "Reply",
    "SyncConnection",
    "WrongServer",
]

# What resolves a name would import it otherwise, at a moment in which the process may fork.
importlib.import_module("encodings.idna")

CONNECT_TIMEOUT: Final = 5.0
"""Seconds that opening a connection may take."""
_IDLE: Final = 10.0
"""Seconds without use after which a connection is looked at before it is used: what stands between
may have dropped it, and would swallow what is sent."""
_LOOK: Final = 1.0
"""Seconds that the server has to answer then."""
_PING: Final = pack([(b"PING",)])
_ASKING: Final = pack([(b"ASKING",)])
_LONGEST: Final = 400
"""Characters of what is told of a cause."""
REPLY_TIMEOUT: Final = 5.0
"""Seconds that the server may stay silent while replies are outstanding."""

Peer = tuple[bytes, bytes]
"""A connection as the server knows it: its client id and its address."""

_INTRODUCTION: Final = (b"SETNAME", b"INFO")
"""What a new connection says first with `CLIENT`; a user may be forbidden to."""


_MUST_BE_MASTER: Final = pack([(b"ROLE",)])


def _introduction(name: str) -> bytes:
    return pack([(b"CLIENT", _INTRODUCTION[0], name), (b"CLIENT", _INTRODUCTION[1])])


def _check_role(reply: Reply) -> None:
    """Refuse a server that the Sentinels take for the master and that is none, or not yet."""
    if isinstance(reply, list) and reply and reply[0] != b"master":
        raise NoMaster("the server that the Sentinels name is not a master")


class ConnectionFailed(Exception):
    """An exchange broke.

    Attributes:
        sent: the server may have received commands; without it, it has received none.
        replies: those that arrived before.
        peer: the connection that broke, as the server knows it, if it was ever asked.
        refused: the server refused the credentials; trying again does not help.
        timed_out: the time was over before anything else was known.
    """

    def __init__(
        self, cause: BaseException, *, sent: bool, replies: list[Reply], peer: Peer | None
    ) -> None:
        super().__init__(_words_of_cause(cause))
        self.sent = sent
        self.replies = replies
        self.peer = peer
        self.refused = isinstance(cause, AuthenticationError)
        self.timed_out = isinstance(cause, (TimeoutError, redis_exceptions.TimeoutError))


def _words_of_cause(error: BaseException) -> str:
    """Why an exchange broke, as the system says it rather than as redis-py repeats it."""
    cause = error
    while not isinstance(cause, OSError) and cause.__context__ is not None:
        cause = cause.__context__
    match cause:
        case ssl.SSLCertVerificationError():
            words = f"cannot verify the certificate of the server: {cause.verify_message}"
        case TimeoutError():
            words = "no answer in time"
        case socket.gaierror():
            words = f"cannot resolve its host name: {cause.strerror}"
        case OSError() if cause.strerror:
            words = cause.strerror
        case _:
            words = str(error) or type(error).__name__
    if words[1:2].islower() and " " in words:  # neither an error code nor a class name
        words = words[:1].lower() + words[1:]
    return printable(words.rstrip("."), _LONGEST)


class WrongServer(ConnectionFailed):
    """The server is not the one to ask any more, or not yet.

    Every command was answered, and the connection is closed: the next exchange looks where the
    server's name leads by then.
    """

    def __init__(self, replies: list[Reply]) -> None:
        [first, *_] = (reply for reply in replies if isinstance(reply, AskElsewhere))
        super().__init__(first, sent=True, replies=replies, peer=None)


_KEEPALIVE: Final[dict[int, int]] = {
    getattr(socket, name): value
    for name, value in (
        ("TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE", 30),
        ("TCP_KEEPINTVL", 10),
        ("TCP_KEEPCNT", 3),
    )
    if hasattr(socket, name)
}
"""After 30 seconds of silence the system asks whether the other end is there, and after three more
questions without an answer the connection is broken; by default it asks after two hours."""
_UNNAMED_LIBRARY: Final[dict[str, None]] = (
    {"driver_info": None}
    if "driver_info" in inspect.signature(sync_redis.AbstractConnection).parameters
    else {"lib_name": None, "lib_version": None}
)
"""Telling the server redis-py's version would take two replies to wait for, and an import."""


def _made(address: ServerAddress, unix: type[Any], tcp: type[Any], tls: type[Any]) -> Any:
    """A connection that leads to a server, not yet opened."""
    options: dict[str, Any] = {
        "db": address.db,
        "username": address.username,
        "password": address.password,
        "socket_timeout": None,
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "retry": None,
        "retry_on_timeout": False,
        "retry_on_error": [],
        "health_check_interval": 0,
        "decode_responses": False,
        "protocol": 2,
        "client_name": None,  # given in `_introduction`, where it may be refused
        **_UNNAMED_LIBRARY,
    }
    if address.path:
        return unix(path=address.path, **options)
    options |= {
        "host": address.host,
        "port": address.port,
        "socket_keepalive": True,
        "socket_keepalive_options": _KEEPALIVE,
    }
    if address.tls is None:
        return tcp(**options)
    return tls(**options, **address.tls)


def _peer(reply: Reply) -> Peer | None:
    """The client id and the address in the reply to `CLIENT INFO`."""
    if not isinstance(reply, bytes):
        return None
    info: dict[bytes, bytes] = {}
    for pair in reply.split():
        name, _, value = pair.partition(b"=")
        info[name] = value
    return (info[b"id"], info[b"addr"]) if b"id" in info and b"addr" in info else None


def _given(credentials: Callable[[], object]) -> object:
    """What the user's function gives; its error is told by its kind, lest a secret be in it."""
    try:
        return credentials()
    except Exception as error:
        raise NoCredentials(f"credentials raised {type(error).__name__}") from error


class _Routed:
    """What both kinds of connections have: where they lead, and what they tell the topology."""

    __slots__ = (
        "__weakref__",
        "_at",
        "_connection",
        "_generation",
        "_introduction",
        "_name",
        "_node",
        "_topology",
        "_used",
        "peer",
    )

    def __init__(self, topology: Topology, at: Callable[[], ServerNode] | None, name: str) -> None:
        self._topology = topology
        self._at = at or topology.default
        self._name = name
        self._introduction = _introduction(name)
        if topology.names_master:
            self._introduction += _MUST_BE_MASTER
        self._connection: Any = None
        self._node: ServerNode | None = None
        self._generation = 0
        self.peer: Peer | None = None
        self._used = 0.0

    @property
    def node(self) -> ServerNode | None:
        """The server to which it was opened last."""
        return self._node

    @property
    def _leads_elsewhere(self) -> bool:
        """Whether what is asked over this connection is for another server by now."""
        return self._at() != self._node or self._topology.generation != self._generation

    def _sent(self, commands: Sequence[Command | bytes]) -> bytes:
        """The commands as they travel; each asks for a slot that is on its way, where it is."""
        if self._node is None or not self._node.asking:
            return pack(commands)
        return pack([part for command in commands for part in (_ASKING, command)])

    def _replies_to(self, commands: Sequence[Command | bytes]) -> int:
        """How many replies the server gives to the commands."""
        asking = self._node is not None and self._node.asking
        return 2 * len(commands) if asking else len(commands)

    def _settled(self, replies: list[Reply]) -> list[Reply]:
        """The replies without those to `ASKING`."""
        return replies[1::2] if self._node is not None and self._node.asking else replies

    def _broken(self, error: BaseException, replies: list[Reply]) -> ConnectionFailed:
        """What an exchange that broke raises; the topology knows that the node has failed."""
        if self._node is not None:
            self._topology.failed(self._node)
        return ConnectionFailed(error, sent=True, replies=self._settled(replies), peer=self.peer)

    def _at_wrong_server(self, replies: list[Reply]) -> WrongServer:
        """What an exchange raises that another server must answer."""
        if self._node is not None and not self._topology.learn(replies, self._node):
            self._topology.failed(self._node)
        return WrongServer(replies)

    def _unopened(self, error: BaseException, node: ServerNode) -> ConnectionFailed:
        self._topology.failed(node)
        return ConnectionFailed(error, sent=False, replies=[], peer=None)


class SyncConnection(_Routed):
    """A connection that one thread uses at a time; opened at the first exchange.

    Args:
        topology: which servers there are.
        name: the connection's name on the server (`CLIENT LIST`).
        at: gives the server that is asked; by default the one of the topology that is best.
        timeout: seconds that the server may stay silent while replies are outstanding.
    """

    __slots__ = ("_timeout",)

    def __init__(
        self,
        topology: Topology,
        *,
        name: str,
        at: Callable[[], ServerNode] | None = None,
        timeout: float = REPLY_TIMEOUT,
    ) -> None:
        super().__init__(topology, at, name)
        self._timeout = timeout
        _connections.add(self)

    def exchange(
        self, commands: Sequence[Command | bytes], *, timeout: float = REPLY_TIMEOUT
    ) -> list[Reply]:
        """Send the commands in one write and wait for every reply.

        Args:
            commands: what to send; bytes are a command as it travels.
            timeout: seconds that the server may stay silent, where that is less than the
                connection's own.

        Returns:
            One reply per command; a server's error is in its place as `Refusal`.

        Raises:
            ConnectionFailed: the connection could not be opened, or broke.
        """
        if self._connection is not None:
            if self._leads_elsewhere:
                self.close()
            elif clock.now() - self._used > _IDLE:
                self._look(timeout)
        connection = self._connection
        if connection is None:
            connection = self._open(timeout)
        replies: list[Reply] = []
        shortened = timeout < self._timeout
        try:
            if shortened:
                connection._sock.settimeout(timeout)
            connection.send_packed_command((self._sent(commands),), check_health=False)
            read = connection.read_response
            wrong_server = False
            for _ in range(self._replies_to(commands)):
                try:
                    replies.append(read())
                except ResponseError as error:
                    refusal = refusal_of(error)
                    replies.append(refusal)
                    wrong_server = wrong_server or isinstance(refusal, AskElsewhere)
                except BusyLoadingError as error:  # redis-py closes the connection for it
                    replies.append(refusal_of(error))
                    raise
            if shortened:
                connection._sock.settimeout(self._timeout)
        except (RedisError, OSError) as error:
            failure = self._broken(error, replies)
            self.close()
            raise failure from error
        except BaseException:
            self.close()
            raise
        replies = self._settled(replies)
        if wrong_server:
            self.close()
            raise self._at_wrong_server(replies)
        self._used = clock.now()
        return replies

    def _look(self, timeout: float) -> None:
        """Close a connection that was idle for long, unless the server is at its other end."""
        connection = self._connection
        try:
            connection._sock.settimeout(min(timeout, _LOOK))
            connection.send_packed_command((_PING,), check_health=False)
            connection.read_response()
            connection._sock.settimeout(self._timeout)
        except (RedisError, OSError):
            self.close()
        except BaseException:
            self.close()
            raise

    def _open(self, timeout: float) -> Any:
        node = self._at()
        try:
            address = self._locate(node, timeout)
            if (credentials := self._topology.credentials) is not None:
                address = with_credentials(address, _given(credentials))
        except (NoMaster, NoCredentials) as error:
            raise self._unopened(error, node) from None
        self._generation = self._topology.generation
        connection = _made(
            address, sync_redis.UnixDomainSocketConnection, SyncTcpConnection, SyncTlsConnection
        )
        connection.socket_connect_timeout = min(timeout, CONNECT_TIMEOUT)
        connection.socket_timeout = min(timeout, self._timeout)
        try:
            connection.connect()
            connection.send_packed_command((self._introduction,), check_health=False)
            for _ in _INTRODUCTION:
                try:
                    self.peer = _peer(connection.read_response())
                except ResponseError:
                    self.peer = None
            if self._topology.names_master:
                with contextlib.suppress(ResponseError):  # its user may not ask
                    _check_role(connection.read_response())
            connection.socket_timeout = self._timeout
            connection._sock.settimeout(self._timeout)
        except (RedisError, OSError, NoMaster) as error:
            connection.disconnect()
            raise self._unopened(error, node) from error
        except BaseException:
            connection.disconnect()
            raise
        self._node = node
        self._connection = connection
        self._used = clock.now()
        return connection

    def _locate(self, node: ServerNode, timeout: float) -> ServerAddress:
        """Where the node can be reached, after asking those who know."""
        steps = self._topology.locate(node)
        try:
            ask = next(steps)
            while True:
                ask = steps.send(self._answer(ask, timeout))
        except StopIteration as found:
            address: ServerAddress = found.value
            return address

    def _answer(self, ask: Ask, timeout: float) -> list[Reply] | ConnectionFailed:
        seconds = min(timeout, ask.timeout)
        connection = SyncConnection(Topology.only(ask.address), name=self._name, timeout=seconds)
        try:
            return connection.exchange(ask.commands, timeout=seconds)
        except ConnectionFailed as failure:
            return failure
        finally:
            connection.close()

    def is_alive(self) -> bool:
        """Whether the connection is open at both ends, as far as this one knows; does not wait."""
        if self._connection is None:
            return False
        if self._leads_elsewhere:
            self.close()
            return False
        try:
            idle = not self._connection.can_read(0)
        except (RedisError, OSError):
            idle = False
        if not idle:
            self.close()
        return idle

    def close(self) -> None:
        """Close the connection; the next exchange opens another."""
        connection, self._connection, self.peer = self._connection, None, None
        if connection is not None:
            connection.disconnect()

    def disown(self) -> None:
        """Leave a connection that was the parent's to it, after a fork."""
        connection, self._connection, self.peer = self._connection, None, None
        if connection is not None and connection._sock is not None:
            connection._sock.close()  # without the end of TLS, which the parent would see


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


class AsyncConnection(_Routed):
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
        _connections.add(self)

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
            elif clock.now() - self._used > _IDLE:
                await self._look(min(timeout, _LOOK))
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
                await self._connection.send_packed_command(_PING, check_health=False)
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
                    given = await in_daemon_thread(lambda: _given(credentials))
                    address = with_credentials(address, given)
        except (NoMaster, NoCredentials, TimeoutError) as error:
            raise self._unopened(error, node) from None
        self._generation = self._topology.generation
        connection = _made(
            address, async_redis.UnixDomainSocketConnection, AsyncTcpConnection, AsyncTlsConnection
        )
        try:
            async with asyncio.timeout(timeout):
                await connection.connect()
                self._hear(connection._reader)
                await connection.send_packed_command(self._introduction, check_health=False)
                for _ in _INTRODUCTION:
                    try:
                        self.peer = _peer(await connection.read_response(disconnect_on_error=False))
                    except ResponseError:
                        self.peer = None
                if self._topology.names_master:
                    with contextlib.suppress(ResponseError):  # its user may not ask
                        _check_role(await connection.read_response(disconnect_on_error=False))
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


_connections: Final[WeakSet[SyncConnection | AsyncConnection]] = WeakSet()


def _leave_to_the_parent() -> None:
    # What a child keeps open, the server takes for a sign of life of its parent.
    for connection in _connections:
        connection.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
