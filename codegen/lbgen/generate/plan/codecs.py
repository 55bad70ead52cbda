"""Types as codecs: the expressions from which `lbgen_runtime.codecs` converts values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from ...model.types import (
    AnyType,
    ArrayOf,
    Formatted,
    Literals,
    MapOf,
    Member,
    Nothing,
    RecordOf,
    Scalar,
    TupleOf,
    Type,
    UnionOf,
)
from ..layout import Brackets, Expression, Named
from ..literals import python_literal
from .annotations import ClassNames

if TYPE_CHECKING:
    from ...model.types import FormatWithType
    from ...source.document import Location

__all__ = ["CodecNames", "codec"]

_CODECS: Final[dict[FormatWithType, str]] = {
    "uuid": "_codecs.UUID_",
    "date-time": "_codecs.DATE_TIME",
    "date": "_codecs.DATE",
    "time": "_codecs.TIME",
}


class CodecNames(ClassNames, Protocol):
    """What codecs need to know beside the names of classes."""

    def location(self, location: Location) -> str:
        """The location of a schema, as the validator knows it."""
        ...


def codec(type_: Type, names: CodecNames) -> Expression | None:
    """The codec of a type; `None` where JSON and Python have the same value."""
    match type_:
        case AnyType() | Nothing():
            return None
        case Scalar(kind=kind):
            return "_codecs.INTEGER" if kind == "integer" else None
        case Formatted(format=name):
            return _CODECS[name]
        case Literals(values=values):
            has_integer = any(type(value) is int for value in values)
            return "_codecs.INTEGER" if has_integer else None
        case ArrayOf(item=item):
            return _wrap("_codecs.array", codec(item, names))
        case MapOf(value=value, patterns=()):
            return _wrap("_codecs.mapping", codec(value, names))
        case MapOf():
            return _by_pattern(type_, names)
        case TupleOf(items=items, rest=rest):
            inner = tuple(codec(each, names) or "_codecs.JSON" for each in items)
            arguments: tuple[Expression, ...] = (Brackets("", inner, "[]"),)
            further = None if rest is None else codec(rest, names)
            return Brackets(
                "_codecs.tuple_", arguments if further is None else (*arguments, further)
            )
        case RecordOf(parts=parts):
            return Brackets("_codecs.record", (names.reference(parts),))
        case UnionOf():
            return _union(type_, names)


def _by_pattern(type_: MapOf, names: CodecNames) -> Expression | None:
    inner = [(pattern, codec(each, names)) for pattern, each in type_.patterns]
    rest = None if type_.rest is None else codec(type_.rest, names)
    if rest is None and all(expression is None for _, expression in inner):
        return None
    members = tuple(
        Brackets("", (python_literal(pattern), expression or "_codecs.JSON"))
        for pattern, expression in inner
    )
    arguments: tuple[Expression, ...] = (Brackets("", members, "[]", True),)
    return Brackets("_codecs.by_pattern", arguments if rest is None else (*arguments, rest))


def _wrap(function: str, inner: Expression | None) -> Expression | None:
    return None if inner is None else Brackets(function, (inner,))


_KINDS = ("string", "number", "array", "object")


def _kind(type_: Type) -> set[str]:
    """The JSON types, of those that codecs tell apart, that a type has values of."""
    match type_:
        case Scalar(kind="string") | Formatted():
            return {"string"}
        case Scalar(kind="integer" | "number"):
            return {"number"}
        case Literals(values=values):
            return {"string" for each in values if isinstance(each, str)} | {
                "number" for each in values if type(each) is int
            }
        case ArrayOf() | TupleOf():
            return {"array"}
        case MapOf() | RecordOf():
            return {"object"}
        case UnionOf(members=members):
            return {kind for member in members for kind in _kind(member.type)}
        case AnyType() | Nothing() | Scalar():
            return set()


def _union(union: UnionOf, names: CodecNames) -> Expression | None:
    by_kind: dict[str, list[tuple[Member, Expression | None]]] = {}
    floats = any(member.type == Scalar(kind="number") for member in union.members)
    for member in union.members:
        expression = codec(member.type, names)
        if floats and expression == "_codecs.INTEGER":
            expression = None
        for kind in _kind(member.type):
            by_kind.setdefault(kind, []).append((member, expression))
    chosen: dict[str, Expression] = {}
    for kind in _KINDS:
        members = by_kind.get(kind, [])
        if all(expression is None for _, expression in members):
            continue
        if len(members) == 1:
            expression = members[0][1]
            if expression is not None:
                chosen[kind] = expression
        elif kind == "object" and union.tag is not None and len(members) == len(union.tags):
            chosen[kind] = _tagged(union, names)
        else:
            return _first_valid(union, names)
    if not chosen:
        return None
    return Brackets("_codecs.by_type", tuple(Named(f"{key}=", one) for key, one in chosen.items()))


def _tagged(union: UnionOf, names: CodecNames) -> Expression:
    assert union.tag is not None
    path = tuple(python_literal(name) for name in union.tag)
    # A list: `1` and `True` are one key of a dictionary, and two values of JSON.
    entries = tuple(
        Brackets("", (python_literal(value), Brackets("_codecs.record", (names.reference(parts),))))
        for parts, values in union.tags
        for value in values
    )
    return Brackets("_codecs.tagged", (Brackets("", path, "[]"), Brackets("", entries, "[]", True)))


def _first_valid(union: UnionOf, names: CodecNames) -> Expression:
    members = tuple(
        Brackets(
            "",
            (
                python_literal(names.location(member.location)),
                codec(member.type, names) or "_codecs.JSON",
            ),
        )
        for member in union.members
        if member.location is not None
    )
    arguments: list[Expression] = ["cls.__lbgen_schema__", Brackets("", members, "[]", True)]
    arguments += [
        codec(member.type, names) or "_codecs.JSON" for member in union.members if member.together
    ]
    return Brackets("_codecs.first_valid", tuple(arguments))
