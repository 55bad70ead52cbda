"""`lbgen init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    folder: Annotated[
        Path, typer.Argument(help="Project folder.", exists=True, file_okay=False)
    ] = Path("."),
) -> None:
    """Set up a project with an example contract.

    Also writes the JSON Schema of contract files, for your editor, and adds a [tool.lbgen] table
    to pyproject.toml, if there is one. Does not overwrite your files.
    """
    from ...tasks.init import start_project

    raise typer.Exit(start_project(folder))
