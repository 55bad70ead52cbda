"""A connection that one thread uses at a time."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import redis.connection as sync_redis
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
from .host_names import (
    SyncTcpConnection,
    SyncTlsConnection,
)
from .refusals import AskElsewhere, refusal_of
from .topology import NoCredentials, NoMaster, Topology, with_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..settings.server_address import ServerAddress
    from .resp import Command, Reply
    from .slots import ServerNode
    from .topology import Ask

__all__ = ["SyncConnection"]


class SyncConnection(RoutedConnection):
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
        CONNECTIONS.add(self)

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
            elif clock.now() - self._used > IDLE:
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
            connection._sock.settimeout(min(timeout, ANSWER_TIMEOUT))
            connection.send_packed_command((PING,), check_health=False)
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
                address = with_credentials(address, credentials_from(credentials))
        except (NoMaster, NoCredentials) as error:
            raise self._unopened(error, node) from None
        self._generation = self._topology.generation
        connection = open_to(
            address, sync_redis.UnixDomainSocketConnection, SyncTcpConnection, SyncTlsConnection
        )
        connection.socket_connect_timeout = min(timeout, CONNECT_TIMEOUT)
        connection.socket_timeout = min(timeout, self._timeout)
        try:
            connection.connect()
            connection.send_packed_command((self._introduction,), check_health=False)
            for _ in INTRODUCTION:
                try:
                    self.peer = peer_of(connection.read_response())
                except ResponseError:
                    self.peer = None
            if self._topology.names_master:
                with contextlib.suppress(ResponseError):  # its user may not ask
                    check_role(connection.read_response())
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
