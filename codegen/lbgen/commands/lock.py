"""`lbgen lock`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..check_options import SchemaFolder

__all__ = ["command"]


def command(
    schemas: SchemaFolder,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file; by default in the schema folder."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if it is stale.")
    ] = False,
) -> None:
    """Write the contract as it is to one file, to check later versions against."""
    from ..compat.lock_folder import lock_folder

    raise typer.Exit(lock_folder(schemas, output, check=check))
