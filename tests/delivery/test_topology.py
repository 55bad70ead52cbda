"""What a process knows of a cluster's nodes, without a server: from many threads at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from redis.exceptions import AskError, MovedError

from lbgen_runtime.fire.rules import FireRules, NodeRules
from lbgen_runtime.wire.refusals import refusal_of
from lbgen_runtime.wire.slots import ServerNode, slot_of
from lbgen_runtime.wire.topology import Topology

if TYPE_CHECKING:
    from types import FrameType

HERE = ServerNode("here", 7000)


class Watching:
    """What looks where its node is."""

    def __init__(self) -> None:
        self.told = 0

    def rerouted(self) -> None:
        self.told += 1


def test_a_redirection_is_noted_while_others_begin_to_listen() -> None:
    """At each line on the way, as another thread may, somebody else begins to watch."""
    topology = Topology.of("redis+cluster://here:7000")
    watching = [Watching()]
    topology.watch(watching[0])

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            sys.settrace(None)
            watching.append(Watching())
            topology.watch(watching[-1])
            sys.settrace(trace)
        return trace

    sys.settrace(trace)
    try:
        learnt = topology.learn([refusal_of(MovedError("5 there:7001"))], HERE)
    finally:
        sys.settrace(None)
    assert learnt
    assert watching[0].told == 1
    assert len(watching) > 10


def test_a_connection_that_broke_while_its_slot_was_on_its_way_is_ended_after_that() -> None:
    """What it carries may arrive when the node has the slot, after the event was looked for."""
    stream = b"notes.*:stream"
    topology = Topology.of("redis+cluster://here:7000")
    nodes = NodeRules(topology, FireRules())
    topology.learn([refusal_of(AskError(f"{slot_of(stream)} there:7001"))], HERE)
    on_its_way = topology.node_of(stream)
    nodes.of(on_its_way).broken.append((b"12", b"127.0.0.1:1234"))
    topology.learn([refusal_of(MovedError(f"{slot_of(stream)} there:7001"))], HERE)
    arrived = topology.node_of(stream)
    assert on_its_way != arrived
    assert nodes.of(arrived).broken == [(b"12", b"127.0.0.1:1234")]
    assert nodes.of(arrived).serves(stream)
    assert not nodes.of(HERE).serves(stream)
    assert not nodes.of(HERE).broken
