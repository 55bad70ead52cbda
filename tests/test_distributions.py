"""Two distributions: `lbgen`, and `lbgen-runtime`, which is all that a service needs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from lbgen_runtime import __version__

ROOT = Path(__file__).parents[1]


def project(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    return found


COMPILER = project(ROOT)
RUNTIME = project(ROOT / "runtime")


def names(requirements: list[str]) -> set[str]:
    found = [re.match(r"[\w-]+", each) for each in requirements]
    return {match[0].lower() for match in found if match}


def test_the_runtime_needs_the_client_library_and_what_validates() -> None:
    assert names(RUNTIME["dependencies"]) == {"hiredis", "jsonschema-rs", "pydantic", "redis"}


def test_the_compiler_needs_the_runtime_of_exactly_its_version() -> None:
    assert f"lbgen-runtime=={__version__}" in COMPILER["dependencies"]
    assert "version" in COMPILER["dynamic"]
    assert "version" in RUNTIME["dynamic"]


def test_both_distributions_say_the_same_of_license_and_pythons() -> None:
    for key in ("license", "requires-python"):
        assert COMPILER[key] == RUNTIME[key]
    assert (ROOT / "LICENSE").read_bytes() == (ROOT / "runtime" / "LICENSE").read_bytes()
    pythons = [
        {name for name in each["classifiers"] if name.startswith("Programming Language")}
        for each in (COMPILER, RUNTIME)
    ]
    assert pythons[0] == pythons[1]


def test_the_runtime_says_in_its_wheel_that_it_is_typed() -> None:
    assert (ROOT / "runtime" / "lbgen_runtime" / "py.typed").is_file()
    assert "Typing :: Typed" in RUNTIME["classifiers"]
