"""Two distributions: `lbgen`, and `lbgen-runtime`, which is all that a service needs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

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


def test_ci_runs_on_every_python_that_the_distributions_name_and_with_pinned_actions() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    job = yaml.safe_load(text)["jobs"]["all"]
    prefix = "Programming Language :: Python :: 3."
    named = {each.removeprefix(prefix) for each in COMPILER["classifiers"] if prefix in each}
    assert set(job["strategy"]["matrix"]["python"]) == {f"3.{minor}" for minor in named}
    kinds = {each.split(".")[0] for each in job["strategy"]["matrix"]["server"]}
    assert kinds == {"redis-7", "redis-8", "valkey-8", "valkey-9"}
    assert job["steps"][-1]["run"] == ".ci/run"
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w/-]+@v\d+\.\d+\.\d+", step["uses"]), step["uses"]
