"""What `lbgen check` prints for the cases and for the example, and the files that expect it."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path

from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from lbgen.tasks.check import print_result, run_check
from tests.compat.repositories import repository

__all__ = ["CASES", "RENAMED_PARAMETER", "check_case", "check_renamed_parameter"]

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())
"""Folders with an `old` and a `new` contract, and `expected.txt`."""
RENAMED_PARAMETER = Path(__file__).parent / "golden" / "renamed-parameter.txt"

_EXAMPLE = Path(__file__).parents[2] / "schemas"


def check_case(case: Path) -> str:
    """What the check says of a case."""
    stream = io.StringIO()
    with contextlib.chdir(case):
        result = run_check(Path("new"), against=["./old"])
        with contextlib.redirect_stdout(stream):
            print_result(result, "text")
    return stream.getvalue()


def check_renamed_parameter(folder: Path) -> Result:
    """The check of the example contract, in which a parameter got another name.

    Args:
        folder: an empty folder, which becomes a repository.
    """
    shutil.copytree(_EXAMPLE, folder / "schemas")
    repository(folder, {})
    path = folder / "schemas" / "shop" / "orders.yaml"
    text = path.read_text("utf-8")
    changed = text.replace("        email: {$ref", "        mail: {$ref").replace(
        "customer_id, email,", "customer_id, mail,"
    )
    assert changed != text
    path.write_text(changed, "utf-8")
    with contextlib.chdir(folder):
        return CliRunner().invoke(app, ["check", "schemas", "--against", "main"])
