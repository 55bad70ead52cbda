"""What CONTRIBUTING names exists: files, folders and modules."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PATHS = sorted(
    set(
        re.findall(
            r"(?<![\w/.-])(?:(?:codegen|runtime|tests|docs|benchmarks|schemas|generated)/[\w./-]*"
            r"|\.ci/run|[\w-]+\.(?:toml|txt|md))",
            PAGE,
        )
    )
)
RECIPES = (
    "A lint rule", "An error of the compiler", "A setting", "A Lua script",
    "A keyword of JSON Schema", "An output format of findings", "A command", "A release",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_path_exists(path: str) -> None:
    pattern = re.sub(r"[A-Z]{4,}(?=[./]|$)", "*", path.rstrip("./"))
    if path.split(".")[0] in ("CHANGELOG", "CONTRIBUTING", "README", "SECURITY"):
        pattern = path
    assert list(ROOT.glob(pattern)), path


def test_every_module_that_a_command_runs_exists() -> None:
    modules = set(re.findall(r"python -m ((?:tests|lbgen|lbgen_runtime)[\w.]*)", PAGE))
    assert "tests.rewrite_expected" in modules
    for name in modules:
        assert importlib.util.find_spec(name) is not None, name


def test_there_is_a_recipe_for_each_thing_that_people_add() -> None:
    assert re.findall(r"^### (.+)$", PAGE, re.MULTILINE) == list(RECIPES)
