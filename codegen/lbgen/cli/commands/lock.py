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
        typer.Option("--output", "-o", help="Lock file; by default in the schema folder."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; exit with 1 if the lock file is out of date."),
    ] = False,
) -> None:
    """Write the contract to a lock file.

    `lbgen check --against FILE` compares a later version with it.
    """
    from ...tasks.lock import lock_folder
    from ..garbage import collect_rarely

    collect_rarely()
    raise typer.Exit(lock_folder(schemas, output, check=check))
