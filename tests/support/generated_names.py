"""What the names in generated source stand for."""

from __future__ import annotations

import ast
from typing import Any

from tests.support.packages import build_json

__all__ = ["names_in"]


def names_in(api: str, contract: dict[str, Any]) -> dict[str, tuple[str, dict[str, str]]] | None:
    """Each class of an API's module: the place of its schema, and the key of each field.

    The place of an endpoint is its event. Read from the source that is generated; `None` if there
    is none.
    """
    built = build_json({f"{api}.json": contract})
    if not built.files:
        return None
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for node in ast.walk(ast.parse(built.files[f"{api}.py"])):
        if not isinstance(node, ast.ClassDef):
            continue
        place, fields = "", {}
        for line in node.body:
            if isinstance(line, ast.Assign) and "_SCHEMAS.at" in ast.unparse(line):
                place = ast.unparse(line.value)
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                keys = [
                    each.value.value
                    for each in getattr(line.value, "keywords", [])
                    if each.arg == "key" and isinstance(each.value, ast.Constant)
                ]
                fields[line.target.id] = str(keys[0]) if keys else line.target.id
        bases = [ast.unparse(base) for base in node.bases]
        if bases and "EventEndpoint" in bases[0] and not node.name.startswith("_"):
            place = bases[0]
        if place:
            found[node.name] = (place, fields)
    return found
