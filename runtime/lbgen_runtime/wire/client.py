"""Commands one after the other, each to the server that serves its key, in sync code."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from .backoff import backoff
from .connection_failures import ConnectionFailed, WrongServer
from .routing import key_of
from .slots import ASK_FOR_SLOTS
from .sync_connection import SyncConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .resp import Command, Reply
    from .slots import ServerNode
    from .topology import Topology

__all__ = ["RoutedClient"]

_ATTEMPTS: Final = 6
"""How often a command is sent that no server has executed."""


class RoutedClient:
    """Sends commands and waits for their replies; used by one thread at a time.

    Args:
        topology: which servers there are.
        name: the connections' name on the server (`CLIENT LIST`).
    """

    __slots__ = ("_connections", "_name", "_topology")

    def __init__(self, topology: Topology, *, name: str) -> None:
        self._topology = topology
        self._name = name
        self._connections: dict[ServerNode, SyncConnection] = {}

    def exchange(
        self, commands: Sequence[Command], *, node: ServerNode | None = None
    ) -> list[Reply]:
        """The replies to commands whose keys one server serves.

        Args:
            commands: what to send, in one write.
            node: whom to ask, where that is not the server of the first key.

        Raises:
            ConnectionFailed: no server has answered, or none has executed the commands.
        """
        attempts = 0
        while True:
            asked = node or self._node_of(commands)
            try:
                return self.at(asked).exchange(commands)
            except ConnectionFailed as failure:
                attempts += 1
                executed = failure.sent and not isinstance(failure, WrongServer)
                if executed or attempts == _ATTEMPTS or not self._topology.fails_over:
                    raise
                time.sleep(backoff(attempts, first=0.05, longest=0.5))

    def nodes(self) -> tuple[ServerNode, ...]:
        """Every master, after asking whether the server is a node of a cluster.

        Raises:
            ConnectionFailed: no server answers.
        """
        if self._topology.names_master:
            return (self._topology.default(),)
        asked = self._topology.default()
        [reply] = self.exchange([ASK_FOR_SLOTS])
        self._topology.take_slots(reply, asked)
        return self._topology.nodes

    def _node_of(self, commands: Sequence[Command]) -> ServerNode:
        for command in commands:
            if (key := key_of(command)) is not None:
                return self._topology.node_of(key)
        return self._topology.default()

    def at(self, node: ServerNode) -> SyncConnection:
        """The connection to a node, for what it alone can answer."""
        connection = self._connections.get(node)
        if connection is None:
            connection = SyncConnection(self._topology, name=self._name, at=lambda: node)
            self._connections[node] = connection
        return connection

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()
