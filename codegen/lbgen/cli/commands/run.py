"""`lbgen run`: run the listeners of a service."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["command"]


class LogLevel(StrEnum):
    """The lowest level of log lines to show."""

    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


def command(
    target: Annotated[
        str, typer.Argument(metavar="MODULE:BUS", help="Bus to run, such as services.shop:bus.")
    ],
    log_level: Annotated[
        LogLevel, typer.Option(help="Lowest level of log lines to show; debug logs every event.")
    ] = LogLevel.info,
) -> None:
    """Run all listeners of a bus until SIGTERM or SIGINT.

    Exit codes: 0 after a signal, 1 if a listener or the server stopped the process, 2 if the bus
    does not exist or has no listeners.
    """
    import logging
    import sys

    from lbgen_runtime import LbgenError

    from ...report.console import say
    from ...tasks.bus_target import TargetError, load_bus, place_of

    logging.basicConfig(
        level=log_level.value.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        bus = load_bus(target)
    except TargetError as error:
        say(f"lbgen run: {error}", stream=sys.stderr)
        raise typer.Exit(2) from None
    except LbgenError as error:
        say(f"lbgen run: {place_of(error)}: {error}", stream=sys.stderr)
        raise typer.Exit(2) from None
    if not bus.listeners:
        say(
            f"lbgen run: nothing listens on {target}; call listen(...) in that module",
            stream=sys.stderr,
        )
        raise typer.Exit(2)
    for listener in bus.listeners:
        contract = listener.contract
        say(
            f"api={contract.api.name} event={contract.name} "
            f"listener={listener.name} group={listener.group}"
        )
    try:
        bus.run()
    except LbgenError as error:
        say(f"lbgen run: {error}", stream=sys.stderr)
        raise typer.Exit(1) from None
