"""`lbgen changelog`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    schemas: Annotated[
        Path, typer.Argument(help="The schema folder.", exists=True, file_okay=False)
    ],
    against: Annotated[
        str, typer.Option("--against", help="The old version: a git ref, a folder or a lock file.")
    ],
) -> None:
    """Print what changed in the contract, in Markdown, breaking changes first."""
    from ..compat.checking import changelog

    raise typer.Exit(changelog(schemas, against=[against]))
