"""`lbgen lint`: everything that the compiler and the linter have to say about a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..config import read_config
from ..findings.diagnostic import Severity, in_order
from ..lint.linter import lint
from ..report.printer import print_diagnostics
from ..report.run_facts import RunFacts
from .build import compile_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["lint_folder"]

_FAILING: Final = frozenset({Severity.ERROR, Severity.WARNING})


def lint_folder(schemas: Path, *, format: str) -> int:  # noqa: A002
    """Lint a folder.

    Args:
        schemas: the schema folder.
        format: of diagnostics.

    Returns:
        The exit code: 1 where there is an error or a warning; notes alone are fine.
    """
    built = compile_folder(schemas)
    found = lint(built, read_config(schemas).lint_ignore)
    problems = in_order([*built.problems, *found])
    print_diagnostics(
        problems,
        built.analysis.sources,
        folder=str(schemas),
        format=format,
        facts=RunFacts(failing=_FAILING),
    )
    return int(any(problem.severity in _FAILING for problem in problems))
