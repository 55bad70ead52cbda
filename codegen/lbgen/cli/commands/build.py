"""`lbgen build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...report.formats import ReportFormat

__all__ = ["command"]


def command(
    schemas: Annotated[Path, typer.Argument(help="Schema folder.", exists=True, file_okay=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="Folder to write; its name is the name of the package.",
            file_okay=False,
        ),
    ] = Path("generated"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if files would change.")
    ] = False,
    format: Annotated[  # noqa: A002 - the option's name
        ReportFormat, typer.Option("--format", help="Output format of findings.")
    ] = ReportFormat.text,
) -> None:
    """Generate a typed Python package from a contract."""
    from ...tasks.build import build_folder
    from ..garbage import collect_rarely

    collect_rarely()
    raise typer.Exit(build_folder(schemas, output, check=check, format=format.value))
