"""The edits of an object's properties: new ones, gone ones, renamed ones, maps of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from ..normal.schema import TRUE, Node
from .edit import Edit, edit_of, put, putting, require, setting
from .places import child_place, inside, required_place

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

__all__ = ["map_edits", "property_edits", "walkable"]

Walk: TypeAlias = Callable[[Node, Node, str], Iterator[Edit]]
"""Gives the edits between two schemas inside those that are walked."""


def property_edits(writer: Node, reader: Node, path: str, walk: Walk) -> Iterator[Edit]:
    """The edits of the properties that two objects name."""
    one, two = writer.named("properties"), reader.named("properties")
    renamed = _renamed(writer, reader)
    for old, new in renamed.items():
        yield _rename(writer, reader, path, old, new)
    for name in one:
        if name in two:
            yield from walk(one[name], two[name], inside(path, name))
        elif name not in renamed:
            yield _property(writer, reader, path, name)
    for name in two:
        if name not in one and name not in renamed.values():
            yield _property(writer, reader, path, name)
    told = {*renamed, *renamed.values()} | (set(one) ^ set(two))
    for name in sorted(set(writer.texts("required")) ^ set(reader.texts("required"))):
        if name not in told:
            yield _required(writer, reader, path, name)


def _property(writer: Node, reader: Node, path: str, name: str) -> Edit:
    one, two = writer.named("properties").get(name), reader.named("properties").get(name)
    required = name in writer.texts("required")

    def undo(keywords: MutableMapping[str, Any]) -> None:
        put(keywords, "properties", name, one)
        require(keywords, name, required=required)

    return edit_of(
        "property",
        writer,
        reader,
        inside(path, name),
        undo,
        name=name,
        values=tuple(
            None if schema is None else (schema, name in side.texts("required"))
            for schema, side in ((one, writer), (two, reader))
        ),
        places=(
            child_place(writer, "properties", name, one),
            child_place(reader, "properties", name, two),
        ),
    )


def _rename(writer: Node, reader: Node, path: str, old: str, new: str) -> Edit:
    one, two = writer.named("properties")[old], reader.named("properties")[new]
    required = old in writer.texts("required")

    def undo(keywords: MutableMapping[str, Any]) -> None:
        put(keywords, "properties", new, None)
        require(keywords, new, required=False)
        put(keywords, "properties", old, one)
        require(keywords, old, required=required)

    return edit_of(
        "rename",
        writer,
        reader,
        inside(path, new),
        undo,
        name=new,
        values=(old, new),
        places=(
            child_place(writer, "properties", old, one),
            child_place(reader, "properties", new, two),
        ),
    )


def _required(writer: Node, reader: Node, path: str, name: str) -> Edit:
    one, two = name in writer.texts("required"), name in reader.texts("required")

    def undo(keywords: MutableMapping[str, Any]) -> None:
        require(keywords, name, required=one)

    return edit_of(
        "required",
        writer,
        reader,
        inside(path, name),
        undo,
        name=name,
        values=(one, two),
        places=(required_place(writer, name), required_place(reader, name)),
    )


def map_edits(writer: Node, reader: Node, path: str, walk: Walk) -> Iterator[Edit]:
    """The edits of the properties that two objects do not name, and of what depends on names."""
    one, two = writer.get("additionalProperties"), reader.get("additionalProperties")
    if walkable(one, two):
        yield from walk(one, two, f"{path}.*" if path else "*")
    elif (one or TRUE).key != (two or TRUE).key:
        yield edit_of(
            "additionalProperties",
            writer,
            reader,
            path,
            setting("additionalProperties", one),
            values=(one, two),
        )
    for keyword in ("patternProperties", "dependentSchemas"):
        yield from _by_name(keyword, writer, reader, path, walk)
    for name in sorted({*writer.dependent, *reader.dependent}):
        lists = (writer.dependent.get(name), reader.dependent.get(name))
        if lists[0] != lists[1]:
            yield edit_of(
                "dependentRequired",
                writer,
                reader,
                path,
                putting("dependentRequired", name, lists[0]),
                name=name,
                values=lists,
            )


def _by_name(keyword: str, writer: Node, reader: Node, path: str, walk: Walk) -> Iterator[Edit]:
    one, two = writer.named(keyword), reader.named(keyword)
    for name in sorted({*one, *two}):
        if name in one and name in two:
            inner = inside(path, f"/{name}/") if keyword == "patternProperties" else path
            yield from walk(one[name], two[name], inner)
        else:
            yield edit_of(
                keyword,
                writer,
                reader,
                path,
                putting(keyword, name, one.get(name)),
                name=name,
                values=(one.get(name), two.get(name)),
            )


def _renamed(writer: Node, reader: Node) -> Mapping[str, str]:
    """Properties that seem to have only another name now."""
    one, two = writer.named("properties"), reader.named("properties")
    gone = [name for name in one if name not in two]
    come = [name for name in two if name not in one]
    renamed: dict[str, str] = {}
    for old in gone:
        required = old in writer.texts("required")
        alike = [
            new
            for new in come
            if two[new].key == one[old].key
            and (new in reader.texts("required")) == required
            and new not in renamed.values()
        ]
        twins = [name for name in gone if one[name].key == one[old].key]
        if len(alike) == 1 and len(twins) == 1 and not one[old].is_true:
            renamed[old] = alike[0]
    return renamed


def walkable(one: Node | None, two: Node | None) -> bool:
    """Whether two schemas are both there and say something to compare."""
    if one is None or two is None:
        return False
    return not (one.is_true or two.is_true or one.is_false or two.is_false)
