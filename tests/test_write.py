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


@pytest.mark.parametrize("output", ["generated", "services/generated", "services/new/generated"])
@pytest.mark.parametrize("check", [[], ["--check"]])
def test_nothing_is_written_through_a_linked_folder(
    project: Path, output: str, check: list[str]
) -> None:
    """S9: the output folder, or one on the way to it, is a link; dangling ones too."""
    outside = project / "outside"
    (project / "generated").rename(outside)
    before = {path: path.read_bytes() for path in outside.iterdir()}
    first = project / output.split("/")[0]
    for target in (outside, project / "nowhere"):
        first.symlink_to(target, target_is_directory=True)
        done = lbgen(project, "build", "schemas", "-o", output, *check)
        assert done.returncode == 2
        assert f"{first.name} is a symbolic link" in done.stderr
        first.unlink()
    assert {path: path.read_bytes() for path in outside.iterdir()} == before
    assert not (project / "nowhere").exists()


def test_a_project_in_a_linked_folder_is_built(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Links that are not of the project, such as macOS's /tmp, are nobody's trap."""
    link = tmp_path_factory.mktemp("home") / "link"
    link.symlink_to(project, target_is_directory=True)
    for where, output in ((link, "services/one"), (project, str(link / "services/two"))):
        assert lbgen(where, "build", "schemas", "-o", output).returncode == 0
        assert (link / output / "shop.py").exists()


@pytest.mark.parametrize(
    "link", ["schemas", "schemas/shop.yaml", ".lbgen", ".lbgen/api.schema.json", "pyproject.toml"]
)
@pytest.mark.parametrize("exists", [True, False])
def test_init_writes_through_no_link(tmp_path: Path, link: str, exists: bool) -> None:
    """S9: what is linked may be there or not, a file or a folder."""
    folder, outside = tmp_path / "project", tmp_path / "outside"
    (folder / link).parent.mkdir(parents=True)
    is_folder = "." not in link.removeprefix(".")
    if exists and is_folder:
        outside.mkdir()
    elif exists:
        outside.write_text('{"$id": "https://lbgen.dev/schema/contract-1.json"}\n')
    before = outside.read_text() if exists and not is_folder else None
    (folder / link).symlink_to(outside, target_is_directory=is_folder)
    for where, arguments in ((folder, ["init"]), (tmp_path, ["init", "project"])):
        done = lbgen(where, *arguments)
        # A file that is linked into `schemas` is there, so no example is written.
        assert done.returncode == (0 if link == "schemas/shop.yaml" else 2), done.stderr
        assert "Traceback" not in done.stderr
    if exists and is_folder:
        assert list(outside.iterdir()) == []
    elif exists:
        assert outside.read_text() == before
    else:
        assert not outside.exists()


def test_init_of_another_folder_says_where_things_are(tmp_path: Path) -> None:
    """U13"""
    (tmp_path / "my proj").mkdir()
    done = lbgen(tmp_path, "init", "my proj")
    assert done.stdout.splitlines()[:3] == [
        "my proj/schemas/shop.yaml: an example contract",
        "my proj/.lbgen/api.schema.json: the JSON Schema of contracts, for your editor",
        "my proj/pyproject.toml does not exist, so no settings were added",
    ]
    assert "  cd 'my proj'\n" in done.stdout


def test_numbers_of_things_are_in_their_right_number(project: Path) -> None:
    """U13"""
    (project / "generated" / "shop.py").unlink()
    done = lbgen(project, "build", "schemas")
    assert "1 event in 1 API; 1 file written, 0 removed, 3 unchanged" in done.stdout


def test_a_failed_build_writes_nothing(project: Path) -> None:
    before = {path.name: path.read_bytes() for path in (project / "generated").iterdir()}
    (project / "schemas" / "shop.yaml").write_text(CONTRACT.replace("integer", "intger"))
    done = lbgen(project, "build", "schemas")
    assert done.returncode == 1
    assert "did you mean 'integer'?" in done.stdout
    assert {path.name: path.read_bytes() for path in (project / "generated").iterdir()} == before
