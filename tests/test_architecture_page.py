"""The map of the code names what is there: each path of it exists, and no folder is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "design" / "architecture.md").read_text("utf-8")
COMPILER, RUNTIME = (ROOT / "codegen" / "lbgen", ROOT / "runtime" / "lbgen_runtime")
PATH = re.compile(r"`((?:[a-z_][a-z_0-9]*/)*[a-z_][a-z_0-9]*(?:/|\.py))`")
SECTIONS: dict[str, tuple[Path, ...]] = {
    "The compiler": (COMPILER,),
    "The checker": (COMPILER / "compat", COMPILER),
    "The runtime": (RUNTIME,),
}
"""Below which folders the paths of a section are."""


def section(title: str) -> str:
    """A section with those inside it that are no sections of the map themselves."""
    _, _, text = PAGE.partition(f"# {title}\n")
    ends = [text.find(f"# {other}\n") for other in (*SECTIONS, "The schema is the truth")]
    return text[: min((end for end in ends if end >= 0), default=len(text))]


@pytest.mark.parametrize("title", SECTIONS)
def test_each_path_of_the_map_exists(title: str) -> None:
    found = PATH.findall(section(title))
    assert found
    missing = [
        path
        for path in found
        if not any(
            (folder / path).exists() or list(folder.rglob(f"{path}")) for folder in SECTIONS[title]
        )
        and not (ROOT / path).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("package", [COMPILER, RUNTIME], ids=lambda package: str(package.name))
def test_each_folder_is_on_the_map(package: Path) -> None:
    text = "".join(map(section, SECTIONS))
    folders = {file.parent for file in package.rglob("__init__.py")} - {package}
    names = [folder.relative_to(package) for folder in folders if "demo" not in folder.parts[:-1]]
    left_out = sorted(
        str(name)
        for name in names
        if f"`{name}/" not in text and f"`{Path(*name.parts[1:])}/" not in text
    )
    assert left_out == []
