"""`lbgen lint`."""

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
    format: Annotated[  # noqa: A002 - the option's name
        ReportFormat, typer.Option("--format", help="How findings are printed.")
    ] = ReportFormat.text,
) -> None:
    """Find what a contract may say, and better would not.

    Exits with 1 where there is an error or a warning; notes alone are fine. Rules are turned off
    by `lint.ignore` in [tool.lbgen] of pyproject.toml, or by `x-lbgen-ignore` in the contract.
    """
    from ..linting import lint_folder

    raise typer.Exit(lint_folder(schemas, format=format.value))
