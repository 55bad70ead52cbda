"""Which branch of a union somebody meant who wrote a value that none accepts."""

# JSON values are `Any` here: narrowing one by its type leaves pyright with parts unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .schema_parts import named, numbers
from .violation_words import form_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .schema_parts import SchemaPart, SchemaParts

__all__ = ["Branch", "Branches", "Tag", "admits"]

_MOST_PARTS: Final = 200
"""Schemas that are looked at to know what a branch is."""
_OPEN: Final = ("additionalProperties", "unevaluatedProperties", "patternProperties")
_ALL: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A property of a branch that can have only some values.

    Attributes:
        part: its schema.
        keyword: `const` or `enum`.
        values: the values.
    """

    part: SchemaPart
    keyword: str
    values: Sequence[Any]


@dataclass(slots=True, kw_only=True)
class Branch:
    """What is known of a branch without asking about a value.

    Attributes:
        part: its schema.
        name: what it is called in a message.
        kinds: the JSON types that it can accept.
        tags: by property.
        inner_tags: tags of objects inside, by the property of the object and that of the tag.
        required: the schema that demands a property, by property.
        known: the properties that it names.
        values: all values that it accepts, if they are listed.
    """

    part: SchemaPart
    name: str
    kinds: frozenset[str] = _ALL
    tags: dict[str, Tag] = field(default_factory=dict)
    inner_tags: dict[tuple[str, str], Tag] = field(default_factory=dict)
    required: dict[str, SchemaPart] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    values: Sequence[Any] | None = None


class Branches:
    """What is known of the branches of unions.

    Args:
        parts: finds schemas.
    """

    def __init__(self, parts: SchemaParts) -> None:
        self._parts = parts
        self._branches: dict[str, Branch] = {}

    def of(self, part: SchemaPart, number: int) -> Branch:
        """What is known of a branch.

        Args:
            part: its schema.
            number: its place in the union, from 1.
        """
        location = part.location
        branch = self._branches.get(location)
        if branch is None:
            branch = Branch(part=part, name=f"alternative {number}")
            left = [_MOST_PARTS]
            branch.kinds = self._read(part, branch, left, {location})
            branch.name = _name(part, branch, number)
            own = self._tag(part)
            branch.values = None if own is None else own.values
            self._branches[location] = branch
        return branch

    def _read(
        self, part: SchemaPart, branch: Branch, left: list[int], seen: set[str]
    ) -> frozenset[str]:
        """Note what a schema says about a value, and about its properties.

        Returns:
            The JSON types that it can accept.
        """
        schema = part.schema
        left[0] -= 1
        if type(schema) is not dict or left[0] < 0:
            return frozenset() if schema is False else _ALL
        kinds = _kinds(part)
        for inner in self._parts.in_place(part):
            if inner.location not in seen:
                kinds = _both(kinds, self._read(inner, branch, left, seen | {inner.location}))
        for keyword in ("anyOf", "oneOf"):
            if part.has(keyword) and type(schema[keyword]) is list:
                unions: frozenset[str] = frozenset()
                for index in range(len(schema[keyword])):
                    inner = part.step(keyword, index)
                    aside = Branch(part=inner, name="")
                    unions |= self._read(inner, aside, left, seen)
                kinds = _both(kinds, unions)
        self._read_properties(part, branch)
        return kinds

    def _read_properties(self, part: SchemaPart, branch: Branch) -> None:
        schema = part.schema
        if part.has("required") and type(schema["required"]) is list:
            for name in schema["required"]:
                branch.required.setdefault(name, part)
        if not part.has("properties") or type(schema["properties"]) is not dict:
            return
        branch.known |= schema["properties"].keys()
        for name in schema["properties"]:
            inner = part.step("properties", name)
            tag = self._tag(inner)
            if tag is not None:
                branch.tags.setdefault(name, tag)
            for inner_name, inner_tag in self._tags_inside(inner):
                branch.inner_tags.setdefault((name, inner_name), inner_tag)

    def _tags_inside(self, part: SchemaPart) -> Iterator[tuple[str, Tag]]:
        """The tags among the properties of an object, which may stand behind a reference."""
        parts = [part]
        if type(part.schema) is dict:
            parts += self._parts.in_place(part)
        for each in parts:
            if type(each.schema) is not dict:
                continue
            for name in named(each, "properties"):
                tag = self._tag(each.step("properties", name))
                if tag is not None:
                    yield name, tag

    def _tag(self, part: SchemaPart) -> Tag | None:
        for _ in range(_MOST_PARTS):
            if type(part.schema) is not dict:
                return None
            if part.has("const"):
                return Tag(part=part, keyword="const", values=[part.schema["const"]])
            if part.has("enum") and type(part.schema["enum"]) is list:
                return Tag(part=part, keyword="enum", values=part.schema["enum"])
            target = self._parts.target(part, "$ref") if part.has("$ref") else None
            if target is None:
                return None
            part = target
        return None

    def all_names(self, part: SchemaPart) -> set[str] | None:
        """The properties that any schema for the same value names; `None` if that is open."""
        names: set[str] = set()
        waiting, seen = [part], {part.location}
        while waiting:
            around = waiting.pop()
            if around is not part and any(map(around.has, _OPEN)):
                return None
            if around.has("patternProperties") or len(seen) > _MOST_PARTS:
                return None
            names |= named(around, "properties").keys()
            inner = [*self._parts.in_place(around)]
            inner += [
                around.step(keyword, index)
                for keyword in ("anyOf", "oneOf")
                for index in numbers(around, keyword)
            ]
            inner += [around.step(each) for each in ("if", "then", "else") if around.has(each)]
            inner += [
                around.step("dependentSchemas", name) for name in named(around, "dependentSchemas")
            ]
            for each in inner:
                if type(each.schema) is dict and each.location not in seen:
                    seen.add(each.location)
                    waiting.append(each)
        return names


def admits(kinds: Iterable[str], value: Any) -> bool:
    """Whether a value has one of some JSON types."""
    form = form_of(value)
    wanted = {"number"} if form == "number" else {form}
    if form == "integer":
        wanted.add("number")
    if form == "number" and value.is_integer():
        wanted.add("integer")
    return not wanted.isdisjoint(kinds)


def _kinds(part: SchemaPart) -> frozenset[str]:
    schema, kinds = part.schema, _ALL
    if part.has("type"):
        named = schema["type"]
        kinds = frozenset([named] if type(named) is str else named)
        if "number" in kinds:
            kinds |= {"integer"}
    if part.has("const"):
        kinds = _both(kinds, {form_of(schema["const"])})
    if part.has("enum") and type(schema["enum"]) is list:
        kinds = _both(kinds, {form_of(each) for each in schema["enum"]})
    return kinds


def _both(kinds: frozenset[str], others: Iterable[str]) -> frozenset[str]:
    return kinds & frozenset(others)


def _name(part: SchemaPart, branch: Branch, number: int) -> str:
    schema = part.schema
    title = schema.get("title") if type(schema) is dict else None
    if type(title) is str and title:
        return shown(title)
    for name, tag in branch.tags.items():
        if tag.keyword == "const" and name in branch.required:
            return f"the one with {shown(name)}: {shown(tag.values[0])}"
    if type(schema) is dict and type(schema.get("$ref")) is str:
        last = schema["$ref"].rpartition("/")[2]
        return shown(last) if last.strip("#") else f"alternative {number}"
    return f"alternative {number}"
