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

    `python -m lbgen_runtime` does the same in an image without the compiler.

    Exit codes: 0 after a signal, 1 if a listener or the server stopped the process, 2 if the bus
    does not exist or has no listeners.
    """
    from lbgen_runtime.service import run_service

    raise typer.Exit(run_service(target, log_level=log_level.value, command="lbgen run"))
