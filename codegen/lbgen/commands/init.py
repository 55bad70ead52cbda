"""`lbgen init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    folder: Annotated[
        Path, typer.Argument(help="The project's folder.", exists=True, file_okay=False)
    ] = Path("."),
) -> None:
    """Start a project: an example contract, the editor's schema, and a table for settings where a
    pyproject.toml is.

    Nothing that is there is overwritten.
    """
    from ..starting import start_project

    raise typer.Exit(start_project(folder))
