"""The writer: what it touches, what it removes, what it leaves alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACT = """\
lbgen: 1
api: shop
events:
  order_placed:
    parameters: {type: object, properties: {number: {type: integer}}}
"""


def lbgen(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lbgen", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "shop.yaml").write_text(CONTRACT)
    assert lbgen(tmp_path, "build", "schemas").returncode == 0
    return tmp_path


def test_a_second_build_touches_nothing(project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (project / "generated").iterdir()}
    done = lbgen(project, "build", "schemas")
    assert "0 files written" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize(
    ("name", "advised"), [("class", "class_"), ("my-events", "my_events"), ("2nd", "m_2nd")]
)
def test_a_package_that_could_not_be_imported_is_refused(
    project: Path, name: str, advised: str
) -> None:
    done = lbgen(project, "build", "schemas", "-o", f"services/{name}")
    assert done.returncode == 2
    assert f"`{advised}`" in done.stderr
    assert not (project / "services").exists()


def test_check_is_content_with_a_fresh_package(project: Path) -> None:
    assert lbgen(project, "build", "schemas", "--check").returncode == 0


@pytest.mark.parametrize(
    ("spoil", "shown"),
    [
        (lambda folder: (folder / "shop.py").write_text("# lbgen:generated\n"), "+class ShopApi"),
        (lambda folder: (folder / "old.py").write_text("# lbgen:generated\nx = 1\n"), "-x = 1"),
        (lambda folder: (folder / "shop.py").unlink(), "+class ShopApi"),
        (lambda folder: (folder / "py.typed").unlink(), "+++ b/py.typed"),
    ],
    ids=["stale", "extra", "lacking", "lacking a marker"],
)
def test_check_shows_what_is_stale_and_changes_nothing(
    project: Path, spoil: object, shown: str
) -> None:
    assert callable(spoil)
    spoil(project / "generated")
    before = {path.name: path.read_text() for path in (project / "generated").iterdir()}
    done = lbgen(project, "build", "schemas", "--check")
    assert done.returncode == 1
    assert shown in done.stdout
    assert {path.name: path.read_text() for path in (project / "generated").iterdir()} == before


def test_files_of_ours_that_are_not_made_any_more_are_removed(project: Path) -> None:
    (project / "generated" / "old.py").write_text("# lbgen:generated\n")
    (project / "generated" / "notes.py").write_text("# mine\n")
    assert lbgen(project, "build", "schemas").returncode == 0
    assert not (project / "generated" / "old.py").exists()
    assert (project / "generated" / "notes.py").read_text() == "# mine\n"


def test_a_foreign_file_is_never_overwritten(project: Path) -> None:
    (project / "generated" / "shop.py").write_text("mine = True\n")
    done = lbgen(project, "build", "schemas")
    assert done.returncode == 1
    assert "foreign-file" in done.stdout
    assert (project / "generated" / "shop.py").read_text() == "mine = True\n"


def test_a_link_in_the_output_is_not_followed(project: Path) -> None:
    outside = project / "outside.py"
    outside.write_text("# lbgen:generated\nprecious = True\n")
    (project / "generated" / "shop.py").unlink()
    (project / "generated" / "shop.py").symlink_to(outside)
    assert lbgen(project, "build", "schemas").returncode == 1
    assert outside.read_text() == "# lbgen:generated\nprecious = True\n"


def test_a_failed_build_writes_nothing(project: Path) -> None:
    before = {path.name: path.read_bytes() for path in (project / "generated").iterdir()}
    (project / "schemas" / "shop.yaml").write_text(CONTRACT.replace("integer", "intger"))
    done = lbgen(project, "build", "schemas")
    assert done.returncode == 1
    assert "did you mean `integer`?" in done.stdout
    assert {path.name: path.read_bytes() for path in (project / "generated").iterdir()} == before
