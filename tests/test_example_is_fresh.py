"""`generated/` is what the compiler makes of `schemas/`, whatever the circumstances."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lbgen.compiler import build
from lbgen.source.files import read_sources

ROOT = Path(__file__).parents[1]


def test_the_checked_in_package_is_fresh() -> None:
    files = build(read_sources(ROOT / "schemas").files).files
    assert files == {name: (ROOT / "generated" / name).read_text() for name in files}


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_two_builds_give_the_same_bytes_whatever_the_hash_seed_and_the_directory(
    seed: str, tmp_path: Path
) -> None:
    subprocess.run(
        [sys.executable, "-m", "lbgen", "build", ROOT / "schemas", "-o", tmp_path / "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
    )
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes() == (ROOT / "generated" / path.name).read_bytes()


def test_the_order_of_files_changes_nothing() -> None:
    sources = read_sources(ROOT / "schemas").files
    backwards = dict(reversed(sources.items()))
    assert build(backwards).files == build(sources).files
