"""`lbgen build`: from a folder of schemas to a folder of code."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from keyword import iskeyword
from typing import TYPE_CHECKING, TextIO

from ..compiler import Built, build
from ..config import read_config
from ..findings.diagnostic import Diagnostic, Place, Severity, in_order
from ..generate.names import module_name
from ..generate.write import Changes, compare, diff, write
from ..lint.linter import slips
from ..report.console import counted, say
from ..report.printer import print_diagnostics
from ..source.files import read_sources
from ..source.links import link_on_the_way

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
    found = slips(built, config.lint_ignore)
    problems = in_order((*config.problems, *sources.problems, *built.problems, *found))
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
    package = os.path.basename(os.path.abspath(output))
    if not package.isidentifier() or iskeyword(package):
        say(
            f"lbgen build: {output} cannot be imported as a package: the name of the folder "
            "must be a Python identifier, and not a keyword; use for example "
            f"`{module_name(package)}`",
            stream=sys.stderr,
        )
        return 2
    link = link_on_the_way(output)
    if link is not None:
        say(
            f"lbgen build: {link} is a symbolic link, and lbgen does not write through symbolic "
            "links; replace it with a folder, or choose another folder with `--output`",
            stream=sys.stderr,
        )
        return 2
    built = compile_folder(schemas)
    try:
        changes = compare(built.files, output) if built.files else None
    except OSError as error:
        say(f"{output}: cannot be read: {error.strerror}", stream=sys.stderr)
        return 1
    foreign = () if changes is None else _foreign(changes.foreign, schemas, output)
    print_diagnostics(
        (*built.problems, *foreign),
        built.analysis.sources,
        folder=str(schemas),
        format=format,
    )
    if changes is None or changes.foreign:
        return 1
    out = sys.stdout if format == "text" else sys.stderr
    if check:
        return _check(changes, output, out)
    try:
        write(changes, output)
    except OSError as error:
        say(f"{output}: cannot be written: {error.strerror}", stream=sys.stderr)
        return 1
    apis = built.analysis.contract.apis
    events = sum(len(api.events) for api in apis)
    say(
        f"{output}: {counted(events, 'event')} in {counted(len(apis), 'API')}; "
        f"{counted(len(changes.written), 'file')} written, "
        f"{len(changes.removed)} removed, {len(built.files) - len(changes.written)} unchanged",
        stream=out,
    )
    return 0


def _foreign(names: Sequence[str], schemas: Path, output: Path) -> list[Diagnostic]:
    return [
        Diagnostic(
            place=Place(file=os.path.relpath(output / name, schemas).replace(os.sep, "/")),
            rule="foreign-file",
            message="lbgen did not write this file and does not overwrite it",
            help="move it, or choose another folder with `--output`",
        )
        for name in names
    ]


def _check(changes: Changes, output: Path, out: TextIO) -> int:
    if not changes:
        say(f"{output} is up to date", stream=out)
        return 0
    for line in diff(changes, output):
        say(line, stream=out)
    say(f"{output} is out of date; run `lbgen build`", stream=sys.stderr)
    return 1
