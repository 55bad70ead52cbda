"""The lease of a process's name: it holds while the process renews it, and a little longer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from .keys import lease_key
from .peers import is_connected
from .requests import Request, nothing, scripted
from .scripts import LEASE

if TYPE_CHECKING:
    from .connection_failures import Peer
    from .resp import Reply

__all__ = ["Lease", "connection_of"]


class Lease:
    """The lease of one process's name, as that process uses it.

    Args:
        service: the service's name.
        process: the process's name.

    Attributes:
        key: the key that holds it.
    """

    __slots__ = ("_token", "key")

    def __init__(self, service: str, process: str) -> None:
        self.key = lease_key(service, process)
        self._token = secrets.token_hex(8).encode()

    def hold(
        self, peer: Peer | None, seconds: float, *, dead: bytes = b""
    ) -> Request[bytes | None]:
        """Take the lease, or renew it.

        Args:
            peer: this process's connection as the server knows it.
            seconds: for which it holds.
            dead: the lease of another process that is dead: it is replaced.

        Returns:
            The lease of another process that holds instead; `None` where this one holds it.
        """
        address = b" ".join(peer or (b"", b""))
        arguments = [self._token, address, int(seconds * 1000), dead]

        def other(lease: Reply) -> bytes | None:
            return None if lease.startswith(self._token) else lease

        return scripted(LEASE, [self.key], arguments, other)

    def current(self) -> Request[Any]:
        """The lease that holds, whosever it is; `None` where none does."""
        return Request((b"GET", self.key), lambda lease: lease)

    def lasts(self) -> Request[Any]:
        """Milliseconds for which the lease holds unless it is renewed."""
        return Request((b"PTTL", self.key), int)

    def is_own(self, lease: bytes) -> bool:
        """Whether a lease is this process's."""
        return lease.startswith(self._token)

    def remove(self) -> Request[None]:
        """Give the lease up."""
        return Request((b"DEL", self.key), nothing)


def connection_of(lease: bytes) -> Request[bool] | None:
    """Whether the connection is there that a lease names; `None` where it names none."""
    _, client_id, address = (*lease.split(b" "), b"", b"")[:3]
    return is_connected((client_id, address)) if client_id else None
