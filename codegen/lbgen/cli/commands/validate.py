"""`lbgen validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    schemas: Annotated[Path, typer.Argument(help="Schema folder.", exists=True, file_okay=False)],
    event: Annotated[str, typer.Argument(help="Full name of the event: shop.orders.order_placed.")],
    files: Annotated[
        list[Path],
        typer.Argument(
            help="JSON files with the parameters of an event; - reads standard input.",
            allow_dash=True,
        ),
    ],
) -> None:
    """Check whether JSON files contain valid parameters of an event."""
    from ...tasks.validate import validate_files
    from ..garbage import collect_rarely

    collect_rarely()
    raise typer.Exit(validate_files(schemas, event, files))
