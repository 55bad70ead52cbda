"""`lbgen build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report_format import ReportFormat

__all__ = ["command"]


def command(
    schemas: Annotated[
        Path, typer.Argument(help="The schema folder.", exists=True, file_okay=False)
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="The package that is made; the folder's name is the package's.",
            file_okay=False,
        ),
    ] = Path("generated"),
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if anything would change.")
    ] = False,
    format: Annotated[  # noqa: A002 - the option's name
        ReportFormat, typer.Option("--format", help="How findings are printed.")
    ] = ReportFormat.text,
) -> None:
    """Compile a contract to a typed Python package."""
    from ..building import build_folder

    raise typer.Exit(build_folder(schemas, output, check=check, format=format.value))
