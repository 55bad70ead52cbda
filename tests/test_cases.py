"""Every case folder gives what it expects; every package among them is code that tools accept."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lbgen.findings.catalogue import all_rules
from tests.support.case_folders import CASES, case_names, expected, run_case

if TYPE_CHECKING:
    from pathlib import Path

_NO_CONTRACT_BREAKS = {"unexpected-code"}
_PACKAGES = [name for name in case_names() if expected(name).files]


REWRITE = "python -m tests.rewrite_expected cases, and review the diff"


@pytest.mark.parametrize("name", case_names())
def test_a_case_gives_what_it_expects(name: str) -> None:
    outcome, wanted = run_case(name), expected(name)
    assert outcome.findings == wanted.findings, REWRITE
    assert dict(outcome.files) == dict(wanted.files)
    assert outcome.files or outcome.findings or name.startswith("lint-")


def test_every_rule_of_a_contract_has_a_case() -> None:
    found = {
        rule
        for name in case_names()
        for rule in re.findall(r"^\S+:[0-9]+:[0-9]+: (\S+)", expected(name).findings, re.MULTILINE)
    }
    assert {rule.id for rule in all_rules() if rule.family != "compat"} - found == (
        _NO_CONTRACT_BREAKS
    )


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package of every case that has one, named after the case."""
    folder = tmp_path_factory.mktemp("packages")
    for name in _PACKAGES:
        shutil.copytree(CASES / name / "expected", folder / name.replace("-", "_"))
    return folder


def _accepts(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_packages_of_all_cases_are_formatted_and_clean(packages: Path) -> None:
    _accepts(packages, "-m", "ruff", "format", "--check", "--isolated", ".")
    _accepts(packages, "-m", "ruff", "check", "--isolated", "--no-cache", ".")


def test_the_packages_of_all_cases_pass_mypy_strict(packages: Path) -> None:
    _accepts(packages, "-m", "mypy", "--strict", "--config-file=", ".")


def test_the_packages_of_all_cases_pass_pyright_strict(packages: Path) -> None:
    (packages / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    _accepts(packages, "-m", "pyright", "-p", ".")


def test_importing_the_packages_of_all_cases_runs_nothing_of_theirs(packages: Path) -> None:
    modules = [
        f"{name.replace('-', '_')}.{module.stem}"
        for name in _PACKAGES
        for module in (CASES / name / "expected").glob("*.py")
    ]
    assert len(modules) >= 3 * len(_PACKAGES) > 0
    _accepts(packages, "-c", "".join(f"import {module}\n" for module in modules))
    assert not (packages / "owned").exists()
