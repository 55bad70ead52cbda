"""`Bus`: what generated code subclasses, and where a service begins."""

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
    """A service's place on the bus.

    Every argument that is left out comes from the environment variable `LBGEN_` + its name in
    capitals, else its default holds; `docs/reference/settings.md` lists them.

    Where seconds are meant, a text may say `500ms`, `90s`, `15m`, `2h` or `7d` as well.

    Args:
        service_name: the name that all processes of the service share. Needed to listen, and to
            fire events of an API that names its authoritative services.
        process_name: this process's name in the service. `{hostname}`, `{pid}`, `{random4}`,
            `{random8}` and `{random16}` are replaced. With a name that stays the same over
            restarts, a restarted process first works off what it had begun.
        redis_url: where the server is, the Sentinels, or nodes of a cluster: `redis://`,
            `redis+sentinel://`, `redis+cluster://`, `unix://`, each with `rediss` for TLS.
        credentials: a function that returns the password, or the user name and the password;
            called for every connection.
        address_map: where servers can be reached that announce other addresses, as behind NAT:
            `host:port` to `host:port`.
        fire_deadline: seconds after which `fire` gives up.
        durability: what `fire` waits for: `memory`, `disk` or `replicas:N`.
        max_event_size: bytes that an event may have.
        event_id_memory: seconds for which the bus remembers an event id that a caller brought.
        retention: seconds for which acknowledged events stay, `forever`, or `N events`.
        trim_interval: seconds between two times that this process trims a stream.
        max_stream_length: events that a stream may hold; 0 is any number.
        on_full: what a full stream does: `raise` or `drop_oldest`.
        reclaim_interval: seconds between two looks for what dead processes have left.
        consumer_memory: seconds after which a consumer that is gone is removed.

    The others are the defaults of `listen`.

    Raises:
        InvalidSettings: a value is not what the setting can be.
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
        """The listeners, in the order in which they were declared."""
        return tuple(self.__lbgen__.listeners)

    def run(self) -> None:
        """Run every listener until SIGTERM or SIGINT; uses uvloop where it is installed."""
        from .listen.lifetime import run

        run(self.__lbgen__)

    async def run_async(self) -> None:
        """Run every listener until `close_async` is called or this task is cancelled."""
        from .listen.worker import Worker

        await Worker(self.__lbgen__).run()

    def close(self) -> None:
        """Close the connection that `fire` has used; firing again opens another."""
        self.__lbgen__.sync_firer.close()
        self.__lbgen__.schema_publisher.close()

    async def close_async(self) -> None:
        """Stop `run_async`, and close what this event loop's `fire_async` has used."""
        core = self.__lbgen__
        if core.worker is not None:
            await core.worker.stop()
        await core.async_firer.close()
        await in_daemon_thread(self.close)


_ARGUMENTS: Final = frozenset(Bus.__init__.__kwdefaults__ or ())
RESERVED_API_NAMES: Final = frozenset(name for name in dir(Bus) if not name.startswith("_"))
"""First parts of API names that a generated bus cannot have as attributes."""
