"""`lbgen lock`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    schemas: Annotated[
        Path, typer.Argument(help="The schema folder.", exists=True, file_okay=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file; by default in the schema folder."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if it is stale.")
    ] = False,
) -> None:
    """Write the contract as it is to one file, to check later versions against."""
    from ..compat.checking import lock_folder

    raise typer.Exit(lock_folder(schemas, output, check=check))
