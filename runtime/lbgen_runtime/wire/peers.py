"""Connections as the server knows them: to ask whether they are there, and to end what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .requests import Request, nothing

if TYPE_CHECKING:
    from .connection_failures import Peer
    from .resp import Reply

__all__ = ["PING", "is_connected", "kill", "unblock"]

PING: Final[Request[None]] = Request((b"PING",), nothing)
"""Asks whether the server is there; opens the connection."""


def unblock(peer: Peer) -> Request[None]:
    """End the read in which a connection waits; the server replies to it."""
    return Request((b"CLIENT", b"UNBLOCK", peer[0]), nothing)


def kill(peer: Peer) -> Request[None]:
    """End a connection: what it has sent is executed by now, or never."""
    return Request((b"CLIENT", b"KILL", b"ID", peer[0], b"ADDR", peer[1]), nothing)


def is_connected(peer: Peer) -> Request[bool]:
    """Whether a connection is there."""

    def is_listed(clients: Reply) -> bool:
        return isinstance(clients, bytes) and b" addr=%b " % peer[1] in clients

    return Request((b"CLIENT", b"LIST", b"ID", peer[0]), is_listed)
