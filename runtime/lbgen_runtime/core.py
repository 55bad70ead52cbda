"""What a bus owns: its settings, its firers, its listeners."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from .errors import DuplicateListenerName, InvalidSettings
from .fire.async_firer import AsyncFirer
from .fire.rules import FireRules, NodeRules
from .fire.sync_firer import SyncFirer
from .lightbus import SchemaPublisher
from .settings.server_url import ServerUrl
from .settings.values import check_name, filled_process_name
from .wire.durability import Durability
from .wire.eviction import EvictionCheck
from .wire.outage import Outage
from .wire.topology import Topology
from .wire.trimming import Trims

if TYPE_CHECKING:
    from .listen.listener import Listener
    from .listen.worker import Worker
    from .settings.scopes import Settings

__all__ = ["BusCore"]


class BusCore:
    """The parts of a bus, out of the way of the API names that its generated subclass has."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.listeners: list[Listener] = []
        self._begin()
        _cores.add(self)

    def _begin(self) -> None:
        """Make what each process has for itself; a forked one makes it anew."""
        settings = self.settings
        self.worker: Worker | None = None
        self.process_name = filled_process_name(settings.process_name)
        # The name of every connection of this bus on the server (`CLIENT LIST`).
        self.connection_name = f"lbgen:{settings.service_name or ''}:{self.process_name}"
        self.trims = Trims(settings.retention, settings.trim_interval)
        self.eviction = EvictionCheck()
        self.rules = FireRules(
            durability=Durability.read(settings.durability),
            max_length=settings.max_stream_length,
            drop_oldest=settings.on_full == "drop_oldest",
            trims=self.trims,
            eviction=self.eviction,
        )
        self.topology = topology = Topology(
            ServerUrl.read(settings.redis_url),
            address_map=settings.address_map,
            credentials=settings.credentials,
        )
        self.outage = outage = Outage(topology)
        name, rules = self.connection_name, NodeRules(topology, self.rules)
        self.sync_firer = SyncFirer(topology, name=name, rules=rules, outage=outage)
        self.async_firer = AsyncFirer(topology, name=name, rules=rules, outage=outage)
        self.schema_publisher = SchemaPublisher(topology, name=name)

    def begin_after_fork(self) -> None:
        """Share nothing with the parent, of whose threads none is here."""
        self.schema_publisher.disown()
        self._begin()

    def service_name_for_listening(self) -> str:
        """The service's name.

        Raises:
            InvalidSettings: there is none.
        """
        if self.settings.service_name is None:
            raise InvalidSettings(
                "a bus needs a service name to listen; pass Bus(service_name=...) or set "
                "LBGEN_SERVICE_NAME, and do not change it between restarts"
            )
        return self.settings.service_name

    def checked_listener_name(self, name: object) -> str:
        """The listener name, if it can be one.

        Raises:
            InvalidSettings: it cannot.
        """
        return check_name("listener_name", name)

    def register(self, listener: Listener) -> None:
        """Add a listener.

        Raises:
            DuplicateListenerName: the service has one of that name on that API.
            InvalidSettings: the bus runs already.
        """
        if self.worker is not None:
            raise InvalidSettings(
                f"{listener} was added after the bus had started; call listen(...) before run()"
            )
        for other in self.listeners:
            if (
                other.name == listener.name
                and other.contract.api.name == listener.contract.api.name
            ):
                raise DuplicateListenerName(
                    f"service {listener.service!r} already has a listener {listener.name!r} on API "
                    f"{listener.contract.api.name!r}, for {other.contract.full_name}; choose "
                    "another listener name"
                )
        self.listeners.append(listener)


_cores: Final[WeakSet[BusCore]] = WeakSet()


def _begin_after_fork() -> None:
    for core in _cores:
        core.begin_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_after_fork)
