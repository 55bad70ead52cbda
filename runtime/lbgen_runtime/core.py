"""What a bus owns: its settings, its firers, its listeners."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .errors import DuplicateListenerName, InvalidSettings
from .setting_values import check_name

if TYPE_CHECKING:
    from .coalescing import AsyncFirer, SyncFirer
    from .firing import FireRules
    from .lightbus import SchemaPublisher
    from .listener import Listener
    from .settings import Settings
    from .worker import Worker

__all__ = ["BusCore"]


class BusCore:
    """The parts of a bus, out of the way of the API names that its generated subclass has."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.listeners: list[Listener] = []
        self.worker: Worker | None = None

    @cached_property
    def connection_name(self) -> str:
        """The name of every connection of this bus on the server (`CLIENT LIST`)."""
        return f"lbgen:{self.settings.service_name or ''}:{self.settings.process_name}"

    @cached_property
    def rules(self) -> FireRules:
        """What holds for every event that this bus fires."""
        from .firing import FireRules
        from .trimming import Trims

        settings = self.settings
        return FireRules.of(
            settings.durability,
            max_length=settings.max_stream_length,
            drop_oldest=settings.on_full == "drop_oldest",
            trims=Trims(settings.retention, settings.trim_interval),
        )

    @cached_property
    def sync_firer(self) -> SyncFirer:
        """Fires for threads."""
        from .coalescing import SyncFirer  # the client library is imported at the first use

        return SyncFirer(self.settings.redis_url, name=self.connection_name, rules=self.rules)

    @cached_property
    def async_firer(self) -> AsyncFirer:
        """Fires for tasks."""
        from .coalescing import AsyncFirer

        return AsyncFirer(self.settings.redis_url, name=self.connection_name, rules=self.rules)

    @cached_property
    def schema_publisher(self) -> SchemaPublisher:
        """Tells Lightbus's processes the schemas of the APIs that they read."""
        from .lightbus import SchemaPublisher

        return SchemaPublisher(self.settings.redis_url, name=self.connection_name)

    def close_schema_publisher(self) -> None:
        """Publish no schema any more; blocks."""
        if "schema_publisher" in self.__dict__:
            self.schema_publisher.close()

    def service_name_for_listening(self) -> str:
        """The service's name.

        Raises:
            InvalidSettings: there is none.
        """
        if self.settings.service_name is None:
            raise InvalidSettings(
                "listening needs a service name that stays the same over restarts: "
                "Bus(service_name=...) or LBGEN_SERVICE_NAME"
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
            raise InvalidSettings(f"{listener} comes too late: this bus runs already")
        for other in self.listeners:
            if (
                other.name == listener.name
                and other.contract.api.name == listener.contract.api.name
            ):
                raise DuplicateListenerName(
                    f"service {listener.service!r} has a listener {listener.name!r} on API "
                    f"{listener.contract.api.name!r} already, for {other.contract.full_name}"
                )
        self.listeners.append(listener)
