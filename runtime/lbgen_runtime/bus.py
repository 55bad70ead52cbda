"""`Bus`: the base class of the generated bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .settings.scopes import Settings
from .wire.daemon_thread import in_daemon_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from .listen.listener import Listener
    from .settings.scopes import OnError, OnFull

__all__ = ["RESERVED_API_NAMES", "Bus"]


class Bus:
    """The connection of a service to the bus.

    For each argument that you leave out, `Bus` uses the environment variable `LBGEN_` plus the name
    in capitals, or the default; see `docs/reference/settings.md`.

    You can write seconds as a number or as a duration such as `500ms`, `90s`, `15m`, `2h` or `7d`.

    Args:
        service_name: name that all processes of the service share. Required to listen, and to
            fire events of an API that lists its authoritative services.
        process_name: name of this process in the service. `{hostname}`, `{pid}`, `{random4}`,
            `{random8}` and `{random16}` are replaced. With a fixed name, a restarted process
            first continues with the events that it had started.
        redis_url: address of the server, the Sentinels, or nodes of a cluster: `redis://`,
            `redis+sentinel://`, `redis+cluster://` or `unix://`, or with `rediss` for TLS.
        credentials: function that returns the password, or the user name and the password;
            called for every connection.
        address_map: maps addresses that servers announce, but this process cannot reach (for
            example behind NAT), to reachable ones: `host:port` to `host:port`.
        fire_deadline: seconds after which `fire` gives up.
        durability: what `fire` waits for: `memory`, `disk` or `replicas:N`.
        max_event_size: maximum size of an event in bytes.
        event_id_memory: seconds for which the server remembers the event ids that you pass.
        retention: seconds for which acknowledged events are kept, `forever`, or `N events`.
        trim_interval: seconds between two times that this process trims a stream.
        max_stream_length: maximum number of events in a stream; 0 means unlimited.
        on_full: what happens if a stream is full: `raise` or `drop_oldest`.
        reclaim_interval: seconds between two searches for events of dead processes.
        consumer_memory: seconds after which the consumer of a dead process is removed.

    The other arguments are the defaults of `listen`.

    Raises:
        InvalidSettings: a value is invalid; the message names the setting.
    """

    def __init__(  # noqa: PLR0913 - an argument for each setting
        self,
        *,
        service_name: str | None = None,
        process_name: str | None = None,
        redis_url: str | None = None,
        credentials: Callable[[], str | tuple[str, str]] | None = None,
        address_map: Mapping[str, str] | None = None,
        fire_deadline: float | str | None = None,
        durability: str | None = None,
        max_event_size: int | None = None,
        event_id_memory: float | str | None = None,
        retention: float | str | None = None,
        trim_interval: float | str | None = None,
        max_stream_length: int | None = None,
        on_full: OnFull | None = None,
        reclaim_interval: float | str | None = None,
        consumer_memory: float | str | None = None,
        concurrency: int | None = None,
        read_ahead: int | None = None,
        read_ahead_bytes: int | None = None,
        acknowledgement_timeout: float | str | None = None,
        max_processing: float | str | None = None,
        max_deliveries: int | None = None,
        retry_delay: float | str | None = None,
        max_retry_delay: float | str | None = None,
        on_error: OnError | None = None,
        since: str | datetime | None = None,
        grace: float | str | None = None,
    ) -> None:
        # The client library, which takes long to import, comes with the first bus, and not with the
        # first fire, which may be in a signal handler, or in many threads after a fork.
        from .core import BusCore

        given = {name: value for name, value in locals().items() if name in _ARGUMENTS}
        self.__lbgen__ = BusCore(Settings.read(given))

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The listeners, in the order in which they were added."""
        return tuple(self.__lbgen__.listeners)

    def run(self) -> None:
        """Run all listeners until SIGTERM or SIGINT; uses uvloop if it is installed."""
        from .listen.lifetime import run

        run(self.__lbgen__)

    async def run_async(self) -> None:
        """Run all listeners until `close_async` is called or this task is cancelled."""
        from .listen.worker import Worker

        await Worker(self.__lbgen__).run()

    def close(self) -> None:
        """Close the connections of `fire`; the next `fire` opens new ones."""
        self.__lbgen__.sync_firer.close()
        self.__lbgen__.schema_publisher.close()

    async def close_async(self) -> None:
        """Stop `run_async`, and close the connections of `fire_async` in this event loop."""
        core = self.__lbgen__
        if core.worker is not None:
            await core.worker.stop()
        await core.async_firer.close()
        await in_daemon_thread(self.close)


_ARGUMENTS: Final = frozenset(Bus.__init__.__kwdefaults__ or ())
RESERVED_API_NAMES: Final = frozenset(name for name in dir(Bus) if not name.startswith("_"))
"""First parts of API names that a generated bus cannot have as attributes."""
