"""Connections to the server, sync and async: a list of commands in, a list of replies out.

Both use redis-py's connections for what they are good at (URLs, TLS, authentication, parsing)
and nothing of its client: no retry, no pool, no timeout that is not set here. Each exchange
goes out as one write. Whatever breaks an exchange, cancellation too, closes the connection,
so that no reply is ever taken for that of another command.
"""

from __future__ import annotations

import importlib
import inspect
import os
import socket
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

import redis.connection as sync_redis

from .connection_failures import ConnectionFailed, Peer, WrongServer
from .resp import Command, Reply, pack
from .topology import NoCredentials, NoMaster, Topology

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..settings.server_address import ServerAddress
    from .slots import ServerNode

__all__ = [
    "ANSWER_TIMEOUT",
    "CONNECTIONS",
    "CONNECT_TIMEOUT",
    "IDLE",
    "INTRODUCTION",
    "PING",
    "REPLY_TIMEOUT",
    "RoutedConnection",
    "check_role",
    "credentials_from",
    "open_to",
    "peer_of",
]

# What resolves a name would import it otherwise, at a moment in which the process may fork.
importlib.import_module("encodings.idna")

CONNECT_TIMEOUT: Final = 5.0
"""Seconds that opening a connection may take."""
IDLE: Final = 10.0
"""Seconds without use after which a connection is looked at before it is used: what stands between
may have dropped it, and would swallow what is sent."""
ANSWER_TIMEOUT: Final = 1.0
"""Seconds that the server has to answer then."""
PING: Final = pack([(b"PING",)])
_ASKING: Final = pack([(b"ASKING",)])
REPLY_TIMEOUT: Final = 5.0
"""Seconds that the server may stay silent while replies are outstanding."""

INTRODUCTION: Final = (b"SETNAME", b"INFO")
"""What a new connection says first with `CLIENT`; a user may be forbidden to."""


_MUST_BE_MASTER: Final = pack([(b"ROLE",)])


def _introduction(name: str) -> bytes:
    return pack([(b"CLIENT", INTRODUCTION[0], name), (b"CLIENT", INTRODUCTION[1])])


def check_role(reply: Reply) -> None:
    """Refuse a server that the Sentinels take for the master and that is none, or not yet."""
    if isinstance(reply, list) and reply and reply[0] != b"master":
        raise NoMaster("the server that the Sentinels name is not a master")


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


def open_to(address: ServerAddress, unix: type[Any], tcp: type[Any], tls: type[Any]) -> Any:
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


def peer_of(reply: Reply) -> Peer | None:
    """The client id and the address in the reply to `CLIENT INFO`."""
    if not isinstance(reply, bytes):
        return None
    info: dict[bytes, bytes] = {}
    for pair in reply.split():
        name, _, value = pair.partition(b"=")
        info[name] = value
    return (info[b"id"], info[b"addr"]) if b"id" in info and b"addr" in info else None


def credentials_from(credentials: Callable[[], object]) -> object:
    """What the user's function gives; its error is told by its kind, lest a secret be in it."""
    try:
        return credentials()
    except Exception as error:
        raise NoCredentials(f"credentials raised {type(error).__name__}") from error


class RoutedConnection:
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

    def disown(self) -> None:
        """Leave a connection that was the parent's to it, after a fork."""
        raise NotImplementedError


CONNECTIONS: Final[WeakSet[RoutedConnection]] = WeakSet()


def _leave_to_the_parent() -> None:
    # What a child keeps open, the server takes for a sign of life of its parent.
    for connection in CONNECTIONS:
        connection.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
