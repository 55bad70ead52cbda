"""The way through a schema, by the keywords that hold schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..source.json_types import is_array, is_object
from .drafts import draft_of
from .keywords import Holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..source.document import Path
    from .drafts import Draft

__all__ = ["subschemas", "walk"]


def subschemas(schema: Any, draft: Draft) -> Iterator[tuple[Path, Any]]:
    """The schemas directly inside a schema, each with its path from there."""
    if not is_object(schema):
        return
    alone = draft.ref_alone and "$ref" in schema
    for name, value in schema.items():
        holds = draft.keywords.get(name, Holds.VALUE)
        if holds is Holds.VALUE or (alone and name not in ("definitions", "$defs")):
            continue
        match holds:
            case Holds.SCHEMA:
                yield (name,), value
            case Holds.SCHEMAS:
                yield from _numbered(name, value)
            case Holds.SCHEMA_OR_SCHEMAS:
                if is_array(value):
                    yield from _numbered(name, value)
                else:
                    yield (name,), value
            case Holds.NAMED_SCHEMAS:
                yield from _named(name, value)
            case Holds.NAMED_SCHEMAS_OR_NAMES:
                for path, inner in _named(name, value):
                    if not is_array(inner):
                        yield path, inner


def _numbered(name: str, value: Any) -> Iterator[tuple[Path, Any]]:
    if is_array(value):
        for index, inner in enumerate(value):
            yield (name, index), inner


def _named(name: str, value: Any) -> Iterator[tuple[Path, Any]]:
    if is_object(value):
        for key, inner in value.items():
            yield (name, key), inner


def walk(schema: Any, draft: Draft, path: Path = ()) -> Iterator[tuple[Path, Any, Draft]]:
    """A schema and all schemas inside it, outer before inner, in the order of the text.

    Args:
        schema: where to start.
        draft: the draft of the start; a `$schema` beside an id changes it further inside.
        path: of the start, put before each path.
    """
    waiting = [(path, schema, draft)]
    while waiting:
        path, schema, draft = waiting.pop()
        if not is_object(schema):
            yield path, schema, draft
            continue
        if path and "$schema" in schema and draft.id_keyword in schema:
            draft = draft_of(schema["$schema"]) or draft
        yield path, schema, draft
        inside = [(path + steps, inner, draft) for steps, inner in subschemas(schema, draft)]
        waiting += reversed(inside)
