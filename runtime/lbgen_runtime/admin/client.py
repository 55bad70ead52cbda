"""Asking a server one thing after the other: for those who look after a bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import LbgenError
from ..wire.connection import ConnectionFailed, SyncConnection, WrongServer
from ..wire.refusals import UnknownScript, refusal_of
from ..wire.topology import Topology

if TYPE_CHECKING:
    from ..wire.resp import Command, Reply
    from ..wire.scripts import Script

__all__ = ["Asker", "ServerUnavailable"]


class ServerUnavailable(LbgenError, ConnectionError):
    """The server cannot be asked; the message says why."""


class Asker:
    """Sends a command and waits for its reply.

    Args:
        redis_url: where the server is.
        name: the connection's name on the server (`CLIENT LIST`).

    Raises:
        ValueError: that is no URL of a server.
    """

    def __init__(self, redis_url: str, *, name: str) -> None:
        self._connection = SyncConnection(Topology.of(redis_url), name=name)

    def ask(self, *command: Any) -> Reply:
        """The reply to a command.

        Raises:
            ServerUnavailable: the server does not answer, or refuses.
        """
        [reply] = self._exchange([command])
        return _unless_refused(reply)

    def at_once(self, *commands: Command) -> list[Reply]:
        """The replies to commands that the server runs with nothing in between (`MULTI`).

        Raises:
            ServerUnavailable: the server does not answer, or refuses.
        """
        *_, replies = self._exchange([(b"MULTI",), *commands, (b"EXEC",)])
        return [_unless_refused(reply) for reply in _unless_refused(replies)]

    def run(self, script: Script, keys: list[bytes], arguments: list[Any]) -> Reply:
        """The reply of a script.

        Raises:
            ServerUnavailable: the server does not answer, or refuses.
        """
        command = script.call(keys, arguments)
        [reply] = self._exchange([command])
        if isinstance(reply, UnknownScript):
            [reply] = self._exchange([script.call_in_full(command)])
        return _unless_refused(reply)

    def keys(self, pattern: str, *more: Any) -> list[bytes]:
        """The keys that fit a pattern, sorted.

        Args:
            pattern: as `SCAN` reads it.
            more: further arguments of `SCAN`.
        """
        found: set[bytes] = set()
        cursor: Any = b"0"
        while True:
            cursor, keys = self.ask(b"SCAN", cursor, b"MATCH", pattern, b"COUNT", 1000, *more)
            found.update(keys)
            if cursor == b"0":
                return sorted(found)

    def _exchange(self, commands: list[Command]) -> list[Reply]:
        try:
            return self._connection.exchange(commands)
        except WrongServer as failure:
            raise ServerUnavailable(f"the server refused the connection: {failure}") from None
        except ConnectionFailed as failure:
            raise ServerUnavailable(f"cannot reach the server: {failure}") from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _unless_refused(reply: Reply) -> Reply:
    if isinstance(reply, Exception):
        raise ServerUnavailable(f"the server refused the command: {refusal_of(reply)}")
    return reply
