"""The options by which `lbgen check`, `allow` and `changelog` are told what to compare, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

__all__ = [
    "Against",
    "AgainstTip",
    "First",
    "Mode",
    "SchemaFolder",
    "Source",
    "Strict",
    "Transitive",
    "Undecided",
]

SchemaFolder: TypeAlias = Annotated[Path, typer.Argument(help="The schema folder.")]
Against: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="REF|REF:DIR|./DIR|FILE",
        help="The old version: a git ref (of a branch, the commit where the one that is checked "
        "out began), a folder written as a path, or a lock file. May be given several times.",
    ),
]
AgainstTip: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--against-tip",
        metavar="REF",
        help="The old version: the newest commit of a branch. May be given several times.",
    ),
]
Mode: TypeAlias = Annotated[
    str | None, typer.Option("--mode", help="backward, forward or full (the default).")
]
Transitive: TypeAlias = Annotated[
    int,
    typer.Option(
        "--transitive",
        metavar="N",
        min=0,
        help="Check against each of the last N versions of the git ref that changed.",
    ),
]
Strict: TypeAlias = Annotated[
    bool, typer.Option("--strict", help="Producers are not ours: they send all that is valid.")
]
Source: TypeAlias = Annotated[
    bool, typer.Option("--source", help="Report changed signatures of generated code, too.")
]
Undecided: TypeAlias = Annotated[
    str | None,
    typer.Option("--undecided", help="error (the default) or warn: what nobody can decide."),
]
First: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--first", help="Pass if the git ref has no contract anywhere: this is the first one."
    ),
]
