"""A change, split into the smallest pieces that can be taken back alone.

Both schemas are walked side by side. Each edit knows how to change the *reader's* schema so that
this one piece is as the writer has it; who is to blame is then found by trying.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ...schema.equality import json_equal
from ...source.json_types import is_object
from ..normal.json_values import canonical, is_tuple
from ..normal.schema import NEVER, REF, TRUE, WRITTEN_WHOLE, Bundle, Node
from .branches import matched
from .edit import Edit, Undo, extending, moving, put, putting, require, set_or_remove, setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

    from ...source.document import Location


def differences(writer: Bundle, reader: Bundle) -> list[Edit]:
    """All edits between two schemas; those that come from one place of the documents are one."""
    together: dict[tuple[str, ...], Edit] = {}
    for edit in _Walk(writer, reader).edits():
        known = together.get(edit.cause)
        if known is None:
            together[edit.cause] = edit
        else:
            together[edit.cause] = replace(known, undo=(*known.undo, *edit.undo))
    return list(together.values())


_LIMITS: Final = (
    ("maxItems",),
    ("maxLength",),
    ("maxProperties",),
    ("maximum", "exclusiveMaximum"),
    ("minItems",),
    ("minLength",),
    ("minProperties",),
    ("minimum", "exclusiveMinimum"),
    ("multipleOf",),
    ("pattern",),
    ("format",),
    ("uniqueItems",),
    ("content",),
    ("not",),
    ("propertyNames",),
    ("if", "then", "else"),
    ("contains", "minContains", "maxContains"),
    ("unevaluatedItems",),
    ("unevaluatedProperties",),
)
"""Keywords that differ as a whole; those in one row belong together."""


_TYPE: Final = ("type", WRITTEN_WHOLE)


def _type_names(node: Node) -> list[str] | None:
    names: list[str] | None = node.get("type")
    if names is None or WRITTEN_WHOLE not in node.keywords:
        return names
    return ["integer of draft-04" if name == "integer" else name for name in names]


class _Walk:
    def __init__(self, writer: Bundle, reader: Bundle) -> None:
        self.writer = writer
        self.reader = reader
        self.seen: set[tuple[str, str]] = set()

    def edits(self) -> Iterator[Edit]:
        yield from self.nodes(self.writer.root, self.reader.root, "")

    def nodes(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        if writer.key == reader.key and writer.get(REF) == reader.get(REF):
            return
        if self._unlike(writer, reader):
            yield self._whole(writer, reader, path)
            return
        if REF in writer.keywords and REF in reader.keywords:
            yield from self._references(writer.get(REF), reader.get(REF), path)
        yield from self._types(writer, reader, path)
        yield from self._values(writer, reader, path)
        for group in _LIMITS:
            yield from self._group(group, writer, reader, path)
        yield from self._properties(writer, reader, path)
        yield from self._maps(writer, reader, path)
        yield from self._items(writer, reader, path)
        yield from self._unions(writer, reader, path)

    def _references(self, writer: str, reader: str, path: str) -> Iterator[Edit]:
        if writer != reader and (writer, reader) not in self.seen:
            self.seen.add((writer, reader))
            yield from self.nodes(
                self.writer.definitions[writer], self.reader.definitions[reader], path
            )

    def _unlike(self, writer: Node, reader: Node) -> bool:
        """Whether the two have so little in common that only the whole can be taken back."""
        if writer.is_false or reader.is_false:
            return True
        if (REF in writer.keywords) != (REF in reader.keywords):
            return True
        if _is_union(writer) != _is_union(reader):
            return not ("properties" in writer.keywords and "properties" in reader.keywords)
        one, two = writer.get("type"), reader.get("type")
        if one is None or two is None:
            return False
        numbers = {"integer", "number"}
        return not (set(one) & set(two) or (set(one) & numbers and set(two) & numbers))

    def _whole(self, writer: Node, reader: Node, path: str) -> Edit:
        def undo(keywords: MutableMapping[str, Any]) -> None:
            keywords.clear()
            keywords.update(writer.keywords)

        return Edit(
            what="schema",
            path=path,
            writer=writer,
            reader=reader,
            writer_place=_told(writer),
            reader_place=_told(reader),
            undo=((id(reader), undo),),
        )

    def _edit(  # noqa: PLR0913 - what an edit has
        self,
        what: str,
        writer: Node,
        reader: Node,
        path: str,
        undo: Undo,
        *,
        name: str = "",
        values: tuple[Any, ...] = (None, None),
        keyword: str = "",
        places: tuple[Location | None, Location | None] = (None, None),
    ) -> Edit:
        keyword = keyword or what
        return Edit(
            what=what,
            path=path,
            name=name,
            writer=values[0],
            reader=values[1],
            writer_place=places[0] or _place(writer, keyword),
            reader_place=places[1] or _place(reader, keyword),
            undo=((id(reader), undo),),
        )

    def _group(
        self, group: tuple[str, ...], writer: Node, reader: Node, path: str
    ) -> Iterator[Edit]:
        one = {name: writer.keywords[name] for name in group if name in writer.keywords}
        two = {name: reader.keywords[name] for name in group if name in reader.keywords}
        if _same(one, two):
            return
        if group[0] == "if" and set(one) == set(two) and _same(one["if"], two["if"]):
            for name in ("then", "else"):
                if name in one:
                    yield from self.nodes(one[name], two[name], path)
            return

        def undo(keywords: MutableMapping[str, Any]) -> None:
            for name in group:
                keywords.pop(name, None)
            keywords.update(one)

        used = next((name for name in group if not _same(one.get(name), two.get(name))), group[0])
        yield self._edit(
            group[0], writer, reader, path, undo, values=(one or None, two or None), keyword=used
        )

    def _types(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        one, two = ([node.get(name) for name in _TYPE] for node in (writer, reader))
        if one == two:
            return

        def undo(keywords: MutableMapping[str, Any]) -> None:
            for name, value in zip(_TYPE, one, strict=True):
                set_or_remove(keywords, name, value)

        values = (_type_names(writer), _type_names(reader))
        yield self._edit("type", writer, reader, path, undo, values=values)

    def _values(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        one, two = writer.get("enum"), reader.get("enum")
        if one is None or two is None:
            if one is not two:
                yield self._edit(
                    "enum", writer, reader, path, setting("enum", one), values=(one, two)
                )
            return
        known = {canonical(value) for value in two}
        told = {canonical(value) for value in one}
        missing = [value for value in one if canonical(value) not in known]
        extra = [value for value in two if canonical(value) not in told]
        if missing:
            yield self._edit(
                "value",
                writer,
                reader,
                path,
                extending("enum", missing),
                values=(missing, extra),
                keyword="enum",
            )

    def _properties(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        one, two = writer.named("properties"), reader.named("properties")
        renamed = _renamed(writer, reader)
        for old, new in renamed.items():
            yield self._rename(writer, reader, path, old, new)
        for name in one:
            if name in two:
                yield from self.nodes(one[name], two[name], _inside(path, name))
            elif name not in renamed:
                yield self._property(writer, reader, path, name)
        for name in two:
            if name not in one and name not in renamed.values():
                yield self._property(writer, reader, path, name)
        told = {*renamed, *renamed.values()} | (set(one) ^ set(two))
        for name in sorted(set(writer.texts("required")) ^ set(reader.texts("required"))):
            if name not in told:
                yield self._required(writer, reader, path, name)

    def _property(self, writer: Node, reader: Node, path: str, name: str) -> Edit:
        one, two = writer.named("properties").get(name), reader.named("properties").get(name)
        required = name in writer.texts("required")

        def undo(keywords: MutableMapping[str, Any]) -> None:
            put(keywords, "properties", name, one)
            require(keywords, name, required=required)

        return self._edit(
            "property",
            writer,
            reader,
            _inside(path, name),
            undo,
            name=name,
            values=tuple(
                None if schema is None else (schema, name in side.texts("required"))
                for schema, side in ((one, writer), (two, reader))
            ),
            places=(
                _child_place(writer, "properties", name, one),
                _child_place(reader, "properties", name, two),
            ),
        )

    def _rename(self, writer: Node, reader: Node, path: str, old: str, new: str) -> Edit:
        one, two = writer.named("properties")[old], reader.named("properties")[new]
        required = old in writer.texts("required")

        def undo(keywords: MutableMapping[str, Any]) -> None:
            put(keywords, "properties", new, None)
            require(keywords, new, required=False)
            put(keywords, "properties", old, one)
            require(keywords, old, required=required)

        return self._edit(
            "rename",
            writer,
            reader,
            _inside(path, new),
            undo,
            name=new,
            values=(old, new),
            places=(
                _child_place(writer, "properties", old, one),
                _child_place(reader, "properties", new, two),
            ),
        )

    def _required(self, writer: Node, reader: Node, path: str, name: str) -> Edit:
        one, two = name in writer.texts("required"), name in reader.texts("required")

        def undo(keywords: MutableMapping[str, Any]) -> None:
            require(keywords, name, required=one)

        return self._edit(
            "required",
            writer,
            reader,
            _inside(path, name),
            undo,
            name=name,
            values=(one, two),
            places=(_required_place(writer, name), _required_place(reader, name)),
        )

    def _maps(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        one, two = writer.get("additionalProperties"), reader.get("additionalProperties")
        if _walkable(one, two):
            yield from self.nodes(one, two, f"{path}.*" if path else "*")
        elif (one or TRUE).key != (two or TRUE).key:
            yield self._edit(
                "additionalProperties",
                writer,
                reader,
                path,
                setting("additionalProperties", one),
                values=(one, two),
            )
        for keyword in ("patternProperties", "dependentSchemas"):
            yield from self._by_name(keyword, writer, reader, path)
        for name in sorted({*writer.dependent, *reader.dependent}):
            lists = (writer.dependent.get(name), reader.dependent.get(name))
            if lists[0] != lists[1]:
                yield self._edit(
                    "dependentRequired",
                    writer,
                    reader,
                    path,
                    putting("dependentRequired", name, lists[0]),
                    name=name,
                    values=lists,
                )

    def _by_name(self, keyword: str, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        one, two = writer.named(keyword), reader.named(keyword)
        for name in sorted({*one, *two}):
            if name in one and name in two:
                inner = _inside(path, f"/{name}/") if keyword == "patternProperties" else path
                yield from self.nodes(one[name], two[name], inner)
            else:
                yield self._edit(
                    keyword,
                    writer,
                    reader,
                    path,
                    putting(keyword, name, one.get(name)),
                    name=name,
                    values=(one.get(name), two.get(name)),
                )

    def _items(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        one, two = writer.many("prefixItems"), reader.many("prefixItems")
        rest = (writer.get("items"), reader.get("items"))
        for index, (first, second) in enumerate(zip(one, two, strict=False)):
            yield from self.nodes(first, second, f"{path}[{index}]")
        if len(one) != len(two):

            def undo(keywords: MutableMapping[str, Any]) -> None:
                longer = (*keywords.get("prefixItems", ())[: len(one)], *one[len(two) :])
                set_or_remove(keywords, "prefixItems", longer or None)
                set_or_remove(keywords, "items", rest[0])

            yield self._edit("prefixItems", writer, reader, path, undo, values=(len(one), len(two)))
        elif _walkable(*rest):
            yield from self.nodes(rest[0], rest[1], f"{path}[]")
        elif (rest[0] or TRUE).key != (rest[1] or TRUE).key:
            yield self._edit("items", writer, reader, path, setting("items", rest[0]), values=rest)

    def _unions(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        kinds = ("anyOf", "oneOf")
        one, two = (next((k for k in kinds if k in n.keywords), None) for n in (writer, reader))
        both = any(all(kind in node.keywords for kind in kinds) for node in (writer, reader))
        if one is None or two is None or both:
            for kind in kinds:
                yield from self._group((kind,), writer, reader, path)
        else:
            if one != two:
                yield self._edit(
                    "union", writer, reader, path, moving(two, one), values=(one, two), keyword=two
                )
            yield from self._branches(writer, reader, one, two, path)
        yield from self._group(("allOf",), writer, reader, path)

    def _branches(
        self, writer: Node, reader: Node, one: str, two: str, path: str
    ) -> Iterator[Edit]:
        for first, second, name in matched(writer.many(one), reader.many(two)):
            if first is not None and second is not None:
                yield from self.nodes(first, second, path)
                continue

            def undo(
                keywords: MutableMapping[str, Any],
                first: Node | None = first,
                second: Node | None = second,
            ) -> None:
                kind = one if one in keywords else two
                branches = [branch for branch in keywords[kind] if branch is not second]
                branches += [first] if first is not None else []
                set_or_remove(keywords, kind, tuple(branches) or None)
                if not branches:
                    keywords[NEVER] = True

            yield self._edit(
                "branch",
                writer,
                reader,
                path,
                undo,
                name=name,
                values=(first, second),
                places=(
                    _told(first) if first is not None else _place(writer, one),
                    _told(second) if second is not None else _place(reader, two),
                ),
            )


def _is_union(node: Node) -> bool:
    return "anyOf" in node.keywords or "oneOf" in node.keywords


def _walkable(one: Node | None, two: Node | None) -> bool:
    if one is None or two is None:
        return False
    return not (one.is_true or two.is_true or one.is_false or two.is_false)


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, Node) and isinstance(two, Node):
        return one.key == two.key
    if is_object(one) and is_object(two):
        return set(one) == set(two) and all(_same(one[name], two[name]) for name in one)
    if is_tuple(one) and is_tuple(two):
        return len(one) == len(two) and all(map(_same, one, two))
    return json_equal(one, two)


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


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _place(node: Node, keyword: str) -> Location:
    return node.place(keyword) if keyword in node.keywords else node.origin


def _told(node: Node) -> Location:
    return node.origin


def _child_place(node: Node, keyword: str, name: str, child: Node | None) -> Location:
    if child is None:
        return _place(node, keyword)
    return node.place(keyword) / name


def _required_place(node: Node, name: str) -> Location:
    if name in node.texts("required"):
        return _place(node, "required")
    return _child_place(node, "properties", name, node.named("properties").get(name))
