"""`lbgen check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..check_options import (
    Against,
    AgainstTip,
    First,
    Mode,
    SchemaFolder,
    Source,
    Strict,
    Transitive,
    Undecided,
)

__all__ = ["command"]


def command(
    schemas: SchemaFolder,
    against: Against = None,
    against_tip: AgainstTip = None,
    mode: Mode = None,
    transitive: Transitive = 0,
    strict: Strict = False,
    source: Source = False,
    undecided: Undecided = None,
    first: First = False,
    format: Annotated[  # noqa: A002 - the option's name
        str,
        typer.Option("--format", help="Output format: text, json, github, gitlab, sarif or junit."),
    ] = "text",
    changelog: Annotated[
        Path | None,
        typer.Option(
            "--changelog", metavar="FILE", help="Append the changes to a file, as Markdown."
        ),
    ] = None,
) -> None:
    """Check a contract for breaking changes.

    Exit codes: 0 compatible, 1 breaking changes, 2 nothing was compared.
    """
    from ...tasks.check import check_folder
    from ..garbage import collect_rarely

    collect_rarely()
    raise typer.Exit(
        check_folder(
            schemas,
            format=format,
            changelog=changelog,
            transitive=transitive,
            first=first,
            against=against or (),
            against_tip=against_tip or (),
            mode=mode,
            strict=strict,
            source=source,
            undecided=undecided,
        )
    )
