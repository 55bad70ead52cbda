"""Python names for what a contract names: letters, digits and `_` of ASCII only."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from functools import cache
from typing import Final

__all__ = [
    "USED_IN_CLASSES",
    "USED_IN_PACKAGE",
    "class_name",
    "module_name",
    "order_in_all",
    "order_in_imports",
    "parameter_name",
    "reserved_parameters",
]

USED_IN_CLASSES: Final = frozenset(
    {
        *("Any", "Literal", "Never", "Union"),
        *("bool", "classmethod", "dict", "float", "int", "list", "str", "tuple"),
    }
)
"""Names that the body of a generated class uses: a field of that name would hide them."""

USED_IN_PACKAGE: Final = frozenset(
    {"AttributeError", "Bus", "annotations", "getattr", "object", "self", "str"}
)
"""Names that the package itself uses: a module of that name would hide them."""

_CLASSES: Final = frozenset(
    {"Any", "ClassVar", "False", "Literal", "Never", "None", "True", "UNSET", "Union", "Unset"}
) | {name for name in dir(builtins) if name[0].isupper()}
"""Names that a class cannot have. Every other name that a module uses starts with `_` or with a
small letter, which no class has."""


ADDITIONAL: Final = "additional_properties"
"""The field of the properties without a name. A property of that name never takes it."""


@cache
def reserved_parameters() -> frozenset[str]:
    """Names that a parameter cannot have: keywords, `self`, and the attributes of every event."""
    from lbgen_runtime.events.event import Event

    attributes = {name for name in dir(Event) if not name.startswith("_")}
    return frozenset(keyword.kwlist) | attributes | USED_IN_CLASSES | {"self", "cls", ADDITIONAL}


def parameter_name(key: str, *, spelled: bool = False) -> str:
    """The Python name of a parameter or a property: the key itself wherever possible.

    Args:
        key: the property.
        spelled: give the code of every character that a name cannot hold, so that keys which
            differ in nothing else have names that differ (`foo-bar` is `foo_u2d_bar`).
    """
    if spelled:
        key = "".join(
            char if char.isascii() and char.isalnum() else f"_u{ord(char):x}_" for char in key
        )
    name = _ascii(key).strip("_") if not key.isidentifier() else _ascii(key).lstrip("_")
    if not name:
        name = "empty"
    if name[0].isdigit():
        name = f"p_{name}"
    return f"{name}_" if name in reserved_parameters() else name


def module_name(name: str) -> str:
    """The module of an API or of a document: dots and slashes become `_`.

    It never is a name that the package holds itself: `Bus`, the class of an API.
    """
    plain = _ascii(name).strip("_") or "empty"
    if plain[0].isdigit():
        plain = f"m_{plain}"
    is_api_class = plain[0].isupper() and plain.endswith("Api")
    reserved = is_api_class or plain in USED_IN_PACKAGE or keyword.iskeyword(plain)
    return f"{plain}_" if reserved else plain


def class_name(text: str) -> str:
    """A text in CamelCase: `order_placed` is `OrderPlaced`, `OrderLine` stays."""
    pieces = [piece for piece in re.split(r"[^A-Za-z0-9]+", _ascii(text)) if piece]
    name = "".join(piece[0].upper() + piece[1:] for piece in pieces) or "Empty"
    if name[0].isdigit():
        name = f"N{name}"
    return f"{name}_" if name in _CLASSES or keyword.iskeyword(name) else name


def order_in_all(name: str) -> tuple[int, list[str | int]]:
    """What to sort the names of an `__all__` by: constants, classes, others; numbers by value.

    It is the order of isort, in which linters want them.
    """
    return _kind(name), _numbers_by_value(name)


def order_in_imports(name: str) -> tuple[int, list[str | int], list[str | int]]:
    """What to sort the names of an import by: as in an `__all__`, whatever their case."""
    return _kind(name), _numbers_by_value(name.lower()), _numbers_by_value(name)


def _kind(name: str) -> int:
    return 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2


def _numbers_by_value(name: str) -> list[str | int]:
    pieces = re.split(r"([0-9]+)", name)
    return [int(piece) if index % 2 else piece for index, piece in enumerate(pieces)]


def _ascii(text: str) -> str:
    """A text with every character that a name cannot hold replaced."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(
        char
        if char.isascii() and (char.isalnum() or char == "_")
        else f"u{ord(char):x}"
        if char.isalpha()
        else ""
        if unicodedata.combining(char)
        else "_"
        for char in plain
    )
