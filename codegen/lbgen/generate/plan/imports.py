"""The import lines of a module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..layout import WIDTH
from ..names import order_in_imports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = [
    "PLAIN",
    "import_groups",
    "import_line",
    "import_lines",
    "import_modules",
    "in_module",
    "module_order",
    "words",
]


PLAIN: Final = frozenset({"UNSET", "Unset", "datetime", "uuid"})
"""What annotations and defaults call by its own name, unless a field of the module has the name."""
_STRING: Final = re.compile(r"""(?s)"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


def words(texts: Iterable[str]) -> set[str]:
    """The names in some source; its strings hold none."""
    return {name for text in texts for name in _NAME.findall(_STRING.sub("", text))}


def in_module(module: str, name: str) -> str:
    """A name of another module of the package, where only the module is imported.

    No other name starts like the module's, whatever the module is called.
    """
    return f"_module_{module}.{name}"


def own_class(name: str) -> str:
    """The other name of a class of the module itself. No other name starts like it."""
    return f"_class_{name}"


def import_line(module: str, names: Iterable[str], indent: int = 0) -> str:
    """`from module import names`, a name a line where it is too long.

    Args:
        module: from which to import.
        names: what to import, with `as` and another name where it gets one.
        indent: of the line, in columns; those that follow the first are not indented by it.
    """
    ordered = sorted(names, key=lambda each: order_in_imports(each.split(" ")[0]))
    flat = f"from {module} import {', '.join(ordered)}"
    if indent + len(flat) <= WIDTH:
        return flat
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


def module_order(name: str) -> tuple[list[str | int], list[str | int]]:
    """What to sort modules by: their names as imports have them, whatever their kind."""
    return order_in_imports(name)[1:]


def import_modules(modules: Iterable[str], indent: int = 0) -> list[str]:
    """The import lines of whole modules, as `in_module` calls them."""
    ordered = sorted(modules, key=order_in_imports)
    return [import_line(".", [f"{module} as _module_{module}"], indent) for module in ordered]


def import_lines(classes: Iterable[tuple[str, str]], indent: int = 0) -> list[str]:
    """The import lines of modules and one class of each, in order."""
    ordered = sorted(classes, key=lambda each: module_order(each[0]))
    return [import_line(f".{module}", [name], indent) for module, name in ordered]


def import_groups(
    used: set[str],
    *,
    taken: Collection[str],
    has_classes: bool,
    has_children: bool,
    others: Mapping[str, Iterable[str]],
    whole: Iterable[str],
) -> tuple[tuple[str, ...], ...]:
    """The import lines of a generated module, by group.

    Args:
        used: the names in its source.
        taken: those of `PLAIN` that its fields have.
        has_classes: whether it holds classes.
        has_children: whether there are APIs below its own.
        others: names from other modules of the package, by module.
        whole: other modules of the package that it needs as a whole.
    """
    standard: list[str] = []
    for module in ("datetime", "uuid"):
        if module in taken and f"_{module}" in used:
            standard.append(f"import {module} as _{module}")
        elif module in used - set(taken):
            standard.append(f"import {module}")
    if has_children:
        standard.append("from typing import TYPE_CHECKING as _TYPE_CHECKING")
    typing = {"Any", "Literal", "Never", "Union"} & used
    if typing:
        standard.append(import_line("typing", typing))
    installed = ["import lbgen_runtime as _lbgen"]
    unset = {"UNSET", "Unset"} & used - set(taken)
    if unset:
        installed.append(import_line("lbgen_runtime", unset))
    if "_codecs" in used:
        installed.append("from lbgen_runtime import codecs as _codecs")
    local = import_modules(whole)
    if has_classes:
        local.append("from ._schemas import SCHEMAS as _SCHEMAS")
    local += [import_line(f".{each}", others[each]) for each in sorted(others, key=module_order)]
    future = ["from __future__ import annotations"]
    groups = (future, standard, installed, local)
    return tuple(tuple(group) for group in groups if group)
