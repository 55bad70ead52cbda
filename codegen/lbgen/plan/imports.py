"""The import lines of a module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..layout import WIDTH
from ..names import order_in_imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["import_groups", "import_line", "module_order", "words"]


def words(texts: Iterable[str]) -> set[str]:
    """The names in some source."""
    return {word for text in texts for word in re.findall(r"[A-Za-z_][A-Za-z_0-9]*", text)}


def import_line(module: str, names: Iterable[str]) -> str:
    """`from module import names`, a name a line where it is too long."""
    ordered = sorted(names, key=order_in_imports)
    flat = f"from {module} import {', '.join(ordered)}"
    if len(flat) <= WIDTH:
        return flat
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


def module_order(name: str) -> tuple[list[str | int], list[str | int]]:
    """What to sort modules by: their names as imports have them, whatever their kind."""
    return order_in_imports(name)[1:]


def import_groups(
    used: set[str],
    *,
    has_api: bool,
    has_classes: bool,
    others: Mapping[str, Iterable[str]],
    whole: Iterable[str],
) -> tuple[tuple[str, ...], ...]:
    """The import lines of a generated module, by group.

    Args:
        used: the names in its source.
        has_api: whether it holds an API.
        has_classes: whether it holds classes.
        others: names from other modules of the package, by module.
        whole: other modules of the package that it needs as a whole.
    """
    standard: list[str] = []
    if "_datetime" in used:
        standard.append("import datetime as _datetime")
    if "_uuid" in used:
        standard.append("import uuid as _uuid")
    if has_api:
        standard.append("from functools import cached_property as _cached_property")
    typing = {"Any", "Literal", "Never", "Union"} & used
    if typing:
        standard.append(import_line("typing", typing))
    installed = ["import lbgen_runtime as _lbgen"]
    if "_codec" in used:
        installed.append("from lbgen_runtime import codec as _codec")
    local = [f"from . import {module} as _{module}" for module in sorted(whole, key=module_order)]
    if has_classes:
        local.append("from ._schemas import SCHEMAS as _SCHEMAS")
    local += [import_line(f".{each}", others[each]) for each in sorted(others, key=module_order)]
    future = ["from __future__ import annotations"]
    groups = (future, standard, installed, local)
    return tuple(tuple(group) for group in groups if group)
