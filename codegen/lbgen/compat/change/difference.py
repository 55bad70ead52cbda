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
from .edit import Edit, edit_of, extending, moving, set_or_remove, setting
from .places import place_of
from .property_edits import map_edits, property_edits, walkable

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping


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
        yield from property_edits(writer, reader, path, self.nodes)
        yield from map_edits(writer, reader, path, self.nodes)
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
            writer_place=writer.origin,
            reader_place=reader.origin,
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
        yield edit_of(
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
        yield edit_of("type", writer, reader, path, undo, values=values)

    def _values(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        one, two = writer.get("enum"), reader.get("enum")
        if one is None or two is None:
            if one is not two:
                yield edit_of("enum", writer, reader, path, setting("enum", one), values=(one, two))
            return
        known = {canonical(value) for value in two}
        told = {canonical(value) for value in one}
        missing = [value for value in one if canonical(value) not in known]
        extra = [value for value in two if canonical(value) not in told]
        if missing:
            yield edit_of(
                "value",
                writer,
                reader,
                path,
                extending("enum", missing),
                values=(missing, extra),
                keyword="enum",
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

            yield edit_of("prefixItems", writer, reader, path, undo, values=(len(one), len(two)))
        elif walkable(*rest):
            yield from self.nodes(rest[0], rest[1], f"{path}[]")
        elif (rest[0] or TRUE).key != (rest[1] or TRUE).key:
            yield edit_of("items", writer, reader, path, setting("items", rest[0]), values=rest)

    def _unions(self, writer: Node, reader: Node, path: str) -> Iterator[Edit]:
        kinds = ("anyOf", "oneOf")
        one, two = (next((k for k in kinds if k in n.keywords), None) for n in (writer, reader))
        both = any(all(kind in node.keywords for kind in kinds) for node in (writer, reader))
        if one is None or two is None or both:
            for kind in kinds:
                yield from self._group((kind,), writer, reader, path)
        else:
            if one != two:
                yield edit_of(
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

            yield edit_of(
                "branch",
                writer,
                reader,
                path,
                undo,
                name=name,
                values=(first, second),
                places=(
                    first.origin if first is not None else place_of(writer, one),
                    second.origin if second is not None else place_of(reader, two),
                ),
            )


def _is_union(node: Node) -> bool:
    return "anyOf" in node.keywords or "oneOf" in node.keywords


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, Node) and isinstance(two, Node):
        return one.key == two.key
    if is_object(one) and is_object(two):
        return set(one) == set(two) and all(_same(one[name], two[name]) for name in one)
    if is_tuple(one) and is_tuple(two):
        return len(one) == len(two) and all(map(_same, one, two))
    return json_equal(one, two)
