"""Asking a server one thing after the other: for those who look after a bus."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import LbgenError
from ..wire.client import RoutedClient
from ..wire.connection_failures import ConnectionFailed, WrongServer
from ..wire.inspection import keys_page
from ..wire.refusals import Refusal
from ..wire.requests import ask, ask_in_transaction
from ..wire.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Generator

    from ..wire.requests import Request

__all__ = ["AdminClient", "ServerUnavailable"]

T = TypeVar("T")


class ServerUnavailable(LbgenError, ConnectionError):
    """The server cannot be asked; the message says why."""


class AdminClient:
    """Sends a command and waits for its reply.

    Args:
        redis_url: where the server is.
        name: the connection's name on the server (`CLIENT LIST`).

    Raises:
        ValueError: that is not a URL of a server.
    """

    def __init__(self, redis_url: str, *, name: str) -> None:
        self._client = RoutedClient(Topology.of(redis_url), name=name)

    def execute(self, request: Request[T]) -> T:
        """What the reply to a request means.

        Raises:
            ServerUnavailable: the server does not answer, or refuses.
        """
        with _unavailable():
            return ask(self._client, request)

    def transaction(self, *requests: Request[Any]) -> None:
        """Have the server do things with nothing in between.

        Raises:
            ServerUnavailable: the server does not answer, or refuses.
        """
        with _unavailable():
            ask_in_transaction(self._client, requests)

    def keys(self, pattern: str, kind: str) -> list[bytes]:
        """The keys that fit a pattern, of every master, sorted.

        Args:
            pattern: of the keys.
            kind: what they hold: `stream`, `hash`, `string`.

        Raises:
            ServerUnavailable: the server does not answer, or refuses.
        """
        found: set[bytes] = set()
        with _unavailable():
            for node in self._client.nodes():
                connection, cursor = self._client.at(node), b"0"
                while True:
                    cursor, keys = ask(connection, keys_page(cursor, pattern, kind))
                    found.update(keys)
                    if cursor == b"0":
                        break
        return sorted(found)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@contextlib.contextmanager
def _unavailable() -> Generator[None, None, None]:
    """Whatever the server or the connection to it says, as an error for people."""
    try:
        yield
    except Refusal as refusal:
        raise ServerUnavailable(f"the server refused the command: {refusal}") from None
    except WrongServer as failure:
        raise ServerUnavailable(f"the server refused the connection: {failure}") from None
    except ConnectionFailed as failure:
        raise ServerUnavailable(f"cannot reach the server: {failure}") from None
