"""Both type checkers accept the four shapes of a handler and refuse every other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent
PATHS = [str(FOLDER), str(FOLDER.parents[1] / "runtime")]

GOOD = """
from notes import Bus, Noted

from lbgen_runtime import Delivery

bus = Bus(service_name="library")


@bus.notes.noted.listen(listener_name="a")
async def a(event: Noted) -> None: ...


@bus.notes.noted.listen(listener_name="b", concurrency=2, on_error="SHUTDOWN")
async def b(event: Noted, delivery: Delivery) -> None: ...


@bus.notes.noted.listen(listener_name="c")
def c(event: Noted) -> None: ...


@bus.notes.noted.listen(listener_name="d")
def d(event: Noted, delivery: Delivery) -> None: ...


for handler in (a, b, c, d):
    bus.notes.noted.listen(handler, listener_name="e", since="beginning")


async def use(event: Noted, delivery: Delivery) -> None:
    await a(event)
    await b(event, delivery)
    c(event)
    d(event, delivery)
"""

HEAD = """
from notes import Bus, Erased, Noted

from lbgen_runtime import Delivery

bus = Bus(service_name="library")


def other(event: Erased) -> None: ...
async def other_async(event: Erased) -> None: ...
def third(event: Noted, delivery: Delivery, third: int) -> None: ...
def swapped(event: Noted, delivery: int) -> None: ...
def returning(event: Noted) -> int: return 1
def fine(event: Noted) -> None: ...


"""

BAD = [
    f"bus.notes.noted.listen({how}"
    for handler in ("other", "other_async", "third", "swapped", "returning")
    for how in (f'{handler}, listener_name="a")', f'listener_name="a")({handler})')
]
BAD += [
    "bus.notes.noted.listen(fine)",
    "bus.notes.noted.listen()",
    'bus.notes.noted.listen(fine, listener_name="a", on_error="IGNORE")',
    'bus.notes.noted.listen(fine, listener_name="a", unknown=1)',
    "bus.notes.noted.fire(1)",
    'bus.notes.noted.fire(number="1")',
    "bus.notes.noted.fire(numbr=1)",
]


def mypy(file: Path) -> set[int]:
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--output", "json", str(file)],
        env={"MYPYPATH": ":".join(PATHS), "PATH": ""},
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
    assert errors or not found.stderr, found.stderr
    return {e["line"] for e in errors if e["file"] == file.name and e["severity"] == "error"}


def pyright(file: Path) -> set[int]:
    options = {"extraPaths": PATHS, "typeCheckingMode": "strict"}
    (file.parent / "pyrightconfig.json").write_text(json.dumps(options))
    found = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, file],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(found.stdout)
    return {
        diagnostic["range"]["start"]["line"] + 1
        for diagnostic in report["generalDiagnostics"]
        if diagnostic["severity"] == "error"
    }


@pytest.mark.parametrize("check", [mypy, pyright])
def test_the_four_shapes_pass_and_every_other_is_refused(
    tmp_path: Path, check: Callable[[Path], set[int]]
) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(GOOD)
    bad.write_text(HEAD + "\n".join(BAD) + "\n")
    assert check(good) == set()
    first = HEAD.count("\n") + 1
    assert check(bad) == set(range(first, first + len(BAD)))
