"""`lbgen build`: from a folder of schemas to a folder of code."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from .build import Built, build
from .config import read_config
from .console import say
from .diagnostics import Diagnostic, Place, Severity, in_order
from .report import print_diagnostics
from .sources import read_sources
from .write import Changes, compare, diff, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["build_folder", "compile_folder"]


def compile_folder(schemas: Path) -> Built:
    """Compile a folder, with the settings of the project around it.

    Args:
        schemas: the schema folder.
    """
    sources = read_sources(schemas)
    config = read_config(schemas)
    built = build(sources.files, config.options)
    problems = in_order((*config.problems, *sources.problems, *built.problems))
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    return replace(built, problems=problems, files={} if failed else built.files)


def build_folder(schemas: Path, output: Path, *, check: bool, format: str) -> int:  # noqa: A002
    """Compile a folder and write, or compare, the package.

    Args:
        schemas: the schema folder.
        output: the folder of the package.
        check: whether to compare only.
        format: of diagnostics.

    Returns:
        The exit code.
    """
    built = compile_folder(schemas)
    print_diagnostics(built.problems, built.analysis.sources, folder=str(schemas), format=format)
    if not built.files:
        return 1
    changes = compare(built.files, output)
    if changes.foreign:
        print_diagnostics(_foreign(changes.foreign), {}, folder=str(output), format=format)
        return 1
    if check:
        return _check(changes, output)
    try:
        write(changes, output)
    except OSError as error:
        say(f"{output}: cannot be written: {error.strerror}", stream=sys.stderr)
        return 1
    apis = built.analysis.contract.apis
    events = sum(len(api.events) for api in apis)
    say(
        f"{output}: {events} events of {len(apis)} APIs; {len(changes.written)} files written, "
        f"{len(changes.removed)} removed, {len(built.files) - len(changes.written)} unchanged"
    )
    return 0


def _foreign(names: Sequence[str]) -> list[Diagnostic]:
    return [
        Diagnostic(
            place=Place(file=name),
            rule="foreign-file",
            message="this file is not lbgen's, and is not overwritten",
            help="move it, or choose another folder with `--output`",
        )
        for name in names
    ]


def _check(changes: Changes, output: Path) -> int:
    if not changes:
        say(f"{output} is fresh")
        return 0
    for line in diff(changes, output):
        say(line)
    say(f"{output} is stale: run `lbgen build`", stream=sys.stderr)
    return 1
