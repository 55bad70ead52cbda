"""Which server serves a key: the one server, the master that Sentinels name, a cluster's masters.

Nothing here waits or speaks to a server: `Topology.locate` yields what is to be asked, and is
driven from sync and from async connections alike. Every connection tells the topology what it
learns: that a slot has moved, that a node does not answer.
"""

from __future__ import annotations

import contextlib
import logging
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from redis.exceptions import AskError, MovedError

from ..printable import printable
from ..settings.server_url import Kind, ServerUrl
from . import clock
from .refusals import Forbidden, Refusal
from .slots import ASK_FOR_SLOTS, ServerNode, SlotTable, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping
    from typing import Protocol

    from ..settings.server_address import ServerAddress
    from .resp import Command, Reply

    Answer = list[Reply] | Exception

    class Rerouted(Protocol):
        """What is told when keys may be served by other nodes than before; from any thread."""

        def rerouted(self) -> None:
            """Look whether its node is still the one to speak to."""
            ...


__all__ = ["Ask", "NoCredentials", "NoMaster", "Topology", "with_credentials"]

_log = logging.getLogger("lbgen_runtime")

_REFRESH: Final = 0.5
"""Seconds between two questions for the slots at least; up to twice as long, so that many
processes do not ask in the same moment."""
_OLD: Final = 60.0
"""Seconds after which the slots are asked for again when a connection is opened."""
_PATIENCE: Final = 1.0
"""Seconds that a Sentinel or a node has to answer before the next one is asked."""
_ASKING: Final = 1.0
"""Seconds after which the master of a slot that was on its way is asked first again."""


class NoCredentials(Exception):
    """The function that gives the credentials has failed, or has given something else."""


def with_credentials(address: ServerAddress, given: object) -> ServerAddress:
    """An address with what the function has given that gives the credentials.

    Raises:
        NoCredentials: it has given something else.
    """
    match given:
        case str():
            return replace(address, password=given)
        case (str() as username, str() as password):
            return replace(address, username=username, password=password)
        case _:
            raise NoCredentials("credentials must return a password, or a user name and a password")


class NoMaster(Exception):
    """Nobody who was asked knows a server for the node; the message says why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Send these commands to a server over a connection of their own.

    Attributes:
        address: where it is.
        commands: what to send; the answer is the list of their replies, or why there is none.
        timeout: seconds that connecting and answering may take, each.
    """

    address: ServerAddress
    commands: tuple[Command, ...]
    timeout: float = _PATIENCE


class Topology:
    """Which server serves which key, as far as this process knows; from any thread.

    Args:
        url: where to begin.
        address_map: where servers can be reached that are announced under other addresses
            (`host, port` to `host, port`), as behind NAT.
        credentials: gives the password, or the user name and the password, for each connection;
            it may wait.

    Attributes:
        url: where to begin.
        generation: grows when another server takes the place of the one that was the master; a
            connection of an earlier one is not used any more.
        credentials: gives what the constructor says; `None` where the URL has them.
        names_master: whether Sentinels say who the master is.
    """

    __slots__ = (
        "_asking",
        "_due",
        "_forbidden",
        "_home",
        "_master",
        "_places",
        "_read",
        "_seed",
        "_stale",
        "_table",
        "_watching",
        "credentials",
        "generation",
        "names_master",
        "url",
    )

    def __init__(
        self,
        url: ServerUrl,
        address_map: Mapping[tuple[str, int], tuple[str, int]] | None = None,
        credentials: Callable[[], object] | None = None,
    ) -> None:
        self.url = url
        self._places = {known: ServerNode(*place) for known, place in (address_map or {}).items()}
        self._table: SlotTable | None = None
        self._asking: dict[int, tuple[ServerNode, float]] = {}
        self._seed = random.randrange(len(url.places))
        self._home = self._seeded()
        self._master: tuple[str, int] | None = None
        self.generation = 0
        self.credentials = credentials
        self.names_master = url.kind is Kind.SENTINEL
        self._stale = url.kind is Kind.CLUSTER
        self._due = 0.0
        self._read = 0.0
        self._forbidden = False
        self._watching: WeakValueDictionary[int, Rerouted] = WeakValueDictionary()

    @classmethod
    def of(cls, url: str) -> Topology:
        """The servers of a URL.

        Raises:
            ValueError: that is not a URL of a server.
        """
        return cls(ServerUrl.read(url))

    @classmethod
    def only(cls, address: ServerAddress) -> Topology:
        """One server."""
        return cls(ServerUrl(kind=Kind.SERVER, places=(address,), login=address))

    @property
    def is_single(self) -> bool:
        """Whether one server serves every key, for all that is known."""
        return self._table is None

    @property
    def fails_over(self) -> bool:
        """Whether another server takes over where one is lost."""
        return self.url.kind is not Kind.SERVER or self._table is not None

    def _seeded(self) -> ServerNode:
        place = self.url.places[self._seed % len(self.url.places)]
        return ServerNode(place.host, place.port)

    def default(self) -> ServerNode:
        """The node to ask what any can answer, or that is the only one."""
        table = self._table
        return self._home if table is None else table.nodes[0]

    @property
    def nodes(self) -> tuple[ServerNode, ...]:
        """Every master that is known."""
        table = self._table
        return (self._home,) if table is None else table.nodes

    def node_of(self, key: bytes) -> ServerNode:
        """The node that serves a key."""
        table = self._table
        if table is None:
            return self._home
        slot = slot_of(key)
        if (asking := self._asking.get(slot)) is not None:
            node, until = asking
            if clock.now() < until:
                return node
            self._forget_asking(slot)
        owner = table.owner(slot)
        return owner if owner is not None else table.nodes[slot % len(table.nodes)]

    def watch(self, watching: Rerouted) -> None:
        """Tell an object, for as long as it exists, when keys may be served elsewhere."""
        self._watching[id(watching)] = watching

    # What connections tell.

    def learn(self, replies: Iterable[object], asked: ServerNode) -> bool:
        """Note what the errors among replies tell of where keys are.

        Args:
            replies: errors of the server, and others.
            asked: the node that gave them.

        Returns:
            Whether any of them has named another node.
        """
        learnt = False
        for refusal in replies:
            reply = refusal.reply if isinstance(refusal, Refusal) else None
            if not isinstance(reply, AskError):  # MOVED is a kind of it
                continue
            host: str | None = getattr(reply, "host", None)
            known = (host or asked.host, reply.port)
            node = self._places.get(known, ServerNode(*known))
            # Who names another node is one of a cluster, which nobody may have known.
            table = self._table or SlotTable((asked,), [None] * 16_384)
            if isinstance(reply, MovedError):
                self._forget_asking(reply.slot_id)
                table = table.moved(reply.slot_id, node)
                self._stale = True
            else:
                until = clock.now() + _ASKING
                asking = (node._replace(asking=True), until)
                self._asking = {**self._asking, reply.slot_id: asking}
                self._stale = self._stale or self._table is None
            self._table = table
            learnt = True
        if learnt:
            self._tell()
        return learnt

    def failed(self, node: ServerNode) -> None:
        """A node does not answer, or is not the one to ask."""
        for slot in [slot for slot, (asked, _) in self._asking.items() if asked == node]:
            self._forget_asking(slot)
        if self._table is not None or self.url.kind is Kind.CLUSTER:
            self._stale = True
        if self._table is None and not self.names_master:
            self._seed += 1
            self._home = self._seeded()

    def switched(self, host: str, port: int) -> None:
        """The Sentinels name this server as the master."""
        before, self._master = self._master, (host, port)
        if before is not None and before != self._master:
            self.generation += 1
            self._tell()

    def _forget_asking(self, slot: int) -> None:
        self._asking = {other: asked for other, asked in self._asking.items() if other != slot}

    def _tell(self) -> None:
        # One operation: going through a weak set or its like fails where another thread adds.
        for reference in self._watching.valuerefs():
            if (watching := reference()) is not None:
                watching.rerouted()

    # Where a connection is to be opened.

    def locate(self, node: ServerNode) -> Generator[Ask, Answer, ServerAddress]:
        """Where a node can be reached; asks others who know more, if need be.

        Args:
            node: what `node_of` has given.

        Raises:
            NoMaster: nobody knows; or the node serves nothing any more, and `node_of` gives others.
        """
        if self.names_master:
            return (yield from self._ask_sentinels())
        if self._is_due():
            yield from self._refresh(node)
        table = self._table
        if table is not None:
            if not node.asking and node not in table.nodes:
                raise NoMaster(f"{node.host}:{node.port} no longer serves a slot")
            return self.url.at(node.host, node.port)
        if self.url.kind is Kind.CLUSTER and not self._forbidden:
            raise NoMaster("no node of the cluster answers")
        if node == self._home:
            return self.url.places[self._seed % len(self.url.places)]
        return self.url.at(node.host, node.port)

    def _ask_sentinels(self) -> Generator[Ask, Answer, ServerAddress]:
        command = (b"SENTINEL", b"GET-MASTER-ADDR-BY-NAME", self.url.master)
        count = len(self.url.places)
        why = ""
        for number in range(self._seed, self._seed + count):
            answer = yield Ask(self.url.places[number % count], (command,))
            if isinstance(answer, Exception):
                why = f"no Sentinel answers: {answer}"
                continue
            [reply] = answer
            if isinstance(reply, Refusal):
                why = f"a Sentinel refused the command: {reply}"
            elif reply is None:
                why = f"the Sentinels do not know a master named {printable(self.url.master)}"
            else:
                self._seed = number % count
                host, port = reply
                known = (host.decode(), int(port))
                place = self._places.get(known, ServerNode(*known))
                self.switched(place.host, place.port)
                return self.url.at(place.host, place.port)
        self._seed += 1
        raise NoMaster(why)

    def take_slots(self, reply: Reply, asked: ServerNode) -> None:
        """Note what a node has answered to `ASK_FOR_SLOTS`; one of no cluster has refused."""
        if not isinstance(reply, list):
            return
        with contextlib.suppress(ValueError):
            table = SlotTable.read(reply, asked, self._places)
            if table.nodes:
                self._take(table)

    def _is_due(self) -> bool:
        now = clock.now()
        if self._forbidden or now < self._due:
            return False
        return self._stale or (self._table is not None and now - self._read > _OLD)

    def _refresh(self, node: ServerNode) -> Generator[Ask, Answer, None]:
        """Read the slots from a node that answers, those first that are not in doubt."""
        self._due = clock.now() + random.uniform(_REFRESH, 2 * _REFRESH)
        table = self._table
        known = [] if table is None else random.sample(table.nodes, len(table.nodes))
        asked = sorted(known, key=lambda other: other == node)
        addresses = [self.url.at(other.host, other.port) for other in asked]
        addresses += [place for place in self.url.places if place not in addresses]
        for address in addresses:
            answer = yield Ask(address, (ASK_FOR_SLOTS,))
            if isinstance(answer, Exception):
                continue
            [reply] = answer
            if isinstance(reply, Refusal):
                if isinstance(reply, Forbidden):
                    self._forbidden = True
                    _log.warning(
                        "the server's user may not run CLUSTER SLOTS: this process learns where "
                        "keys are from redirections alone, which is slower after a failover"
                    )
                    return
                if self.url.kind is Kind.SERVER and "cluster support disabled" in str(reply):
                    self._take(None)
                    return
                continue
            try:
                read = SlotTable.read(reply, ServerNode(address.host, address.port), self._places)
            except ValueError:
                continue
            if read.nodes:
                self._take(read)
                return

    def _take(self, table: SlotTable | None) -> None:
        self._table = table
        self._stale = False
        self._read = clock.now()
        self._tell()
