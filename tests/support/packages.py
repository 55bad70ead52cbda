"""Generated packages that tests build, write to a folder and import."""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

from lbgen.compiler import Built, build

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

    from lbgen.compiler import Options

__all__ = ["build_json", "contract_of", "imported", "place_of", "write_package"]


def build_json(documents: Mapping[str, Any], options: Options | None = None) -> Built:
    """Build a contract from JSON values, by path."""
    sources = {file: json.dumps(value).encode() for file, value in documents.items()}
    return build(sources, options)


def contract_of(api: str, **events: Any) -> dict[str, Any]:
    """A contract file with an event for each schema of parameters."""
    return {
        "lbgen": 1,
        "api": api,
        "events": {name: {"parameters": schema} for name, schema in events.items()},
    }


def write_package(built: Built, folder: Path) -> Path:
    """Write a build's files into a folder."""
    assert built.files, "\n".join(f"{p.place} {p.rule} {p.message}" for p in built.problems)
    folder.mkdir(parents=True)
    for path, text in built.files.items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@contextlib.contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """Import a package by its folder, and forget it afterwards."""
    sys.path.insert(0, str(folder.parent))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(folder.name)
    finally:
        sys.path.remove(str(folder.parent))
        for name in [each for each in sys.modules if each.split(".")[0] == folder.name]:
            del sys.modules[name]


def place_of(built: Built) -> list[str]:
    """Every problem of a build, as `file:line:column rule`."""
    return [f"{problem.place} {problem.rule}" for problem in built.problems]
