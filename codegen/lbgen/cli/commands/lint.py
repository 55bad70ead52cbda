"""`lbgen lint`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...report.formats import ReportFormat

__all__ = ["command"]


def command(
    schemas: Annotated[Path, typer.Argument(help="Schema folder.", exists=True, file_okay=False)],
    format: Annotated[  # noqa: A002 - the option's name
        ReportFormat, typer.Option("--format", help="Output format of findings.")
    ] = ReportFormat.text,
) -> None:
    """Check a contract against the style rules.

    Exits with 1 if there is an error or a warning, but not for notes. To turn off a rule, use
    `lint.ignore` in [tool.lbgen] of pyproject.toml, or `x-lbgen-ignore` in the contract.
    """
    from ...tasks.lint import lint_folder
    from ..garbage import collect_rarely

    collect_rarely()
    raise typer.Exit(lint_folder(schemas, format=format.value))
