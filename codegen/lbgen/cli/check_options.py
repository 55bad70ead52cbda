"""The options of `lbgen check`, `allow` and `changelog` that select the versions to compare."""

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

SchemaFolder: TypeAlias = Annotated[Path, typer.Argument(help="Schema folder.")]
Against: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="REF|REF:DIR|./DIR|FILE",
        help="Old version: a git ref (for a branch, its merge base with HEAD), a folder written "
        "as a path, or a lock file. Can be repeated.",
    ),
]
AgainstTip: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--against-tip",
        metavar="REF",
        help="Old version: the newest commit of a branch. Can be repeated.",
    ),
]
Mode: TypeAlias = Annotated[
    str | None,
    typer.Option("--mode", help="Direction to check: backward, forward or full (default)."),
]
Transitive: TypeAlias = Annotated[
    int,
    typer.Option(
        "--transitive",
        metavar="N",
        min=0,
        help="Compare with the last N versions of the contract in the history of the git ref.",
    ),
]
Strict: TypeAlias = Annotated[
    bool,
    typer.Option("--strict", help="Assume that writers send every event that their schema allows."),
]
Source: TypeAlias = Annotated[
    bool, typer.Option("--source", help="Also report changed signatures in the generated code.")
]
Undecided: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--undecided", help="Severity of changes that lbgen cannot decide: error (default) or warn."
    ),
]
First: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--first", help="Pass if the git ref has no contract, so that this is the first one."
    ),
]
