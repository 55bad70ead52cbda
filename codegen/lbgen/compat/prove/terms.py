"""What the prover reasons about: literals, atoms and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from ..normal.schema import Node


@dataclass(frozen=True, slots=True)
class Lit:
    """A schema that must hold for a value, or must not."""

    node: Node = field(compare=False)
    positive: bool
    key: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.node.key)

    def negated(self) -> Lit:
        """The literal that holds where this one does not."""
        return Lit(self.node, not self.positive)


def yes(node: Node) -> Lit:
    """The literal of a schema that must hold."""
    return Lit(node, positive=True)


def no(node: Node) -> Lit:
    """The literal of a schema that must not hold."""
    return Lit(node, positive=False)


Goal: TypeAlias = frozenset[Lit]
"""Literals that must all hold for one value."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether some value fulfils a goal.

    Attributes:
        state: `empty` is a proof that there is none; `found` comes with one.
        value: the value, if found.
        reason: what could not be decided, if unknown.
    """

    state: Literal["empty", "found", "unknown"]
    value: Any = None
    reason: str = ""


EMPTY: Final = Answer("empty")


def found(value: Any) -> Answer:
    """The answer that a value fulfils the goal."""
    return Answer("found", value=value)


def unknown(reason: str) -> Answer:
    """The answer that it could not be decided, and why."""
    return Answer("unknown", reason=reason)


class OutOfSteps(Exception):
    """The budget of steps is used up."""


# Atoms: what one keyword says about a value of one JSON type.


@dataclass(frozen=True, slots=True)
class OneOfValues:
    """The value is one of these."""

    values: tuple[Any, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class NoneOfValues:
    """The value is none of these."""

    values: tuple[Any, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Impossible:
    """Nothing fulfils this."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A number is at least (`low`) or at most the bound; strictly, if it must differ from it."""

    low: bool
    bound: Fraction
    strict: bool


@dataclass(frozen=True, slots=True)
class Multiple:
    """A number is, or is not, a multiple."""

    of: Fraction
    positive: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A number is written as a whole one (`1`), or is not (`1.0`, `1.5`)."""

    whole: bool


@dataclass(frozen=True, slots=True)
class Length:
    """A text's characters, an array's items or an object's properties, counted."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """A text matches a pattern, or does not."""

    pattern: str
    positive: bool


@dataclass(frozen=True, slots=True)
class OfFormat:
    """A text is of a format, or is not."""

    format: str
    positive: bool


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something about a text that is only compared, never understood."""

    what: str
    positive: bool


@dataclass(frozen=True, slots=True)
class ItemAt:
    """The item at an index, if there is one, fulfils a literal."""

    index: int
    lit: Lit


@dataclass(frozen=True, slots=True)
class ItemsFrom:
    """All items from an index on fulfil a literal."""

    start: int
    lit: Lit


@dataclass(frozen=True, slots=True)
class SomeItem:
    """At least `count` items from an index on fulfil a literal."""

    start: int
    lit: Lit
    count: int = 1


@dataclass(frozen=True, slots=True)
class FewItems:
    """At most `count` items fulfil a literal."""

    lit: Lit
    count: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """All items differ, or some two are equal."""

    positive: bool


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """What `properties`, `patternProperties` and the rest say about every property present."""

    properties: Mapping[str, Node]
    patterns: tuple[tuple[str, Node], ...]
    rest: Node | None


@dataclass(frozen=True, slots=True)
class Present:
    """A property is there and fulfils a literal, if one is given."""

    name: str
    lit: Lit | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """The object has no property of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class PropertyNames:
    """All property names, as texts, fulfil a literal."""

    lit: Lit


@dataclass(frozen=True, slots=True)
class SomeProperty:
    """There is a property with such a name whose value fulfils a literal.

    Attributes:
        others: names that it does not have.
        matching: patterns that its name matches.
        failing: patterns that its name does not match.
        names: what its name fulfils, as a text.
        lit: what its value fulfils.
    """

    others: frozenset[str] = frozenset()
    matching: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    names: frozenset[Lit] = frozenset()
    lit: Lit | None = None


Atom: TypeAlias = (
    Absent
    | Distinct
    | FewItems
    | Group
    | Impossible
    | ItemAt
    | ItemsFrom
    | Length
    | Limit
    | Matches
    | Multiple
    | PropertyNames
    | NoneOfValues
    | OfFormat
    | OneOfValues
    | Opaque
    | Present
    | SomeItem
    | SomeProperty
    | Written
)
Item: TypeAlias = Atom | Lit
Alternative: TypeAlias = tuple[Item, ...]
"""Things that hold together."""

Clause: TypeAlias = tuple[Alternative, ...]
"""Alternatives of which one holds."""
