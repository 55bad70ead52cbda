"""What type checkers say of generated code, of a service that uses it, and of mistakes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "typing_cases"
ERROR_LINE = re.compile(r"^(?P<file>[^:]+\.py):(?P<line>\d+)(?::\d+)?: error:")


def mypy() -> set[tuple[str, int]]:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "generated", CASES],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": f"{ROOT / 'codegen'}:{ROOT / 'runtime'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    matches = [ERROR_LINE.match(line) for line in done.stdout.splitlines()]
    return {(Path(match["file"]).name, int(match["line"])) for match in matches if match}


def pyright() -> set[tuple[str, int]]:
    done = subprocess.run(
        ["pyright", "--outputjson", "--pythonpath", sys.executable, "--project", str(CASES)],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {
        (Path(finding["file"]).name, finding["range"]["start"]["line"] + 1)
        for finding in json.loads(done.stdout)["generalDiagnostics"]
        if finding["severity"] == "error"
    }


def refused() -> set[tuple[str, int]]:
    lines = (CASES / "refused.py").read_text().splitlines()
    return {("refused.py", n) for n, line in enumerate(lines, 1) if line.endswith("# refused")}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_generated_code_and_good_services_pass_and_each_mistake_is_refused(
    checker: str,
) -> None:
    errors = mypy() if checker == "mypy" else pyright()
    assert errors == refused()
