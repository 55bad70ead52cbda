"""The arrow between the packages: the runtime, and what it makes, need nothing of the compiler."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WITH_THE_FIRST_BUS = ("redis", "hiredis")
"""What takes long to import, and is not needed before there is a bus."""
COMPILER_ONLY = ("lbgen", "jinja2", "typer", "rich", "jsonschema", "yaml")


@pytest.mark.parametrize("module", ["lbgen_runtime", "generated.shop_orders"])
def test_runtime_and_generated_code_import_nothing_that_is_not_needed_yet(
    module: str,
) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "lbgen_runtime" in loaded
    assert loaded.isdisjoint(COMPILER_ONLY)
    assert loaded.isdisjoint(WITH_THE_FIRST_BUS)


def test_the_linter_of_imports_sees_a_wrong_arrow(tmp_path: Path) -> None:
    for name, text in {"lbgen": "", "lbgen_runtime": "import lbgen\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text)
    config = (ROOT / "pyproject.toml").read_text()
    first = config[config.index("[tool.importlinter]") :].split("[[tool.importlinter.contracts]]")
    (tmp_path / "pyproject.toml").write_text("[[tool.importlinter.contracts]]".join(first[:2]))
    linter = Path(sys.executable).with_name("lint-imports")
    for folder, code in ((ROOT, 0), (tmp_path, 1)):
        done = subprocess.run(
            [linter, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr


def test_importing_the_package_does_not_import_its_apis() -> None:
    script = "import sys, generated; print(*(m for m in sys.modules if m.startswith('generated.')))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_code_of_another_compiler_version_is_refused_with_the_side_to_upgrade(
    tmp_path: Path,
) -> None:
    for version, advice in (
        ("0.0.9", "generate it again"),
        ("99.0.0", "install lbgen-runtime 99.0.0"),
    ):
        package = tmp_path / f"made_by_{version.replace('.', '_')}"
        package.mkdir()
        text = (ROOT / "generated" / "__init__.py").read_text()
        start = text.index('require_compiler("') + len('require_compiler("')
        end = text.index('"', start)
        (package / "__init__.py").write_text(text[:start] + version + text[end:])
        done = subprocess.run(
            [sys.executable, "-c", f"import {package.name}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "IncompatibleGeneratedCode" in done.stderr
        assert advice in done.stderr
