"""Which master of a cluster serves which slot, as far as this process knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redis.crc import key_slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ASK_FOR_SLOTS", "ServerNode", "SlotTable", "slot_of"]

_SLOTS: Final = 16_384
ASK_FOR_SLOTS: Final = (b"CLUSTER", b"SLOTS")
"""What a node answers with a reply that `SlotTable.read` takes."""


class ServerNode(NamedTuple):
    """A place at which a server answers.

    Attributes:
        host: its name or IP address.
        port: its TCP port.
        asking: it serves a slot that is on its way to it: each command follows an `ASKING`.
    """

    host: str
    port: int
    asking: bool = False


def slot_of(key: bytes) -> int:
    """The slot of a key: CRC16 of the key, or of the part of it in braces, modulo 16,384."""
    return int(key_slot(key))


class SlotTable:
    """The masters of a cluster and their slots; a change gives another table.

    Attributes:
        nodes: every master that serves a slot, without those that only this process's own
            observations name.
    """

    __slots__ = ("_owners", "nodes")

    def __init__(self, nodes: Iterable[ServerNode], owners: list[ServerNode | None]) -> None:
        self.nodes = tuple(nodes)
        self._owners = owners

    @classmethod
    def read(
        cls, reply: Any, asked: ServerNode, places: Mapping[tuple[str, int], ServerNode]
    ) -> SlotTable:
        """The table in a reply to `CLUSTER SLOTS`.

        Args:
            reply: a list of first slot, last slot, and the nodes, of which the first is the master.
            asked: who answered: a node without a host of its own is at the same one.
            places: where the nodes can be reached that are announced under other addresses.

        Raises:
            ValueError: the reply has another shape.
        """
        owners: list[ServerNode | None] = [None] * _SLOTS
        nodes: dict[ServerNode, None] = {}
        try:
            for low, high, (host, port, *_), *_ in reply:
                name = host.decode() if isinstance(host, bytes) else (host or "")
                known = (name or asked.host, int(port))
                node = places.get(known, ServerNode(*known))
                owners[low : high + 1] = [node] * (high + 1 - low)
                nodes[node] = None
        except (TypeError, ValueError, AttributeError) as error:
            raise ValueError("the reply to CLUSTER SLOTS cannot be read") from error
        if len(owners) != _SLOTS:
            raise ValueError("the reply to CLUSTER SLOTS contains slots that do not exist")
        return cls(nodes, owners)

    def owner(self, slot: int) -> ServerNode | None:
        """The master of a slot; `None` for a slot that nobody serves."""
        return self._owners[slot]

    def moved(self, slot: int, node: ServerNode) -> SlotTable:
        """The table after a node has said who serves a slot."""
        owners = self._owners.copy()
        owners[slot] = node
        return SlotTable(dict.fromkeys((*self.nodes, node)), owners)
