"""Commands, error codes and scripts of the server are known in `wire/`, and nowhere above it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from lbgen_runtime.wire.refusals import _KINDS

RUNTIME = Path(__file__).parents[1] / "runtime" / "lbgen_runtime"
COMMAND = re.compile(rb"X?[A-Z]{3,}")
CODE = re.compile(rf"\b(?:{'|'.join(_KINDS)}|WRONGPASS|OOM|MISCONF)\b")
HIDDEN = ("resp", "scripts")
"""Modules of `wire/` whose values are bytes of the protocol."""

ABOVE = [path for path in RUNTIME.rglob("*.py") if path.relative_to(RUNTIME).parts[0] != "wire"]


def _documentation(tree: ast.AST) -> set[int]:
    """The texts that stand alone, and so document something."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


@pytest.mark.parametrize("path", ABOVE, ids=lambda path: str(path.relative_to(RUNTIME)))
def test_nothing_above_wire_speaks_the_protocol(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    documentation = _documentation(tree)
    types_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            value = node.value
            if isinstance(value, bytes) and COMMAND.fullmatch(value):
                found.append(f"{node.lineno}: the command {value!r}")
            elif isinstance(value, str) and (code := CODE.search(value)):
                found.append(f"{node.lineno}: the code {code[0]}")
        elif isinstance(node, ast.ImportFrom) and id(node) not in types_only:
            parts = (node.module or "").split(".")
            if "wire" in parts and parts[-1] in HIDDEN:
                found.append(f"{node.lineno}: {node.module}")
    assert found == []
