"""Case folders: `tests/cases/NAME/schemas` and what the compiler or the linter makes of it.

- `stderr.txt`: the findings, as text. The name of a case that starts with `lint-` is linted, any
  other is built.
- `expected/`: the generated package, where there is one.
- `pyproject.toml` (optional): the settings of the project.
- `generated/` (optional): what is there before the build.
"""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lbgen.report.printer import print_diagnostics
from lbgen.tasks.build import build_folder, compile_folder
from lbgen.tasks.lint import lint_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CASES", "Outcome", "case_names", "expected", "rewrite", "run_case"]

CASES = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Outcome:
    """What a case gives: the findings, and the generated files by path."""

    findings: str
    files: Mapping[str, str]


def case_names() -> list[str]:
    """Every case."""
    return sorted(path.parent.name for path in CASES.glob("*/schemas"))


def expected(name: str) -> Outcome:
    """What a case should give."""
    folder = CASES / name
    findings = folder / "stderr.txt"
    files = {
        path.name: path.read_bytes().decode()
        for path in sorted((folder / "expected").glob("*"))
        if path.is_file()
    }
    return Outcome(findings.read_bytes().decode() if findings.exists() else "", files)


def run_case(name: str) -> Outcome:
    """What a case gives."""
    with _inside(CASES / name):
        out = io.StringIO()
        if name.startswith("lint-"):
            with contextlib.redirect_stdout(out):
                lint_folder(Path("schemas"), format="text")
            return Outcome(out.getvalue(), {})
        if Path("generated").exists():
            with contextlib.redirect_stdout(out):
                build_folder(Path("schemas"), Path("generated"), check=True, format="text")
            return Outcome(out.getvalue(), {})
        built = compile_folder(Path("schemas"))
        print_diagnostics(built.problems, built.analysis.sources, folder="schemas", stream=out)
        return Outcome(out.getvalue(), built.files)


def rewrite(name: str) -> None:
    """Make what a case gives what it should give."""
    outcome = run_case(name)
    findings = CASES / name / "stderr.txt"
    findings.unlink(missing_ok=True)
    if outcome.findings:
        findings.write_bytes(outcome.findings.encode())
    folder = CASES / name / "expected"
    for path in folder.glob("*"):
        if path.is_file():
            path.unlink()
    for file, text in outcome.files.items():
        folder.mkdir(exist_ok=True)
        (folder / file).write_bytes(text.encode())
    if folder.is_dir() and not outcome.files:
        folder.rmdir()


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
