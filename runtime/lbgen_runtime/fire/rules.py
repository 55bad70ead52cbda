"""What holds for every event that a bus fires, and for those that go to one node."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..wire.eviction import EvictionCheck
from ..wire.trimming import Trims
from .search import EventSearches

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire.connection_failures import Peer
    from ..wire.durability import Durability
    from ..wire.slots import ServerNode
    from ..wire.topology import Topology

__all__ = ["FireRules", "NodeRules"]


def _always(_stream: bytes) -> bool:
    return True


@dataclass(slots=True, kw_only=True)
class FireRules:
    """What holds for every event that a bus fires.

    Attributes:
        durability: where a write must be before it is confirmed; `None` where the server's memory
            is enough.
        max_length: entries that a stream may have; 0 is any number.
        drop_oldest: a full stream drops its oldest entries instead of refusing new ones.
        trims: when a stream is due to be trimmed.
        eviction: whether the server's policy was asked for.
        searches: of events that this process has not confirmed.
        broken: connections that may still carry writes; ended on the server before anything is
            looked for, and forgotten then.
        serves: whether the node of these rules serves a stream.
    """

    durability: Durability | None = None
    max_length: int = 0
    drop_oldest: bool = False
    trims: Trims = field(default_factory=Trims)
    eviction: EvictionCheck = field(default_factory=EvictionCheck)
    searches: EventSearches = field(default_factory=EventSearches)
    broken: list[Peer] = field(default_factory=list["Peer"])
    durable_checked: bool = False
    kill_refused: bool = False
    serves: Callable[[bytes], bool] = _always


class NodeRules:
    """The rules for each node: what one of them was told does not hold for the others.

    Args:
        topology: which nodes there are.
        rules: what holds for all of them.
    """

    __slots__ = ("_of", "_rules", "_topology")

    def __init__(self, topology: Topology, rules: FireRules) -> None:
        self._topology = topology
        self._rules = rules
        self._of: dict[ServerNode, FireRules] = {}

    def of(self, node: ServerNode) -> FireRules:
        """The rules for a node: the same while it serves a slot that is on its way to it.

        A connection that broke then may carry its writes until the slot has arrived.
        """
        place = node._replace(asking=False)
        rules = self._of.get(place)
        if rules is None:
            node_of = self._topology.node_of

            def serves(stream: bytes) -> bool:
                return node_of(stream)._replace(asking=False) == place

            made = replace(
                self._rules,
                broken=[],
                eviction=EvictionCheck(asked=self._rules.eviction.asked),
                serves=serves,
            )
            rules = self._of.setdefault(place, made)
        return rules
