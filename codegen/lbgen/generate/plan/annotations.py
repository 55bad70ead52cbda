"""Types as Python annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from ...model.types import (
    AnyType,
    ArrayOf,
    Formatted,
    Literals,
    MapOf,
    Nothing,
    RecordOf,
    Scalar,
    TupleOf,
    Type,
    UnionOf,
)
from ..layout import Brackets, Either, Expression
from ..literals import python_literal

if TYPE_CHECKING:
    from ...model.parts import Parts
    from ...model.types import FormatWithType

__all__ = ["ClassNames", "annotation", "or_else"]

_SCALARS = {
    "null": "None",
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
}
_CLASSES: Final[dict[FormatWithType, tuple[str, str]]] = {
    "uuid": ("uuid", "UUID"),
    "date-time": ("datetime", "datetime"),
    "date": ("datetime", "date"),
    "time": ("datetime", "time"),
}


class ClassNames(Protocol):
    """How a module calls the class of a record, and what is not of the contract."""

    def reference(self, parts: Parts) -> str:
        """The class of a record, as the module that is being planned writes it."""
        ...

    def plain(self, name: str) -> str:
        """A name of `PLAIN`, as the module that is being planned writes it."""
        ...


def annotation(type_: Type, names: ClassNames) -> Expression:
    """The annotation of a type."""
    match type_:
        case AnyType():
            return "Any"
        case Nothing():
            return "Never"
        case Scalar(kind=kind):
            return _SCALARS[kind]
        case Formatted(format=name):
            module, class_ = _CLASSES[name]
            return f"{names.plain(module)}.{class_}"
        case Literals(values=values):
            return _literals(values)
        case ArrayOf(item=item):
            return Brackets("list", (annotation(item, names),), "[]")
        case TupleOf(items=items, rest=rest):
            return _tuple([annotation(each, names) for each in items], rest, names)
        case MapOf(value=value):
            return Brackets("dict", ("str", annotation(value, names)), "[]")
        case RecordOf(parts=parts):
            return names.reference(parts)
        case UnionOf(members=members):
            return or_else(*(annotation(member.type, names) for member in members))


def _literals(values: tuple[str | int | bool | None, ...]) -> Expression:
    if values == (None,):
        return "None"
    named = tuple(python_literal(value) for value in values if value is not None)
    literal = Brackets("Literal", named, "[]")
    return or_else(literal, "None") if None in values else literal


def _tuple(items: list[Expression], rest: Type | None, names: ClassNames) -> Expression:
    if rest is not None:
        inner = Brackets("*tuple", (annotation(rest, names), "..."), "[]")
        return Brackets("tuple", (*items, inner), "[]")
    return Brackets("tuple", tuple(items) or ("()",), "[]")


def or_else(*members: Expression) -> Expression:
    """A union, flat, without repetitions, `None` last."""
    flat: dict[Expression, None] = {}
    for member in members:
        for each in member.members if isinstance(member, Either) else (member,):
            flat.setdefault(each)
    ordered = [each for each in flat if each not in ("None", "Any")]
    ordered += [each for each in ("Any", "None") if each in flat]
    return ordered[0] if len(ordered) == 1 else Either(tuple(ordered))
