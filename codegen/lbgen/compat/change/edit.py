"""One piece of a change, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ..normal.schema import Bundle, Node, rebuild
from .places import place_of

if TYPE_CHECKING:
    from ...source.document import Location

__all__ = [
    "Edit",
    "Undo",
    "edit_of",
    "extending",
    "moving",
    "put",
    "putting",
    "require",
    "set_or_remove",
    "setting",
    "undone",
]

Undo: TypeAlias = Callable[[MutableMapping[str, Any]], None]
"""Changes the keywords of one node of the reader's schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One difference between the schema of the writer and that of the reader.

    Attributes:
        what: what kind of thing differs: a keyword, or one of the words below.
        path: where, in words a developer uses (`lines[].quantity`).
        name: the property or value that differs, if it has a name.
        writer: what the writer's schema says there; `None` is nothing.
        reader: what the reader's schema says there; `None` is nothing.
        writer_place: where the writer's schema says it.
        reader_place: where the reader's schema says it.
        undo: what makes the reader agree with the writer, per node.
    """

    what: str
    path: str
    name: str = ""
    writer: Any = None
    reader: Any = None
    writer_place: Location
    reader_place: Location
    undo: tuple[tuple[int, Undo], ...] = field(repr=False)

    @property
    def cause(self) -> tuple[str, ...]:
        """What two edits share that come from one place of the authors' documents."""
        return (self.what, self.name, str(self.writer_place), str(self.reader_place))


def undone(reader: Bundle, writer: Bundle, edits: tuple[Edit, ...]) -> Bundle:
    """The reader's schema with some edits taken back."""
    changes: dict[int, list[Undo]] = {}
    for edit in edits:
        for node, undo in edit.undo:
            changes.setdefault(node, []).append(undo)

    def apply(node: Node) -> Node:
        if id(node) in changes:
            keywords = dict(node.keywords)
            for undo in changes[id(node)]:
                undo(keywords)
            node = node.changed(keywords=keywords)
        return rebuild(node, apply)

    own = {name: apply(definition) for name, definition in reader.definitions.items()}
    return replace(reader, root=apply(reader.root), definitions={**writer.definitions, **own})


def set_or_remove(keywords: MutableMapping[str, Any], name: str, value: Any) -> None:
    """Give a keyword a value; `None` removes it."""
    if value is None:
        keywords.pop(name, None)
    else:
        keywords[name] = value


def setting(name: str, value: Any) -> Undo:
    """Gives a keyword a value."""
    return lambda keywords: set_or_remove(keywords, name, value)


def extending(name: str, values: list[Any]) -> Undo:
    """Appends values to a keyword's."""

    def undo(keywords: MutableMapping[str, Any]) -> None:
        keywords[name] = [*keywords[name], *values]

    return undo


def putting(keyword: str, name: str, value: Any) -> Undo:
    """Gives one name of a keyword (a property, a pattern) a value."""
    return lambda keywords: put(keywords, keyword, name, value)


def moving(source: str, target: str) -> Undo:
    """Moves a keyword's value to another keyword."""

    def undo(keywords: MutableMapping[str, Any]) -> None:
        keywords[target] = keywords.pop(source)

    return undo


def put(keywords: MutableMapping[str, Any], keyword: str, name: str, value: Any) -> None:
    """Give one name of a keyword a value; `None` removes it, and an empty keyword goes with it."""
    named = dict(keywords.get(keyword, {}))
    set_or_remove(named, name, value)
    set_or_remove(keywords, keyword, named or None)


def require(keywords: MutableMapping[str, Any], name: str, *, required: bool) -> None:
    """Make a property required, or not."""
    names = set(keywords.get("required", ()))
    names = names | {name} if required else names - {name}
    set_or_remove(keywords, "required", sorted(names) or None)


def edit_of(  # noqa: PLR0913 - what an edit has
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
    """An edit of one keyword.

    Args:
        what: kind of the edit.
        writer: the writer's schema.
        reader: the reader's schema.
        path: where below the event's parameters, in words.
        undo: makes the reader's keywords those of the writer.
        name: of what is edited, if it has one.
        values: what the writer and the reader say.
        keyword: where they say it; by default `what`.
        places: where they say it, if not at the keyword.
    """
    keyword = keyword or what
    return Edit(
        what=what,
        path=path,
        name=name,
        writer=values[0],
        reader=values[1],
        writer_place=places[0] or place_of(writer, keyword),
        reader_place=places[1] or place_of(reader, keyword),
        undo=((id(reader), undo),),
    )
