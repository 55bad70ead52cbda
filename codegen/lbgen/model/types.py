"""What Python can say about a schema: a closed set of types, told apart by `match`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from ..schema.equality import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..findings.diagnostic import Place
    from ..source.document import Location
    from .parts import Parts

__all__ = [
    "FORMATS_WITH_TYPES",
    "AnyType",
    "ArrayOf",
    "Constant",
    "Field",
    "FormatWithType",
    "Formatted",
    "Literals",
    "MapOf",
    "Member",
    "Nothing",
    "RecordOf",
    "RecordType",
    "Scalar",
    "TupleOf",
    "Type",
    "UnionOf",
    "accepts_null",
    "every_type",
    "is_larger",
    "only_value",
]


Constant: TypeAlias = str | int | float | bool
"""A value that can tell objects apart."""

FormatWithType: TypeAlias = Literal["uuid", "date-time", "date", "time"]
"""A format that has a Python type."""

FORMATS_WITH_TYPES: Final[tuple[FormatWithType, ...]] = get_args(FormatWithType)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyType:
    """Any JSON value.

    Attributes:
        reason: why the type is wider than its schema; `None` if the schema accepts anything.
    """

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No value at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A JSON scalar that Python has as it is."""

    kind: Literal["null", "boolean", "integer", "number", "string"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A string whose format has a Python type."""

    format: FormatWithType


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Literals:
    """Some strings, integers, booleans or null."""

    values: tuple[str | int | bool | None, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literals) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> str:
        return canonical(list(self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayOf:
    """An array with one type of items."""

    item: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class TupleOf:
    """An array whose first items have types of their own, and are always there.

    Attributes:
        items: the types of the first items.
        rest: the type of further items; `None` if there are none.
    """

    items: tuple[Type, ...]
    rest: Type | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOf:
    """An object without names of its own.

    Attributes:
        value: the type of every property.
        patterns: the type of the properties whose names match each pattern, where several types
            are told apart by the name.
        rest: the type of the properties that match none of them.
    """

    value: Type
    patterns: tuple[tuple[str, Type], ...] = ()
    rest: Type | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOf:
    """An object with a class of its own, found by the parts of its schema."""

    parts: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a union.

    Attributes:
        type: its type.
        location: of the schema that tells whether a value is of this member; `None` where the
            JSON type tells.
        together: it is the class with the fields of all members, for an object that fulfils
            several of them.
    """

    type: Type
    location: Location | None = None
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionOf:
    """One of several types.

    Attributes:
        members: at least two, no two of the same type.
        tag: the property whose value tells the records among the members apart, by its name and
            those of the objects around it.
        tags: the values of that property, by the parts of the record.
    """

    members: tuple[Member, ...]
    tag: tuple[str, ...] | None = None
    tags: tuple[tuple[Parts, tuple[Constant, ...]], ...] = ()


Type: TypeAlias = (
    AnyType
    | Nothing
    | Scalar
    | Formatted
    | Literals
    | ArrayOf
    | TupleOf
    | MapOf
    | RecordOf
    | UnionOf
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A property of a record.

    Attributes:
        key: its name in JSON.
        type: its type.
        required: whether it is always there.
        has_default: whether its schema gives a default.
        default: the default, as a JSON value.
        description: what it means.
        limits: what the schema demands of its value beside the type, in words.
        place: where its name is written.
        location: of its schema.
    """

    key: str
    type: Type
    required: bool
    has_default: bool = False
    default: Any = None
    description: str | None = None
    limits: str = ""
    place: Place
    location: Location


@dataclass(slots=True, kw_only=True)
class RecordType:
    """An object with a class of its own. Its fields are filled in once, as records may recur.

    Attributes:
        parts: of its schema.
        location: of its schema.
        place: where it is written.
        name: what its class would best be called, in the words of the schema.
        owner: the record that it was found in, and the property that led to it.
        fields: its properties.
        additional: the properties without a name; `None` if there are none that a writer may
            send.
        description: what it means.
    """

    parts: Parts
    location: Location
    place: Place
    name: str | None
    owner: tuple[Parts, str] | None
    fields: tuple[Field, ...] = ()
    additional: MapOf | None = None
    description: str | None = None
    reason: str | None = field(default=None)
    """Why the class is wider than its schema."""


def _inner_types(type_: Type) -> tuple[Type, ...]:
    """The types that a type consists of. Records are found by their parts, and may recur."""
    match type_:
        case ArrayOf(item=inner) | MapOf(value=inner):
            return (inner,)
        case TupleOf(items=items, rest=rest):
            return items if rest is None else (*items, rest)
        case UnionOf(members=members):
            return tuple(member.type for member in members)
        case AnyType() | Nothing() | Scalar() | Formatted() | Literals() | RecordOf():
            return ()


def every_type(type_: Type) -> Iterator[Type]:
    """A type and every type inside it, in the order in which the annotation names them."""
    yield type_
    for inner in _inner_types(type_):
        yield from every_type(inner)


def is_larger(type_: Type, most: int, deepest: int) -> bool:
    """Whether a type has more than some parts, or they are deeper inside one another.

    Parts that are shared count again and again.
    """
    waiting, count = [(type_, 1)], 0
    while waiting:
        count += 1
        each, depth = waiting.pop()
        if count > most or depth > deepest:
            return True
        waiting += ((inner, depth + 1) for inner in _inner_types(each))
    return False


def only_value(type_: Type) -> str | int | None:
    """The one value that a type has; `None` if it has several, or none but null."""
    match type_:
        case Literals(values=(value,)):
            return value
        case _:
            return None


def accepts_null(type_: Type) -> bool:
    """Whether null is a value of a type."""
    match type_:
        case AnyType():
            return True
        case Scalar(kind=kind):
            return kind == "null"
        case Literals(values=values):
            return None in values
        case UnionOf(members=members):
            return any(accepts_null(member.type) for member in members)
        case Nothing() | Formatted() | ArrayOf() | TupleOf() | MapOf() | RecordOf():
            return False
