"""Random contracts, with hostile strings everywhere: code that imports, or a finding with a place.

`LBGEN_RANDOM_CONTRACTS` says how many (10,000 before a release; 150 otherwise).
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from lbgen.findings.diagnostic import Severity
from lbgen_runtime import Event, InvalidParameters, Record
from tests.exactness.contracts import HOSTILE, contracts
from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from lbgen.compiler import Built

COUNT = int(os.environ.get("LBGEN_RANDOM_CONTRACTS", "150"))
SAMPLE = 40
"""Packages that mypy and ruff read."""
ROOT = Path(__file__).parents[2]


@pytest.mark.thorough
@settings(
    max_examples=COUNT,
    deadline=None,
    derandomize=COUNT <= 150,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(contracts())
def test_a_contract_builds_to_code_that_imports_or_is_refused_with_a_place(
    documents: dict[str, Any],
) -> None:
    built = build_json(documents)
    errors = [each for each in built.problems if each.severity is Severity.ERROR]
    if errors:
        for error in errors:
            assert error.place.file in documents
            assert error.place.line >= 1 <= error.place.column
            assert error.message
        return
    with tempfile.TemporaryDirectory() as folder:
        _import_all(built, Path(folder) / "random_package")
    assert "LBGEN_RAN" not in os.environ


@pytest.mark.thorough
def test_code_of_random_contracts_is_typed_and_formatted(tmp_path: Path) -> None:
    names: list[str] = []

    @settings(
        max_examples=4 * SAMPLE,
        database=None,
        deadline=None,
        derandomize=COUNT <= 150,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(contracts())
    def write_sample(documents: dict[str, Any]) -> None:
        built = build_json(documents) if len(names) < SAMPLE else None
        if built is not None and built.files:
            names.append(f"random_{len(names)}")
            write_package(built, tmp_path / names[-1])

    write_sample()
    assert len(names) > SAMPLE // 4
    _check_source(tmp_path, names)


def _import_all(built: Built, folder: Path) -> None:
    write_package(built, folder)
    with imported(folder) as package:
        for file in built.files:
            if not file.endswith(".py") or file == "__init__.py":
                continue
            module = importlib.import_module(f"{package.__name__}.{file.removesuffix('.py')}")
            for name in module.__all__:
                member = getattr(module, name)
                if isinstance(member, type) and issubclass(member, Record):
                    assert member.__lbgen_codec__ is not None
                if isinstance(member, type) and issubclass(member, Event):
                    with pytest.raises(InvalidParameters):
                        member.from_json("no JSON")


ORDERED: Any = {
    "description": "first\n   indented\n\t  more",
    "type": "object",
    "properties": {"far": {"const": 1e300}, "LAST": {"type": "object", "properties": {"a": {}}}},
}
"""What formatters and linters have an opinion about: text, order and the size of numbers."""


def _hostile_contract() -> dict[str, Any]:
    """A contract with every hostile string wherever a string may stand."""
    properties = {
        key: {
            "title": key,
            "description": f"{key} {text}",
            "enum": [text, key],
            "default": text,
            "examples": [text],
            "$comment": text,
        }
        for key, text in zip(HOSTILE, reversed(HOSTILE), strict=True)
    }
    schema = {
        "type": "object",
        "title": '"""',
        "properties": properties,
        "patternProperties": {"^\"'\\\\": {"description": HOSTILE[-1]}},
    }
    contract = contract_of("shop", placed=schema, N10=ORDERED, N9=ORDERED)
    contract["title"] = contract["description"] = HOSTILE[-3]
    contract["events"]["placed"]["description"] = HOSTILE[-4]
    contract["$defs"] = {key: {"const": key} for key in HOSTILE}
    return contract


def test_hostile_strings_come_back_as_data(tmp_path: Path) -> None:
    built = build_json({"'\"; import os; #.json": _hostile_contract()})
    folder = write_package(built, tmp_path / "hostile")
    with imported(folder) as package:
        placed = importlib.import_module(f"{package.__name__}.shop").Placed
        event = placed.from_dict({})
        filled = dict(zip(HOSTILE, reversed(HOSTILE), strict=True))
        assert event.to_dict() == filled
        assert placed.from_dict({key: key for key in HOSTILE}).to_dict() == {
            key: key for key in HOSTILE
        }
    assert "LBGEN_RAN" not in os.environ


def test_code_of_hostile_strings_is_typed_and_formatted(tmp_path: Path) -> None:
    built = build_json({"shop.json": _hostile_contract()})
    write_package(built, tmp_path / "hostile")
    _check_source(tmp_path, ["hostile"])


def _check_source(folder: Path, packages: list[str]) -> None:
    for command in (
        ["mypy", "--strict", "--config-file", os.devnull, "--cache-dir", str(folder / "cache")],
        ["ruff", "check", "--isolated", "--no-cache"],
        ["ruff", "format", "--check", "--isolated", "--no-cache"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command, *packages],
            cwd=folder,
            env={**os.environ, "MYPYPATH": f"{ROOT / 'runtime'}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
