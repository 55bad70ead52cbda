"""`lbgen check`."""

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
        list[str] | None,
        typer.Option(
            "--against",
            metavar="REF|DIR|FILE",
            help="The old version: a git ref, a folder or a lock file. May be given several times.",
        ),
    ] = None,
    mode: Annotated[
        str | None, typer.Option("--mode", help="backward, forward or full (the default).")
    ] = None,
    transitive: Annotated[
        int,
        typer.Option(
            "--transitive",
            metavar="N",
            min=0,
            help="Check against each of the last N versions of the git ref that changed.",
        ),
    ] = 0,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Producers are not ours: they send all that is valid."),
    ] = False,
    source: Annotated[
        bool, typer.Option("--source", help="Report changed signatures of generated code, too.")
    ] = False,
    undecided: Annotated[
        str | None,
        typer.Option("--undecided", help="error (the default) or warn: what nobody can decide."),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        str, typer.Option("--format", help="text, json, github, gitlab, sarif or junit.")
    ] = "text",
) -> None:
    """Say whether a change of the contract breaks whoever reads or fires its events."""
    from ..compat.checking import check_folder

    raise typer.Exit(
        check_folder(
            schemas,
            format=format,
            transitive=transitive,
            against=against or (),
            mode=mode,
            strict=strict,
            source=source,
            undecided=undecided,
        )
    )
