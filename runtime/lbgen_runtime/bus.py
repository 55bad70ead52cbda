"""`Bus`: what generated code subclasses, and where a service begins."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from .core import BusCore
from .settings import Settings

if TYPE_CHECKING:
    from .listener import Listener

__all__ = ["RESERVED_API_NAMES", "Bus"]


class Bus:
    """A service's place on the bus.

    Every argument that is left out comes from the environment variable `LBGEN_` + its name in
    capitals, else its default holds; `docs/reference/settings.md` lists them.

    Args:
        service_name: the name that all processes of the service share. Needed to listen, and to
            fire events of an API that names its authoritative services.
        process_name: this process's name in the service. `{hostname}`, `{pid}`, `{random4}`,
            `{random8}` and `{random16}` are replaced. With a name that stays the same over
            restarts, a restarted process first works off what it had begun.
        redis_url: `redis://`, `rediss://` or `unix://`.
        fire_deadline: seconds after which `fire` gives up.

    Raises:
        InvalidSettings: a value is not what the setting can be.
    """

    def __init__(
        self,
        *,
        service_name: str | None = None,
        process_name: str | None = None,
        redis_url: str | None = None,
        fire_deadline: float | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in _ARGUMENTS}
        self.__lbgen__ = BusCore(Settings.read(given))

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The listeners, in the order in which they were declared."""
        return tuple(self.__lbgen__.listeners)

    def run(self) -> None:
        """Run every listener until SIGTERM or SIGINT; uses uvloop where it is installed."""
        from .worker import run

        run(self.__lbgen__)

    async def run_async(self) -> None:
        """Run every listener until `close_async` is called or this task is cancelled."""
        from .worker import Worker

        await Worker(self.__lbgen__).run()

    def close(self) -> None:
        """Close the connection that `fire` has used; firing again opens another."""
        self.__lbgen__.sync_firer.close()

    async def close_async(self) -> None:
        """Stop `run_async`, and close what this event loop's `fire_async` has used."""
        core = self.__lbgen__
        if core.worker is not None:
            await core.worker.stop()
        await core.async_firer.close()
        await asyncio.to_thread(core.sync_firer.close)


_ARGUMENTS: Final = frozenset(Bus.__init__.__kwdefaults__ or ())
RESERVED_API_NAMES: Final = frozenset(name for name in dir(Bus) if not name.startswith("_"))
"""First parts of API names that a generated bus cannot have as attributes."""
