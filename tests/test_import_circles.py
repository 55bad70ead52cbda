"""No file imports, by any way round, a file that imports it: imports for types count too."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

EXCEPTIONS: dict[str, set[frozenset[str]]] = {
    "lbgen": set(),
    "lbgen_runtime": set(),
}
"""Pairs of modules that still import each other."""


def imports_of(package: Path) -> dict[str, set[str]]:
    """The modules that each module of a package imports, by their names below the package."""
    files: dict[str, Path] = {}
    for file in package.rglob("*.py"):
        parts = file.relative_to(package).with_suffix("").parts
        files[".".join(part for part in parts if part != "__init__")] = file
    graph: dict[str, set[str]] = {}
    for name, file in files.items():
        around = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
        around = [part for part in around if part]
        found: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom):
                continue  # inside a package all imports are of this kind
            if node.level:
                module = [*around[: len(around) + 1 - node.level], *(node.module or "").split(".")]
            elif (node.module or "").split(".")[0] == package.name:
                module = (node.module or "").split(".")[1:]
            else:
                continue
            source = ".".join(part for part in module if part)
            for alias in node.names:
                inner = f"{source}.{alias.name}".lstrip(".")
                found.add(inner if inner in files else source)
        graph[name] = found & files.keys() - {name}
    return graph


@pytest.mark.parametrize("package", ["codegen/lbgen", "runtime/lbgen_runtime"])
def test_no_modules_import_each_other(package: str) -> None:
    graph = imports_of(ROOT / package)
    exceptions = EXCEPTIONS[Path(package).name]
    for one, other in map(tuple, exceptions):
        mutual = other in graph.get(one, ()) and one in graph.get(other, ())
        assert mutual, (
            f"{one} and {other} do not import each other any more: take them off the list"
        )
        for importing, imported in ((one, other), (other, one)):
            graph[importing].discard(imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports go round: {' <- '.join(error.args[1])}")


def test_a_circle_is_found_that_is_closed_by_an_import_for_types(tmp_path: Path) -> None:
    package = tmp_path / "circle"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("from .inner.b import B\n")
    (package / "inner" / "__init__.py").write_text("")
    (package / "inner" / "b.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .. import a\n"
    )
    with pytest.raises(CycleError):
        TopologicalSorter(imports_of(package)).prepare()
